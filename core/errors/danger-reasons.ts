import { explain, type ReasonIn, type Table } from "./reasons";

const MORE = "lets people give themselves more than they were given";
const OWN_NAMESPACES = "Choose the namespaces of the team's own workloads, or access: view";

/** A level by its name; undefined for a ClusterRole, and for rules. */
interface Place {
	level: string | undefined;
	namespace: string;
}

/** What access would give away, and what to do instead, where there is something. */
export const DANGER_REASONS = {
	"group-of-administrators": ({ group }: { group: string }) => [
		`${group} makes cluster administrators`,
		"If that is meant, set admin: true",
	],
	"group-of-kubernetes": ({ group }: { group: string }) => [
		`${group} is one of Kubernetes' own groups, which give what its components need`,
	],
	"role-of-administrators": () => [
		"the ClusterRole cluster-admin makes cluster administrators",
		"If that is meant, set admin: true instead",
	],
	"role-of-everything": ({ role }: { role: string }) => [`the ClusterRole ${role} allows everything, RBAC objects too`],
	"role-of-kubernetes": ({ role }: { role: string }) => [
		`the ClusterRole ${role} is made for Kubernetes' own components`,
	],
	"default-namespace": ({ level = "this", namespace }: Place) => [
		`${level} access in ${namespace} is refused: the Service kubernetes is in it, and who can write there can redirect or delete it`,
		OWN_NAMESPACES,
	],
	"protected-namespace": ({ level = "this", namespace }: Place) => [
		`${level} access in ${namespace} is refused: who can write there, read its secrets or enter its pods can make themselves ` +
			"cluster administrator",
		OWN_NAMESPACES,
	],
	"cluster-writing": () => [
		"writing in every namespace is refused: that includes kube-system, where aws-auth makes cluster administrators",
		"Give it by namespace",
	],
	"cluster-secrets": () => ["reading secrets in every namespace is refused: kube-system's are among them"],
	"cluster-connections": ({ resources }: { resources: readonly string[] }) => [
		`get on ${resources.join(", ")} lets people into the pods of every namespace: kube-system's are among them`,
	],
	"cluster-tokens": () => ["serviceaccounts/token lets people act as any service account of the cluster"],
	"escalating-verb": ({ verb }: { verb: string }) => [`the verb ${verb} ${MORE}`],
	"all-on-rbac": () => [`* on RBAC objects ${MORE}`],
	"all-on-people": () => ["* on users, groups or serviceaccounts lets people act as anybody"],
	"nodes-proxy": () => ["nodes/proxy lets people run commands in every pod of every node"],
	"writing-urls": () => [
		"nonResourceURLs with verbs other than get, head and options let people change what the API server serves there",
	],
	"signing-certificates": () => [
		"approving or signing certificates lets people come in under any name, that of a cluster administrator too",
	],
	"writing-clusterrolebindings": () => [
		"writing clusterrolebindings lets people give others access to the whole cluster, and take it away",
	],
	"policy-secrets": ({ policy }: { policy: string }) => [`the access policy ${policy} reads secrets`],
	"policy-rbac": ({ policy }: { policy: string }) => [
		`the access policy ${policy} writes roles and rolebindings, which lets people give access away`,
	],
	"bound-undone": ({ resource, setting, namespace }: { resource: string; setting: string; namespace: string }) => [
		`rules that write ${resource} can undo ${setting} of the namespace ${namespace}`,
	],
} satisfies Table;
export type DangerReason = ReasonIn<typeof DANGER_REASONS>;
export const explainDanger = (reason: DangerReason): readonly [found: string, remedy?: string] =>
	explain(DANGER_REASONS, reason);
