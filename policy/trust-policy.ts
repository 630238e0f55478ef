type OneOrMore<T> = T | T[];

/** Operators to keys to values. */
type Condition = Record<string, Record<string, OneOrMore<string | boolean>>>;

/** A statement of an IAM role's trust policy. */
export interface Statement {
	Effect?: string;
	Principal?: string | Record<string, OneOrMore<string>>;
	NotPrincipal?: unknown;
	Condition?: Condition;
}

/** Condition keys that say who somebody is: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const WHO = ["aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:userid"];
/** Not `…Not…`, `…IfExists` and `ForAllValues:…`, which are true where the key is missing. */
const NAMES = /^(?:ForAnyValue:)?(?:StringEquals(?:IgnoreCase)?|StringLike|ArnEquals|ArnLike)$/i;

/** The statements of a trust policy, a text or an object; IAM itself refuses one that is neither. */
export function statementsOf(policy: unknown): Statement[] {
	const parsed = typeof policy === "string" ? parse(policy) : policy;
	return listOf((parsed as { Statement?: OneOrMore<Statement> } | undefined)?.Statement);
}

/** Whether everybody in AWS may assume the role. */
export function isTrustOfEverybody({ Effect, Principal, NotPrincipal, Condition }: Statement): boolean {
	const principals = typeof Principal === "string" ? [Principal] : Object.values(Principal ?? {}).flatMap(listOf);
	return Effect === "Allow" && (principals.includes("*") || NotPrincipal !== undefined) && !saysWho(Condition);
}

const GITHUB = "token.actions.githubusercontent.com";

/** Whether every repository on GitHub may assume the role: its OIDC provider is trusted, and no condition says whose repositories. */
export function isTrustOfAllOfGitHub({ Effect, Principal, Condition }: Statement): boolean {
	const federated = typeof Principal === "object" ? listOf(Principal.Federated) : [];
	// `repo:acme/app:…`, with wildcards only behind what says whose it is.
	const isOwned = (subject: string) => /^[^*?]+$|^\w+:[^*?:/]+[:/]/.test(subject);
	const saysWhose = Object.entries(Condition ?? {}).some(
		([operator, keys]) =>
			NAMES.test(operator) &&
			Object.entries(keys).some(
				([key, values]) => key.toLowerCase() === `${GITHUB}:sub` && listOf(values).map(String).every(isOwned),
			),
	);
	return Effect === "Allow" && federated.some((arn) => arn.endsWith(`:oidc-provider/${GITHUB}`)) && !saysWhose;
}

/** Whether a condition asks for a key to be true, and does not mind if it is missing. */
export function isTrueIfExists(condition: Condition | undefined, key: string): boolean {
	return Object.entries(condition ?? {}).some(
		([operator, keys]) =>
			operator.toLowerCase() === "boolifexists" &&
			Object.entries(keys).some(
				([name, values]) => name.toLowerCase() === key.toLowerCase() && listOf(values).map(String).includes("true"),
			),
	);
}

function saysWho(condition: Condition | undefined): boolean {
	return Object.entries(condition ?? {}).some(
		([operator, keys]) =>
			NAMES.test(operator) &&
			Object.entries(keys).some(
				([key, values]) =>
					WHO.includes(key.toLowerCase()) &&
					listOf(values).every((value) => isSomebody(key.toLowerCase(), String(value))),
			),
	);
}

/** The part of a value that says whose it is, where it is not all of it. */
const OWNER: Record<string, (value: string) => string | undefined> = {
	"aws:principalarn": (arn) => arn.split(":")[4],
	// Of a session its role's id, a colon and a name that people choose.
	"aws:userid": (id) => id.split(":")[0],
	"aws:principalorgpaths": (path) => path.split("/")[0],
};

/** A value that not every account has: no wildcard stands where it says whose it is. */
function isSomebody(key: string, value: string): boolean {
	const owner = OWNER[key] ? OWNER[key](value) : value;
	return /^[^*?]+$/.test(owner ?? "");
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function listOf<T>(values: OneOrMore<T> | undefined): T[] {
	return values === undefined ? [] : Array.isArray(values) ? [...values] : [values];
}
