import { type Problem, show, showPath } from "../errors/problem";
import { explainName, sentences } from "../errors/reasons";
import { reservedNameProblem } from "../iam/username";
import { TRUST_POLICY_LIMIT, trustPolicy } from "../teams/iam-policies";
import { PRINCIPAL_KEYS, ROLE_KEYS } from "../teams/principal-kinds";
import { roleNameOf } from "../teams/team";
import { mappingProblems } from "./direct-principals";
import { principalsFrom } from "./ends";
import { isEmptyList, type LooseTeam, list, names, type Path, strings } from "./raw-team";
import { accessProblems } from "./team-access-rules";
import { teamSchema } from "./team-schema";

/** IAM quota: groups an IAM user can be a member of (IAM User Guide, "IAM and AWS STS quotas"). */
const GROUPS_PER_USER = 10;

/** A part of a team, for the components that make only that: whom it lets in, or where. */
export type TeamPart = "principals" | "namespaces";

/** What no key by itself can show. Looks at whatever is there, however wrong, so that one run shows everything. */
export function teamProblems(teams: LooseTeam[], part?: TeamPart): Problem[] {
	return [
		...teams.flatMap((team) => problemsOfOne(team, part)),
		...nameProblems(teams),
		...groupProblems(teams),
		...memberProblems(teams),
		...mappingProblems(teams),
	];
}

function problemsOfOne(team: LooseTeam, part?: TeamPart): Problem[] {
	return [
		...emptyProblems(team, part),
		...[...PRINCIPAL_KEYS, "namespaces", "groups"].flatMap((key) =>
			duplicates(names(team.raw[key]), [...team.path, key]),
		),
		...accessProblems(team),
		...identityProblems(team),
	];
}

function emptyProblems({ path, raw }: LooseTeam, part?: TeamPart): Problem[] {
	const problems: Problem[] = [];
	const isGiven = (key: string) => raw[key] !== undefined && !isEmptyList(raw[key]);
	const inTeams = path.length > 0;
	const name = typeof raw.name === "string" ? show(raw.name) : "the team";
	const end = inTeams ? `, or remove ${name} from teams to end its access` : "";
	if (part !== "namespaces" && !PRINCIPAL_KEYS.some(isGiven)) {
		const others = inTeams ? ` (or ${PRINCIPAL_KEYS.slice(1).join(", ")})` : "";
		problems.push(emptyProblem(path, raw, "users", `list at least one, for example [jane, joe]${others}${end}`));
	}
	const others = ["namespaceSelector", "clusterAccess", "groups"];
	if (part !== "principals" && !["namespaces", ...others].some(isGiven) && !isOfAdmins(raw)) {
		problems.push(emptyProblem(path, raw, "namespaces", `list at least one, for example [prod, uat, dev]${end}`));
	}
	return problems;
}

/** Administrators need no namespaces. */
function isOfAdmins(raw: Record<string, unknown>): boolean {
	const users = list(raw.userArns) as ({ admin?: unknown } | null)[];
	const isForUsers = PRINCIPAL_KEYS.every((key) => key === "userArns" || isEmptyList(raw[key]));
	return raw.admin === true || (isForUsers && users.length > 0 && users.every((user) => user?.admin === true));
}

function emptyProblem(path: Path, raw: Record<string, unknown>, key: string, todo: string): Problem {
	const found = path.length > 0 && Array.isArray(raw[key]) ? "found an empty list" : "is missing or empty";
	return { path: showPath([...path, key]), message: `${found}; ${todo}` };
}

/** Of the role, the group, and how people are called. */
function identityProblems({ path, raw }: LooseTeam): Problem[] {
	const problems: Problem[] = [];
	const add = (key: string, message: string) => problems.push({ path: showPath([...path, key]), message });
	if (raw.username !== undefined && raw.usernameTemplate !== undefined) {
		add("usernameTemplate", "stands beside username; use one of them");
	}
	for (const key of ["username", "usernameTemplate"]) {
		const problem = typeof raw[key] === "string" ? reservedNameProblem("username", raw[key]) : undefined;
		if (problem) {
			add(key, sentences(explainName(problem)));
		}
	}
	list(raw.groups).forEach((group, at) => {
		const isOwn = typeof group === "string" && !group.startsWith("system:");
		const problem = isOwn ? reservedNameProblem("group", group) : undefined;
		if (problem) {
			add(`groups[${at}]`, sentences(explainName(problem)));
		}
	});
	if (ROLE_KEYS.every((key) => isEmptyList(raw[key]))) {
		if (Object.keys(Object(raw.role)).length > 0) {
			add("role", `has no effect: without ${ROLE_KEYS.join(" and ")} the team has no role of its own; remove it`);
		}
	}
	if (typeof raw.assumeRolePolicyArn === "string" && list(raw.users).length === 0) {
		add("assumeRolePolicyArn", "has no effect: without users the team has no IAM group; remove it");
	}
	list(raw.trustedAccounts).forEach((each, at) => {
		const { account, principals } = (each ?? {}) as { account?: unknown; principals?: unknown };
		strings(principals).forEach((arn, index) => {
			if (arn.startsWith("arn:") && arn.split(":")[4] !== account) {
				add(
					`trustedAccounts[${at}].principals[${index}]`,
					`${show(arn)} is not of the account ${show(account)}; move or correct it`,
				);
			}
		});
	});
	return [...problems, ...trustProblems({ path, raw })];
}

