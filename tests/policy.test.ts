import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type {
	PolicyResource,
	ResourceValidationArgs,
	ResourceValidationPolicy,
	StackValidationPolicy,
} from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import { policies } from "../policy/policies";

/** What the framework wraps a resource's properties in: one that a preview does not know cannot be read. */
const { unknownCheckingProxy, unknownStringValue: UNKNOWN } = require("@pulumi/policy/proxy");

const ACCOUNT = "293759796572";
const RBAC = "rbac.authorization.k8s.io";
const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

interface Given {
	type: string;
	// biome-ignore lint/suspicious/noExplicitAny: inputs of many types
	props: Record<string, any>;
	name?: string;
	parents?: string;
}

/** Has the policy judge a stack of these resources; gives what it reports. */
function judge(policy: string, given: Given | Given[], config: object = {}): string[] {
	const found = policies.find(({ name }) => name === policy) as ResourceValidationPolicy & StackValidationPolicy;
	const messages: string[] = [];
	const resources = [given].flat().map(({ type, props, name = "it", parents = "" }) => ({
		type,
		name,
		urn: `urn:pulumi:test::test::${parents}${type}::${name}`,
		props: unknownCheckingProxy(structuredClone(props)),
	}));
	const report = (message: string) => messages.push(message);
	const common = { getConfig: () => config } as Pick<ResourceValidationArgs, "getConfig">;
	if (found.validateStack) {
		found.validateStack({ ...common, resources: resources as unknown as PolicyResource[] } as never, report);
	}
	for (const resource of found.validateResource ? resources : []) {
		(found.validateResource as (args: unknown, report: unknown) => void)({ ...common, ...resource }, report);
	}
	return messages;
}

function refuses(policy: string, given: Given | Given[], message: RegExp, allow?: string): void {
	const messages = judge(policy, given);
	assert.equal(messages.filter((each) => message.test(each)).length, 1, `${policy} said ${JSON.stringify(messages)}`);
	if (allow) {
		assert.deepEqual(judge(policy, given, { allow: [allow] }), [], `${allow} is allowed`);
	}
}

function passes(policy: string, given: Given | Given[]): void {
	assert.deepEqual(judge(policy, given), []);
}

const kubernetes = (kind: string, props: Given["props"], name?: string): Given => ({
	type: `kubernetes:${RBAC}/v1:${kind}`,
	props: { metadata: { name: "it", ...(kind.startsWith("Cluster") ? {} : { namespace: "dev" }) }, ...props },
	name,
});
const group = (name: string) => ({ apiGroup: RBAC, kind: "Group", name });
const account = (name: string, namespace: string) => ({ kind: "ServiceAccount", name, namespace });
const roleRef = (kind: string, name: string) => ({ apiGroup: RBAC, kind, name });
const inNamespace = (namespace: string, name = "it") => ({ metadata: { name, namespace } });
const awsAuth = (data: object, kind = "ConfigMapPatch", annotations?: object): Given => ({
	type: `kubernetes:core/v1:${kind}`,
	props: { metadata: { name: "aws-auth", namespace: "kube-system", annotations }, data },
});
const entry = (given: object) => ({ rolearn: arn("ops"), username: "ops", groups: ["ops"], ...given });
const mapRoles = (...entries: object[]) => awsAuth({ mapRoles: yaml.stringify(entries) });
const association = (policy: string, accessScope: object): Given => ({
	type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
	props: {
		clusterName: "prod",
		principalArn: arn("ops"),
		policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
		accessScope,
	},
});
const accessEntry = (props: object): Given => ({
	type: "aws:eks/accessEntry:AccessEntry",
	props: { clusterName: "prod", principalArn: arn("ops"), ...props },
});
const trust = (statement: object): Given => ({
	type: "aws:iam/role:Role",
	props: {
		assumeRolePolicy: JSON.stringify({
			Version: "2012-10-17",
			Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }],
		}),
	},
});

