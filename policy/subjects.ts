import { PROTECTED_NAMESPACES } from "../core/rbac/policy-rules";

/** Whom a binding binds. */
export interface Subject {
	kind: string;
	name: string;
	namespace?: string;
}

export function subjectsOf({ subjects }: { subjects?: Subject[] }): Subject[] {
	return (subjects ?? []).map(({ kind, name, namespace }) => ({ kind, name, namespace }));
}

export function isServiceAccount({ kind }: Subject): boolean {
	return kind === "ServiceAccount";
}

/** A service account of the cluster's own namespaces: only cluster administrators can act as it. */
export function isClustersOwn(subject: Subject): boolean {
	return isServiceAccount(subject) && PROTECTED_NAMESPACES.includes(subject.namespace ?? "");
}
