import { Provider } from "@pulumi/kubernetes";
import { refuseReservedGroups } from "../components/access-entries";
import { parseArn } from "../components/arn";
import { waysOf } from "../components/authentication";
import { AwsAuth } from "../components/aws-auth";
import { readAndClaim } from "../components/aws-auth-claim";
import { mergeMap, readEntries } from "../components/aws-auth-map";
import { type AwsAuthDesire, instanceOf, planAwsAuth } from "../components/aws-auth-plan";
import { checkAwsAuth, identityOf, readAwsAuth, refuseForcedPatches } from "../components/aws-auth-preflight";
import { type LiveConfigMap, recordKeyOf } from "../components/aws-auth-record";
import { handler } from "../components/aws-auth-release-provider";
import { checkBindings } from "../components/binding-check";
import { checkClusterRoles, checkFullAccess } from "../components/cluster-check";
import { describeCluster, findKubeconfig, requireMode } from "../components/cluster-connection";
import { readConfig } from "../components/config";
import { EksAccess } from "../components/eks-access";
import type { ErrorCode } from "../components/error-codes";
import { requireFit } from "../components/given-provider";
import { endpointOf } from "../components/kubeconfig";
import { findPermissionSets } from "../components/permission-set";
import { TeamIdentity } from "../components/team-identity";
import {
	entries,
	entry,
	fails,
	identities,
	inCluster,
	inServer,
	kubeconfigOf,
	preparing,
	ROLE,
	role,
	SERVER,
	TEAM,
	teams,
	withServer,
} from "./error-worlds";
import { ACCOUNT, ENTRY, MockEngine } from "./mock-engine";

const STACK = "acme/eks-access/prod";
const NODES = "arn:aws:iam::123456789012:role/nodes";
/** Nobody listens there. */
const CLOSED = "http://127.0.0.1:1";
/** Another cluster than {@link SERVER}. */
const STAGING = "https://FEDCBA9876543210.gr7.eu-west-1.eks.amazonaws.com";
const SHOP = { roleArn: ROLE, username: "shop", groups: ["shop"] };

const config = (team: object) => readConfig({ cluster: "prod", teams: JSON.stringify([{ ...TEAM, ...team }]) });

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

const ownRecord = () => ({
	[recordKeyOf(identityOf("access-aws-auth").instance)]: JSON.stringify({
		stack: "acme/eks-access/test",
		roles: [`arn:aws:iam::${ACCOUNT.accountId}:role/shop-role`],
		users: [],
		baseVersion: "1",
		release: "r",
	}),
});

