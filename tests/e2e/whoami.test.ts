import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { trustPolicy } from "../../core/teams/iam-policies";
import { SandboxProject } from "../../sandbox/project";
import type { Person, Sandbox } from "../../sandbox/sandbox";
import { type Ended, eksAccess, temporaryFolder } from "../cli/command";
import { editAwsAuth } from "./aws-auth-by-hand";
import { Shell } from "./sandbox-shell";
import { sharedSandbox } from "./shared-sandbox";

const ACCOUNT = "293759796572";

describe("eks-access whoami: as a developer, with what a developer may", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let admin: Shell;
	let folder: string;

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		folder = path.join(sandbox.directory, "project-whoami");
		const { environment } = sandbox;
		project = await SandboxProject.open("example", { directory: folder, environment, onOutput: () => undefined });
		await project.up();
	});

	after(async () => {
		await project?.destroy();
		await admin?.does("kubectl delete namespace shop shop-dev pay pay-dev --ignore-not-found");
	});

	interface Asked {
		args?: string[];
		env?: Record<string, string>;
		cwd?: string;
	}

	async function whoami(
		person: Person,
		{ args = ["--stack", "example"], env, cwd = folder }: Asked = {},
	): Promise<Ended> {
		return eksAccess(["whoami", ...args], { cwd, env: { ...(await sandbox.environmentOf(person)), ...env } });
	}

	async function says(ended: Promise<Ended>, code: number, ...texts: RegExp[]): Promise<void> {
		const { stdout, stderr, code: is } = await ended;
		assert.equal(is, code, stdout + stderr);
		for (const text of texts) {
			assert.match(code > 1 ? stderr : stdout, text);
		}
	}

	it("jane: the IAM user, her team, the role, the namespaces, and the command with --role-arn, which works", async () => {
		const ended = await whoami("jane");
		await says(
			Promise.resolve(ended),
			0,
			/You are the IAM user jane of account 293759796572/,
			/Team shop, by the role shop-role: full in shop, shop-dev/,
			/Access OK: prod-eks-cluster knows you as shop:EKSGetTokenAuth, in the groups shop/,
		);
		const command = /aws eks .* update-kubeconfig .*--role-arn .*shop-role/.exec(ended.stdout)?.[0] as string;
		const jane = new Shell(await sandbox.environmentOf("jane"));
		await jane.does(command);
		await jane.does("kubectl get pods -n shop");
	});

	it("sam, by single sign-on, and the pipeline: as who they are, without --role-arn", async () => {
		await says(
			whoami("sam"),
			0,
			/sam@example.com, by single sign-on with the permission set ReadOnly/,
			/Team auditors, as who you are: view in shop; view in namespaces with audited=true/,
			/update-kubeconfig --name prod-eks-cluster$/m,
		);
		await says(
			whoami("ci"),
			0,
			/the session GitHubActions of the role github-deploy/,
			/Team deploy, as who you are: rules/,
		);
	});

	it("mallory, of no team: does not get in, and is told that no team lists her", () =>
		says(
			whoami("mallory"),
			1,
			/No access: no team of stack example lists user\/mallory, and the cluster does not know you/,
		));

	it("joe, taken out of the IAM group by hand: it is the group, and not the second factor", async () => {
		const group = "--group-name pay --user-name joe";
		await admin.does(`aws iam remove-user-from-group ${group}`);
		try {
			await says(
				whoami("joe"),
				1,
				/No access: you may not assume pay-role: the config lists joe in pay, and you are not in the IAM group pay/,
			);
			const json = JSON.parse((await whoami("joe", { args: ["--stack", "example", "--format", "json"] })).stdout);
			assert.deepEqual([json.in, json.ways[0].problem.code], [false, "not-in-group"]);
		} finally {
			await admin.does(`aws iam add-user-to-group ${group}`);
		}
		await says(whoami("joe"), 0);
	});

	it("joe, whose role wants a second factor: it is that, and the profile that asks for it is there", async () => {
		const account = { partition: "aws", accountId: ACCOUNT };
		const trust = (mfa: boolean) =>
			admin.does(
				`aws iam update-assume-role-policy --role-name pay-role --policy-document '${trustPolicy(account, { users: ["joe"], role: { mfa } })}'`,
			);
		const teams = project.config("eks-access:teams") as { name: string }[];
		project.configure({
			"eks-access:teams": teams.map((team) => (team.name === "pay" ? { ...team, role: { mfa: true } } : team)),
		});
		await trust(true);
		try {
			await says(
				whoami("joe"),
				1,
				/it wants a second factor, and an access key alone shows none/,
				/mfa_serial = arn:aws:iam::293759796572:mfa\/joe/,
				/--exec-env=AWS_PROFILE=pay/,
			);
		} finally {
			await trust(false);
			project.configure({ "eks-access:teams": teams });
		}
	});

	it("jane, whose role is not in aws-auth: Unauthorized, and what it means", async () => {
		const restore = await editAwsAuth(sandbox, (map) => map.replace(/- groups:\n {2}- shop\n.*\n.*\n/, ""));
		// The API server keeps an answer of the authenticator for a second.
		await delay(2000);
		try {
			await says(
				whoami("jane"),
				1,
				/does not know arn:aws:iam::\d+:role\/shop-role \(Unauthorized\): it has no entry in aws-auth/,
			);
		} finally {
			await restore();
			await delay(2000);
		}
	});

	it("jane, without a RoleBinding: Forbidden, where it is, and where she has access", async () => {
		await admin.does("kubectl delete rolebinding -n shop-dev shop");
		try {
			await says(
				whoami("jane"),
				1,
				/refuses what the config gives you in shop-dev \(Forbidden\); you have yours in shop\./,
			);
		} finally {
			await admin.does("kubectl create rolebinding shop -n shop-dev --clusterrole=dev-full-access --group=shop");
		}
	});

	it("credentials that AWS does not know: exit code 1, and what to set", () =>
		says(
			whoami("jane", { env: { AWS_ACCESS_KEY_ID: "AKIAAAAAAAAAAAAAAAAA" } }),
			1,
			/No access: AWS does not know your credentials \(InvalidClientTokenId/,
		));

	it("without a project, by --cluster alone: whoever comes in as themselves is in; jane is told what is missing", async () => {
		const alone = { args: ["--cluster", "prod-eks-cluster"], cwd: temporaryFolder() };
		await says(whoami("ci", alone), 0, /No stack's config here is about prod-eks-cluster/, /knows you as deploy/);
		await says(
			whoami("jane", alone),
			1,
			/does not know arn:aws:iam::\d+:user\/jane \(Unauthorized\)/,
			/If your team has a role/,
		);
	});

	it("with --cluster in a project: the stack that is about the cluster", async () => {
		const { stdout } = await whoami("jane", { args: ["--cluster", "prod-eks-cluster", "--stack", "example"] });
		assert.match(stdout, /Team shop, by the role shop-role/);
		await says(
			whoami("jane", { args: ["--cluster", "prod-eks-cluster"] }),
			2,
			/several stacks are about the cluster .*example, prod/,
		);
	});

	it("an API server that does not answer: exit code 3", async () => {
		const certificateAuthority = { data: sandbox.certificateAuthority };
		const cluster = {
			name: sandbox.clusterName,
			status: "ACTIVE",
			endpoint: "https://127.0.0.1:1",
			certificateAuthority,
		};
		const eks = http.createServer((_, answer) => answer.end(JSON.stringify({ cluster })));
		await new Promise<void>((listening) => eks.listen(0, "127.0.0.1", listening));
		const env = { AWS_ENDPOINT_URL_EKS: `http://127.0.0.1:${(eks.address() as AddressInfo).port}` };
		try {
			await says(whoami("jane", { env }), 3, /^eks-access: cannot reach the API server https:\/\/127\.0\.0\.1:1/);
		} finally {
			eks.closeAllConnections();
			eks.close();
		}
	});
});
