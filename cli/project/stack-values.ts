import { createHash } from "node:crypto";
import { isEmptyList } from "../../core/config/raw-team";
import { Failure } from "../errors/failure";
import { type ProjectFiles, parseYaml } from "./project";

/** Stands for a value that only Pulumi can decrypt, where a text is wanted. */
const ENCRYPTED = "encrypted";
/** Without these nobody knows who has access. */
const NEEDED = ["teams", "users", "namespaces", "teamsFile"];

/** A stack's keys as its files have them, the defaults of Pulumi.yaml filled in. */
interface StackKeys {
	/** Name of the project. */
	project: string;
	/** The program's own, without the project's prefix, which Pulumi does not ask for. */
	own: Map<string, unknown>;
	/** The others, for example `aws:region`. */
	others: Map<string, unknown>;
	/** Whether the stack's own file has a key of the program. */
	isConfigured: boolean;
}

/** Name of the project, for what it has written, and its config. */
export function projectOf(files: ProjectFiles): { name: string; config?: unknown } {
	const { name, config } = parseYaml(files.project ?? "", `Pulumi.yaml of ${files.label}`);
	if (typeof name !== "string") {
		throw new Failure(
			"cli-file-unreadable",
			`Pulumi.yaml of ${files.label} has no name; the config's keys begin with it`,
		);
	}
	return { name, config };
}

/** `<project>/<stack>`, as records of it have it. */
export function stackNameOf(files: ProjectFiles, stack: string): string {
	return `${projectOf(files).name}/${stack}`;
}

export function stackKeys(files: ProjectFiles, stack: string): StackKeys {
	const project = projectOf(files);
	const keys: StackKeys = { project: project.name, own: new Map(), others: new Map(), isConfigured: false };
	const put = (key: string, value: unknown): boolean => {
		const own = ownName(key, keys.project);
		(own === undefined ? keys.others : keys.own).set(own ?? key, value);
		return own !== undefined;
	};
	for (const [key, declared] of entries(project.config)) {
		const value = defaultOf(declared);
		if (value !== undefined) {
			put(key, value);
		}
	}
	const file = parseYaml(files.read(stack), `${files.stacks.get(stack)} of ${files.label}`);
	for (const [key, value] of entries(file.config)) {
		keys.isConfigured = put(key, value) || keys.isConfigured;
	}
	// Pulumi ESC: what it holds, Pulumi alone knows.
	if (file.environment !== undefined) {
		keys.others.set("environment", file.environment);
	}
	return keys;
}

/** A key of the program's without its prefix: `<project>:<key>`, the older `<project>:config:<key>`, or no prefix at all. */
function ownName(key: string, project: string): string | undefined {
	const [name, ...prefixes] = key.split(":").reverse() as [string, ...string[]];
	return ["", project, `config:${project}`].includes(prefixes.join(":")) ? name : undefined;
}

/**
 * A stack's config as Pulumi hands it to the program: key (without the project's prefix) to text, lists and maps as JSON, the
 * defaults of Pulumi.yaml filled in. Encrypted values, the kubeconfig for example, are left out.
 */
export function stackValues(files: ProjectFiles, stack: string): Record<string, string> {
	const { own } = stackKeys(files, stack);
	const encrypted = NEEDED.find((name) => isSecret(own.get(name)));
	if (encrypted) {
		throw new Failure(
			"cli-config-encrypted",
			`${files.stacks.get(stack)} of ${files.label}: ${encrypted} is encrypted, so that only Pulumi knows who has access. ` +
				`Names are no secrets: set ${encrypted} without --secret`,
		);
	}
	const readable = [...own].filter(([, value]) => !isSecret(value));
	return Object.fromEntries(readable.map(([name, value]) => [name, textOf(value)]));
}

/** Whether a stack's file says anything to this project: one that was just made does not. */
export function isConfigured(files: ProjectFiles, stack: string): boolean {
	return stackKeys(files, stack).isConfigured;
}

/** Whether a stack's config lists anybody; else the program may. */
export function listsAccess(files: ProjectFiles, stack: string): boolean {
	const { own } = stackKeys(files, stack);
	return NEEDED.some((name) => !isEmptyList(own.get(name) ?? undefined));
}

/** Whether a key of the program has a value that only Pulumi can decrypt. */
export function isEncrypted(files: ProjectFiles, stack: string, key: string): boolean {
	return isSecret(stackKeys(files, stack).own.get(key));
}

/** Keys besides the program's own, and its encrypted ones; a secret is never shown, and another one is told apart by its fingerprint. */
export function otherValues(files: ProjectFiles, stack: string): Record<string, unknown> {
	const { own, others } = stackKeys(files, stack);
	const encrypted = [...own].filter(([, value]) => isSecret(value));
	const shown = [...others, ...encrypted].map(([key, value]): [string, unknown] => [
		key,
		isSecret(value) ? fingerprint("encrypted", value.secure) : value,
	]);
	return Object.fromEntries(shown);
}

/** `encrypted (sha256 1f2e3d4c)`. */
export function fingerprint(what: string, text: string): string {
	return `${what} (sha256 ${createHash("sha256").update(text).digest("hex").slice(0, 8)})`;
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

function isSecret(value: unknown): value is { secure: string } {
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
