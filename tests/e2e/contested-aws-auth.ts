import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import { AwsAuth, type RoleMapping } from "../../components";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { type Judge, type Reading, startJudge } from "../support/judge";
import { ApiProxy } from "./api-proxy";
import { AWS_AUTH } from "./aws-auth-by-hand";
import { openProject, sharedSandbox } from "./shared-sandbox";

export const mapping = (name: string): RoleMapping => ({
	roleArn: `arn:aws:iam::293759796572:role/${name}`,
	username: name,
	groups: [name],
});
export const NODES = `# The nodes come in by this one.
- groups:
  - system:bootstrappers
  - system:nodes
  rolearn: arn:aws:iam::293759796572:role/prod-eks-cluster-node-role
  username: system:node:{{EC2PrivateDNSName}}
-   username: ci   # with an indentation of its own
    rolearn: arn:aws:iam::293759796572:role/ci
    groups: [ "ci", 'deploy' ]
# the end`;
/** What is in aws-auth before each test. */
export const FOREIGN = {
	mapRoles: NODES,
	mapUsers: '[{"userarn": "arn:aws:iam::293759796572:user/ops", "username": "ops", "groups": ["ops"]}]',
	mapAccounts: '- "012345678901"\n',
};
const foreignEntry = (name: string) =>
	`- {rolearn: "arn:aws:iam::293759796572:role/${name}", username: ${name}, groups: [x]}\n`;
/** The map once `addForeign` has been there. */
export const withForeign = (name: string) => foreignEntry(name) + NODES;

/** For a suite: aws-auth with entries of others, who write to it at the worst moment, and stacks that write to it too. */
export function contestedAwsAuth(): ContestedAwsAuth {
	const contested = new ContestedAwsAuth();
	before(() => contested.start());
	beforeEach(() => contested.reset());
	after(() => contested.stop());
	return contested;
}

class ContestedAwsAuth {
	declare sandbox: Sandbox;
	declare judge: Judge;
	declare proxy: ApiProxy;
	/** The operator's, by way of the proxy. */
	kubeconfig = "";
	/** What the engine has said in this test. */
	output = "";
	private original?: Record<string, string>;

	async start(): Promise<void> {
		[this.sandbox, this.judge] = await Promise.all([sharedSandbox(), startJudge()]);
		this.original = await this.live();
		const config = yaml.parse(readFileSync(this.sandbox.adminKubeconfig, "utf8"));
		this.proxy = new ApiProxy(this.sandbox.endpoint, this.sandbox.certificateAuthority, config.users[0].user.token);
		await this.proxy.start();
		config.clusters[0].cluster = { server: this.proxy.url };
		this.kubeconfig = JSON.stringify(config);
	}

	async reset(): Promise<void> {
		this.proxy.onRequest = () => undefined;
		this.output = "";
		await this.put(FOREIGN);
	}

	async stop(): Promise<void> {
		await this.proxy?.stop();
		this.judge?.close();
		// For the suites behind this one.
		if (this.original) {
			await this.put(this.original);
		}
	}

	/** Whatever is there, without a trace of who wrote it. */
	private async put(data: Record<string, string>): Promise<void> {
		await this.sandbox.core.deleteNamespacedConfigMap(AWS_AUTH).catch(() => undefined);
		await this.create(data);
	}

	async create(data: Record<string, string>, fieldManager = "kubectl-create"): Promise<void> {
		const { namespace } = AWS_AUTH;
		const body = { metadata: AWS_AUTH, data };
		await this.sandbox.core.createNamespacedConfigMap({ namespace, body, fieldManager });
	}

	live(): Promise<Record<string, string>> {
		return awsAuth(this);
	}

	/** Somebody else's write: read, change, replace, again on a conflict. */
	async edit(change: (mapRoles: string) => string, fieldManager = "kubectl-edit"): Promise<void> {
		for (;;) {
			const body = await this.sandbox.core.readNamespacedConfigMap(AWS_AUTH);
			body.data = { ...body.data, mapRoles: change(body.data?.mapRoles ?? "") };
			try {
				await this.sandbox.core.replaceNamespacedConfigMap({ ...AWS_AUTH, body, fieldManager });
				return;
			} catch (error) {
				if ((error as { code?: number }).code !== 409) {
					throw error;
				}
			}
		}
	}

	addForeign(name: string): Promise<void> {
		return this.edit((text) => foreignEntry(name) + text);
	}

	/** A stack whose whole program is one AwsAuth with these roles; the list may be changed between runs. */
	async stackOf(roles: string[], options: { stack?: string; program?: () => Promise<void> } = {}) {
		const program = options.program ?? (async () => void this.component("access", roles));
		const onOutput = (text: string) => {
			this.output += text;
		};
		return openProject(this.sandbox, onOutput, { program, stack: options.stack });
	}

	component(name: string, roles: string[], opts?: pulumi.ComponentResourceOptions): AwsAuth {
		return new AwsAuth(name, { roles: roles.map(mapping), kubeconfig: this.kubeconfig }, opts);
	}

	/** The next up converges, the preview after it is empty, each of ours is there once, and every foreign entry. */
	async converges(project: SandboxProject, ours: string[], foreign: Record<string, string>): Promise<void> {
		await project.up();
		const changes = await project.preview();
		assert.ok(isEmpty(changes), `the preview after it is empty: ${JSON.stringify(changes)}`);
		const [after, before] = await Promise.all([this.judge.read(await this.live()), this.judge.read(foreign)]);
		const isOurs = (arn: string) => ours.includes(arn.split("/").pop() as string);
		const found = (after.roles ?? []).map(({ rolearn }) => rolearn).filter(isOurs);
		assert.deepEqual(found.sort(), ours.map((name) => mapping(name).roleArn).sort());
		assert.deepEqual(
			withoutRoles(after, isOurs),
			withoutRoles(before, () => false),
		);
	}

	/** Destroy leaves exactly the foreign entries, byte for byte. */
	async destroyLeaves(project: SandboxProject, data: Record<string, string>): Promise<void> {
		await project.destroy();
		assert.deepEqual(await this.live(), data);
	}

	/** Does something once, right before the first request of this kind. */
	once(method: string, action: () => Promise<unknown>): void {
		let isDone = false;
		this.proxy.onRequest = async (asked, url) => {
			if (!isDone && asked === method && url.includes("/configmaps/aws-auth") && !url.includes("dryRun=")) {
				isDone = true;
				await action();
			}
		};
	}
}

/** What the authenticator reads, without the roles that `leaveOut` picks. */
function withoutRoles(reading: Reading, leaveOut: (arn: string) => boolean): Reading {
	return { ...reading, roles: (reading.roles ?? []).filter(({ rolearn }) => !leaveOut(rolearn)) };
}
