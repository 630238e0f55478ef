import path from "node:path";
import { z } from "zod";
import { docComments } from "./doc-comments";

/** Parts of a Pulumi package schema: https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/ */
export type Type = Record<string, unknown> & { type?: string; $ref?: string; oneOf?: Type[] };
export type Property = Type & { description?: string };
export interface ObjectType {
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
	users: { name: "NamedPrincipal", says: "NamedPrincipalArgs" },
	ssoPermissionSets: { name: "NamedPrincipal", says: "NamedPrincipalArgs" },
	roleArns: { name: "ExistingRole", says: "ExistingRoleArgs" },
	access: { name: "AccessLevel" },
	clusterAccess: { name: "AccessLevel" },
	rules: { name: "PolicyRule" },
	namespaceSelector: { name: "LabelSelector" },
	matchExpressions: { name: "LabelRequirement", says: "LabelExpression" },
	limits: { name: "ContainerLimits" },
	role: { name: "RoleOptions" },
};

/** The components' doc comments, by `Type` and `Type.key`. */
export const DOCS = new Map(
	[
		"core/teams/access-output",
		"core/rbac/policy-rules",
		"core/rbac/access-levels",
		"components/eks-access",
		"components/eks-access-args",
		"core/teams/iam-policies",
		"core/teams/team",
		"core/config/team-args",
	].flatMap((file) => [...docComments(path.join(__dirname, "..", `${file}.ts`))]),
);

/** A key of the config's schema with what it means; the types that it needs are put into `types`. */
export function propertyOf(
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
		const [first, ...others] = unique;
		return first && others.length === 0 ? first : { oneOf: unique };
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
	throw new Error(`${key}: scripts/schema-types.ts does not know what a ${schema._zod.def.type} is in a Pulumi schema`);
}

function isPipe(schema: z.core.$ZodType): boolean {
	return schema instanceof z.ZodPipe;
}

/** Puts an object into `types` and answers its token; another form of one that is there adds its keys, none of them a must. */
function objectType(key: string, schema: z.ZodObject, types: Record<string, ObjectType>): string {
	const known = OBJECTS[key];
	if (!known) {
		throw new Error(`${key}: give the type of its objects a name in scripts/schema-types.ts`);
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
export function plain(type: Type): Type {
	const { items, additionalProperties, oneOf } = type as Record<string, Type> & { oneOf?: Type[] };
	return {
		...type,
		...(items ? { items: plain(items) } : {}),
		...(additionalProperties ? { additionalProperties: plain(additionalProperties) } : {}),
		...(oneOf ? { oneOf: oneOf.map(plain) } : {}),
		plain: true,
	};
}

/** A type with its doc comment. */
export function say(name: string, type: Type): Property {
	const said = DOCS.get(name);
	return said ? { ...type, description: said } : type;
}

/** The reference's words for a key, which end without a full stop and may point to a table below. */
function sentence(description: string, fallback: unknown): string {
	const text = `${description.charAt(0).toUpperCase()}${description.slice(1)}`.replace(/, below$/, "");
	const isSaid = fallback === undefined || fallback === "none" || fallback === "required";
	return `${text}.${isSaid ? "" : ` Default: ${fallback}.`}`;
}

export function mapValues<T, R>(
	record: Readonly<Record<string, T>>,
	change: (value: T, key: string) => R,
): Record<string, R> {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
