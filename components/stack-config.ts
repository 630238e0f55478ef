import * as pulumi from "@pulumi/pulumi";
import { type AccessConfig, readConfig } from "./config";

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
	return readConfig(Object.fromEntries(values), `The config of stack ${pulumi.getStack()}`);
}