describe("policy pack", () => {
	it("every policy says what it is for, and has an allow list", () => {
		for (const { name, description, enforcementLevel, configSchema } of policies) {
			assert.match(name, /^[a-z-]+$/);
			assert.match(description, /\.$/);
			assert.equal(enforcementLevel, name === "mfa-if-exists" ? "advisory" : "mandatory");
			assert.ok(configSchema?.properties.allow.description);
		}
	});

	it("every message says what to do, and how to allow what is meant", () => {
		const [message] = judge("cluster-admin", mapRoles(entry({ groups: ["system:masters"] })));
		assert.equal(
			message,
			`${arn("ops")}: system:masters makes cluster administrators. Allowed are groups of your own, and access policies in ` +
				`namespaces; bind what is needed. If it is meant, add "${arn("ops")}" to allow of cluster-admin in the policy pack's config.`,
		);
	});

	it("a resource that is none of a policy's business passes all of them", () => {
		for (const { name } of policies) {
			passes(name, { type: "aws:s3/bucket:Bucket", props: { bucket: UNKNOWN } });
			passes(name, {
				type: "kubernetes:core/v1:ConfigMap",
				props: { metadata: { name: "aws-auth", namespace: "dev" } },
			});
			passes(name, { type: "kubernetes:iam.example.com/v1:Role", props: { rules: "others' own" } });
		}
	});
});

describe("policy cluster-admin", () => {
	const admin = (subjects: object[], kind = "ClusterRoleBinding", name = "cluster-admin") =>
		kubernetes(kind, { roleRef: roleRef("ClusterRole", name), subjects });

	it("refuses the ClusterRole cluster-admin in the whole cluster", () => {
		refuses("cluster-admin", admin([group("devs")]), /makes devs cluster administrators/, "it");
		refuses(
			"cluster-admin",
			admin([account("ci", "ci")], "ClusterRoleBindingPatch"),
			/makes ci cluster administrators/,
			"it",
		);
		passes("cluster-admin", admin([group("devs")], "ClusterRoleBinding", "view"));
	});

	it("refuses system:masters as a subject, also in a list", () => {
		refuses(
			"cluster-admin",
			admin([group("system:masters")], "RoleBinding", "edit"),
			/has the subject system:masters/,
			"it",
		);
		const items = [
			{ metadata: { name: "x" }, roleRef: roleRef("ClusterRole", "view"), subjects: [group("system:masters")] },
		];
		refuses("cluster-admin", kubernetes("ClusterRoleBindingList", { items }), /has the subject system:masters/);
		passes("cluster-admin", admin([{ kind: "User", name: "system:masters" }], "RoleBinding", "edit"));
	});

	it("refuses system:masters in aws-auth, however it is written", () => {
		const texts = [
			JSON.stringify([entry({ groups: ["a", "system:masters"] })]),
			`- rolearn: ${arn("ops")}\n  username: ops\n  groups: ["system:masters"]\n`,
		];
		for (const mapRoles of texts) {
			for (const kind of ["ConfigMap", "ConfigMapPatch"]) {
				refuses(
					"cluster-admin",
					awsAuth({ mapRoles }, kind),
					/system:masters makes cluster administrators/,
					arn("ops"),
				);
			}
		}
		const userarn = `arn:aws:iam::${ACCOUNT}:user/joe`;
		const mapUsers = yaml.stringify([{ userarn, username: "joe", groups: ["system:masters"] }]);
		refuses("cluster-admin", awsAuth({ mapUsers }), /user\/joe: system:masters/, userarn);
		passes("cluster-admin", mapRoles(entry({})));
	});

	it("refuses an aws-auth that it cannot read", () => {
		refuses("cluster-admin", awsAuth({ mapRoles: "- groups: [system:masters" }), /aws-auth cannot be read/);
	});

	it("refuses AmazonEKSClusterAdminPolicy, in namespaces too", () => {
		const policy = "AmazonEKSClusterAdminPolicy";
		refuses("cluster-admin", association(policy, { type: "cluster" }), /AmazonEKSClusterAdminPolicy makes/, arn("ops"));
		refuses("cluster-admin", association(policy, { type: "namespace", namespaces: ["dev"] }), /makes/, arn("ops"));
		passes("cluster-admin", association("AmazonEKSAdminPolicy", { type: "namespace", namespaces: ["dev"] }));
	});

	it("refuses both in the mappings and access entries of an eks.Cluster", () => {
		const cluster = (props: object): Given => ({ type: "eks:index:Cluster", props });
		const mapping = { roleArn: arn("ops"), username: "ops", groups: ["system:masters"] };
		refuses("cluster-admin", cluster({ roleMappings: [mapping] }), /system:masters/, arn("ops"));
		const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
		const accessEntries = { ops: { principalArn: arn("ops"), accessPolicies: { all: { policyArn } } } };
		refuses("cluster-admin", cluster({ accessEntries }), /AmazonEKSClusterAdminPolicy/, arn("ops"));
		passes("cluster-admin", cluster({ roleMappings: [{ ...mapping, groups: ["ops"] }] }));
	});
});

