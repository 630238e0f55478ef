import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { type Path, type Problem, show, showPath } from "../errors/problem";
import { AUTHENTICATION } from "../kubernetes/authentication-mode";
import { namespaceSchema } from "./namespace-schema";
import { usersSchema } from "./principal-schema";
import { teamSchema } from "./team-schema";
import {
	checked,
	clusterName,
	flagOf,
	kubeconfigText,
	listOf,
	mapOf,
	oneOf,
	refusedArn,
	roleArn,
	text,
} from "./values";

const roleArnOrNone = z.union([z.literal(""), roleArn], {
	error: ({ input }) => refusedArn(input, "role", "arn:<partition>:iam::<account>:role/<name>"),
});

const iamName = checked("a name with {team}, and {cluster} if need be", "{team}-{cluster}", (template) => {
	const unknown = (template.match(/\{[^}]*\}?|\}/g) ?? []).filter((each) => !["{team}", "{cluster}"].includes(each));
	if (unknown.length > 0) {
		return `${show(template)} has ${unknown.map(show).join(", ")}; the placeholders are {team} and {cluster}`;
	}
	return template === "" || (template.includes("{team}") && /^[\w+=,.@{}-]+$/.test(template))
		? undefined
		: `${show(template)} names no IAM group; allowed are {team}, {cluster}, letters, digits and _+=,.@-, with {team} among them`;
});

/** The config of a stack, key by key (without the project's prefix). The reference, README.md and Pulumi.yaml show each `description`. */
export const configSchema = z.strictObject({
	cluster: clusterName.default("").meta({ description: "name of the EKS cluster", fallback: "required" }),
	namespaces: listOf(namespaceSchema, "namespace names", "[prod, uat, dev]").default([]).meta({
		description:
			"namespaces of the team `k8s-devs`, for example `[prod, uat, dev]` or `prod, uat, dev`; an item may also be `{name, access, …}`, as in a team",
		fallback: "required without `teams`",
	}),
	users: usersSchema.meta({
		description:
			"IAM user names of the team `k8s-devs`, for example `[jane, joe]` or `jane, joe`, or `{name, until}`; their Kubernetes username is `developer`",
		fallback: "required without `teams`",
	}),
	teams: listOf(teamSchema, "teams", "[{name: shop, namespaces: [shop], users: [jane]}]").default([]).meta({
		description:
			"instead of `namespaces` and `users`, a list of teams, for example `[{name: shop, namespaces: [shop], users: [jane]}]`",
		fallback: "none",
	}),
	teamsFile: text("teams.yaml").default("").meta({
		description:
			"file with the list `teams:` that several stacks share, instead of `teams`: YAML, relative to the project's folder",
		fallback: "none",
	}),
	iamName: iamName.default("").meta({
		description:
			"name of the teams' IAM groups and, with `-role` and `-assume-role-…`, of their roles and policies: `{team}-{cluster}` tells apart stacks with the same teams in one account",
		fallback: "`{team}`",
	}),
	authentication: oneOf(AUTHENTICATION).default("auto").meta({
		description:
			"how people authenticate: `aws-auth`, `access-entries` or `both`; `auto` uses access entries if the cluster's mode is API, and aws-auth otherwise",
		fallback: "`auto`",
	}),
	kubeconfig: kubeconfigText.default("").meta({
		description: "the operator's kubeconfig, in YAML or JSON; set it with `--secret`",
		fallback: "the one from `kubeconfigStack`, or one that runs `aws eks get-token`",
	}),
	kubeconfigStack: text("acme/eks/prod").default("").meta({
		description: "the stack `<org>/<project>/<stack>` that has the kubeconfig as an output, instead of `kubeconfig`",
		fallback: "none",
	}),
	kubeconfigOutput: text("kubeconfig")
		.default("kubeconfig")
		.meta({ description: "name of that stack's output", fallback: "`kubeconfig`" }),
	adminRoleArn: roleArnOrNone.default("").meta({
		description:
			"ARN of the IAM role that the operator assumes for `aws eks get-token`; only used if no kubeconfig is given",
		fallback: "your own identity",
	}),
	awsProfile: text("production").default("").meta({
		description: "the operator's AWS profile for `aws eks get-token`; only used if no kubeconfig is given",
		fallback: "the profile of your environment",
	}),
	adoptExisting: flagOf().default(false).meta({
		description:
			"`true` adopts existing IAM roles and groups, RBAC objects, entries in aws-auth and access entries, instead of failing",
		fallback: "`false`",
	}),
	takeOver: flagOf().default(false).meta({
		description: "`true` writes to an `aws-auth` that another Pulumi program or Terraform manages",
		fallback: "`false`",
	}),
	tags: mapOf(text("platform"), "{owner: platform}").default({}).meta({
		description: "tags of the IAM roles, policies and access entries, for example `{owner: platform}`",
		fallback: "none",
	}),
});

