import { existsSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { AccessError } from "./access-error";
import { connect } from "./cluster-client";

/** What a kubernetes provider was made with; its object has all of it, though its type has nothing. */
interface Settings {
	kubeconfig?: unknown;
	/** Of the kubeconfig, instead of its current-context. */
	context?: string;
	/** Of the kubeconfig, instead of its context's. */
	cluster?: string;
	enableServerSideApply?: unknown;
	upsertExistingObjects?: unknown;
	renderYamlToDirectory?: string;
}

/**
 * That a kubernetes provider of the program's own can do what it is given for, and talks to the cluster that `kubeconfig` leads to:
 * bindings in one cluster and an entry in another would be access for the wrong people. What is not known, as that the provider takes
 * its kubeconfig from the home folder, is not asked for. Empty, so that resources can depend on it.
 */
export function whenFit(
	provider: pulumi.ProviderResource,
	kubeconfig: pulumi.Input<string>,
	adoptExisting: boolean | undefined,
): pulumi.Output<pulumi.Resource[]> {
	const { context, cluster, enableServerSideApply, upsertExistingObjects, renderYamlToDirectory, ...rest } =
		provider as pulumi.ProviderResource & Settings;
	const settings = { context, cluster, enableServerSideApply, upsertExistingObjects, renderYamlToDirectory };
	return pulumi.all([{ ...settings, kubeconfig: rest.kubeconfig }, kubeconfig]).apply(([known, operators]) => {
		// A provider that another process has made tells nothing of itself.
		if ("upsertExistingObjects" in provider) {
			refuseUnfit(known as Settings, adoptExisting);
		}
		refuseElsewhere(known as Settings, operators);
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

function refuseElsewhere({ kubeconfig, context, cluster }: Settings, operators: string): void {
	const own = serverOf(kubeconfig, context, cluster);
	const expected = serverOf(operators);
	if (own && expected && !isSame(own, expected)) {
		throw new AccessError(
			"provider-elsewhere",
			`providers: the kubernetes provider leads to the API server ${own}, and cluster or kubeconfig to ${expected}. Nothing in the ` +
				"cluster was changed. Give the provider of that cluster, or none: then one is made; if it is one and the same cluster, give " +
				"the provider's kubeconfig as kubeconfig too",
		);
	}
}

/** The API server of a kubeconfig, its text or its file, as far as it can be told. */
function serverOf(kubeconfig: unknown, context?: string, cluster?: string): string | undefined {
	if (!kubeconfig) {
		return undefined;
	}
	const given = typeof kubeconfig === "string" ? kubeconfig : JSON.stringify(kubeconfig);
	try {
		const text = !given.includes("\n") && existsSync(given) ? readFileSync(given, "utf8") : given;
		const { config } = connect(text);
		const name = cluster ?? config.getContextObject(context ?? config.currentContext)?.cluster;
		return (name && config.getCluster(name)?.server) || undefined;
	} catch {
		// The provider says what is wrong with it.
		return undefined;
	}
}

function isSame(one: string, other: string): boolean {
	const [left, right] = [one, other].map((server) => new URL(server).href.replace(/\/+$/, ""));
	return left === right;
}
