import { setTimeout as delay } from "node:timers/promises";
import { isEmpty, type SandboxProject } from "../project";
import type { Sandbox } from "../sandbox";
import { expect, expectOutcome, type Outcome, run, type Teller } from "./teller";

/** What the steps of the story share. */
export interface Story {
	sandbox: Sandbox;
	project: SandboxProject;
	teller: Teller;
	/** aws-auth's data before the first step. */
	before: Record<string, string>;
}

export interface Step {
	title: string;
	run(story: Story): Promise<void>;
}

const TEAM_ROLE = "k8s-devs-role";

/** The article from step 1 to step 7, then what it does not promise: nobody else's access is touched. */
export const steps: Step[] = [
	{
		title:
			"Steps 1 to 6: pulumi up makes IAM role, policy, group, memberships, namespaces, RBAC and the aws-auth entry",
		async run(story) {
			const { teller, project } = story;
			const changes = await project.up();
			expect(teller, "the engine created everything, and changed or deleted nothing", onlyCreates(changes), changes);
			const { mapRoles = "" } = await awsAuth(story);
			const { mapRoles: before = "nothing" } = story.before;
			expect(teller, "aws-auth has the team's role", mapRoles.includes(`role/${TEAM_ROLE}`), mapRoles);
			expect(teller, "aws-auth's own text is there byte for byte", mapRoles.startsWith(before), mapRoles);
			teller.say(mapRoles.slice(before.length));
		},
	},
	{
		title: "Step 7: jane gets her kubeconfig, and exactly the access that she should have",
		async run(story) {
			const { sandbox, teller } = story;
			const jane = await sandbox.environmentOf("jane");
			const does = (command: string) => run(teller, command, jane);
			const { region, clusterName, accountId } = sandbox;

			const identity = await does("aws sts get-caller-identity");
			expectOutcome(teller, "jane is who she says", identity, { says: new RegExp(`iam::${accountId}:user/jane`) });
			const role = `arn:aws:iam::${accountId}:role/${TEAM_ROLE}`;
			const update = `aws eks --region ${region} update-kubeconfig --name ${clusterName} --role-arn ${role}`;
			const { updateKubeconfigCommands } = await story.project.outputs();
			const printed = new Map(Object.entries(updateKubeconfigCommands?.value ?? {})).get("k8s-devs");
			expect(teller, "the stack prints the article's command for her", printed === update, printed);
			expectOutcome(teller, "she gets a kubeconfig", await does(update), { says: /Added new context/ });

			expectOutcome(teller, "cluster-wide resources are Forbidden to her", await does("kubectl get nodes"), {
				fails: true,
				says: /nodes is forbidden: User "developer" cannot list resource "nodes" in API group "" at the cluster scope/,
			});
			for (const namespace of ["prod", "uat", "dev"]) {
				const all = await does(`kubectl get all -n ${namespace}`);
				expectOutcome(teller, `she can list all in ${namespace}`, all, { says: /No resources found/ });
			}
			teller.say("(kubectl run no longer has --replicas, which the article uses; kubectl create deployment has it)");
			const create = "kubectl create deployment nginx-example --image=nginx --replicas=2 -n dev";
			expectOutcome(teller, "she can deploy", await does(create), { says: /created/ });
			await eventually(teller, "two pods are Running", () => does("kubectl get pods -n dev"), twoRunning);
			const remove = "kubectl delete deploy nginx-example -n dev";
			expectOutcome(teller, "she can delete it", await does(remove), { says: /"nginx-example" deleted/ });
			const elsewhere = await does("kubectl get pods -n kube-system");
			expectOutcome(teller, "other namespaces are Forbidden to her", elsewhere, { fails: true, says: /is forbidden/ });
			const grant = "kubectl create rolebinding more --clusterrole=cluster-admin --user=developer -n dev";
			expectOutcome(teller, "she cannot give herself more", await does(grant), { fails: true, says: /forbidden/ });
		},
	},
	{
		title: "mallory, who is in no team, is refused",
		async run(story) {
			const { sandbox, teller } = story;
			const mallory = await sandbox.environmentOf("mallory");
			const role = `arn:aws:iam::${sandbox.accountId}:role/${TEAM_ROLE}`;
			const assume = `aws sts assume-role --role-arn ${role} --role-session-name mallory`;
			expectOutcome(teller, "mallory cannot assume the team's role", await run(teller, assume, mallory), {
				fails: true,
				says: /AccessDenied/,
			});
		},
	},
	{
		title: "The nodes still get in",
		run: nodesGetIn,
	},
	{
		title: "A second preview is empty",
		async run({ project, teller }) {
			const changes = await project.preview();
			expect(teller, "a preview right after an up shows no change", isEmpty(changes), changes);
			await project.refresh();
			const refreshed = await project.preview();
			expect(teller, "nor does one after a refresh", isEmpty(refreshed), refreshed);
		},
	},
	{
		title: "One more namespace and one user less",
		async run(story) {
			const { sandbox, project, teller } = story;
			const kubectl = (command: string) => run(teller, command, sandbox.adminEnvironment);
			teller.say("(the namespace staging is there already, with a workload in it)");
			await kubectl("kubectl create namespace staging");
			await kubectl("kubectl create deployment legacy --image=nginx -n staging");
			project.configure({ "eks-access:namespaces": ["prod", "uat", "dev", "staging"], "eks-access:users": ["jane"] });
			const previewed = await project.preview();
			const expected = previewed.create === 2 && previewed.delete === 1 && !previewed.update && !previewed.replace;
			expect(teller, "the preview shows the namespace and its binding, and one membership less", expected, previewed);
			const applied = await project.up();
			expect(teller, "the up did what the preview showed", applied.create === 2 && applied.delete === 1, applied);

			const jane = await sandbox.environmentOf("jane");
			const legacy = await run(teller, "kubectl get deploy legacy -n staging", jane);
			expectOutcome(teller, "jane reaches staging, and its workload is still there", legacy, { says: /legacy/ });
			const joe = await sandbox.environmentOf("joe");
			const role = `arn:aws:iam::${sandbox.accountId}:role/${TEAM_ROLE}`;
			const assume = `aws sts assume-role --role-arn ${role} --role-session-name joe`;
			expectOutcome(teller, "joe cannot assume the team's role any more", await run(teller, assume, joe), {
				fails: true,
				says: /AccessDenied/,
			});
			const empty = await project.preview();
			expect(teller, "the preview after it is empty", isEmpty(empty), empty);
		},
	},
	{
		title: "Destroy takes away the access, and nothing else",
		async run(story) {
			const { sandbox, project, teller } = story;
			const jane = await sandbox.environmentOf("jane");
			const deploy = "kubectl create deployment web --image=nginx -n prod";
			expectOutcome(teller, "jane has a workload in prod", await run(teller, deploy, jane), { says: /created/ });
			await project.destroy();
			const after = await awsAuth(story);
			expect(teller, "aws-auth is what it was, byte for byte", sameData(after, story.before), after);
			const kubectl = (command: string) => run(teller, command, sandbox.adminEnvironment);
			const namespaces = await kubectl("kubectl get namespaces prod uat dev staging");
			expectOutcome(teller, "the namespaces are still there", namespaces, { says: /prod .*Active/ });
			const web = await kubectl("kubectl get deploy web -n prod");
			expectOutcome(teller, "and so is what runs in them", web, { says: /web/ });
			const list = await run(teller, "kubectl get pods -n prod", jane);
			expectOutcome(teller, "jane has no access any more", list, { fails: true });
		},
	},
	{
		title: "After destroy the nodes still get in",
		run: nodesGetIn,
	},
];

