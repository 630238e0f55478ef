import { AwsAuthTextError, type LiveEntry, type MapKey, readEntries } from "../../core/aws-auth/map";
import { arnProblem, parseArn } from "../../core/iam/arn";
import { reservedNameProblem } from "../../core/iam/username";
import type { ClusterMode } from "../../core/kubernetes/authentication-mode";
import { CLUSTER_ADMIN_GROUP, CLUSTER_ADMIN_POLICY } from "../../core/rbac/policy-rules";
import { withPlainPrefix } from "../doctor/checks/arn";
import { sameIdentity } from "../verify/finding";

/** The access entry that does what an entry of aws-auth does. */
export interface PlannedEntry {
	principalArn: string;
	type: "STANDARD" | "EC2_LINUX" | "EC2_WINDOWS" | "FARGATE_LINUX" | "HYBRID_LINUX";
	/** Undefined: the one that EKS gives. */
	username?: string;
	groups: string[];
	/** Access policies, each in the whole cluster. */
	policies: string[];
}

/** What becomes of an entry of aws-auth: an access entry, or the reason why not. */
export type Move = { key: string; line?: number; arn: string } & Result;

/** `note`: what to look at before the entry is made. */
type Result = { entry: PlannedEntry; note?: string } | NoEntry;

/** `stays`: somebody comes in by it who would not without it. `unneeded`: nobody loses anything without it. */
type NoEntry = { stays: string } | { unneeded: string };

export interface Known {
	mode: ClusterMode;
	accountId: string;
	/** The account's roles with their paths, by name in lower case. */
	roles: ReadonlyMap<string, string>;
	/** ARNs that have access entries. */
	entries: readonly string[];
}

/** Each entry of aws-auth, in order; a map that cannot be read is one. */
export function planOf(data: Record<string, string> = {}, known: Known): Move[] {
	const accounts = [...new Set(data.mapAccounts?.match(/\d{12}/g) ?? [])].map(
		(arn): Move => ({
			...{ key: "mapAccounts", arn },
			stays: "an access entry is for one identity: make one for each that comes in by this account",
		}),
	);
	const roles = read("mapRoles", data.mapRoles);
	const users = read("mapUsers", data.mapUsers);
	const moves = [
		...roles.unread,
		...roles.entries.map((entry, at) =>
			moveOf(entry, "mapRoles", { later: roles.entries.slice(at + 1), first: [] }, known),
		),
		...users.unread,
		...users.entries.map((entry, at) =>
			moveOf(entry, "mapUsers", { later: users.entries.slice(at + 1), first: roles.entries }, known),
		),
		...accounts,
	];
	const unneeded = "the cluster does not read aws-auth, so this lets nobody in";
	return known.mode === "API" ? moves.map(({ key, line, arn }) => ({ key, line, arn, unneeded })) : moves;
}

/** The entries of a map, or the reason why there are none. */
function read(key: MapKey, text: string | undefined): { entries: LiveEntry[]; unread: Move[] } {
	try {
		return { entries: readEntries(text, key), unread: [] };
	} catch (error) {
		if (!(error instanceof AwsAuthTextError)) {
			throw error;
		}
		const stays = `the authenticator cannot read it, so nobody comes in by it: ${error.problem} eks-access doctor says more`;
		return { entries: [], unread: [{ key, line: error.line, arn: "", stays }] };
	}
}

/** @param others Of the same map those below, and of the map that the authenticator looks in first all. */
function moveOf(entry: LiveEntry, key: MapKey, others: { later: LiveEntry[]; first: LiveEntry[] }, known: Known): Move {
	const { arn = "", line } = entry;
	const twinIn = (entries: LiveEntry[]) => entries.find((each) => arn && each.arn?.toLowerCase() === arn.toLowerCase());
	const [later, first] = [twinIn(others.later), twinIn(others.first)];
	const place = { key, line, arn };
	if (later) {
		return { ...place, unneeded: `the authenticator reads the last entry of an ARN, which is in line ${later.line}` };
	}
	if (first) {
		return {
			...place,
			unneeded: `the authenticator looks in mapRoles first, which has this ARN in line ${first.line}`,
		};
	}
	const principal = principalOf(withPlainPrefix(arn), known);
	return { ...place, ...("arn" in principal ? entryOf(principal, entry, known) : principal) };
}

