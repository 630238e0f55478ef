import assert from "node:assert/strict";
import { teamsOf } from "../../cli/import/teams";
import { readTeams } from "../../core/config/config";
import { allows, bound, factsOf, groupOf, IAM, POLICY, roleOf } from "./import-facts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const ALL = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];

/** What is allowed, and what the comments say of it. */
function allowed(facts: Parameters<typeof factsOf>[0]): { allow: string[]; notes: string[] } {
	const { teams, notes } = teamsOf(factsOf(facts));
	readTeams(teams, "the import");
	return { allow: teams[0]?.allow ?? [], notes: notes.map(({ text }) => text) };
}

describe("what eks-access import writes under allow", () => {
	it("is nothing where people have what the team lists", () => {
		assert.deepEqual(allowed({}).allow, []);
	});

	it("names policies of the role and inline ones of the group, each with a comment", () => {
		const roles = new Map([["devs-role", roleOf({ policies: { attached: [ADMINISTRATOR], inline: ["s3"] } })]]);
		const inline = [{ name: "ecr", document: allows(`${IAM}:role/other`) }];
		const { allow, notes } = allowed({ roles, groups: [groupOf({ inline })] });
		assert.deepEqual(allow, [`policy/${ADMINISTRATOR}`, "policy/s3", "policy/ecr"]);
		assert.ok(notes.some((note) => note.startsWith(`allow has policy/${ADMINISTRATOR}: the IAM role devs-role has`)));
		assert.ok(!allow.includes(`policy/${POLICY}`), "the one that lets the group assume the role");
	});

	it("names bindings that a level cannot be, and those of the team's username", () => {
		const role = { kind: "Role", name: "extra" };
		const { allow } = allowed({
			bindings: [
				bound("devs", "dev", "dev-full-access"),
				{ ...bound("extra", "dev", ""), role },
				bound("more", "uat", "view", "ann"),
				{ ...bound("by-name", "prod", "view"), subjects: [{ kind: "User", name: "developer" }] },
			],
		});
		assert.deepEqual(allow, ["roleBinding/dev/extra", "roleBinding/uat/more", "roleBinding/prod/by-name"]);
	});

	it("names service accounts that have more than the team", () => {
		const { rules } = factsOf();
		const { allow } = allowed({
			rules: new Map([...rules, ["cluster-admin", ALL], ["dev-full-access", ALL.slice(1)]]),
			bindings: [
				bound("devs", "dev", "edit"),
				{
					...bound("deployer", undefined, "cluster-admin"),
					subjects: [{ kind: "ServiceAccount", name: "deployer", namespace: "dev" }],
				},
			],
		});
		assert.deepEqual(allow, ["serviceAccount/dev/deployer"]);
	});
});
