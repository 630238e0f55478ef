import * as pulumi from "@pulumi/pulumi";
import { EksAccess, readConfig } from "./components";

const access = pulumi.output(EksAccess.create("access", stackConfig()));

/** Team -> ARN of its role. */
export const roleArns = access.roleArns;
/** Team -> the command with which its members get their kubeconfig. */
export const updateKubeconfigCommands = access.updateKubeconfigCommands;
/** Team -> a ready kubeconfig that gets its tokens through the team's role (secret). */
export const kubeconfigs = access.kubeconfigs;
/** Who has which access where, a row a team. */
export const accessMatrix = access.accessMatrix;

function stackConfig() {
	const prefix = `${pulumi.getProject()}:`;
	const values = Object.entries(pulumi.runtime.allConfig())
		.filter(([key]) => key.startsWith(prefix))
		.map(([key, value]) => [key.slice(prefix.length), value]);
	return readConfig(Object.fromEntries(values), `The config of stack ${pulumi.getStack()}`);
}
