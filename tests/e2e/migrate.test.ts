import assert from "node:assert/strict";
import { modeInEffect } from "../../sandbox/authentication-mode";
import type { Person, Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { eksAccess } from "../cli/command";
import { writeAwsAuth } from "./aws-auth-by-hand";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { sharedSandbox } from "./shared-sandbox";

const IAM = "arn:aws:iam::293759796572";
const trust = JSON.stringify({
	Version: "2012-10-17",
	Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: `${IAM}:user/joe` } }],
});

/** What is in aws-auth besides the nodes: users and roles, groups of somebody's own, an administrator, a session's name. */
const ROLES = `
- rolearn: ${IAM}:role/github-deploy
  username: mig-ci:{{SessionName}}
  groups: [mig-ci, mig-viewers]
- rolearn: ${IAM}:role/AWSReservedSSO_ReadOnly_4b1d8f0a6c2e7935
  username: mig-sso
  groups: [mig-viewers]
- rolearn: ${IAM}:role/mig-admins
  username: mig-admin
  groups: [system:masters]
- rolearn: ${IAM}:role/mig-devs
  username: mig-dev-{{AccountID}}
  groups: [mig-editors]
`;
const USERS = `
- userarn: ${IAM}:user/jane
  username: jane
  groups: [mig-viewers, mig-editors]
- userarn: ${IAM}:user/ann
  username: mig-by-name
  groups: []
- userarn: ${IAM}:user/mallory
  username: mallory
  groups: [system:mig-legacy]
`;
const BINDINGS = [
	"kubectl create namespace mig-a && kubectl create namespace mig-b",
	"kubectl create rolebinding mig-viewers --clusterrole=view --group=mig-viewers -n mig-a",
	"kubectl create rolebinding mig-editors --clusterrole=edit --group=mig-editors -n mig-b",
	"kubectl create role mig-ci --verb=get,patch --resource=deployments.apps -n mig-b",
	"kubectl create rolebinding mig-ci --role=mig-ci --group=mig-ci -n mig-b",
	"kubectl create clusterrole mig-nodes --verb=list --resource=nodes",
	"kubectl create clusterrolebinding mig-session --clusterrole=mig-nodes --user=mig-ci:GitHubActions",
	"kubectl create clusterrolebinding mig-dev --clusterrole=mig-nodes --user=mig-dev-293759796572",
	"kubectl create rolebinding mig-by-name --clusterrole=edit --user=mig-by-name -n mig-a",
	"kubectl create rolebinding mig-legacy --clusterrole=view --group=system:mig-legacy -n mig-a",
];
const REMOVED = [
	"kubectl delete clusterrolebinding mig-session mig-dev --ignore-not-found",
	"kubectl delete clusterrole mig-nodes --ignore-not-found",
	"kubectl delete namespace mig-a mig-b --wait=false --ignore-not-found",
	...["mig-admins", "mig-devs"].map((name) => `aws iam delete-role --role-name ${name} || true`),
];
/** Who comes in by which entry, and what each is expected to be able to at least, and not to. */
const PEOPLE: { who: Person; role?: string; may: string; mayNot?: string }[] = [
	{ who: "ci", may: "patch deployments.apps mig-b", mayNot: "get secrets mig-a" },
	{ who: "sam", may: "list pods mig-a", mayNot: "list pods mig-b" },
	{ who: "joe", role: "mig-admins", may: "create clusterrolebindings.rbac.authorization.k8s.io " },
	{ who: "joe", role: "mig-devs", may: "get secrets mig-b", mayNot: "get pods mig-a" },
	{ who: "jane", may: "create deployments.apps mig-b", mayNot: "create deployments.apps mig-a" },
	{ who: "ann", may: "delete pods mig-a", mayNot: "list pods mig-b" },
];
const STAYS = { who: "mallory" as Person, may: "list pods mig-a", mayNot: "get secrets mig-a" };

const QUESTIONS = ["get", "list", "create", "patch", "delete"].flatMap((verb) =>
	["pods", "pods/exec", "secrets", "configmaps", "deployments.apps", "roles.rbac.authorization.k8s.io"].flatMap(
		(resource) => ["mig-a", "mig-b", "kube-system", ""].map((namespace) => `${verb} ${resource} ${namespace}`),
	),
);
const OF_CLUSTER = ["list nodes ", "get nodes/proxy ", "create clusterrolebindings.rbac.authorization.k8s.io "];