describe("policy rbac-escalation", () => {
	const rules = (rule: object, kind = "ClusterRole") => kubernetes(kind, { rules: [rule] });

	it("refuses * on RBAC objects, and * everything", () => {
		for (const kind of ["Role", "ClusterRole", "RolePatch"]) {
			refuses("rbac-escalation", rules({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }, kind), /\* on RBAC/, "it");
			refuses("rbac-escalation", rules({ apiGroups: [RBAC], resources: ["roles"], verbs: ["*"] }, kind), /\* on RBAC/);
		}
	});

	it("refuses bind, escalate and impersonate", () => {
		for (const verb of ["bind", "escalate", "impersonate"]) {
			refuses(
				"rbac-escalation",
				rules({ apiGroups: [RBAC], resources: ["roles"], verbs: ["get", verb] }),
				new RegExp(`verb ${verb}`),
			);
		}
	});

	it("passes roles that name what they allow, and * on other groups", () => {
		passes("rbac-escalation", rules({ apiGroups: ["apps"], resources: ["*"], verbs: ["*"] }));
		passes("rbac-escalation", rules({ apiGroups: [RBAC], resources: ["roles"], verbs: ["get", "list"] }));
		passes("rbac-escalation", kubernetes("ClusterRole", { aggregationRule: {} }));
		passes("rbac-escalation", rules({ nonResourceURLs: ["/healthz"], verbs: ["get"] }));
	});

	it("refuses cluster-admin in a namespace, which allows RBAC objects too", () => {
		const binding = (name: string) =>
			kubernetes("RoleBinding", { roleRef: roleRef("ClusterRole", name), subjects: [group("devs")] });
		refuses("rbac-escalation", binding("cluster-admin"), /allows everything, RBAC objects too/, "it");
		refuses("rbac-escalation", binding("system:node"), /made for Kubernetes' own components/, "it");
		passes("rbac-escalation", binding("admin"));
	});
});

describe("policy system-namespaces", () => {
	const policy = "system-namespaces";
	const binding = (namespace: string, role: string, subjects: object[] = [group("devs")]) =>
		kubernetes("RoleBinding", { ...inNamespace(namespace), roleRef: roleRef("ClusterRole", role), subjects });
	const wide = (role: string, subjects: object[] = [group("devs")]) =>
		kubernetes("ClusterRoleBinding", { roleRef: roleRef("ClusterRole", role), subjects });

	it("refuses bindings to roles that write, in each of the three namespaces", () => {
		for (const namespace of ["kube-system", "kube-public", "kube-node-lease"]) {
			refuses(policy, binding(namespace, "edit"), new RegExp(`access in ${namespace} is refused`), "it");
			passes(policy, binding(namespace, "view"));
		}
		passes(policy, binding("dev", "edit"));
	});

	it("passes service accounts of the cluster's own namespaces, and no others", () => {
		passes(policy, binding("kube-system", "edit", [account("coredns", "kube-system")]));
		refuses(
			policy,
			binding("kube-system", "edit", [account("coredns", "kube-system"), account("ci", "dev")]),
			/is refused/,
			"it",
		);
	});

	it("refuses people who write in every namespace, which has those three in it", () => {
		refuses(policy, wide("edit"), /writing in every namespace is refused/, "it");
		passes(policy, wide("view"));
		passes(policy, wide("edit", [account("controller", "operators")]));
	});

	it("refuses access policies that write there", () => {
		refuses(policy, association("AmazonEKSEditPolicy", { type: "cluster" }), /writing in every namespace/, "it");
		refuses(
			policy,
			association("AmazonEKSAdminPolicy", { type: "namespace", namespaces: ["dev", "kube-system"] }),
			/in kube-system/,
			"it",
		);
		passes(policy, association("AmazonEKSEditPolicy", { type: "namespace", namespaces: ["dev"] }));
		passes(policy, association("AmazonEKSViewPolicy", { type: "cluster" }));
	});
});

describe("policy system-namespaces-own-roles", () => {
	const policy = "system-namespaces-own-roles";
	const read = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
	const write = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "delete"] }];
	const role = (rules: object[], namespace = "kube-system") =>
		kubernetes("Role", { ...inNamespace(namespace, "own"), rules }, "role");
	const binding = (kind: string, name: string, subjects: object[] = [group("devs")]) =>
		kubernetes("RoleBinding", { ...inNamespace("kube-system"), roleRef: roleRef(kind, name), subjects });
	const wide = kubernetes("ClusterRoleBinding", { roleRef: roleRef("ClusterRole", "own"), subjects: [group("devs")] });
	const clusterRole = (rules: object[]) => kubernetes("ClusterRole", { metadata: { name: "own" }, rules }, "role");

	it("refuses a role there that writes or reads secrets", () => {
		refuses(policy, role(write), /access in kube-system is refused/, "role");
		refuses(policy, role([{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }]), /is refused/, "role");
		passes(policy, role(write, "dev"));
		passes(policy, role(read));
	});

	it("judges a binding by the role's rules in the same stack, in whatever order they come", () => {
		passes(policy, [binding("Role", "own"), role(read)]);
		passes(policy, [clusterRole(read), binding("ClusterRole", "own")]);
		refuses(policy, [clusterRole(write), binding("ClusterRole", "own")], /RoleBinding it in kube-system/, "it");
		refuses(policy, [binding("Role", "own"), role(write)], /RoleBinding it in kube-system/);
	});

	it("takes a role that the stack does not hold for one that writes", () => {
		refuses(policy, binding("Role", "elsewhere"), /is refused/, "it");
		refuses(policy, binding("Role", "view"), /is refused/, "it");
		refuses(policy, binding("ClusterRole", "elsewhere"), /is refused/, "it");
		passes(policy, binding("Role", "extension-apiserver-authentication-reader"));
		passes(policy, binding("ClusterRole", "edit"));
	});

	it("passes a role that the stack binds to service accounts of the cluster's own namespaces alone", () => {
		const own = account("dns", "kube-system");
		passes(policy, [role(write), binding("Role", "own", [own])]);
		refuses(policy, [role(write), binding("Role", "own", [own, account("ci", "dev")])], /^Role own/);
	});

	it("judges access to every namespace by the role's rules too", () => {
		passes(policy, [clusterRole(read), wide]);
		refuses(policy, [clusterRole(write), wide], /writing in every namespace/, "it");
		refuses(policy, wide, /writing in every namespace/, "it");
	});
});

