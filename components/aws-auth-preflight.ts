import type { V1ConfigMap } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { AccessError } from "./access-error";
import { AWS_AUTH } from "./aws-auth-client";
import type { Mappings } from "./aws-auth-map";
import { instanceOf, planAwsAuth } from "./aws-auth-plan";
import { askCluster, connect } from "./cluster-client";

const WHAT = `${AWS_AUTH.namespace}/${AWS_AUTH.name}`;

/**
 * Asks, before anything is registered, whether all of it can be done: the API server answers, the operator may patch aws-auth,
 * and the entries can be put into its text.
 *
 * @throws {AccessError} says what was found, what is allowed and what to do.
 */
export async function checkAwsAuth(args: {
	/** Name of the {@link AwsAuth} that will write. */
	name: string;
	kubeconfig: string;
	mappings: Mappings | Promise<Mappings>;
	takeOver?: boolean;
	adoptExisting?: boolean;
}): Promise<void> {
	refuseForcedPatches();
	const { takeOver, adoptExisting } = args;
	const [live, mappings] = await Promise.all([readAwsAuth(args.kubeconfig), args.mappings]);
	// A pull request's preview may run with credentials that only read.
	if (!pulumi.runtime.isDryRun()) {
		await requirePatchPermission(args.kubeconfig);
	}
	planAwsAuth(live, { ...identityOf(args.name), release: "", isGuess: true, ...mappings, takeOver, adoptExisting });
}

/**
 * Reads aws-auth without the engine, whose own errors about an unreachable cluster suggest to drop resources, and whose
 * state would keep a copy that every refresh shows as changed.
 *
 * @throws {AccessError} where the API server does not answer, refuses the operator, or has no aws-auth.
 */
export function readAwsAuth(kubeconfig: string): Promise<V1ConfigMap> {
	const underWay = reading.get(kubeconfig) ?? readNow(kubeconfig).finally(() => reading.delete(kubeconfig));
	reading.set(kubeconfig, underWay);
	return underWay;
}

/** Reads that are under way: two who ask at the same time get one answer, or one and the same error. */
const reading = new Map<string, Promise<V1ConfigMap>>();

async function readNow(kubeconfig: string): Promise<V1ConfigMap> {
	const live = await readAwsAuthIfThere(kubeconfig);
	if (!live) {
		const server = connect(kubeconfig).config.getCurrentCluster()?.server;
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
	const stack = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
	return { stack, instance: instanceOf(stack, name) };
}

/** That the operator may write what he is about to write: a refusal halfway through would leave half of it done. */
async function requirePatchPermission(kubeconfig: string): Promise<void> {
	const { config } = connect(kubeconfig);
	const { AuthorizationV1Api } = require("@kubernetes/client-node");
	const resourceAttributes = { ...AWS_AUTH, resource: "configmaps", verb: "patch" };
	const review = await config
		.makeApiClient<import("@kubernetes/client-node").AuthorizationV1Api>(AuthorizationV1Api)
		.createSelfSubjectAccessReview({
			body: { spec: { resourceAttributes } },
		});
	if (!review.status?.allowed) {
		throw new AccessError(
			"aws-auth-not-writable",
			`aws-auth: these credentials may read ${WHAT} but not patch it${review.status?.reason ? ` (${review.status.reason})` : ""}. ` +
				"Nothing was changed. Use credentials of a cluster administrator (kubeconfig, adminRoleArn or awsProfile); " +
				`check them: kubectl auth can-i patch configmaps/${AWS_AUTH.name} -n ${AWS_AUTH.namespace}`,
		);
	}
}
