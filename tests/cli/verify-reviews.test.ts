import assert from "node:assert/strict";
import { questionsIn, questionsInCluster, surplusOf } from "../../cli/verify/probes";
import { findingsOf, planReviews, reviewed } from "../../cli/verify/reviews";
import { principalsOf } from "../../core/teams/principals";
import type { Team } from "../../core/teams/team";
import { arnOf, teamsOf } from "./given-teams";

describe("eks-access verify: what the API server is asked", () => {
	const none = new Map();
	const teams = teamsOf(
		{
			name: "a",
			namespaces: [{ name: "x", access: "view" }],
			users: ["jane"],
			roleArns: [arnOf("both")],
			groups: ["foreign"],
		},
		{ name: "b", namespaces: [{ name: "x", access: "edit" }], roleArns: [arnOf("both")], username: "a" },
		{ name: "ops", userArns: ["arn:aws:iam::123456789012:user/ops"], admin: true },
	);
	const known = principalsOf(teams).map((principal) => ({ principal, arn: "" }));

	it("levels add up: who is in two teams is asked for what both give", () => {
		const allowed = (of: Team[]) => questionsIn("x", of, none).filter((each) => each.allowed).length;
		assert.ok(allowed(teams.slice(0, 2)) > allowed(teams.slice(0, 1)));
		assert.equal(allowed(teams.slice(0, 2)), allowed(teams.slice(1, 2)));
	});

	it("administrators are not asked about, and groups that are no team's are left out", () => {
		const people = reviewed(known, teams);
		assert.deepEqual(
			people.map(({ keys, groups }) => [keys, groups]),
			[
				[["team/a"], ["a", "system:authenticated"]],
				[[arnOf("both")], ["a", "b", "system:authenticated"]],
			],
		);
	});

	it("what is given to the whole cluster is not refused in a namespace", () => {
		const [team] = teamsOf({
			name: "t",
			clusterAccess: { rules: [{ apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list"] }] },
			users: ["jane"],
		});
		const may = (questions: ReturnType<typeof questionsIn>, verb: string, resource: string) =>
			questions.find(({ probe }) => probe.verb === verb && probe.resource === resource)?.allowed;
		assert.equal(may(questionsIn("x", [team as Team], none), "get", "pods"), true);
		assert.equal(may(questionsIn("x", [team as Team], none), "get", "secrets"), false);
		assert.equal(may(questionsInCluster([team as Team], none), "list", "nodes"), true);
		assert.equal(may(questionsInCluster([team as Team], none), "list", "secrets"), false);
	});

	it("a level for the whole cluster is what its ClusterRole allows there, which is more than the questions ask", () => {
		const [team] = teamsOf({ name: "t", clusterAccess: "view", users: ["jane"] }) as [Team];
		const rule = { apiGroups: [""], resources: ["pods", "configmaps"], verbs: ["get", "list", "watch"] };
		const live = new Map([["view", [rule]]]);
		const allowed = questionsInCluster([team], live).filter((each) => each.allowed);
		assert.deepEqual(
			allowed.map(({ probe }) => `${probe.verb} ${probe.resource}`),
			["list pods"],
		);
		assert.deepEqual(surplusOf("view", [rule]), []);
		assert.deepEqual(surplusOf("view", [rule, { ...rule, resources: ["secrets"] }]), ["get secrets"]);
	});

	it("an existing ClusterRole is asked by the rules that it has in the cluster", () => {
		const [team] = teamsOf({ name: "t", namespaces: ["x"], access: { clusterRole: "deployer" }, users: ["jane"] });
		const live = new Map([["deployer", [{ apiGroups: ["apps"], resources: ["*"], verbs: ["patch"] }]]]);
		const allowed = questionsIn("x", [team as Team], live).filter((each) => each.allowed);
		assert.deepEqual(
			allowed.map(({ probe }) => `${probe.verb} ${probe.resource}`),
			["patch deployments", "patch *"],
		);
	});

	it("the API server is asked for a cell once and for a refusal once, and nothing of other people's namespaces", () => {
		const people = reviewed(known, teams);
		const others = Array.from({ length: 1000 }, (_, at) => `other-${at}`);
		const plan = planReviews(people, { ofConfig: ["x", "kube-system"], others }, none);
		assert.equal(plan.cells, 2);
		assert.ok(plan.questions.length > 6000);
		const inNamespaces = plan.asked.filter(({ probe }) => probe.namespace && probe.name === undefined);
		assert.deepEqual(
			inNamespaces.map(({ who, probe, allowed }) => [
				who.username,
				allowed,
				probe.verb,
				probe.resource,
				probe.namespace,
			]),
			[
				["a", true, "get", "pods", "x"],
				["a", true, "create", "networkpolicies", "x"],
				["a", false, "get", "secrets", "x"],
				["a", false, "get", "pods", "kube-system"],
				["a", false, "update", "endpoints", "x"],
				["a", false, "get", "pods", "kube-system"],
			],
		);
		assert.equal(plan.asked.length, 6 + 2 * 9);
	});

	it("the number of questions has a bound, and what is left out is stated", () => {
		const ofConfig = Array.from({ length: 1000 }, (_, at) => `n-${at}`);
		const plan = planReviews(reviewed(known, teams), { ofConfig, others: [] }, none, 100);
		assert.equal(plan.asked.length, 100);
		assert.ok(plan.possible > 2000);
	});

	it("all that is wrong for somebody in a namespace is one finding", () => {
		const [who] = reviewed(known, teams);
		const probe = (verb: string) => ({ verb, group: "", resource: "pods", namespace: "x" });
		const answers = ["get", "list"].map((verb) => ({
			who: who as NonNullable<typeof who>,
			probe: probe(verb),
			allowed: false,
			is: true,
		}));
		assert.deepEqual(findingsOf(answers), [
			{
				kind: "extra",
				layer: "access",
				subject: "team/a",
				message: "may, and should not, in namespace x: get pods, list pods",
			},
		]);
	});
});
