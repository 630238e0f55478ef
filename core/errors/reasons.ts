/** What was found, and what to do about it: each a sentence without its full stop. */
export type Explanation = readonly [found: string, remedy: string];

export type Table = Record<string, (data: never) => readonly [found: string, remedy?: string]>;

/** What is wrong, as data. Code tells reasons apart by `is`; the tables below turn them into text, which may change. */
export type ReasonIn<T extends Table> = {
	[Is in keyof T & string]: { is: Is } & (T[Is] extends () => readonly unknown[] ? unknown : Parameters<T[Is]>[0]);
}[keyof T & string];

export function explain<T extends Table>(table: T, reason: ReasonIn<T>): ReturnType<T[keyof T]> {
	return table[reason.is]?.(reason as never) as ReturnType<T[keyof T]>;
}

/** Found and remedy, as a message shows them. */
export function sentences([found, remedy]: Explanation): string {
	return `${found}. ${remedy}.`;
}

const quote = JSON.stringify;

const REPLACE_TAB = "YAML allows only spaces there; replace the tab";
const REPAIR =
	"Repair the line with `kubectl edit configmap aws-auth -n kube-system`: mapRoles and mapUsers have to be YAML lists of " +
	"entries in plain block, flow or JSON style, which aws-iam-authenticator reads";

/** Why a text of aws-auth cannot be read with certainty. */
export const YAML_REASONS = {
	"tab-indents": () => ["a tab is used for indentation, or follows a dash", REPLACE_TAB],
	"tab-after-value": () => ["a line after an unquoted value begins with a tab", REPLACE_TAB],
	"template-unquoted": () => [
		"{{ stands without quotes",
		'Write the template in quotes, for example "system:node:{{EC2PrivateDNSName}}"',
	],
	"not-a-list": ({ found, key }: { found: "mapping" | "single value"; key: string }) => [
		`a ${found} was found`,
		`${key} has to be a list: every entry begins with a dash. The authenticator reads nothing else`,
	],
	"key-twice": ({ name }: { name: string }) => [
		`the key ${quote(name)} stands twice in one mapping`,
		"Remove one of the two",
	],
	"alias-unknown": () => ["an alias (*name) stands for no anchor (&name) above it", REPAIR],
	"aliases-too-many": () => ["aliases stand for more than the text itself holds", REPAIR],
	"anchor-invalid": () => ["an anchor has no valid name, or no value of its own", REPAIR],
	"block-header": () => ["the first line of a block scalar holds more than its indicators", REPAIR],
	"blank-line-long": () => ["a block scalar begins with a blank line that is longer than its indentation", REPAIR],
	"blanks-at-end": () => ["the text ends in blanks that belong to a block scalar", REPAIR],
	"character-illegal": () => [
		"a character that YAML does not allow, or a line break that not every reader knows",
		REPAIR,
	],
	"colon-after-value": () => ["a colon stands where a value ends", REPAIR],
	"colon-in-value": () => ["a colon stands inside a value", REPAIR],
	"colon-in-next-line": () => ["a value continues on this line, and a colon follows", REPAIR],
	"comma-missing": ({ close }: { close: "]" | "}" }) => [
		`a comma or ${close} is missing in a ${close === "]" ? "list" : "mapping"}`,
		REPAIR,
	],
	"dash-for-key": () => ["a dash stands where a key is expected", REPAIR],
	"document-end-first": () => ["a document ends that has not begun", REPAIR],
	"document-mark-inside": () => ["a document mark stands inside a list or mapping", REPAIR],
	"document-mark-quoted": () => ["a quoted text holds a document mark", REPAIR],
	"escape-invalid": ({ code }: { code: string }) => [`${code} is not a valid character`, REPAIR],
	"escape-unknown": ({ code }: { code: string }) => [`${code} is not an escape that YAML 1.1 knows`, REPAIR],
	"escape-folded": () => ["a double-quoted text of several lines holds a backslash", REPAIR],
	"flow-key": () => ["a key of a mapping is not followed by a colon and a space", REPAIR],
	"flow-open": ({ open }: { open: string }) => [`a ${open} is never closed`, REPAIR],
	"flow-value": () => ["a value is missing, or begins with a character that YAML reserves", REPAIR],
	"flow-value-continues": () => ["an unquoted value is followed by more text", REPAIR],
	"indentation-differs": () => ["a line is indented differently from its neighbours", REPAIR],
	"key-not-text": () => ["a key is not a text but a number, boolean or null", REPAIR],
	"key-without-colon": () => ["a key has no colon and space after it", REPAIR],
	"list-on-key-line": () => ["a list begins on the line of its key", REPAIR],
	"merge-key": () => ["a merge key (<<) is used", REPAIR],
	"not-json": ({ value }: { value: string }) => [`JSON has no value ${value}`, REPAIR],
	"quote-open": () => ["a quote is never closed", REPAIR],
	"reserved-character": ({ character }: { character: string }) => [
		`a value begins with ${character}, which YAML reserves`,
		REPAIR,
	],
	"second-document": () => ["a second document begins", REPAIR],
	"text-after-list": () => ["text follows the end of the list", REPAIR],
	"text-after-mark": () => ["text follows the document mark on its line", REPAIR],
	"text-after-value": () => ["a value is followed by more text on its line", REPAIR],
	"too-deep": () => ["the text is nested deeper than 50 levels", REPAIR],
	"value-missing": () => ["a value is missing", REPAIR],
} satisfies Table;
export type YamlReason = ReasonIn<typeof YAML_REASONS>;
export const explainYaml = (reason: YamlReason): Explanation => explain(YAML_REASONS, reason);

