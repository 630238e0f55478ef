import assert from "node:assert/strict";
import { accessMatrix } from "../components/access-matrix";
import { announceChanges } from "../components/announcement";
import { readTeams } from "../components/config";
import { EksAccess } from "../components/eks-access";
import type { TeamArgs } from "../components/team-args";
import { MockCluster } from "./mock-cluster";
import { ACCOUNT, type LastState, MockEngine } from "./mock-engine";

const TYPE = "eks-access:index:EksAccess";
const URN = `urn:pulumi:test::eks-access::${TYPE}::access`;
const SHOP: TeamArgs = { name: "shop", namespaces: ["dev", "prod"], users: ["jane", "joe"] };

/** What the last update has left, of these teams. */
function left(teams: TeamArgs[]): LastState {
	return { [URN]: { type: TYPE, outputs: { accessMatrix: accessMatrix(readTeams(teams, "test")) } } };
}

describe("the announcement of a change", () => {
	/** What is said when `after` follows `before`. */
	async function said(before: TeamArgs[] | undefined, after: TeamArgs[]): Promise<string[]> {
		const engine = await MockEngine.start({ last: before ? left(before) : {} });
		await announceChanges(URN, readTeams(after, "test"), undefined as never);
		return engine.said;
	}

	it("is silent where nothing changes, and at the first update", async () => {
		assert.deepEqual(await said([SHOP], [SHOP]), []);
		assert.deepEqual(await said(undefined, [SHOP]), []);
	});

	it("is silent where only the order changes", async () => {
		assert.deepEqual(await said([SHOP], [{ ...SHOP, users: ["joe", "jane"], namespaces: ["prod", "dev"] }]), []);
	});

	it("says once who leaves, and how long the sessions that he has may go on", async () => {
		assert.deepEqual(await said([SHOP], [{ ...SHOP, users: ["jane"] }]), [
			"Access changes:\n" +
				"  - user/joe loses full in dev, prod\n" +
				"  user/joe can start no session of shop-role any more; one that began before may reach the cluster until it ends, " +
				"after 1 hour at most",
		]);
	});

	it("names the role's own name and session length", async () => {
		const team = { ...SHOP, role: { name: "Shop", maxSessionDuration: 43200 } };
		const [message] = await said([team], [{ ...team, users: ["jane"] }]);
		assert.match(message, /no session of Shop any more;.* after 12 hours at most/);
		const short = { ...SHOP, role: { maxSessionDuration: 5400 } };
		assert.match((await said([short], [{ ...short, users: ["jane"] }]))[0], /after 1\.5 hours at most/);
	});

	it("says of revokeSessions what it does, and what it does not", async () => {
		const team = { ...SHOP, revokeSessions: true };
		const [message] = await said([team], [{ ...team, users: ["jane"] }]);
		assert.match(message, /revokeSessions denies them everything in AWS; AWS checks no policy when Kubernetes asks/);
	});

	it("of a team that goes, says who loses what; with its role its sessions end", async () => {
		const pay: TeamArgs = { name: "pay", namespaces: ["pay"], users: ["joe"] };
		assert.deepEqual(await said([SHOP, pay], [SHOP]), ["Access changes:\n  - user/joe loses full in pay"]);
	});

	it("of one who comes, or gets more or less, says that only", async () => {
		const next = { ...SHOP, access: "view" as const, users: ["jane", "joe", "kim"] };
		assert.deepEqual(await said([SHOP], [next]), [
			"Access changes:\n" +
				"  + user/kim gains view in dev, prod\n" +
				"  v user/jane, user/joe go from full to view in dev, prod",
		]);
	});

	it("who stays in the team by another name of the config has left it all the same", async () => {
		const arn = "arn:aws:iam::293759796572:user/joe";
		const [message] = await said([SHOP], [{ ...SHOP, users: ["jane"], userArns: [arn] }]);
		assert.match(message, /\+ arn:.*user\/joe gains full/);
		assert.match(message, /joe can start no session of shop-role/);
	});

	it("reads what an earlier version of this package has left", async () => {
		const engine = await MockEngine.start({ last: { [URN]: { type: TYPE, outputs: {} } } });
		await announceChanges(URN, readTeams([SHOP], "test"), undefined as never);
		assert.deepEqual(engine.said, []);
	});

	for (const isPreview of [true, false]) {
		it(`is made by EksAccess in ${isPreview ? "a preview" : "an up"}`, async () => {
			const cluster = await MockCluster.start();
			const engine = await MockEngine.start({ last: left([SHOP]), isPreview });
			const { kubeconfig } = cluster;
			const teams = [{ ...SHOP, users: ["jane"] }];
			new EksAccess("access", { cluster: "prod", account: ACCOUNT, region: "eu-west-1", kubeconfig, teams });
			await engine.settled();
			await cluster.stop();
			assert.deepEqual(engine.said.filter((message) => message.startsWith("Access changes")).length, 1);
		});
	}
});
