import assert from "node:assert/strict";
import { readTeams } from "../../../core/config/config";
import type { TeamArgs } from "../../../core/config/team-args";
import { ACCESS_POLICY_RULES, COMPONENT_POLICIES } from "../../../core/rbac/access-policies";
import { guardedNamespaces } from "../../../core/teams/bounds";
import { present } from "../../support/present";
import { type AnyTeam, problemsOf, SMALL } from "../../support/team-problems";

const problems = (authentication: string, ...teams: AnyTeam[]) =>
	problemsOf({ cluster: "c", authentication, teams: JSON.stringify(teams.map((team) => ({ ...SMALL, ...team }))) });
const inEntries = (...teams: AnyTeam[]) => problems("access-entries", ...teams);
/** The names that an error says to add to `allow`. */
const wanted = (team: AnyTeam) =>
	[
		...Object.values(inEntries(team))
			.join("\n")
			.matchAll(/add "(.*?)" to the team's allow/g),
	].map(([, name]) => name);

const ADMIN_VIEW = { policy: "AmazonEKSAdminViewPolicy" };
const RULES = { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] };

describe("an access policy by name", () => {
	for (const [policy, dangers] of Object.entries({
		AmazonEKSViewPolicy: [],
		AmazonEKSSecretReaderPolicy: ["secrets"],
		AmazonEKSAdminViewPolicy: ["secrets"],
		AmazonEKSEditPolicy: ["impersonate", "secrets"],
		AmazonEKSAdminPolicy: ["impersonate", "rbac", "secrets"],
	})) {
		it(`${policy} needs ${dangers.join(", ") || "nothing"} under allow, in a namespace, as a team's level and by a selector`, () => {
			for (const team of [
				{ access: { policy } },
				{ namespaces: [{ name: "shop", access: { policy } }] },
				{ namespaces: ["shop-*"], access: { policy } },
				{ namespaces: [], namespaceSelector: { matchLabels: { a: "b" } }, access: { policy } },
			] as AnyTeam[]) {
				assert.deepEqual(wanted(team).sort(), dangers);
				assert.deepEqual(inEntries({ ...team, allow: dangers }), {});
				for (const missing of dangers) {
					const allow = dangers.filter((name) => name !== missing);
					assert.deepEqual(wanted({ ...team, allow }), [missing]);
				}
			}
		});
	}

	it("in Kubernetes' own namespaces and in the whole cluster needs what rules like its own need there", () => {
		for (const [policy, places, everywhere] of [
			["AmazonEKSViewPolicy", [], []],
			["AmazonEKSAdminViewPolicy", ["kube-system", "secrets"], ["nodes/proxy", "pods/exec", "secrets"]],
			["AmazonEKSSecretReaderPolicy", ["kube-system", "secrets"], ["secrets"]],
		] as const) {
			assert.deepEqual(wanted({ namespaces: ["kube-system"], access: { policy } }).sort(), places, policy);
			assert.deepEqual([...new Set(wanted({ clusterAccess: { policy } }))].sort(), everywhere, policy);
		}
		assert.ok(wanted({ clusterAccess: { policy: "AmazonEKSEditPolicy" } }).includes("cluster-write"));
	});

	it("of cluster administrators, of EKS' components, and one that is unknown are refused with the reason, whatever allow says", () => {
		const allow = ["secrets", "rbac", "impersonate", "cluster-write", "policy/AmazonEKSClusterAdminPolicy"];
		for (const [policy, reason] of [
			["AmazonEKSClusterAdminPolicy", /makes cluster administrators.*set admin: true/],
			...COMPONENT_POLICIES.map((name) => [name, /is for components of EKS.*allowed is AmazonEKSAdminPolicy, /]),
			["AmazonEKSSuperPolicy", /"AmazonEKSSuperPolicy" is no access policy that is known here/],
			["arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", /is no access policy that is known here/],
		] as [string, RegExp][]) {
			for (const [key, team] of [
				["access", { access: { policy } }],
				["namespaces[0].access", { namespaces: [{ name: "x", access: { policy } }] }],
				["clusterAccess", { clusterAccess: { policy } }],
			] as [string, AnyTeam][]) {
				const found = inEntries({ ...team, allow });
				assert.deepEqual(Object.keys(found), [`teams[0].${key}.policy`]);
				assert.match(present(found[`teams[0].${key}.policy`]), reason);
			}
		}
		assert.equal(COMPONENT_POLICIES.length + Object.keys(ACCESS_POLICY_RULES).length, 17);
	});

	it("that writes what bounds a namespace needs it under allow, as rules do", () => {
		const bounded = { name: "platform", namespaces: ["shop-a"], access: "view", networkPolicy: "default-deny" };
		const allow = ["impersonate", "secrets"];
		for (const namespaces of [["shop-a"], ["shop-*"]]) {
			const team = { namespaces, access: { policy: "AmazonEKSEditPolicy" }, allow };
			assert.match(
				present(inEntries(bounded, team)["teams[1].namespaces[0]"]),
				/can undo networkPolicy of the namespace shop-a; .*"networkpolicies"/,
			);
		}
	});
});

