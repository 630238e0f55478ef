import { describeLevel } from "../rbac/access-levels";
import type { AccessRow } from "../teams/access-matrix";
import { groupNameOf, roleNameOf, type Team, type TrustedAccount } from "../teams/team";
import type { HeldAccess, NamesInIam } from "./held-access";

/** What a team's role and group may be called: as the config says, or by their defaults, as before. */
export function namesInIam(teams: readonly Team[]): (team: string) => NamesInIam {
	return (name) => {
		const all = [...teams.filter((team) => team.name === name), { name }];
		return { roles: all.map(roleNameOf), groups: all.map(groupNameOf) };
	};
}

/**
 * The teams as the state holds them, for what is dangerous about a change: who is let in, and what bounds them. What no resource shows
 * is as the config has it now.
 *
 * @param held The cells that are held.
 * @param last The teams of the last update, which says alone when their access ends.
 */
export function heldTeams(
	teams: readonly Team[],
	held: readonly AccessRow[],
	state: HeldAccess,
	last: readonly Team[] = [],
): Team[] {
	const names = [...new Set(held.map(({ team }) => team))];
	return names.map((name) => {
		const rows = held.filter(({ team }) => team === name);
		const team = teams.find((each) => each.name === name) ?? goneTeam(name, teams[0] as Team, rows);
		const { until, ends, iamName } = last.find((each) => each.name === name) ?? team;
		return {
			...heldTeam(team, rows, state, state.roleCalled(namesInIam([...teams, ...last])(name).roles)),
			until,
			ends,
			iamName,
		};
	});
}

/** A team that the config does not have any more: of it, the state tells who was in it. */
function goneTeam(name: string, any: Team, rows: readonly AccessRow[]): Team {
	const people = [...new Set(rows.flatMap(({ principals }) => principals))];
	const of = (prefix: string) =>
		people.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
	return {
		...{
			...any,
			name,
			group: name,
			username: name,
			users: of("user/"),
			ssoPermissionSets: of("sso/"),
			namespaces: [],
			groups: [],
		},
		...{ roleArns: people.filter((each) => /^arn:[^:]*:iam::\d*:role/.test(each)), userArns: [], role: {} },
		...{ admin: rows.some(({ access }) => access === "admin"), clusterAccess: undefined, namespaceSelector: undefined },
	};
}

function heldTeam(
	team: Team,
	rows: readonly AccessRow[],
	state: HeldAccess,
	role: Record<string, unknown> | undefined,
): Team {
	const people = new Set(rows.flatMap(({ principals }) => principals));
	const everywhere = rows.filter(({ namespaces }) => namespaces.includes("*"));
	const { clusterAccess } = team;
	const hasLevel = clusterAccess && everywhere.some(({ access }) => access === describeLevel(clusterAccess));
	return {
		...team,
		users: team.users.filter((user) => people.has(`user/${user}`)),
		ssoPermissionSets: team.ssoPermissionSets.filter((set) => people.has(`sso/${set}`)),
		roleArns: team.roleArns.filter((arn) => people.has(arn)),
		userArns: team.userArns.filter(({ arn }) => people.has(arn)),
		admin: team.admin && everywhere.some(({ access }) => access === "admin"),
		clusterAccess: hasLevel ? clusterAccess : undefined,
		groups: team.groups.filter((group) => rows.some(({ access }) => access === `group/${group}`)),
		namespaces: team.namespaces.map(({ name, access }) => ({ name, access, ...boundsOf(name, state) })),
		...(role ? { role: { ...team.role, ...guardsOf(role) }, trustedAccounts: trustedBy(role) } : {}),
	};
}

function guardsOf({
	assumeRolePolicy,
	maxSessionDuration,
	permissionsBoundary,
}: Record<string, unknown>): Team["role"] {
	return {
		mfa: String(assumeRolePolicy).includes("aws:MultiFactorAuthPresent"),
		maxSessionDuration: maxSessionDuration as number | undefined,
		permissionsBoundary: (permissionsBoundary as string | undefined) || undefined,
	};
}

interface Statement {
	Principal?: { AWS?: string | string[] };
	Condition?: { StringEquals?: Record<string, string>; ArnLike?: Record<string, string | string[]> };
}

/** The other accounts that a role's trust policy lets in. */
function trustedBy({ arn, assumeRolePolicy }: Record<string, unknown>): TrustedAccount[] {
	const own = String(arn).split(":")[4];
	const { Statement = [] } = JSON.parse(String(assumeRolePolicy ?? "{}")) as { Statement?: Statement[] };
	return [Statement].flat().flatMap(({ Principal, Condition }) => {
		const account = [Principal?.AWS ?? ""].flat()[0]?.split(":")[4];
		const externalId = Condition?.StringEquals?.["sts:ExternalId"];
		const principals = Condition?.ArnLike?.["aws:PrincipalArn"];
		return account && account !== own
			? [{ account, ...(externalId ? { externalId } : {}), ...(principals ? { principals: [principals].flat() } : {}) }]
			: [];
	});
}

interface KubernetesObject {
	metadata?: { name?: string; namespace?: string; labels?: Record<string, string> };
	spec?: { hard?: Record<string, string>; limits?: ({ type?: string } & Record<string, Record<string, string>>)[] };
}

/** What bounds a namespace. */
function boundsOf(namespace: string, state: HeldAccess) {
	const here = (type: string) =>
		(state.of(`kubernetes:${type}`) as KubernetesObject[]).find(({ metadata }) => metadata?.namespace === namespace)
			?.spec;
	const patches = state.of("kubernetes:core/v1:NamespacePatch") as KubernetesObject[];
	const labels = patches.find(({ metadata }) => metadata?.name === namespace)?.metadata?.labels;
	const quota = here("core/v1:ResourceQuota")?.hard;
	const [limit] = here("core/v1:LimitRange")?.limits ?? [];
	const isClosed = here("networking.k8s.io/v1:NetworkPolicy") !== undefined;
	return {
		...(labels ? { labels } : {}),
		...(quota ? { quota } : {}),
		...(limit ? { limits: { max: limit.max, default: limit.default } } : {}),
		...(isClosed ? { networkPolicy: "default-deny" as const } : {}),
	};
}
