import { Provider } from "@pulumi/kubernetes";
import { refuseEntryNames } from "../../components/access-entries";
import { AwsAuth } from "../../components/aws-auth";
import { EksAccess } from "../../components/eks-access";
import { checkTrustPolicies } from "../../components/preflight/account";
import { takeNames } from "../../components/preflight/arguments";
import { checkAwsAuth, identityOf, readAwsAuth, refuseForcedPatches } from "../../components/preflight/aws-auth";
import { checkClusterRoles, checkOwnClusterRoles } from "../../components/preflight/cluster";
import { findKubeconfig } from "../../components/preflight/cluster-connection";
import { clusterIdentity, identityFor } from "../../components/preflight/cluster-identity";
import { describeCluster, requireMode } from "../../components/preflight/described-cluster";
import { checkBindings } from "../../components/preflight/existing/bindings";
import { requireFit } from "../../components/preflight/kubernetes-provider";
import { checkWrites } from "../../components/preflight/writes";
import { TeamIdentity } from "../../components/team-identity";
import { mergeMap } from "../../core/aws-auth/map";
import { recordKeyOf } from "../../core/aws-auth/ownership-record";
import { readConfig } from "../../core/config/config";
import type { ErrorCode } from "../../core/errors/codes";
import { parseArn } from "../../core/iam/arn";
import { findPermissionSets } from "../../core/iam/permission-sets";
import { waysOf } from "../../core/kubernetes/authentication-mode";
import { endpointOf } from "../../core/kubernetes/kubeconfig";
import {
	entries,
	entry,
	fails,
	identities,
	inCluster,
	inServer,
	inTerminating,
	kubeconfigOf,
	preparing,
	principals,
	ROLE,
	role,
	SERVER,
	TEAM,
	teams,
	withServer,
} from "./error-worlds";
import { apiServer, MockCluster } from "./mock-cluster";
import { ACCOUNT, ENTRY, MockEngine } from "./mock-engine";
import { PROVOKED_AWS } from "./provoked-aws";
import { PROVOKED_AWS_AUTH } from "./provoked-aws-auth";

/** Nobody listens there. */
const CLOSED = "http://127.0.0.1:1";
/** Another cluster than {@link SERVER}. */
const STAGING = "https://FEDCBA9876543210.gr7.eu-west-1.eks.amazonaws.com";
const SHOP = { roleArn: ROLE, username: "shop", groups: ["shop"] };

