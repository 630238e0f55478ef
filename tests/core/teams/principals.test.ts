import assert from "node:assert/strict";
import fc from "fast-check";
import type { Principal } from "../../../core/teams/principal-kinds";
import { mappingsOf, principalsOf, roleMapping, userMapping } from "../../../core/teams/principals";
import type { Team } from "../../../core/teams/team";
import { present } from "../../support/present";
import { teamOf, teamsOf } from "../../support/team-problems";

const ACCOUNT = "arn:aws:iam::123456789012";
const ROLE = `${ACCOUNT}:role/ci/Deploy`;

describe("principals", () => {
	it("of a team are its role, the permission sets, roles and users that it lists", () => {
		const userArns = [`${ACCOUNT}:user/joe`, { arn: `${ACCOUNT}:user/ann`, username: "ann" }];
		const team = teamOf({ roleArns: [ROLE], ssoPermissionSets: ["Dev_Ops"], userArns, groups: ["auditors"] });
		const common = { groups: ["shop", "auditors"], admin: false, policies: [] };
		assert.deepEqual(principalsOf([team]), [
			{ key: "team/shop", source: { team: "shop" }, type: "role", username: "shop", ...common },
			{ key: "sso/Dev_Ops", source: { permissionSet: "Dev_Ops" }, type: "role", username: "shop", ...common },
			{ key: ROLE, source: { arn: ROLE }, type: "role", username: "shop", ...common },
			...[
				["joe", `${ACCOUNT}:user/joe`],
				["ann", "ann"],
			].map(([name, username]) => ({
				key: `${ACCOUNT}:user/${name}`,
				source: { arn: `${ACCOUNT}:user/${name}` },
				type: "user",
				username,
				...common,
			})),
		]);
	});

	it("of a team without users and trusted accounts have no role of the team's", () => {
		assert.deepEqual(
			principalsOf([teamOf({ users: [], roleArns: [ROLE] })]).map(({ key }) => key),
			[ROLE],
		);
		const trusted = teamOf({ users: [], trustedAccounts: [{ account: "210987654321" }] });
		assert.deepEqual(
			principalsOf([trusted]).map(({ key }) => key),
			["team/shop"],
		);
	});

	it("in several teams are one, with the groups and policies of all", () => {
		const both = { users: [], username: "ci", ssoPermissionSets: ["Dev"] };
		const found = principalsOf(
			teamsOf(
				{ ...both, name: "a", access: "view", namespaces: ["x", "w"], roleArns: [ROLE], groups: ["auditors"] },
				{ ...both, name: "b", access: "edit", namespaces: ["y", { name: "v", access: "view" }], roleArns: [ROLE] },
				{ ...both, name: "c", clusterAccess: "view", namespaces: [], roleArns: [ROLE], groups: ["auditors"] },
			),
		);
		const merged = {
			type: "role",
			username: "ci",
			groups: ["a", "auditors", "b", "c"],
			admin: false,
			policies: [{ name: "AmazonEKSViewPolicy" }, { name: "AmazonEKSEditPolicy", namespaces: ["y"] }],
		};
		assert.deepEqual(found, [
			{ key: "sso/Dev", source: { permissionSet: "Dev" }, ...merged },
			{ key: ROLE, source: { arn: ROLE }, ...merged },
		]);
	});

	it("are one whatever the case of their names, as IAM has it", () => {
		const other = ROLE.replace("Deploy", "deploy");
		const common = { users: [], username: "ci" };
		const teams = teamsOf({ ...common, name: "a", roleArns: [ROLE] }, { ...common, name: "b", roleArns: [other] });
		assert.deepEqual(
			principalsOf(teams).map(({ key, groups }) => [key, groups]),
			[[ROLE, ["a", "b"]]],
		);
	});

	it("have a policy in the namespaces of its level, sorted, or everywhere, never both", () => {
		const policies = (team: object) => present(principalsOf([teamOf(team)])[0]).policies;
		assert.deepEqual(policies({ access: "view", namespaces: ["b", "a"] }), [
			{ name: "AmazonEKSViewPolicy", namespaces: ["a", "b"] },
		]);
		assert.deepEqual(policies({ access: "view", clusterAccess: "view" }), [{ name: "AmazonEKSViewPolicy" }]);
		assert.deepEqual(policies({ access: { clusterRole: "admin" } }), [
			{ name: "AmazonEKSAdminPolicy", namespaces: ["shop"] },
		]);
	});

	it("have no policy for a level that AWS has none for", () => {
		const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] }];
		for (const access of ["full", { clusterRole: "deployer" }, { rules }]) {
			assert.deepEqual(present(principalsOf([teamOf({ access })])[0]).policies, []);
		}
	});

	it("have the policies of the namespaces that a selector has chosen", () => {
		const team = teamOf({ access: "view" });
		const chosen = { name: "other", access: "view" as const, isSelected: true };
		assert.deepEqual(present(principalsOf([{ ...team, namespaces: [...team.namespaces, chosen] }])[0]).policies, [
			{ name: "AmazonEKSViewPolicy", namespaces: ["other", "shop"] },
		]);
	});

	it("are as many, with the same groups and policies, in whatever order the teams stand", () => {
		const teams = teamsOf(
			{ name: "a", username: "ci", roleArns: [ROLE], access: "view", namespaces: ["x"] },
			{ name: "b", username: "ci", roleArns: [ROLE], access: "view", namespaces: ["y"], admin: true },
			{ name: "c", username: "ci", roleArns: [ROLE], clusterAccess: "view", groups: ["auditors"] },
		);
		const asSets = (of: Team[]) =>
			new Map(
				principalsOf(of).map(({ key, groups, policies, admin }) => [
					key,
					{ groups: new Set(groups), policies: new Set(policies), admin },
				]),
			);
		fc.assert(
			fc.property(fc.shuffledSubarray(teams, { minLength: 3 }), (order) =>
				assert.deepEqual(asSets(order), asSets(teams)),
			),
		);
	});
});

describe("principals in aws-auth", () => {
	it("are roles without their path, and users with it", () => {
		const userArn = `${ACCOUNT}:user/people/joe`;
		const principals = principalsOf([teamOf({ roleArns: [ROLE], userArns: [userArn] })]);
		const mappings = mappingsOf(principals, ({ source }) =>
			"arn" in source ? source.arn : `${ACCOUNT}:role/p/shop-role`,
		);
		assert.deepEqual(mappings, {
			roles: [
				{ roleArn: `${ACCOUNT}:role/shop-role`, username: "shop", groups: ["shop"] },
				{ roleArn: `${ACCOUNT}:role/Deploy`, username: "shop", groups: ["shop"] },
			],
			users: [{ userArn, username: userArn, groups: ["shop"] }],
		});
	});

	it("say that groups of Kubernetes' own are meant only where the config does", () => {
		const [plain] = principalsOf([teamOf({})]) as [Principal];
		assert.equal("systemGroups" in roleMapping(plain, ROLE), false);
		const [allowed] = principalsOf([teamOf({ groups: ["system:nodes"], allow: ["system:nodes"] })]) as [Principal];
		assert.deepEqual(roleMapping(allowed, ROLE), {
			roleArn: `${ACCOUNT}:role/Deploy`,
			username: "shop",
			groups: ["shop", "system:nodes"],
			systemGroups: true,
		});
		const [admin] = principalsOf([teamOf({ admin: true })]) as [Principal];
		assert.deepEqual(userMapping(admin, "x").groups, ["shop", "system:masters"]);
	});
});
