import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareAccessPolicies, startAccessPolicies } from "./access-policies/webhook";
import { type Authenticator, prepareAuthenticator, startAuthenticator } from "./authenticator";
import { tokenKubeconfig } from "./kubeconfig";
import { answersOk } from "./probe";
import { freePorts, retryOnTakenPort, type Servers } from "./servers";
import type { Toolchain } from "./toolchain";

export interface ControlPlaneOptions {
	toolchain: Toolchain;
	servers: Servers;
	/** The sandbox's own folder; the servers' data and logs go below it. */
	directory: string;
	authenticator: Authenticator;
	/** Where the AWS emulator keeps the access policies of the cluster's access entries; may be written later. */
	accessPolicies: string;
}

export interface ControlPlane {
	/** https://127.0.0.1:<port> */
	endpoint: string;
	/** base64 of the PEM, as DescribeCluster answers it. */
	certificateAuthority: string;
	/** A static token of system:masters: the sandbox's own access, besides what EKS has. */
	adminKubeconfigPath: string;
}

/** The default of EKS. */
const SERVICE_RANGE = "10.100.0.0/16";
/** What Deployments, namespaces and node health need. clusterrole-aggregation fills the roles `edit` and `view`. */
const CONTROLLERS = [
	"clusterrole-aggregation-controller",
	"deployment-controller",
	"garbage-collector-controller",
	"namespace-controller",
	"node-lifecycle-controller",
	"replicaset-controller",
	"resourcequota-controller",
	"serviceaccount-controller",
];

/** An EKS-like control plane: etcd, the API server with IAM tokens, the controllers, the scheduler, and kwok in the kubelets' place. */
export function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
	return retryOnTakenPort(async () => {
		const started: Promise<ChildProcess>[] = [];
		try {
			return await start(options, started);
		} catch (error) {
			const outcomes = await Promise.allSettled(started);
			await options.servers.stop(outcomes.flatMap((each) => (each.status === "fulfilled" ? each.value : [])));
			throw error;
		}
	});
}

async function start(
	{ toolchain, servers, directory, authenticator, accessPolicies }: ControlPlaneOptions,
	started: Promise<ChildProcess>[],
): Promise<ControlPlane> {
	const folder = join(directory, "control-plane");
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const { programs } = toolchain;
	type FivePorts = [number, number, number, number, number];
	const [etcdPort, peerPort, apiPort, webhookPort, policiesPort] = (await freePorts(5)) as FivePorts;
	const etcd = `http://127.0.0.1:${etcdPort}`;
	const endpoint = `https://127.0.0.1:${apiPort}`;
	const token = randomBytes(24).toString("hex");
	const remember = (server: Promise<ChildProcess>) => {
		started.push(server);
		return server;
	};
	const run = (
		name: "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kwok",
		args: string[],
		ready = async () => true,
	) => {
		const server = { name, command: programs[name].path, args, ready };
		const logFile = join(directory, "logs", `${name}.log`);
		return remember(servers.start({ ...server, logFile }));
	};
	mkdirSync(join(directory, "logs"), { recursive: true });
	writeFileSync(join(folder, "tokens.csv"), `${token},sandbox-admin,sandbox-admin,system:masters\n`, { mode: 0o600 });
	const keys = generateKeyPairSync("ec", {
		namedCurve: "P-256",
		privateKeyEncoding: { type: "sec1", format: "pem" },
		publicKeyEncoding: { type: "spki", format: "pem" },
	});
	const serviceAccountKey = join(folder, "service-account.key");
	writeFileSync(serviceAccountKey, keys.privateKey, { mode: 0o600 });

	const policies = prepareAccessPolicies(folder, policiesPort, accessPolicies);
	const policiesStarting = remember(startAccessPolicies(policies, servers, directory));
	// Waited for below; a failure of what comes before must not leave it unheard.
	policiesStarting.catch(() => {});
	const [webhook] = await Promise.all([
		prepareAuthenticator({
			command: programs["aws-iam-authenticator"].path,
			folder: join(folder, "authenticator"),
			port: webhookPort,
			apiServerKubeconfig: join(folder, "admin.kubeconfig"),
			...authenticator,
		}),
		run(
			"etcd",
			[
				`--data-dir=${join(folder, "etcd")}`,
				`--listen-client-urls=${etcd}`,
				`--advertise-client-urls=${etcd}`,
				`--listen-peer-urls=http://127.0.0.1:${peerPort}`,
				`--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
				`--initial-cluster=default=http://127.0.0.1:${peerPort}`,
				// The data goes with the run: nothing to save from a power cut.
				"--unsafe-no-fsync",
				"--log-level=warn",
			],
			() => answersOk(`${etcd}/health`),
		),
	]);
	const certificates = join(folder, "certificates");
	await run(
		"kube-apiserver",
		[
			`--etcd-servers=${etcd}`,
			"--bind-address=127.0.0.1",
			`--secure-port=${apiPort}`,
			"--advertise-address=127.0.0.1",
			// The endpoints of the service `kubernetes` may not be a loopback address, and no pod runs that would use them.
			"--endpoint-reconciler-type=none",
			`--cert-dir=${certificates}`,
			`--token-auth-file=${join(folder, "tokens.csv")}`,
			`--authentication-token-webhook-config-file=${webhook.kubeconfig}`,
			"--authentication-token-webhook-version=v1beta1",
			// A change of aws-auth shows at once; EKS keeps an answer for longer.
			"--authentication-token-webhook-cache-ttl=1s",
			// EKS asks its own authorizer too: what one of them allows is allowed.
			"--authorization-mode=Node,RBAC,Webhook",
			`--authorization-webhook-config-file=${policies.kubeconfig}`,
			"--authorization-webhook-version=v1",
			"--authorization-webhook-cache-authorized-ttl=1s",
			"--authorization-webhook-cache-unauthorized-ttl=1s",
			"--enable-admission-plugins=NodeRestriction",
			"--service-account-issuer=https://kubernetes.default.svc",
			`--service-account-key-file=${serviceAccountKey}`,
			`--service-account-signing-key-file=${serviceAccountKey}`,
			`--service-cluster-ip-range=${SERVICE_RANGE}`,
			"--profiling=false",
		],
		() => answersOk(`${endpoint}/readyz`, authorityIn(certificates)),
	);
	const authority = authorityIn(certificates);
	const certificateAuthority = Buffer.from(authority).toString("base64");
	const adminKubeconfigPath = join(folder, "admin.kubeconfig");
	writeFileSync(adminKubeconfigPath, tokenKubeconfig({ endpoint, certificateAuthority, token }), { mode: 0o600 });
	await Promise.all([
		policiesStarting,
		remember(startAuthenticator(webhook, servers, directory)),
		run("kube-controller-manager", [
			`--kubeconfig=${adminKubeconfigPath}`,
			`--controllers=${CONTROLLERS.join(",")}`,
			"--leader-elect=false",
			"--secure-port=0",
		]),
		run("kube-scheduler", [`--kubeconfig=${adminKubeconfigPath}`, "--leader-elect=false", "--secure-port=0"]),
		run("kwok", [
			`--kubeconfig=${adminKubeconfigPath}`,
			"--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
		]),
	]);
	return {
		endpoint,
		certificateAuthority,
		adminKubeconfigPath,
	};
}

/** The API server makes its certificate itself and appends the authority that has signed it. Empty until then. */
function authorityIn(certificates: string): string {
	const file = join(certificates, "apiserver.crt");
	if (!existsSync(file)) return "";
	const chain = readFileSync(file, "utf8").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g);
	return chain?.at(-1) ?? "";
}
