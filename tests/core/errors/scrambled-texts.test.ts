import assert from "node:assert/strict";
import { diagnose } from "../../../cli/doctor/diagnose";
import { sourceOf } from "../../../cli/doctor/source";
import { compareAwsAuth } from "../../../cli/verify/questions/aws-auth";
import { ARN_REASONS, EDIT_REASONS, NAME_REASONS, YAML_REASONS } from "../../../core/errors/reasons";
import { policies } from "../../../policy/policies";
import { PLANTED } from "../../cli/planted";
import { judge } from "../../policy/judgement";
import { awsAuth, mapRoles, entry as policyEntry } from "../../policy/stack";
import { problemsOfTeams } from "../../support/team-problems";

const TEXTS = PLANTED.map(([, text]) => text);
const NAMES = [
	"",
	" x",
	"{{SessionName}}",
	"dev:{{Nobody}}",
	"system:masters",
	"system:x",
	"eks:x",
	"dev:{{SessionName}}",
];
const ARNS = [
	"",
	"arn:aws:iam::111122223333:root",
	"arn:aws:iam::111122223333:group/x",
	"arn:aws:iam::111122223333:user/x",
	"arn:aws:iam::111122223333:role/x",
	"arn:aws:sts::111122223333:assumed-role/x/y",
];

/** What doctor, the policy pack, verify and the config's reader decide; none of their words. */
function verdicts(): unknown[] {
	const doctor = TEXTS.map((text) =>
		diagnose(sourceOf(text, "file")).findings.map(({ message, fix, ...verdict }) => verdict),
	);
	const resources = [
		...TEXTS.map((text) => awsAuth({ mapRoles: text })),
		...NAMES.flatMap((name) => [mapRoles(policyEntry({ username: name })), mapRoles(policyEntry({ groups: [name] }))]),
	];
	const policyPack = policies.flatMap(({ name }) => resources.map((each) => judge(name, each).length));
	const config = [
		...NAMES.flatMap((name) => [{ usernameTemplate: name }, { groups: [name] }, { username: name }]),
		...ARNS.flatMap((arn) => [{ roleArns: [arn] }, { userArns: [arn] }]),
	].map((team) => Object.keys(problemsOfTeams(team)));
	const verify = TEXTS.map((text) => {
		const live = { data: { mapRoles: text }, metadata: {} };
		const question = { live, known: [], groups: ["x"], isUsed: true, stack: "p/s", inAccessEntries: [], expected: [] };
		const { findings, arns } = compareAwsAuth(question);
		return [arns, findings.map(({ message, ...verdict }) => verdict)];
	});
	return [doctor, policyPack, config, verify];
}

describe("a reason's text", () => {
	const tables: Record<string, unknown>[] = [YAML_REASONS, EDIT_REASONS, NAME_REASONS, ARN_REASONS];
	const originals = tables.map((table) => ({ ...table }));

	after(() => {
		for (const [at, table] of tables.entries()) {
			Object.assign(table, originals[at]);
		}
	});

	it("decides nothing: scrambled, all verdicts of doctor, policy pack, verify and config reading stay the same", () => {
		const before = verdicts();
		let number = 0;
		const used = new Set<string>();
		for (const table of tables) {
			for (const is of Object.keys(table)) {
				number++;
				const text = [`zq${number}`, `xv${number}`];
				table[is] = () => {
					used.add(is);
					return text;
				};
			}
		}
		assert.deepEqual(verdicts(), before);
		assert.ok(used.size > 15, `the scrambled texts are the ones that are shown: ${[...used]}`);
	});
});
