import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { rootCertificates } from "node:tls";
import type { AccessFiles } from "./authenticator";
import type { Servers } from "./servers";

export interface AwsKey {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	/** A session has one, a user's own key has none. */
	readonly sessionToken?: string;
}

/** How DescribeCluster answers for a cluster. */
export interface EmulatedCluster {
	/** For example `https://127.0.0.1:6443`. */
	readonly endpoint: string;
	/** The API server's CA, PEM in base64. */
	readonly certificateAuthority: string;
}

/** Another account, of which there is one user. */
export const PARTNER_ACCOUNT = "210987654321";

/** The files in which a cluster's control plane reads what its access entries are. */
export interface ClusterAccessFiles extends AccessFiles {
	/** For the authorization webhook. */
	accessPolicies: string;
}

export interface AwsEmulatorOptions {
	/** The Python of a venv that has `moto/requirements.txt`. */
	readonly python: string;
	/** Gets the CA, the log and the empty AWS config files. */
	readonly directory: string;
	readonly servers: Pick<Servers, "start" | "stop">;
	/** @default the article's, 293759796572 */
	readonly accountId?: string;
	/** @default "eu-west-1" */
	readonly region?: string;
	/** @default a free one */
	readonly port?: number;
	/**
	 * How long a cluster is UPDATING when its authentication mode is changed; in AWS it is minutes.
	 * @default 0
	 */
	readonly updateSeconds?: number;
	/**
	 * How many items of a list one answer has; AWS may always give fewer than it has been asked for.
	 * @default 100, as in AWS
	 */
	readonly pageItems?: number;
}

/** Where the emulator with this folder keeps a cluster's; they are there once the cluster is. */
export function accessFilesOf(directory: string, cluster: string): ClusterAccessFiles {
	const folder = join(accessFolder(directory), cluster);
	return {
		identities: join(folder, "identities.json"),
		backendMode: join(folder, "backend-mode.json"),
		accessPolicies: join(folder, "access-policies.json"),
	};
}

/** AWS as the sandbox has it: IAM, STS, EKS and EC2 of one account, with IAM enforced from the first request on. */
export interface AwsEmulator {
	readonly proxyUrl: string;
	readonly port: number;
	/** The CA of the certificates with which it answers as the real hosts. */
	readonly caFile: string;
	readonly accountId: string;
	readonly region: string;
	/** The account's root user, who may do everything, as in AWS. */
	readonly root: AwsKey;
	/** A user `jane` of the account {@link PARTNER_ACCOUNT}, whom that lets assume every role. */
	readonly partner: AwsKey;
	/** The environment in which AWS programs of any kind reach the emulator with this key. */
	environment(key: AwsKey): NodeJS.ProcessEnv;
	/** Tells how to reach the clusters; until then they have an endpoint that nobody answers at. */
	setClusters(clusters: Readonly<Record<string, EmulatedCluster>>): Promise<void>;
	/** Moves AWS's clock away from the machine's: conditions on the time, and the ends of sessions, are judged by it. */
	moveClock(seconds: number): Promise<void>;
	stop(): Promise<void>;
}

export async function startAwsEmulator(options: AwsEmulatorOptions): Promise<AwsEmulator> {
	const { python, servers } = options;
	const accountId = options.accountId ?? "293759796572";
	const region = options.region ?? "eu-west-1";
	const directory = resolve(options.directory);
	const clustersFile = join(directory, "clusters.json");
	const portFile = join(directory, "port");
	const [root, partner] = [newKey(), newKey()];
	mkdirSync(directory, { recursive: true });
	rmSync(portFile, { force: true });

	const child: ChildProcess = await servers.start({
		name: "AWS emulator",
		command: python,
		args: [
			join(__dirname, "moto", "emulator.py"),
			...["--port", String(options.port ?? 0)],
			...["--directory", directory],
			...["--account", accountId, "--partner-account", PARTNER_ACCOUNT],
			...["--clusters", clustersFile],
			...["--access", accessFolder(directory)],
			...["--update-seconds", String(options.updateSeconds ?? 0)],
			...["--page-items", String(options.pageItems ?? 100)],
		],
		env: {
			PATH: process.env.PATH,
			PYTHONDONTWRITEBYTECODE: "1",
			AWS_EMULATOR_ROOT_KEY: root.accessKeyId,
			AWS_EMULATOR_ROOT_SECRET: root.secretAccessKey,
			AWS_EMULATOR_PARTNER_KEY: partner.accessKeyId,
			AWS_EMULATOR_PARTNER_SECRET: partner.secretAccessKey,
		},
		logFile: join(directory, "emulator.log"),
		// It is written once the emulator listens.
		ready: async () => existsSync(portFile),
	});

	const port = Number(readFileSync(portFile, "utf8"));
	const proxyUrl = `http://127.0.0.1:${port}`;
	const caFile = join(directory, "ca.crt");
	// Go programs read one bundle and nothing else; what else they reach over the network must stay trusted.
	const bundleFile = join(directory, "ca-bundle.crt");
	await writeFile(bundleFile, [readFileSync(caFile, "utf8"), ...rootCertificates].join("\n"));
	const emptyFile = join(directory, "no-aws-config");
	await writeFile(emptyFile, "");

	return {
		proxyUrl,
		port,
		caFile,
		accountId,
		region,
		root,
		partner,
		environment: (key) => awsEnvironment({ ...key, proxyUrl, caFile, bundleFile, emptyFile, region }),
		setClusters: (clusters) => writeFile(clustersFile, JSON.stringify(clusters, undefined, "\t")),
		moveClock: (seconds) => writeFile(join(directory, "clock"), String(seconds)),
		stop: () => servers.stop([child]),
	};
}

function newKey(): AwsKey {
	return {
		accessKeyId: `AKIA${randomBytes(8).toString("hex").toUpperCase()}`,
		secretAccessKey: randomBytes(30).toString("base64"),
	};
}

function accessFolder(directory: string): string {
	return join(resolve(directory), "access");
}

interface EnvironmentOptions extends AwsKey {
	readonly proxyUrl: string;
	readonly caFile: string;
	readonly bundleFile: string;
	readonly emptyFile: string;
	readonly region: string;
}

function awsEnvironment(options: EnvironmentOptions): NodeJS.ProcessEnv {
	return {
		HTTPS_PROXY: options.proxyUrl,
		NO_PROXY: "127.0.0.1,localhost",
		AWS_CA_BUNDLE: options.caFile,
		SSL_CERT_FILE: options.bundleFile,
		NODE_EXTRA_CA_CERTS: options.caFile,
		AWS_ACCESS_KEY_ID: options.accessKeyId,
		AWS_SECRET_ACCESS_KEY: options.secretAccessKey,
		// What is undefined is removed from the environment that this is laid over.
		AWS_SESSION_TOKEN: options.sessionToken,
		AWS_REGION: options.region,
		AWS_DEFAULT_REGION: options.region,
		AWS_EC2_METADATA_DISABLED: "true",
		AWS_PAGER: "",
		AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
		// The developer's own profiles must not leak in, nor the sandbox's changes out.
		AWS_CONFIG_FILE: options.emptyFile,
		AWS_SHARED_CREDENTIALS_FILE: options.emptyFile,
		AWS_PROFILE: undefined,
		AWS_DEFAULT_PROFILE: undefined,
		AWS_ROLE_ARN: undefined,
		AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
		AWS_ENDPOINT_URL: undefined,
		https_proxy: undefined,
		no_proxy: undefined,
	};
}
