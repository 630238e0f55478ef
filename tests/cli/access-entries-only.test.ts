import assert from "node:assert/strict";
import { stackDiff } from "../../cli/diff/stack-diff";
import { matrixPage } from "../../cli/html/matrix";
import { type StackAccess, stackAccess } from "../../cli/project/stack-access";
import { compareAccessEntries } from "../../cli/verify/questions/access-entries";
import { judge } from "../../cli/verify/rbac";
import { planReviews, reviewed } from "../../cli/verify/reviews";
import { tryCells } from "../../cli/whoami/cells";
import { describeGrants } from "../../cli/whoami/login-paths";
import type { LiveAccessEntry } from "../../core/aws/reader";
import { describeChange } from "../../core/changes/access-changes";
import type { ApiServer } from "../../core/kubernetes/api-server";
import type { AccessRow } from "../../core/teams/access-matrix";
import { principalsOf } from "../../core/teams/principals";
import type { Team } from "../../core/teams/team";
import { eksAccess, stackFile, temporaryProject } from "./command";
import { arnOf, teamsOf } from "./given-teams";

const ADMIN_VIEW = { policy: "AmazonEKSAdminViewPolicy" };
const TEAM = {
	name: "shop",
	namespaces: ["dev-*", { name: "uat", access: ADMIN_VIEW }, "dev-a"],
	access: "view" as const,
	roleArns: [arnOf("shop")],
	allow: ["secrets"],
};
const OTHER = { name: "other", namespaces: ["dev-a"], users: ["ann"] };

