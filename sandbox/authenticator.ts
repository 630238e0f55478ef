import type { ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { stringify } from "yaml";
import { runCommand, tail } from "./command";
import { answersOk } from "./probe";
import type { Servers } from "./servers";

export interface Authenticator {
	/** What tokens are bound to: the cluster's name. */
	clusterId: string;
	/** Its whole environment, with how it reaches STS and EC2: HTTPS_PROXY, SSL_CERT_FILE, AWS_REGION, and a key that may call ec2:DescribeInstances. */
	env: NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;
	/** Where the AWS emulator keeps what the cluster's access entries are to the authenticator; may be written later. */
	access: AccessFiles;
}

/** The authenticator watches both. */
export interface AccessFiles {
	/** Who comes in by an access entry, or as the one who has created the cluster. */
	identities: string;
	/** In which backends it looks: the authentication mode decides whether in aws-auth. */
	backendMode: string;
}

export interface PreparedAuthenticator {
	/** For the API server's --authentication-token-webhook-config-file. */
	kubeconfig: string;
	command: string;
	config: string;
	certificate: string;
	port: number;
	env: Authenticator["env"];
}

interface Preparation extends Authenticator {
	command: string;
	folder: string;
	port: number;
	/** How it reads aws-auth; may be written later. */
	apiServerKubeconfig: string;
}

/** aws-iam-authenticator's health check listens here on every interface, and no flag changes that. */
const HEALTH_PORT = 21363;

/** Its certificate and the webhook's kubeconfig: the API server wants them when it starts, before the authenticator can reach it. */
export async function prepareAuthenticator({
	command,
	folder,
	port,
	apiServerKubeconfig,
	clusterId,
	env,
	access,
}: Preparation): Promise<PreparedAuthenticator> {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const kubeconfig = join(folder, "webhook.kubeconfig");
	const config = join(folder, "config.yaml");
	writeFileSync(
		config,
		stringify({
			clusterID: clusterId,
			server: {
				port,
				address: "127.0.0.1",
				hostname: "127.0.0.1",
				stateDir: folder,
				generateKubeconfig: kubeconfig,
				kubeconfigPregenerated: true,
				kubeconfig: apiServerKubeconfig,
				// In this order: the first that knows the identity wins.
				backendMode: ["DynamicFile", "EKSConfigMap"],
				dynamicBackendModePath: access.backendMode,
				dynamicFilePath: access.identities,
				// A role that is made anew is another one.
				dynamicFileUserIDStrict: true,
			},
		}),
		{ mode: 0o600 },
	);
	const { code, output } = await runCommand(command, [
		"init",
		`--config=${config}`,
		"--feature-gates=ConfiguredInitDirectories=true",
	]);
	if (code !== 0) throw new Error(`aws-iam-authenticator could not make its certificate:\n${tail(output)}`);
	const certificate = join(folder, "cert.pem");
	return { kubeconfig, command, config, certificate, port, env };
}

/** Starts it once the API server answers: a first read of aws-auth that fails is tried again after 5 s only. */
export async function startAuthenticator(
	{ command, config, certificate, port, env }: PreparedAuthenticator,
	servers: Servers,
	directory: string,
): Promise<ChildProcess> {
	const authority = readFileSync(certificate, "utf8");
	const [environment] = await Promise.all([env, holdHealthPort()]);
	return servers.start({
		name: "aws-iam-authenticator",
		command,
		args: ["server", `--config=${config}`],
		env: { ...environment, AWS_EC2_METADATA_DISABLED: "true" },
		logFile: join(directory, "logs", "aws-iam-authenticator.log"),
		ready: () => answersOk(`https://127.0.0.1:${port}/healthz`, authority),
	});
}

/**
 * Takes the port of that health check on the loopback interface first: the authenticator goes on without it, and nothing of the sandbox
 * can be reached from outside. Where the port is taken already, by another sandbox for example, the same holds.
 */
function holdHealthPort(): Promise<void> {
	return new Promise((resolve) => {
		const holder = createServer((socket) => socket.destroy());
		holder.once("error", () => resolve());
		holder.listen(HEALTH_PORT, "127.0.0.1", resolve);
		holder.unref();
	});
}
