import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { AWS_AUTH, writeAwsAuth } from "./aws-auth-by-hand";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

describe("bad input gets a clear error, and nothing is half done", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		project = await openProject(sandbox, (text) => {
			output += text;
		});
	});

	beforeEach(() => {
		output = "";
	});

	/** That an up with these settings fails, says so, and has made no resource but components and providers. */
	async function refused(settings: Record<string, unknown>, ...says: RegExp[]): Promise<void> {
		project.configure(settings);
		try {
			for (const operation of ["preview", "up"] as const) {
				output = "";
				await assert.rejects(project[operation](), `${operation} was expected to fail`);
				for (const said of says) {
					assert.match(output, said);
				}
				assert.doesNotMatch(output, /\n\s+at .*\(/, "no stack trace");
			}
			const made = (await project.resourceTypes()).filter((type) => /^(aws:|kubernetes:|pulumi-nodejs:)/.test(type));
			assert.deepEqual(made, []);
			await noRoleWasMade();
		} finally {
			project.configure(Object.fromEntries(Object.keys(settings).map((key) => [key, ORIGINAL[key]])));
		}
	}

	const ORIGINAL: Record<string, unknown> = {
		"eks-access:namespaces": ["prod", "uat", "dev"],
		"eks-access:users": ["jane", "joe"],
		"eks-access:cluster": "prod-eks-cluster",
	};

	async function noRoleWasMade(): Promise<void> {
		await new Shell(sandbox.environment).refused("aws iam get-role --role-name k8s-devs-role", /NoSuchEntity/);
	}

	function kubeconfig(change: { server?: string; token?: string }): string {
		const config = JSON.parse(JSON.stringify(require("yaml").parse(readFileSync(sandbox.adminKubeconfig, "utf8"))));
		Object.assign(config.clusters[0].cluster, change.server ? { server: change.server } : {});
		Object.assign(config.users[0].user, change.token ? { token: change.token } : {});
		return JSON.stringify(config);
	}

	it("a misspelt key, a bad namespace and a user's ARN, in one error", () =>
		refused(
			{
				"eks-access:namespcaes": ["dev"],
				"eks-access:namespaces": ["Dev"],
				"eks-access:users": ["arn:aws:iam::293759796572:user/jane"],
			},
			/namespcaes: unknown key\. Did you mean namespaces\?/,
			/namespaces\[0\]: "Dev" is no namespace name/,
			/users\[0\]: found the ARN .* write jane/,
			/\[config-invalid\]/,
		));

	it("an unreachable API server", () =>
		refused(
			{ "eks-access:kubeconfig": kubeconfig({ server: "https://127.0.0.1:1" }) },
			/cannot reach the API server https:\/\/127\.0\.0\.1:1/,
			/\[api-server-unreachable\]/,
		));

	it("wrong credentials", () =>
		refused(
			{ "eks-access:kubeconfig": kubeconfig({ token: "wrong" }) },
			/does not accept these credentials \(401/,
			/\[api-server-unauthorized\]/,
		));

	it("a cluster that is not there", () =>
		refused(
			{ "eks-access:cluster": "no-such-cluster" },
			/AWS does not show no-such-cluster in eu-west-1/,
			/\[cluster-not-found\]/,
		));

	it("a missing aws-auth", async () => {
		const live = await sandbox.core.readNamespacedConfigMap(AWS_AUTH);
		await sandbox.core.deleteNamespacedConfigMap(AWS_AUTH);
		try {
			await refused({}, /has no ConfigMap kube-system\/aws-auth/, /\[aws-auth-missing\]/);
		} finally {
			await sandbox.core.createNamespacedConfigMap({
				namespace: AWS_AUTH.namespace,
				body: { metadata: AWS_AUTH, data: live.data },
			});
		}
	});

	it("an aws-auth that the authenticator could not parse; it stays as it is", async () => {
		const original = await awsAuth({ sandbox });
		const broken = `${original.mapRoles}- rolearn: arn:aws:iam::293759796572:role/x\n  username: {{SessionName}}\n`;
		await writeAwsAuth(sandbox, { mapRoles: broken });
		try {
			await refused({}, /mapRoles/, /line \d+/, /\[aws-auth-unreadable\]/);
			assert.equal((await awsAuth({ sandbox })).mapRoles, broken);
		} finally {
			await writeAwsAuth(sandbox, original);
		}
	});

	it("an operator who may read aws-auth but not patch it", async () => {
		const admin = new Shell(sandbox.adminEnvironment);
		const names = "clusterrolebinding/bad-input-reader serviceaccount/bad-input-reader";
		await admin.does("kubectl create serviceaccount bad-input-reader -n default");
		await admin.does(
			"kubectl create clusterrolebinding bad-input-reader --clusterrole=view --serviceaccount=default:bad-input-reader",
		);
		try {
			const token = await admin.does("kubectl create token bad-input-reader -n default");
			project.configure({ "eks-access:kubeconfig": kubeconfig({ token }) });
			await project.preview();
			await assert.rejects(project.up());
			assert.match(output, /may read kube-system\/aws-auth but not patch it.*\[aws-auth-not-writable\]/s);
			await noRoleWasMade();
		} finally {
			// Whoever may make pods in default could act as it, which other suites' teams would be refused for.
			await admin.does(`kubectl delete -n default ${names}`);
		}
		project.configure({ "eks-access:kubeconfig": undefined });
	});

	it("an aws-auth that Terraform manages, unless takeOver says so", async () => {
		const original = await awsAuth({ sandbox });
		const mapRoles = `${original.mapRoles}# tf\n`;
		await writeAwsAuth(sandbox, { ...original, mapRoles }, "Terraform");
		try {
			await refused({}, /managed by Terraform \(field manager Terraform\)/, /takeOver.*\[aws-auth-foreign-owner\]/s);
			project.configure({ "eks-access:takeOver": true });
			await project.up();
			await project.destroy();
			assert.equal((await awsAuth({ sandbox })).mapRoles, mapRoles);
		} finally {
			await writeAwsAuth(sandbox, original);
		}
	});
});
