import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type AccessConfig, readConfig } from "../core/config/config";
import { holdsSecret } from "../core/kubernetes/kubeconfig";
import { log } from "./log";

/**
 * The config of the stack that is running, checked: what {@link EksAccess.create} takes.
 *
 * @param namespace What the keys begin with, `eks-access:cluster` for example. Every key of it has to be one of this package, so that none
 * that is misspelt is passed over.
 * @throws {ConfigError} lists every problem.
 */
export function readStackConfig(namespace = "eks-access"): AccessConfig {
	const prefix = `${namespace}:`;
	const values = Object.entries(pulumi.runtime.allConfig())
		.filter(([key]) => key.startsWith(prefix))
		.map(([key, value]) => [key.slice(prefix.length), value]);
	const config = readConfig(Object.fromEntries(values), `The config of stack ${pulumi.getStack()}`, (file) =>
		readFileSync(path.resolve(projectFolder(), file), "utf8"),
	);
	if (config.kubeconfig && !isSecret(`${prefix}kubeconfig`) && holdsSecret(config.kubeconfig)) {
		log.warn(
			"kubeconfig holds a token, a password or a private key, and stands in the stack's config as plain text. Encrypt it: " +
				"pulumi config set --secret kubeconfig < kubeconfig.yaml; and renew what has been committed",
		);
	}
	return config;
}

/** An inline program of the Automation API has none, for which the SDK says a word that is no folder: the process's own counts. */
function projectFolder(): string {
	const root = pulumi.runtime.getRootDirectory();
	return path.isAbsolute(root) ? root : process.cwd();
}

/** The SDK keeps this function out of its types; it has it for a warning of its own. */
function isSecret(key: string): boolean {
	return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}
