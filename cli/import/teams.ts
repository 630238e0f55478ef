import type { LiveEntry } from "../../core/aws-auth/map";
import { readTeams } from "../../core/config/config";
import type { TeamArgs } from "../../core/config/team-args";
import { ConfigError } from "../../core/errors/problem";
import { parseArn } from "../../core/iam/arn";
import { accessOf, describe } from "./access";
import { withAllow } from "./allow";
import type { Facts, Note } from "./facts";
import { identityOf } from "./identity";

/** What a config can say of what is there, and what it cannot. */
export interface Imported {
	teams: TeamArgs[];
	notes: Note[];
}

/** What lets nodes in: https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html */
const OF_NODES = ["system:nodes", "system:bootstrappers", "system:node-proxier"];
const ADMINISTRATORS = "system:masters";

export function isOfNodes({ groups }: LiveEntry): boolean {
	return groups.some((group) => OF_NODES.includes(group));
}

/** The teams that are what has been found, so that a stack with this config adopts it and changes nothing. */
export function teamsOf(facts: Facts): Imported {
	const notes: Note[] = [];
	const teams = new Map<string, TeamArgs>();
	const entries = [
		...facts.roleEntries.map((entry) => ({ entry, of: "role" as const })),
		...facts.userEntries.map((entry) => ({ entry, of: "user" as const })),
	].filter(({ entry }) => !isOfNodes(entry));
	for (const [at, { entry, of }] of entries.entries()) {
		const isLast = !entries.slice(at + 1).some((later) => later.of === of && isSame(later.entry.arn, entry.arn));
		const problem = isLast
			? entryProblem(entry, of, facts)
			: "the authenticator reads the last entry of an ARN only, and the first pulumi up takes this one out";
		if (problem) {
			notes.push({ text: `${of} ${entry.arn ?? `in line ${entry.line}`} is left out: ${problem}` });
			continue;
		}
		addEntry({ teams, notes }, entry, of, facts);
	}
	for (const [name, team] of teams) {
		const { team: access, notes: about } = accessOf(name, facts);
		// The order is that of the README.
		const whole = { ...pick(team, "name", "username", "usernameTemplate"), ...access, ...team };
		const problems = problemsOf(whole);
		if (problems.length > 0) {
			teams.delete(name);
			notes.push(...problems.map((text) => ({ text: `the team ${name} is left out: ${text}` })));
		} else {
			teams.set(name, whole);
			notes.push(...about.map((text) => ({ team: name, text })));
		}
	}
	const problems = problemsOf(...teams.values());
	notes.push(...problems.map((text) => ({ text: `the config is refused as it is here: ${text}` })));
	notes.push(...userBindings(facts));
	if (facts.hasAccounts) {
		notes.push({ text: "mapAccounts lets whole accounts in, which no team does; it stays as it is" });
	}
	const isAccepted = teams.size > 0 && problems.length === 0;
	const allowed = isAccepted ? withAllow([...teams.values()], facts) : { teams: [...teams.values()], notes: [] };
	notes.push(...allowed.notes);
	return { teams: allowed.teams, notes: notes.map((note) => withKnownTeam(note, teams)) };
}

/** As the authenticator compares. */
function isSame(arn: string | undefined, other: string | undefined): boolean {
	return arn !== undefined && arn.toLowerCase() === other?.toLowerCase();
}

/** Why an entry is of no team. */
function entryProblem({ arn, username, groups }: LiveEntry, of: "role" | "user", facts: Facts): string | undefined {
	if (groups.includes(ADMINISTRATORS)) {
		return `it administers the cluster (${ADMINISTRATORS}). If the stack is to manage that too, write a team with admin: true for it`;
	}
	if (!arn || !username || groups.length === 0) {
		return "it has no ARN, username or groups; eks-access doctor says more";
	}
	try {
		const { type, path, name, account } = parseArn(arn);
		if (type !== of || (type === "role" && path !== "/" && !facts.areAccessEntries)) {
			return "it matches nobody, so that a stack which has it would let somebody in; eks-access doctor says more";
		}
		if (type === "role" && account === facts.account.accountId && !facts.roles.has(name.toLowerCase())) {
			return "IAM has no such role, so it lets nobody in";
		}
	} catch {
		return "its ARN is none of a role or a user; eks-access doctor says more";
	}
	return undefined;
}