describe("policy trust-of-everybody", () => {
	const policy = "trust-of-everybody";

	it("refuses * as a principal, in every form", () => {
		for (const Principal of ["*", { AWS: "*" }, { AWS: [`arn:aws:iam::${ACCOUNT}:root`, "*"] }]) {
			refuses(policy, trust({ Principal }), /everybody in AWS may assume the role/, "it");
		}
		refuses(policy, trust({ NotPrincipal: { AWS: arn("joe") } }), /NotPrincipal/);
		const document = { Statement: { Effect: "Allow", Principal: "*" } };
		refuses(policy, { type: "aws-native:iam:Role", props: { assumeRolePolicyDocument: document } }, /everybody/);
	});

	it("passes * with a condition that says who, and refuses other conditions", () => {
		const under = (Condition: object) => trust({ Principal: "*", Condition });
		passes(policy, under({ StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } }));
		passes(policy, under({ ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/ci-*` } }));
		passes(policy, under({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": ["o-1234567890/*"] } }));
		refuses(policy, under({ Bool: { "aws:MultiFactorAuthPresent": "true" } }), /no condition that says who/);
		refuses(policy, under({ StringNotEquals: { "aws:PrincipalAccount": ACCOUNT } }), /no condition that says who/);
		refuses(policy, under({ StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1234567890" } }), /no condition/);
		refuses(policy, under({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/ci" } }), /no condition/);
		refuses(policy, under({ StringLike: { "aws:PrincipalAccount": "*" } }), /no condition/);
	});

	it("passes accounts, services and what is denied", () => {
		passes(policy, trust({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }));
		passes(policy, trust({ Principal: { Service: "ec2.amazonaws.com" } }));
		passes(policy, trust({ Effect: "Deny", Principal: "*" }));
		passes(policy, { type: "aws:iam/role:Role", props: { assumeRolePolicy: "no JSON" } });
	});
});

describe("policy mfa-if-exists", () => {
	const under = (Condition: object) => trust({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Condition });

	it("hints that BoolIfExists lets long-term keys in", () => {
		refuses("mfa-if-exists", under({ BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } }), /Use Bool/, "it");
		passes("mfa-if-exists", under({ Bool: { "aws:MultiFactorAuthPresent": "true" } }));
	});
});

describe("policy exclusive-membership", () => {
	it("refuses what puts others out, whatever a preview knows of it", () => {
		const membership = { type: "aws:iam/groupMembership:GroupMembership", props: { group: UNKNOWN, users: ["jane"] } };
		refuses("exclusive-membership", membership, /UserGroupMembership/, "it");
		refuses(
			"exclusive-membership",
			{ type: "aws:iam/policyAttachment:PolicyAttachment", props: {} },
			/GroupPolicyAttachment/,
			"it",
		);
		passes("exclusive-membership", { type: "aws:iam/userGroupMembership:UserGroupMembership", props: {} });
	});
});

describe("policy aws-auth-ownership", () => {
	const policy = "aws-auth-ownership";

	it("refuses aws-auth as a plain ConfigMap", () => {
		refuses(policy, awsAuth({}, "ConfigMap"), /replaces the entries of the nodes/, "it");
		const inDefault = { type: "kubernetes:core/v1:ConfigMap", props: { metadata: { name: "aws-auth" } } };
		passes(policy, inDefault);
	});

	it("refuses a patch that may force its way", () => {
		refuses(policy, awsAuth({}), /patchForce not set/, "it");
		refuses(policy, awsAuth({}, "ConfigMapPatch", { "pulumi.com/patchForce": "true" }), /patchForce "true"/, "it");
		passes(policy, awsAuth({}, "ConfigMapPatch", { "pulumi.com/patchForce": "false" }));
	});

	it("does not pass what a preview does not know, except of the component, which never forces", () => {
		const given = awsAuth({}, "ConfigMapPatch");
		given.props.metadata.annotations = UNKNOWN;
		assert.throws(() => judge(policy, given), /can't be known during preview/);
		passes(policy, { ...given, parents: "eks-access:index:AwsAuth$" });
	});
});

describe("policy aws-auth-names", () => {
	const policy = "aws-auth-names";

	it("refuses usernames and groups that people choose themselves", () => {
		refuses(policy, mapRoles(entry({ username: "{{SessionName}}" })), /lets people choose it/, arn("ops"));
		refuses(policy, mapRoles(entry({ groups: ["{{SessionName}}"] })), /lets people choose it/, arn("ops"));
		refuses(policy, accessEntry({ userName: "{{SessionName}}" }), /lets people choose it/, arn("ops"));
		passes(policy, mapRoles(entry({ username: "ops:{{SessionName}}" })));
		passes(policy, accessEntry({ principalArn: UNKNOWN, userName: "ops:{{SessionName}}", kubernetesGroups: ["ops"] }));
		passes(policy, accessEntry({}));
	});

	it("refuses names of Kubernetes' own, except for nodes", () => {
		refuses(
			policy,
			mapRoles(entry({ username: "system:serviceaccount:kube-system:x" })),
			/begins with system:/,
			arn("ops"),
		);
		refuses(policy, mapRoles(entry({ groups: ["system:nodes"] })), /one of Kubernetes' own groups/, arn("ops"));
		const groups = ["system:bootstrappers", "system:nodes"];
		const username = "system:node:{{EC2PrivateDNSName}}";
		passes(policy, mapRoles(entry({ username, groups })));
		refuses(policy, mapRoles(entry({ username, groups: [...groups, "ops"] })), /begins with system:/);
	});

	it("refuses a text that the authenticator cannot read, with its line", () => {
		refuses(policy, awsAuth({ mapRoles: "- rolearn: a\n\tusername: b\n" }), /drops every entry.*mapRoles, line 2/);
	});

	it("judges of the component's text only the entries that are its own", () => {
		const others = entry({ rolearn: arn("breakglass"), username: "{{SessionName}}", groups: ["system:masters"] });
		const patch = (text: object[], annotations: unknown): Given => {
			const given = mapRoles(...text);
			given.props.metadata.annotations = annotations;
			return { ...given, parents: "eks-access:index:EksAccess$eks-access:index:AwsAuth$" };
		};
		const record = { "pulumi-eks-access/x": JSON.stringify({ roles: [arn("ops")], users: [] }) };
		for (const name of [policy, "cluster-admin"]) {
			passes(name, patch([others, entry({})], record));
			passes(name, patch([others, entry({})], UNKNOWN));
		}
		refuses("cluster-admin", patch([others, entry({ groups: ["system:masters"] })], record), /role\/ops/, arn("ops"));
	});
});

describe("policies and the components", () => {
	it("the teams of Pulumi.example.yaml and the article pass, in aws-auth and by access entries", async () => {
		const made: Given[] = [];
		await pulumi.runtime.setMocks({
			newResource: ({ type, name, inputs, id }) => {
				made.push({ type, name, props: inputs });
				return { id: id || `${name}-id`, state: { ...inputs, arn: arn(name), uniqueId: name } };
			},
			call: ({ token }) => {
				throw new Error(`unexpected call of ${token}`);
			},
		});
		const { AccessEntries, NamespaceAccess, readConfig, TeamIdentity } = await import("../components");
		const { principalsOf } = await import("../components/principal");
		const { hasRole } = await import("../components/team");
		for (const stack of ["prod", "example"]) {
			const { config } = yaml.parse(readFileSync(path.join(__dirname, "..", `Pulumi.${stack}.yaml`), "utf8"));
			const own = Object.entries(config).flatMap(([key, value]) =>
				key.startsWith("eks-access:") ? [[key.slice("eks-access:".length), asConfigured(value)]] : [],
			);
			const { teams } = readConfig(Object.fromEntries(own), stack);
			const clusterArn = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod`;
			for (const team of teams.filter(hasRole)) {
				const account = { partition: "aws", accountId: ACCOUNT };
				new TeamIdentity(`${stack}-${team.name}`, { team, account, clusterArn });
			}
			new NamespaceAccess(stack, { teams });
			const entries = principalsOf(teams).map((principal) => ({ ...principal, principalArn: arn("somebody") }));
			new AccessEntries(`${stack}-entries`, { clusterName: "prod", partition: "aws", entries });
		}
		await pulumi.runtime.disconnect();
		assert.ok(made.length > 30);
		for (const { name } of policies) {
			passes(name, made);
		}
	});
});

/** As the engine hands a value of a stack's config to the program. */
function asConfigured(value: unknown): string {
	return typeof value === "string" ? value : JSON.stringify(value);
}
