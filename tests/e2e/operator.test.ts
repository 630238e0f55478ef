import assert from "node:assert/strict";
import { EksAccess } from "../../components";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { present } from "../support/present";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const TEAM = { users: ["jane"], access: "view" as const, namespaces: ["operator-names"] };
const ROLE = "arn:aws:iam::293759796572:role/eks-operator";

describe("nobody locks themselves out", function () {
	this.timeout("20m");
	let sandbox: Sandbox;
	let operator: Shell;
	let admin: Shell;
	let original: Record<string, string>;
	let output = "";
	const opened: SandboxProject[] = [];

	before(async () => {
		sandbox = await sharedSandbox();
		operator = new Shell(sandbox.environment);
		admin = new Shell(sandbox.adminEnvironment);
		original = await awsAuth({ sandbox });
		const trust = JSON.stringify({
			Version: "2012-10-17",
			Statement: [
				{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::293759796572:user/operator" }, Action: "sts:AssumeRole" },
			],
		});
		await operator.does(`aws iam create-role --role-name eks-operator --assume-role-policy-document '${trust}'`);
	});

	after(async () => {
		await admin?.does(`kubectl patch -n kube-system configmap/aws-auth -p '${patchOf(present(original.mapRoles))}'`);
		for (const project of opened) {
			await project.destroy();
		}
		await sandbox?.setAuthenticationMode("CONFIG_MAP");
		await operator?.does("aws iam delete-role --role-name eks-operator");
		const namespaces = ["operator-ops", "operator-jane", "operator-joe", ...MANY].join(" ");
		await admin?.does(`kubectl delete namespaces --ignore-not-found --wait=false ${namespaces}`);
		assert.deepEqual(await awsAuth({ sandbox }), original);
	});

	async function open(stack: string, program?: () => Promise<void>): Promise<SandboxProject> {
		const onOutput = (text: string) => {
			output += text;
		};
		const project = await openProject(sandbox, onOutput, { stack, program });
		project.configure({
			"aws:region": sandbox.region,
			"eks-access:cluster": sandbox.clusterName,
			"eks-access:adminRoleArn": ROLE,
			"eks-access:namespaces": undefined,
			"eks-access:users": undefined,
		});
		opened.push(project);
		return project;
	}

	const patchOf = (mapRoles: string) => JSON.stringify({ data: { mapRoles } }).replaceAll("'", "'\\''");
	const team = (more: object) => ({
		"eks-access:teams": [{ name: "ops", access: "view", namespaces: ["operator-ops"], ...more }],
	});
	const teams = (...names: string[]) =>
		names.map((name) => ({
			name,
			access: "view" as const,
			namespaces: [`operator-${name}`],
			userArns: [userArn(name)],
		}));
	const userArn = (name: string) => ({ arn: `arn:aws:iam::293759796572:user/${name}`, username: name });
	/** Who comes in by the role, as the operator does. */
	async function asRole(command: string, says: RegExp): Promise<void> {
		const kubeconfig = `${sandbox.directory}/as-operator.yaml`;
		const update = `aws eks update-kubeconfig --name ${sandbox.clusterName} --role-arn ${ROLE} --kubeconfig ${kubeconfig}`;
		await operator.does(update);
		await operator.comesTo(`kubectl --kubeconfig ${kubeconfig} ${command}`, says);
	}

	it("an operator whose role a team gives less is refused, and nothing is written", async () => {
		const entry = `- rolearn: ${ROLE}\n  username: operator\n  groups: [system:masters]\n`;
		const mapRoles = `${original.mapRoles}${entry}`;
		await admin.does(`kubectl patch -n kube-system configmap/aws-auth -p '${patchOf(mapRoles)}'`);
		await asRole("auth can-i '*' '*'", /^yes/);
		const project = await open("lockout");
		project.configure({ ...team({ roleArns: [ROLE] }), "eks-access:adoptExisting": true });
		output = "";
		await assert.rejects(project.up());
		assert.match(output, /eks-operator, by which you run this .*\[operator-locked-out\]/s);
		assert.equal((await awsAuth({ sandbox })).mapRoles, mapRoles);
		await operator.refused("kubectl get namespace operator-ops", /not found/i);
		await admin.does(`kubectl patch -n kube-system configmap/aws-auth -p '${patchOf(present(original.mapRoles))}'`);
	});

	it("nor may an update remove the entry by which the operator comes in; a destroy may", async () => {
		const project = opened[0] as SandboxProject;
		const setting = { "eks-access:adoptExisting": undefined, "eks-access:adminRoleArn": undefined };
		project.configure({ ...setting, ...team({ roleArns: [ROLE], admin: true }) });
		await project.up();
		await asRole("auth can-i '*' '*'", /^yes/);
		project.configure({ "eks-access:adminRoleArn": ROLE, ...team({ users: ["jane"] }) });
		output = "";
		await assert.rejects(project.up());
		assert.match(output, /no team lists it any more.*\[operator-locked-out\]/s);
		project.configure(team({ roleArns: [ROLE], admin: true }));
		await project.up();
		await project.destroy();
		assert.deepEqual(await awsAuth({ sandbox }), original);
	});

	it("a destroy takes the operator's own way in away last", async () => {
		await sandbox.setAuthenticationMode("API");
		const project = await open("last");
		const entry = `--cluster-name ${sandbox.clusterName} --principal-arn ${ROLE}`;
		project.configure({
			"eks-access:adminRoleArn": undefined,
			"eks-access:teams": [
				{ name: "ops", namespaces: ["operator-ops"], access: "view", roleArns: [ROLE], admin: true },
				{ name: "many", access: "view", namespaces: MANY, userArns: [{ arn: userArn("jane").arn, username: "jane" }] },
			],
		});
		await project.up();
		project.configure({ "eks-access:adminRoleArn": ROLE });
		await asRole("auth can-i '*' '*'", /^yes/);
		// From now on they come in by nothing but what the stack has made.
		await project.up();
		assert.ok(isEmpty(await project.preview()), output);
		output = "";
		await project.destroy();
		const at = (pattern: RegExp) => [...output.matchAll(pattern)].map(({ index }) => index);
		const bindings = at(/RoleBinding .*deleted/g);
		assert.equal(bindings.length, MANY.length + 1, output);
		assert.ok(Math.max(...bindings) < Math.min(...at(/AmazonEKSClusterAdminPolicy.*delet/g)), output);
		await operator.refused(`aws eks describe-access-entry ${entry}`, /ResourceNotFound/);
		await sandbox.setAuthenticationMode("CONFIG_MAP");
	});

	it("two components of one program make their entries in one up, and a destroy leaves aws-auth as it was", async () => {
		const project = await open("both", async () => {
			const args = { cluster: sandbox.clusterName };
			await Promise.all([
				EksAccess.create("one", { ...args, teams: teams("jane") }),
				EksAccess.create("two", { ...args, teams: teams("joe") }),
			]);
		});
		output = "";
		await project.up();
		const { mapUsers = "" } = await awsAuth({ sandbox });
		assert.match(mapUsers, /user\/jane[\s\S]*user\/joe|user\/joe[\s\S]*user\/jane/);
		await project.destroy();
		assert.deepEqual(await awsAuth({ sandbox }), original);
		const annotations = await admin.does(
			"kubectl get -n kube-system configmap/aws-auth -o jsonpath='{.metadata.annotations}'",
		);
		assert.doesNotMatch(annotations, /eks-access|patchForce/);
	});

	it("a component whose team would share a resource's name with another's is refused before anything of it is registered", async () => {
		const project = await open("names", async () => {
			const create = (name: string, team: string) =>
				EksAccess.create(name, { cluster: sandbox.clusterName, teams: [{ ...TEAM, name: team }] });
			await create("eks", "prod-devs");
			await create("eks-prod", "devs");
		});
		output = "";
		await assert.rejects(project.preview());
		assert.match(output, /eks-prod-devs.*\[name-twice\]/);
		assert.doesNotMatch(output, /eks-prod-namespaces/);
	});
});

const MANY = Array.from({ length: 6 }, (_, at) => `operator-many-${at}`);
