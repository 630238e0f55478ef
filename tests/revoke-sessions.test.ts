import assert from "node:assert/strict";
import type { TeamArgs } from "../components/team-args";
import { TeamIdentity } from "../components/team-identity";
import { ACCOUNT, type LastState, MEMBERSHIP, MockEngine, ROLE } from "./mock-engine";

const INLINE = "aws:iam/rolePolicy:RolePolicy";
const CLUSTER = "arn:aws:eks:eu-west-1:293759796572:cluster/prod";

describe("revokeSessions", () => {
	const URN = "urn:pulumi:test::eks-access::eks-access:index:TeamIdentity::access-shop";
	const EARLIER = "2026-01-02T03:04:05Z";
	let engine: MockEngine;

	/** What the last update left. */
	function left(users: string[], outputs: object = {}): LastState {
		const memberships = users.map((user) => [
			URN.replace("::access-shop", `$${MEMBERSHIP}::access-shop/${user}`),
			{ type: MEMBERSHIP, outputs: { user, groups: ["shop"] } },
		]);
		return {
			[URN]: { type: "eks-access:index:TeamIdentity", outputs: { sessionsRevokedBefore: EARLIER, ...outputs } },
			...Object.fromEntries(memberships),
		};
	}

	/** That a time is this second, or the last one. */
	function assertNow(time: string | undefined): void {
		assert.match(time ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
		const age = Date.now() - Date.parse(time as string);
		assert.ok(age >= 0 && age < 2000, `${time} is now`);
	}

	/** The time before which an update denies the role's sessions everything. */
	async function revokedBefore(team: Partial<TeamArgs>, last: LastState): Promise<string | undefined> {
		engine = await MockEngine.start({ last });
		new TeamIdentity("access-shop", {
			team: { name: "shop", revokeSessions: true, ...team },
			account: ACCOUNT,
			clusterArn: CLUSTER,
		});
		await engine.settled();
		if (engine.only(INLINE).length === 0) {
			return undefined;
		}
		const { Statement } = JSON.parse(engine.the(INLINE).inputs.policy);
		const [{ Condition, ...statement }] = Statement;
		assert.deepEqual(statement, { Effect: "Deny", Action: "*", Resource: "*" });
		assert.deepEqual(Object.keys(Condition), ["DateLessThan"]);
		assert.equal(Statement.length, 1);
		return Condition.DateLessThan["aws:TokenIssueTime"];
	}

	it("denies everything to the role's sessions from before it was turned on", async () => {
		assertNow(await revokedBefore({ users: ["jane"] }, {}));
		assert.equal(engine.the(INLINE).inputs.role, "shop-role");
		assertNow(engine.the("eks-access:index:TeamIdentity").outputs?.sessionsRevokedBefore);
	});

	it("keeps the time while nobody leaves, so that the preview is empty; a new user is nobody who leaves", async () => {
		assert.equal(await revokedBefore({ users: ["jane"] }, left(["jane"])), EARLIER);
		assert.equal(await revokedBefore({ users: ["jane", "joe"] }, left(["jane"])), EARLIER);
		assert.equal(engine.the("eks-access:index:TeamIdentity").outputs?.sessionsRevokedBefore, EARLIER);
	});

	it("takes the time anew when a user leaves", async () => {
		assertNow(await revokedBefore({ users: ["jane"] }, left(["jane", "joe"])));
	});

	it("a user who is still in the group since the last update failed is still leaving", async () => {
		// The component's own outputs are those of the failed update, which knew the new users only.
		const failed = left(["jane", "joe"], { users: ["jane"] });
		assertNow(await revokedBefore({ users: ["jane"] }, failed));
	});

	it("who leaves another team changes nothing here", async () => {
		const other = Object.fromEntries(
			Object.entries(left(["joe"])).map(([urn, state]) => [urn.replace("::access-shop", "::access-shop-2"), state]),
		);
		assert.equal(await revokedBefore({ users: ["jane"] }, { ...other, ...left(["jane"]) }), EARLIER);
	});

	it("takes the time anew when an account is trusted no more", async () => {
		const trustedAccounts = [{ account: "111122223333" }];
		const last = left([], { trustedAccounts: ["111122223333", "444455556666"] });
		assertNow(await revokedBefore({ trustedAccounts }, last));
		assert.deepEqual(engine.the("eks-access:index:TeamIdentity").outputs?.trustedAccounts, ["111122223333"]);
		assert.equal(await revokedBefore({ trustedAccounts }, left([], { trustedAccounts: ["111122223333"] })), EARLIER);
	});

	it("waits for the role only: a user whom IAM does not know must not keep others' sessions alive", async () => {
		await revokedBefore({ users: ["jane", "joe"] }, {});
		assert.deepEqual(engine.the(INLINE).dependsOn, [engine.the(ROLE).urn]);
	});

	it("two updates in one process, as with the Automation API, each see the state that they find", async () => {
		assertNow(await revokedBefore({ users: ["jane"] }, left(["jane", "joe"])));
		assert.equal(await revokedBefore({ users: ["jane"] }, left(["jane"])), EARLIER);
	});

	it("turned off, denies nothing and does not ask for the state", async () => {
		assert.equal(await revokedBefore({ users: ["jane"], revokeSessions: false }, left(["jane", "joe"])), undefined);
		assert.deepEqual(engine.calls, []);
	});
});
