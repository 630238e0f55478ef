import assert from "node:assert/strict";
import { type Changes, isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const RULES = "kubectl get clusterrole dev-full-access -o jsonpath='{.rules}'";
const PODS = { verb: "create", resource: "pods", namespace: "commons" };

describe("two stacks on one cluster, whose teams both have full access", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let admin: Shell;
	let original: Record<string, string>;
	let first: SandboxProject;
	let second: SandboxProject;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		original = await awsAuth({ sandbox });
		first = await open("first", "jane");
		second = await open("second", "joe");
	});

	after(async () => {
		await first?.destroy();
		await second?.destroy();
	});

	async function open(stack: string, user: string): Promise<SandboxProject> {
		const project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack },
		);
		project.configure({
			"aws:region": sandbox.region,
			"eks-access:cluster": sandbox.clusterName,
			"eks-access:teams": [{ name: `${stack}-devs`, namespaces: ["commons"], users: [user] }],
		});
		return project;
	}

	function changesOf({ same, ...changes }: Changes): Changes {
		return changes;
	}

	async function may(user: "jane" | "joe", stack: string): Promise<boolean> {
		const person = await SignedIn.as(sandbox, user, `${stack}-devs-role`);
		return person.may(PODS);
	}

	it("share the ClusterRole, without adoptExisting, and see no change of it", async () => {
		await first.up();
		await second.up();
		assert.ok((await may("jane", "first")) && (await may("joe", "second")));
		await first.up();
		assert.deepEqual(changesOf(await second.preview()), { update: 1 }, "aws-auth, which the first has written to");
		await second.up();
		for (const project of [first, second]) {
			assert.ok(isEmpty(await project.preview()), output);
		}
	});

	it("see no change after a refresh, whoever wrote to aws-auth last", async () => {
		await first.refresh();
		assert.ok(isEmpty(await first.preview()), output);
	});

	it("when the first goes, the people of the second keep their access", async () => {
		await first.destroy();
		assert.ok(await may("joe", "second"));
		assert.deepEqual(changesOf(await second.preview()), { update: 1 }, "aws-auth, which the first has written to");
	});

	it("when the last goes, nobody is let do anything any more, and a new stack can begin", async () => {
		await second.destroy();
		assert.match(await admin.does(RULES), /^(null)?$/);
		assert.deepEqual(await awsAuth({ sandbox }), original);
		await first.up();
		assert.ok(await may("jane", "first"));
	});
});
