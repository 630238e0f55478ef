import { z } from "zod";
import type { AccessError } from "../errors/access-error";
import { show } from "../errors/problem";
import { explainArn, explainName, type NameReason, sentences } from "../errors/reasons";
import { arnProblem } from "../iam/arn";
import { endpointOf } from "../kubernetes/kubeconfig";

/** A string; `rule` answers what is wrong with it, or undefined. */
export function checked(what: string, example: string, rule: (value: string) => string | undefined) {
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
				context.issues.push({ code: "custom", input: context.value, message: wrong });
			}
		});
}

/** A username or group; `rule` answers why it is refused. */
export function checkedName(what: string, example: string, rule: (name: string) => NameReason | undefined) {
	return checked(what, example, (name) => {
		const reason = rule(name);
		return reason && sentences(explainName(reason));
	});
}

/** A string that matches `pattern`. */
function matching(what: string, example: string, pattern: RegExp, noun: string) {
	return checked(what, example, (value) =>
		pattern.test(value) ? undefined : `${show(value)} is no ${noun}; allowed is ${what}, for example ${example}`,
	);
}

export function listOf<T extends z.ZodType>(item: T, what: string, example: string) {
	return z.array(item, {
		error: ({ input }) => `found ${show(input)}; allowed is a list of ${what}, for example ${example}`,
	});
}

export const texts = (what: string, example: string) => listOf(nonEmpty(what, example), `${what}s`, `[${example}]`);

/** An object; `example` says what it is like. */
export function objectOf<Shape extends z.ZodRawShape>(shape: Shape, example: string) {
	return z.strictObject(shape, {
		error: ({ input, code }) => (code === "invalid_type" ? `found ${show(input)}; allowed is ${example}` : undefined),
	});
}

export function mapOf<T extends z.ZodType<string>>(value: T, example: string) {
	return z.record(z.string(), value, {
		error: ({ input }) => `found ${show(input)}; allowed is a map, for example ${example}`,
	});
}

export function flagOf(error?: string) {
	return z.boolean({ error: ({ input }) => `found ${show(input)}; allowed is ${error ?? "true or false"}` });
}

export function oneOf<const T extends readonly string[]>(values: T, otherwise = "") {
	return z.enum(values, {
		error: ({ input }) => `found ${show(input)}; allowed is ${values.join(", ")}${otherwise}`,
	});
}

const NAMESPACE = "a DNS label: up to 63 lower-case letters, digits and hyphens, no hyphen at either end";
/** Or a pattern: `*` stands for any text. */
export const namespaceName = checked(NAMESPACE, "dev", (name) => {
	if (/^\*+$/.test(name)) {
		return `${show(name)} is every namespace; for that there is clusterAccess`;
	}
	return /^[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?$/.test(name)
		? undefined
		: `${show(name)} is no namespace name; allowed is ${NAMESPACE}, for example dev`;
});

const USER = "an IAM user's name: up to 64 letters, digits and _+=,.@-";
export const userName = checked(USER, "jane", (name) => {
	if (name.startsWith("arn:")) {
		const [, user] = /^arn:[^:]*:iam::[^:]*:user\/(?:.*\/)?([^/]+)$/.exec(name) ?? [];
		return `found the ARN ${show(name)}; allowed is the user's name${user ? `: write ${user}` : ""}`;
	}
	return /^[\w+=,.@-]{1,64}$/.test(name) ? undefined : `${show(name)} is no IAM user name; allowed is ${USER}`;
});

// The role is called <team>-role and a role's name has at most 64 characters (IAM quotas).
const TEAM = "up to 59 letters, digits and _+=,.@-, beginning with a letter or a digit";
export const teamName = matching(TEAM, "k8s-devs", /^[A-Za-z0-9][\w+=,.@-]{0,58}$/, "team name");

const USERNAME = "a Kubernetes username of letters, digits and -_.@, without a colon or a template";
export const kubernetesUsername = checked(USERNAME, "developer", (name) =>
	/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}$/.test(name)
		? undefined
		: `${show(name)} is refused as a username; allowed is ${USERNAME}` +
			(name.includes("{{") ? "; for one that tells people apart, use usernameTemplate" : ""),
);

