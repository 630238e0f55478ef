import assert from "node:assert/strict";
import { changesBetween, recordOf } from "../../cli/review/record";
import type { Verification } from "../../cli/verify";
import type { Target } from "../../cli/verify/target";
import { callerOf } from "../../cli/whoami/caller";
import { refusalOf } from "../../cli/whoami/problem";
import { configChanges } from "../../core/changes/config-changes";
import { describeDanger } from "../../core/changes/danger";
import { describeSetting } from "../../core/changes/settings";
import { accessMatrix } from "../../core/teams/access-matrix";
import { teamOf } from "../support/team-problems";
import { eksAccess, stackFile, temporaryProject } from "./command";

const CI = "arn:aws:iam::123456789012:role/ci";
const [PAST, FUTURE] = ["2020-12-31", "2999-12-31"];
const TEAMS = [
	{
		name: "shop",
		namespaces: ["shop"],
		users: [{ name: "jane", until: PAST }, { name: "joe", until: FUTURE }, "ann"],
		roleArns: [{ arn: CI, until: "2019-12-31T18:00:00Z" }],
	},
];

describe("access that ends, on the command line", function () {
	this.timeout("2m");
	const file = (teams: object) => stackFile({ cluster: "prod", teams });
	const cwd = temporaryProject({
		"Pulumi.prod.yaml": file(TEAMS),
		"Pulumi.dev.yaml": file([{ ...TEAMS[0], users: ["ann"], roleArns: [] }]),
	});

	it("expired lists whose access has ended, the first first, and who ends it", async () => {
		const { stdout, code } = await eksAccess(["expired", "--all-stacks"], { cwd });
		assert.equal(code, 0);
		const [head, ...rows] = stdout
			.trimEnd()
			.split("\n")
			.map((line) => line.split(/ {2,}/));
		assert.deepEqual(head, ["Who", "Team", "Stack", "Ended", "By"]);
		assert.deepEqual(rows, [
			[CI, "shop", "prod", "2019-12-31T18:00:00Z", "pulumi up"],
			["user/jane", "shop", "prod", PAST, "AWS"],
		]);
		const json = JSON.parse((await eksAccess(["expired", "-s", "prod", "--format", "json"], { cwd })).stdout);
		assert.deepEqual(json.ended[1], { stack: "prod", team: "shop", who: "user/jane", until: PAST, by: "aws" });
	});

	it("expired --exit-code is 1 for a stack where somebody's has, and 0 elsewhere", async () => {
		assert.equal((await eksAccess(["expired", "-s", "prod", "--exit-code"], { cwd })).code, 1);
		const dev = await eksAccess(["expired", "-s", "dev", "--exit-code"], { cwd });
		assert.deepEqual([dev.code, dev.stdout], [0, "Nobody's access has ended.\n"]);
	});

	it("expired --all-stacks leaves out a stack whose config has errors, says so, and ends with exit code 2", async () => {
		const folder = temporaryProject({
			"Pulumi.bad.yaml": file([{ ...TEAMS[0], users: ["ja ne"] }]),
			"Pulumi.prod.yaml": file(TEAMS),
		});
		const { stdout, stderr, code } = await eksAccess(["expired", "--all-stacks", "--exit-code"], { cwd: folder });
		assert.match(stdout, /user\/jane +shop +prod/);
		assert.match(stderr, /stack bad is left out: [\s\S]*ja ne[\s\S]*\[config-invalid\]/);
		assert.equal(code, 2);
		const alone = await eksAccess(["expired", "--stack", "bad"], { cwd: folder });
		assert.deepEqual([alone.stdout, alone.code], ["", 2]);
	});

	it("matrix names the ends, in every format", async () => {
		const matrix = async (...options: string[]) =>
			(await eksAccess(["matrix", "-s", "prod", ...options], { cwd })).stdout;
		assert.match(
			await matrix(),
			/user\/jane \(ended 2020-12-31\), user\/joe \(until 2999-12-31\), user\/ann, arn\S+ci \(ended /,
		);
		assert.match(await matrix("--by", "person"), /\nuser\/jane \(ended 2020-12-31\) +shop/);
		assert.match(await matrix("--format", "markdown"), /user&#47;jane|user\/jane \(ended 2020-12-31\)/);
		const { rows } = JSON.parse(await matrix("--format", "json")).stacks[0];
		assert.equal(rows[0].ends["user/joe"], FUTURE);
	});

	it("diff shows an end that is new as a setting, and one that is later or gone as a danger", () => {
		const side = (change: object) => {
			const teams = [teamOf({ ...TEAMS[0], ...change })];
			return {
				config: { cluster: "c", authentication: "auto" as const, teams },
				others: {},
				rows: accessMatrix(teams),
			};
		};
		const diff = (before: object, after: object) => {
			const { dangers, settings } = configChanges(side(before), side(after));
			return [
				...dangers.map((each) => `! ${describeDanger(each)}`),
				...settings.map((each) => `* ${describeSetting(each)}`),
			].join("\n");
		};
		const until = { users: [{ name: "jane", until: FUTURE }] };
		assert.match(diff({ users: ["jane"] }, until), /\* teams\.shop\.ends\.user\/jane: none → 2999-12-31/);
		assert.match(diff({}, { until: FUTURE }), /\* teams\.shop\.until: none → 2999-12-31/);
		assert.match(
			diff(until, { users: ["jane"] }),
			/! team shop keeps its access for longer: user\/jane 2999-12-31 → no end/,
		);
		assert.doesNotMatch(diff(until, { users: [{ name: "jane", until: "2999-12-30" }] }), /!/);
	});

	it("whoami tells somebody whose access has ended", () => {
		const caller = callerOf("arn:aws:iam::123456789012:user/jane");
		const way = { roleArn: "arn:aws:iam::123456789012:role/shop-role", teams: [teamOf(TEAMS[0] as object)] };
		const refusal = refusalOf({ way, caller, mayDescribe: true, isSession: false });
		assert.deepEqual([refusal.code, refusal.message], ["ended", `your access by team shop ended ${PAST}`]);
		const joe = callerOf("arn:aws:iam::123456789012:user/joe");
		assert.equal(refusalOf({ way, caller: joe, mayDescribe: true, isSession: false }).code, "role-refuses");
	});

	it("a record of review has the ends, and another end is a change", () => {
		const target = {
			config: { cluster: "c" },
			cluster: { server: "s" },
			operators: [],
			stack: "p/prod",
			source: "config",
		};
		const record = (until?: string) => {
			const teams = [teamOf({ users: [{ name: "jane", until }] })];
			const verification = { teams, findings: [], notes: [] } as unknown as Verification;
			return recordOf(target as unknown as Target, verification, new Date("2026-01-01"));
		};
		assert.deepEqual(record(FUTURE).access, [
			{ who: "user/jane", team: "shop", where: "shop", access: "full", until: FUTURE },
		]);
		assert.equal("until" in (record().access[0] ?? {}), false);
		assert.equal(changesBetween(record(FUTURE), record()).changed.length, 1);
		assert.equal(changesBetween(record(FUTURE), record(FUTURE)).changed.length, 0);
	});
});
