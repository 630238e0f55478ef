import assert from "node:assert/strict";
import fc from "fast-check";
import { readConfig } from "../../../core/config/config";
import { ConfigError } from "../../../core/errors/problem";
import type { Principal } from "../../../core/teams/principal-kinds";
import { mappingsOf, principalsOf } from "../../../core/teams/principals";
import type { Team } from "../../../core/teams/team";
import { present } from "../../support/present";

const ACCOUNT = "arn:aws:iam::123456789012";

/** Mostly what is accepted, so that enough configs are; else what would make administrators, if one let it. */
function mostly<T, U>(harmless: fc.Arbitrary<T>, nasty: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
	return fc.oneof({ weight: 6, arbitrary: harmless }, { weight: 1, arbitrary: nasty });
}

const group = mostly(
	fc.constantFrom("auditors", "admin", "masters", "cluster-admin", "system:nodes", "shop:{{SessionName}}"),
	fc.constantFrom(
		...["system:masters", "System:Masters", " system:masters", "system:masters\n", "SYSTEM:MASTERS"],
		...["system:{{SessionName}}", "{{SessionName}}", "sys{{AccountID}}tem:masters", "system:{{SessionNameRaw}}"],
	),
);
const level = fc.oneof(
	fc.constantFrom("full", "edit", "view"),
	fc.record({ clusterRole: fc.constantFrom("cluster-admin", "admin", "view", "system:masters", "deployer") }),
	fc.constant({ rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] }),
);
const ALLOWABLE = [
	...["kube-system", "bind", "escalate", "impersonate", "rbac", "nodes/proxy", "serviceaccounts/token", "secrets"],
	...["pods/exec", "cluster-write", "clusterRole/cluster-admin", "clusterRole/system:masters", "system:nodes"],
];
const allow = mostly(
	fc.constant(ALLOWABLE),
	fc.subarray([
		...ALLOWABLE,
		"system:masters",
		"System:Masters",
		"system:{{SessionName}}",
		"AmazonEKSClusterAdminPolicy",
	]),
);
const username = mostly(fc.constantFrom("jane", "kubernetes-admin"), fc.constantFrom("system:admin", "System:masters"));
/** What is not `true`, however much it looks like it. */
const notAdmin = mostly(fc.constant(false), fc.constantFrom("true", "True", "yes", 1, null, "false", {}, [true]));

const team = fc.record(
	{
		name: fc.constantFrom("shop", "pay", "masters", "system", "cluster-admin"),
		namespaces: fc.constant(["shop", { name: "kube-system", access: "view" }]),
		users: fc.constant(["jane"]),
		roleArns: fc.constant([`${ACCOUNT}:role/ci`]),
		ssoPermissionSets: fc.constant(["Admins"]),
		userArns: fc.array(
			fc.record({ arn: fc.constant(`${ACCOUNT}:user/joe`), username, admin: notAdmin }, { requiredKeys: ["arn"] }),
			{ maxLength: 1 },
		),
		groups: fc.uniqueArray(group, { maxLength: 2 }),
		allow,
		access: level,
		clusterAccess: level,
		usernameTemplate: mostly(fc.constant("a:{{SessionName}}"), username),
		admin: notAdmin,
	},
	{ requiredKeys: ["name", "namespaces", "users"] },
);

function read(teams: unknown[]): Team[] | undefined {
	try {
		return readConfig({ cluster: "c", teams: JSON.stringify(teams) }).teams;
	} catch (error) {
		assert.ok(error instanceof ConfigError, String(error));
		return undefined;
	}
}

/** Every group and username that somebody with a session of their choice gets. */
function rendered(name: string): string[] {
	return ["masters", "system:masters", "x"].map((session) =>
		name
			.replace(/\{\{SessionName(Raw)?\}\}/g, session)
			.trim()
			.toLowerCase(),
	);
}

describe("administrators", () => {
	it("are never made without admin: true, whatever else a config says", () => {
		let accepted = 0;
		const check = (given: object[]) => {
			const teams = read(given);
			if (!teams) {
				return;
			}
			accepted++;
			const principals = principalsOf(teams);
			const { roles, users } = mappingsOf(principals, ({ key, source }) =>
				"arn" in source ? source.arn : `${ACCOUNT}:role/${key.replace("/", "-")}`,
			);
			for (const { username, groups: given } of [...roles, ...users, ...principals]) {
				assert.ok(!given.flatMap(rendered).includes("system:masters"), JSON.stringify(given));
				assert.ok(!rendered(username).some((name) => name.startsWith("system:")), username);
			}
			for (const { admin, policies } of principals) {
				assert.equal(admin, false);
				assert.ok(!policies.some(({ name }) => name === "AmazonEKSClusterAdminPolicy"));
			}
		};
		fc.assert(fc.property(fc.array(team, { minLength: 1, maxLength: 2 }), check), { numRuns: 600 });
		assert.ok(accepted > 50, `only ${accepted} of the configs were accepted: they show nothing`);
	});

	it("of a team are all who come in through it, and nobody of another team", () => {
		const teams = read([
			{
				name: "ops",
				admin: true,
				users: ["ann"],
				roleArns: [`${ACCOUNT}:role/Ops`],
				userArns: [`${ACCOUNT}:user/joe`],
			},
			{ name: "shop", namespaces: ["shop"], users: ["jane"], roleArns: [`${ACCOUNT}:role/ci`] },
		]);
		assert.deepEqual(
			principalsOf(teams as Team[]).map(({ key, admin, policies }) => [key, admin, policies.map(({ name }) => name)]),
			[
				["team/ops", true, ["AmazonEKSClusterAdminPolicy"]],
				[`${ACCOUNT}:role/Ops`, true, ["AmazonEKSClusterAdminPolicy"]],
				[`${ACCOUNT}:user/joe`, true, ["AmazonEKSClusterAdminPolicy"]],
				["team/shop", false, []],
				[`${ACCOUNT}:role/ci`, false, []],
			],
		);
	});

	it("may be one user of a team, who needs no namespaces", () => {
		const jane = { arn: `${ACCOUNT}:user/jane`, username: "jane", admin: true };
		const [principal, other] = principalsOf(
			read([{ name: "shop", namespaces: ["shop"], userArns: [jane, `${ACCOUNT}:user/joe`] }]) as Team[],
		) as [Principal, Principal];
		assert.deepEqual([principal.admin, other.admin], [true, false]);
		assert.deepEqual(
			mappingsOf([principal, other], ({ key }) => key).users.map(({ groups: given }) => given),
			[["shop", "system:masters"], ["shop"]],
		);
		assert.ok(read([{ name: "ops", userArns: [jane] }]));
		assert.equal(read([{ name: "ops", userArns: [jane, `${ACCOUNT}:user/joe`] }]), undefined, "joe needs some");
		assert.equal(read([{ name: "ops", userArns: [jane], users: ["joe"] }]), undefined, "so does this one");
	});

	it("are of system:masters in aws-auth only: access entries know no such group", () => {
		const [principal] = principalsOf(
			read([{ name: "ops", admin: true, groups: ["system:masters"], users: ["ann"] }]) as Team[],
		) as [Principal];
		assert.deepEqual(principal.groups, ["ops"]);
		const { roles } = mappingsOf([principal], () => `${ACCOUNT}:role/ops-role`);
		assert.deepEqual(present(roles[0]).groups, ["ops", "system:masters"]);
		assert.equal(present(roles[0]).systemGroups, true);
	});
});
