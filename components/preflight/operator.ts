import type { AuthenticationV1Api } from "@kubernetes/client-node";
import {
	type AccessChange,
	losesLastAdministrator,
	lossOfOperator,
	type Operator,
} from "../../core/aws-auth/operator-access";
import { recordsOf } from "../../core/aws-auth/ownership-record";
import { AccessError } from "../../core/errors/access-error";
import { sessionRoleArn } from "../../core/iam/arn";
import { askCluster } from "../../core/kubernetes/api-client";
import { AWS_AUTH } from "../../core/kubernetes/connection";
import { CLUSTER_ADMIN_POLICY } from "../../core/rbac/policy-rules";
import type { Principal } from "../../core/teams/principal-kinds";
import { mayOperator, readAwsAuthIfThere } from "./aws-auth";
import type { DescribedCluster } from "./described-cluster";
import { ACCESS_ENTRY } from "./existing/entries";
import { instanceInStack } from "./migration-order";
import { lastOutputsOfType } from "./stack-state";

/** The type of their associations with access policies in a stack's state. */
const ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";

const ANYTHING = { verb: "*", resource: "*", group: "*" };

/** Who the API server takes the operator for; undefined where it does not say, as before Kubernetes 1.28. */
export async function findOperator(kubeconfig: string): Promise<Operator | undefined> {
	const { AuthenticationV1Api } = require("@kubernetes/client-node");
	const review = await askCluster(kubeconfig, "who you are", ({ config }) =>
		config.makeApiClient<AuthenticationV1Api>(AuthenticationV1Api).createSelfSubjectReview({ body: {} }),
	).catch((error: AccessError) => {
		if (error.code !== "api-server-forbidden") {
			throw error;
		}
		return undefined;
	});
	const { username = "", groups = [], extra = {} } = review?.status?.userInfo ?? {};
	const value = (name: string) =>
		Object.entries(extra).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]?.[0];
	const session = value("arn");
	return review && { username, groups, arn: value("canonicalArn") ?? (session && sessionRoleArn(session)) };
}

/**
 * Refuses an update after which whoever runs it could not administer the cluster, nor finish or undo it.
 *
 * @throws {AccessError}
 */
export async function requireOperatorStays(
	kubeconfig: string,
	awsAuthName: string,
	context: {
		operator: Promise<Operator | undefined>;
		principals: Principal[];
		arns: Promise<Map<string, string>>;
		/** Keys of those of them whom nobody can be any more: roles of teams whose people's access has ended. */
		ended: string[];
		cluster: Promise<DescribedCluster | undefined>;
		/** Of the cluster. */
		name: string;
		accessEntries: boolean;
	},
): Promise<void> {
	const operator = await context.operator;
	if (!operator) {
		return;
	}
	const { name: cluster, accessEntries } = context;
	const arns = await context.arns;
	const live = (await context.cluster)?.mode === "API" ? undefined : await readAwsAuthIfThere(kubeconfig);
	const [ownEntries, ownAdministrators] = await Promise.all([
		arnsInStack(ACCESS_ENTRY, cluster),
		arnsInStack(ASSOCIATION, cluster, ({ policyArn }) => String(policyArn).endsWith(`/${CLUSTER_ADMIN_POLICY}`)),
	]);
	const change: AccessChange = {
		wanted: context.principals.map((principal) => ({ ...principal, arn: arns.get(principal.key) as string })),
		ended: context.ended.map((key) => arns.get(key) as string),
		live,
		record: live && recordsOf(live).get(await instanceInStack(awsAuthName)),
		ownEntries,
		ownAdministrators,
		accessEntries,
	};
	const loss = lossOfOperator(operator, change);
	// Whoever could not write before, such as a pull request's preview, has nothing to lose.
	if (loss && (await mayOperator(kubeconfig, { ...AWS_AUTH, verb: "patch", resource: "configmaps" }))?.allowed) {
		throw lockedOut(operator, loss);
	}
	if (losesLastAdministrator(change) && !(await mayOperator(kubeconfig, ANYTHING))?.allowed) {
		throw new AccessError(
			"last-administrator",
			"teams: this takes the last cluster administrator away that aws-auth and this stack's access entries have, and you " +
				`(${operator.username}) are not one. Nothing was changed. Keep a team with admin: true whose access has not ended, or let another administrator in first`,
		);
	}
}

function lockedOut({ arn, username }: Operator, loss: "less" | "removed"): AccessError {
	const who = `${arn}, by which you run this (as ${username})`;
	return new AccessError(
		"operator-locked-out",
		loss === "less"
			? `teams: ${who}, administers the cluster and would be given less by the team that lists it: no update after this one would get ` +
					"in, and no destroy. Nothing was changed. Take it out of the team, set admin: true for the team, or run this by another " +
					"administrator (adminRoleArn, awsProfile or kubeconfig)"
			: `teams: ${who}, is let in by this stack and no team lists it any more, or its access has ended (until): no update after this one would get in, and no destroy. ` +
					"Nothing was changed. Run this by another administrator (adminRoleArn, awsProfile or kubeconfig), or keep it in a team, with a later end if it has one",
	);
}

async function arnsInStack(
	type: string,
	cluster: string,
	isOne: (outputs: Record<string, unknown>) => boolean = () => true,
): Promise<string[]> {
	const found = await lastOutputsOfType(type);
	return found
		.filter((outputs) => outputs.clusterName === cluster && isOne(outputs))
		.map(({ principalArn }) => String(principalArn));
}
