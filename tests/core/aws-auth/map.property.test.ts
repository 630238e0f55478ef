import assert from "node:assert/strict";
import fc from "fast-check";
import { AwsAuthTextError, type LiveEntry, mergeMap, type RoleMapping, readEntries } from "../../../core/aws-auth/map";
import { awsAuthContent, type Content, largeContent } from "../../support/aws-auth-contents";
import { dropsAll, type Judge, judgeOrSkip, type Reading } from "../../support/judge";

const CONTENTS = Number(process.env.AWS_AUTH_CONTENTS || 10_000);
const SEED = Number(process.env.AWS_AUTH_SEED || Date.now() % 1_000_000_000);
const REPRODUCE = `AWS_AUTH_SEED=${SEED} AWS_AUTH_CONTENTS=${CONTENTS}`;

const OURS: RoleMapping[] = [
	{ roleArn: "arn:aws:iam::293759796572:role/k8s-devs-role", username: "developer", groups: ["k8s-devs"] },
	{
		roleArn: "arn:aws-cn:iam::012345678901:role/a/path/Team",
		username: "yes",
		groups: ["0123", "2021-01-01", "a:b", "null"],
	},
	{ roleArn: "arn:aws:iam::293759796572:role/third", username: "dev:{{SessionName}}", groups: [] },
];
const CHANGED = OURS.map((mapping) => ({
	...mapping,
	username: "1e3",
	groups: ["~", 'quo"te', "ü😀", ...mapping.groups],
}));
const RECORD = new Set([
	"arn:aws:iam::293759796572:role/k8s-devs-role",
	"arn:aws-cn:iam::012345678901:role/Team",
	"arn:aws:iam::293759796572:role/third",
]);

/** Entries as the authenticator reads them. */
function asRead(mappings: RoleMapping[]): Reading["roles"] {
	return mappings.map(({ roleArn, username, groups }) => ({
		rolearn: roleArn.replace("/a/path", ""),
		username,
		groups,
	}));
}

/** The authenticator reads a missing, null and empty list of groups alike. */
function normal(roles: Reading["roles"]) {
	return (roles ?? []).map((role) => ({ ...role, groups: role.groups ?? [] }));
}

/** Whether each field that the reader takes for a text is the text that the authenticator reads. */
function assertReadAlike(entries: LiveEntry[], roles: Reading["roles"]): void {
	entries.forEach(({ arn, username, groups }, i) => {
		const role = (roles ?? [])[i];
		assert.ok(arn === undefined || arn === role?.rolearn, `${JSON.stringify(arn)} for ${JSON.stringify(role)}`);
		assert.ok(
			username === undefined || username === role?.username,
			`${JSON.stringify(username)} for ${JSON.stringify(role)}`,
		);
		assert.ok(groups.length < (role?.groups?.length ?? 0) || String(groups) === String(role?.groups ?? []));
	});
}

function attempt<T>(what: () => T): T | undefined {
	try {
		return what();
	} catch (error) {
		assert.ok(error instanceof AwsAuthTextError, `a clear refusal, not ${error}`);
		assert.match(error.message, /^aws-auth: mapRoles, line \d+: .{10,}/s);
		assert.equal(error.key, "mapRoles");
		return undefined;
	}
}

