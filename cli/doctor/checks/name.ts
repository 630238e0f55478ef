import { distance } from "fastest-levenshtein";
import type { MapKey } from "../../../core/aws-auth/map";
import { explainName, type NameReason } from "../../../core/errors/reasons";
import { groupProblem, usernameProblem } from "../../../core/iam/username";
import { CLUSTER_ADMIN_GROUP } from "../../../core/rbac/policy-rules";
import type { Code, Observation, ReadEntry } from "../finding";
import type { Meaning } from "../meaning";
import { isPlaceholder } from "./arn";

const NODE_GROUPS = ["system:nodes", "system:bootstrappers"];
/** Windows nodes and Fargate have one more; access to a node's own objects they get by their username. */
const MORE_NODE_GROUPS = ["system:node-proxier", "eks:kube-proxy-windows"];
const OWN_GROUPS = [...NODE_GROUPS, CLUSTER_ADMIN_GROUP];
const NODE_USERNAME = /^system:node:(?:\{\{EC2PrivateDNSName\}\}|\{\{SessionName\}\})$/;

/** What an entry makes of those whom it lets in: their name and groups in Kubernetes. */
export function nameObservations(
	{ arn, username, groups, at }: ReadEntry,
	key: MapKey,
	found: { username: Meaning; place(field: string): number },
): Observation[] {
	const observations: Observation[] = [];
	const add = (code: Code, field: string, what: string, fix: string) =>
		observations.push({ code, at: found.place(field), what, fix });
	for (const [field, name] of [["username", username], ...groups.map((group) => ["groups", group])] as const) {
		if (isPlaceholder(name as string)) {
			const what = `${JSON.stringify(name)} is a placeholder that was not replaced`;
			add("EKS209", field as string, what, "Write the name itself, without brackets");
		}
	}
	const of = key === "mapRoles" ? "role" : "user";
	if (found.username.kind === "null" || username.trim() === "") {
		if (found.username.kind !== "other") {
			const what = "the entry has no username: who comes in has no name, and audit logs name nobody";
			add("EKS104", "username", what, "Add username: <name>");
		}
	} else {
		const problem = usernameProblem(username, { of, admin: true });
		if (problem) {
			observations.push({ at: found.place("username"), ...explained(problem) });
		}
	}
	const problems = [...new Set(groups)]
		.filter((group) => group !== "")
		.map((group) => groupProblem(group, { of, admin: true }))
		.filter((problem) => problem !== undefined);
	observations.push(...problems.map((problem) => ({ at: found.place("groups"), ...explained(problem) })));
	if (groups.some((group) => group === CLUSTER_ADMIN_GROUP)) {
		add(
			"EKS301",
			"groups",
			`${arn || "the entry"} administers the cluster (${CLUSTER_ADMIN_GROUP}); no RBAC rule limits that`,
			"If that is not meant, take the group out; if it is, keep it to a break-glass role",
		);
	}
	observations.push(...nodeObservations({ arn, username, groups, at }, of, found.place));
	return observations;
}

/** Nodes need a certain username and two groups; nobody else should have them. */
function nodeObservations(
	{ username, groups }: ReadEntry,
	of: "role" | "user",
	place: (field: string) => number,
): Observation[] {
	const claimed = groups.filter((group) => NODE_GROUPS.includes(group));
	const isNode = of === "role" && (claimed.length > 0 || username.startsWith("system:node:"));
	const observations: Observation[] = [];
	if (isNode) {
		const missing = NODE_GROUPS.filter((group) => !groups.includes(group));
		if (missing.length > 0) {
			observations.push({
				code: "EKS306",
				at: place("groups"),
				what: `a node role without ${missing.join(" and ")}: its nodes cannot join or work`,
				fix: `Give it the groups ${NODE_GROUPS.join(" and ")}`,
			});
		}
		// One that is missing is reported as such.
		if (username !== "" && !NODE_USERNAME.test(username)) {
			observations.push({
				code: "EKS306",
				at: place("username"),
				what: `a node role whose username is ${JSON.stringify(username)}: its nodes are nodes only by the name system:node:<their name>`,
				fix: "Write system:node:{{EC2PrivateDNSName}} in quotes (Fargate: system:node:{{SessionName}}), or take the groups out",
			});
		}
	}
	const isOwn = (group: string) => OWN_GROUPS.includes(group) || MORE_NODE_GROUPS.includes(group);
	const meant = (group: string) =>
		isOwn(group) || !group.startsWith("system") ? undefined : OWN_GROUPS.find((each) => distance(each, group) <= 2);
	const reserved = [
		...(/^system:/i.test(username) && !isNode ? [["username", username]] : []),
		...groups
			.filter((group) => /^system:/i.test(group) && group !== CLUSTER_ADMIN_GROUP && !meant(group))
			.filter((group) => !(isNode && [...NODE_GROUPS, ...MORE_NODE_GROUPS].includes(group)))
			.map((group) => ["groups", group]),
	] as [field: string, name: string][];
	const misspelt = groups.flatMap((group) => {
		const right = meant(group);
		return right ? [{ group, right }] : [];
	});
	return [
		...observations,
		...misspelt.map(
			({ group, right }): Observation => ({
				code: "EKS309",
				at: place("groups"),
				what: `Kubernetes has no group ${JSON.stringify(group)}: it gives nothing`,
				fix: `Write ${right}, if that is meant, or remove it`,
			}),
		),
		...reserved.map(
			([field, name]): Observation => ({
				code: "EKS305",
				at: place(field),
				what: `${JSON.stringify(name)} is a name of Kubernetes' own, which may give what its components need`,
				fix: "Take a name without system:",
			}),
		),
	];
}

/** What each reason means for an entry. */
export const CODES_OF_NAMES: { [Is in NameReason["is"]]: Code } = {
	empty: "EKS304",
	invisible: "EKS304",
	"template-unknown": "EKS303",
	"system-prefix": "EKS305",
	"system-group-chosen": "EKS302",
	"no-session": "EKS303",
	"self-chosen": "EKS302",
	"eks-prefix": "EKS305",
};

function explained(reason: NameReason): Pick<Observation, "code" | "what" | "fix"> {
	const [what, fix] = explainName(reason);
	return { code: CODES_OF_NAMES[reason.is], what, fix };
}
