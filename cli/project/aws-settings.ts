import type { AwsSettings } from "../../core/aws/clients";
import { assumedRolesOf } from "../../core/aws/token-identity";
import type { ProjectFiles } from "./project";
import { stackKeys } from "./stack-values";

/** What the AWS provider would take of a stack's config: `aws:region`, `aws:profile` and `aws:assumeRoles`. */
export function awsSettingsOf(files: ProjectFiles, stack: string): AwsSettings {
	const { others } = stackKeys(files, stack);
	const text = (key: string) => {
		const value = others.get(key);
		return typeof value === "string" && value !== "" ? value : undefined;
	};
	const assumeRoles = assumedRolesOf(others.get("aws:assumeRoles"));
	return { region: text("aws:region"), profile: text("aws:profile"), assumeRoles };
}
