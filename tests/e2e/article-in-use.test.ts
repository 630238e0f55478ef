import assert from "node:assert/strict";
import type { Finding } from "../../cli/verify/finding";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { eksAccess } from "../cli/command";
import { ClusterInUse, differences, refusedKeys } from "./cluster-in-use";
import { asServiceAccount, loggedIn, SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const ROLE = "k8s-devs-role";
const BIND = { verb: "create", resource: "clusterrolebindings.rbac.authorization.k8s.io" };
const BINDING = "kubectl create clusterrolebinding mine --clusterrole=cluster-admin --user=me --dry-run=server";

describe("the article's stack on a cluster that has been in use", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let inUse: ClusterInUse;
	let project: SandboxProject;
	let admin: Shell;
	let operator: Shell;
	let original: Record<string, unknown>;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		[admin, operator] = [new Shell(sandbox.adminEnvironment), new Shell(sandbox.environment)];
		inUse = new ClusterInUse(sandbox, { team: "k8s-devs", username: "developer", namespace: "dev" });
		await inUse.make();
		// As in the README, and by aws-auth as in the article.
		project = await openProject(sandbox, (text) => {
			output += text;
		});
		project.configure({ "eks-access:adoptExisting": true, "eks-access:authentication": "aws-auth" });
	});

	after(async () => {
		await project?.destroy();
		await inUse?.takeAway();
		await inUse?.remove();
		await admin?.does("kubectl delete --ignore-not-found namespace prod uat");
	});

	const simple = { "eks-access:namespaces": ["prod", "uat", "dev"], "eks-access:users": ["jane", "joe"] };
	/** The same team in the long form, which has `allow`. */
	const team = { name: "k8s-devs", username: "developer", namespaces: ["prod", "uat", "dev"], users: ["jane", "joe"] };

	it("is refused by all that gives its people more, by nothing else, and nothing is touched", async () => {
		original = await inUse.everything();
		await assert.rejects(project.up());
		assert.deepEqual(refusedKeys(output), [...inUse.keys].sort(), output);
		assert.deepEqual(differences(original, await inUse.everything()), []);
	});

	it("goes up once all of it is accepted: then people have that too, the preview is empty, and verify finds nothing", async () => {
		const short = { "eks-access:namespaces": undefined, "eks-access:users": undefined };
		project.configure({ ...short, "eks-access:teams": [{ ...team, allow: inUse.keys }] });
		await project.up();
		assert.ok(isEmpty(await project.preview()), output);
		const jane = await SignedIn.as(sandbox, "jane", ROLE);
		assert.deepEqual((await jane.whoAmI()).groups.includes("auditors"), true, "by the access entry, not by aws-auth");
		assert.ok(await jane.may(BIND));
		await (await loggedIn(sandbox, "jane", ROLE)).does(BINDING);
		assert.deepEqual(await findings(), []);
	});

	it("destroy leaves everything as it was, but for what adoption has put in order and the namespaces, which may have workloads", async () => {
		await project.destroy();
		assert.deepEqual(differences(original, await inUse.everything()), [
			...["namespaces +prod", "namespaces +uat", "serviceAccounts +prod/default", "serviceAccounts +uat/default"],
			...["clusterRoles +dev-full-access", "awsAuth ~mapRoles", "trust ~Statement", "boundary -", "members -jane"],
		]);
	});

	it("goes up without any key once the remedies that it names have been run, and people have what the config lists", async () => {
		project.configure({ ...simple, "eks-access:teams": undefined });
		output = "";
		await assert.rejects(project.up());
		// The engine shows an error twice.
		for (const command of new Set(output.match(/(?<=: )aws [^\n]*?(?=; if that is meant)/g))) {
			await operator.does(command);
		}
		for (const key of refusedKeys(output)) {
			const [kind = "", ...place] = key.split("/");
			const [name, namespace = "default"] = place.reverse();
			if (kind.endsWith("Binding")) {
				await admin.does(`kubectl delete ${kind} ${name} -n ${namespace}`);
			}
		}
		await admin.does("kubectl delete clusterrolebinding in-use-deployer");
		await project.up();
		assert.ok(isEmpty(await project.preview()), output);
		const shell = await loggedIn(sandbox, "jane", ROLE);
		await shell.does("kubectl get all -n dev");
		await shell.refused(BINDING, /forbidden/i);
		await shell.refused("kubectl get secrets -n kube-system", /forbidden/i);
		await (await asServiceAccount(sandbox, shell, "dev", "deployer")).refused(BINDING, /forbidden/i);
	});

	it("an access entry that somebody makes later is refused by a preview and found by verify, whose remedy works", async () => {
		const entry = `--cluster-name ${sandbox.clusterName} --principal-arn ${inUse.roleArn}`;
		await operator.does(
			`aws eks create-access-entry ${entry} --username developer --kubernetes-groups k8s-devs auditors`,
		);
		output = "";
		await assert.rejects(project.preview());
		assert.deepEqual(refusedKeys(output), ["group/auditors"], output);
		const [found, ...others] = await findings();
		assert.deepEqual([found?.kind, found?.subject, others], ["extra", inUse.roleArn, []]);
		await operator.does(found?.fix as string);
		assert.deepEqual(await findings(), []);
		assert.ok(isEmpty(await project.preview()), output);
	});

	async function findings(): Promise<Finding[]> {
		const { stdout, stderr } = await eksAccess(["verify", "--format", "json", "--stack", "prod"], {
			cwd: project.directory,
			env: sandbox.environment,
		});
		assert.notEqual(stdout, "", stderr);
		return JSON.parse(stdout).findings;
	}
});
