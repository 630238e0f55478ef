import { AWS_AUTH } from "../core/kubernetes/connection";
import type { Resource } from "./guard-rail";

/** A Kubernetes object as a program gives it. */
export interface KubernetesObject {
	kind: string;
	/** It changes an object that may be there already. */
	isPatch: boolean;
	name?: string;
	namespace: string;
	// biome-ignore lint/suspicious/noExplicitAny: a program may have given anything
	fields: Record<string, any>;
}

const OBJECT =
	/^kubernetes:(?:(?:core\/)?v1:(ConfigMap)|rbac\.authorization\.k8s\.io\/v\w+:((?:Cluster)?Role(?:Binding)?))(Patch)?(List)?$/;

/** The ConfigMaps and RBAC objects that a resource is, or a list of which it is. */
export function objectsOf({ type, props, provider }: Resource): KubernetesObject[] {
	const [, configMap, rbac, patch, list] = OBJECT.exec(type) ?? [];
	const kind = configMap ?? rbac;
	if (!kind) {
		return [];
	}
	const all: KubernetesObject["fields"][] = list ? (props.items ?? []) : [props];
	return all.map((fields) => ({
		kind,
		isPatch: patch !== undefined,
		name: fields.metadata?.name,
		namespace: fields.metadata?.namespace ?? provider?.props.namespace ?? "default",
		fields,
	}));
}

export function isAwsAuth({ kind, name, namespace }: KubernetesObject): boolean {
	return kind === "ConfigMap" && name === AWS_AUTH.name && namespace === AWS_AUTH.namespace;
}

/** The component AwsAuth writes it: with other people's entries as they were, and with its own record of which are its own. */
export function isOfAwsAuthComponent({ urn }: Resource): boolean {
	return urn.includes("eks-access:index:AwsAuth$kubernetes:core/v1:ConfigMapPatch::");
}

/** `RoleBinding access in dev`, for people. */
export function describeObject({ kind, name, namespace }: KubernetesObject): string {
	return `${kind} ${name ?? "without a name"}${kind.startsWith("Cluster") ? "" : ` in ${namespace}`}`;
}