describe("eks-access migrate: what its commands make of an aws-auth", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let operator: Shell;
	let admin: Shell;
	let original: Record<string, string>;
	const known = new Map<string, object>();
	let commands: string[] = [];

	before(async () => {
		sandbox = await sharedSandbox();
		operator = new Shell(sandbox.environment);
		admin = new Shell(sandbox.adminEnvironment);
		original = await awsAuth({ sandbox });
		for (const name of ["mig-admins", "mig-devs"]) {
			await operator.does(`aws iam create-role --role-name ${name} --assume-role-policy-document '${trust}'`);
		}
		await admin.does(BINDINGS.join(" && "));
		await writeAwsAuth(sandbox, { mapRoles: `${original.mapRoles}${ROLES.slice(1)}`, mapUsers: USERS.slice(1) });
		// The authenticator sees it after a moment.
		await until(async () => (await SignedIn.as(sandbox, "jane")).whoAmI());
	});

	after(async () => {
		await writeAwsAuth(sandbox, original);
		await sandbox.setAuthenticationMode("CONFIG_MAP");
		await admin.does(REMOVED.join("; "));
	});

	/** Who somebody is to the cluster, and all that they may of the questions. */
	async function access({ who, role }: { who: Person; role?: string }): Promise<{ name: string; may: string[] }> {
		const signedIn = await SignedIn.as(sandbox, who, role);
		const { username, groups } = await signedIn.whoAmI();
		const asked = [...QUESTIONS, ...OF_CLUSTER];
		const answers = await Promise.all(
			asked.map((each) => {
				const [verb = "", resource = "", namespace] = each.split(" ");
				return signedIn.may({ verb, resource, namespace: namespace || undefined });
			}),
		);
		// An administrator has an access policy instead of the group.
		const others = groups.filter((group) => group !== "system:masters").sort();
		return { name: `${username} in ${others}`, may: asked.filter((_, at) => answers[at]) };
	}

	const nameOf = ({ who, role = who }: { who: Person; role?: string }) => role;

	it("before, everybody may what the bindings say", async () => {
		for (const person of [...PEOPLE, STAYS]) {
			const found = await access(person);
			assert.ok(found.may.includes(person.may), JSON.stringify([person, found]));
			assert.ok(!person.mayNot || !found.may.includes(person.mayNot), JSON.stringify([person, found]));
			known.set(nameOf(person), found);
		}
		assert.equal(known.size, PEOPLE.length + 1);
	});

	it("the plan moves all but the one whose group access entries refuse, which it says", async () => {
		const cluster = [
			"--cluster",
			sandbox.clusterName,
			"--region",
			sandbox.region,
			"--kubeconfig",
			sandbox.adminKubeconfig,
		];
		const env = sandbox.environment as Record<string, string>;
		const plan = await eksAccess(["migrate", ...cluster, "--format", "json"], { env });
		assert.equal(plan.code, 1, plan.stderr);
		const { moves } = JSON.parse(plan.stdout) as { moves: { arn: string; stays?: string }[] };
		assert.deepEqual(
			moves.filter(({ stays }) => stays).map(({ arn }) => arn),
			[`${IAM}:user/mallory`],
		);
		const printed = await eksAccess(["migrate", ...cluster, "--commands"], { env });
		commands = printed.stdout.split("\n").filter((line) => line && !line.startsWith("#"));
		assert.match(
			commands[0] ?? "",
			/^aws eks update-cluster-config .*authenticationMode=API_AND_CONFIG_MAP && aws eks wait/,
		);
	});

	it("after the commands, in API_AND_CONFIG_MAP and with aws-auth's entries gone, everybody may the same as before", async () => {
		for (const command of commands) {
			// As the plan says, EKS has made some itself.
			await operator.comesTo(`(${command}) 2>&1 && echo done || true`, /done\s*$|ResourceInUseException/, 60_000);
		}
		await modeInEffect("API_AND_CONFIG_MAP", {
			operator: sandbox.environment,
			node: await sandbox.environmentOf("node"),
		});
		await same([...PEOPLE, STAYS]);
		await writeAwsAuth(sandbox, {
			...original,
			mapUsers: USERS.slice(USERS.indexOf(`- userarn: ${IAM}:user/mallory`)),
		});
		await same([...PEOPLE, STAYS]);
	});

	it("and in API, where the one who stays comes in no more", async () => {
		await sandbox.setAuthenticationMode("API");
		await same(PEOPLE);
		await assert.rejects(access(STAYS), /401|Unauthorized/);
	});

	async function same(people: typeof PEOPLE): Promise<void> {
		for (const person of people) {
			const found = await until(() => access(person));
			assert.deepEqual(found, known.get(nameOf(person)), nameOf(person));
		}
	}
});

/** What is answered once nothing is refused any more: the API server keeps the authenticator's answers for a moment. */
async function until<T>(asking: () => Promise<T>): Promise<T> {
	const deadline = Date.now() + 20_000;
	for (;;) {
		try {
			return await asking();
		} catch (error) {
			if (Date.now() > deadline) {
				throw error;
			}
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	}
}
