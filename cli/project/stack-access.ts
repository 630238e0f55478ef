import type { AccessConfig } from "../../core/config/config";
import { describeUntil } from "../../core/iam/until";
import { describeLevel } from "../../core/rbac/access-levels";
import { describeRule } from "../../core/rbac/rule-matcher";
import { type AccessRow, accessMatrix, groupOf, placesOf, withEnds } from "../../core/teams/access-matrix";
import { selectNamespaces } from "../../core/teams/namespace-selector";
import { principalNames } from "../../core/teams/principal-kinds";
import type { LabelSelector, Team } from "../../core/teams/team";
import { accessSource, type Source } from "./access-config";
import type { ProjectFiles } from "./project";
import { isConfigured, otherValues } from "./stack-values";

/** A row of the access matrix, also for what only the cluster can say in names. */
export interface AccessLine extends AccessRow {
	/** Instead of names: the namespaces with these labels. */
	selector?: LabelSelector;
	/** Instead of names: wherever somebody has bound this Kubernetes group. */
	group?: string;
}

/** Who has which access by a stack's config. */
export interface StackAccess {
	stack: string;
	/** Name of the EKS cluster; absent where the stack says nothing. */
	cluster?: string;
	authentication?: string;
	teams: Team[];
	lines: AccessLine[];
	/** Absent where the stack says nothing. */
	config?: AccessConfig;
	/** Where the teams are listed. */
	source: Source;
	/** Of the cluster, where the output says so. */
	region?: string;
	/** Keys besides the program's own, and stand-ins for encrypted ones. */
	others: Record<string, unknown>;
}

/** @throws {ConfigError} lists every problem. */
export function stackAccess(files: ProjectFiles, stack: string): StackAccess {
	const { config, source, region } = accessSource(files, stack);
	const { cluster, authentication, teams } = config;
	const others = otherValues(files, stack);
	return { stack, cluster, authentication, teams, lines: accessLines(teams), config, source, region, others };
}

/** The same, or no access at all where the stack is not there, or says nothing to this project. */
export function stackAccessIfThere(files: ProjectFiles, stack: string): StackAccess {
	return files.project !== undefined && files.stacks.has(stack) && isConfigured(files, stack)
		? stackAccess(files, stack)
		: { stack, teams: [], lines: [], source: "config", others: {} };
}

/**
 * The matrix, and behind each team's rows what has no names yet. Of the namespaces that a selector will choose, those that this
 * config labels itself are certain, and are named.
 */
function accessLines(teams: Team[]): AccessLine[] {
	return selectNamespaces(teams, []).flatMap((team) => {
		const rows = accessMatrix([team]);
		const lines: AccessLine[] = rows.filter((row) => groupOf(row) === undefined);
		const { namespaceSelector: selector, access } = team;
		if (selector) {
			const rules = typeof access === "object" && "rules" in access ? { rules: access.rules } : {};
			lines.push({
				team: team.name,
				principals: principalNames(team),
				namespaces: [describeSelector(selector)],
				access: describeLevel(access),
				...rules,
				selector,
			});
		}
		const ofGroups = rows.filter((row) => groupOf(row) !== undefined);
		return withEnds(team, [
			...lines,
			...ofGroups.map((row) => ({ ...row, namespaces: placesOf(row), group: groupOf(row) })),
		]);
	});
}

/** `namespaces with audited=true, tier in (web, api)`. */
export function describeSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
	const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
	const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
		switch (operator) {
			case "In":
				return `${key} in (${values.join(", ")})`;
			case "NotIn":
				return `${key} not in (${values.join(", ")})`;
			case "Exists":
				return `a label ${key}`;
			default:
				return `no label ${key}`;
		}
	});
	return `namespaces with ${[...labels, ...expressions].join(", ") || "any labels"}`;
}

/** `user/jane (until 2026-12-31)`. */
export function describePrincipal(principal: string, { ends }: AccessRow, now = new Date()): string {
	const end = ends?.[principal];
	return end ? `${principal} (${describeUntil(end, now)})` : principal;
}

/** Where a line's access is, for people. */
export function whereOf({ namespaces }: AccessRow): string {
	return namespaces.includes("*") ? "the whole cluster" : namespaces.join(", ");
}

/** A line's access, its rules in short: `rules: get, list of apps/deployments`. */
export function describeAccess({ access, rules }: AccessRow): string {
	return rules ? `rules: ${rules.map(describeRule).join("; ")}` : access;
}

/** A line for machines: what is no name is no namespace there. */
export function lineJson({ selector, group, namespaces, ...line }: AccessLine): object {
	return {
		...line,
		namespaces: selector || group ? [] : namespaces,
		...(selector ? { selector } : {}),
		...(group ? { group } : {}),
	};
}
