import type { AuthorizationV1Api, V1ConfigMap, V1SubjectAccessReviewStatus } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { claimedFields, othersHolding } from "../../core/aws-auth/managed-fields";
import type { Mappings } from "../../core/aws-auth/map";
import { fieldManagerOf } from "../../core/aws-auth/ownership-record";
import { type AwsAuthDesire, instanceOf, planAwsAuth } from "../../core/aws-auth/plan";
import { AccessError } from "../../core/errors/access-error";
import { askCluster, connect, serverOf } from "../../core/kubernetes/api-client";
import { AWS_AUTH } from "../../core/kubernetes/connection";
import { log } from "../log";
import { currentStack } from "./stack-state";
import type { PlannedApply } from "./writes";

const WHAT = `${AWS_AUTH.namespace}/${AWS_AUTH.name}`;

/**
 * Asks, before anything is registered, whether all of it can be done: the API server answers, the operator may patch aws-auth,
 * and the entries can be put into its text.
 *
 * @returns What will be written, if anything; fields that others hold are acquired before.
 * @throws {AccessError} says what was found, what is allowed and what to do.
 */
export async function checkAwsAuth(args: {
	/** Name of the {@link AwsAuth} that will write. */
	name: string;
	kubeconfig: string;
	mappings: Mappings | Promise<Mappings>;
	takeOver?: boolean;
	adoptExisting?: boolean;
}): Promise<PlannedApply | undefined> {
	refuseForcedPatches();
	const { takeOver, adoptExisting } = args;
	const [live, mappings] = await Promise.all([readAwsAuth(args.kubeconfig), args.mappings]);
	// A pull request's preview may run with credentials that only read.
	if (!pulumi.runtime.isDryRun()) {
		await requirePatchPermission(args.kubeconfig);
	}
	const identity = identityOf(args.name);
	const { data, annotations } = planAwsAuth(live, {
		...{ ...identity, release: "", isGuess: true },
		...{ ...mappings, takeOver, adoptExisting },
	});
	if (Object.entries(data).every(([key, text]) => live.data?.[key] === text)) {
		return undefined;
	}
	const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { ...AWS_AUTH, annotations }, data };
	return { object, fieldManager: fieldManagerOf(identity.instance), force: true };
}

/**
 * Reads aws-auth without the engine, whose own errors about an unreachable cluster suggest to drop resources, and whose
 * state would keep a copy that every refresh shows as changed.
 *
 * @throws {AccessError} where the API server does not answer, refuses the operator, or has no aws-auth.
 */
export async function readAwsAuth(kubeconfig: string): Promise<V1ConfigMap> {
	const live = await readAwsAuthIfThere(kubeconfig);
	if (!live) {
		const server = serverOf(connect(kubeconfig));
		throw new AccessError(
			"aws-auth-missing",
			`aws-auth: the cluster at ${server} has no ConfigMap ${WHAT}. EKS makes it with the first managed node group; ` +
				"without one, and on a cluster that reads aws-auth, make it yourself with the node role's entry (README, " +
				"Troubleshooting). Nothing was changed.",
		);
	}
	return live;
}

/** The same, or undefined where there is none: a cluster of access entries needs none. */
export function readAwsAuthIfThere(kubeconfig: string): Promise<V1ConfigMap | undefined> {
	const underWay = reading.get(kubeconfig) ?? readNow(kubeconfig).finally(() => reading.delete(kubeconfig));
	reading.set(kubeconfig, underWay);
	return underWay;
}

/** Reads that are under way: two who ask at the same time get one answer, or one and the same error. */
const reading = new Map<string, Promise<V1ConfigMap | undefined>>();

function readNow(kubeconfig: string): Promise<V1ConfigMap | undefined> {
	return askCluster(kubeconfig, `ConfigMap ${WHAT}`, ({ core }) => core.readNamespacedConfigMap(AWS_AUTH));
}

/** The kubernetes provider reads this from its environment and then overwrites whoever wrote in between. */
export function refuseForcedPatches(): void {
	if (process.env.PULUMI_K8S_ENABLE_PATCH_FORCE === "true") {
		throw new AccessError(
			"patch-force-set",
			"aws-auth: the environment has PULUMI_K8S_ENABLE_PATCH_FORCE=true, with which a concurrent write to aws-auth would be " +
				"overwritten unseen. Nothing was changed. Unset it: unset PULUMI_K8S_ENABLE_PATCH_FORCE",
		);
	}
}

/** Stack and instance of the {@link AwsAuth} called `name` in the stack that is running. */
export function identityOf(name: string): { stack: string; instance: string } {
	const stack = currentStack();
	return { stack, instance: instanceOf(stack, name) };
}

/** That the operator may write what he is about to write: a refusal halfway through would leave half of it done. */
async function requirePatchPermission(kubeconfig: string): Promise<void> {
	const review = await mayOperator(kubeconfig, { ...AWS_AUTH, resource: "configmaps", verb: "patch" });
	if (!review?.allowed) {
		throw new AccessError(
			"aws-auth-not-writable",
			`aws-auth: these credentials may read ${WHAT} but not patch it${review?.reason ? ` (${review.reason})` : ""}. ` +
				"Nothing was changed. Use credentials of a cluster administrator (kubeconfig, adminRoleArn or awsProfile); " +
				`check them: kubectl auth can-i patch configmaps/${AWS_AUTH.name} -n ${AWS_AUTH.namespace}`,
		);
	}
}

/** The API server's own answer on what the operator may do. */
export async function mayOperator(
	kubeconfig: string,
	resourceAttributes: { verb: string; resource: string; group?: string; namespace?: string; name?: string },
): Promise<V1SubjectAccessReviewStatus | undefined> {
	const { AuthorizationV1Api } = require("@kubernetes/client-node");
	const review = await connect(kubeconfig)
		.config.makeApiClient<AuthorizationV1Api>(AuthorizationV1Api)
		.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } });
	return review.status;
}

/** How often to read and claim again after a concurrent write. */
const ATTEMPTS = 30;

/**
 * Reads aws-auth for an `up` that is about to write to it. Fields that others hold are claimed first: ownership changes hands,
 * no value does. From then on nobody's write can be overwritten unseen, not even at the very first `up`.
 */
export async function readAndClaim(kubeconfig: string, desire: AwsAuthDesire): Promise<V1ConfigMap> {
	const fieldManager = fieldManagerOf(desire.instance);
	for (let attempt = 1; ; attempt++) {
		const live = await readAwsAuth(kubeconfig);
		const { claims } = planAwsAuth(live, desire);
		if (!claims) {
			return live;
		}
		const managedFields = claimedFields(live, fieldManager, claims);
		const body = { ...live, metadata: { ...live.metadata, managedFields } };
		try {
			const claimed = await connect(kubeconfig).core.replaceNamespacedConfigMap({ ...AWS_AUTH, body });
			const from = othersHolding(live, fieldManager, claims).join(", ");
			await log.info(`aws-auth: fields that ${from} managed are managed by ${fieldManager} now`);
			return claimed;
		} catch (error) {
			const { code, message } = error as { code?: number; message: string };
			if (code !== 409 || attempt === ATTEMPTS) {
				throw new AccessError(
					"aws-auth-contended",
					`aws-auth: could not get ready to write to kube-system/aws-auth: ${message.split("\n", 1)[0]}. ` +
						"Nothing in it was changed. Run pulumi up again",
				);
			}
		}
	}
}
