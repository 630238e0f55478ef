import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as yaml from "yaml";
import type { SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

describe("what an up will meet is asked first", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let admin: Shell;
	let aws: Shell;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		aws = new Shell(sandbox.environment);
		project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack: "asked" },
		);
	});

	function configure(team: object, settings: object = {}): void {
		project.configure({
			"aws:region": sandbox.region,
			"eks-access:cluster": sandbox.clusterName,
			"eks-access:teams": [{ name: "asked", ...team }],
			...settings,
		});
	}

	/** That a preview and an up fail with one error that says all of this, and that neither has made anything. */
	async function refused(code: string, ...says: RegExp[]): Promise<void> {
		const before = await awsAuth({ sandbox });
		for (const operation of ["preview", "up"] as const) {
			output = "";
			await assert.rejects(project[operation](), `${operation} was expected to fail`);
			for (const said of says) {
				assert.match(output, said);
			}
			assert.ok(output.includes(`[${code}]`), output);
		}
		assert.deepEqual(
			(await project.resourceTypes()).filter((type) => /^(aws:|kubernetes:|pulumi-nodejs:)/.test(type)),
			[],
		);
		assert.deepEqual(await awsAuth({ sandbox }), before);
	}

	it("users and roles that do not exist, or can never come in", async () => {
		const iam = `arn:aws:iam::${sandbox.accountId}:role`;
		const trust = '{"Version":"2012-10-17","Statement":[]}';
		await aws.does(`aws iam create-role --role-name asked-ci --path /ci/ --assume-role-policy-document '${trust}'`);
		await sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		try {
			configure(
				{
					namespaces: ["asked"],
					users: ["jane", "nobody"],
					roleArns: [
						`${iam}/asked-ci`,
						`${iam}/asked-gone`,
						`${iam}/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS`,
						`arn:aws-us-gov:iam::${sandbox.accountId}:role/asked-gov`,
					],
					role: { permissionsBoundary: `arn:aws:iam::${sandbox.accountId}:policy/asked-gone` },
				},
				{ "eks-access:authentication": "both" },
			);
			await refused(
				"config-invalid",
				/IAM has no user nobody/,
				/role\/asked-ci does not exist; the role of that name is \S+role\/ci\/asked-ci\./,
				/IAM has no role asked-gone/,
				/AWSServiceRoleForAmazonEKS is a service-linked role/,
				/asked-gov is in the partition aws-us-gov/,
				/IAM has no policy \S+policy\/asked-gone/,
			);
		} finally {
			await sandbox.setAuthenticationMode("CONFIG_MAP");
			project.configure({ "eks-access:authentication": undefined });
		}
	});

	it("what the API server refuses: all of it in one error, and what that advises helps", async () => {
		const team = {
			namespaces: [
				"asked-ending",
				"asked-bound",
				"asked-denied",
				{ name: "asked-labelled", labels: { owner: "asked" } },
			],
			users: ["jane"],
		};
		configure(team);
		await admin.does("kubectl create namespace asked-ending");
		await admin.does("kubectl create configmap held -n asked-ending");
		await admin.does(
			`kubectl patch configmap held -n asked-ending -p '{"metadata":{"finalizers":["asked.test/hold"]}}'`,
		);
		await admin.does("kubectl delete namespace asked-ending --wait=false");
		await admin.does("kubectl create namespace asked-bound");
		await admin.does("kubectl create rolebinding asked -n asked-bound --clusterrole=view --group=others");
		await admin.does("kubectl create namespace asked-labelled");
		await admin.does("kubectl label namespace asked-labelled owner=others");
		await admin.does(`kubectl apply -f ${admissionPolicy()}`);
		await admin.comesTo("kubectl create namespace asked-denied --dry-run=server", /not on this cluster/);
		await admin.does(`kubectl patch configmap aws-auth -n kube-system -p '{"immutable":true}'`);
		await refused(
			"write-refused",
			/Namespace asked-ending: it is being deleted\./,
			/RoleBinding asked-bound\/asked: .*already exists\. If it is the team's, adopt it/,
			/Namespace asked-denied: .*asked\.test.*not on this cluster/,
			/Namespace asked-labelled: .*conflict with "kubectl-label".*\.metadata\.labels\.owner/,
			/ConfigMap kube-system\/aws-auth: .*immutable/,
		);
		const advice =
			/kubectl get configmap -n kube-system aws-auth -o yaml \| sed \S+ \| kubectl replace --force -f -/.exec(output);
		await admin.does(advice?.[0] as string);
		await admin.does("kubectl delete validatingadmissionpolicybinding,validatingadmissionpolicy asked.test");
		await admin.does(`kubectl patch configmap held -n asked-ending --type=merge -p '{"metadata":{"finalizers":null}}'`);
		await admin.comesTo("kubectl get namespace asked-ending", /NotFound/);
		await admin.does("kubectl delete rolebinding asked -n asked-bound");
		await admin.does("kubectl label namespace asked-labelled owner-");
		await admin.comesTo("kubectl create namespace asked-denied --dry-run=server", /created/);
		await project.preview();
	});

	it("whether the operator may write: a preview says that it could not try, an up refuses", async () => {
		configure({ namespaces: ["asked-read"], users: ["jane"] });
		await admin.does("kubectl create serviceaccount asked-reader -n default");
		await admin.does(
			"kubectl create clusterrolebinding asked-reader --clusterrole=view --serviceaccount=default:asked-reader",
		);
		const token = await admin.does("kubectl create token asked-reader -n default");
		const config = yaml.parse(readFileSync(sandbox.adminKubeconfig, "utf8"));
		config.users[0].user = { token };
		project.configure({ "eks-access:kubeconfig": JSON.stringify(config) });
		try {
			output = "";
			await project.preview();
			assert.match(output, /may not write Namespace asked-read, .* could not try whether the API server accepts it/);
			await assert.rejects(project.up());
			assert.match(output, /\[(aws-auth-not-writable|api-server-forbidden|write-refused)\]/);
		} finally {
			project.configure({ "eks-access:kubeconfig": undefined });
			await admin.does("kubectl delete clusterrolebinding asked-reader");
			await admin.does("kubectl delete serviceaccount asked-reader -n default");
		}
	});

	it("what the stack has written itself it may change", async () => {
		const trust = '{"Version":"2012-10-17","Statement":[]}';
		await aws.does(`aws iam create-role --role-name asked-own --assume-role-policy-document '${trust}'`);
		const team = { access: "view", roleArns: [`arn:aws:iam::${sandbox.accountId}:role/asked-own`] };
		const labelled = (owner: string) => ({ ...team, namespaces: [{ name: "asked-own", labels: { owner } }] });
		configure(labelled("one"));
		await project.up();
		configure(labelled("two"));
		await project.up();
		assert.equal((await sandbox.core.readNamespace({ name: "asked-own" })).metadata?.labels?.owner, "two");
		await project.destroy();
	});

	/** That no namespace of this name is made. */
	function admissionPolicy(): string {
		const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["namespaces"] };
		const kind = (name: string) => ({ apiVersion: "admissionregistration.k8s.io/v1", kind: name });
		const metadata = { name: "asked.test" };
		const documents = [
			{
				...kind("ValidatingAdmissionPolicy"),
				metadata,
				spec: {
					matchConstraints: { resourceRules: [rule] },
					validations: [{ expression: 'object.metadata.name != "asked-denied"', message: "not on this cluster" }],
				},
			},
			{
				...kind("ValidatingAdmissionPolicyBinding"),
				metadata,
				spec: { policyName: "asked.test", validationActions: ["Deny"] },
			},
		];
		const file = path.join(sandbox.directory, "asked-policy.yaml");
		writeFileSync(file, documents.map((document) => yaml.stringify(document)).join("---\n"));
		return file;
	}
});
