import assert from "node:assert/strict";
import fc from "fast-check";
import { type CheckedMap, checkMap } from "../../cli/doctor/checks/map";
import { awsAuthContent } from "../support/aws-auth-contents";
import { dropsAll, type Judge, judgeOrSkip, type Reading } from "../support/judge";

const CONTENTS = Number(process.env.AWS_AUTH_CONTENTS || 10_000);
const SEED = Number(process.env.AWS_AUTH_SEED || Date.now() % 1_000_000_000);

/** How a folded text of several lines is folded matters to nobody: no ARN and no name has several lines. */
function unfolded(text: string): string {
	return text.replace(/\s+/g, " ").trim();
}

/** An entry with which nothing is wrong, by a rule of its own: plain people, or nodes as EKS writes them. */
function isHealthy(role: { rolearn: string; username: string; groups: string[] | null }): boolean {
	const groups = role.groups ?? [];
	const isNode = role.username === "system:node:{{EC2PrivateDNSName}}";
	return (
		/^arn:aws:iam::\d{12}:role\/[\w+=,.@-]{1,64}$/.test(role.rolearn) &&
		(isNode
			? groups.includes("system:nodes") && groups.includes("system:bootstrappers")
			: /^[a-z][\w:.@-]*(?:(?<=.:)\{\{SessionName\}\})?$/.test(role.username) &&
				!role.username.startsWith("system:")) &&
		groups.every(
			(group) => (isNode && /^system:(nodes|bootstrappers)$/.test(group)) || /^(?!system:)[a-z][\w-]*$/.test(group),
		)
	);
}

/** What doctor says of the whole map is what the authenticator does with it. */
function assertVerdict({ verdict, observations }: CheckedMap, reading: Reading, ordinary: boolean): void {
	const codes = observations.map(({ code }) => code);
	const isDropped = dropsAll(reading);
	if (verdict === "unsure") {
		assert.ok(codes.includes("EKS007"));
		assert.ok(!ordinary || isDropped, "an ordinary content is read, or dropped for certain");
		return;
	}
	assert.equal(verdict === "dropped", isDropped, `${verdict}, but the authenticator: ${reading.error ?? "reads it"}`);
	assert.equal(verdict === "partial", codes.includes("EKS005"));
	assert.ok(!isDropped || codes.some((code) => /^EKS00[1-4]$/.test(code)));
}

function assertEntries({ entries, observations }: CheckedMap, reading: Reading): void {
	const codes = observations.map(({ code }) => code);
	// Of a key that stands twice one value counts, and doctor says so.
	if (codes.includes("EKS006")) {
		return;
	}
	assert.deepEqual(
		entries.map(({ arn, username, groups }) => [unfolded(arn), unfolded(username), groups.map(unfolded)]),
		(reading.roles ?? []).map(({ rolearn, username, groups }) => [
			...[unfolded(rolearn), unfolded(username), (groups ?? []).map(unfolded)],
		]),
	);
	assert.ok(
		reading.error === undefined || codes.some((code) => /^EKS10[135]$/.test(code)),
		`a field is dropped, and doctor says so: ${reading.error}`,
	);
}

/** Whether nothing is wrong with the map; then doctor says nothing. */
function assertHealthy({ verdict, observations }: CheckedMap, reading: Reading): boolean {
	const roles = reading.roles ?? [];
	const arns = roles.map(({ rolearn }) => rolearn.toLowerCase());
	const isHealthyMap = !reading.error && roles.every(isHealthy) && new Set(arns).size === arns.length;
	if (!isHealthyMap || verdict !== "read" || observations.some(({ code }) => code === "EKS006")) {
		return false;
	}
	// EKS reads fewer spellings of a key than the parser that judges here.
	assert.deepEqual(
		observations.filter(({ code }) => code !== "EKS110"),
		[],
	);
	return true;
}