/** Of the role's trust policy. */
function trustProblems({ path, raw }: LooseTeam): Problem[] {
	const parsed = teamSchema.safeParse(raw);
	if (!parsed.success) {
		return [];
	}
	const team = { ...parsed.data, ...principalsFrom(parsed.data) };
	const isPinned = team.role?.trust === "users";
	if (isPinned && !team.users?.length && team.trustedAccounts?.length) {
		const message = "has no effect: the team has no users, and its role does not trust this account; remove it";
		return [{ path: showPath([...path, "role", "trust"]), message }];
	}
	// Any account's id is as long as this one.
	const size = trustPolicy({ partition: "aws", accountId: "123456789012" }, team).length;
	if (size <= TRUST_POLICY_LIMIT) {
		return [];
	}
	const areUsers = isPinned || Object.keys(team.ends ?? {}).some((name) => name.startsWith("user/"));
	const ofUsers = isPinned
		? "List fewer users, or leave out role.trust"
		: "Give an end to fewer users, or make two teams";
	const remedy = areUsers ? ofUsers : "List fewer principals, or use wildcards";
	const message = `make a trust policy of ${size} characters; IAM allows ${TRUST_POLICY_LIMIT} at most. ${remedy}`;
	return [{ path: showPath([...path, areUsers ? "users" : "trustedAccounts"]), message }];
}

function nameProblems(teams: LooseTeam[]): Problem[] {
	const problems: Problem[] = [];
	const seen = new Map<string, Path>();
	for (const { path, raw } of teams) {
		if (typeof raw.name !== "string") {
			continue;
		}
		const roleName = (raw.role as { name?: unknown } | undefined)?.name;
		const ownName = typeof roleName === "string" ? roleName : undefined;
		// IAM compares names of roles and groups without regard to case.
		const role = roleNameOf({ name: raw.name, role: { name: ownName } });
		const taken: [key: string[], kind: string, name: string][] = [
			[["name"], "name", raw.name],
			[ownName ? ["role", "name"] : ["name"], "role", role],
		];
		for (const [key, kind, name] of taken) {
			const id = `${kind} ${name.toLowerCase()}`;
			const first = seen.get(id);
			if (first && !problems.some((each) => each.path === showPath([...path, ...key]))) {
				const message = `${show(name)} is the ${kind} of ${showPath(first)} already (IAM ignores case); give each team its own`;
				problems.push({ path: showPath([...path, ...key]), message });
			}
			seen.set(id, first ?? path);
		}
	}
	return problems;
}

/** Two teams of one Kubernetes group would each have the other's access. */
function groupProblems(teams: LooseTeam[]): Problem[] {
	const seen = new Map<string, LooseTeam>();
	return teams.flatMap((team) => {
		const group = team.raw.group ?? team.raw.name;
		const first = typeof group === "string" ? seen.get(group) : undefined;
		if (typeof group !== "string" || !first) {
			seen.set(String(group), team);
			return [];
		}
		// Two teams of one name are told so.
		if (team.raw.group === undefined && first.raw.group === undefined) {
			return [];
		}
		const path = showPath([...team.path, team.raw.group === undefined ? "name" : "group"]);
		const message = `${show(group)} is the Kubernetes group of ${showPath(first.path)} already, whose access it would have; give each team its own`;
		return [{ path, message }];
	});
}

function memberProblems(teams: LooseTeam[]): Problem[] {
	const memberships = new Map<string, number>();
	for (const user of teams.flatMap(({ raw }) => [...new Set(names(raw.users))])) {
		memberships.set(user, (memberships.get(user) ?? 0) + 1);
	}
	return [...memberships]
		.filter(([, count]) => count > GROUPS_PER_USER)
		.map(([user, count]) => ({
			path: "teams",
			message: `the user ${show(user)} is in ${count} teams; a user may be in ${GROUPS_PER_USER} IAM groups`,
		}));
}

function duplicates(values: string[], path: Path): Problem[] {
	return values.flatMap((value, at) => {
		const first = values.indexOf(value);
		return value && first < at
			? [{ path: showPath([...path, at]), message: `${show(value)} stands at [${first}] already; remove one` }]
			: [];
	});
}
