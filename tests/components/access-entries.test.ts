import assert from "node:assert/strict";
import { AccessEntries, type AccessEntriesArgs, type AccessEntryArgs } from "../../components/access-entries";
import { ConfigError } from "../../core/errors/problem";
import { ASSOCIATION, ENTRY, MockEngine, resolved } from "../support/mock-engine";

const CI = "arn:aws:iam::293759796572:role/teams/ci";
const JANE = "arn:aws:iam::293759796572:user/jane";

describe("AccessEntries", () => {
	let engine: MockEngine;
	beforeEach(async () => {
		engine = await MockEngine.start();
	});

	function entry(of: Partial<AccessEntryArgs> = {}): AccessEntryArgs {
		return { key: "team/shop", principalArn: CI, username: "shop", groups: ["shop"], policies: [], ...of };
	}

	async function make(entries: AccessEntryArgs[], args: Partial<AccessEntriesArgs> = {}): Promise<AccessEntries> {
		const made = new AccessEntries("access", { clusterName: "prod", partition: "aws", entries, ...args });
		await engine.settled();
		return made;
	}

	it("makes one entry an identity, with its full ARN, its groups and its username", async () => {
		const made = await make(
			[entry(), entry({ key: JANE, principalArn: JANE, username: "jane", groups: ["shop", "pay"] })],
			{ tags: { owner: "platform" } },
		);
		assert.deepEqual(
			engine.only(ENTRY).map(({ inputs }) => inputs),
			[
				{
					clusterName: "prod",
					principalArn: CI,
					kubernetesGroups: ["shop"],
					userName: "shop",
					tags: { owner: "platform" },
				},
				{
					clusterName: "prod",
					principalArn: JANE,
					kubernetesGroups: ["shop", "pay"],
					userName: "jane",
					tags: { owner: "platform" },
				},
			],
		);
		assert.deepEqual(await resolved(made.principalArns), [CI, JANE]);
	});

	it("associates each policy once, in its namespaces or in the whole cluster, of the cluster's partition", async () => {
		const policies = [{ name: "AmazonEKSEditPolicy", namespaces: ["dev", "uat"] }, { name: "AmazonEKSViewPolicy" }];
		await make([entry({ policies })], { partition: "aws-cn" });
		assert.deepEqual(
			policies.map(({ name }) => engine.the(ASSOCIATION, `access/team/shop/${name}`).inputs),
			[
				{
					clusterName: "prod",
					principalArn: CI,
					policyArn: "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
					accessScope: { type: "namespace", namespaces: ["dev", "uat"] },
				},
				{
					clusterName: "prod",
					principalArn: CI,
					policyArn: "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
					accessScope: { type: "cluster" },
				},
			],
		);
		for (const { dependsOn } of engine.only(ASSOCIATION)) {
			assert.deepEqual(dependsOn, [engine.the(ENTRY).urn], "an association needs its entry");
		}
	});

	it("deletes before it replaces: there is one entry an identity, and one association a policy", async () => {
		await make([entry({ policies: [{ name: "AmazonEKSViewPolicy" }] })]);
		assert.equal(engine.the(ENTRY).deleteBeforeReplace, true);
		assert.equal(engine.the(ASSOCIATION).deleteBeforeReplace, true);
	});

	it("replaces an entry with its role: EKS knows a role by its id, and lets nobody in by the old one", async () => {
		await make([entry({ boundTo: "AROA-1" }), entry({ key: JANE, principalArn: JANE })]);
		assert.equal(engine.the(ENTRY, "access/team/shop").replacementTrigger, "AROA-1");
		assert.equal(engine.the(ENTRY, `access/${JANE}`).replacementTrigger, undefined);
	});

	it("imports an entry that is there, and gives it what the config says in the same update", async () => {
		await make([entry({ existing: { id: `prod:${CI}`, groups: ["old"] } })], { tags: { owner: "platform" } });
		const imported = engine.the(ENTRY);
		assert.equal(imported.importId, `prod:${CI}`);
		assert.deepEqual([imported.inputs.kubernetesGroups, imported.inputs.tags], [["shop"], { owner: "platform" }]);
	});

	it("imports nothing where nothing is there", async () => {
		await make([entry()]);
		assert.equal(engine.the(ENTRY).importId, "");
	});

	it("refuses Kubernetes' own groups before it registers anything: EKS takes none", async () => {
		await assert.rejects(
			make([entry(), entry({ key: "sso/Ops", groups: ["ops", "system:masters", "system:nodes"] })]),
			(error) => {
				assert.ok(error instanceof ConfigError);
				assert.deepEqual(
					error.problems.map(({ path, message }) => [path, /group (system:\w+)/.exec(message)?.[1]]),
					[
						["sso/Ops", "system:masters"],
						["sso/Ops", "system:nodes"],
					],
				);
				return true;
			},
		);
		assert.deepEqual(engine.registered, []);
	});

	it("refuses templates that EKS does not document for access entries", async () => {
		const known = ["shop:{{SessionName}}", "shop:{{SessionNameRaw}}"];
		await make(known.map((username) => entry({ key: username, username })));
		for (const names of [{ username: "shop:{{AccountID}}" }, { groups: ["of-{{SessionName}}"] }]) {
			await assert.rejects(make([entry(names)]), /access-entry-template-unknown/);
		}
	});
});
