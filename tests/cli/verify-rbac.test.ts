import assert from "node:assert/strict";
import type { LiveCluster } from "../../cli/verify/live-cluster";
import { compareBindings, compareClusterRoles } from "../../cli/verify/questions/bindings";
import { compareNamespaces } from "../../cli/verify/questions/namespaces";
import { compareRbac, judge, surplusByBinding, unexplained } from "../../cli/verify/rbac";
import type { LiveBinding, RulesOf, Subject } from "../../core/rbac/live-bindings";
import { bindingsOf, clusterRolesOf } from "../../core/teams/bindings";
import type { Team } from "../../core/teams/team";
import { teamsOf } from "./given-teams";
import { kinds } from "./verify-findings";

describe("eks-access verify: RBAC and namespaces", () => {
	const teams = teamsOf({
		name: "shop",
		namespaces: [
			{
				name: "shop",
				limits: { max: { cpu: "2" }, defaultRequest: { memory: "1Gi" } },
				annotations: { owner: "shop" },
			},
		],
		users: ["jane"],
	});
	const live = teams.flatMap(bindingsOf).map(({ name, namespace, role, team }) => ({
		metadata: { name, namespace },
		roleRef: { kind: "ClusterRole", name: role },
		subjects: [{ kind: "Group", name: team }],
	}));

	const noRules: RulesOf = () => undefined;

	it("a Role of the same name as the ClusterRole has drifted; no subject is missing", () => {
		const [binding] = live as [(typeof live)[number]];
		const of = (change: object) => kinds(compareBindings(teams, [{ ...binding, ...change }], noRules, []));
		assert.deepEqual(of({}), []);
		assert.deepEqual(of({ roleRef: { kind: "Role", name: "dev-full-access" } }), ["drifted RoleBinding shop/shop"]);
		assert.deepEqual(of({ subjects: undefined }), ["missing RoleBinding shop/shop"]);
		assert.deepEqual(compareBindings(teams, [], noRules, ["shop"]), [], "in a namespace that is gone");
	});

	it("rules without order are the same, one verb more is not", () => {
		const roles = [...clusterRolesOf(teams)].map(([name, rules]) => ({
			metadata: { name },
			rules: [...rules].reverse(),
		}));
		assert.deepEqual(compareClusterRoles(teams, roles), []);
		const [role] = roles as [(typeof roles)[number]];
		const rules = role.rules.map((rule) => ({ ...rule, verbs: [...rule.verbs, "x"] }));
		assert.deepEqual(kinds(compareClusterRoles(teams, [{ ...role, rules }])), ["drifted ClusterRole dev-full-access"]);
	});

	it("what the API server fills into limits is no drift; an annotation is looked at; a namespace on its way out is missing", () => {
		const metadata = { name: "shop", annotations: { owner: "shop" } };
		const limits = {
			type: "Container",
			max: { cpu: "2" },
			default: { cpu: "2" },
			defaultRequest: { cpu: "2000m", memory: "1Gi" },
		};
		const bounds = (spec: object) => ({
			quotas: [],
			limits: [{ metadata: { name: "eks-access", namespace: "shop" }, spec: { limits: [spec as typeof limits] } }],
			networkPolicies: [],
		});
		assert.deepEqual(compareNamespaces(teams, [{ metadata }], bounds(limits)).findings, []);
		const other = { ...limits, min: { cpu: "1" } };
		assert.deepEqual(kinds(compareNamespaces(teams, [{ metadata }], bounds(other)).findings), [
			"drifted LimitRange shop/eks-access",
		]);
		const bare = { metadata: { name: "shop" } };
		assert.deepEqual(kinds(compareNamespaces(teams, [bare], bounds(limits)).findings), ["missing namespace shop"]);
		const leaving = { metadata, status: { phase: "Terminating" } };
		assert.deepEqual(compareNamespaces(teams, [leaving], bounds(limits)).gone, ["shop"]);
	});

	const binding = (name: string, role: string, subject: Subject, namespace?: string): LiveBinding => ({
		...{ metadata: { name, namespace }, roleRef: { kind: "ClusterRole", name: role }, subjects: [subject] },
	});
	const everything = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];

	const foreign = (others: LiveBinding[], rulesOf = noRules, given = teams) =>
		compareBindings(given, [...live, ...others], rulesOf, []).filter(({ kind }) => kind === "foreign");

	it("a binding for everybody is foreign, but for those of Kubernetes and EKS", () => {
		const everybody = { kind: "Group", name: "system:authenticated" };
		const own = binding("system:discovery", "system:discovery", everybody);
		const others = [own, binding("eks:x", "eks:x", everybody), binding("extra", "view", everybody, "kube-system")];
		const found = foreign(others);
		assert.deepEqual(kinds(found), ["foreign RoleBinding kube-system/extra"]);
		assert.equal(found[0]?.fix, "kubectl delete rolebinding -n kube-system extra");
	});

	it("a binding of another group, or of a name that a session can choose, is foreign; allow of that team accepts it", () => {
		const given = teamsOf({
			...{ name: "shop", namespaces: ["shop"], users: ["jane"], groups: ["auditors"] },
			usernameTemplate: "shop:{{SessionName}}",
		});
		const others = [
			binding("auditors", "view", { kind: "Group", name: "auditors" }),
			binding("jane", "view", { kind: "User", name: "shop:jane" }),
			binding("pay", "view", { kind: "User", name: "pay:jane" }),
		];
		assert.deepEqual(kinds(foreign(others, noRules, given)), [
			"foreign ClusterRoleBinding auditors",
			"foreign ClusterRoleBinding jane",
		]);
		const allowing = given.map((team) => ({
			...team,
			allow: ["clusterRoleBinding/auditors", "clusterRoleBinding/jane"],
		}));
		assert.deepEqual(foreign(others, noRules, allowing), []);
	});

	it("a service account with more than a team may have, where the team can act as it, is foreign; allow accepts it", () => {
		const account = { kind: "ServiceAccount", name: "bot", namespace: "shop" };
		const bound = [binding("bot", "cluster-admin", account), binding("bot", "edit", account, "shop")];
		const of = (rules: typeof everything, given = teams) =>
			kinds(foreign(bound, ({ name }) => (name === "edit" ? [] : rules), given));
		assert.deepEqual(of(everything), ["foreign ClusterRoleBinding bot"]);
		assert.deepEqual(of([{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }]), [], "nothing that is refused");
		const viewers = teamsOf({ name: "shop", namespaces: ["shop"], access: "view", binding: "shop", users: ["jane"] });
		assert.deepEqual(of(everything, viewers), [], "who only looks cannot act as it");
		const allowed = teams.map((team) => ({ ...team, allow: ["serviceAccount/shop/bot"] }));
		assert.deepEqual(of(everything, allowed), []);
	});

	it("what an object explains is not told again question by question; what none does is", () => {
		const [shop] = teams as [Team];
		const who = { keys: ["team/shop"], username: "shop", groups: ["shop", "system:authenticated"], teams: [shop] };
		const probe = { verb: "delete", group: "", resource: "resourcequotas", namespace: "shop" };
		const extra = binding("extra", "admin", { kind: "Group", name: "shop" }, "shop");
		const clusterRoles = [{ metadata: { name: "admin" }, rules: everything }];
		const cluster = { bindings: [extra], clusterRoles, roles: [] } as unknown as LiveCluster;
		const answer = { who, probe, allowed: false, is: true };
		const found = compareBindings(teams, [...live, extra], noRules, []);
		assert.deepEqual(kinds(found), ["foreign RoleBinding shop/extra"]);
		assert.deepEqual(unexplained([answer], teams, cluster, found), []);
		assert.deepEqual(unexplained([answer], teams, cluster, []), [answer]);
		const gone = { ...answer, allowed: true, is: false };
		const missing = compareBindings(teams, [], noRules, []);
		assert.deepEqual(unexplained([gone], teams, cluster, missing), []);
		assert.deepEqual(unexplained([gone], teams, cluster, []), [gone]);
	});

	it("the lists of bindings and rules answer: a rule more in a ClusterRole of Kubernetes' own names its binding", () => {
		const [shop] = teams as [Team];
		const who = { keys: ["team/shop"], username: "shop", groups: ["shop", "system:authenticated"], teams: [shop] };
		const probe = { verb: "list", group: "", resource: "secrets" };
		const own = binding("system:basic-user", "system:basic-user", { kind: "Group", name: "system:authenticated" });
		own.metadata.labels = { "kubernetes.io/bootstrapping": "rbac-defaults" };
		const cluster = (rules: object[]) =>
			({
				bindings: [own],
				clusterRoles: [{ metadata: { name: "system:basic-user" }, rules }],
				roles: [],
			}) as unknown as LiveCluster;
		const asked = [{ who, probe, allowed: false }];
		assert.deepEqual(judge(asked, cluster([])), []);
		const widened = cluster([{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }]);
		const found = surplusByBinding(judge(asked, widened), teams, widened, []);
		assert.deepEqual(kinds(found), ["foreign ClusterRoleBinding system:basic-user"]);
		assert.match(found[0]?.message ?? "", /allows people of the config more than it says: list secrets/);
		assert.deepEqual(unexplained(judge(asked, widened), teams, widened, found), []);
	});

	it("a ClusterRole of others that has come to allow what is refused to a team is foreign, unless allow names it", () => {
		const bind = [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["bind"] }];
		const of = (allow: string[], rules = bind) => {
			const given = teamsOf({
				name: "ci",
				namespaces: ["ci"],
				access: { clusterRole: "deployer" },
				users: ["jane"],
				allow,
			});
			const clusterRoles = [{ metadata: { name: "deployer" }, rules }];
			const live = { bindings: [], clusterRoles, roles: [] } as unknown as LiveCluster;
			const found = compareRbac(given, live, { gone: ["ci"], rules: new Map([["deployer", rules]]) });
			return kinds(found);
		};
		assert.deepEqual(of([]), ["foreign ClusterRole deployer"]);
		assert.deepEqual(of(["bind"]), []);
		assert.deepEqual(of([], [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] }]), []);
	});

	it("long rules are cut, whatever is in them", () => {
		const resources = Array.from({ length: 90 }, (_, at) => `resource-${at}`);
		const rules = [{ apiGroups: ["apps"], resources, verbs: ["get"] }];
		const found = compareClusterRoles(teams, [{ metadata: { name: "dev-full-access" }, rules }]);
		assert.equal(found.length, 1);
		assert.ok((found[0]?.message ?? "").length < 800, found[0]?.message);
		assert.doesNotMatch(found[0]?.message ?? "", /[{}"]/);
	});
});
