export type Severity = "error" | "warning" | "info";

/** What each code stands for, for good: a code is never used for anything else. docs/reference/cli.md lists them. */
export const CODES = {
	EKS001: ["error", "The text is not a list."],
	EKS002: ["error", "The text cannot be read."],
	EKS003: ["error", "A tab is used for indentation."],
	EKS004: ["error", "A template such as `{{SessionName}}` is not in quotes."],
	EKS005: ["error", "There is text after the end of the list."],
	EKS006: ["error", "A key stands twice in one entry."],
	EKS007: ["warning", "YAML readers disagree about how this is written."],
	EKS008: ["warning", "Nothing reads this key of the ConfigMap."],
	EKS009: ["warning", "This is another ConfigMap than kube-system/aws-auth."],
	EKS010: ["info", "The cluster has no aws-auth."],
	EKS011: ["error", "The value of a key of the ConfigMap is not text."],
	EKS012: ["error", "The cluster does not read aws-auth: its authentication mode is `API`."],
	EKS013: ["warning", "The ConfigMap is immutable."],
	EKS101: ["error", "An entry is not a mapping."],
	EKS102: ["error", "An entry has no ARN."],
	EKS103: ["error", "A field has the wrong type."],
	EKS104: ["error", "An entry has no username."],
	EKS105: ["error", "The groups are not a list of names."],
	EKS106: ["error", "A field belongs to the other map."],
	EKS107: ["warning", "A field is misspelt."],
	EKS108: ["error", "An ARN is listed twice."],
	EKS109: ["error", "An ARN is listed in both maps."],
	EKS110: ["error", "A field is written with capitals, such as `roleARN`; EKS does not read it."],
	EKS201: ["error", "The value is not the ARN of a role or user."],
	EKS202: ["error", "The ARN of a role contains its path."],
	EKS203: ["error", "The ARN is that of a role's session."],
	EKS204: ["warning", "The ARN is an account's root."],
	EKS205: ["error", "The ARN is that of an IAM group."],
	EKS206: ["error", "An ARN contains a wildcard."],
	EKS207: ["warning", "A role is listed among the users, or a user among the roles."],
	EKS208: ["warning", "An ARN is of another partition than the rest."],
	EKS209: ["error", "A placeholder such as `<my-role>` was not replaced."],
	EKS301: ["warning", "An entry administers the cluster (`system:masters`)."],
	EKS302: ["warning", "People choose this name themselves."],
	EKS303: ["error", "The authenticator does not replace this template."],
	EKS304: ["error", "A name is empty or has invisible characters."],
	EKS305: ["warning", "The name is reserved for Kubernetes' own components."],
	EKS306: ["error", "No node can join with this node role."],
	EKS307: ["warning", "A whole AWS account is let in."],
	EKS308: ["error", "The value is not an account ID."],
	EKS309: ["warning", "A group of Kubernetes' own is misspelt, such as `system:master`."],
	EKS401: ["warning", "The ConfigMap is nearly too large."],
	EKS402: ["warning", "The ownership record of a stack is damaged."],
	EKS403: ["warning", "An entry that a stack has written is gone."],
	EKS501: ["error", "A role or user does not exist."],
	EKS502: ["info", "Roles and users were not looked up in IAM."],
	EKS503: ["info", "The authentication mode of the cluster is not known."],
	EKS504: ["info", "The access entries were not read."],
	EKS601: ["error", "A role or user was created again after its access entry, which lets nobody in."],
	EKS602: ["warning", "Nothing binds a group of an access entry."],
	EKS603: ["warning", "A role or user has an access entry and an entry in aws-auth."],
	EKS604: ["warning", "An access entry administers the cluster (`AmazonEKSClusterAdminPolicy`)."],
	EKS605: ["warning", "An access policy applies to the whole cluster."],
	EKS606: ["error", "An access policy has no effect on an access entry of this type."],
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
	/** In the file that was given, or in what `kubectl edit` shows of a cluster's, where that holds the text as it is. */
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