describe("every content of aws-auth, judged by aws-iam-authenticator's own parser", function () {
	this.timeout(600_000);
	let judge: Judge;

	before(async function () {
		judge = await judgeOrSkip(this);
	});

	after(() => judge?.close());

	/** Checks every content; a failure is shrunk to the smallest content that fails in the same way. */
	async function forAll(check: (content: Content) => Promise<void>): Promise<void> {
		const result = await fc.check(fc.asyncProperty(awsAuthContent, check), { seed: SEED, numRuns: CONTENTS });
		if (result.failed) {
			const cause = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
			assert.fail(`${JSON.stringify(result.counterexample?.[0], null, 1)}\n${cause}\nagain with ${REPRODUCE}`);
		}
	}

	const roles = (text: string): Promise<Reading> => judge.read({ mapRoles: text });

	it("is refused with nothing written, or reads as before and ours behind, foreign text byte for byte", async () => {
		const counts = { accepted: 0, refused: 0, ordinary: 0 };
		await forAll(async ({ text, ordinary }) => {
			const merged = attempt(() => mergeMap(text, { key: "mapRoles", remove: new Set(), desired: OURS }));
			const before = await roles(text);
			counts.ordinary += ordinary ? 1 : 0;
			if (merged === undefined) {
				counts.refused++;
				assert.ok(!ordinary || dropsAll(before), "an ordinary content is accepted");
				return;
			}
			counts.accepted++;
			assert.ok(!dropsAll(before), `what the authenticator cannot read is refused: ${before.error}`);
			assertReadAlike(readEntries(text, "mapRoles"), before.roles);
			const after = await roles(merged);
			assert.deepEqual(normal(after.roles), [...normal(before.roles), ...normal(asRead(OURS))]);
			assert.equal(after.error, before.error);

			let prefix = 0;
			while (prefix < text.length && text[prefix] === merged[prefix]) {
				prefix++;
			}
			const isPlaceholder =
				/(?:^|\s)(?:~|null|Null|NULL|""|''|``|\[\])(?:\s|$)/.test(text) && normal(before.roles).length === 0;
			assert.ok(
				isPlaceholder || merged.endsWith(text.slice(prefix)),
				"foreign text stays, ours is put in at one place",
			);
		});
		console.log(`      ${CONTENTS} contents, seed ${SEED}: ${JSON.stringify(counts)}; again with ${REPRODUCE}`);
		// Refusing everything must not pass. (Too few contents say nothing about shares.)
		assert.ok(CONTENTS < 1_000 || counts.accepted > CONTENTS * 0.5, `${counts.accepted} of ${CONTENTS} accepted`);
		assert.ok(CONTENTS < 1_000 || counts.ordinary > CONTENTS * 0.35, `${counts.ordinary} of ${CONTENTS} ordinary`);
	});

	it("of nearly 1 MiB in every style keeps every entry, and is itself again without ours", async () => {
		const text = largeContent(SEED, 1024 * 1024 - 1_000);
		const merged = mergeMap(text, { key: "mapRoles", remove: new Set(), desired: OURS });
		const [before, after] = await Promise.all([roles(text), roles(merged)]);
		assert.ok(normal(before.roles).length > 3_000);
		assert.deepEqual(normal(after.roles), [...normal(before.roles), ...normal(asRead(OURS))]);
		assert.equal(mergeMap(merged, { key: "mapRoles", remove: RECORD, desired: [] }), text);
	});

	it("merged again is the same byte for byte, and a change stays in its place", () =>
		forAll(async ({ text }) => {
			const merged = attempt(() => mergeMap(text, { key: "mapRoles", remove: new Set(), desired: OURS }));
			if (merged === undefined) {
				return;
			}
			assert.equal(mergeMap(merged, { key: "mapRoles", remove: RECORD, desired: OURS }), merged);
			const changed = mergeMap(merged, { key: "mapRoles", remove: RECORD, desired: CHANGED });
			const [before, after] = await Promise.all([roles(text), roles(changed)]);
			assert.deepEqual(normal(after.roles), [...normal(before.roles), ...normal(asRead(CHANGED))]);
			assert.equal(mergeMap(changed, { key: "mapRoles", remove: RECORD, desired: OURS }), merged);
		}));

	it("without ours again is the original text", () =>
		forAll(async ({ text }) => {
			const merged = attempt(() => mergeMap(text, { key: "mapRoles", remove: new Set(), desired: OURS }));
			if (merged === undefined) {
				return;
			}
			const left = mergeMap(merged, { key: "mapRoles", remove: RECORD, desired: [] });
			if (left !== text) {
				const before = await roles(text);
				assert.deepEqual(normal(before.roles), [], "only a text without entries may change");
				assert.deepEqual(left.replace(/\s*[[\]]\s*|#.*|---|\.\.\.|\ufeff/g, "").trim(), "", "to an empty list");
				assert.equal((await roles(left)).error, undefined);
			}
			const one = mergeMap(merged, { key: "mapRoles", remove: RECORD, desired: [OURS[1] as RoleMapping] });
			assert.deepEqual(normal((await roles(one)).roles).slice(-1), normal(asRead([OURS[1] as RoleMapping])));
			assert.equal(mergeMap(one, { key: "mapRoles", remove: RECORD, desired: [] }), left);
		}));

	it("loses exactly our entry wherever it stands, and however it is written", () =>
		forAll(async ({ text }) => {
			const entries = attempt(() => readEntries(text, "mapRoles"));
			const found =
				entries?.filter(({ arn }) => arn !== undefined && /^arn:aws:iam::\d{12}:role\/[\w+=,.@-]+$/.test(arn)) ?? [];
			const chosen = found[text.length % Math.max(found.length, 1)] as LiveEntry & { arn: string };
			if (entries === undefined || chosen === undefined) {
				return;
			}
			const remove = new Set([chosen.arn]);
			const isOurs = ({ rolearn }: { rolearn: string }): boolean => rolearn.toLowerCase() === chosen.arn.toLowerCase();
			const before = normal((await roles(text)).roles);
			const left = attempt(() => mergeMap(text, { key: "mapRoles", remove, desired: [] }));
			if (left !== undefined) {
				assert.deepEqual(
					normal((await roles(left)).roles),
					before.filter((role) => !isOurs(role)),
				);
			}
			const desired = { roleArn: chosen.arn, username: "developer", groups: ["k8s-devs"] };
			const changed = attempt(() => mergeMap(text, { key: "mapRoles", remove, desired: [desired] }));
			if (changed !== undefined) {
				const after = normal((await roles(changed)).roles);
				assert.deepEqual(
					after.filter((role) => !isOurs(role)),
					before.filter((role) => !isOurs(role)),
				);
				assert.equal(after.filter(isOurs).length, 1, "ours exactly once");
				assert.deepEqual({ ...after.find(isOurs), rolearn: chosen.arn }, normal(asRead([desired]))[0]);
				assert.equal(mergeMap(changed, { key: "mapRoles", remove, desired: [desired] }), changed);
			}
		}));
});
