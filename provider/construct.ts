import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { serveReleases } from "../components/aws-auth-cleanup";
import { EksAccess } from "../components/eks-access";
import type { CheckedEksAccessArgs, EksAccessArgs } from "../components/eks-access-args";
import { readTeams } from "../core/config/config";
import { ConfigError } from "../core/errors/problem";
import { readInputs } from "./inputs";

/** Makes an EksAccess for a program in another language. */
export async function construct(
	name: string,
	inputs: pulumi.Inputs,
	opts: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> {
	serveReleases(true);
	const { args, isKnown } = await readInputs(name, inputs);
	const access = isKnown
		? await EksAccess.create(name, args as CheckedEksAccessArgs, opts)
		: await withUnknownCluster(name, args, opts);
	const { urn, roleArns, updateKubeconfigCommands, kubeconfigs, accessMatrix } = access;
	return { urn, state: { roleArns, updateKubeconfigCommands, kubeconfigs, accessMatrix } };
}

/** A preview of a program that makes the cluster itself: nobody can be asked yet. The update asks, before it makes anything here. */
async function withUnknownCluster(
	name: string,
	args: EksAccessArgs,
	opts: pulumi.ComponentResourceOptions,
): Promise<EksAccess> {
	const where = `EksAccess ${name}`;
	const choosing = readTeams(args.teams, where).find(({ namespaceSelector }) => namespaceSelector);
	if (choosing) {
		const message =
			`team ${choosing.name} has a namespaceSelector, and the cluster to ask is not known before it is made; ` +
			"list the namespaces, or add the team once the cluster is there";
		throw new ConfigError(where, [{ path: "teams", message, code: "lookup-needed" }]);
	}
	const access = new EksAccess(name, args, opts);
	if ((args.authentication ?? "auto") === "auto") {
		const said =
			"authentication: the cluster's mode is not known before it is made. This preview takes aws-auth; the update asks the " +
			"cluster, and takes access entries where its mode is API. Set authentication to know now";
		await pulumi.log.warn(said, access);
	}
	return access;
}