describe("doctor, judged by aws-iam-authenticator's own parser", function () {
	this.timeout(600_000);
	let judge: Judge;

	before(async function () {
		judge = await judgeOrSkip(this);
	});

	after(() => judge?.close());

	it("says of every content what is read, entry by entry, and what is dropped; and nothing of healthy ones", async () => {
		const counts = { read: 0, partial: 0, dropped: 0, unsure: 0, healthy: 0 };
		const result = await fc.check(
			fc.asyncProperty(awsAuthContent, async ({ text, ordinary }) => {
				const reading = await judge.read({ mapRoles: text });
				const checked = checkMap(text, "mapRoles");
				counts[checked.verdict]++;
				assertVerdict(checked, reading, ordinary);
				if (checked.verdict !== "unsure" && checked.verdict !== "dropped") {
					assertEntries(checked, reading);
					counts.healthy += ordinary && assertHealthy(checked, reading) ? 1 : 0;
				}
			}),
			{ seed: SEED, numRuns: CONTENTS },
		);
		if (result.failed) {
			const cause = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
			assert.fail(`${JSON.stringify(result.counterexample?.[0], null, 1)}\n${cause}\nagain with AWS_AUTH_SEED=${SEED}`);
		}
		console.log(`      ${CONTENTS} contents, seed ${SEED}: ${JSON.stringify(counts)}`);
		assert.ok(CONTENTS < 1000 || Math.min(...Object.values(counts)) > 20, "every verdict occurs");
	});

	for (const [what, mapRoles, verdict] of [
		["a tab", "- rolearn: a\n\tusername: b", "dropped"],
		["a template without quotes", "- rolearn: a\n  username: {{SessionName}}", "dropped"],
		["a mapping", "rolearn: a\nusername: b", "dropped"],
		["a single value", "hello", "dropped"],
		["a colon in a value", "- rolearn: a: b\n  username: c", "dropped"],
		["a line out of its column", "- rolearn: a\n   username: b", "dropped"],
		["a quote that is never closed", '- rolearn: "a\n  username: b', "dropped"],
		["an alias of nothing", "- rolearn: *a\n  username: b", "dropped"],
		["a conflict marker of git", "<<<<<<< HEAD\n- rolearn: a\n  username: b", "dropped"],
		["a control character", "- rolearn: a\u0001\n  username: b", "dropped"],
		["no blank behind a dash", "-rolearn: a\n username: b", "dropped"],
		["not a number", "- rolearn: a\n  username: .nan", "dropped"],
		["a second document", "- rolearn: a\n  username: b\n---\n- rolearn: c\n  username: d", "partial"],
		["an end of the document", "- rolearn: a\n  username: b\n...\n- rolearn: c\n  username: d", "partial"],
		["dashes further to the left", "  - rolearn: a\n    username: b\n- rolearn: c\n  username: d", "partial"],
		["a key twice", "- rolearn: a\n  rolearn: b\n  username: c", "read"],
		["a key twice, in other letters", "- rolearn: a\n  roleARN: b\n  username: c", "read"],
		["a number as username", "- rolearn: a\n  username: 12", "read"],
		["a boolean as username", "- rolearn: a\n  username: y", "read"],
		["octal digits as username", "- rolearn: a\n  username: 0o17", "read"],
	] as const) {
		it(`${what}: ${verdict}`, async () => {
			const reading = await judge.read({ mapRoles });
			const checked = checkMap(mapRoles, "mapRoles");
			assert.equal(checked.verdict, verdict);
			assert.equal(dropsAll(reading), verdict === "dropped", reading.error);
			assert.equal(checked.entries.length, (reading.roles ?? []).length, "as many entries as the authenticator has");
			assert.ok(checked.observations.length > 0, "and it is reported");
			if (!/twice/.test(what)) {
				assert.deepEqual(
					checked.entries.map(({ username }) => username),
					(reading.roles ?? []).map(({ username }) => username),
				);
			}
		});
	}
});
