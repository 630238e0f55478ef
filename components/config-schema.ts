import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { PROTECTED_NAMESPACES } from "./access-rules";
import { endpointOf } from "./kubeconfig";

/** A problem of the config: where it is, and what was found, what is allowed, what to do. */
export interface Problem {
	/** For example `teams[1].namespaces[0]`. */
	path: string;
	message: string;
}

/** A string; `rule` answers what is wrong with it, or undefined. */
function checked(what: string, example: string, rule: (value: string) => string | undefined) {
	return z
		.string({
			error: ({ input }) => {
				const quotes = ["number", "boolean"].includes(typeof input)
					? "; write it in quotes in Pulumi.<stack>.yaml"
					: "";
				return `found ${show(input)}; allowed is ${what}, for example ${example}${quotes}`;
			},
		})
		.check((context) => {
			const wrong = rule(context.value);
			if (wrong) {
				context.issues.push({
					code: "custom",
					input: context.value,
					message: wrong,
				});
			}
		});
}

function listOf(item: z.ZodType<string>, what: string, example: string) {
	return z.array(item, {
		error: ({ input }) => `found ${show(input)}; allowed is a list of ${what}, for example ${example}`,
	});
}

const NAMESPACE = "a DNS label: up to 63 lower-case letters, digits and hyphens, no hyphen at either end";
const namespaceName = checked(NAMESPACE, "dev", (name) => {
	if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
		return `${show(name)} is no namespace name; allowed is ${NAMESPACE}`;
	}
	if (PROTECTED_NAMESPACES.includes(name)) {
		return (
			`full access in ${name} is refused: who can write there can make themselves cluster administrator. ` +
			"Choose the namespaces of the team's own workloads"
		);
	}
	return undefined;
});

const USER = "an IAM user's name: up to 64 letters, digits and _+=,.@-";
const userName = checked(USER, "jane", (name) => {
	if (name.startsWith("arn:")) {
		const [, user] = /^arn:[^:]*:iam::[^:]*:user\/(?:.*\/)?([^/]+)$/.exec(name) ?? [];
		return `found the ARN ${show(name)}; allowed is the user's name${user ? `: write ${user}` : ""}`;
	}
	return /^[\w+=,.@-]{1,64}$/.test(name) ? undefined : `${show(name)} is no IAM user name; allowed is ${USER}`;
});

// The role is called <team>-role and a role's name has at most 64 characters (IAM quotas).
const TEAM = "up to 59 letters, digits and _+=,.@-, beginning with a letter or a digit";
const teamName = checked(TEAM, "k8s-devs", (name) =>
	/^[A-Za-z0-9][\w+=,.@-]{0,58}$/.test(name) ? undefined : `${show(name)} is no team name; allowed is ${TEAM}`,
);

const USERNAME = "a Kubernetes username of letters, digits and -_.@, without a colon or a template";
const kubernetesUsername = checked(USERNAME, "developer", (name) =>
	/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}$/.test(name)
		? undefined
		: `${show(name)} is refused as a username; allowed is ${USERNAME}`,
);

const CLUSTER = "an EKS cluster's name: up to 100 letters, digits, hyphens and underscores";
const clusterName = checked(CLUSTER, "prod-eks-cluster", (name) =>
	name === "" || /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name)
		? undefined
		: `${show(name)} is no cluster name; allowed is ${CLUSTER} (not its ARN)`,
);

const kubeconfigText = checked("a kubeconfig's text", "$(cat kubeconfig.yaml)", (text) => {
	try {
		if (text !== "") {
			endpointOf(text, () => Buffer.alloc(0));
		}
		return undefined;
	} catch (error) {
		return (error as Error).message.replace(/^kubeconfig: /, "");
	}
});

const roleArn = checked("an IAM role's ARN", "arn:aws:iam::123456789012:role/admin", (arn) =>
	arn === "" || /^arn:[a-z-]+:iam::\d{12}:role\/\S+$/.test(arn)
		? undefined
		: `${show(arn)} is no role ARN; allowed is arn:<partition>:iam::<account>:role/<name>`,
);

const text = (example: string) => checked("a text", example, () => undefined);
const flag = z.boolean({
	error: ({ input }) => `found ${show(input)}; allowed is true or false`,
});

const teamShape = {
	name: teamName,
	namespaces: listOf(namespaceName, "namespace names", "[prod, uat, dev]"),
	users: listOf(userName, "IAM user names", "[jane, joe]"),
	username: kubernetesUsername.optional(),
};
const teamSchema = z.strictObject(teamShape, {
	error: ({ input, code }) =>
		code === "invalid_type" ? `found ${show(input)}; allowed is {name, namespaces, users}` : undefined,
});

/** The config of a stack, key by key (without the project's prefix). */
export const configSchema = z.strictObject({
	cluster: clusterName.default(""),
	namespaces: teamShape.namespaces.default([]),
	users: teamShape.users.default([]),
	teams: z
		.array(teamSchema, {
			error: ({ input }) => `found ${show(input)}; allowed is a list of {name, namespaces, users}`,
		})
		.default([]),
	kubeconfig: kubeconfigText.default(""),
	kubeconfigStack: text("acme/eks/prod").default(""),
	kubeconfigOutput: text("kubeconfig").default("kubeconfig"),
	adminRoleArn: roleArn.default(""),
	awsProfile: text("production").default(""),
	adoptExisting: flag.default(false),
	takeOver: flag.default(false),
	tags: z
		.record(z.string(), text("platform"), {
			error: ({ input }) => `found ${show(input)}; allowed is a map, for example {owner: platform}`,
		})
		.default({}),
});

export type StackConfig = z.infer<typeof configSchema>;

/** Every problem that the schema finds in `input`, with suggestions for misspelt keys. */
export function schemaProblems(input: unknown): Problem[] {
	const result = configSchema.safeParse(input);
	return (result.error?.issues ?? []).flatMap((issue) => {
		const path = issue.path as (string | number)[];
		if (issue.code !== "unrecognized_keys") {
			return [{ path: showPath(path), message: issue.message }];
		}
		const known = Object.keys(path[0] === "teams" ? teamShape : configSchema.shape);
		return issue.keys.map((key) => ({
			path: showPath([...path, key]),
			message: unknownKey(key, known),
		}));
	});
}

function unknownKey(key: string, known: string[]): string {
	const nearest = known.map((name) => ({
		name,
		steps: distance(key.toLowerCase(), name.toLowerCase()),
	}));
	const best = nearest.sort((a, b) => a.steps - b.steps)[0];
	// Up to a third of the letters wrong still reads as a misspelling.
	const suggestion = best && best.steps <= Math.max(2, key.length / 3) ? ` Did you mean ${best.name}?` : "";
	return `unknown key.${suggestion} Known keys: ${known.join(", ")}`;
}

/** `["teams", 1, "namespaces", 0]` -> `teams[1].namespaces[0]`. */
export function showPath(path: (string | number)[]): string {
	return path.map((part, at) => (typeof part === "number" ? `[${part}]` : at > 0 ? `.${part}` : part)).join("");
}

export function show(value: unknown): string {
	const shown = value === undefined ? "nothing" : JSON.stringify(value);
	return shown.length > 80 ? `${shown.slice(0, 77)}…` : shown;
}
