import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { isEmpty, PROJECT, SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { eksAccess } from "../cli/command";
import { readPage } from "../docs/pages";
import { Shell } from "./sandbox-shell";
import { sharedSandbox } from "./shared-sandbox";

const PAGE = "docs/reference/resources.md";
const PREVIEWER = "eks-access-previewer";

/** The policies and the ClusterRole are those of the page, in its order: what it lacks fails here. */
describe(`an operator with the permissions of ${PAGE} and no others`, function () {
	this.timeout("60m");
	const { blocks } = readPage(PAGE, readFileSync(path.join(PROJECT, PAGE), "utf8"));
	const [reading, writing, denying] = blocks.flatMap(({ language, text }) =>
		language === "json" ? [JSON.parse(text)] : [],
	);
	const clusterRole = blocks.find(({ language }) => language === "yaml")?.text as string;
	const both = { ...reading, Statement: [reading, writing, denying].flatMap(({ Statement }) => Statement) };
	let sandbox: Sandbox;
	let admin: Shell;
	let project: SandboxProject;
	let original: Record<string, string>;
	let folder: string;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		original = await awsAuth({ sandbox });
		folder = path.join(sandbox.directory, "project-operator-permissions");
		project = await SandboxProject.open("prod", {
			directory: folder,
			environment: sandbox.environment,
			onOutput: (text) => {
				output += text;
			},
		});
		await sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		project.configure({
			"eks-access:authentication": "both",
			"eks-access:namespaces": undefined,
			"eks-access:users": undefined,
			"eks-access:teams": [team({ users: ["jane", "joe"] })],
		});
	});

	after(async () => {
		await sandbox?.limitOperator();
		await project?.destroy();
		await admin.does(`kubectl delete clusterrolebinding,clusterrole -l test=operator-permissions --ignore-not-found`);
		await admin.does(`kubectl delete serviceaccount -n kube-system ${PREVIEWER} --ignore-not-found`);
		await sandbox?.setAuthenticationMode("CONFIG_MAP");
		assert.deepEqual(await awsAuth({ sandbox }), original);
	});

	function team(rest: object): object {
		return { name: "k8s-devs", username: "developer", namespaces: ["dev"], access: "edit", ...rest };
	}

	/** A kubeconfig of a service account with the page's ClusterRole. */
	async function previewer(): Promise<string> {
		const file = path.join(sandbox.directory, "preview-role.yaml");
		writeFileSync(file, clusterRole);
		const { name } = parse(clusterRole).metadata;
		await admin.does(
			`kubectl apply -f ${file} && kubectl label clusterrole ${name} test=operator-permissions &&
			kubectl create serviceaccount ${PREVIEWER} -n kube-system &&
			kubectl create clusterrolebinding ${PREVIEWER} --clusterrole=${name} --serviceaccount=kube-system:${PREVIEWER} &&
			kubectl label clusterrolebinding ${PREVIEWER} test=operator-permissions`,
		);
		const token = await admin.does(`kubectl create token ${PREVIEWER} -n kube-system --duration 2h`);
		const { endpoint: server, certificateAuthority } = sandbox;
		return stringify({
			apiVersion: "v1",
			kind: "Config",
			"current-context": "preview",
			clusters: [{ name: "preview", cluster: { server, "certificate-authority-data": certificateAuthority } }],
			users: [{ name: "preview", user: { token } }],
			contexts: [{ name: "preview", context: { cluster: "preview", user: "preview" } }],
		});
	}

	const succeeds = async <T>(operation: Promise<T>): Promise<T> => {
		output = "";
		return operation.catch((error: Error) => assert.fail(`${error.message}\n${output}`));
	};

	it("previews what is not there yet, and may not make it", async () => {
		await sandbox.limitOperator(JSON.stringify(reading));
		project.configure({ "eks-access:kubeconfig": await previewer() });
		await succeeds(project.preview());
		project.configure({ "eks-access:kubeconfig": undefined });
		await assert.rejects(project.up());
	});

	it("makes it, changes everything that can be changed, and refreshes", async () => {
		await sandbox.limitOperator(JSON.stringify(both));
		await succeeds(project.up());
		project.configure({
			"eks-access:tags": { owner: "shop", cost: "7" },
			"eks-access:teams": [
				team({
					users: ["jane", "ann"],
					access: "view",
					role: { mfa: true, maxSessionDuration: 7200 },
					groups: ["k8s-more"],
				}),
			],
		});
		await succeeds(project.up());
		project.configure({ "eks-access:tags": undefined });
		await succeeds(project.up());
		await succeeds(project.refresh());
		assert.ok(isEmpty(await project.preview()), output);
	});

	it("previews and verifies what is there with the permissions to read", async () => {
		await sandbox.limitOperator(JSON.stringify(reading));
		await succeeds(project.refresh());
		assert.ok(isEmpty(await project.preview()), output);
		const { code, stdout } = await eksAccess(["verify", "--stack", "prod"], { cwd: folder, env: sandbox.environment });
		assert.equal(code, 0, stdout);
	});

	it("destroys it", async () => {
		await sandbox.limitOperator(JSON.stringify(both));
		await succeeds(project.destroy());
	});
});
