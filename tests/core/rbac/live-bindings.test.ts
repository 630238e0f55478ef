import assert from "node:assert/strict";
import { describeOrigin, isOfAnotherStack, originOf, sharedOriginOf } from "../../../core/kubernetes/origin";
import {
	actsAsServiceAccounts,
	bindingsForEverybody,
	bindingsOfOthers,
	type LiveBinding,
	type RulesOf,
	type Subject,
	serviceAccountsIn,
	strongServiceAccounts,
} from "../../../core/rbac/live-bindings";

const OPS = { groups: ["ops", "auditors"], usernames: ["developer"] };
const ALL = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
const PODS = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
const EDIT = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"] }];
const RULES: Record<string, typeof ALL> = { "cluster-admin": ALL, reader: PODS, editor: EDIT };
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
		assert.deepEqual(
			found.map(({ key, message }) => ({ key, message })),
			[
				{
					key: "clusterRoleBinding/legacy",
					message:
						"the ClusterRoleBinding legacy (made with kubectl-create) gives the Group ops the ClusterRole cluster-admin in the whole cluster",
				},
				{
					key: "roleBinding/dev/legacy",
					message:
						"the RoleBinding dev/legacy (made by somebody else) gives the User developer the ClusterRole cluster-admin in the namespace dev",
				},
				{
					key: "clusterRoleBinding/helm",
					message:
						"the ClusterRoleBinding helm (made with Helm) gives the Group auditors the ClusterRole cluster-admin in the whole cluster",
				},
			],
		);
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

	it("count where a session can choose the name that is bound", () => {
		const template = { groups: ["shop:{{SessionName}}"], usernames: ["{{AccountID}}:shop:{{SessionName}}:x"] };
		const bound = (kind: string, name: string) => bindingsOfOthers([binding({ kind, name })], template).length;
		assert.deepEqual(
			[bound("Group", "shop:admin"), bound("Group", "shops:admin"), bound("User", "shop:admin")],
			[1, 0, 0],
		);
		assert.deepEqual([bound("User", "1:shop:jane:x"), bound("User", "1:shop:jane:y")], [1, 0]);
	});

	it("for everybody are named, Kubernetes' and EKS' own left out", () => {
		const group = (name: string) => ({ kind: "Group", name });
		const everybody = group("system:authenticated");
		const found = bindingsForEverybody([
			binding(everybody, { name: "system:discovery", role: "system:discovery" }),
			binding(everybody, { name: "eks:addon", role: "eks:addon" }),
			binding(everybody, { name: "open" }),
			binding(group("system:serviceaccounts"), { name: "tokens", namespace: "dev" }),
			binding({ kind: "User", name: "system:anonymous" }, { name: "anonymous" }),
			binding(group("system:serviceaccounts:dev"), { name: "of-dev", namespace: "dev" }),
			binding(group("system:masters"), { name: "masters" }),
			// Whoever can write bindings can give them any name and label.
			binding(everybody, { name: "eks:hidden" }),
			binding(everybody, { name: "system:discovery" }),
			binding(everybody, { name: "cluster-admin", labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } }),
		]);
		assert.deepEqual(
			found.map(({ binding: { metadata } }) => metadata.name),
			["open", "tokens", "anonymous", "eks:hidden", "system:discovery", "cluster-admin"],
		);
		assert.equal(
			found[1]?.gives,
			"gives the Group system:serviceaccounts the ClusterRole cluster-admin in the namespace dev",
		);
	});
});

describe("service accounts of a namespace", () => {
	const strong = (
		bound: LiveBinding,
		namespace: string,
		team: Partial<Parameters<typeof strongServiceAccounts>[3]> = {},
	) =>
		strongServiceAccounts(serviceAccountsIn([bound]).get(namespace) ?? [], namespace, rulesOf, {
			...{ writesIn: [namespace], ...team },
		});

	it("count where they have more beyond it than a team may be given directly, in whichever way they are named", () => {
		const [found] = strong(binding(deployer), "shop");
		assert.equal(found?.key, "serviceAccount/shop/deployer");
		assert.match(
			found?.message ?? "",
			/tokens in shop can act as its service account deployer.*ClusterRoleBinding legacy/,
		);
		const asUser = { kind: "User", name: "system:serviceaccount:shop:deployer" };
		assert.deepEqual(keysOf(strong(binding(asUser), "shop")), ["serviceAccount/shop/deployer"]);
		const inKubeSystem = binding(deployer, { namespace: "kube-system" });
		assert.deepEqual(keysOf(strong(inKubeSystem, "shop")), ["serviceAccount/shop/deployer"]);
		const all = binding({ kind: "Group", name: "system:serviceaccounts:shop" });
		assert.deepEqual(keysOf(strong(all, "shop")), ["clusterRoleBinding/legacy"]);
	});

	it("count where they write in namespaces in which the team does not", () => {
		const inPay = binding(deployer, { namespace: "pay", role: "editor" });
		assert.deepEqual(keysOf(strong(inPay, "shop")), ["serviceAccount/shop/deployer"]);
		assert.deepEqual(strong(inPay, "shop", { writesIn: ["shop", "pay"] }), []);
		assert.deepEqual(strong(binding(deployer, { namespace: "pay", role: "reader" }), "shop"), []);
	});

	it("count in the namespace itself where they could undo its bounds", () => {
		const inShop = binding(deployer, { namespace: "shop" });
		assert.deepEqual(keysOf(strong(inShop, "shop", { settings: { quota: {} } })), ["serviceAccount/shop/deployer"]);
		assert.deepEqual(
			strong(inShop, "shop", { settings: { networkPolicy: "default-deny" } }),
			[],
			"the guard stops them",
		);
		assert.deepEqual(strong(inShop, "shop"), []);
	});

	it("do not where they may only read pods, are of another one, or of Kubernetes' own", () => {
		const found = [
			...strong(binding(deployer, { role: "reader" }), "shop"),
			...strong(binding(deployer, { role: "gone" }), "shop"),
			...strong(binding(deployer), "pay"),
			...strong(binding({ ...deployer, namespace: "kube-system" }), "kube-system"),
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
		for (const level of [
			...[rule("deployments", "patch", "apps"), rule("cronjobs", "update", "batch"), rule("secrets", "get")],
			...[rule("pods/exec", "create"), rule("pods/exec", "get"), rule("pods/ephemeralcontainers", "patch")],
			...[rule("pods", "patch"), rule("replicationcontrollers", "update"), rule("serviceaccounts", "impersonate")],
		]) {
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
