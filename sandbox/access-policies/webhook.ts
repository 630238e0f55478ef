import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { compile } from "../compile";
import { answersOk } from "../probe";
import type { Servers } from "../servers";

export interface AccessPolicyWebhook {
	/** For the API server's --authorization-webhook-config-file. */
	kubeconfig: string;
	/** Where the AWS emulator keeps the cluster's access entries with their policies; may be written later. */
	entries: string;
	port: number;
}

/** The API server wants the webhook's kubeconfig when it starts; the webhook may come up at the same time. */
export function prepareAccessPolicies(folder: string, port: number, entries: string): AccessPolicyWebhook {
	const kubeconfig = join(folder, "access-policies.kubeconfig");
	const name = "access-policies";
	writeFileSync(
		kubeconfig,
		stringify({
			apiVersion: "v1",
			kind: "Config",
			clusters: [{ name, cluster: { server: `http://127.0.0.1:${port}/` } }],
			contexts: [{ name, context: { cluster: name, user: name } }],
			"current-context": name,
			users: [{ name, user: {} }],
		}),
	);
	return { kubeconfig, entries, port };
}

/**
 * EKS authorizes what the access policies of an access entry allow in an authorizer of its own, besides RBAC. It is a process of
 * its own: whatever runs in this one may wait for the API server, which would wait for it.
 */
export function startAccessPolicies(
	{ entries, port }: AccessPolicyWebhook,
	servers: Servers,
	directory: string,
): Promise<ChildProcess> {
	const compiled = join(directory, "access-policies");
	compile(__dirname, compiled);
	return servers.start({
		name: "EKS access policies",
		command: process.execPath,
		args: [join(compiled, "main.js"), String(port), entries],
		env: { PATH: process.env.PATH },
		logFile: join(directory, "logs", "access-policies.log"),
		ready: () => answersOk(`http://127.0.0.1:${port}/`),
	});
}
