import assert from "node:assert/strict";
import fc from "fast-check";
import { hasChanges, type StackDiff, stackDiff } from "../../cli/diff/stack-diff";
import type { ProjectFiles } from "../../cli/project/project";
import { stackAccess } from "../../cli/project/stack-access";
import { configSchema } from "../../core/config/config-schema";
import { namespaceShape } from "../../core/config/namespace-schema";
import { NESTED, teamShape } from "../../core/config/team-schema";
import { ConfigError } from "../../core/errors/problem";
import { stackFile } from "./command";

const ARN = "arn:aws:iam::123456789012";
const RULE = { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] };
const LEVELS = [
	...["view", "edit", { clusterRole: "x" }, { rules: [RULE] }, { rules: [{ ...RULE, verbs: ["get", "list"] }] }],
	{ rules: [{ ...RULE, resourceNames: ["web"] }] },
	...["View", "Admin"].map((name) => ({ policy: `AmazonEKS${name}Policy` })),
];
const SETTINGS: Samples = {
	labels: [{ a: "1" }, { a: "2" }],
	annotations: [{ a: "1" }, { a: "" }],
	podSecurity: ["baseline", "restricted"],
	quota: [{ pods: "1" }, { pods: "2" }, { cpu: "1" }],
	limits: [{ max: { cpu: "1" } }, { default: { cpu: "1" }, min: { cpu: "100m" } }, { defaultRequest: { cpu: "1" } }],
	networkPolicy: ["default-deny"],
};

/** Values for each key of the schema, any two of which mean different things. */
type Samples = Record<string, unknown[]>;

const ROLE: Samples = {
	name: ["one", "two"],
	path: ["/one/", "/two/"],
	permissionsBoundary: [`${ARN}:policy/one`, `${ARN}:policy/two`],
	maxSessionDuration: [7200, 43200],
	mfa: [true],
	trust: ["account", "users"],
	tags: [{ a: "1" }, { a: "2" }],
};
const TEAM: Samples = {
	name: ["a", "b"],
	group: ["one", "two"],
	namespaces: [],
	namespaceSelector: [{}, { matchLabels: { a: "1" } }, { matchExpressions: [{ key: "a", operator: "Exists" }] }],
	access: LEVELS,
	clusterAccess: ["view", { rules: [{ ...RULE, resources: ["nodes"] }] }],
	binding: ["one", "two"],
	metrics: [true],
	users: [
		["jane"],
		["joe"],
		["jane", "joe"],
		[{ name: "jane", until: "2999-12-31" }],
		[{ name: "jane", until: "2999-12-30" }],
	],
	until: ["2999-12-31", "2999-12-30"],
	roleArns: [[`${ARN}:role/x`], [`${ARN}:role/y`], [{ arn: `${ARN}:role/x`, until: "2999-12-31" }]],
	ssoPermissionSets: [["One"], ["Two"], [{ name: "One", until: "2999-12-31" }]],
	userArns: [[`${ARN}:user/x`], [{ arn: `${ARN}:user/x`, username: "x" }], [{ arn: `${ARN}:user/x`, admin: true }]],
	trustedAccounts: [
		[{ account: "210987654321" }],
		[{ account: "210987654321", externalId: "one" }],
		[{ account: "210987654321", until: "2999-12-31" }],
		[{ account: "210987654321", principals: ["arn:aws:iam::210987654321:role/x"] }],
	],
	username: ["one", "kubernetes-admin"],
	usernameTemplate: ["one:{{SessionName}}"],
	groups: [["auditors"], ["others"]],
	admin: [true],
	role: [],
	assumeRolePolicyArn: [`${ARN}:policy/one`, `${ARN}:policy/two`],
	allow: [["secrets"], ["pods/exec"], ["secrets", "rbac", "impersonate"]],
	...SETTINGS,
};
const NAMESPACE: Samples = { name: ["x", "y", "x-*"], access: LEVELS, binding: ["three", "four"], ...SETTINGS };
const STACK: Samples = {
	cluster: ["c", "d"],
	namespaces: [],
	users: [],
	teams: [],
	// Of a file, its teams count.
	teamsFile: [],
	iamName: ["{team}-{cluster}", "eks-{team}"],
	authentication: ["aws-auth", "access-entries", "both"],
	kubeconfig: ["https://one", "https://two"].map(kubeconfigOf),
	kubeconfigStack: ["acme/eks/one", "acme/eks/two"],
	kubeconfigOutput: ["one", "two"],
	adminRoleArn: [`${ARN}:role/one`, `${ARN}:role/two`],
	awsProfile: ["one", "two"],
	adoptExisting: [true],
	takeOver: [true],
	tags: [{ a: "1" }, { a: "2" }],
};
const OTHERS: Samples = { "aws:region": ["eu-west-1", "us-east-1"], "aws:profile": ["one"], "other:key": ["x"] };

function kubeconfigOf(server: string): string {
	return JSON.stringify({
		clusters: [{ name: "c", cluster: { server } }],
		users: [{ name: "u", user: { token: "t" } }],
		contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
		"current-context": "c",
	});
}

/** A few keys with one of their values each. */
function some(samples: Samples, keys = Object.keys(samples).filter((key) => samples[key]?.length)) {
	return fc
		.subarray(keys, { maxLength: Math.min(4, keys.length) })
		.chain((chosen) =>
			fc.record(Object.fromEntries(chosen.map((key) => [key, fc.constantFrom(...(samples[key] as unknown[]))]))),
		);
}

