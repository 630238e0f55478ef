import assert from "node:assert/strict";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { asServiceAccount, loggedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const UNDONE = "bounds-undone";
const NAMES = ["namespaces", "resourcequotas", "limitranges"];
const PODS = { apiGroups: [""], resources: ["pods", "serviceaccounts/token"], verbs: ["create"] };
const WRITES = { apiGroups: [""], resources: NAMES, verbs: ["get", "update", "patch", "delete"] };
const TEAM = {
	...{ name: "undoing", users: ["joe"] },
	namespaces: [
		{
			...{ name: UNDONE, quota: { pods: "5" }, limits: { max: { cpu: "1" } } },
			...{ podSecurity: "restricted", networkPolicy: "default-deny" },
		},
	],
};
const UNDO = [
	`kubectl delete resourcequota eks-access -n ${UNDONE} --dry-run=server`,
	`kubectl delete limitrange eks-access -n ${UNDONE} --dry-run=server`,
	`kubectl label namespace ${UNDONE} pod-security.kubernetes.io/enforce- --dry-run=server`,
];

describe("bounds of a namespace: who could undo them is refused, then accepted by name", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let second: SandboxProject;
	let admin: Shell;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		const collect = (text: string) => {
			output += text;
		};
		project = await openProject(sandbox, collect, { stack: "bounds" });
		second = await openProject(sandbox, collect, { stack: "bounds-too" });
	});

	after(async () => {
		await second?.destroy();
		await project?.destroy();
		await admin?.does(`kubectl delete namespace ${UNDONE} --ignore-not-found --wait=false`);
	});

	function configure(team: object, stack = project): void {
		stack.configure({
			"aws:region": sandbox.region,
			"eks-access:cluster": sandbox.clusterName,
			"eks-access:teams": [team],
		});
	}

	async function refused(says: RegExp[], stack = project): Promise<void> {
		output = "";
		await assert.rejects(stack.preview());
		for (const said of says) {
			assert.match(output, said);
		}
	}

	it("rules that undo quota, limits or Pod Security are refused one by one, and accepted by name", async () => {
		const team = { ...TEAM, access: { rules: [PODS, WRITES] } };
		configure(team);
		await refused(NAMES.map((name) => new RegExp(`rules that write ${name} can undo .*add "${name}"`)));
		configure({ ...team, allow: NAMES });
		await project.up();
		const joe = await loggedIn(sandbox, "joe", "undoing-role");
		for (const command of UNDO) {
			await joe.does(command);
		}
	});

	it("a service account that could undo them is refused where the team can act as it, and accepted by name", async () => {
		await admin.does(
			`kubectl create rolebinding undoer -n ${UNDONE} --clusterrole=cluster-admin --serviceaccount=${UNDONE}:default`,
		);
		const team = { ...TEAM, access: { rules: [PODS] } };
		configure(team);
		await refused([/can act as its service account default, .*add "serviceAccount\/bounds-undone\/default"/]);
		configure({ ...team, allow: [`serviceAccount/${UNDONE}/default`] });
		await project.up();
		assert.ok(isEmpty(await project.preview()), output);
		const joe = await loggedIn(sandbox, "joe", "undoing-role");
		const worker = await asServiceAccount(sandbox, joe, UNDONE, "default");
		for (const command of UNDO) {
			await joe.refused(command, /Forbidden/);
			await worker.does(command);
		}
	});

	it("a second stack's team that could undo them is refused, and accepted by name", async () => {
		const team = { name: "others", users: ["jane"], namespaces: [UNDONE], access: "edit" };
		configure(team, second);
		await refused(
			[
				/NetworkPolicy eks-access limits the namespace bounds-undone \(of the stack .*\/bounds\).*add "networkpolicies"/,
			],
			second,
		);
		configure({ ...team, allow: ["networkpolicies"] }, second);
		await second.up();
		assert.ok(isEmpty(await second.preview()), output);
		const jane = await loggedIn(sandbox, "jane", "others-role");
		await jane.does(`kubectl delete networkpolicy eks-access -n ${UNDONE} --dry-run=server`);
		const joe = await loggedIn(sandbox, "joe", "undoing-role");
		await joe.refused(`kubectl delete networkpolicy eks-access -n ${UNDONE} --dry-run=server`, /Forbidden/i);
	});
});
