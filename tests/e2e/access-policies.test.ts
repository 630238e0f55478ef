import assert from "node:assert/strict";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { eksAccess } from "../cli/command";
import { liveFindings } from "./live-check";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const CI = "arn:aws:iam::293759796572:role/ci/github-deploy";
const TEAM = {
	...{ name: "pat", roleArns: [CI], allow: ["secrets"] },
	namespaces: [
		{ name: "pat-dev-*", access: "view" },
		{ name: "pat-dev-own", access: "edit" },
		{ name: "pat-uat", access: { policy: "AmazonEKSAdminViewPolicy" } },
	],
};
/** What the team may, by the config, and what it may not: verb, resource, namespace. */
const MAY = [
	...[
		"get pods pat-dev-a",
		"list deployments.apps pat-dev-a",
		"get pods pat-dev-own",
		"create deployments.apps pat-dev-own",
	],
	...["get secrets pat-uat", "list roles.rbac.authorization.k8s.io pat-uat"],
];
const MAY_NOT = [
	...["create deployments.apps pat-dev-a", "get secrets pat-dev-a", "create pods pat-uat", "delete secrets pat-uat"],
	...["get pods pat-prod", "get pods pat-dev", "get secrets kube-system", "list nodes ", "list secrets "],
];

describe("access policies by name, and patterns of namespaces", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let admin: Shell;
	let project: SandboxProject;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		await sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		await admin.does("for each in pat-dev pat-dev-a pat-prod; do kubectl create namespace $each; done");
		project = await openProject(sandbox, (text) => {
			output += text;
		});
		project.configure({
			"eks-access:namespaces": undefined,
			"eks-access:users": undefined,
			"eks-access:teams": [TEAM],
		});
	});

	after(async () => {
		await project?.destroy();
		await sandbox.setAuthenticationMode("CONFIG_MAP");
		await admin.does(
			"kubectl delete namespace pat-dev pat-dev-a pat-dev-own pat-dev-later pat-prod pat-uat --wait=false --ignore-not-found",
		);
	});

	/** Which of the questions are answered with yes. */
	async function may(questions: string[]): Promise<string[]> {
		const ci = await SignedIn.as(sandbox, "ci");
		const answers = await Promise.all(
			questions.map((each) => {
				const [verb = "", resource = "", namespace] = each.split(" ");
				return ci.may({ verb, resource, namespace: namespace || undefined });
			}),
		);
		return questions.filter((_, at) => answers[at]);
	}
	const run = (args: string[], env: NodeJS.ProcessEnv = sandbox.environment) =>
		eksAccess(args, { cwd: project.directory, env: env as Record<string, string> });

	it("are refused with aws-auth, before anything is made", async () => {
		await assert.rejects(project.up(), /pat-dev-\* can be given by access entries only: authentication is auto/);
	});

	it("give what the config lists, and nothing else", async () => {
		project.configure({ "eks-access:authentication": "access-entries" });
		output = "";
		await project.up().catch(() => assert.fail(output));
		assert.match(output, /gains view in pat-dev-\*/);
		assert.match(output, /gains policy\/AmazonEKSAdminViewPolicy in pat-uat/);
		assert.deepEqual(await may(MAY), MAY);
		assert.deepEqual(await may(MAY_NOT), []);
		const bindings = await admin.does("kubectl get rolebindings -A -o name | grep -c pat || true");
		assert.equal(bindings, "1", "that of edit in pat-dev-own");
	});

	it("a pattern has the namespaces that come later, without another up", async () => {
		const later = ["get pods pat-dev-later", "create pods pat-dev-later"];
		await admin.does("kubectl create namespace pat-dev-later");
		assert.deepEqual(await may(later), later.slice(0, 1));
		assert.ok(isEmpty(await project.preview()), output);
	});

	it("verify finds nothing, and what others bind to the team there; who-can and whoami know it", async () => {
		assert.deepEqual(await liveFindings(sandbox, project, "prod"), []);
		await admin.does("kubectl create rolebinding sneaky --clusterrole=edit --group=pat -n pat-dev-later");
		const found = await liveFindings(sandbox, project, "prod");
		assert.deepEqual(
			found.map(({ kind, subject }) => `${kind} ${subject}`),
			["foreign RoleBinding pat-dev-later/sneaky"],
		);
		await admin.does("kubectl delete rolebinding sneaky -n pat-dev-later");
		const notes = await run(["verify", "--stack", "prod"]);
		assert.match(notes.stdout, /pat-dev-\* is pat-dev-a, pat-dev-later, pat-dev-own now/, notes.stderr);
		for (const [question, policy] of [
			[["list", "pods", "-n", "pat-dev-later"], "AmazonEKSViewPolicy"],
			[["get", "secrets", "-n", "pat-uat"], "AmazonEKSAdminViewPolicy"],
		] as const) {
			const { stdout, stderr } = await run(["who-can", ...question, "--stack", "prod"]);
			assert.match(stdout, /github-deploy/, stderr);
			assert.match(stdout, new RegExp(policy));
		}
		const { stdout, stderr } = await run(["whoami", "--stack", "prod"], await sandbox.environmentOf("ci"));
		assert.match(stdout, /Access OK/, stderr);
		assert.match(stdout, /view in pat-dev-\*; edit in pat-dev-own; policy\/AmazonEKSAdminViewPolicy in pat-uat/);
	});

	it("a narrower pattern takes the rest away, and the message says so", async () => {
		const namespaces = [{ name: "pat-dev-o*", access: "view" }, ...TEAM.namespaces.slice(1)];
		project.configure({ "eks-access:teams": [{ ...TEAM, namespaces }] });
		output = "";
		await project.up().catch(() => assert.fail(output));
		assert.match(output, /loses view in pat-dev-\*/);
		await admin.comesTo("sleep 2", /^$/);
		assert.deepEqual(await may(MAY), MAY.slice(2));
		assert.deepEqual(await liveFindings(sandbox, project, "prod"), []);
	});
});