/** Whom the authenticator lets in, but EKS has no access entries for. */
const NO_ENTRY: [RegExp, string][] = [
	[/^arn:[^:]+:iam::\d{12}:root$/i, "the account's root user, for whom no access entry is planned"],
	[/^arn:[^:]+:sts::\d{12}:federated-user\/./i, "a federated user, and EKS takes no session for an access entry"],
];

interface Principal {
	arn: string;
	note?: string;
}

const HAS_ENTRY: NoEntry = { unneeded: "it has an access entry already, which EKS takes instead" };

/** Whom an entry means: by its ARN, as the authenticator looks in both maps for roles and users alike. */
function principalOf(arn: string, known: Known): Principal | NoEntry {
	const other = NO_ENTRY.find(([form]) => form.test(arn));
	if (other) {
		return { stays: `it lets in ${other[1]}: let people in by a role` };
	}
	if (arnProblem(arn)) {
		return { unneeded: "it lets nobody in: this is not the ARN of a role or user" };
	}
	const principal = parseArn(arn).type === "role" ? roleOf(arn, known) : { arn };
	return "arn" in principal && known.entries.some((entry) => entry.toLowerCase() === principal.arn.toLowerCase())
		? HAS_ENTRY
		: principal;
}

/** A role with its path, which aws-auth does not tell. */
function roleOf(arn: string, known: Known): Principal | NoEntry {
	const { account, name, path } = parseArn(arn);
	if (path !== "/") {
		return { unneeded: "it lets nobody in: the authenticator knows no role's path" };
	}
	if (/^AWSServiceRoleFor/i.test(name)) {
		return { stays: "EKS takes no service-linked roles" };
	}
	if (account === known.accountId) {
		const whole = known.roles.get(name.toLowerCase());
		return whole === undefined ? { unneeded: "it lets nobody in: IAM has no such role" } : { arn: whole };
	}
	if (known.entries.some((entry) => sameIdentity(entry, arn))) {
		return HAS_ENTRY;
	}
	// Roles of permission sets always have a path.
	return /^AWSReservedSSO_/i.test(name)
		? { stays: "write its path, which aws-auth does not tell" }
		: { arn, note: "of another account: if the role has a path, write it, or the entry matches nobody" };
}

function entryOf({ arn: principalArn, note }: Principal, { username, groups }: LiveEntry, known: Known): Result {
	const { account } = parseArn(principalArn);
	const filled = (text: string) => text.replaceAll("{{AccountID}}", account);
	if (groups.includes("system:nodes")) {
		return nodeEntryOf(principalArn, { username, groups }, known);
	}
	const isAdministrator = groups.includes(CLUSTER_ADMIN_GROUP);
	const others = [...new Set(groups.filter((group) => group !== CLUSTER_ADMIN_GROUP).map(filled))];
	const name = username ? filled(username) : undefined;
	const problem = [...others.map(groupProblem), name && usernameProblem(name)].find((each) => each);
	if (problem) {
		return { stays: problem };
	}
	const policies = isAdministrator ? [CLUSTER_ADMIN_POLICY] : [];
	const entry = {
		principalArn,
		type: "STANDARD" as const,
		...(name ? { username: name } : {}),
		groups: others,
		policies,
	};
	return { entry, ...(note ? { note } : {}) };
}

const NODE_GROUPS = ["system:nodes", "system:bootstrappers", "system:node-proxier", "eks:kube-proxy-windows"];

function nodeEntryOf(
	principalArn: string,
	{ username = "", groups }: Pick<LiveEntry, "username" | "groups">,
	{ accountId }: Known,
): Result {
	const others = groups.filter((group) => !NODE_GROUPS.includes(group));
	if (others.length > 0) {
		const given = others.join(", ");
		return {
			stays: `an access entry of nodes has no other groups, and this one gives ${given} too: remove them first`,
		};
	}
	const { account, type } = parseArn(principalArn);
	return account === accountId && type === "role"
		? { entry: { principalArn, type: nodeTypeOf(username, groups), groups: [], policies: [] } }
		: { stays: "an access entry of nodes is for a role of the cluster's account" };
}

/** Hybrid nodes have a session's name too, but no kube-proxy group. */
function nodeTypeOf(username: string, groups: string[]): PlannedEntry["type"] {
	if (groups.includes("eks:kube-proxy-windows")) {
		return "EC2_WINDOWS";
	}
	if (!username.includes("{{SessionName}}")) {
		return "EC2_LINUX";
	}
	return groups.includes("system:node-proxier") ? "FARGATE_LINUX" : "HYBRID_LINUX";
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
