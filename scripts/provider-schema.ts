import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { configSchema } from "../components/config-schema";
import { docComments } from "./doc-comments";

const ROOT = path.resolve(__dirname, "..");

/** Where the schema is kept, which the component provider serves; it is generated, and a test holds it to its sources. */
export const SCHEMA_FILE = path.join(ROOT, "provider", "schema.json");

/** Parts of a Pulumi package schema: https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/ */
type Type = Record<string, unknown> & { type?: string; $ref?: string; oneOf?: Type[] };
type Property = Type & { description?: string };
interface ObjectType {
	description?: string;
	type: "object";
	properties: Record<string, Property>;
	required: string[];
}

/** What the types of objects are called, by the key that has them, and the doc comments that speak where the config's schema does not. */
const OBJECTS: Record<string, { name: string; says?: string }> = {
	teams: { name: "Team", says: "TeamArgs" },
	namespaces: { name: "Namespace", says: "NamespaceArgs" },
	userArns: { name: "MappedUser", says: "MappedUserArgs" },
	trustedAccounts: { name: "TrustedAccount" },
	access: { name: "AccessLevel" },
	clusterAccess: { name: "AccessLevel" },
	rules: { name: "PolicyRule" },
	namespaceSelector: { name: "LabelSelector" },
	matchExpressions: { name: "LabelRequirement" },
	limits: { name: "ContainerLimits" },
	role: { name: "RoleOptions" },
};

/** What a program says otherwise than a stack's config. */
const OF_PROGRAMS: Record<string, Property> = {
	cluster: {
		type: "string",
		description: "Name of the EKS cluster; of one that is made in the same program, its output.",
	},
	teams: {
		description: "The teams; what a name, a namespace or a user may be is checked before anything is registered.",
	},
	kubeconfig: {
		type: "string",
		secret: true,
		description:
			"The operator's kubeconfig, YAML or JSON. Default: that of `kubeconfigStack`, or one that runs `aws eks get-token`.",
	},
	region: { type: "string", description: "The cluster's region. Default: the AWS provider's." },
	account: {
		$ref: "#/types/eks-access:index:AwsAccount",
		description: "The account in which the roles are made. Default: the AWS provider's.",
	},
};

/** Values that may come from other resources; all others decide which resources exist, or how the cluster is asked. */
const EVENTUAL = ["cluster", "kubeconfig", "region", "account", "tags"];

const DOCS = new Map(
	["access-matrix", "access-rules", "eks-access", "policy-documents", "team", "team-args"].flatMap((file) => [
		...docComments(path.join(ROOT, "components", `${file}.ts`)),
	]),
);

/** The schema of the package as the component provider serves it. */
export function providerSchema(): object {
	const { version, license, description } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
	const types: Record<string, ObjectType> = {};
	const { namespaces, users, ...ofConfig } = configSchema.shape;
	const inputs: Record<string, Property> = {};
	for (const [key, schema] of Object.entries(ofConfig)) {
		const given = { ...propertyOf(key, schema, undefined, types), ...OF_PROGRAMS[key] };
		inputs[key] = EVENTUAL.includes(key) ? given : (plain(given) as Property);
	}
	Object.assign(inputs, { region: OF_PROGRAMS.region, account: OF_PROGRAMS.account });
	for (const type of Object.values(types)) {
		type.properties = mapValues(type.properties, (property) => plain(property) as Property);
	}
	const text: Type = { type: "string" };
	const texts: Type = { type: "array", items: text };
	types["eks-access:index:AwsAccount"] = {
		type: "object",
		description: DOCS.get("AwsAccount"),
		properties: { accountId: say("AwsAccount.accountId", text), partition: say("AwsAccount.partition", text) },
		required: ["accountId", "partition"],
	};
	types["eks-access:index:AccessRow"] = {
		type: "object",
		description: DOCS.get("AccessRow"),
		properties: {
			team: { ...text, description: "The team's name." },
			principals: say("AccessRow.principals", texts),
			namespaces: say("AccessRow.namespaces", texts),
			access: say("AccessRow.access", text),
			rules: say("AccessRow.rules", { type: "array", items: { $ref: "#/types/eks-access:index:PolicyRule" } }),
		},
		required: ["access", "namespaces", "principals", "team"],
	};
	const textByTeam: Type = { type: "object", additionalProperties: text };
	const outputs = {
		roleArns: say("EksAccess.roleArns", textByTeam),
		updateKubeconfigCommands: say("EksAccess.updateKubeconfigCommands", textByTeam),
		kubeconfigs: { ...say("EksAccess.kubeconfigs", textByTeam), secret: true },
		accessMatrix: say("EksAccess.accessMatrix", {
			type: "array",
			items: { $ref: "#/types/eks-access:index:AccessRow" },
		}),
	};
	const asInSchema = { respectSchemaVersion: true };
	return {
		name: "eks-access",
		displayName: "EKS access",
		version,
		description,
		license,
		keywords: ["pulumi", "eks", "category/cloud", "kind/component"],
		language: { nodejs: asInSchema, python: asInSchema, go: asInSchema, csharp: asInSchema, java: asInSchema },
		types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => a.localeCompare(b))),
		resources: {
			"eks-access:index:EksAccess": {
				isComponent: true,
				description: "Teams with access to namespaces of an EKS cluster.",
				inputProperties: inputs,
				requiredInputs: ["cluster", "teams"],
				properties: outputs,
				required: Object.keys(outputs).sort(),
			},
		},
	};
}

