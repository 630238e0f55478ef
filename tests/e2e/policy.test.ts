import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as iam from "@pulumi/aws/iam";
import * as core from "@pulumi/kubernetes/core/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import { isEmpty, PROJECT, SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { sharedSandbox } from "./shared-sandbox";

const PACK = path.join(PROJECT, "policy");
const policyPacks = [PACK];
const RBAC = "rbac.authorization.k8s.io";
const ACCOUNT = "293759796572";

/** What the pack is there for: a program that gives access by hand, and wrongly. */
async function violating() {
	new rbac.ClusterRoleBinding("admins", {
		metadata: { name: "policy-test-admins" },
		roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "cluster-admin" },
		subjects: [{ apiGroup: RBAC, kind: "Group", name: "devs" }],
	});
	new rbac.ClusterRole("everything", {
		metadata: { name: "policy-test-everything" },
		rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
	});
	new rbac.RoleBinding("system", {
		metadata: { name: "policy-test-edit", namespace: "kube-system" },
		roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "edit" },
		subjects: [{ apiGroup: RBAC, kind: "Group", name: "devs" }],
	});
	new core.ConfigMapPatch("aws-auth", {
		metadata: { name: "aws-auth", namespace: "kube-system" },
		data: {
			mapRoles: JSON.stringify([
				{ rolearn: `arn:aws:iam::${ACCOUNT}:role/ops`, username: "{{SessionName}}", groups: ["system:masters"] },
			]),
		},
	});
	const assumeRolePolicy = JSON.stringify({
		Version: "2012-10-17",
		Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" }],
	});
	new iam.Role("open", { name: "policy-test-open", assumeRolePolicy });
}

/** The same needs, met with less; one role comes before the binding that the pack judges by it. */
async function clean() {
	const role = new rbac.Role("reader", {
		metadata: { name: "policy-test-reader", namespace: "kube-system" },
		rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }],
	});
	new rbac.RoleBinding("reader", {
		metadata: { name: "policy-test-reader", namespace: "kube-system" },
		roleRef: { apiGroup: RBAC, kind: "Role", name: role.metadata.name },
		subjects: [{ apiGroup: RBAC, kind: "Group", name: "devs" }],
	});
	const assumeRolePolicy = JSON.stringify({
		Version: "2012-10-17",
		Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }],
	});
	new iam.Role("closed", { name: "policy-test-closed", assumeRolePolicy });
}

describe("the policy pack on the engine", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let output = "";
	let opened = 0;

	before(async () => {
		sandbox = await sharedSandbox();
	});

	function open(stack: string, program?: () => Promise<void>): Promise<SandboxProject> {
		const directory = path.join(sandbox.directory, `policy-${++opened}`);
		const { environment } = sandbox;
		output = "";
		const onOutput = (text: string) => {
			output += text;
		};
		return SandboxProject.open(stack, { directory, environment, onOutput, program });
	}

	function configFile(config: object): string {
		const file = path.join(sandbox.directory, `policy-config-${opened}.json`);
		writeFileSync(file, JSON.stringify(config));
		return file;
	}

	it("a program that gives too much away fails in the preview, with what was found where", async () => {
		const project = await open("prod", violating);
		await assert.rejects(project.preview({ policyPacks }));
		for (const [policy, found] of [
			["cluster-admin", /ClusterRoleBinding policy-test-admins makes devs cluster administrators/],
			["cluster-admin", /role\/ops: system:masters makes cluster administrators/],
			["rbac-escalation", /ClusterRole policy-test-everything: \* on RBAC objects/],
			["system-namespaces", /RoleBinding policy-test-edit in kube-system: this access in kube-system is refused/],
			["trust-of-everybody", /Principal "\*" and no condition/],
			["aws-auth-ownership", /pulumi\.com\/patchForce not set/],
			["aws-auth-names", /"\{\{SessionName\}\}" lets people choose it/],
		] as const) {
			assert.match(output, new RegExp(`\\[mandatory\\]\\s.*${policy}`), policy);
			assert.match(output.replace(/\s+/g, " "), found, policy);
		}
		await assert.rejects(project.up({ policyPacks }));
		const made = (await project.resourceTypes()).filter((type) => /^(aws|kubernetes):/.test(type));
		assert.deepEqual(made, [], "an update makes nothing of it, without a preview before it too");
	});

	it("its config turns a policy down or off, and allows what is meant", async () => {
		const project = await open("prod", violating);
		const config = configFile({
			"cluster-admin": { allow: ["admins", `arn:aws:iam::${ACCOUNT}:role/ops`] },
			"rbac-escalation": "advisory",
			"system-namespaces": { allow: ["system"] },
			"trust-of-everybody": { allow: ["open"] },
			"aws-auth-ownership": "disabled",
			"aws-auth-names": { enforcementLevel: "advisory" },
		});
		await project.preview({ policyPacks, policyPackConfigs: [config] });
		assert.match(output, /\[advisory\]\s.*rbac-escalation/);
		assert.doesNotMatch(output, /\[mandatory\]|system-namespaces|trust-of-everybody|aws-auth-ownership/);
	});

	it("a config that the pack does not understand is an error", async () => {
		const project = await open("prod", clean);
		const policyPackConfigs = [configFile({ "cluster-admin": { allow: "admins" } })];
		await assert.rejects(project.preview({ policyPacks, policyPackConfigs }), /allow/);
	});

	it("a clean program passes in the preview and in the update", async () => {
		const project = await open("prod", clean);
		await project.preview({ policyPacks });
		await project.up({ policyPacks });
		assert.doesNotMatch(output, /\[(mandatory|advisory)\]/);
		await project.destroy();
	});

	it("the article's stack passes, with nothing to remark", async () => {
		const project = await open("prod");
		await project.preview({ policyPacks });
		await project.up({ policyPacks });
		assert.ok(isEmpty(await project.preview({ policyPacks })));
		await project.destroy();
		assert.doesNotMatch(output, /\[(mandatory|advisory)\]/);
	});

	it("Pulumi.example.yaml's stack passes, with nothing to remark", async () => {
		const project = await open("example");
		await project.preview({ policyPacks });
		await project.up({ policyPacks });
		await project.destroy();
		assert.doesNotMatch(output, /\[(mandatory|advisory)\]/);
	});
});
