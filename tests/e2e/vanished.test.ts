import assert from "node:assert/strict";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const GUARD = "eks-access.eks-access.vanish.access-namespaces";
const PULL = { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] };
const REMOVE_USER = "aws iam remove-user-from-group --group-name vanish --user-name";

/** What somebody removes by hand, and what a preview then says is gone. */
const REMOVED: { what: string; commands: string[]; says: RegExp }[] = [
	{
		what: "a namespace, with all that is in it",
		commands: ["kubectl delete namespace vanish-a"],
		says: /(?=.*Namespace vanish-a)(?=.*RoleBinding vanish-a\/vanish)(?=.*ResourceQuota vanish-a\/eks-access)/,
	},
	{
		what: "a RoleBinding",
		commands: ["kubectl delete rolebinding -n vanish-b vanish:vanish:rules:vanish-b"],
		says: /made: RoleBinding vanish-b\/vanish:vanish:rules:vanish-b\./,
	},
	{
		what: "a quota, the limits and a network policy",
		commands: ["kubectl delete quota,limits,networkpolicy -n vanish-a eks-access"],
		says: /(?=.*ResourceQuota vanish-a)(?=.*LimitRange vanish-a)(?=.*NetworkPolicy vanish-a)/,
	},
	{
		what: "the ClusterRoles",
		commands: ["kubectl delete clusterrole vanish:rules:vanish-b dev-full-access"],
		says: /(?=.*ClusterRole dev-full-access)(?=.*ClusterRole vanish:rules:vanish-b)/,
	},
	{
		what: "what guards the network policies",
		commands: [`kubectl delete validatingadmissionpolicy,validatingadmissionpolicybinding ${GUARD}`],
		says: /ValidatingAdmissionPolicy eks-access.*ValidatingAdmissionPolicyBinding eks-access/,
	},
	{
		what: "a membership in the IAM group",
		commands: [`${REMOVE_USER} jane`],
		says: /the membership of jane in the IAM group vanish/,
	},
	{
		what: "the IAM role",
		commands: ["aws iam delete-role --role-name vanish-role"],
		says: /the IAM role vanish-role/,
	},
	{
		what: "the IAM group",
		commands: [
			`${REMOVE_USER} jane`,
			`${REMOVE_USER} joe`,
			"aws iam detach-group-policy --group-name vanish --policy-arn $(aws iam list-attached-group-policies --group-name vanish --query 'AttachedPolicies[0].PolicyArn' --output text)",
			"aws iam delete-group --group-name vanish",
		],
		says: /the IAM group vanish/,
	},
];