function addEntry(
	{ teams, notes }: { teams: Map<string, TeamArgs>; notes: Note[] },
	entry: LiveEntry,
	of: "role" | "user",
	facts: Facts,
): void {
	const { arn, username, groups } = entry as LiveEntry & { arn: string; username: string };
	const isBound = (group: string) => facts.bindings.some(({ subjects }) => subjects.some(({ name }) => name === group));
	const role = of === "role" ? facts.roles.get(parseArn(arn).name.toLowerCase()) : undefined;
	const identity = role && identityOf(facts.account, role, groups, facts.groups);
	const name = identity?.group ?? groups.find(isBound) ?? (groups[0] as string);
	const added: Partial<TeamArgs> =
		of === "role"
			? { ...(identity?.team ?? { roleArns: [arn] }), ...usernameOf(username, name) }
			: { userArns: [username === arn ? arn : { arn, username }] };
	const others = groups.filter((group) => group !== name);
	const team = teams.get(name) ?? { name };
	const clash = clashOf(team, added, others);
	if (clash) {
		notes.push({ team: name, text: `${of} ${arn} is left out: ${clash}` });
		return;
	}
	if (groups[0] !== name) {
		notes.push({ team: name, text: `the entry of ${arn} gets its groups in another order: ${name} first` });
	}
	notes.push(...(identity?.notes ?? []).map((text) => ({ team: name, text })));
	teams.set(name, {
		...team,
		...added,
		...(others.length > 0 ? { groups: others } : {}),
		...joined("roleArns", team, added),
		...joined("ssoPermissionSets", team, added),
		...joined("userArns", team, added),
	});
}

/** Why one more principal does not go with a team that is written down already. */
function clashOf(team: TeamArgs, added: Partial<TeamArgs>, groups: string[]): string | undefined {
	if (Object.keys(team).length === 1) {
		return undefined;
	}
	const known = [...(team.groups ?? [])].sort().join(", ");
	if (known !== [...groups].sort().join(", ")) {
		return `it has the further groups ${groups.join(", ") || "none"}, the team's others have ${known || "none"}; give it a team of its own`;
	}
	const hasRoles = team.users || team.roleArns || team.ssoPermissionSets;
	const name = (of: Partial<TeamArgs>) => of.usernameTemplate ?? of.username ?? team.name;
	if (!added.userArns && hasRoles && name(team) !== name(added)) {
		return `it comes in as ${name(added)}, the team's other roles as ${name(team)}; a team has one username`;
	}
	if (added.users && team.users) {
		return "a team has one role that its users assume, and this is a second one";
	}
	return undefined;
}

function usernameOf(username: string, team: string): Pick<TeamArgs, "username" | "usernameTemplate"> {
	if (username === team) {
		return {};
	}
	return username.includes("{{") ? { usernameTemplate: username } : { username };
}

function joined<Key extends "roleArns" | "ssoPermissionSets" | "userArns">(key: Key, ...teams: Partial<TeamArgs>[]) {
	const all = teams.flatMap((team) => (team[key] ?? []) as string[]);
	return all.length > 0 ? { [key]: [...new Set(all)] } : {};
}

function pick(team: TeamArgs, ...keys: (keyof TeamArgs)[]): TeamArgs {
	const { name } = team;
	return { name, ...Object.fromEntries(keys.filter((key) => key in team).map((key) => [key, team[key]])) };
}

function problemsOf(...teams: TeamArgs[]): string[] {
	try {
		if (teams.length > 0) {
			readTeams(teams, "the import");
		}
		return [];
	} catch (error) {
		if (error instanceof ConfigError) {
			return error.problems.map(({ path, message }) => `${path.replace(/^teams\[0\]\.?/, "")}: ${message}`);
		}
		throw error;
	}
}

/** Access that IAM knows nothing of. */
function userBindings({ bindings }: Facts): Note[] {
	return bindings.flatMap((binding) =>
		binding.subjects
			.filter(({ kind, name }) => kind === "User" && !/^(system|eks):/.test(name))
			.map(({ name }) => ({
				text: `${describe(binding)} gives the Kubernetes user ${name} the ${binding.role.kind} ${binding.role.name}; a team's access is its group's`,
			})),
	);
}

function withKnownTeam({ team, text }: Note, teams: Map<string, TeamArgs>): Note {
	return team !== undefined && teams.has(team) ? { team, text } : { text };
}
