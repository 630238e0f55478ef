import assert from "node:assert/strict";
import { describeOrigin, isOfAnotherStack, originOf, sharedOriginOf } from "../../../core/kubernetes/origin";
import {
	actsAsServiceAccounts,
	bindingsForEverybody,
	bindingsOfOthers,
	type LiveBinding,
	type RulesOf,
	type Subject,
	strongServiceAccounts,
} from "../../../core/rbac/live-bindings";

const OPS = { groups: ["ops", "auditors"], usernames: ["developer"] };
const ALL = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
const PODS = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
const RULES: Record<string, typeof ALL> = { "cluster-admin": ALL, reader: PODS };
const rulesOf: RulesOf = ({ name }) => RULES[name];

function binding(subject: Subject, { role = "cluster-admin", ...metadata }: Record<string, unknown> = {}): LiveBinding {
	return {
		metadata: { name: "legacy", ...metadata },
		roleRef: { kind: "ClusterRole", name: role as string },
		subjects: [subject],
	};
}

const deployer = { kind: "ServiceAccount", name: "deployer", namespace: "shop" };
const keysOf = (found: { key: string }[]) => found.map(({ key }) => key);

describe("bindings that others have made", () => {
	it("count where their subject is a group or a username of the team, with object, role, place and whose it is", () => {
		const found = bindingsOfOthers(
			[
				binding({ kind: "Group", name: "ops" }, { managedFields: [{ manager: "kubectl-create" }] }),
				binding({ kind: "User", name: "developer" }, { namespace: "dev" }),
				binding(
					{ kind: "Group", name: "auditors" },
					{ name: "helm", labels: { "app.kubernetes.io/managed-by": "Helm" } },
				),
			],
			OPS,
		);
		assert.deepEqual(found, [
			{
				key: "clusterRoleBinding/legacy",
				message:
					"the ClusterRoleBinding legacy (made with kubectl-create) gives the group ops the ClusterRole cluster-admin in the whole cluster",
			},
			{
				key: "roleBinding/dev/legacy",
				message:
					"the RoleBinding dev/legacy (made by somebody else) gives the user developer the ClusterRole cluster-admin in the namespace dev",
			},
			{
				key: "clusterRoleBinding/helm",
				message:
					"the ClusterRoleBinding helm (made with Helm) gives the group auditors the ClusterRole cluster-admin in the whole cluster",
			},
		]);
	});

	it("are nobody's business where they bind a user of a group's name, a group of a username, others, or nobody", () => {
		const others = [
			binding({ kind: "User", name: "ops" }),
			binding({ kind: "Group", name: "developer" }),
			binding({ kind: "Group", name: "Ops" }),
			binding({ kind: "ServiceAccount", name: "ops", namespace: "dev" }),
			{ metadata: { name: "empty" }, roleRef: { kind: "ClusterRole", name: "view" }, subjects: null },
		];
		assert.deepEqual(bindingsOfOthers(others, OPS), []);
	});

	it("of another stack name it, and the team", () => {
		const marked = binding({ kind: "Group", name: "ops" }, { ...originOf("acme/eks-access/prod", "ops") });
		assert.match(
			bindingsOfOthers([marked], OPS)[0]?.message ?? "",
			/\(of the team ops of the stack acme\/eks-access\/prod\)/,
		);
	});

	it("for everybody are named, Kubernetes' and EKS' own left out", () => {
		const own = { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } };
		const everybody = { kind: "Group", name: "system:authenticated" };
		assert.deepEqual(
			bindingsForEverybody([
				binding(everybody, own),
				binding(everybody, { name: "eks:addon" }),
				binding(everybody, { name: "open" }),
				binding({ kind: "Group", name: "system:serviceaccounts:dev" }, { name: "tokens", namespace: "dev" }),
				binding({ kind: "Group", name: "system:masters" }, { name: "masters" }),
			]),
			[
				"the ClusterRoleBinding open gives system:authenticated the ClusterRole cluster-admin in the whole cluster",
				"the RoleBinding dev/tokens gives system:serviceaccounts:dev the ClusterRole cluster-admin in the namespace dev",
			],
		);
	});
});