describe("the commands of eks-access know what access entries alone give", () => {
	const teams = teamsOf(TEAM) as [Team];
	const known = principalsOf(teams).map((principal) => ({ principal, arn: arnOf("shop") }));
	const entry = (principalArn: string, policies: [string, string[]][], groups = ["shop"]): LiveAccessEntry => ({
		...{ principalArn, type: "STANDARD", username: "shop", groups, policies: new Map(policies) },
	});
	const compared = (...live: LiveAccessEntry[]) =>
		compareAccessEntries({
			...{ live, known, groups: ["shop"], isUsed: true, namespaces: ["dev-*", "dev-a", "dev-b", "uat"] },
			...{ expected: [], inAwsAuth: [], accepted: [], options: "--cluster-name c" },
		}).map(({ kind, message }) => `${kind}: ${message}`);
	const right: [string, string[]][] = [
		["AmazonEKSViewPolicy", ["dev-*", "dev-a"]],
		["AmazonEKSAdminViewPolicy", ["uat"]],
	];

	it("verify: an entry's policies and their scopes are as the config says, pattern by pattern", () => {
		assert.deepEqual(compared(entry(arnOf("shop"), right)), []);
		const [view, admin] = right as [[string, string[]], [string, string[]]];
		assert.deepEqual(compared(entry(arnOf("shop"), [view])), [
			"missing: does not have the access policy AmazonEKSAdminViewPolicy in uat",
		]);
		assert.deepEqual(compared(entry(arnOf("shop"), [["AmazonEKSViewPolicy", ["dev-a"]], admin])), [
			"drifted: has AmazonEKSViewPolicy in dev-a, not in dev-*, dev-a",
		]);
		assert.deepEqual(compared(entry(arnOf("shop"), [view, ["AmazonEKSAdminViewPolicy", ["*"]]])), [
			"drifted: has AmazonEKSAdminViewPolicy in the whole cluster, not in uat",
		]);
	});

	it("verify: others with a policy in a namespace of a pattern are found, those to come included", () => {
		for (const scope of ["dev-b", "dev-zzz", "dev-z*", "d*"]) {
			assert.deepEqual(
				compared(entry(arnOf("shop"), right), entry(arnOf("x"), [["AmazonEKSEditPolicy", [scope]]], [])),
				[`foreign: has the access policy AmazonEKSEditPolicy in ${scope}, and the config does not say so`],
			);
		}
		assert.deepEqual(
			compared(entry(arnOf("shop"), right), entry(arnOf("x"), [["AmazonEKSEditPolicy", ["prod-*"]]], [])),
			[],
		);
	});

	it("verify: the API server's own answers, which know no policies, raise no alarm; a binding of others there does", () => {
		const plan = planReviews(
			reviewed(known, teams),
			{ ofConfig: ["dev-a", "dev-b", "uat"], others: ["prod"] },
			new Map(),
		);
		assert.equal(plan.cells, 3);
		const subjects = [{ kind: "Group", name: "shop" }];
		const roleRef = { kind: "ClusterRole", name: "view" };
		const binding = (namespace: string) => ({ metadata: { name: "x", namespace }, roleRef, subjects });
		const rules = [
			{ apiGroups: ["", "apps"], resources: ["pods", "pods/log", "configmaps", "deployments"], verbs: ["get", "list"] },
		];
		const live = { clusterRoles: [{ metadata: { name: "view" }, rules }], roles: [] } as never as object;
		const wrong = (...namespaces: string[]) =>
			judge(plan.questions, { ...live, bindings: namespaces.map(binding) } as never).map(
				({ probe, is }) => `${is} ${probe.verb} ${probe.resource} ${probe.namespace}`,
			);
		assert.deepEqual(wrong("dev-a"), []);
		assert.deepEqual(wrong("dev-a", "dev-b"), ["true get pods dev-b"]);
	});

	it("whoami: each policy and pattern is tried, a pattern in a namespace that may come", async () => {
		const asked: string[] = [];
		const server = {
			post: async (_: string, { spec }: { spec: { resourceAttributes: { namespace: string; verb: string } } }) => {
				const { namespace } = spec.resourceAttributes;
				asked.push(namespace);
				return { status: { allowed: namespace !== "uat" } };
			},
		} as unknown as ApiServer;
		assert.deepEqual(await tryCells(server, teams), [
			{ team: "shop", namespace: "dev-*", access: "view", works: true },
			{ team: "shop", namespace: "uat", access: "policy/AmazonEKSAdminViewPolicy", works: false },
			{ team: "shop", namespace: "dev-a", access: "view", works: true },
		]);
		assert.deepEqual([...new Set(asked)], ["dev-x", "uat", "dev-a"]);
		assert.deepEqual(describeGrants(teams[0]), ["view in dev-*, dev-a", "policy/AmazonEKSAdminViewPolicy in uat"]);
	});

	it("matrix: a pattern is a place, and on the page also each column that it stands for", async () => {
		const { stdout } = await eksAccess(["matrix", "--stack", "p", "--format", "json"], {
			cwd: temporaryProject({ "Pulumi.p.yaml": stackOf(TEAM, OTHER) }),
		});
		const rows = JSON.parse(stdout).stacks[0].rows.map(
			(row: AccessRow) => `${row.team} ${row.access} ${row.namespaces}`,
		);
		assert.deepEqual(rows, ["shop view dev-*,dev-a", "shop policy/AmazonEKSAdminViewPolicy uat", "other full dev-a"]);
		const html = matrixPage([accessIn({ ...TEAM, namespaces: ["dev-*"] }, OTHER)], "team", { date: new Date(0) });
		const shop = /<th[^>]*>shop.*?<\/tr>/s.exec(html)?.[0] ?? "";
		assert.equal(shop.match(/class="level view"/g)?.length, 2, "dev-* and dev-a");
	});

	it("diff: a namespace that a pattern takes the place of is not said to be lost, and every change is said", () => {
		const team = (namespaces: string[]) => ({ ...TEAM, namespaces });
		const [one, other] = [accessIn(team(["dev-a", "prod"])), accessIn(team(["dev-*"]))];
		const said = (before: StackAccess, after: StackAccess) => {
			const { changes, settings } = stackDiff("p", before, after);
			return [...changes.map(describeChange), ...settings.map(({ path }) => path.join("."))];
		};
		const who = arnOf("shop");
		assert.deepEqual(said(one, other), [
			`+ ${who} gains view in dev-*`,
			`- ${who} loses view in prod`,
			"teams.shop.namespaces.dev-a.name",
			"teams.shop.namespaces.dev-a.access",
		]);
		assert.deepEqual(said(other, one).slice(0, 2), [`+ ${who} gains view in prod`, `- ${who} loses view in dev-*`]);
		assert.deepEqual(said(one, accessIn({ ...team(["dev-a", "prod"]), access: ADMIN_VIEW })), [
			`~ ${who} goes from view to policy/AmazonEKSAdminViewPolicy in dev-a, prod`,
		]);
	});
});

function stackOf(...teams: object[]): string {
	return stackFile({ cluster: "c", authentication: "access-entries", teams });
}

function accessIn(...teams: object[]): StackAccess {
	return stackAccess(
		{
			...{ label: "the test", project: "name: eks-access\nruntime: nodejs\n" },
			...{ stacks: new Map([["p", "Pulumi.p.yaml"]]), read: () => stackOf(...teams) },
		},
		"p",
	);
}