const config = (team: object) => readConfig({ cluster: "prod", teams: JSON.stringify([{ ...TEAM, ...team }]) });

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
	"name-twice": async () => {
		await MockEngine.start();
		takeNames("eks", teams({ name: "prod-devs" }), undefined);
		takeNames("eks-prod", teams({ name: "devs" }), undefined);
	},
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
	"cluster-identity-unreadable": inCluster({ uid: null }, async (kubeconfig) => {
		await MockEngine.start();
		return clusterIdentity(kubeconfig);
	}),
	"cluster-identity-missing": inCluster({}, async (kubeconfig) => {
		const outputs = { kubeconfig: kubeconfigOf(STAGING) };
		await MockEngine.start({ last: { "urn::access-cluster": { type: "pulumi:providers:kubernetes", outputs } } });
		return identityFor("access-cluster", kubeconfig);
	}),
	"operator-locked-out": inCluster({ user: { username: "ops", groups: ["system:masters"], arn: ROLE } }, (kubeconfig) =>
		preparing({ kubeconfig, authentication: "aws-auth" }, {}, {}, [{ ...TEAM, users: [], roleArns: [ROLE] }]),
	),
	"last-administrator": async () => {
		await MockEngine.start();
		const mapRoles = `- rolearn: arn:aws:iam::${ACCOUNT.accountId}:role/shop-role\n  username: shop\n  groups: [system:masters]\n`;
		const user = { username: "deployer", groups: ["deployers"] };
		return inCluster({ user, mapRoles, mayPatch: false, awsAuth: ownRecord() }, (kubeconfig) =>
			preparing({ kubeconfig, authentication: "aws-auth" }, {}),
		)();
	},
	"provider-elsewhere": inCluster({}, async (kubeconfig) => {
		await MockEngine.start();
		const own = await MockCluster.start({ uid: "another" });
		const staging = new Provider("staging", { kubeconfig: own.kubeconfig });
		return requireFit(staging, kubeconfig, false, "access-cluster")
			.catch(withServer(own.url, STAGING))
			.finally(() => own.stop());
	}),
	"provider-unfit": async () => {
		await MockEngine.start();
		return requireFit(new Provider("prod", { kubeconfig: kubeconfigOf(SERVER) }), kubeconfigOf(SERVER), true, "c");
	},
	"cluster-role-not-found": inCluster({}, (kubeconfig) =>
		checkClusterRoles(teams({ access: { clusterRole: "deployer" } }), apiServer(kubeconfig), "EksAccess access"),
	),
	"cluster-role-exists": inCluster(
		{ clusterRoles: { "dev-full-access": [{ apiGroups: [""], resources: ["pods"], verbs: ["*"] }] } },
		async (kubeconfig) => {
			await MockEngine.start();
			return checkOwnClusterRoles(teams(), apiServer(kubeconfig), false);
		},
	),
	"binding-not-adoptable": async () => {
		await MockEngine.start();
		const roleRef = { kind: "ClusterRole", name: "view" };
		return checkBindings(teams(), [{ metadata: { name: "shop", namespace: "shop" }, roleRef }], "EksAccess access");
	},
	"surplus-access": inCluster(
		{
			bindings: [
				{
					metadata: { name: "legacy", managedFields: [{ manager: "kubectl-create" }] },
					roleRef: { kind: "ClusterRole", name: "cluster-admin" },
					subjects: [{ kind: "Group", name: "shop" }],
				},
			],
		},
		(kubeconfig) => preparing({ kubeconfig }, {}),
	),
	"write-refused": inTerminating((kubeconfig) => checkWrites(teams({ access: "view" }), apiServer(kubeconfig), {})),
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
	...PROVOKED_AWS_AUTH,
	"access-entry-exists": entries({}, entry()),
	"access-entry-stale": entries({}, entry(), { adoptExisting: true, ownRoleArns: [ROLE] }),
	"access-entry-unreadable": entries(
		{},
		fails("AccessDeniedException: not authorized to perform eks:DescribeAccessEntry"),
	),
	"access-entry-group-reserved": () =>
		refuseEntryNames([{ key: "team/shop", username: "shop", groups: ["system:nodes"] }], "EksAccess access"),
	"access-entry-template-unknown": () =>
		refuseEntryNames([{ key: "team/shop", username: "shop:{{AccountID}}", groups: [] }], "EksAccess access"),
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
	"role-not-adoptable": identities({ "aws:iam/getRole:getRole": role("/teams/") }, true),
	"trust-policy-too-long": async () => {
		await MockEngine.start({
			answers: { GetAccountSummary: () => ({ SummaryMap: { AssumeRolePolicySizeQuota: 2048 } }) },
		});
		const users = Array.from({ length: 30 }, (_, at) => `user-${at}`);
		return checkTrustPolicies(teams({ users, role: { trust: "users" } }), "EksAccess access", ACCOUNT, "eu-west-1");
	},
	"group-not-adoptable": identities(
		{ "aws:iam/getGroup:getGroup": () => ({ arn: "arn:aws:iam::123456789012:group/Shop", path: "/", users: [] }) },
		true,
	),
	"policy-not-found": principals({ assumeRolePolicyArn: "arn:aws:iam::123456789012:policy/assume" }),
	"principal-not-found": principals({ users: ["jnae"], roleArns: [ROLE] }),
	"iam-unreadable": identities({ "aws:iam/getRole:getRole": fails("AccessDenied") }),
	...PROVOKED_AWS,
};
