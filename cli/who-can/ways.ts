import { matches } from "../../core/iam/policy-text";
import { describeOrigin, isOfStack } from "../../core/kubernetes/origin";
import { ACCESS_POLICY_RULES, COMPONENT_POLICIES } from "../../core/rbac/access-policies";
import { type LiveBinding, matcherOf, nameOfBinding, type Subject } from "../../core/rbac/live-bindings";
import { CLUSTER_ADMIN_GROUP, type PolicyRule } from "../../core/rbac/policy-rules";
import { allows } from "../../core/rbac/rule-matcher";
import type { LiveCluster } from "../verify/live-cluster";
import { rulesReader } from "../verify/rbac";
import type { Entrance } from "./entrances";
import { type Question, ruleFor } from "./question";

/** What allows it, for whom. */
export interface Grant {
	/** For example `group shop`, `access policy AmazonEKSViewPolicy`. */
	by: string;
	/** `RoleBinding dev/shop`; none for an access policy and for `system:masters`. */
	binding?: string;
	/** `ClusterRole view`. */
	role?: string;
	rule: PolicyRule;
	/** `this stack`, `of the stack …`, `made with kubectl`, `Kubernetes`, `EKS`. */
	owner: string;
	/** Everything, everywhere. */
	isAdministrator: boolean;
}

/** An entry that leads to a grant. */
export interface Way {
	entrance: Entrance;
	grant: Grant;
}

/** A grant that no entry leads to. */
export interface Loose {
	subject: Subject;
	grant: Grant;
}

export interface Found {
	ways: Way[];
	/** Everybody, and service accounts. */
	general: Loose[];
	/** Kubernetes' and EKS' own components. */
	components: Loose[];
	/** Groups and users to which no entry leads. */
	unreached: Loose[];
	/** Access policies of which it is not known what they allow. */
	unknown: { entrance: Entrance; policy: string }[];
}

export type Cluster = Pick<LiveCluster, "bindings" | "clusterRoles" | "roles">;

const EVERYTHING = { verb: "*", group: "*", resource: "*" };
const ALL: PolicyRule = { apiGroups: ["*"], resources: ["*"], verbs: ["*"] };

/** Everything that allows a question, joined with the entries that lead to it. */
export function waysTo(question: Question, entrances: readonly Entrance[], cluster: Cluster, stack: string): Found {
	const bound = boundFor(question, cluster, stack);
	const ways = entrances.flatMap((entrance) => [
		...bound.filter(({ subject }) => isSubject(entrance, subject)).map(({ grant }) => ({ entrance, grant })),
		...policyGrants(question, entrance).map((grant) => ({ entrance, grant })),
	]);
	const rest = bound.filter(({ subject }) => !entrances.some((entrance) => isSubject(entrance, subject)));
	const unknown = entrances.flatMap((entrance) =>
		[...entrance.policies]
			.filter(([name, scope]) => !ACCESS_POLICY_RULES[name] && isInScope(scope, question))
			.filter(([name]) => !COMPONENT_POLICIES.includes(name) || entrance.type === "STANDARD")
			.map(([policy]) => ({ entrance, policy })),
	);
	return {
		ways,
		general: rest.filter(({ subject }) => kindOf(subject) === "general"),
		components: rest.filter(({ subject }) => kindOf(subject) === "component"),
		unreached: rest.filter(({ subject }) => kindOf(subject) === "other"),
		unknown,
	};
}

function boundFor(question: Question, cluster: Cluster, stack: string): Loose[] {
	const rulesOf = rulesReader(cluster);
	const masters = { kind: "Group", name: CLUSTER_ADMIN_GROUP };
	const builtIn = { by: `group ${CLUSTER_ADMIN_GROUP}`, rule: ALL, owner: "Kubernetes", isAdministrator: true };
	const bound = cluster.bindings.flatMap((binding): Loose[] => {
		const { metadata, roleRef, subjects } = binding;
		const isHere = metadata.namespace === undefined || metadata.namespace === question.namespace;
		const rules = isHere && !("path" in question && metadata.namespace) ? rulesOf(roleRef, metadata.namespace) : [];
		const rule = ruleFor(rules, question);
		return (rule ? (subjects ?? []) : []).map((subject) => ({
			subject,
			grant: {
				by: nameOfSubject(subject),
				binding: nameOfBinding(metadata),
				role: `${roleRef.kind} ${roleRef.name}`,
				rule: rule as PolicyRule,
				owner: ownerOf(binding, stack),
				isAdministrator: metadata.namespace === undefined && allows(rules, EVERYTHING),
			},
		}));
	});
	return [{ subject: masters, grant: builtIn }, ...bound.filter(({ subject }) => subject.name !== CLUSTER_ADMIN_GROUP)];
}

function ownerOf({ metadata }: LiveBinding, stack: string): string {
	if (metadata.labels?.["kubernetes.io/bootstrapping"]) {
		return "Kubernetes";
	}
	return isOfStack(metadata, stack) ? "this stack" : describeOrigin(metadata);
}

function policyGrants(question: Question, { policies, owner = "made by somebody else" }: Entrance): Grant[] {
	return [...policies].flatMap(([name, scope]): Grant[] => {
		const rules = ACCESS_POLICY_RULES[name] ?? [];
		const rule = isInScope(scope, question) ? ruleFor(rules, question) : undefined;
		const isAdministrator = scope.includes("*") && allows(rules, EVERYTHING);
		return rule ? [{ by: `access policy ${name}`, rule, owner, isAdministrator }] : [];
	});
}

function isInScope(scope: readonly string[], question: Question): boolean {
	const { namespace } = question;
	const isHere = namespace !== undefined && !("path" in question) && scope.some((each) => matches(each, namespace));
	return scope.includes("*") || isHere;
}

function isSubject({ username, groups }: Entrance, { kind, name }: Subject): boolean {
	return kind === "Group"
		? groups.some((group) => matcherOf(group)(name))
		: kind === "User" && matcherOf(username)(name);
}

const EVERYBODY: Record<string, string> = {
	"Group system:authenticated": "everybody whom the cluster lets in",
	"Group system:unauthenticated": "anybody, without credentials",
	"User system:anonymous": "anybody, without credentials",
	"Group system:serviceaccounts": "every service account",
};

export function nameOfSubject({ kind, name, namespace }: Subject): string {
	const all = EVERYBODY[`${kind} ${name}`];
	if (kind === "ServiceAccount") {
		return `service account ${namespace}/${name}`;
	}
	return all ?? `${kind.toLowerCase()} ${name}`;
}

function kindOf({ kind, name, namespace = "" }: Subject): "general" | "component" | "other" {
	if (EVERYBODY[`${kind} ${name}`]) {
		return "general";
	}
	const [, of = namespace] = /^system:serviceaccounts?:([^:]+)/.exec(name) ?? [];
	if (of !== "") {
		return of === "kube-system" ? "component" : "general";
	}
	return /^(?:system|eks):/.test(name) ? "component" : "other";
}
