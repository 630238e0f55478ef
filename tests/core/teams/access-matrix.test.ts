import assert from "node:assert/strict";
import { accessMatrix } from "../../../core/teams/access-matrix";
import { principalNames } from "../../../core/teams/principal-kinds";
import { present } from "../../support/present";
import { teamOf, teamsOf } from "../../support/team-problems";

const ACCOUNT = "arn:aws:iam::123456789012";
const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] }];

describe("the access matrix", () => {
	it("has a row a team and level, with the namespaces in the config's order", () => {
		const namespaces = ["prod", { name: "uat", access: "view" }, "dev", { name: "ci", access: { rules } }];
		assert.deepEqual(accessMatrix([teamOf({ namespaces })]), [
			{ team: "shop", principals: ["user/jane"], namespaces: ["prod", "dev"], access: "full" },
			{ team: "shop", principals: ["user/jane"], namespaces: ["uat"], access: "view" },
			{ team: "shop", principals: ["user/jane"], namespaces: ["ci"], access: "rules", rules },
		]);
	});

	it("has one row for equal rules, and two for different ones", () => {
		const other = [{ ...rules[0], verbs: ["list"] }];
		const namespaces = [
			{ name: "a", access: { rules } },
			{ name: "b", access: { rules: other } },
			{ name: "c", access: { rules: structuredClone(rules) } },
		];
		assert.deepEqual(
			accessMatrix([teamOf({ namespaces })]).map((row) => row.namespaces),
			[["a", "c"], ["b"]],
		);
	});

	it("shows the whole cluster as *, for a level there and for administrators", () => {
		const [team] = teamsOf({ clusterAccess: "view", admin: true });
		assert.deepEqual(
			accessMatrix([team]).map(({ namespaces, access }) => [namespaces, access]),
			[
				[["*"], "admin"],
				[["shop"], "full"],
				[["*"], "view"],
			],
		);
	});

	it("shows a user who administers the cluster alone, and the team's other people not", () => {
		const ann = { arn: `${ACCOUNT}:user/ann`, admin: true };
		assert.deepEqual(accessMatrix([teamOf({ userArns: [ann, `${ACCOUNT}:user/joe`] })]), [
			{
				team: "shop",
				principals: ["user/jane", ann.arn, `${ACCOUNT}:user/joe`],
				namespaces: ["shop"],
				access: "full",
			},
			{ team: "shop", principals: [ann.arn], namespaces: ["*"], access: "admin" },
		]);
		assert.equal(
			accessMatrix([teamOf({ userArns: [ann], admin: true })]).length,
			2,
			"an administrators' team says it once",
		);
	});

	it("names everyone whom a team lets in", () => {
		const team = teamOf({
			users: ["jane", "joe"],
			ssoPermissionSets: ["Dev"],
			trustedAccounts: [
				{ account: "210987654321" },
				{ account: "123456789012", principals: ["arn:aws:iam::123456789012:role/ci/*"] },
			],
			roleArns: [`${ACCOUNT}:role/ci`],
			userArns: [`${ACCOUNT}:user/ann`],
		});
		assert.deepEqual(principalNames(team), [
			...["user/jane", "user/joe", "sso/Dev", "account/210987654321", "account/123456789012:role/ci/*"],
			...[`${ACCOUNT}:role/ci`, `${ACCOUNT}:user/ann`],
		]);
	});

	it("has a row for each group besides the team's own, whose bindings others make", () => {
		const row = present(accessMatrix([teamOf({ groups: ["auditors"] })])[1]);
		assert.deepEqual([row.namespaces, row.access], [[], "group/auditors"]);
	});

	it("has the namespaces that a selector has chosen", () => {
		const team = teamOf({ access: "view" });
		const namespaces = [...team.namespaces, { name: "other", access: "view" as const, isSelected: true }];
		assert.deepEqual(present(accessMatrix([{ ...team, namespaces }])[0]).namespaces, ["shop", "other"]);
	});
});
