import type { AwsSettings } from "./aws-clients";
import { type ProjectFiles, parseYaml } from "./project";

/** Where a stack's config says that its AWS account is: what the AWS provider would take, `aws:region` and `aws:profile`. */
export function awsSettingsOf(files: ProjectFiles, stack: string): AwsSettings {
	const config = configOf(files, stack);
	const text = (key: string) =>
		typeof config[key] === "string" && config[key] !== "" ? (config[key] as string) : undefined;
	return { region: text("aws:region"), profile: text("aws:profile") };
}

/** Whether a key of the project has a value that only Pulumi can decrypt. */
export function isEncrypted(files: ProjectFiles, stack: string, key: string): boolean {
	const project = parseYaml(files.project ?? "", `Pulumi.yaml of ${files.label}`);
	const value = configOf(files, stack)[`${project.name}:${key}`];
	return typeof value === "object" && value !== null && "secure" in value;
}

/** Name of the project, for what it has written. */
export function projectNameOf(files: ProjectFiles): string {
	return String(parseYaml(files.project ?? "", `Pulumi.yaml of ${files.label}`).name);
}

function configOf(files: ProjectFiles, stack: string): Record<string, unknown> {
	const ofProject = parseYaml(files.project ?? "", `Pulumi.yaml of ${files.label}`).config;
	const ofStack = parseYaml(files.read(stack), `${files.stacks.get(stack)} of ${files.label}`).config;
	const defaults = Object.entries((ofProject ?? {}) as Record<string, unknown>).map(([key, declared]) => [
		key,
		typeof declared === "object" && declared !== null ? (declared as { value?: unknown }).value : declared,
	]);
	return { ...Object.fromEntries(defaults), ...((ofStack ?? {}) as object) };
}
