import { identityOf, readAndClaim } from "../../components/preflight/aws-auth";
import { handler } from "../../core/aws-auth/cleanup-handler";
import { mergeMap, readEntries } from "../../core/aws-auth/map";
import { type LiveConfigMap, recordKeyOf } from "../../core/aws-auth/ownership-record";
import { type AwsAuthDesire, instanceOf, planAwsAuth } from "../../core/aws-auth/plan";
import { inServer, kubeconfigOf, ROLE, withServer } from "./error-worlds";
import { MockEngine } from "./mock-engine";

const STACK = "acme/eks-access/prod";
const NODES = "arn:aws:iam::123456789012:role/nodes";
const CLOSED = "http://127.0.0.1:1";
const SHOP = { roleArn: ROLE, username: "shop", groups: ["shop"] };

/** What planning says of a live aws-auth. */
function plan(live: Partial<LiveConfigMap>, desire: Partial<AwsAuthDesire> = {}): unknown {
	return planAwsAuth(
		{ metadata: { resourceVersion: "1" }, data: {}, ...live },
		{ instance: instanceOf(STACK, "access-aws-auth"), stack: STACK, release: "r", roles: [SHOP], ...desire },
	);
}

const annotated = (instance: string, record: string): Partial<LiveConfigMap> => ({
	metadata: { resourceVersion: "1", annotations: { [recordKeyOf(instanceOf(instance, "access-aws-auth"))]: record } },
});

/** aws-auth as somebody has edited it last. */
const HELD = {
	metadata: {
		resourceVersion: "1",
		managedFields: [{ manager: "kubectl-edit", operation: "Update", fieldsV1: { "f:data": { "f:mapRoles": {} } } }],
	},
	data: { mapRoles: "[]" },
};

const merge = (text: string) => mergeMap(text, { key: "mapRoles", remove: new Set([ROLE]), desired: [SHOP] });

/** What gives each error of what is in aws-auth. */
export const PROVOKED_AWS_AUTH = {
	"aws-auth-unreadable": () => readEntries("- rolearn: a\n\tusername: b\n", "mapRoles"),
	"aws-auth-not-editable": () => merge(`- rolearn: ${ROLE}\n  groups: &g\n  - old\n- rolearn: b\n  groups: *g\n`),
	"aws-auth-entry-exists": () =>
		mergeMap(`- rolearn: ${ROLE}\n  username: jane\n`, { key: "mapRoles", remove: new Set(), desired: [SHOP] }),
	"aws-auth-entry-of-another-stack": () =>
		plan(
			annotated(
				"acme/eks-access/dev",
				JSON.stringify({ stack: "acme/eks-access/dev", roles: [ROLE], users: [], baseVersion: "1", release: "r" }),
			),
		),
	"aws-auth-foreign-owner": () =>
		plan({ metadata: { resourceVersion: "1", labels: { "app.kubernetes.io/managed-by": "Terraform" } } }),
	"aws-auth-record-damaged": () => plan(annotated(STACK, "{")),
	"aws-auth-name-refused": () => plan({}, { roles: [{ ...SHOP, groups: ["system:masters"] }] }),
	"aws-auth-too-large": () => plan({ data: { mapAccounts: "-".repeat(1024 * 1024) } }),
	"aws-auth-not-read": () => plan({ metadata: {} }),
	"aws-auth-contended": inServer(
		(method) => (method === "GET" ? [200, HELD] : [500, { message: "etcdserver: request timed out" }]),
		async (kubeconfig) => {
			await MockEngine.start();
			return readAndClaim(kubeconfig, { ...identityOf("access-aws-auth"), release: "r", roles: [SHOP] });
		},
	),
	"aws-auth-not-cleaned": () =>
		handler()
			.delete?.("r", { instance: "i", kubeconfig: kubeconfigOf(CLOSED) })
			.catch(withServer(CLOSED)),
	"node-role-refused": () =>
		plan(
			{
				data: {
					mapRoles: `- rolearn: ${NODES}\n  username: system:node:{{EC2PrivateDNSName}}\n  groups: [system:nodes]\n`,
				},
			},
			{ roles: [{ ...SHOP, roleArn: NODES }] },
		),
};