/** Why an entry of aws-auth cannot be written or taken out. */
export const EDIT_REASONS = {
	"entry-exists": ({ arn, isSame }: { arn: string; isSame: boolean }) => [
		`an entry for ${arn} that this stack has not written ${isSame ? "says the same already" : "maps this ARN already"}`,
		"The authenticator reads only the last entry of an ARN; " +
			(isSame
				? "set adoptExisting to take it over"
				: "remove that entry (kubectl edit -n kube-system configmap/aws-auth), or set adoptExisting to replace it"),
	],
	"alias-into-entry": () => ["an alias stands for something in an entry of this stack, which changes", "Write it out"],
	"neighbour-changes": () => [
		"the text around this entry cannot be changed without changing what the entry says: it ends in a block scalar (| or >)",
		"Write that value in quotes, or put a comment line at the left margin after it",
	],
	"no-room": () => ["the entries of this stack cannot be put here", "Write the map in block style"],
} satisfies Table;
export type EditReason = ReasonIn<typeof EDIT_REASONS>;
export const explainEdit = (reason: EditReason): Explanation => explain(EDIT_REASONS, reason);

interface Name {
	what: "username" | "group";
	name: string;
}
const named = ({ what, name }: Name): string => `${what} ${quote(name)}`;

/** Why a username or group in Kubernetes is refused. */
export const NAME_REASONS = {
	empty: (name: Name) => [
		`${named(name)} is empty: everybody who comes in needs one`,
		"Give a name, for example developer",
	],
	invisible: (name: Name) => [
		`${named(name)} holds a control character, or begins or ends with a blank`,
		"Remove what is not printable text",
	],
	"template-unknown": ({ template, allowed, ...name }: Name & { template: string; allowed: string[] }) => [
		`${named(name)} holds ${template}, which the authenticator does not know`,
		`Correct it; allowed are ${allowed.join(", ")}`,
	],
	"system-prefix": (name: Name) => [
		`${named(name)} begins with system:, which Kubernetes keeps for itself`,
		"Take another name",
	],
	"system-group-chosen": (name: Name) => [
		`${named(name)} lets people choose one of Kubernetes' own groups, such as system:masters`,
		"Write the group that is meant",
	],
	"no-session": ({ template, ...name }: Name & { template: string }) => [
		`${named(name)} holds ${template}, but a user has no session`,
		"Remove it; allowed for users are {{AccountID}} and {{AccessKeyID}}",
	],
	"self-chosen": ({ template, ...name }: Name & { template: string }) => [
		`${named(name)} lets people choose it: the name of the session is up to them`,
		`Write ${template} after a fixed prefix and a colon, for example dev:${template}`,
	],
	"eks-prefix": ({ prefix, ...name }: Name & { prefix: string }) => [
		`${named(name)} begins with ${prefix}, which EKS keeps for itself`,
		"Take another name",
	],
} satisfies Table;
export type NameReason = ReasonIn<typeof NAME_REASONS>;
export const explainName = (reason: NameReason): Explanation => explain(NAME_REASONS, reason);

interface Arn {
	arn: string;
}

/** Why a text is not the ARN of an IAM role or user. */
export const ARN_REASONS = {
	"not-an-arn": ({ arn }: Arn) => [
		`${quote(arn)} is not the ARN of an IAM role or user`,
		"Correct it; `aws iam get-role` and `aws iam get-user` print it: arn:<partition>:iam::<12 digits>:role/<path and name> or " +
			":user/<path and name>, with partition aws, aws-cn, aws-us-gov, aws-eusc or aws-iso…",
	],
	"assumed-role": ({ arn, role }: Arn & { role: string }) => [
		`${quote(arn)} is a session of a role`,
		`Give the role itself, not a session of it: ${role}`,
	],
	root: ({ arn }: Arn) => [`${quote(arn)} is an account`, "Give the roles or users of the account one by one"],
	group: ({ arn }: Arn) => [
		`${quote(arn)} is an IAM group, which no cluster knows`,
		"Give a role that the group's members may assume, or its users",
	],
	"wrong-type": ({ arn, type, wanted }: Arn & { type: "role" | "user"; wanted: "role" | "user" }) => [
		`${quote(arn)} is a ${type}, where a ${wanted} is needed`,
		`Give arn:<partition>:iam::<account>:${wanted}/<name>, or list it as a ${type}`,
	],
} satisfies Table;
export type ArnReason = ReasonIn<typeof ARN_REASONS>;
export const explainArn = (reason: ArnReason): Explanation => explain(ARN_REASONS, reason);