export type StackConfig = z.infer<typeof configSchema>;

/** Every problem that the schema finds in `input`, with suggestions for misspelt keys. */
export function schemaProblems(input: unknown): Problem[] {
	const result = configSchema.safeParse(input);
	return (result.error?.issues ?? []).flatMap((issue) => problemsOf(issue, [], input));
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, above: Path, input: unknown): Problem[] {
	const path = [...above, ...(issue.path as Path)];
	if (issue.code === "unrecognized_keys") {
		const known = keysAt(path, input);
		return issue.keys.map((key) => ({ path: showPath([...path, key]), message: unknownKey(key, known) }));
	}
	if (issue.code === "invalid_union") {
		// The form that was meant is the one whose problems lie within it, and that knows most of the keys.
		const forms = issue.errors.filter((form) => form.every(isInside));
		const least = Math.min(...forms.map(unknownKeys));
		const [meant, ...others] = forms.filter((form) => unknownKeys(form) === least);
		if (meant && others.length === 0) {
			return meant.flatMap((each) => problemsOf(each, path, input));
		}
	}
	return [{ path: showPath(path), message: issue.message }];
}

function isInside(issue: Issue): boolean {
	return issue.path.length > 0 || issue.code === "unrecognized_keys" || issue.code === "custom";
}

function unknownKeys(form: Issue[]): number {
	return form.flatMap((issue) => (issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : []))
		.length;
}

/** The keys that the schema knows at a place. */
function keysAt(path: Path, input: unknown): string[] {
	let schemas: z.core.$ZodType[] = [configSchema];
	let value: unknown = input;
	for (const part of path) {
		value = (value as Record<string | number, unknown> | undefined)?.[part];
		schemas = schemas.flatMap(formsOf).flatMap((schema) => {
			if (schema instanceof z.ZodArray) {
				return [schema.element];
			}
			return schema instanceof z.ZodObject && part in schema.shape ? [schema.shape[part]] : [];
		});
	}
	const shapes = schemas.flatMap(formsOf).flatMap((schema) => (schema instanceof z.ZodObject ? [schema.shape] : []));
	const given = Object.keys((value ?? {}) as object);
	// Of several forms, the one with most of what was given.
	const best = shapes.sort((a, b) => shared(b, given) - shared(a, given))[0] ?? {};
	return Object.keys(best);
}

function shared(shape: object, given: string[]): number {
	return given.filter((key) => key in shape).length;
}

function formsOf(schema: z.core.$ZodType): z.core.$ZodType[] {
	if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
		return formsOf(schema.def.innerType);
	}
	return schema instanceof z.ZodUnion ? schema.options.flatMap(formsOf) : [schema];
}

function unknownKey(key: string, known: string[]): string {
	const nearest = known.map((name) => ({ name, steps: distance(key.toLowerCase(), name.toLowerCase()) }));
	const best = nearest.sort((a, b) => a.steps - b.steps)[0];
	// Up to a third of the letters wrong still reads as a misspelling.
	const suggestion = best && best.steps <= Math.max(2, key.length / 3) ? ` Did you mean ${best.name}?` : "";
	return `unknown key.${suggestion} Known keys: ${known.join(", ")}`;
}