/** What gives each error of the components, so that its example in the reference is a real one. */
export const PROVOKED: { [code in ErrorCode]: () => unknown } = {
	"config-invalid": () =>
		readConfig({
			cluster: "prod",
			teams: '[{"name": "shop", "namspaces": ["shop"], "users": ["jane"]}]',
			authentication: "iam",
		}),
	"access-refused": () => config({ namespaces: ["kube-system"] }),
	"argument-invalid": () =>
		new EksAccess("access", { cluster: "prod", teams: [TEAM], authentication: "iam" as "auto" }),
	"arn-invalid": () => parseArn("arn:aws:sts::123456789012:assumed-role/shop-role/jane"),
	"principal-twice": () =>
		mergeMap("", { key: "mapRoles", remove: new Set(), desired: [SHOP, { ...SHOP, username: "admin" }] }),
	"lookup-needed": () =>
		new EksAccess("access", {
			cluster: "prod",
			teams: [{ ...TEAM, namespaces: [], namespaceSelector: { matchLabels: { team: "shop" } } }],
		}),
	"value-unknown": () =>
		EksAccess.create("access", { cluster: { eksCluster: {}, kubeconfigJson: "" } as never, teams: [TEAM] }),
	"cluster-not-found": async () => {
		await MockEngine.start({ answers: { "aws:eks/getCluster:getCluster": fails("couldn't find resource") } });
		return describeCluster("prod", "eu-west-1", {});
	},
	"cluster-mode-mismatch": () =>
		requireMode({ name: "prod", region: "eu-west-1", mode: "API" }, waysOf("aws-auth", undefined)),
	"authentication-unknown": inCluster({}, (kubeconfig) =>
		preparing(
			{ kubeconfig },
			{ entry: { type: ENTRY, outputs: { clusterName: "prod", principalArn: ROLE } } },
			{ "aws:eks/getCluster:getCluster": fails("AccessDeniedException") },
		),
	),
	"kubeconfig-invalid": () => endpointOf("token: secret", () => Buffer.alloc(0)),
	"kubeconfig-output-missing": async () => {
		await MockEngine.start({ answers: { "pulumi:pulumi:readStackOutputs": () => ({ outputs: {} }) } });
		return findKubeconfig({ kubeconfigStack: "acme/eks/prod" }, undefined);
	},
	"api-server-unreachable": () => readAwsAuth(kubeconfigOf(CLOSED)).catch(withServer(CLOSED)),
	"api-server-unauthorized": inServer(() => [401, {}], readAwsAuth),
	"api-server-forbidden": inServer(() => [403, {}], readAwsAuth),
	"provider-elsewhere": async () => {
		await MockEngine.start();
		return requireFit(new Provider("staging", { kubeconfig: kubeconfigOf(STAGING) }), kubeconfigOf(SERVER), false);
	},
	"provider-unfit": async () => {
		await MockEngine.start();
		return requireFit(new Provider("prod", { kubeconfig: kubeconfigOf(SERVER) }), kubeconfigOf(SERVER), true);
	},
	"cluster-role-not-found": inCluster({}, (kubeconfig) =>
		checkClusterRoles(teams({ access: { clusterRole: "deployer" } }), kubeconfig, "EksAccess access"),
	),
	"cluster-role-exists": inCluster(
		{ clusterRoles: { "dev-full-access": [{ apiGroups: [""], resources: ["pods"], verbs: ["*"] }] } },
		async (kubeconfig) => {
			await MockEngine.start();
			return checkFullAccess(teams(), kubeconfig);
		},
	),
	"binding-not-adoptable": inCluster(
		{ bindings: [{ metadata: { name: "shop", namespace: "shop" }, roleRef: { kind: "ClusterRole", name: "view" } }] },
		async (kubeconfig) => {
			await MockEngine.start();
			return checkBindings(teams(), kubeconfig, "EksAccess access");
		},
	),
	"provider-refused": () => new AwsAuth("auth", { roles: [], kubeconfig: "", provider: {} as never }),
	"patch-force-set": () => {
		process.env.PULUMI_K8S_ENABLE_PATCH_FORCE = "true";
		try {
			refuseForcedPatches();
		} finally {
			delete process.env.PULUMI_K8S_ENABLE_PATCH_FORCE;
		}
	},
	"aws-auth-missing": inCluster({ awsAuth: null }, readAwsAuth),
	"aws-auth-not-writable": inCluster({ mayPatch: false }, async (kubeconfig) => {
		await MockEngine.start();
		return checkAwsAuth({ name: "access-aws-auth", kubeconfig, mappings: { roles: [], users: [] } });
	}),
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
	"access-entry-exists": entries({}, entry()),
	"access-entry-stale": entries({}, entry(), { adoptExisting: true, ownRoleArns: [ROLE] }),
	"access-entry-unreadable": entries(
		{},
		fails("AccessDeniedException: not authorized to perform eks:DescribeAccessEntry"),
	),
	"access-entry-group-reserved": () =>
		refuseReservedGroups([{ key: "team/shop", groups: ["system:nodes"] }], "EksAccess access"),
	"access-entries-first": async () => {
		await MockEngine.start();
		return inCluster({ awsAuth: ownRecord() }, (kubeconfig) =>
			preparing({ kubeconfig, authentication: "access-entries" }, {}),
		)();
	},
	"permission-set-not-found": () => findPermissionSets(["Devs"], { arns: [] }),
	"team-without-role": () =>
		new TeamIdentity("shop", { team: { name: "shop", roleArns: [ROLE] }, account: ACCOUNT, clusterArn: "" }),
	"identity-exists": identities({ "aws:iam/getRole:getRole": role("/") }),
	"role-not-adoptable": identities({ "aws:iam/getRole:getRole": role("/teams/") }),
	"policy-not-found": identities(
		{ "aws:iam/getPolicy:getPolicy": fails("NoSuchEntity") },
		{ assumeRolePolicyArn: "arn:aws:iam::123456789012:policy/assume" },
	),
	"iam-unreadable": identities({ "aws:iam/getRole:getRole": fails("AccessDenied") }),
};
