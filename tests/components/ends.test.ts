import assert from "node:assert/strict";
import { readTeams } from "../../core/config/config";
import type { TeamArgs } from "../../core/config/team-args";
import { ConfigError } from "../../core/errors/problem";
import { teamOutputs } from "../../core/teams/access-output";
import { AccessWorld, SHOP } from "../support/eks-access-world";
import { ACCOUNT, ASSOCIATION, ENTRY, type LastState, MEMBERSHIP, ROLE } from "../support/mock-engine";

const TYPE = "eks-access:index:EksAccess";
const URN = `urn:pulumi:test::eks-access::${TYPE}::access`;
const CI = "arn:aws:iam::210987654321:role/ci";
const PAST = "2020-12-31";
const FUTURE = "2999-12-31";

/** What the last update has left of these teams: its output, and the access entry of the role of CI. */
function left(teams: TeamArgs[]): LastState {
	const outputs = { accessMatrix: { teams: teamOutputs(readTeams(teams, "test")) } };
	const entry = { principalArn: CI, kubernetesGroups: ["shop"] };
	const binding = {
		metadata: { name: "shop", namespace: "dev" },
		roleRef: { name: "dev-full-access" },
		subjects: [{ kind: "Group", name: "shop" }],
	};
	return {
		[URN]: { type: TYPE, outputs },
		entry: { type: ENTRY, outputs: entry },
		binding: { type: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", outputs: binding },
	};
}

describe("access that ends, in an update", () => {
	const world = new AccessWorld();
	afterEach(() => world.end());

	async function create(team: Partial<TeamArgs>, last: LastState = {}): Promise<string> {
		await world.create({ teams: [{ ...SHOP, ...team }], authentication: "access-entries" }, { last });
		return world.engine.said.join("\n");
	}

	it("a date that is new and past is an error with its path, before anything is registered", async () => {
		const users = [{ name: "jane", until: PAST }, "joe"];
		for (const [team, path] of [
			[{ until: PAST }, "teams[0] (shop).until"],
			[{ users }, "teams[0] (shop)"],
		] as const) {
			for (const last of [{}, left([{ ...SHOP, ...team, until: "2020-01-01", users: ["jane"] }])]) {
				await assert.rejects(create(team, last), (error) => {
					assert.ok(error instanceof ConfigError);
					assert.deepEqual(
						error.problems.map((problem) => problem.path),
						[path],
					);
					assert.match(error.message, /ended 2020-12-31, and the last update did not have this date/);
					return true;
				});
				assert.deepEqual(world.engine.registered, []);
			}
		}
	});

	it("a date that was there has ended: the role stays as it is, and whoever comes in as themselves is taken out", async () => {
		const team = { users: [{ name: "jane", until: PAST }], roleArns: [{ arn: CI, until: PAST }] };
		const said = await create(team, left([{ ...SHOP, ...team }]));
		assert.equal(world.engine.the(MEMBERSHIP).inputs.user, "jane");
		assert.match(
			world.engine.the(ROLE).inputs.assumeRolePolicy,
			/"DateGreaterThanEquals":\{"aws:CurrentTime":"2021-01-01T00:00:00Z"\}/,
		);
		assert.equal(world.engine.the(ENTRY).name.includes("ci"), false);
		assert.match(said, new RegExp(`- ${CI} loses full in dev\n.*The access of ${CI} by team shop ended ${PAST}`, "s"));
		assert.doesNotMatch(said, /jane (until|loses)/);
	});

	it("what an update has taken out is remembered, and the next one says nothing of it", async () => {
		const team = { roleArns: [{ arn: CI, until: PAST }] };
		await create(team, left([{ ...SHOP, ...team }]));
		const { accessMatrix } = world.engine.the(TYPE).outputs ?? {};
		const said = await create(team, { [URN]: { type: TYPE, outputs: { accessMatrix } } });
		assert.doesNotMatch(said, /ended|210987654321/);
		assert.equal(world.engine.only(ENTRY).length, 1);
	});

	it("a preview says the new end of everyone, what AWS keeps to, and what it cannot", async () => {
		const team = { until: FUTURE, roleArns: [{ arn: CI, until: "2998-12-31" }] };
		const said = await create(team, left([SHOP]));
		assert.match(said, /\* team shop: user\/jane until 2999-12-31\n/);
		assert.match(said, new RegExp(`\\* team shop: ${CI} until 2998-12-31\n`));
		assert.match(said, /AWS starts no session of the team's role for them.* through another role is not recognised/);
		assert.match(said, new RegExp(`AWS cannot end the access of ${CI}: the first pulumi up after the date does`));
		assert.match(
			await create({ until: FUTURE }, left([{ ...SHOP, until: "2999-11-30" }])),
			/jane until 2999-12-31, not 2999-11-30/,
		);
	});

	it("an administrator whose access has ended is none: an update that takes the last other one away is refused", async () => {
		const ops = { name: "ops", users: ["ann", { name: "joe", until: "2020-06-30" }], admin: true, until: PAST };
		const of = (name: string): LastState[string] => {
			const principalArn = `arn:aws:iam::${ACCOUNT.accountId}:role/${name}-role`;
			const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
			return { type: ASSOCIATION, outputs: { clusterName: "prod", principalArn, policyArn } };
		};
		const cluster = { user: { username: "deployer", groups: ["deployers"] }, mayPatch: false };
		const args = { teams: [SHOP, ops], authentication: "access-entries" as const };
		const both = { ...left([SHOP, ops]), ops: of("ops"), root: of("root") };
		await world.refused(args, { cluster, last: both }, /\[last-administrator\]/);
		await world.create(args, { cluster, last: { ...left([SHOP, ops]), ops: of("ops") } });
		const later = { ...args, teams: [SHOP, { ...ops, until: FUTURE }] };
		await world.create(later, { cluster, last: both });
		assert.equal(world.engine.only(ENTRY).length, 2);
	});

	it("a later end, or none, is a danger", async () => {
		const before = left([{ ...SHOP, roleArns: [{ arn: CI, until: "2999-11-30" }] }]);
		const danger = `! team shop keeps its access for longer: ${CI} 2999-11-30 →`;
		assert.ok((await create({ roleArns: [CI] }, before)).includes(`${danger} no end`));
		assert.ok((await create({ roleArns: [{ arn: CI, until: FUTURE }] }, before)).includes(`${danger} ${FUTURE}`));
		assert.doesNotMatch(await create({ roleArns: [{ arn: CI, until: "2999-11-29" }] }, before), /for longer/);
	});
});