/** aws-auth's data as the API server has it, read by the sandbox's own administrator. */
export async function awsAuth({ sandbox }: Pick<Story, "sandbox">): Promise<Record<string, string>> {
	const { data } = await sandbox.core.readNamespacedConfigMap({ namespace: "kube-system", name: "aws-auth" });
	return data ?? {};
}

/** A token of the node group's role, as a node's kubelet gets it. */
async function nodesGetIn({ sandbox, teller }: Story): Promise<void> {
	const node = await sandbox.environmentOf("node");
	const outcome = await run(teller, "kubectl auth whoami", node);
	expectOutcome(teller, "the node role's token identifies a node", outcome, { says: /system:nodes/ });
}

async function eventually(
	teller: Teller,
	promise: string,
	command: () => Promise<Outcome>,
	holds: (output: string) => boolean,
): Promise<void> {
	const deadline = Date.now() + 60_000;
	let outcome = await command();
	while (!holds(outcome.output) && Date.now() < deadline) {
		await delay(1000);
		outcome = await command();
	}
	expect(teller, promise, holds(outcome.output), outcome.output);
}

function twoRunning(output: string): boolean {
	return (output.match(/1\/1\s+Running/g) ?? []).length === 2;
}

function onlyCreates(changes: Record<string, number>): boolean {
	return Object.entries(changes).every(([operation, count]) => operation === "create" || count === 0);
}

function sameData(one: Record<string, string>, other: Record<string, string>): boolean {
	const sorted = (data: Record<string, string>) => JSON.stringify(Object.entries(data).sort());
	return sorted(one) === sorted(other);
}
