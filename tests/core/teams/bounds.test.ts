import assert from "node:assert/strict";
import { networkGuardName, networkGuardPrefix } from "../../../core/rbac/network-guard";
import { guardedNamespaces } from "../../../core/teams/bounds";
import { type AnyTeam, problemsOfTeams, teamsOf } from "../../support/team-problems";

const writing = (resource: string, verb = "patch", group = "") => ({
	access: { rules: [{ apiGroups: [group], resources: [resource], verbs: [verb] }] },
});
const NETWORKING = "networking.k8s.io";
const DENY = { networkPolicy: "default-deny" };

describe("rules beside bounds that they could undo", () => {
	for (const [bound, name, team] of [
		["podSecurity", "namespaces", { podSecurity: "baseline", ...writing("namespaces") }],
		["quota", "resourcequotas", { quota: { pods: "5" }, ...writing("resourcequotas", "delete") }],
		["quota", "resourcequotas", { quota: { pods: "5" }, ...writing("*", "*", "*"), allow: ["rbac"] }],
		["limits", "limitranges", { limits: { max: { cpu: "1" } }, ...writing("limitranges", "update") }],
		["networkPolicy", "networkpolicies", { ...DENY, ...writing("networkpolicies", "create", NETWORKING) }],
	] as [string, string, AnyTeam & { allow?: string[] }][]) {
		it(`${bound} is refused beside writing ${name}, until allow names it`, () => {
			const message = `rules that write ${name} can undo ${bound} of the namespace shop; if that is meant, add "${name}" to the team's allow`;
			assert.deepEqual(problemsOfTeams(team), { "teams[0].namespaces[0]": message });
			assert.deepEqual(problemsOfTeams({ ...team, allow: [...(team.allow ?? []), name] }), {});
		});
	}

	it("whichever team has set the bound, and in the whole cluster too", () => {
		const bounding = { name: "platform", quota: { pods: "5" }, access: "view" };
		assert.deepEqual(Object.keys(problemsOfTeams(bounding, { ...writing("resourcequotas"), name: "b" })), [
			"teams[1].namespaces[0]",
		]);
		const everywhere = {
			...{ name: "b", namespaces: [], allow: ["cluster-write"] },
			clusterAccess: writing("resourcequotas").access,
		};
		assert.deepEqual(Object.keys(problemsOfTeams(bounding, everywhere)), ["teams[1].clusterAccess"]);
	});

	it("not beside other bounds, not by reading or making, and not full and edit, whose NetworkPolicies are guarded", () => {
		for (const team of [
			{ podSecurity: "baseline", ...writing("resourcequotas") },
			{ quota: { pods: "5" }, ...writing("resourcequotas", "list") },
			{ quota: { pods: "5" }, ...writing("resourcequotas", "create") },
			{ ...DENY, access: "full" },
			{ ...DENY, access: "edit" },
		]) {
			assert.deepEqual(problemsOfTeams(team), {}, JSON.stringify(team));
		}
	});
});

describe("whose changes of NetworkPolicies are denied", () => {
	const guarded = (...teams: AnyTeam[]) => Object.fromEntries(guardedNamespaces(teamsOf(...teams)));

	it("of the teams with access there, in the whole cluster too, and of the namespace's service accounts", () => {
		assert.deepEqual(
			guarded(
				{ name: "a", namespaces: ["x", { name: "y", ...DENY }] },
				{ name: "b", namespaces: ["y"], access: "view" },
				{ name: "c", namespaces: [], clusterAccess: "view" },
				{ name: "d", namespaces: ["x"] },
			),
			{ y: ["a", "b", "c", "system:serviceaccounts:y"] },
		);
	});

	it("not of a team that is allowed to; where all are, nothing is guarded", () => {
		const allow = ["networkpolicies"];
		const other = { name: "b", namespaces: ["y"] };
		const own = { name: "a", namespaces: [{ name: "y", ...DENY }], allow };
		assert.deepEqual(guarded(own, other), { y: ["b", "system:serviceaccounts:y"] });
		assert.deepEqual(guarded(own, { ...other, allow }), {});
	});

	it("not of kube-system's service accounts, which are the cluster's controllers", () => {
		const team = { name: "a", namespaces: [{ name: "kube-system", ...DENY }], allow: ["kube-system"] };
		assert.deepEqual(guarded(team), { "kube-system": ["a"] });
	});

	it("the guard's name is a DNS name of its stack's own, whatever stacks are called", () => {
		const stacks = ["prod", "Prod", "prod_eu", "prod.eu", "-", "x".repeat(100), "x".repeat(101)];
		const found = stacks.map((stack) => networkGuardName(`Eks_Access/${stack}`, "access"));
		for (const [at, name] of found.entries()) {
			assert.match(name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);
			assert.ok(name.length < 254 && name.startsWith(networkGuardPrefix(`Eks_Access/${stacks[at]}`)));
		}
		assert.equal(new Set(found).size, stacks.length);
	});
});
