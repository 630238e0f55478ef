import type { V1ConfigMap } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { AccessError } from "./access-error";
import { AWS_AUTH } from "./aws-auth-client";
import { claimedFields, othersHolding } from "./aws-auth-owner";
import { type AwsAuthDesire, planAwsAuth } from "./aws-auth-plan";
import { readAwsAuth } from "./aws-auth-preflight";
import { fieldManagerOf } from "./aws-auth-record";
import { connect } from "./cluster-client";

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
			await pulumi.log.info(`aws-auth: fields that ${from} managed are managed by ${fieldManager} now`);
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
