import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "./access-error";
import { AUTHENTICATION, type Authentication } from "./authentication";
import { isEksCluster } from "./cluster-connection";
import type { CheckedEksAccessArgs, EksAccessArgs } from "./eks-access";
import type { Team } from "./team";

/** @throws {ArgumentError} */
export function requireKnownWay(authentication: Authentication | undefined): void {
	if (authentication !== undefined && !AUTHENTICATION.includes(authentication)) {
		throw new ArgumentError(
			"argument-invalid",
			"authentication",
			`found ${JSON.stringify(authentication)}; allowed is ${AUTHENTICATION.join(", ")}`,
		);
	}
}

/**
 * The constructor cannot wait for an answer that decides which resources exist.
 *
 * @throws {ArgumentError}
 */
export function refuseLookUps(teams: Team[]): void {
	const chosen = teams.find(({ namespaceSelector }) => namespaceSelector);
	if (chosen) {
		throw new ArgumentError(
			"lookup-needed",
			"teams",
			`team ${chosen.name} has a namespaceSelector, which has to be looked up first; use EksAccess.create`,
		);
	}
}

/**
 * The arguments with the values that have to be known before anything is registered. An output that is known already, such as that of a
 * StackReference, is as good as its value.
 *
 * @throws {ArgumentError} where one is known only later.
 */
export async function knownArgs(args: EksAccessArgs): Promise<CheckedEksAccessArgs> {
	if (isEksCluster(args.cluster)) {
		throw new ArgumentError("value-unknown", "cluster", `found a Cluster of @pulumi/eks; ${WAY_OUT}`);
	}
	const [cluster, kubeconfig, region, account] = await Promise.all([
		known("cluster", args.cluster),
		known("kubeconfig", args.kubeconfig),
		known("region", args.region),
		known("account", args.account),
	]);
	return { ...args, cluster, kubeconfig, region, account } as CheckedEksAccessArgs;
}

const WAY_OUT =
	"EksAccess.create asks the cluster before anything is registered, so it has to be there. Where the same program makes it, use " +
	'new EksAccess(…), with authentication: "access-entries"';

async function known<T>(name: string, value: pulumi.Input<T> | undefined): Promise<T | undefined> {
	if (!pulumi.Output.isInstance(value)) {
		return value as Promise<T> | T | undefined;
	}
	// Pulumi waits for what is not known by not calling back; only the output itself says that it will not.
	const output = value as unknown as { isKnown: Promise<boolean>; promise(): Promise<T> };
	if (!(await output.isKnown)) {
		throw new ArgumentError("value-unknown", name, `found a value that is known only after an update; ${WAY_OUT}`);
	}
	return output.promise();
}
