import * as pulumi from "@pulumi/pulumi";
import { AccessError } from "../../core/errors/access-error";
import { clusterEntryOf, kubeconfigWith, withoutPassword } from "../../core/kubernetes/kubeconfig";
import { type ClusterChoice, clusterIdentity, refuseUnsafeReplacement } from "./cluster-identity";

/** What a kubernetes provider was made with; its object has all of it, though its type has nothing. */
interface Settings extends ClusterChoice {
	enableServerSideApply?: unknown;
	upsertExistingObjects?: unknown;
	renderYamlToDirectory?: string;
}

/**
 * That a kubernetes provider of the program's own can do what it is given for, and talks to the cluster that `kubeconfig` leads to:
 * bindings in one cluster and an entry in another would be access for the wrong people. What is not known, as that the provider takes
 * its kubeconfig from the home folder, is not asked for. Empty, so that resources can depend on it.
 *
 * @param ownProvider Name of the {@link ClusterProvider} beside it, whose state knows which cluster it was.
 */
export function whenFit(
	provider: pulumi.ProviderResource,
	kubeconfig: pulumi.Input<string>,
	adoptExisting: boolean | undefined,
	ownProvider: string,
): pulumi.Output<pulumi.Resource[]> {
	const {
		context,
		cluster,
		clusterIdentifier,
		kubeconfig: own,
		...rest
	} = provider as pulumi.ProviderResource & Settings;
	const { enableServerSideApply, upsertExistingObjects, renderYamlToDirectory } = rest;
	const settings = {
		context,
		cluster,
		clusterIdentifier,
		enableServerSideApply,
		upsertExistingObjects,
		renderYamlToDirectory,
	};
	return pulumi
		.all([{ ...settings, kubeconfig: own }, kubeconfig, provider.urn])
		.apply(async ([known, operators, urn]) => {
			// A provider that another process has made tells nothing of itself.
			if ("upsertExistingObjects" in provider) {
				refuseUnfit(known as Settings, adoptExisting);
			}
			await refuseElsewhere(known as Settings, operators);
			const isBeside = (other: string) => other.endsWith(`::${ownProvider}`);
			await refuseUnsafeReplacement(
				(each) => each === urn,
				known as Settings,
				() => clusterIdentity(operators),
				isBeside,
			);
			return [];
		});
}

/**
 * The same, before anything is registered.
 *
 * @throws {AccessError}
 */
export async function requireFit(...args: Parameters<typeof whenFit>): Promise<void> {
	// Unlike `apply`, which is never called back where the provider's kubeconfig is not known yet.
	await (whenFit(...args) as unknown as { promise(): Promise<unknown> }).promise();
}

function refuseUnfit(settings: Settings, adoptExisting: boolean | undefined): void {
	const problem = settings.renderYamlToDirectory
		? "renders to files, so nobody would get what they are let in for; leave renderYamlToDirectory out"
		: String(settings.enableServerSideApply) === "false"
			? "has enableServerSideApply: false, without which a namespace that is there cannot be taken in; leave that out"
			: adoptExisting && String(settings.upsertExistingObjects) !== "true"
				? "cannot adopt what is there already, as adoptExisting wants; give it upsertExistingObjects: true"
				: undefined;
	if (problem) {
		throw new AccessError(
			"provider-unfit",
			`providers: the kubernetes provider ${problem}, or give no kubernetes provider: then one is made. Nothing in the cluster was changed.`,
		);
	}
}

async function refuseElsewhere(settings: Settings, operators: string): Promise<void> {
	const [own, expected] = [clusterEntryOf(settings.kubeconfig, settings), clusterEntryOf(operators)];
	if (!own || !expected || isSame(own.server, expected.server)) {
		return;
	}
	const [there, here] = await Promise.all([
		clusterIdentity(kubeconfigWith(settings.kubeconfig, settings)).catch(() => undefined),
		clusterIdentity(operators),
	]);
	if (there !== here) {
		throw new AccessError(
			"provider-elsewhere",
			`providers: the kubernetes provider leads to the API server ${withoutPassword(own.server)}, and cluster or kubeconfig to ${withoutPassword(expected.server)}, which ` +
				`${there ? "is another cluster" : "cannot be told to be the same cluster, since the first one does not answer"}. Nothing in the ` +
				"cluster was changed. Give the provider of that cluster, or none: then one is made",
		);
	}
}

function isSame(one: string, other: string): boolean {
	const [left, right] = [one, other].map((server) => new URL(server).href.replace(/\/+$/, ""));
	return left === right;
}
