import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { AwsAccount } from "./aws-account";
import { type AwsKey, startAwsEmulator } from "./aws-emulator";
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
import { instanceCredentials, launchInstance } from "./node-instance";
import { removeNow, removeWithRun } from "./processes";
import type { Report } from "./report";
import { seedCluster } from "./seed";
import { Servers } from "./servers";
import { describeToolchain, ensureToolchain, type Toolchain } from "./toolchain";

/** Who is in the sandbox: the one who runs Pulumi and has created the cluster, three IAM users, and an instance of the node group. */
export type Person = "operator" | "jane" | "joe" | "mallory" | "node";

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
	/** A person's: their AWS key and a home of their own. */
	environmentOf(person: Person): Promise<Environment>;
	/** Rejects when a server of the sandbox ends before its time. */
	readonly failed: Promise<never>;
	stop(): Promise<void>;
}

/** The article's. */
const ACCOUNT = "293759796572";
const REGION = "eu-west-1";
const CLUSTER = "prod-eks-cluster";
const NODE_GROUP = "prod-eks-cluster-nodes";
const NODE_ROLE = "prod-eks-cluster-node-role";
/** EKS makes the one who creates a cluster its administrator, and shows it in no ConfigMap. */
const CREATOR = {
	mountedMappings: [
		{ userArn: `arn:aws:iam::${ACCOUNT}:user/operator`, username: "kubernetes-admin", groups: ["system:masters"] },
	],
};

/** Brings it up. All its servers end with `stop`, or with this process, however that ends. */
export async function startSandbox({ report }: { report: Report }): Promise<Sandbox> {
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
		const sandbox = await compose(toolchain, directory, servers);
		step.done(sandbox.endpoint);
		return { ...sandbox, stop };
	} catch (error) {
		step.failed();
		await stop();
		throw error;
	}
}

async function compose(toolchain: Toolchain, directory: string, servers: Servers): Promise<Omit<Sandbox, "stop">> {
	const common = commonEnvironment(writeCommands(directory, toolchain));
	const emulating = startAwsEmulator({
		python: join(toolchain.venv, "bin", "python"),
		directory: join(directory, "aws"),
		servers,
		accountId: ACCOUNT,
		region: REGION,
	});
	const root = emulating.then((aws) => layered(common, aws.environment(aws.root)));
	const [aws, account, controlPlane] = await Promise.all([
		emulating,
		emulating.then(async (aws) => populate(new AwsAccount(aws), await root)),
		startControlPlane({ toolchain, servers, directory, authenticator: { clusterId: CLUSTER, env: root, ...CREATOR } }),
	]);
	const { endpoint, certificateAuthority, adminKubeconfigPath } = controlPlane;
	const kubeConfig = new KubeConfig();
	kubeConfig.loadFromFile(adminKubeconfigPath);
	const core = kubeConfig.makeApiClient(CoreV1Api);
	await Promise.all([
		aws.setClusters({ [CLUSTER]: { endpoint, certificateAuthority } }),
		seedCluster(core, { ...account.instance, roleArn: account.nodeRole, nodeGroup: NODE_GROUP }),
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
		...as(account.keys.operator),
		...writeOperatorKubeconfig(directory, kubeconfig),
		...pulumiEnvironment(directory),
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
		async environmentOf(person) {
			if (person === "operator") return operator;
			if (person !== "node") return { ...as(account.keys[person]), ...writeHome(directory, person) };
			const credentials = await instanceCredentials(account.nodeRole, account.instance.instanceId, await root);
			return { ...(await root), ...credentials, ...writeHome(directory, person, kubeconfig) };
		},
	};
}

/** What is in the account before Pulumi runs. */
async function populate(account: AwsAccount, root: Environment) {
	const [operator, jane, joe, mallory, nodeRole, instance] = await Promise.all([
		account.createOperator("operator"),
		account.createUser("jane"),
		account.createUser("joe"),
		account.createUser("mallory"),
		account.createNodeRole(NODE_ROLE),
		launchInstance(root),
		account.createEksCluster({ name: CLUSTER, version: "1.36" }),
	]);
	return { keys: { operator, jane, joe, mallory }, nodeRole, instance };
}
