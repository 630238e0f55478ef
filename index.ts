import * as pulumi from "@pulumi/pulumi";
import { EksAccess, readStackConfig } from "./components";

const access = pulumi.output(EksAccess.create("access", readStackConfig(pulumi.getProject())));

/** Team -> ARN of its role. */
export const roleArns = access.roleArns;
/** Team -> the command with which its members get their kubeconfig. */
export const updateKubeconfigCommands = access.updateKubeconfigCommands;
/** Team -> a ready kubeconfig that gets its tokens through the team's role (secret). */
export const kubeconfigs = access.kubeconfigs;
/** Who has which access where, by team. */
export const accessMatrix = access.accessMatrix;
