import { setImmediate } from "node:timers/promises";
import { AccessError } from "../errors/access-error";
import { type Connection, connectionOf } from "./connection";
import { withoutPassword } from "./kubeconfig";

/** Longer than any API server that answers takes; shorter than a person waits. */
const TIMEOUT_SECONDS = 20;

/** One client a kubeconfig: it keeps the token that a command such as `aws eks get-token` takes a second to make. */
export function connect(kubeconfig: string): Connection {
	const known = connections.get(kubeconfig) ?? connectionOf(kubeconfig);
	connections.set(kubeconfig, known);
	return known;
}

const connections = new Map<string, Connection>();

/**
 * Reads from the cluster without the engine, whose own errors about an unreachable cluster suggest to drop resources.
 *
 * @param what What is read, for the error, for example `ConfigMap kube-system/aws-auth`.
 * @returns undefined where it is not there.
 * @throws {AccessError} where the API server does not answer, or refuses the operator.
 */
export async function askCluster<T>(
	kubeconfig: string,
	what: string,
	request: (connection: Connection) => Promise<T>,
): Promise<T | undefined> {
	// Requests that are ready go out first: loading the client takes a third of a second.
	await setImmediate();
	return ask(connect(kubeconfig), what, request);
}

/** As {@link askCluster}, over a connection. */
export async function ask<C extends Connection, T>(
	connection: C,
	what: string,
	request: (connection: C) => Promise<T>,
	seconds = TIMEOUT_SECONDS,
): Promise<T | undefined> {
	try {
		return await afterFirst(connection, () => withTimeout(request(connection), seconds, () => connection.end()));
	} catch (error) {
		if ((error as Failure).code === 404) {
			return undefined;
		}
		if (error instanceof AccessError) {
			throw error;
		}
		throw refusalOf(error as Failure, serverOf(connection), what);
	}
}

/**
 * The first request over a connection goes alone: the client keeps the token that the kubeconfig's command makes for it, where requests
 * at the same time would each run the command. Whoever waits for an API server that does not answer need not try it again.
 */
async function afterFirst<T>(connection: Connection, request: () => Promise<T>): Promise<T> {
	const first = firstRequests.get(connection);
	if (first) {
		await first;
		return request();
	}
	const asking = request();
	const settled = asking.then(
		() => undefined,
		(error: Failure) => {
			firstRequests.delete(connection);
			if (typeof error.code !== "number") {
				throw error;
			}
		},
	);
	settled.catch(() => undefined);
	firstRequests.set(connection, settled);
	return asking;
}

const firstRequests = new WeakMap<Connection, Promise<void>>();

interface Failure {
	code?: number | string;
	message: string;
}

/** The API server's address, for people. */
export function serverOf({ config }: Connection): string {
	return withoutPassword(config.getCurrentCluster()?.server ?? "");
}

function refusalOf({ code, message }: Failure, server: string, what: string): AccessError {
	switch (code) {
		case 401:
			return new AccessError(
				"api-server-unauthorized",
				`kubeconfig: the API server ${server} does not accept these credentials (401 Unauthorized). ` +
					"Renew them, or set a kubeconfig that works with kubectl get configmap -n kube-system aws-auth. Nothing was changed.",
			);
		case 403:
			return new AccessError(
				"api-server-forbidden",
				`kubeconfig: these credentials may not read ${what} (403 Forbidden). ` +
					"Use those of a cluster administrator (kubeconfig, adminRoleArn or awsProfile). Nothing was changed.",
			);
		default:
			return new AccessError(
				"api-server-unreachable",
				`kubeconfig: cannot reach the API server ${server}: ${firstLine(message)}. ` +
					"Check that the cluster is up, that this machine gets to its endpoint (VPN, private endpoint, proxy), " +
					"and that the kubeconfig's command for tokens works: kubectl get configmap -n kube-system aws-auth. " +
					"Nothing was changed.",
			);
	}
}

function firstLine(message: string): string {
	return withoutPassword(message.replace(/\n.*/s, ""));
}

async function withTimeout<T>(request: Promise<T>, seconds: number, end: () => void): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<never>((_, reject) => {
		timer = setTimeout(() => {
			reject(new Error(`no answer in ${seconds} s`));
			end();
		}, seconds * 1000);
	});
	return Promise.race([request, timeout]).finally(() => clearTimeout(timer));
}
