import { AwsAuthTextError, type LiveEntry, type MapKey, readEntries } from "../../core/aws-auth/map";
import { parseArn } from "../../core/iam/arn";
import { reservedNameProblem } from "../../core/iam/username";
import { accessPolicyArn, CLUSTER_ADMIN_GROUP, CLUSTER_ADMIN_POLICY } from "../../core/rbac/policy-rules";
import { quoted } from "../verify/finding";

/** The access entry that does what an entry of aws-auth does. */
export interface PlannedEntry {
	principalArn: string;
	type: "STANDARD" | "EC2_LINUX" | "EC2_WINDOWS" | "FARGATE_LINUX";
	/** Undefined: the one that EKS gives. */
	username?: string;
	groups: string[];
	/** Access policies, each in the whole cluster. */
	policies: string[];
}

/** What becomes of an entry of aws-auth: an access entry, or the reason why not. */
export type Move = { key: string; line?: number; arn: string } & ({ entry: PlannedEntry } | { stays: string });

export interface Known {
	accountId: string;
	/** The account's roles with their paths, by name in lower case. */
	roles: ReadonlyMap<string, string>;
	/** ARNs that have access entries. */
	entries: readonly string[];
}

/** Each entry of aws-auth, in order; a map that cannot be read is one. */
export function planOf(data: Record<string, string> = {}, known: Known): Move[] {
	const accounts = [...new Set(data.mapAccounts?.match(/\d{12}/g) ?? [])].map((arn) => ({
		...{ key: "mapAccounts", arn },
		stays: "an access entry is for one identity: make one for each that comes in by this account",
	}));
	return [...planMap("mapRoles", data.mapRoles, known), ...planMap("mapUsers", data.mapUsers, known), ...accounts];
}

function planMap(key: MapKey, text: string | undefined, known: Known): Move[] {
	let entries: LiveEntry[];
	try {
		entries = readEntries(text, key);
	} catch (error) {
		if (!(error instanceof AwsAuthTextError)) {
			throw error;
		}
		const stays = `the authenticator cannot read it, so nobody comes in by it: ${error.problem} eks-access doctor says more`;
		return [{ key, line: error.line, arn: "", stays }];
	}
	return entries.map((entry, at): Move => {
		const later = entries.slice(at + 1).find(({ arn }) => arn?.toLowerCase() === entry.arn?.toLowerCase());
		const place = { key, line: entry.line, arn: entry.arn ?? "" };
		if (later && entry.arn) {
			return { ...place, stays: `the authenticator reads the last entry of an ARN, which is in line ${later.line}` };
		}
		const principalArn = principalOf(entry, key, known);
		return { ...place, ...("stays" in principalArn ? principalArn : entryOf(principalArn.arn, entry)) };
	});
}

/** Whom an entry means, with the path of a role, which aws-auth does not tell. */
function principalOf({ arn = "" }: LiveEntry, key: MapKey, known: Known): { arn: string } | { stays: string } {
	try {
		const { account, name, path, type } = parseArn(arn, key === "mapRoles" ? "role" : "user");
		if (type === "role" && path !== "/") {
			return { stays: "it lets nobody in: the authenticator knows no role's path" };
		}
		const isOwn = type === "role" && account === known.accountId;
		const whole = isOwn ? known.roles.get(name.toLowerCase()) : arn;
		if (whole === undefined) {
			return { stays: "it lets nobody in: IAM has no such role" };
		}
		if (whole.includes(":role/aws-service-role/") || name.startsWith("AWSServiceRoleFor")) {
			return { stays: "EKS takes no service-linked roles" };
		}
		return known.entries.includes(whole)
			? { stays: "it has an access entry already, which EKS takes instead" }
			: { arn: whole };
	} catch {
		return { stays: `it lets nobody in: this is not the ARN of a ${key === "mapRoles" ? "role" : "user"}` };
	}
}

function entryOf(principalArn: string, { username, groups }: LiveEntry): { entry: PlannedEntry } | { stays: string } {
	const account = parseArn(principalArn).account;
	const filled = (text: string) => text.replaceAll("{{AccountID}}", account);
	if (groups.includes("system:nodes")) {
		return { entry: { principalArn, type: nodeTypeOf(username, groups), groups: [], policies: [] } };
	}
	const isAdministrator = groups.includes(CLUSTER_ADMIN_GROUP);
	const others = [...new Set(groups.filter((group) => group !== CLUSTER_ADMIN_GROUP).map(filled))];
	const name = username ? filled(username) : undefined;
	const problem = [...others.map(groupProblem), name && usernameProblem(name)].find((each) => each);
	if (problem) {
		return { stays: problem };
	}
	const policies = isAdministrator ? [CLUSTER_ADMIN_POLICY] : [];
	return { entry: { principalArn, type: "STANDARD", ...(name ? { username: name } : {}), groups: others, policies } };
}

function nodeTypeOf(username = "", groups: string[]): PlannedEntry["type"] {
	if (groups.includes("eks:kube-proxy-windows")) {
		return "EC2_WINDOWS";
	}
	return username.includes("{{SessionName}}") ? "FARGATE_LINUX" : "EC2_LINUX";
}

function groupProblem(group: string): string | undefined {
	if (group.trim() === "") {
		return "a group is empty";
	}
	const reserved = reservedNameProblem("group", group);
	if (reserved) {
		return `access entries take no group that begins with ${/^\w+:/.exec(group)?.[0]}, such as ${group}: bind another one to what it gives`;
	}
	return group.includes("{{") ? `access entries replace no templates in groups, such as ${group}` : undefined;
}

function usernameProblem(name: string): string | undefined {
	if (reservedNameProblem("username", name)) {
		return `access entries take no username that begins with ${/^\w+:/.exec(name)?.[0]}, such as ${name}`;
	}
	const template = name.replace(/\{\{SessionName(?:Raw)?\}\}/g, "");
	if (template.includes("{{")) {
		return `access entries do not replace the template of the username ${name}`;
	}
	return /^[^:]*\{\{/.test(name) ? `access entries take ${name} only with a colon before the template` : undefined;
}

/** @param options `--region <region> --cluster-name <cluster>`. */
export function commandsOf(moves: readonly Move[], options: string): string[] {
	return moves.flatMap((move) => {
		if (!("entry" in move)) {
			return [];
		}
		const { principalArn, type, username, groups, policies } = move.entry;
		const principal = `${options} --principal-arn ${principalArn}`;
		const named = username ? ` --username ${quoted(username)}` : "";
		const grouped = groups.length > 0 ? ` --kubernetes-groups ${groups.map(quoted).join(" ")}` : "";
		const associate = (policy: string) =>
			`aws eks associate-access-policy ${principal} --access-scope type=cluster --policy-arn ${accessPolicyArn(principalArn.split(":")[1] as string, policy)}`;
		return [`aws eks create-access-entry ${principal} --type ${type}${named}${grouped}`, ...policies.map(associate)];
	});
}