describe("service accounts of a namespace", () => {
	it("count where they have more beyond it than a team may be given directly", () => {
		const found = strongServiceAccounts([binding(deployer)], "shop", rulesOf);
		assert.deepEqual(keysOf(found), ["serviceAccount/shop/deployer"]);
		assert.match(
			found[0]?.message ?? "",
			/tokens in shop can act as its service account deployer.*ClusterRoleBinding legacy/,
		);
		const asUser = { kind: "User", name: "system:serviceaccount:shop:deployer" };
		assert.deepEqual(keysOf(strongServiceAccounts([binding(asUser)], "shop", rulesOf)), [
			"serviceAccount/shop/deployer",
		]);
		const inKubeSystem = binding(deployer, { namespace: "kube-system" });
		assert.deepEqual(keysOf(strongServiceAccounts([inKubeSystem], "shop", rulesOf)), ["serviceAccount/shop/deployer"]);
	});

	it("do not where they are bound in it, may only read pods, are of another one, or of Kubernetes' own", () => {
		const found = [
			...strongServiceAccounts([binding(deployer, { namespace: "shop" })], "shop", rulesOf),
			...strongServiceAccounts([binding(deployer, { role: "reader" })], "shop", rulesOf),
			...strongServiceAccounts([binding(deployer, { role: "gone" })], "shop", rulesOf),
			...strongServiceAccounts([binding(deployer)], "pay", rulesOf),
			...strongServiceAccounts([binding({ ...deployer, namespace: "kube-system" })], "kube-system", rulesOf),
		];
		assert.deepEqual(found, []);
	});

	it("are at the hands of levels that make pods or tokens or read Secrets, and of no other", () => {
		const rule = (resource: string, verb: string, group = "") => ({
			rules: [{ apiGroups: [group], resources: [resource], verbs: [verb] }],
		});
		for (const level of [
			"full",
			"edit",
			{ clusterRole: "admin" },
			{ clusterRole: "cluster-admin" },
			{ clusterRole: "gone" },
		] as const) {
			assert.ok(actsAsServiceAccounts(level, rulesOf), JSON.stringify(level));
		}
		for (const level of [rule("deployments", "patch", "apps"), rule("pods/exec", "create"), rule("secrets", "get")]) {
			assert.ok(actsAsServiceAccounts(level, rulesOf), JSON.stringify(level));
		}
		for (const level of [
			"view",
			{ clusterRole: "reader" },
			rule("configmaps", "update"),
			rule("deployments", "get", "apps"),
		] as const) {
			assert.ok(!actsAsServiceAccounts(level, rulesOf), JSON.stringify(level));
		}
	});
});

describe("the marks of origin", () => {
	it("on what one stack owns say stack and team", () => {
		const origin = originOf("acme/eks-access/prod", "shop");
		assert.equal(describeOrigin(origin), "of the team shop of the stack acme/eks-access/prod");
		assert.deepEqual(
			[isOfAnotherStack(origin, "acme/eks-access/prod"), isOfAnotherStack(origin, "acme/eks-access/dev")],
			[false, true],
		);
		assert.equal(isOfAnotherStack({}, "acme/eks-access/prod"), false);
	});

	it("on what stacks share are one key a stack, so that no two write different values to one", () => {
		const [one, other] = ["acme/eks-access/prod", "acme/eks-access/dev"].map(sharedOriginOf);
		assert.equal(new Set([...Object.keys(one as object), ...Object.keys(other as object)]).size, 2);
		assert.equal(isOfAnotherStack({ annotations: one }, "acme/eks-access/dev"), false, "nobody owns it alone");
	});
});
