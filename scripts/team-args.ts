import path from "node:path";
import { z } from "zod";
import { namespaceShape } from "../core/config/namespace-schema";
import { arnShape, mappedUserShape, namedShape } from "../core/config/principal-schema";
import { teamShape } from "../core/config/team-schema";

/** Where the types are kept; the file is generated, and a test holds it to the schema. */
export const TEAM_ARGS = path.resolve(__dirname, "..", "core", "config", "team-args.ts");

/** Types that have a name of their own, by the key that has them. */
const NAMED: Record<string, string> = {
	access: "AccessLevel",
	clusterAccess: "AccessLevel",
	namespaceSelector: "LabelSelector",
	limits: "ContainerLimits",
	namespaces: "(string | NamespaceArgs)[]",
	role: "RoleOptions",
	trustedAccounts: "TrustedAccountArgs[]",
	userArns: "(string | MappedUserArgs)[]",
	users: "(string | NamedPrincipalArgs)[]",
	ssoPermissionSets: "(string | NamedPrincipalArgs)[]",
	roleArns: "(string | ExistingRoleArgs)[]",
};

const INTERFACES: [name: string, summary: string, shape: z.core.$ZodShape][] = [
	[
		"TeamArgs",
		"A team as a program passes it, and as a config lists it: a must are its name, whom it lets in, and where.",
		teamShape,
	],
	["NamespaceArgs", "A namespace of a team, where its name alone does not say all.", namespaceShape],
	["MappedUserArgs", "An IAM user that comes in as itself, where the ARN alone does not say all.", mappedUserShape],
	["NamedPrincipalArgs", "An IAM user or a permission set of a team whose access ends.", namedShape],
	["ExistingRoleArgs", "An existing IAM role of a team whose access ends.", arnShape],
];

/** The text of the file: an interface for each shape, with what the schema says of each key. */
export function teamArgsFile(): string {
	const imported = [...new Set(Object.values(NAMED).flatMap((type) => type.match(/[A-Z]\w+/g) ?? []))]
		.filter((type) => !INTERFACES.some(([name]) => name === type))
		.sort();
	const interfaces = INTERFACES.map(([name, summary, shape]) => {
		const keys = Object.entries(shape).map(([key, schema]) => propertyOf(key, schema));
		return `/** ${summary} */\nexport interface ${name} {\n${keys.join("")}}\n`;
	});
	return [
		"// Made by `npm run reference` from the config's schema; do not edit.\n" +
			'import type { AccessLevel } from "../rbac/access-levels";\n' +
			`import type { ${imported.filter((type) => type !== "AccessLevel").join(", ")} } from "../teams/team";\n`,
		...interfaces,
	].join("\n");
}

function propertyOf(key: string, schema: z.core.$ZodType): string {
	const { description = "", fallback } = z.globalRegistry.get(schema) ?? {};
	const isRequired = fallback === "required";
	const text = `${description.charAt(0).toUpperCase()}${description.slice(1)}.`;
	const lines = [text, ...(isRequired ? [] : [`@default ${fallback ?? "none"}`])];
	const comment = `\t/**\n${lines.map((line) => `\t * ${line}\n`).join("")}\t */\n`;
	return `${comment}\t${key}${isRequired ? "" : "?"}: ${NAMED[key] ?? typeOf(schema)};\n`;
}

function typeOf(schema: z.core.$ZodType): string {
	if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
		return typeOf(schema.def.innerType);
	}
	if (schema instanceof z.ZodArray) {
		return `${typeOf(schema.element)}[]`;
	}
	if (schema instanceof z.ZodRecord) {
		return `Record<string, ${typeOf(schema.valueType)}>`;
	}
	if (schema instanceof z.ZodEnum) {
		return schema.options.map((option) => JSON.stringify(option)).join(" | ");
	}
	if (schema instanceof z.ZodBoolean) {
		return "boolean";
	}
	// A quantity may be a number in a config; a program writes a text.
	if (schema instanceof z.ZodString || schema instanceof z.ZodPipe) {
		return "string";
	}
	throw new Error(`a key of this kind needs a name in scripts/team-args.ts: ${schema._zod.def.type}`);
}
