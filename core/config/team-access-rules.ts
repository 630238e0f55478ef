import { type Problem, show, showPath } from "../errors/problem";
import type { AccessLevel } from "../rbac/access-levels";
import { BOUND_NAMES } from "../rbac/bounds";
import { groupRefusals, isAmong, levelRefusals, type Refusal, refusalProblems } from "../rbac/dangers";
import { CLUSTER_ADMIN_GROUP, DEFAULT_NAMESPACE, PROTECTED_NAMESPACES } from "../rbac/policy-rules";
import { FINDING_KEYS, isFindingKey } from "../teams/allow";
import { patternProblems } from "./access-entry-rules";
import { accessSchema } from "./namespace-schema";
import { isEmptyList, type LooseTeam, list, nameOf, type Path, strings } from "./raw-team";

/** What the levels and groups of a team would give away. */
export function accessProblems({ path, raw }: LooseTeam): Problem[] {
	const allow = strings(raw.allow);
	const problems: Problem[] = [];
	const refuse = (refusals: Refusal[], at: Path) => problems.push(...refusalProblems(refusals, allow, showPath(at)));
	const base = levelOf(raw.access) ?? "full";
	const ofBase = levelRefusals(base, { namespace: "" });
	refuse(ofBase, [...path, "access"]);
	list(raw.namespaces).forEach((each, at) => {
		const name = nameOf(each);
		const own = typeof each === "object" && each !== null ? levelOf((each as { access?: unknown }).access) : undefined;
		if (name) {
			const where = [...path, "namespaces", at, ...(own ? ["access"] : [])];
			const refusals = levelRefusals(own ?? base, { namespace: name });
			refuse(own ? refusals : refusals.filter((refusal) => !isAmong(ofBase, refusal)), where);
		}
	});
	const cluster = levelOf(raw.clusterAccess);
	if (cluster) {
		refuse(levelRefusals(cluster, "cluster"), [...path, "clusterAccess"]);
	}
	for (const [key, level] of levelsInNamespaces(raw)) {
		if (typeof level === "object" && "rules" in level && level.rules.some((rule) => rule.nonResourceURLs?.length)) {
			const message = "nonResourceURLs are of the cluster, not of a namespace; give them under clusterAccess";
			problems.push({ path: showPath([...path, key]), message });
		}
	}
	if (raw.metrics === true && isEmptyList(raw.namespaces) && raw.namespaceSelector === undefined) {
		const message = "has no effect: it is given in the team's namespaces, and there are none; remove it, or list some";
		problems.push({ path: showPath([...path, "metrics"]), message });
	}
	const isBound = ["namespaces", "clusterAccess", "namespaceSelector"].some((key) => !isEmptyList(raw[key]));
	if (typeof raw.binding === "string" && !isBound) {
		const message = "has no effect: the team has neither namespaces nor clusterAccess; remove it";
		problems.push({ path: showPath([...path, "binding"]), message });
	}
	list(raw.groups).forEach((group, at) => {
		refuse(groupRefusals(strings([group]), raw.admin === true), [...path, "groups", at]);
	});
	problems.push(...patternProblems({ path, raw }, levelOf));
	allow.forEach((name, at) => {
		if (!isAllowable(name)) {
			const message = `${show(name)} is nothing that would be refused; allowed are ${ALLOWABLE.join(", ")}, system:<group>, clusterRole/<name>, ${FINDING_KEYS.join(", ")}`;
			problems.push({ path: showPath([...path, "allow", at]), message });
		}
	});
	return problems;
}

function levelsInNamespaces(raw: Record<string, unknown>): [key: string, level: AccessLevel | undefined][] {
	return [
		["access", levelOf(raw.access)],
		...list(raw.namespaces).map((each, at): [string, AccessLevel | undefined] => [
			`namespaces[${at}].access`,
			levelOf((each as { access?: unknown } | null)?.access),
		]),
	];
}

/** The names that {@link levelRefusals} and `boundRefusals` give. */
const ALLOWABLE = [
	...[...PROTECTED_NAMESPACES, DEFAULT_NAMESPACE],
	...["bind", "escalate", "impersonate", "rbac"],
	...["nodes/proxy", "serviceaccounts/token", "secrets", "pods/exec", "cluster-write"],
	...["nonResourceURLs", "certificatesigningrequests", "clusterrolebindings"],
	...BOUND_NAMES,
];

function isAllowable(name: string): boolean {
	return (
		ALLOWABLE.includes(name) ||
		isFindingKey(name) ||
		(/^(system:|clusterRole\/)./i.test(name) && name.toLowerCase() !== CLUSTER_ADMIN_GROUP)
	);
}

function levelOf(value: unknown): AccessLevel | undefined {
	const parsed = accessSchema.safeParse(value);
	return parsed.success ? parsed.data : undefined;
}
