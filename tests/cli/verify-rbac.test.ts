import assert from "node:assert/strict";
import { compareBindings, compareClusterRoles } from "../../cli/verify/bindings";
import { compareNamespaces } from "../../cli/verify/namespaces";
import { bindingsOf, clusterRolesOf } from "../../components/team-bindings";
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

	it("a Role of the same name as the ClusterRole has drifted; no subject is missing", () => {
		const [binding] = live as [(typeof live)[number]];
		const of = (change: object) => kinds(compareBindings(teams, [{ ...binding, ...change }], [], []));
		assert.deepEqual(of({}), []);
		assert.deepEqual(of({ roleRef: { kind: "Role", name: "dev-full-access" } }), ["drifted RoleBinding shop/shop"]);
		assert.deepEqual(of({ subjects: undefined }), ["missing RoleBinding shop/shop"]);
		assert.deepEqual(compareBindings(teams, [], [], ["shop"]), [], "in a namespace that is gone");
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
});
