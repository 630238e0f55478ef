import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

describe("the move from aws-auth to access entries locks nobody out", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let operator: Shell;
	let project: SandboxProject;
	let original: Record<string, string>;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox({ updateSeconds: 8 });
		operator = new Shell(sandbox.environment);
		original = await awsAuth({ sandbox });
		project = await openProject(sandbox, (text) => {
			output += text;
		});
		project.configure({
			"eks-access:namespaces": undefined,
			"eks-access:users": undefined,
			"eks-access:teams": [
				{ name: "shop", namespaces: ["shop"], users: ["jane"], role: { path: "/teams/" } },
				{ name: "pay", access: "edit", namespaces: ["pay", { name: "pay-live", access: "view" }], users: ["joe"] },
			],
		});
		await project.up();
	});

	after(async () => {
		await project?.destroy();
		await sandbox?.setAuthenticationMode("CONFIG_MAP");
		// A stack that adopts leaves it as it is.
		await new Shell(sandbox.adminEnvironment).does("kubectl delete clusterrole dev-full-access --ignore-not-found");
		assert.deepEqual(await awsAuth({ sandbox }), original);
		assert.deepEqual(await entries(), []);
	});

	/** Asks all the while, as jane and joe, and as a node: any refusal is one too many. */
	async function whileEverybodyGetsIn(work: () => Promise<unknown>): Promise<void> {
		const jane = await SignedIn.as(sandbox, "jane", "teams/shop-role");
		const joe = await SignedIn.as(sandbox, "joe", "pay-role");
		const refused: string[] = [];
		let asked = 0;
		let done = false;
		const working = work().finally(() => {
			done = true;
		});
		working.catch(() => undefined);
		while (!done) {
			for (const [who, question] of [
				[jane, { verb: "create", resource: "pods", namespace: "shop" }],
				[joe, { verb: "create", resource: "deployments.apps", namespace: "pay" }],
				[joe, { verb: "list", resource: "pods", namespace: "pay-live" }],
			] as const) {
				const may = await who.may(question).catch((error: Error) => error.message);
				asked++;
				if (may !== true) {
					refused.push(`${question.verb} ${question.resource} in ${question.namespace}: ${may}`);
				}
			}
			await delay(100);
		}
		await working;
		assert.ok(asked > 10, "they asked");
		assert.deepEqual(refused, []);
	}

	async function set(authentication: string | undefined): Promise<void> {
		output = "";
		project.configure({ "eks-access:authentication": authentication });
	}

	async function refused(authentication: string, says: RegExp): Promise<void> {
		for (const operation of ["preview", "up"] as const) {
			await set(authentication);
			await assert.rejects(project[operation]());
			assert.match(output, says);
		}
	}

	async function entries(): Promise<string[]> {
		const list = `aws eks list-access-entries --cluster-name ${sandbox.clusterName}`;
		const listed = await operator.does(`${list} --query accessEntries --output json 2>/dev/null || echo '[]'`);
		return JSON.parse(listed).filter((arn: string) => /role\/(teams\/)?(shop|pay)-role/.test(arn));
	}

	async function nodesAndOperatorGetIn(): Promise<void> {
		const node = await SignedIn.as(sandbox, "node");
		assert.ok((await node.whoAmI()).groups.includes("system:nodes"));
		const operator = await SignedIn.as(sandbox, "operator");
		assert.ok(await operator.may({ verb: "*", resource: "*" }));
	}

	it("a cluster that knows no access entries is refused, with the command that changes its mode", async () => {
		await refused("both", /has the authentication mode CONFIG_MAP[\s\S]*authenticationMode=API_AND_CONFIG_MAP/);
		await refused("access-entries", /has the authentication mode CONFIG_MAP/);
		await set(undefined);
		await sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		assert.ok(isEmpty(await project.preview()), "the cluster's new mode alone changes nothing");
	});

	it("while the cluster's mode is being changed, a preview waits before it asks for entries, also with a kubeconfig of its own", async () => {
		const own = await operator.does("kubectl config view --raw --flatten -o json");
		for (const kubeconfig of [own, undefined]) {
			await sandbox.setAuthenticationMode("CONFIG_MAP");
			await operator.does(
				`aws eks update-cluster-config --name ${sandbox.clusterName} --access-config authenticationMode=API_AND_CONFIG_MAP`,
			);
			await set("both");
			project.configure({ "eks-access:kubeconfig": kubeconfig });
			await project.preview();
			assert.match(output, /waiting until prod-eks-cluster is ACTIVE/);
		}
	});

	it("from aws-auth to access entries in one step is refused: there would be nobody's way in for a while", async () => {
		await refused("access-entries", /would have no way in until the access entries work[\s\S]*authentication both/);
		assert.deepEqual(await entries(), []);
	});

	it("both: the preview shows entries and policies to be made and nothing else; everybody gets in all the while", async () => {
		await set("both");
		const previewed = await project.preview();
		// A component, two entries, and policies for pay's edit and view.
		assert.deepEqual(previewed, { create: 5, same: previewed.same });
		await whileEverybodyGetsIn(() => project.up());
		assert.equal((await entries()).length, 2);
		assert.ok(isEmpty(await project.preview()));
		await project.refresh();
		assert.ok(isEmpty(await project.preview()));
		await nodesAndOperatorGetIn();
	});

	it("access-entries: the preview shows what goes; aws-auth is what it was before this stack, byte for byte", async () => {
		await set("access-entries");
		const previewed = await project.preview();
		// The component of aws-auth with its patch and its release.
		assert.deepEqual(previewed, { delete: 3, same: previewed.same });
		await whileEverybodyGetsIn(() => project.up());
		assert.deepEqual(await awsAuth({ sandbox }), original);
		assert.ok(isEmpty(await project.preview()));
		await nodesAndOperatorGetIn();
	});

	it("the cluster in mode API: auto is access entries, and the preview is empty", async () => {
		await sandbox.setAuthenticationMode("API");
		await set(undefined);
		assert.ok(isEmpty(await project.preview()));
		await whileEverybodyGetsIn(() => project.up());
		await nodesAndOperatorGetIn();
		await refused("aws-auth", /has the authentication mode API, so it does not read aws-auth/);
		await refused("both", /has the authentication mode API/);
		await set(undefined);
	});

	it("people have exactly their access by access entries", async () => {
		const jane = await SignedIn.as(sandbox, "jane", "teams/shop-role");
		const joe = await SignedIn.as(sandbox, "joe", "pay-role");
		assert.equal((await jane.whoAmI()).username, "shop");
		const answers = await Promise.all([
			jane.may({ verb: "create", resource: "pods", namespace: "shop" }),
			jane.may({ verb: "get", resource: "pods", namespace: "pay" }),
			joe.may({ verb: "create", resource: "deployments.apps", namespace: "pay" }),
			joe.may({ verb: "create", resource: "deployments.apps", namespace: "pay-live" }),
			joe.may({ verb: "list", resource: "pods", namespace: "pay-live" }),
			joe.may({ verb: "get", resource: "secrets", namespace: "pay-live" }),
			joe.may({ verb: "list", resource: "pods", namespace: "shop" }),
			joe.may({ verb: "list", resource: "nodes" }),
		]);
		assert.deepEqual(answers, [true, false, true, false, true, false, false, false]);
	});

	it("a role that is made anew gets an entry that works: EKS knows roles by their ids", async () => {
		const role = "shop-role";
		await operator.does(`aws iam delete-role --role-name ${role}`);
		await project.refresh();
		const previewed = await project.preview();
		assert.equal(previewed.create, 1, "the role");
		await project.up();
		const jane = await SignedIn.as(sandbox, "jane", "teams/shop-role");
		assert.ok(await jane.may({ verb: "create", resource: "pods", namespace: "shop" }));
		assert.ok(isEmpty(await project.preview()));
	});

	it("an entry that somebody made by hand is refused, or adopted with the config's groups", async () => {
		const arn = `arn:aws:iam::${sandbox.accountId}:role/ci/github-deploy`;
		const create = `aws eks create-access-entry --cluster-name ${sandbox.clusterName} --principal-arn ${arn} --kubernetes-groups by-hand`;
		await operator.does(create);
		const teams = project.config("eks-access:teams") as object[];
		const deploy = { name: "deploy", namespaces: ["shop"], roleArns: [arn] };
		project.configure({ "eks-access:teams": [...teams, deploy] });
		output = "";
		await assert.rejects(project.up());
		assert.match(
			output,
			/there already that this stack has not made[\s\S]*prod-eks-cluster:arn:aws:iam::293759796572:role\/ci\/github-deploy/,
		);

		project.configure({ "eks-access:adoptExisting": true });
		output = "";
		await assert.rejects(project.up());
		assert.match(output, /"group\/by-hand"/);
		project.configure({ "eks-access:teams": [...teams, { ...deploy, allow: ["group/by-hand"] }] });
		const adopted = await project.up();
		assert.equal(adopted.import ?? adopted.imported, 1);
		project.configure({ "eks-access:teams": [...teams, deploy] });
		assert.ok(isEmpty(await project.preview()), output);
		const ci = await SignedIn.as(sandbox, "ci");
		assert.ok((await ci.whoAmI()).groups.includes("deploy"));
		assert.ok(await ci.may({ verb: "create", resource: "pods", namespace: "shop" }));
	});

	it("a role that was listed by its ARN, and is by its permission set now, keeps its entry", async () => {
		const teams = project.config("eks-access:teams") as object[];
		const arn = `arn:aws:iam::293759796572:role/aws-reserved/sso.amazonaws.com/${sandbox.region}/AWSReservedSSO_ReadOnly_4b1d8f0a6c2e7935`;
		const sam = { name: "watch", namespaces: ["shop"], access: "view" };
		project.configure({ "eks-access:teams": [...teams, { ...sam, roleArns: [arn] }] });
		await project.up();
		project.configure({ "eks-access:teams": [...teams, { ...sam, ssoPermissionSets: ["ReadOnly"] }] });
		assert.ok(isEmpty(await project.preview()), output);
		await project.up();
		assert.ok(isEmpty(await project.preview()), output);
		const person = await SignedIn.as(sandbox, "sam");
		assert.ok(await person.may({ verb: "list", resource: "pods", namespace: "shop" }));
	});
});
