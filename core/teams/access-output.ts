import { isDeepStrictEqual } from "node:util";
import type { AccessLevel } from "../rbac/access-levels";
import type { NamespaceGrant, Team } from "./team";

/** A namespace's access level, or that and what the namespace gets besides. */
export type GrantOutput = AccessLevel | Omit<NamespaceGrant, "name">;

/** A team in the stack output `accessMatrix`: its settings that are not the defaults, `namespaces` by name. */
export interface TeamOutput extends Partial<Omit<Team, "name" | "namespaces">> {
	/** Name -> access level, or the level and the namespace's settings. */
	namespaces?: Record<string, GrantOutput>;
}

/** The stack output `accessMatrix`: who has which access where, for people and for the command `eks-access`. Nothing in it is secret. */
export interface AccessMatrix {
	/** Name of the EKS cluster. */
	cluster: string;
	/** Its region. */
	region: string;
	/** How people come in, as it was asked for: `auto`, `aws-auth`, `access-entries` or `both`. */
	authentication: string;
	/** IAM role that the operator assumes in the cluster, if there is one. */
	adminRoleArn?: string;
	/** By name. */
	teams: Record<string, TeamOutput>;
}

const DEFAULTS = {
	users: [],
	trustedAccounts: [],
	roleArns: [],
	ssoPermissionSets: [],
	userArns: [],
	groups: [],
	admin: false,
	namespaces: {},
	access: "full" as const,
	metrics: false,
	role: {},
	allow: [],
};

export function teamOutputs(teams: readonly Team[]): AccessMatrix["teams"] {
	return Object.fromEntries(teams.map((team) => [team.name, teamOutput(team)]));
}

function teamOutput({ name, namespaces, ...rest }: Team): TeamOutput {
	const grants = namespaces.map(({ name: namespace, ...grant }): [string, GrantOutput] => {
		const set = defined(grant);
		return [namespace, Object.keys(set).length === 1 ? grant.access : (set as Omit<NamespaceGrant, "name">)];
	});
	const usual: Record<string, unknown> = { ...DEFAULTS, group: name, username: name };
	const all = Object.entries(defined({ ...rest, namespaces: Object.fromEntries(grants) }));
	return Object.fromEntries(all.filter(([key, value]) => !isDeepStrictEqual(value, usual[key])));
}

/** The teams of an output, as the program had them. */
export function teamsOfOutput(teams: AccessMatrix["teams"]): Team[] {
	return Object.entries(teams).map(([name, { namespaces = {}, ...rest }]) => {
		const grants = Object.entries(namespaces).map(([namespace, grant]) =>
			typeof grant === "object" && "access" in grant
				? { name: namespace, ...grant }
				: { name: namespace, access: grant as AccessLevel },
		);
		return { ...DEFAULTS, group: name, username: name, ...rest, name, namespaces: grants };
	});
}

function defined<T extends object>(value: T): Partial<T> {
	return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<T>;
}
