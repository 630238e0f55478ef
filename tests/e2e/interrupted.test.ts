import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as yaml from "yaml";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { ApiProxy } from "./api-proxy";
import { Engine } from "./engine";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const INTERRUPTIONS = {
	"Ctrl-C": ["SIGINT"],
	"Ctrl-C twice": ["SIGINT", "SIGINT"],
	"a killed engine": ["SIGKILL"],
} as const;
type Interruption = keyof typeof INTERRUPTIONS;

/** At which request to the API server, in an up and in a destroy. */
const MOMENTS = {
	"a RoleBinding": /\/rolebindings\b/,
	"a quota": /\/resourcequotas\b/,
	"the guard of network policies": /\/validatingadmissionpolicies\b/,
};

describe("an interrupted run is finished by the next one", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let admin: Shell;
	let project: SandboxProject;
	let proxy: ApiProxy;
	let original: Record<string, string>;
	let output = "";
	const engine = new Engine();

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		await sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		original = await awsAuth({ sandbox });
		const config = yaml.parse(readFileSync(sandbox.adminKubeconfig, "utf8"));
		proxy = new ApiProxy(sandbox.endpoint, sandbox.certificateAuthority, config.users[0].user.token);
		await proxy.start();
		config.clusters[0].cluster = { server: proxy.url };
		project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack: "interrupted" },
		);
		project.configure({
			"aws:region": sandbox.region,
			"eks-access:cluster": sandbox.clusterName,
			"eks-access:kubeconfig": JSON.stringify(config),
			"eks-access:teams": [
				{
					name: "interrupted",
					users: ["jane", "joe"],
					namespaces: [{ name: "interrupted", quota: { pods: "9" }, networkPolicy: "default-deny" }],
				},
			],
		});
		// What is somebody else's.
		await admin.does("kubectl create namespace interrupted");
		await admin.does("kubectl create rolebinding others -n interrupted --clusterrole=view --group=others");
	});

	afterEach(() => {
		engine.endPlugins();
		proxy.onRequest = () => undefined;
	});

	after(async () => {
		await project?.destroy();
		await proxy?.stop();
		await sandbox?.setAuthenticationMode("CONFIG_MAP");
		await admin?.does("kubectl delete namespace interrupted --ignore-not-found --wait=false");
	});

	async function interrupted(how: Interruption, at: RegExp, methods: string[], run: () => Promise<unknown>) {
		let isDone = false;
		proxy.onRequest = (method, url) => {
			if (!isDone && methods.includes(method) && at.test(url) && !url.includes("dryRun=")) {
				isDone = true;
				// The request arrives; whoever asked does not learn of it when the engine is gone.
				for (const signal of INTERRUPTIONS[how]) {
					engine.signal(signal);
				}
			}
		};
		output = "";
		await assert.rejects(run());
		assert.ok(isDone, output);
		proxy.onRequest = () => undefined;
		engine.endPlugins();
		await project.cancel();
	}

	/** `pulumi up`; a role or a group that the interrupted run was just making has to be removed by hand, as the docs say. */
	async function upAgain(): Promise<void> {
		output = "";
		const isDone = await project.up().then(
			() => true,
			() => false,
		);
		if (isDone) {
			return;
		}
		const [, left = ""] =
			/this stack has not made what is there already: (.*?)\. Nothing was changed/.exec(output) ?? [];
		assert.notEqual(left, "", output);
		if (left.includes("the role interrupted-role")) {
			await admin.does("aws iam delete-role --role-name interrupted-role");
		}
		if (left.includes("the group interrupted")) {
			const group = "--group-name interrupted";
			await admin.does(
				`for user in $(aws iam get-group ${group} --query 'Users[].UserName' --output text); do aws iam remove-user-from-group ${group} --user-name $user; done`,
			);
			await admin.does(
				`for arn in $(aws iam list-attached-group-policies ${group} --query 'AttachedPolicies[].PolicyArn' --output text); do aws iam detach-group-policy ${group} --policy-arn $arn; done`,
			);
			await admin.does(`aws iam delete-group ${group}`);
		}
		await project.up();
	}

	/** A policy that AWS was just making: it has a name of its own, is attached to nobody, and has to be removed by hand. */
	async function removeUnattached(): Promise<void> {
		const query = "'Policies[?AttachmentCount==`0` && contains(PolicyName, `interrupted`)].Arn'";
		const list = `aws iam list-policies --scope Local --query ${query} --output text`;
		await admin.does(`for policy in $(${list}); do aws iam delete-policy --policy-arn $policy; done`);
	}

	/** Each of ours is there once, and those of others are as they were. */
	async function isWhole(): Promise<void> {
		assert.ok(isEmpty(await project.preview()), output);
		const jane = await SignedIn.as(sandbox, "jane", "interrupted-role");
		assert.ok(await jane.may({ verb: "create", resource: "pods", namespace: "interrupted" }));
		assert.deepEqual(await ours(), {
			policies: 1,
			members: "jane joe",
			bindings: "interrupted others",
		});
	}

	async function ours() {
		const query = (what: string) => `--query ${what} --output json`;
		const policies = await admin.does(
			`aws iam list-policies --scope Local ${query("'Policies[?contains(PolicyName, `interrupted`)].PolicyName'")}`,
		);
		const members = await admin.does(
			`aws iam get-group --group-name interrupted ${query("'Users[].UserName'")} 2>/dev/null || echo '[]'`,
		);
		return {
			policies: JSON.parse(policies).length as number,
			members: (JSON.parse(members) as string[]).sort().join(" "),
			bindings: await admin.does("kubectl get rolebindings -n interrupted -o jsonpath='{.items[*].metadata.name}'"),
		};
	}

	const CASES: [Interruption, authentication: string, moment: keyof typeof MOMENTS][] = [
		["Ctrl-C", "aws-auth", "a RoleBinding"],
		["Ctrl-C twice", "aws-auth", "a quota"],
		["a killed engine", "aws-auth", "a RoleBinding"],
		["Ctrl-C twice", "access-entries", "the guard of network policies"],
		["a killed engine", "access-entries", "a quota"],
	];
	for (const [how, authentication, moment] of CASES) {
		it(`${how}, ${authentication}, while ${moment} is made, and while it is deleted`, async () => {
			project.configure({ "eks-access:authentication": authentication });
			await interrupted(how, MOMENTS[moment], ["POST", "PATCH"], () => project.up());
			await upAgain();
			await removeUnattached();
			await isWhole();
			await interrupted(how, MOMENTS[moment], ["DELETE"], () => project.destroy());
			await project.destroy();
			assert.deepEqual(await awsAuth({ sandbox }), original);
			assert.deepEqual(await ours(), { policies: 0, members: "", bindings: "others" });
		});
	}
});