const CLUSTER = "an EKS cluster's name: up to 100 letters, digits, hyphens and underscores";
export const clusterName = checked(CLUSTER, "prod-eks-cluster", (name) =>
	name === "" || /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name)
		? undefined
		: `${show(name)} is no cluster name; allowed is ${CLUSTER} (not its ARN)`,
);

export const kubeconfigText = checked("a kubeconfig's text", "$(cat kubeconfig.yaml)", (text) => {
	try {
		if (text !== "") {
			endpointOf(text, () => Buffer.alloc(0));
		}
		return undefined;
	} catch (error) {
		return (error as AccessError).explanation.replace(/^kubeconfig: /, "");
	}
});

export const roleArn = arnOf("role", "arn:aws:iam::123456789012:role/admin");
export const userArn = arnOf("user", "arn:aws:iam::123456789012:user/jane");

function arnOf(type: "role" | "user", example: string) {
	const what = `arn:<partition>:iam::<account>:${type}/<path and name>`;
	return checked(what, example, (arn) => (arnProblem(arn, type) ? refusedArn(arn, type, what) : undefined));
}

/** @param allowed What an ARN of that type looks like. */
export function refusedArn(arn: unknown, type: "role" | "user", allowed: string): string {
	const reason = typeof arn === "string" ? arnProblem(arn, type) : undefined;
	const says = reason && reason.is !== "not-an-arn" && reason.is !== "wrong-type" ? `. ${explainArn(reason)[1]}` : "";
	return `${show(arn)} is no ${type} ARN; allowed is ${allowed}${says}`;
}

export const policyArn = matching(
	"arn:<partition>:iam::<account or aws>:policy/<path and name>",
	"arn:aws:iam::123456789012:policy/boundary",
	/^arn:[a-z-]+:iam::(\d{12}|aws):policy\/\S+$/,
	"policy ARN",
);

export const accountId = matching("twelve digits", '"123456789012"', /^\d{12}$/, "account id");

/** IAM: a path begins and ends with a slash and has at most 512 characters. In the policy to assume the role, wildcards would match others. */
export const iamPath = matching(
	"up to 512 characters that begin and end with /, without * and ?",
	"/teams/",
	/^(?=.{1,512}$)\/([!-)+-.0->@-~]+\/)*$/,
	"IAM path",
);

/** A quantity of Kubernetes: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const QUANTITY = "a quantity: a number with an optional suffix such as m, k, Mi, Gi";
const QUANTITY_PATTERN = /^\+?(\d+\.?\d*|\.\d+)(m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;
export const quantity = z
	.union([z.string(), z.number()], { error: ({ input }) => `found ${show(input)}; allowed is ${QUANTITY}` })
	.transform(String)
	.check((context) => {
		if (!QUANTITY_PATTERN.test(context.value)) {
			const message = `${show(context.value)} is no quantity; allowed is ${QUANTITY}`;
			context.issues.push({ code: "custom", input: context.value, message });
		}
	});

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL_NAME = "[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?";
const LABEL_VALUE = "up to 63 letters, digits and -_., with a letter or a digit at both ends";
export const labelValue = matching(LABEL_VALUE, "shop", new RegExp(`^(${LABEL_NAME})?$`), "value of a label");
export const labelKey = matching(
	`${LABEL_VALUE}, behind a domain and / if need be`,
	"team",
	new RegExp(`^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?${LABEL_NAME}$`),
	"key of a label or an annotation",
);

/** Labels or annotations. */
export function labelled<T extends z.ZodType<string>>(value: T, example: string) {
	return mapOf(value, example).check((context) => {
		for (const key of Object.keys(context.value)) {
			for (const { message } of labelKey.safeParse(key).error?.issues ?? []) {
				context.issues.push({ code: "custom", input: key, path: [key], message });
			}
		}
	});
}

export const text = (example: string) => checked("a text", example, () => undefined);

export const nonEmpty = (what: string, example: string) =>
	checked(what, example, (value) =>
		value.trim() === "" ? `found ${show(value)}; allowed is ${what}, for example ${example}` : undefined,
	);

/** A name of Kubernetes that is part of a URL: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names */
export const pathSegment = (kind: string) =>
	matching("a name without / and %", "deployer", /^(?!\.{1,2}$)[^/%\s]{1,253}$/, `name of a ${kind}`);