describe("what access entries alone give", () => {
	const teams: [string, AnyTeam][] = [
		["AmazonEKSViewPolicy", { access: { policy: "AmazonEKSViewPolicy" } }],
		["AmazonEKSViewPolicy", { clusterAccess: { policy: "AmazonEKSViewPolicy" } }],
		["AmazonEKSAdminViewPolicy", { namespaces: ["a", { name: "b", access: ADMIN_VIEW }], allow: ["secrets"] }],
		["dev-*", { namespaces: ["dev-*"], access: "view" }],
		["AmazonEKSAdminViewPolicy, dev-*", { namespaces: ["dev-*"], access: ADMIN_VIEW, allow: ["secrets"] }],
	];
	for (const authentication of ["auto", "aws-auth", "both"]) {
		it(`is refused with ${authentication}, which the error says, and accepted with access-entries`, () => {
			for (const [what, team] of teams) {
				const message = present(problems(authentication, team)["teams[0] (shop)"]);
				assert.ok(message.startsWith(`${what} can be given by access entries only`), message);
				assert.match(message, new RegExp(`authentication is ${authentication}; set it to access-entries`));
				assert.deepEqual(inEntries(team), {});
			}
		});
	}

	it("is refused by NamespaceAccess alone, which makes none", () => {
		const made = (team: object) => readTeams([{ ...SMALL, ...team } as TeamArgs], "NamespaceAccess x", "namespaces");
		for (const [, team] of teams) {
			assert.throws(() => made(team), /can be given by access entries only: NamespaceAccess makes none/);
		}
		assert.equal(made({}).length, 1);
	});
});

