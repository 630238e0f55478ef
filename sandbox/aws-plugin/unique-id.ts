import { randomBytes } from "node:crypto";

/** As Terraform makes the ids that stand for nothing (terraform-plugin-sdk, helper/id/id.go, PrefixedUniqueId). */
export function uniqueId(prefix = "terraform-"): string {
	const time = new Date().toISOString().replace(/\D/g, "");
	return `${prefix}${time}${randomBytes(5).toString("hex").slice(0, 9)}`;
}
