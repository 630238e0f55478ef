import { AwsAuthTextError, type MapKey, readEntries } from "../core/aws-auth/map";
import { recordsOf } from "../core/aws-auth/ownership-record";
import type { Resource } from "./guard-rail";
import { isAwsAuth, isOfAwsAuthComponent, objectsOf } from "./kubernetes-objects";

/** An IAM identity that a program lets into a cluster. */
export interface Identity {
	/** A preview may not know it; to be read only where there is something to say about it. */
	readonly arn: string;
	of: "role" | "user";
	/** Undefined: EKS or the authenticator chooses it. */
	username?: string;
	groups: string[];
	/** Names of EKS access policies that it has in the whole cluster or in namespaces. */
	policies: string[];
}

export interface Identities {
	identities: Identity[];
	/** Texts of aws-auth that the authenticator could not read: what is wrong, where. */
	unreadable: string[];
}

/** Who comes in by a resource: by aws-auth, by access entries, or by the mappings of an `eks.Cluster`. */
export function identitiesOf(resource: Resource): Identities {
	const { type, props } = resource;
	switch (type) {
		case "aws:eks/accessEntry:AccessEntry":
			return known([entryOf(() => props.principalArn, props.userName, props.kubernetesGroups)]);
		case "aws-native:eks:AccessEntry":
			return known([
				{
					...entryOf(() => props.principalArn, props.username, props.kubernetesGroups),
					policies: list(props.accessPolicies).map(({ policyArn }) => policyNameOf(policyArn)),
				},
			]);
		case "aws:eks/accessPolicyAssociation:AccessPolicyAssociation":
			return known([{ ...entryOf(() => props.principalArn), policies: [policyNameOf(props.policyArn)] }]);
		case "eks:index:Cluster":
			return known([
				...list(props.roleMappings).map((each) => entryOf(() => each.roleArn, each.username, each.groups, "role")),
				...list(props.userMappings).map((each) => entryOf(() => each.userArn, each.username, each.groups, "user")),
				...list(props.accessEntries).map((each) => ({
					...entryOf(() => each.principalArn, each.username, each.kubernetesGroups),
					policies: list(each.accessPolicies).map(({ policyArn }) => policyNameOf(policyArn)),
				})),
			]);
		default:
			return inAwsAuth(resource);
	}
}

/** `AmazonEKSViewPolicy` of `arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`. */
export function policyNameOf(policyArn: string): string {
	return policyArn.slice(policyArn.lastIndexOf("/") + 1);
}

/** An access policy of EKS and where somebody has it. */
export interface Association {
	policy: string;
	/** Names, with `*` as a wildcard; undefined stands for the whole cluster. */
	namespaces?: string[];
}

/** The access policies that a resource associates with identities. */
export function associationsOf({ type, props }: Resource): Association[] {
	const all = {
		"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": () => [props],
		"aws-native:eks:AccessEntry": () => list(props.accessPolicies),
		"eks:index:Cluster": () => list(props.accessEntries).flatMap(({ accessPolicies }) => list(accessPolicies)),
	}[type];
	return (all?.() ?? []).map(({ policyArn, accessScope }) => ({
		policy: policyNameOf(policyArn),
		namespaces: accessScope?.type === "namespace" ? [...(accessScope.namespaces ?? [])] : undefined,
	}));
}

function inAwsAuth(resource: Resource): Identities {
	const identities: Identity[] = [];
	const unreadable: string[] = [];
	for (const { fields } of objectsOf(resource).filter(isAwsAuth)) {
		for (const key of ["mapRoles", "mapUsers"] as const) {
			try {
				identities.push(...entriesOf(fields.data?.[key], key));
			} catch (error) {
				if (!(error instanceof AwsAuthTextError)) {
					throw error;
				}
				unreadable.push(error.problem.replace(/\.$/, ""));
			}
		}
	}
	return {
		identities: isOfAwsAuthComponent(resource) ? identities.filter(isRecorded(resource)) : identities,
		unreadable,
	};
}

function entriesOf(text: unknown, key: MapKey): Identity[] {
	return readEntries(text === undefined ? undefined : String(text), key).map(({ arn, username, groups, line }) => ({
		arn: arn ?? `${key}, line ${line}`,
		of: key === "mapRoles" ? "role" : "user",
		username,
		groups,
		policies: [],
	}));
}

/** Whether the component's record says that the entry is its own. Before the first update no preview knows the record. */
function isRecorded({ props }: Resource): (identity: Identity) => boolean {
	try {
		const { annotations } = props.metadata;
		const records = [...recordsOf({ metadata: { annotations: { ...annotations } } }).values()];
		const arns = records.flatMap(({ roles, users }) => [...roles, ...users]).map((arn) => arn.toLowerCase());
		return ({ arn }) => arns.includes(arn.toLowerCase());
	} catch {
		return () => false;
	}
}

function entryOf(arn: () => string, username?: string, groups: string[] = [], of?: "role" | "user"): Identity {
	return {
		get arn() {
			return arn();
		},
		get of() {
			return of ?? typeIn(arn);
		},
		username,
		groups: [...groups],
		policies: [],
	};
}

function typeIn(arn: () => string): "role" | "user" {
	try {
		return arn().includes(":user/") ? "user" : "role";
	} catch {
		// A preview does not know the ARN of what it would make; people come in by roles.
		return "role";
	}
}

function known(identities: Identity[]): Identities {
	return { identities, unreadable: [] };
}

/** The elements of a list, or the values of a map. */
// biome-ignore lint/suspicious/noExplicitAny: a program may have given anything
function list(values: unknown): Record<string, any>[] {
	return Object.values(values ?? {});
}