describe("a pattern of namespaces", () => {
	it("is for view, edit and access policies; what is bound in each namespace is refused", () => {
		for (const access of ["view", "edit", { policy: "AmazonEKSViewPolicy" }]) {
			assert.deepEqual(inEntries({ namespaces: ["dev-*"], access }), {});
			assert.deepEqual(inEntries({ namespaces: [{ name: "*-dev", access }] }), {});
		}
		for (const access of [undefined, "full", RULES, { clusterRole: "admin" }, { clusterRole: "view" }]) {
			const found = inEntries({ namespaces: ["shop", "dev-*"], access });
			assert.deepEqual(Object.keys(found), ["teams[0].namespaces[1]"]);
			assert.match(
				present(found["teams[0].namespaces[1]"]),
				/nothing can be bound in those that dev-\* will stand for; allowed for a pattern is view, edit, \{policy: <access policy>\}$/,
			);
		}
	});

	it("takes nothing that needs an object in the namespace, neither of its own nor the team's", () => {
		const settings = {
			...{ labels: { a: "b" }, annotations: { a: "b" }, podSecurity: "baseline", quota: { pods: "1" } },
			...{ limits: { max: { cpu: "1" } }, networkPolicy: "default-deny" },
		};
		for (const [key, value] of Object.entries(settings)) {
			const own = inEntries({ namespaces: [{ name: "dev-*", access: "view", [key]: value }] });
			assert.deepEqual(Object.keys(own), [`teams[0].namespaces[0].${key}`]);
			const ofTeam = inEntries({ namespaces: ["shop", "dev-*"], access: "view", [key]: value });
			assert.deepEqual(Object.keys(ofTeam), [`teams[0].${key}`]);
			assert.match(present(ofTeam[`teams[0].${key}`]), /stands beside dev-\*, and in namespaces that a pattern/);
		}
		assert.deepEqual(Object.keys(inEntries({ namespaces: ["dev-*"], access: "view", metrics: true })), [
			"teams[0].metrics",
		]);
		assert.deepEqual(Object.keys(inEntries({ namespaces: [{ name: "dev-*", access: "view", binding: "x" }] })), [
			"teams[0].namespaces[0].binding",
		]);
	});

	it("of every namespace is clusterAccess, and one that no name can match is none", () => {
		for (const name of ["*", "**"]) {
			assert.match(
				present(inEntries({ namespaces: [name], access: "view" })["teams[0].namespaces[0]"]),
				/is every namespace; for that there is clusterAccess/,
			);
		}
		for (const name of ["-*", "Dev-*", "dev.*", "dev-?", "a*-"]) {
			assert.match(
				present(inEntries({ namespaces: [name], access: "view" })["teams[0].namespaces[0]"]),
				/no namespace name/,
			);
		}
	});

	it("that stands for Kubernetes' own namespaces is refused as those are", () => {
		for (const [pattern, names] of [
			["kube-*", ["kube-node-lease", "kube-public", "kube-system"]],
			["*-system", ["kube-system"]],
			["d*", ["default"]],
			["dev-*", []],
		] as const) {
			assert.deepEqual(wanted({ namespaces: [pattern], access: "edit" }).sort(), names);
			assert.deepEqual(inEntries({ namespaces: [pattern], access: "edit", allow: names }), {});
			assert.deepEqual(inEntries({ namespaces: [pattern], access: "view" }), {});
		}
	});

	it("adds up with what is listed beside it, so that less there is refused, and the same or more is not", () => {
		const at = (...namespaces: unknown[]) => inEntries({ namespaces });
		const [view, edit] = [
			{ name: "dev-*", access: "view" },
			{ name: "dev-*", access: "edit" },
		];
		for (const access of ["view", "edit", "full"]) {
			assert.deepEqual(at(view, { name: "dev-a", access }), {});
		}
		assert.deepEqual(at(edit, { name: "prod", access: "view" }), {});
		assert.deepEqual(at(view, { name: "dev-a-*", access: "edit" }), {});
		for (const less of [
			{ name: "dev-a", access: "view" },
			{ name: "dev-a-*", access: "view" },
			{ name: "dev-a", access: RULES },
			{ name: "dev-a", access: { clusterRole: "x" } },
		]) {
			assert.match(
				present(at(edit, less)["teams[0].namespaces[1]"]),
				new RegExp(`dev-\\* gives edit in ${less.name.replace("*", "\\*")} too, and levels add up`),
			);
		}
		const selected = { namespaceSelector: { matchLabels: { a: "b" } }, namespaces: [edit] };
		assert.deepEqual(Object.keys(inEntries({ ...selected, access: "view" })), ["teams[0].namespaceSelector"]);
		assert.deepEqual(inEntries({ ...selected, access: "full" }), {});
	});

	it("is among those whose people a network guard keeps from changing NetworkPolicies", () => {
		const bounded = {
			name: "platform",
			namespaces: ["dev-a"],
			users: ["ann"],
			networkPolicy: "default-deny",
		} satisfies TeamArgs;
		const teams = readTeams([bounded, { ...SMALL, namespaces: ["dev-*"], access: "edit" }], "test");
		assert.deepEqual(guardedNamespaces(teams).get("dev-a"), ["platform", "shop", "system:serviceaccounts:dev-a"]);
	});
});