const namespace = some(NAMESPACE).map((own) => ({ name: "x", ...own }));
const team = fc
	.record({
		own: some(TEAM),
		namespaces: fc.uniqueArray(namespace, { selector: ({ name }) => name, minLength: 1 }),
		role: fc.option(some(ROLE), { nil: undefined }),
	})
	.map(({ own, namespaces, role }) => ({ name: "a", users: ["jane"], namespaces, ...own, ...(role ? { role } : {}) }));
const stack = fc
	.record({
		own: some(STACK),
		others: some(OTHERS),
		teams: fc.uniqueArray(team, { selector: ({ name }) => name, minLength: 1, maxLength: 2 }),
	})
	.map(({ own, others, teams }) => ({
		own: { cluster: "c", authentication: "access-entries", ...own, teams } as Record<string, unknown>,
		others,
	}));
type Generated = typeof stack extends fc.Arbitrary<infer T> ? T : never;

/** What may be changed of a config: the stack's own keys, the others, and those of its first team. */
const PLACES: [samples: Samples, of: (generated: Generated) => object][] = [
	[STACK, ({ own }) => own],
	[OTHERS, ({ others }) => others],
	[TEAM, firstTeam],
	[NAMESPACE, (generated) => firstTeam(generated).namespaces[0] as object],
	[ROLE, (generated) => Object.assign(firstTeam(generated), { role: { ...firstTeam(generated).role } }).role],
];

function firstTeam({ own }: Generated): { namespaces: object[]; role?: object } {
	return (own.teams as [{ namespaces: object[]; role?: object }])[0];
}

/** A config, and the same with some of the keys of one place changed. */
const changed = fc.tuple(stack, fc.constantFrom(...PLACES)).chain(([before, [samples, placeOf]]) =>
	some(samples).map((change): [Generated, Generated] => {
		const after = structuredClone(before);
		Object.assign(placeOf(after), change);
		return [before, after];
	}),
);

function filesOf({ own, others }: Generated): ProjectFiles {
	const text = stackFile(own);
	const { config } = JSON.parse(text);
	return {
		label: "the test",
		project: "name: eks-access\nruntime: nodejs\n",
		stacks: new Map([["p", "Pulumi.p.yaml"]]),
		read: () => JSON.stringify({ config: { ...config, "aws:region": undefined, ...others } }),
	};
}

function readOf(generated: Generated): ReturnType<typeof stackAccess> {
	try {
		return stackAccess(filesOf(generated), "p");
	} catch (error) {
		assert.ok(error instanceof ConfigError, String(error));
		return fc.pre(false) as never;
	}
}

/** What a config says: lists have no order, and `false` and what is empty say nothing; an empty selector chooses all. */
function meaning(value: unknown, key = ""): unknown {
	if (Array.isArray(value)) {
		return value.length > 0 ? value.map((each) => JSON.stringify(meaning(each) ?? null)).sort() : undefined;
	}
	if (typeof value === "object" && value !== null) {
		const entries = Object.entries(value).flatMap(([name, each]) => {
			const meant = meaning(each, name);
			return meant === undefined ? [] : [[name, meant]];
		});
		return entries.length > 0 || key === "namespaceSelector" ? Object.fromEntries(entries.sort()) : undefined;
	}
	return value === false ? undefined : value;
}

describe("eks-access diff, over the whole schema", function () {
	this.timeout("2m");

	for (const [what, shape, samples] of [
		["a stack", configSchema.shape, STACK],
		["a team", teamShape, TEAM],
		["a namespace", namespaceShape, NAMESPACE],
		["a role", NESTED.role.shape, ROLE],
	] as const) {
		it(`the test knows every key of ${what}`, () => {
			assert.deepEqual(Object.keys(samples).sort(), Object.keys(shape).sort());
		});
	}

	for (const [what, pairs] of [
		["any two configs", fc.tuple(stack, stack)],
		["a config and one with some of its keys changed", changed],
	] as const) {
		it(`is empty for ${what} if and only if they say the same`, () => {
			let [same, different] = [0, 0];
			fc.assert(
				fc.property(pairs, ([one, other]) => {
					const [before, after] = [readOf(one), readOf(other)];
					const said = ({ config, others }: typeof before) => JSON.stringify(meaning({ config, others }));
					const isSame = said(before) === said(after);
					const diff: StackDiff = stackDiff("p", before, after);
					assert.equal(hasChanges(diff), !isSame, JSON.stringify(diff));
					isSame ? same++ : different++;
				}),
				{ numRuns: 200 },
			);
			assert.ok(different > 80, `${same} ${different}`);
		});
	}

	it("is empty for a config and itself, its lists in another order", () => {
		fc.assert(
			fc.property(stack, (given) => {
				const turned = JSON.parse(JSON.stringify(given), (_, value) =>
					Array.isArray(value) ? value.reverse() : value,
				);
				const [before, after] = [readOf(given), readOf(turned)];
				assert.deepEqual(stackDiff("p", before, after), {
					stack: "p",
					cluster: before.cluster,
					dangers: [],
					changes: [],
					settings: [],
				});
			}),
			{ numRuns: 200 },
		);
	});
});
