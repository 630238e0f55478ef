import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { existingEntries, withoutEntry } from "../../../../components/preflight/existing/entries";
import { ENTRY, type LastState, MockEngine } from "../../../support/mock-engine";

const arn = (name: string) => `arn:aws:iam::293759796572:role/${name}`;
const LIVE: Record<string, object> = {
	[arn("mine")]: { type: "STANDARD", kubernetesGroups: ["shop"], userName: "shop", tags: {} },
	[arn("theirs")]: {
		type: "STANDARD",
		kubernetesGroups: ["viewers"],
		userName: "x:{{SessionName}}",
		tags: { by: "hand" },
	},
	[arn("other")]: { type: "STANDARD", kubernetesGroups: [], userName: "other", tags: {} },
	[arn("nodes")]: { type: "EC2_LINUX", kubernetesGroups: ["system:nodes"], userName: "system:node:x", tags: {} },
};

/** What the last update of this stack has made. */
function made(clusterName: string, principalArn: string): LastState {
	const urn = `urn:pulumi:test::eks-access::eks-access:index:AccessEntries$${ENTRY}::access/${clusterName}`;
	return { [urn]: { type: ENTRY, outputs: { clusterName, principalArn } } };
}

describe("access entries that are there already", () => {
	async function start(last: LastState = {}, refusal = "couldn't find resource"): Promise<void> {
		await MockEngine.start({
			last,
			answers: {
				"aws:eks/getAccessEntry:getAccessEntry": ({ clusterName, principalArn }) => {
					const found = LIVE[principalArn];
					if (!found) {
						throw new Error(`reading EKS Access Entry (${clusterName}:${principalArn}): ${refusal}`);
					}
					return { clusterName, principalArn, ...found };
				},
			},
		});
	}

	async function existing(names: string[], adoptExisting?: boolean, own: string[] = [], me?: string) {
		const where = { cluster: "prod", region: "eu-west-1" };
		const operator = Promise.resolve({ username: "me", groups: [], arn: me && arn(me) });
		const asked = { ...where, principalArns: names.map(arn), ownRoleArns: own.map(arn), adoptExisting, operator };
		return existingEntries(asked, {});
	}

	async function refused(names: string[], adoptExisting: boolean, says: RegExp): Promise<void> {
		await assert.rejects(existing(names, adoptExisting), (error: Error) => {
			assert.ok(pulumi.RunError.isInstance(error), "it is shown without a stack trace");
			assert.match(error.message, says);
			assert.match(error.message, /Nothing was changed/);
			return true;
		});
	}

	it("are none where AWS has none", async () => {
		await start();
		assert.deepEqual(await existing(["new"]), new Map());
		await start({}, "reading EKS Access Entry (prod:x): couldn't find resource");
		assert.deepEqual(await existing(["new"]), new Map());
	});

	it("are refused without the advice to delete the one by which the operator comes in", async () => {
		await start();
		const advice = (me: string, ...names: string[]) =>
			existing(names, false, [], me).then(
				() => assert.fail(),
				({ message }: Error) => /delete-access-entry.*/.exec(message)?.[0],
			);
		assert.match((await advice("theirs", "mine", "theirs")) ?? "", /--principal-arn \S+role\/mine \[/);
		assert.match((await advice("mine", "mine", "theirs")) ?? "", /--principal-arn \S+role\/theirs \[/);
		assert.equal(await advice("mine", "mine"), undefined);
	});

	it("are not those that this stack has made, as its last state says", async () => {
		await start(made("prod", arn("mine")));
		assert.deepEqual(await existing(["mine", "new"]), new Map());
	});

	it("are those that this stack has made in another cluster", async () => {
		await start(made("staging", arn("mine")));
		await refused(["mine"], false, /one is there already that this stack has not made/);
	});

	it("are refused, with their ids for an import and the commands of both ways out", async () => {
		await start(made("prod", arn("mine")));
		await refused(
			["mine", "theirs", "other"],
			false,
			new RegExp(
				`2 are there already that this stack has not made.*pulumi config set adoptExisting true.*` +
					`\\n  prod:${arn("theirs")}\\n  prod:${arn("other")}\\n.*aws eks delete-access-entry --cluster-name prod ` +
					`--principal-arn ${arn("theirs")}`,
				"s",
			),
		);
	});

	it("are taken over on request: with the id that an import needs", async () => {
		await start(made("prod", arn("mine")));
		assert.deepEqual(
			await existing(["mine", "theirs", "new"], true),
			new Map([[arn("theirs"), { id: `prod:${arn("theirs")}`, groups: ["viewers"] }]]),
		);
	});

	it("of nodes are refused in any case: their role would let no node in any more", async () => {
		await start();
		for (const adoptExisting of [false, true]) {
			await refused(
				["theirs", "nodes"],
				adoptExisting,
				/role\/nodes \(EC2_LINUX\) of cluster prod lets nodes in, not people/,
			);
		}
	});

	it("that cannot be read are an error that says what is missing, not entries that are not there", async () => {
		for (const refusal of ["AccessDeniedException: not authorized", "failed to get credentials: profile not found"]) {
			await start({}, refusal);
			await refused(["new"], true, /cannot read the one of .*role\/new in prod.*eks:DescribeAccessEntry/);
		}
	});

	it("are told from those that are missing", async () => {
		await start();
		assert.deepEqual(
			await withoutEntry(
				{ cluster: "prod", region: "eu-west-1", principalArns: ["mine", "new", "theirs"].map(arn) },
				{},
			),
			[arn("new")],
		);
	});

	it("of a role that is only made now are refused: EKS knows a role by its id", async () => {
		await start();
		await assert.rejects(existing(["theirs"], true, ["theirs"]), /its role is only made now[\s\S]*delete-access-entry/);
		assert.equal((await existing(["theirs"], true, ["mine"])).size, 1);
	});
});
