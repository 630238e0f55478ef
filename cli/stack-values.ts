import { Failure } from "./failure";
import { type ProjectFiles, parseYaml } from "./project";

/** Stands for a value that only Pulumi can decrypt, where a text is wanted. */
const ENCRYPTED = "encrypted";
/** Without these nobody knows who has access. */
const NEEDED = ["teams", "users", "namespaces"];

/**
 * A stack's config as Pulumi hands it to the program: key (without the project's prefix) to text, lists and maps as JSON, the
 * defaults of Pulumi.yaml filled in. Encrypted values, the kubeconfig for example, are left out.
 */
export function stackValues(files: ProjectFiles, stack: string): Record<string, string> {
	const project = parseYaml(files.project ?? "", `Pulumi.yaml of ${files.label}`);
	if (typeof project.name !== "string") {
		throw new Failure(
			"cli-file-unreadable",
			`Pulumi.yaml of ${files.label} has no name; the config's keys begin with it`,
		);
	}
	const prefix = `${project.name}:`;
	const values = new Map<string, unknown>();
	for (const [key, declared] of entries(project.config)) {
		const value = defaultOf(declared);
		const name = key.startsWith(prefix) ? key.slice(prefix.length) : key;
		if (value !== undefined && !name.includes(":")) {
			values.set(name, value);
		}
	}
	const where = `${files.stacks.get(stack)} of ${files.label}`;
	for (const [key, value] of entries(parseYaml(files.read(stack), where).config)) {
		if (!key.startsWith(prefix)) {
			continue;
		}
		const name = key.slice(prefix.length);
		if (isSecret(value) && NEEDED.includes(name)) {
			throw new Failure(
				"cli-config-encrypted",
				`${where}: ${name} is encrypted, so that only Pulumi knows who has access. Names are no secrets: ` +
					`set ${name} without --secret`,
			);
		}
		if (isSecret(value)) {
			values.delete(name);
		} else {
			values.set(name, value);
		}
	}
	return Object.fromEntries([...values].map(([name, value]) => [name, textOf(value)]));
}

/** Whether a stack's file says anything to this project: one that was just made does not. */
export function isConfigured(files: ProjectFiles, stack: string): boolean {
	const name = parseYaml(files.project ?? "", `Pulumi.yaml of ${files.label}`).name;
	const config = parseYaml(files.read(stack), `${files.stacks.get(stack)} of ${files.label}`).config;
	return entries(config).some(([key]) => key.startsWith(`${name}:`));
}

/** In Pulumi.yaml a key is declared (`{type, description, default, value}`), or given its value at once. */
function defaultOf(declared: unknown): unknown {
	if (typeof declared !== "object" || declared === null || Array.isArray(declared)) {
		return declared ?? undefined;
	}
	const { value, default: fallback } = declared as Record<string, unknown>;
	return value ?? fallback ?? undefined;
}

function textOf(value: unknown): string {
	if (typeof value === "object" && value !== null) {
		return JSON.stringify(value, (_, each) => (isSecret(each) ? ENCRYPTED : each));
	}
	return value === null || value === undefined ? "" : String(value);
}

function isSecret(value: unknown): boolean {
	return (
		typeof value === "object" &&
		value !== null &&
		Object.keys(value).length === 1 &&
		typeof (value as { secure?: unknown }).secure === "string"
	);
}

function entries(value: unknown): [string, unknown][] {
	return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
