import fc from "fast-check";
import { stackAccess } from "../../cli/project/stack-access";
import { ConfigError } from "../../core/errors/problem";
import { stackFile } from "../cli/command";

const ACCOUNT = "293759796572";
const iam = (name: string) => `arn:aws:iam::${ACCOUNT}:${name}`;

/** What is in the sandbox's account besides its people, for configs to name. */
export const ROLES = ["verify-one", "teams/verify-two"];
export const POLICIES = { boundary: iam("policy/verify-boundary"), assume: iam("policy/verify-assume") };
/** A ClusterRoleBinding of others to the group of one team, which its `allow` names. */
export const LEGACY = { name: "verify-legacy", group: "people-a" };
/** A ClusterRole that configs name. */
export const CLUSTER_ROLE = {
	name: "verify-deployer",
	rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "patch"] }],
};

const RULE = { apiGroups: ["apps"], resources: ["deployments", "deployments/scale"], verbs: ["get", "list", "patch"] };
const NODES = { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list"] };
const LEVELS = [
	...["view", "edit", "full"],
	{ clusterRole: CLUSTER_ROLE.name },
	{ clusterRole: "admin" },
	{ rules: [RULE] },
	{ rules: [RULE, { apiGroups: [""], resources: ["configmaps"], resourceNames: ["web"], verbs: ["get", "update"] }] },
];

/** Values of each key; a key that is not given stands for itself. */
type Samples = Record<string, unknown[]>;

const SETTINGS: Samples = {
	labels: [{ tier: "web" }, { audited: "true" }],
	annotations: [{ owner: "shop" }, { owner: "a, b: {c}" }],
	podSecurity: ["privileged", "baseline", "restricted"],
	quota: [{ pods: "10" }, { "requests.cpu": "4", "requests.memory": "1.5Gi" }, { cpu: "1000m" }],
	limits: [
		{ max: { cpu: "2" } },
		{ default: { cpu: "1", memory: "1Gi" }, min: { cpu: "100m" } },
		{ defaultRequest: { cpu: "0.5" } },
	],
	networkPolicy: ["default-deny"],
};
export const NAMESPACE: Samples = { name: [], access: LEVELS, binding: ["given", "given:too"], ...SETTINGS };
export const ROLE: Samples = {
	name: [],
	path: ["/teams/"],
	permissionsBoundary: [POLICIES.boundary],
	maxSessionDuration: [3600, 7200, 43200],
	mfa: [true],
	trust: ["account", "users"],
	tags: [{ cost: "shop" }],
};
export const TEAM: Samples = {
	name: [],
	group: [],
	namespaces: [],
	namespaceSelector: [
		{ matchLabels: { audited: "true" } },
		{ matchExpressions: [{ key: "tier", operator: "In", values: ["web"] }] },
	],
	access: LEVELS,
	clusterAccess: ["view", "edit", { rules: [NODES] }, { rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] }],
	binding: [],
	metrics: [true],
	users: [["jane"], ["joe", { name: "ann", until: "2099-06-30" }], ["jane", "mallory"]],
	until: ["2099-12-31", "2099-12-31T12:00:00Z"],
	roleArns: ROLES.map((name) => [iam(`role/${name}`)]),
	ssoPermissionSets: [["ReadOnly"]],
	userArns: [[iam("user/ann")], [{ arn: iam("user/joe"), username: "joe@example.com", admin: true }]],
	trustedAccounts: [
		[{ account: "210987654321", externalId: "acme-7f3a" }],
		[{ account: "210987654321", principals: ["arn:aws:iam::210987654321:role/ci-*"] }],
	],
	username: ["paymaster"],
	usernameTemplate: [],
	groups: [["auditors"], ["auditors", "observers"]],
	admin: [true],
	role: [],
	assumeRolePolicyArn: [POLICIES.assume],
	allow: [],
	...SETTINGS,
};

