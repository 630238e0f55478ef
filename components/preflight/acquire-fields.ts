import type { V1ConfigMap } from "@kubernetes/client-node";
import { claimedFields, othersHolding } from "../../core/aws-auth/managed-fields";
import { fieldManagerOf } from "../../core/aws-auth/ownership-record";
import { type AwsAuthDesire, planAwsAuth } from "../../core/aws-auth/plan";
import { AccessError } from "../../core/errors/access-error";
import { connect } from "../../core/kubernetes/api-client";
import { AWS_AUTH } from "../../core/kubernetes/connection";
import { log } from "../log";
import { readAwsAuth } from "./aws-auth";

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
