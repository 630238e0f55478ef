export type Severity = "error" | "warning" | "info";

/** What each code stands for, for good: a code is never used for anything else. */
export const CODES = {
	EKS001: ["error", "the text is no list"],
	EKS002: ["error", "the text cannot be read"],
	EKS003: ["error", "a tab"],
	EKS004: ["error", "a template without quotes"],
	EKS005: ["error", "text behind the end of the list"],
	EKS006: ["error", "a key twice in one entry"],
	EKS007: ["warning", "a style that YAML readers do not agree on"],
	EKS008: ["warning", "a key of the ConfigMap that nobody reads"],
	EKS009: ["warning", "another ConfigMap than kube-system/aws-auth"],
	EKS010: ["info", "no aws-auth"],
	EKS011: ["error", "a key of the ConfigMap that holds no text"],
	EKS101: ["error", "an entry that is no mapping"],
	EKS102: ["error", "an entry without its ARN"],
	EKS103: ["error", "a field of the wrong type"],
	EKS104: ["error", "an entry without a username"],
	EKS105: ["error", "groups that are no list of texts"],
	EKS106: ["error", "a field that belongs to the other map"],
	EKS107: ["warning", "a misspelt field"],
	EKS108: ["error", "an ARN twice"],
	EKS109: ["error", "an ARN in both maps"],
	EKS201: ["error", "no ARN of a role or user"],
	EKS202: ["error", "a role with its path"],
	EKS203: ["error", "a role's session"],
	EKS204: ["warning", "an account's root"],
	EKS205: ["error", "an IAM group"],
	EKS206: ["error", "a wildcard in an ARN"],
	EKS207: ["warning", "a role among the users, or a user among the roles"],
	EKS208: ["warning", "another partition than the rest"],
	EKS301: ["warning", "an administrator of the cluster"],
	EKS302: ["warning", "a name that people choose themselves"],
	EKS303: ["error", "a template that stays as it is"],
	EKS304: ["error", "a name with what cannot be seen"],
	EKS305: ["warning", "a name of Kubernetes' own"],
	EKS306: ["error", "a node role that lets no node in"],
	EKS307: ["warning", "a whole AWS account"],
	EKS308: ["error", "no account id"],
	EKS401: ["warning", "nearly too large"],
	EKS402: ["warning", "a damaged ownership record"],
	EKS403: ["warning", "an entry of a stack that is gone"],
	EKS501: ["error", "a role or user that does not exist"],
	EKS502: ["info", "not checked in IAM"],
} as const satisfies Record<string, readonly [Severity, string]>;

export type Code = keyof typeof CODES;
export type DataKey = "mapRoles" | "mapUsers" | "mapAccounts";

/** Where something stands, from 1, as editors count. */
export interface Place {
	line: number;
	column: number;
}

/** Something wrong, as it is found: at an offset of a map's text. */
export interface Observation {
	code: Code;
	/** Instead of the code's own. */
	severity?: Severity;
	at?: number;
	arn?: string;
	/** What is wrong, and what it leads to; a sentence without its full stop. */
	what: string;
	/** What to do; a sentence without its full stop. */
	fix: string;
}

export interface Finding {
	code: Code;
	severity: Severity;
	/** Key of the ConfigMap's data; absent where it is about the whole ConfigMap. */
	key?: DataKey;
	/** In the key's text. */
	line?: number;
	column?: number;
	/** In the file that was given, where that holds the text as it is. */
	file?: Place;
	arn?: string;
	message: string;
	fix: string;
}

/** Line and column of offsets in a text. */
export function placesIn(text: string): (offset: number) => Place {
	const starts = [0];
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
		starts.push(at + 1);
	}
	return (offset) => {
		let [low, high] = [0, starts.length - 1];
		while (low < high) {
			const middle = Math.ceil((low + high) / 2);
			[low, high] = (starts[middle] as number) <= offset ? [middle, high] : [low, middle - 1];
		}
		return { line: low + 1, column: offset - (starts[low] as number) + 1 };
	};
}

/** An entry as the authenticator holds it. */
export interface ReadEntry {
	at: number;
	/** Empty where the authenticator finds none. */
	arn: string;
	username: string;
	groups: string[];
}
