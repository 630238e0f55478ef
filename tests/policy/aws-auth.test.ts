import assert from "node:assert/strict";
import { judge, passes, refuses } from "./judgement";
import { accessEntry, arn, awsAuth, entry, type Given, mapRoles, UNKNOWN } from "./stack";

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

	it("refuses whole accounts", () => {
		refuses(policy, awsAuth({ mapAccounts: '- "293759796572"\n' }), /mapAccounts lets every IAM user and role/, "it");
		for (const mapAccounts of [undefined, "", "[]\n", "null", '# - "293759796572"\n']) {
			passes(policy, awsAuth({ mapAccounts }));
		}
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
