import { isDeepStrictEqual } from "node:util";
import { type AccessChange, accessChanges } from "../components/access-changes";
import { principalNames } from "../components/principal-kinds";
import type { Team } from "../components/team";
import type { StackAccess } from "./stack-access";

/** What a reviewer has to look at first. */
export interface Danger {
	kind: "admin" | "allow" | "cluster" | "account" | "system-group" | "guard";
	team: string;
	/** What happens, for example `becomes administrator of the cluster`. */
	what: string;
	/** Who or what it is about: principals, names under `allow`. */
	names: string[];
}

export interface StackDiff {
	stack: string;
	cluster?: string;
	/** Only one side has this stack. */
	only?: "from" | "to";
	dangers: Danger[];
	changes: AccessChange[];
}

export function stackDiff(stack: string, before: StackAccess, after: StackAccess): StackDiff {
	const [was, is] = [before.cluster !== undefined, after.cluster !== undefined];
	return {
		stack,
		cluster: after.cluster ?? before.cluster,
		...(was === is ? {} : { only: was ? ("from" as const) : ("to" as const) }),
		dangers: after.teams.flatMap((team) => {
			const old = before.teams.find(({ name }) => name === team.name);
			return [...gainedDangers(before.teams, team), ...guardDangers(old, team)];
		}),
		changes: accessChanges(before.lines, after.lines),
	};
}

export function hasChanges({ changes, dangers }: StackDiff): boolean {
	return changes.length + dangers.length > 0;
}

/** What somebody gets that they had through no team before. */
function gainedDangers(before: Team[], team: Team): Danger[] {
	const dangers: Danger[] = [];
	const add = (kind: Danger["kind"], what: string, names: string[]) => {
		if (names.length > 0) {
			dangers.push({ kind, team: team.name, what, names });
		}
	};
	const wereAdmin = new Set(before.flatMap(adminsOf));
	add(
		"admin",
		"administers the whole cluster",
		adminsOf(team).filter((name) => !wereAdmin.has(name)),
	);
	if (team.clusterAccess) {
		const had = before.filter(({ clusterAccess }) => isDeepStrictEqual(clusterAccess, team.clusterAccess));
		const knew = new Set(had.flatMap(principalNames));
		add(
			"cluster",
			"has access in every namespace",
			principalNames(team).filter((name) => !knew.has(name)),
		);
	}
	for (const group of team.groups.filter((each) => /^system:/i.test(each))) {
		const knew = new Set(before.filter(({ groups }) => groups.includes(group)).flatMap(principalNames));
		add(
			"system-group",
			`is in Kubernetes' own group ${group}`,
			principalNames(team).filter((name) => !knew.has(name)),
		);
	}
	return dangers;
}

/** What keeps a team's access within bounds, and is taken away. */
function guardDangers(old: Team | undefined, team: Team): Danger[] {
	const dangers: Danger[] = [];
	const add = (kind: Danger["kind"], what: string, names: string[]) => {
		if (names.length > 0) {
			dangers.push({ kind, team: team.name, what, names });
		}
	};
	add(
		"allow",
		"is allowed what is refused otherwise",
		team.allow.filter((name) => !old?.allow.includes(name)),
	);
	const accounts = team.trustedAccounts.map((trusted) => {
		const known = old?.trustedAccounts.find(({ account }) => account === trusted.account);
		return { trusted, known };
	});
	add(
		"account",
		"lets another AWS account in",
		accounts.filter(({ known }) => !known).map(({ trusted }) => trusted.account),
	);
	add(
		"account",
		"lets another AWS account in under other conditions (externalId, principals)",
		accounts
			.filter(({ known, trusted }) => known && !isDeepStrictEqual(known, trusted))
			.map(({ trusted }) => trusted.account),
	);
	add("guard", "needs no second factor any more", old?.role.mfa && !team.role.mfa ? ["role.mfa"] : []);
	add(
		"guard",
		"has no permissions boundary any more",
		old?.role.permissionsBoundary && !team.role.permissionsBoundary ? ["role.permissionsBoundary"] : [],
	);
	return dangers;
}

function adminsOf(team: Team): string[] {
	return team.admin ? principalNames(team) : team.userArns.filter(({ admin }) => admin).map(({ arn }) => arn);
}