describe("what somebody has removed by hand wedges no stack", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let admin: Shell;
	let project: SandboxProject;
	let original: Record<string, string>;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		original = await awsAuth({ sandbox });
		project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack: "vanish" },
		);
		configure(["jane", "joe"]);
		await project.up();
	});

	after(async () => {
		await project?.destroy();
		await admin?.does("kubectl delete namespace vanish-a vanish-b --ignore-not-found --wait=false");
		await admin?.does(
			`(${REMOVE_USER} ann; aws iam create-user --user-name vanishing; aws iam delete-user --user-name vanishing) 2>/dev/null || true`,
		);
		assert.deepEqual(await awsAuth({ sandbox }), original);
	});

	function configure(users: string[]): void {
		const bounds = { quota: { pods: "9" }, limits: { default: { cpu: "1" } }, networkPolicy: "default-deny" };
		project.configure({
			"aws:region": sandbox.region,
			"eks-access:cluster": sandbox.clusterName,
			"eks-access:teams": [
				{
					name: "vanish",
					users,
					namespaces: [
						{ name: "vanish-a", ...bounds },
						{ name: "vanish-b", access: PULL },
					],
				},
			],
		});
	}

	/** Nothing is said to be gone, nothing is to be done, and people have their access. */
	async function isWhole(): Promise<void> {
		output = "";
		assert.ok(isEmpty(await project.preview()), output);
		assert.doesNotMatch(output, /somebody has removed/);
		for (const person of ["jane", "joe"] as const) {
			const one = await SignedIn.as(sandbox, person, "vanish-role");
			assert.ok(await one.may({ verb: "create", resource: "pods", namespace: "vanish-a" }), person);
			assert.ok(await one.may({ verb: "get", resource: "pods", namespace: "vanish-b" }), person);
		}
		await admin.does("kubectl get quota,limits,networkpolicy -n vanish-a eks-access");
		await admin.does(`kubectl get validatingadmissionpolicybinding ${GUARD}`);
	}

	for (const { what, commands, says } of REMOVED) {
		it(`${what}: a preview says so, and what it advises makes it whole`, async () => {
			for (const command of commands) {
				await admin.does(command);
			}
			output = "";
			await project.preview();
			assert.match(output, says);
			assert.match(output, /this does: pulumi up --refresh --run-program/);
			await project.repair();
			await isWhole();
		});
	}

	it("a namespace that ends slowly: refused meanwhile, whole afterwards by what that advises", async () => {
		await admin.does("kubectl create configmap held -n vanish-b");
		const finalizers = (value: string) =>
			`kubectl patch configmap held -n vanish-b --type=merge -p '{"metadata":{"finalizers":${value}}}'`;
		await admin.does(finalizers('["vanish.test/hold"]'));
		await admin.does("kubectl delete namespace vanish-b --wait=false");
		output = "";
		await assert.rejects(project.up());
		assert.match(
			output,
			/Namespace vanish-b: it is being deleted.*pulumi up --refresh --run-program.*\[write-refused\]/s,
		);
		await admin.does(finalizers("null"));
		await admin.comesTo("kubectl get namespace vanish-b", /NotFound/);
		await project.repair();
		await isWhole();
	});

	it("an IAM user: the preview says that the membership is gone; without the user in the config it is whole", async () => {
		await admin.does("aws iam create-user --user-name vanishing");
		configure(["jane", "joe", "vanishing"]);
		await project.up();
		await admin.does(`${REMOVE_USER} vanishing && aws iam delete-user --user-name vanishing`);
		output = "";
		await project.preview();
		assert.match(output, /the membership of vanishing in the IAM group vanish/);
		configure(["jane", "joe"]);
		await project.up();
		await isWhole();
	});

	it("a change of the config at the same time: what the preview advises does both", async () => {
		await admin.does("kubectl delete namespace vanish-a");
		await admin.does(`${REMOVE_USER} jane`);
		await admin.does("aws iam delete-role --role-name vanish-role");
		configure(["jane", "joe", "ann"]);
		await project.repair();
		await isWhole();
		await SignedIn.as(sandbox, "ann", "vanish-role");
		configure(["jane", "joe"]);
		await project.up();
	});

	it("all of it at a destroy, which leaves nothing of the stack and everything of others", async () => {
		await admin.does("kubectl create configmap held -n vanish-b");
		await admin.does(
			`kubectl patch configmap held -n vanish-b --type=merge -p '{"metadata":{"finalizers":["vanish.test/hold"]}}'`,
		);
		await admin.does("kubectl delete namespace vanish-b --wait=false");
		await admin.does("kubectl delete namespace vanish-a");
		for (const { commands } of REMOVED.slice(3)) {
			for (const command of commands) {
				await admin.does(`${command} || true`);
			}
		}
		await project.destroy();
		assert.deepEqual(await awsAuth({ sandbox }), original);
		assert.deepEqual(
			(await project.resourceTypes()).filter((type) => /^(aws|kubernetes):/.test(type)),
			[],
		);
		await admin.refused("aws iam get-group --group-name vanish", /NoSuchEntity/);
		await admin.does(`kubectl patch configmap held -n vanish-b --type=merge -p '{"metadata":{"finalizers":null}}'`);
		await admin.comesTo("kubectl get namespace vanish-b", /NotFound/);
	});
});
