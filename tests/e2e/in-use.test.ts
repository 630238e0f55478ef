import assert from "node:assert/strict";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { eksAccess } from "../cli/command";
import { ClusterInUse, refusedKeys } from "./cluster-in-use";
import { asServiceAccount, loggedIn, SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const OPS = { name: "ops", namespaces: ["in-use"], access: "edit", users: ["jane"] };
const BIND = { verb: "create", resource: "clusterrolebindings.rbac.authorization.k8s.io" };
const BINDING = "kubectl create clusterrolebinding mine --clusterrole=cluster-admin --user=me --dry-run=server";
const SECRETS = { verb: "get", resource: "secrets", namespace: "in-use" };

describe("on a cluster that has been in use, people get what the config lists", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let admin: Shell;
	let inUse: ClusterInUse;
	let [first, second]: SandboxProject[] = [];
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		inUse = new ClusterInUse(sandbox, { team: "ops", username: "ops", namespace: "in-use" });
		await inUse.make();
		first = await open("in-use", OPS);
	});

	after(async () => {
		await second?.destroy();
		await inUse?.takeAway();
		await first?.destroy();
		await inUse?.remove();
		await admin?.does("kubectl delete --ignore-not-found namespace in-use-too");
	});

	async function open(stack: string, team: object): Promise<SandboxProject> {
		const collect = (text: string) => {
			output += text;
		};
		const project = await openProject(sandbox, collect, { stack });
		configure(project, team);
		return project;
	}

	function configure(project: SandboxProject, team: object): void {
		project.configure({
			"aws:region": sandbox.region,
			"eks-access:cluster": sandbox.clusterName,
			"eks-access:adoptExisting": true,
			"eks-access:authentication": "access-entries",
			"eks-access:teams": [team],
		});
	}

	it("what gives more is refused in one error that lists all of it with the key that accepts it, and nothing is registered", async () => {
		await assert.rejects(first.up());
		assert.match(output, /\[surplus-access\]/);
		assert.deepEqual(refusedKeys(output), [...inUse.keys].sort(), output);
		assert.match(
			output,
			/ClusterRoleBinding legacy-team \(made with kubectl.*\) gives the Group ops the ClusterRole cluster-admin/,
		);
		assert.deepEqual(
			(await first.resourceTypes()).filter((type) => !type.startsWith("pulumi:")),
			[],
		);
	});

	it("once it is accepted, the first up gives role and entry what the config says, and the preview after it is empty", async () => {
		output = "";
		configure(first, { ...OPS, allow: inUse.keys });
		await first.up();
		const role = await new Shell(sandbox.environment).does("aws iam get-role --role-name ops-role --output json");
		assert.doesNotMatch(role, /111122223333/);
		const entry = await new Shell(sandbox.environment).does(
			`aws eks describe-access-entry --cluster-name ${sandbox.clusterName} --principal-arn ${inUse.roleArn} --output json`,
		);
		assert.deepEqual(JSON.parse(entry).accessEntry.kubernetesGroups, ["ops"]);
		assert.ok(isEmpty(await first.preview()), output);
	});

	it("what was accepted is what people then have: by the binding, and as the service account", async () => {
		const jane = await SignedIn.as(sandbox, "jane", "ops-role");
		assert.ok(await jane.may(BIND));
		assert.ok(await jane.may({ verb: "create", resource: "serviceaccounts/token", namespace: "in-use" }));
		const shell = await loggedIn(sandbox, "jane", "ops-role");
		await shell.does(BINDING);
		await (await asServiceAccount(sandbox, shell, "in-use", "deployer")).does(BINDING);
	});

	it("what was accepted is no finding of verify", async () => {
		const { stdout, stderr } = await eksAccess(["verify", "--json", "--stack", "in-use"], {
			cwd: first.directory,
			env: sandbox.environment,
		});
		assert.deepEqual(JSON.parse(stdout || "{}").findings, [], stderr);
	});

	it("a key that nothing needs any more draws a warning", async () => {
		await admin.does("kubectl delete clusterrolebinding legacy-team");
		output = "";
		await first.preview();
		assert.match(output, /the team ops has .*"clusterRoleBinding\/legacy-team".* under allow, and nothing needs/);
	});

	it("another stack's team of the same name is refused with the name of that stack, and let in under a group of its own", async () => {
		const ci = `arn:aws:iam::${sandbox.accountId}:role/ci/github-deploy`;
		const team = { name: "ops", namespaces: ["in-use-too"], access: "edit", roleArns: [ci] };
		second = await open("in-use-too", team);
		output = "";
		await assert.rejects(second.up());
		assert.match(
			output,
			/RoleBinding in-use\/ops:edit \(of the team ops of the stack \S+\/eks-access\/in-use\) gives the Group ops/,
		);
		assert.match(output, /add "roleBinding\/in-use\/ops:edit"/);
		// Also where its binding would be the very same object.
		configure(second, { ...team, namespaces: ["in-use"] });
		output = "";
		await assert.rejects(second.up());
		assert.match(output, /of the team ops of the stack \S+\/eks-access\/in-use/);
		configure(second, { ...team, group: "ops-too", username: "ops-too" });
		await second.up();
		const pipeline = await SignedIn.as(sandbox, "ci");
		assert.ok(await pipeline.may({ ...SECRETS, namespace: "in-use-too" }));
		assert.ok(!(await pipeline.may(SECRETS)), "the first stack's Secrets");
		assert.ok(!(await pipeline.may(BIND)), "by what was made by hand for the first one's group");
	});
});
