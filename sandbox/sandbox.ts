import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { modeInEffect } from "./authentication-mode";
import { type AuthenticationMode, AwsAccount } from "./aws-account";
import { type AwsEmulatorOptions, type AwsKey, accessFilesOf, startAwsEmulator } from "./aws-emulator";
import { startControlPlane } from "./control-plane";
import {
	commonEnvironment,
	type Environment,
	layered,
	pulumiEnvironment,
	writeCommands,
	writeHome,
	writeOperatorKubeconfig,
} from "./environment";
import { iamKubeconfig } from "./kubeconfig";
import { type Person, populate } from "./people";
import { removeNow, removeWithRun } from "./processes";
import type { Report } from "./report";
import { seedCluster } from "./seed";
import { Servers } from "./servers";
import { describeToolchain, ensureToolchain, type Toolchain } from "./toolchain";

export type { AuthenticationMode } from "./aws-account";
export type { Person } from "./people";

/** An EKS-like cluster, an AWS account and a Pulumi engine on this machine. */
export interface Sandbox {
	/** Everything that the sandbox writes is below it, and goes with it. */
	readonly directory: string;
	readonly toolchain: Toolchain;
	readonly accountId: string;
	readonly region: string;
	readonly clusterName: string;
	/** https://127.0.0.1:<port> */
	readonly endpoint: string;
	/** base64 of the PEM. */
	readonly certificateAuthority: string;
	/** Path of a kubeconfig with a static token of system:masters, for the sandbox's own checks. */
	readonly adminKubeconfig: string;
	/** The API server, with that token. */
	readonly core: CoreV1Api;
	/** The operator's: their AWS key, a kubeconfig as `aws eks update-kubeconfig` writes it, and the engine's settings. */
	readonly environment: Environment;
	/** For `kubectl` with that static token. */
	readonly adminEnvironment: Environment;
	/** A person's: their AWS key, or that of a fresh session of their role, and a home of their own. */
	environmentOf(person: Person): Promise<Environment>;
	/**
	 * Changes the cluster's authentication mode, CONFIG_MAP to begin with, and waits until that is in effect. Unlike AWS it also goes
	 * back, for the next test; in CONFIG_MAP the cluster is as new, and its access entries are gone.
	 */
	setAuthenticationMode(mode: AuthenticationMode): Promise<void>;
	/** Lets the operator do in AWS what this policy document allows, and nothing else; without one, everything again. */
	limitOperator(policy?: string): Promise<void>;
	/** Moves AWS's clock by so many seconds away from the machine's; 0 sets it right. */
	moveClock(seconds: number): Promise<void>;
	/** Rejects when a server of the sandbox ends before its time. */
	readonly failed: Promise<never>;
	stop(): Promise<void>;
}

/** How it is brought up; `updateSeconds` is 1 by default. */
export interface SandboxOptions extends Pick<AwsEmulatorOptions, "updateSeconds"> {
	report: Report;
}

/** The article's. */
const ACCOUNT = "293759796572";
const REGION = "eu-west-1";
const CLUSTER = "prod-eks-cluster";

/** Brings it up. All its servers end with `stop`, or with this process, however that ends. */
export async function startSandbox({ report, updateSeconds = 1 }: SandboxOptions): Promise<Sandbox> {
	if (process.platform === "win32")
		throw new Error("The sandbox runs on Linux and macOS; on Windows use the Windows Subsystem for Linux (WSL).");
	const toolchain = await ensureToolchain({ report });
	for (const line of describeToolchain(toolchain)) report.note(line);
	const directory = realpathSync(mkdtempSync(join(tmpdir(), "eks-access-sandbox-")));
	removeWithRun(directory);
	const servers = new Servers();
	const stop = async () => {
		await servers.stop();
		removeNow(directory);
	};
	const step = report.step("starting the control plane and the AWS emulator");
	try {
		const sandbox = await compose(toolchain, directory, servers, updateSeconds);
		step.done(sandbox.endpoint);
		return { ...sandbox, stop };
	} catch (error) {
		step.failed();
		await stop();
		throw error;
	}
}

async function compose(
	toolchain: Toolchain,
	directory: string,
	servers: Servers,
	updateSeconds: number,
): Promise<Omit<Sandbox, "stop">> {
	const common = commonEnvironment(writeCommands(directory, toolchain));
	const awsDirectory = join(directory, "aws");
	const { accessPolicies, ...access } = accessFilesOf(awsDirectory, CLUSTER);
	const emulating = startAwsEmulator({
		python: join(toolchain.venv, "bin", "python"),
		directory: awsDirectory,
		servers,
		accountId: ACCOUNT,
		region: REGION,
		updateSeconds,
	});
	const root = emulating.then((aws) => layered(common, aws.environment(aws.root)));
	const populating = emulating.then(async (aws) => {
		const account = new AwsAccount(aws);
		return { account, people: await populate(account, await root, { name: CLUSTER, version: "1.36", region: REGION }) };
	});
	const [aws, { account, people }, controlPlane] = await Promise.all([
		emulating,
		populating,
		startControlPlane({
			toolchain,
			servers,
			directory,
			authenticator: { clusterId: CLUSTER, env: root, access },
			accessPolicies,
		}),
	]);
	const { endpoint, certificateAuthority, adminKubeconfigPath } = controlPlane;
	const kubeConfig = new KubeConfig();
	kubeConfig.loadFromFile(adminKubeconfigPath);
	const core = kubeConfig.makeApiClient(CoreV1Api);
	await Promise.all([
		aws.setClusters({ [CLUSTER]: { endpoint, certificateAuthority } }),
		seedCluster(core, { ...people.instance, nodeGroup: people.nodeGroup }, people.nodeRoles),
	]);

	const kubeconfig = iamKubeconfig({
		endpoint,
		certificateAuthority,
		clusterName: CLUSTER,
		region: REGION,
		accountId: ACCOUNT,
	});
	const as = (key: AwsKey) => layered(common, aws.environment(key));
	const operator = {
		...as(await people.keyOf("operator")),
		...writeOperatorKubeconfig(directory, kubeconfig),
		...pulumiEnvironment(directory, toolchain),
	};
	const environmentOf = async (person: Person) => {
		if (person === "operator") return operator;
		// A node has its kubeconfig from the start; people get theirs with `aws eks update-kubeconfig`.
		const home = writeHome(directory, person, person === "node" ? kubeconfig : undefined);
		return { ...as(await people.keyOf(person)), ...home };
	};
	return {
		directory,
		toolchain,
		accountId: ACCOUNT,
		region: REGION,
		clusterName: CLUSTER,
		endpoint,
		certificateAuthority,
		adminKubeconfig: adminKubeconfigPath,
		core,
		environment: operator,
		adminEnvironment: { ...operator, KUBECONFIG: adminKubeconfigPath },
		failed: servers.failed,
		environmentOf,
		moveClock: (seconds) => aws.moveClock(seconds),
		limitOperator: (policy) => account.limitOperator("operator", policy),
		async setAuthenticationMode(mode) {
			await account.setAuthenticationMode(CLUSTER, mode);
			await modeInEffect(mode, { operator, node: await environmentOf("node") });
		},
	};
}
