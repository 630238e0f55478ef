import assert from "node:assert/strict";
import { diagnose } from "../../../cli/doctor/diagnose";
import { sourceOf } from "../../../cli/doctor/source";
import { accessOf } from "../../../cli/import/access";
import { compareAwsAuth } from "../../../cli/verify/questions/aws-auth";
import { DANGER_REASONS } from "../../../core/errors/danger-reasons";
import { ARN_REASONS, EDIT_REASONS, NAME_REASONS, YAML_REASONS } from "../../../core/errors/reasons";
import { policies } from "../../../policy/policies";
import { bound, factsOf } from "../../cli/import-facts";
import { PLANTED } from "../../cli/planted";
import { judge } from "../../policy/judgement";
import {
	awsAuth,
	group,
	inNamespace,
	kubernetes,
	mapRoles,
	entry as policyEntry,
	RBAC,
	roleRef,
} from "../../policy/stack";
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
const RULES = [
	{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
	{ apiGroups: [RBAC], resources: ["roles"], verbs: ["bind", "escalate", "impersonate:user-info"] },
	{ nonResourceURLs: ["/x"], verbs: ["post"] },
];
const BOUNDS = [{ apiGroups: ["*"], resources: ["resourcequotas", "networkpolicies"], verbs: ["update"] }];
const LEVELS = [
	"full",
	"edit",
	"view",
	...["cluster-admin", "admin", "system:node"].map((clusterRole) => ({ clusterRole })),
	{ policy: "AmazonEKSAdminPolicy" },
];

/** What doctor, the policy pack, verify, import and the config's reader decide; none of their words. */
function verdicts(): unknown[] {
	const doctor = TEXTS.map((text) =>
		diagnose(sourceOf(text, "file")).findings.map(({ message, fix, ...verdict }) => verdict),
	);
	const resources = [
		...TEXTS.map((text) => awsAuth({ mapRoles: text })),
		...NAMES.flatMap((name) => [mapRoles(policyEntry({ username: name })), mapRoles(policyEntry({ groups: [name] }))]),
	];
	resources.push(
		...["Role", "ClusterRole"].map((kind) => kubernetes(kind, { rules: RULES, ...inNamespace("kube-system") })),
		...["cluster-admin", "system:node"].flatMap((name) =>
			["RoleBinding", "ClusterRoleBinding"].map((kind) =>
				kubernetes(kind, {
					...inNamespace("kube-system"),
					roleRef: roleRef("ClusterRole", name),
					subjects: [group("x")],
				}),
			),
		),
	);
	const policyPack = policies.flatMap(({ name }) => resources.map((each) => judge(name, each).length));
	const config = [
		...NAMES.flatMap((name) => [{ usernameTemplate: name }, { groups: [name] }, { username: name }]),
		...ARNS.flatMap((arn) => [{ roleArns: [arn] }, { userArns: [arn] }]),
		...[...LEVELS, { rules: RULES }].flatMap((access) => [
			{ access, namespaces: ["shop", "kube-system", "default"] },
			{ namespaces: ["shop", { name: "kube-public", access }] },
			{ clusterAccess: access },
			{ clusterAccess: access, allow: ["cluster-write", "secrets", "bind"] },
		]),
		{ access: { rules: BOUNDS }, quota: { pods: "5" }, networkPolicy: "default-deny" },
	].map((team) => Object.entries(problemsOfTeams(team)).map(([path, messages]) => [path, messages.split("\n").length]));
	const bindings = [bound("a", "kube-system", "binder"), bound("b", "x", "cluster-admin"), bound("c", "y", "wide")];
	const rules = new Map([...factsOf().rules, ["wide", RULES] as const]);
	const imported = [bindings, bindings.map((each) => ({ ...each, namespace: undefined }))].map((given) => {
		const { team, notes } = accessOf("devs", factsOf({ bindings: given, rules }));
		return [team, notes.length];
	});
	const verify = TEXTS.map((text) => {
		const live = { data: { mapRoles: text }, metadata: {} };
		const question = { live, known: [], groups: ["x"], isUsed: true, stack: "p/s", inAccessEntries: [], expected: [] };
		const { findings, arns } = compareAwsAuth(question);
		return [arns, findings.map(({ message, ...verdict }) => verdict)];
	});
	return [doctor, policyPack, config, imported, verify];
}

describe("a reason's text", () => {
	const tables: Record<string, unknown>[] = [YAML_REASONS, EDIT_REASONS, NAME_REASONS, ARN_REASONS, DANGER_REASONS];
	const originals = tables.map((table) => ({ ...table }));

	after(() => {
		for (const [at, table] of tables.entries()) {
			Object.assign(table, originals[at]);
		}
	});

	it("decides nothing: scrambled, all verdicts of doctor, policy pack, verify, import and config reading stay the same", () => {
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
		const unseen = Object.keys(DANGER_REASONS).filter((is) => !used.has(is));
		assert.deepEqual(unseen, [], "every danger is shown");
	});
});
