import { matches, type Statement, statementsOf } from "./policy-text";

/** A request to AWS, with what is known of it. */
export interface Request {
	action: string;
	/** Undefined for a trust policy, which has no resources. */
	resource?: string;
	/** Values of condition keys, in lower case; undefined: the request does not have the key. Any other key is not known. */
	context: Record<string, string | undefined>;
	/** Whom a trust policy may mean. */
	principals?: readonly string[];
}

/** What policies say; `conditions` are those that only AWS can judge. */
export type Decision = { effect: "Deny" | "none" } | { effect: "Allow"; conditions: string[] };

/** As "Policy evaluation logic" of the IAM User Guide says. */
export function decide(documents: readonly unknown[], request: Request): Decision {
	const found = documents.flatMap(statementsOf).flatMap((statement) => {
		const conditions = covers(statement, request) ? openConditions(statement, request) : undefined;
		return conditions ? [{ effect: statement.Effect, conditions }] : [];
	});
	const denied = found.filter(({ effect }) => effect === "Deny");
	if (denied.some(({ conditions }) => conditions.length === 0)) {
		return { effect: "Deny" };
	}
	const [allowed] = found
		.filter(({ effect }) => effect === "Allow")
		.sort((one, other) => one.conditions.length - other.conditions.length);
	return allowed
		? {
				effect: "Allow",
				conditions: [
					...allowed.conditions.map((each) => `if ${each}`),
					...denied.map(({ conditions }) => `unless ${conditions.join(" and ")}`),
				],
			}
		: { effect: "none" };
}

/** Whether a holder of these policies may assume a role; conditions of what allows it are taken to hold, those of what denies it not to. */
export function allowsToAssume(documents: readonly unknown[], roleArn: string): boolean {
	return decide(documents, { action: "sts:AssumeRole", resource: roleArn, context: {} }).effect === "Allow";
}

function covers(statement: Statement, { action, resource, context, principals }: Request): boolean {
	const like = (pattern: string, text: string) => matches(pattern.toLowerCase(), text.toLowerCase());
	const named = (text: string) => matches(substitute(text, context), resource ?? "");
	return (
		element(statement.Action, statement.NotAction, (pattern) => like(pattern, action)) &&
		(resource === undefined || element(statement.Resource, statement.NotResource, named)) &&
		(principals === undefined ||
			element(
				statement.Principal && awsPrincipals(statement.Principal),
				statement.NotPrincipal && awsPrincipals(statement.NotPrincipal),
				(name) => name === "*" || principals.includes(name),
			))
	);
}

function element(
	wanted: string | string[] | undefined,
	unwanted: string | string[] | undefined,
	is: (text: string) => boolean,
): boolean {
	return unwanted === undefined ? [wanted ?? []].flat().some(is) : ![unwanted].flat().some(is);
}

/** The accounts and identities that a trust policy names; an account by its root. */
export function awsPrincipals(principal: NonNullable<Statement["Principal"]>): string[] {
	const named = typeof principal === "string" ? [principal] : [principal.AWS ?? []].flat();
	return named.map((name) => (/^\d{12}$/.test(name) ? `arn:aws:iam::${name}:root` : name));
}

/** Of a statement's conditions, those that are not known to hold; undefined where one does not hold. */
export function openConditions({ Condition = {} }: Statement, { context }: Pick<Request, "context">) {
	const open: string[] = [];
	for (const [operator, keys] of Object.entries(Condition)) {
		for (const [key, value] of Object.entries(keys)) {
			const values = [value].flat().map((each) => substitute(String(each), context));
			const holds = judge(operator, values, key.toLowerCase(), context);
			if (holds === false) {
				return undefined;
			}
			if (holds === undefined) {
				open.push(`${key} ${operator} ${values.join(" or ")}`);
			}
		}
	}
	return open;
}

/** Undefined where it is not known. */
function judge(operator: string, values: string[], key: string, context: Request["context"]): boolean | undefined {
	const name = operator.replace(/^ForA(?:ny|ll)Values?:/, "").replace(/IfExists$/, "");
	if (key === "aws:currenttime") {
		return judgeTime(name, values.map(Date.parse), Date.now());
	}
	const compare = COMPARE[name.replace("Not", "")];
	if (!(key in context) || !compare) {
		return undefined;
	}
	const actual = context[key];
	const isNot = name.includes("Not");
	if (actual === undefined) {
		return isNot || operator.endsWith("IfExists");
	}
	return values.some((value) => compare(value, actual)) !== isNot;
}

/** What has become so for ever: a date that is still to come is left open, and is shown. */
function judgeTime(operator: string, ends: number[], now: number): boolean | undefined {
	const isPast = (end: number) => end <= now;
	if (operator.startsWith("DateLessThan")) {
		return ends.every(isPast) ? false : undefined;
	}
	return operator.startsWith("DateGreaterThan") && ends.some(isPast) ? true : undefined;
}

const COMPARE: Record<string, (pattern: string, text: string) => boolean> = {
	StringEquals: (pattern, text) => pattern === text,
	StringEqualsIgnoreCase: (pattern, text) => pattern.toLowerCase() === text.toLowerCase(),
	StringLike: matches,
	ArnEquals: matches,
	ArnLike: matches,
};

/** Policy variables, such as `${aws:username}`. */
function substitute(text: string, context: Request["context"]): string {
	return text.replace(/\$\{([^}]+)\}/g, (all, key: string) => context[key.toLowerCase()] ?? all);
}