/** What any generated team may need: keys that nothing needs are a warning. */
const ALLOW = [
	...["kube-system", "default", "secrets", "pods/exec", "serviceaccounts/token", "cluster-write", "networkpolicies"],
	...["rbac", "bind", "escalate", "impersonate"],
];

function some(samples: Samples, most: number) {
	const keys = Object.keys(samples).filter((key) => samples[key]?.length);
	return fc
		.subarray(keys, { maxLength: most })
		.chain((chosen) =>
			fc.record(Object.fromEntries(chosen.map((key) => [key, fc.constantFrom(...(samples[key] as unknown[]))]))),
		);
}

const namespaces = (team: string) =>
	fc.uniqueArray(
		some(NAMESPACE, 3).chain((own) =>
			fc.oneof(
				{
					weight: 6,
					arbitrary: fc.constantFrom("own", "own-dev").map((end) => ({ name: `v-${team}-${end}`, ...own })),
				},
				// Settings of what teams share could contradict one another.
				{ weight: 2, arbitrary: fc.constantFrom(...LEVELS).map((access) => ({ name: "v-shared", access })) },
				{ weight: 1, arbitrary: fc.constant({ name: "kube-system", access: "view" }) },
			),
		),
		{ selector: ({ name }) => name, minLength: 1, maxLength: 3 },
	);

const team = (name: string) =>
	fc
		.record({
			own: some(TEAM, 6),
			namespaces: namespaces(name),
			role: fc.option(some(ROLE, 4), { nil: undefined }),
			isAllowed: fc.boolean(),
			names: fc.record({
				group: fc.constantFrom(undefined, `people-${name}`),
				binding: fc.constantFrom(undefined, undefined, `theirs:${name}`),
				usernameTemplate: fc.constantFrom(undefined, `${name}:{{SessionName}}`),
				role: fc.constantFrom(undefined, `v-${name}-people`),
			}),
		})
		.map(({ own, role, isAllowed, names, ...given }) => {
			const allow = [
				...(isAllowed || "clusterAccess" in own ? ALLOW : []),
				...(names.group === LEGACY.group ? [`clusterRoleBinding/${LEGACY.name}`] : []),
			];
			const { role: roleName, usernameTemplate, ...others } = names;
			return set({
				...{ name: `v-${name}`, ...given, ...own, ...set(others) },
				usernameTemplate: "username" in own ? undefined : usernameTemplate,
				role: role && set({ ...role, name: roleName }),
				allow: allow.length > 0 ? allow : undefined,
			}) as Config["teams"][number];
		});

/** Without the keys that are not given. */
function set(values: object): object {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Values of a stack's config. */
export type Config = Record<string, unknown> & {
	teams: (Record<string, unknown> & { namespaces: object[]; role?: object })[];
};

const stack = fc
	.record({
		teams: fc.tuple(team("a"), team("b"), team("c")).chain((teams) => fc.subarray(teams, { minLength: 1 })),
		tags: fc.constantFrom({}, { owner: "platform" }),
	})
	.map((given): Config => ({ cluster: "prod-eks-cluster", ...given }));

/** Whether the config is one that the program takes. */
function isValid(config: Config): boolean {
	try {
		const read = () => stackFile(config);
		const project = "name: eks-access\nruntime: nodejs\n";
		stackAccess({ label: "the test", project, stacks: new Map([["p", "Pulumi.p.yaml"]]), read }, "p");
		return true;
	} catch (error) {
		if (error instanceof ConfigError) {
			return false;
		}
		throw error;
	}
}

/**
 * So many configs that the program takes, the same for the same seed. Each has namespaces of its own: what a stack has set in one that its
 * config does not list any more stays there, and would conflict with another value.
 */
export function configs(seed: number, count: number): Config[] {
	return fc
		.sample(stack.filter(isValid), { seed, numRuns: count })
		.map((config, at) =>
			JSON.parse(JSON.stringify(config).replace(/"(v-(?:[abc]-own(?:-dev)?|shared))"/g, `"$1-${at}"`)),
		);
}