/** The text of the file. */
export function schemaFile(): string {
	return `${JSON.stringify(providerSchema(), undefined, 2)}\n`;
}

/** A key of the config's schema with what it means; the types that it needs are put into `types`. */
function propertyOf(
	key: string,
	schema: z.core.$ZodType,
	parent: string | undefined,
	types: Record<string, ObjectType>,
): Property {
	const { description, fallback } = z.globalRegistry.get(schema) ?? {};
	const said = description ? sentence(description, fallback) : (parent && DOCS.get(`${parent}.${key}`)) || undefined;
	return { ...typeOf(key, schema, types), ...(said ? { description: said } : {}) };
}

function typeOf(key: string, schema: z.core.$ZodType, types: Record<string, ObjectType>): Type {
	if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
		return typeOf(key, schema.def.innerType, types);
	}
	if (schema instanceof z.ZodArray) {
		return { type: "array", items: typeOf(key, schema.element, types) };
	}
	if (schema instanceof z.ZodRecord) {
		return { type: "object", additionalProperties: typeOf(key, schema.valueType, types) };
	}
	if (schema instanceof z.ZodUnion) {
		const forms = schema.options.map((each) => typeOf(key, each, types));
		// Forms that are objects have become one: a Pulumi schema tells objects in a union apart by one key's value only.
		const unique = [...new Map(forms.map((form) => [JSON.stringify(form), form])).values()];
		return unique.length === 1 ? unique[0] : { oneOf: unique };
	}
	if (schema instanceof z.ZodObject) {
		return { $ref: `#/types/${objectType(key, schema, types)}` };
	}
	if (schema instanceof z.ZodBoolean) {
		return { type: "boolean" };
	}
	if (schema instanceof z.ZodNumber) {
		return { type: "integer" };
	}
	// A quantity, which may be a number in a config, is a text too.
	if (
		schema instanceof z.ZodString ||
		schema instanceof z.ZodEnum ||
		schema instanceof z.ZodLiteral ||
		isPipe(schema)
	) {
		return { type: "string" };
	}
	throw new Error(
		`${key}: scripts/provider-schema.ts does not know what a ${schema._zod.def.type} is in a Pulumi schema`,
	);
}

function isPipe(schema: z.core.$ZodType): boolean {
	return schema instanceof z.ZodPipe;
}

/** Puts an object into `types` and answers its token; another form of one that is there adds its keys, none of them a must. */
function objectType(key: string, schema: z.ZodObject, types: Record<string, ObjectType>): string {
	const known = OBJECTS[key];
	if (!known) {
		throw new Error(`${key}: give the type of its objects a name in scripts/provider-schema.ts`);
	}
	const token = `eks-access:index:${known.name}`;
	const says = known.says ?? known.name;
	const properties = mapValues(schema.shape, (each, name) => propertyOf(name, each, says, types));
	const required = Object.entries(schema.shape).flatMap(([name, each]) => (isRequired(each) ? [name] : []));
	const before = types[token];
	const isSame = before && Object.keys(properties).every((name) => name in before.properties);
	types[token] = isSame
		? before
		: {
				type: "object",
				description: DOCS.get(says),
				properties: { ...before?.properties, ...properties },
				required: before ? [] : required.sort(),
			};
	return token;
}

function isRequired(schema: z.core.$ZodType): boolean {
	return !(schema instanceof z.ZodOptional || schema instanceof z.ZodDefault);
}

/** That a value, with all in it, is known before anything is registered. */
function plain(type: Type): Type {
	const { items, additionalProperties, oneOf } = type as Record<string, Type> & { oneOf?: Type[] };
	return {
		...type,
		...(items ? { items: plain(items) } : {}),
		...(additionalProperties ? { additionalProperties: plain(additionalProperties) } : {}),
		...(oneOf ? { oneOf: oneOf.map(plain) } : {}),
		plain: true,
	};
}

function say(name: string, type: Type): Property {
	const said = DOCS.get(name);
	return said ? { ...type, description: said } : type;
}

/** The reference's words for a key, which end without a full stop and may point to a table below. */
function sentence(description: string, fallback: unknown): string {
	const text = `${description.charAt(0).toUpperCase()}${description.slice(1)}`.replace(/, below$/, "");
	const isSaid = fallback === undefined || fallback === "none" || fallback === "required";
	return `${text}.${isSaid ? "" : ` Default: ${fallback}.`}`;
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, change: (value: T, key: string) => R): Record<string, R> {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

if (require.main === module) {
	writeFileSync(SCHEMA_FILE, schemaFile());
}
