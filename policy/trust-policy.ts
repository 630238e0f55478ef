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

/** A value that not every account has. */
function isSomebody(key: string, value: string): boolean {
	const account = key === "aws:principalarn" ? (value.split(":")[4] ?? "*") : value;
	return !/^[*?]*$/.test(account);
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
