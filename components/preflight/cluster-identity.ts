import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { AccessError } from "../../core/errors/access-error";
import { askCluster } from "../../core/kubernetes/api-client";
import { clusterEntryOf, type KubeconfigChoice } from "../../core/kubernetes/kubeconfig";
import { log } from "../log";
import { lastResources } from "./stack-state";

/** Once a run: with the Automation API one process runs many, and an address may lead elsewhere by then. */
const answers = new WeakMap<object, Map<string, Promise<string>>>();

function onceARun(question: string, ask: () => Promise<string>): Promise<string> {
	const run = pulumi.runtime.getMonitor() as object;
	const ofRun = answers.get(run) ?? new Map<string, Promise<string>>();
	answers.set(run, ofRun);
	const answer = ofRun.get(question) ?? ask();
	ofRun.set(question, answer);
	return answer;
}

/** Name of the provider that a component makes for its cluster. */
export function clusterProviderName(component: string): string {
	return `${component}-cluster`;
}

/**
 * The UID of the namespace kube-system, which identifies a cluster however it is reached.
 *
 * @throws {AccessError} where it cannot be read: any other identifier would be taken for another cluster.
 */
export function clusterIdentity(kubeconfig: string): Promise<string> {
	return onceARun(kubeconfig, () => readIdentity(kubeconfig));
}

async function readIdentity(kubeconfig: string): Promise<string> {
	const found = await askCluster(kubeconfig, "Namespace kube-system", ({ core }) =>
		core.readNamespace({ name: "kube-system" }),
	);
	const uid = found?.metadata?.uid;
	if (!uid) {
		throw new AccessError(
			"cluster-identity-unreadable",
			"kubeconfig: the API server shows no namespace kube-system with a UID, which identifies the cluster. Nothing was changed. " +
				"Check that the kubeconfig leads to a Kubernetes cluster: kubectl get namespace kube-system -o jsonpath={.metadata.uid}",
		);
	}
	return uid;
}

/**
 * For `dependsOn`: the SDK never settles the outputs of a resource whose registration has failed, and whatever waits for them keeps the
 * program from ending. What depends on this fails by itself.
 */
export function onceKnown(
	cluster: pulumi.Output<string>,
	...resources: pulumi.Resource[]
): pulumi.Output<pulumi.Resource[]> {
	return cluster.apply(() => resources);
}

/** What the provider goes by when it decides whether its cluster is another one. */
export interface ClusterChoice extends KubeconfigChoice {
	kubeconfig: unknown;
	clusterIdentifier?: unknown;
}

/**
 * The same, for the provider of this name, once nothing is in the way of an update with it.
 *
 * @throws {AccessError}
 */
export function identityFor(provider: string, kubeconfig: string): Promise<string> {
	return onceARun(`${provider} ${kubeconfig}`, async () => {
		const clusterIdentifier = await clusterIdentity(kubeconfig);
		const isProvider = (urn: string) => urn.endsWith(`::${provider}`);
		await refuseUnsafeReplacement(isProvider, { kubeconfig, clusterIdentifier }, async () => clusterIdentifier);
		return clusterIdentifier;
	});
}

/**
 * Refuses an update that would replace the kubernetes provider although it stays on the same cluster: a replacement makes each object
 * anew, which changes nothing, and then deletes "the old one", which takes all access away. A cluster that really is another one is
 * announced.
 *
 * @param isProvider Whether a provider of the state, by its URN, is this one.
 * @param next How it is made now.
 * @param identity Of the cluster behind the new kubeconfig.
 * @param isBeside Whether a provider of the state, by its URN, was on the same cluster.
 * @throws {AccessError}
 */
export async function refuseUnsafeReplacement(
	isProvider: (urn: string) => boolean,
	next: ClusterChoice,
	identity: () => Promise<string>,
	isBeside = isProvider,
): Promise<void> {
	const resources = await lastResources();
	const providers = Object.entries(resources).filter(([, { type }]) => type === PROVIDER);
	const [urn, last] = providers.find(([each]) => isProvider(each)) ?? [];
	const before = last?.outputs as ClusterChoice | undefined;
	if (!urn || !before || !isReplaced(before, next)) {
		return;
	}
	const uid = await identity();
	const beside = providers.filter(([each]) => isBeside(each)).map(([, { outputs }]) => outputs.clusterIdentifier);
	const known = [before.clusterIdentifier, ...beside].map(String).find((each) => UID.test(each));
	if (known !== undefined && known !== uid) {
		await announceOtherCluster(resources, before, known, uid);
		return;
	}
	const name = urn.split("::").pop();
	const from = clusterEntryOf(before.kubeconfig, before)?.server ?? "the former address";
	throw new AccessError(
		"cluster-identity-missing",
		`kubeconfig: it leads to the cluster another way than in the last update (${from}), and the state of the provider ${name} does not ` +
			"say which cluster that was. Pulumi would take it for another cluster, make everything anew and then delete all access as " +
			"that of the old one. Nothing was changed. Take two steps: run pulumi up with the kubeconfig as it was, " +
			(isDeepStrictEqual(next.clusterIdentifier, uid)
				? "which notes the cluster's identity, then with the new one"
				: `with clusterIdentifier: "${uid}" for the provider, then with the new one`) +
			". If the former address is gone, let it lead to the cluster for the first step (a tunnel, /etc/hosts). If it was another " +
			"cluster, run pulumi destroy with the former kubeconfig first",
	);
}

const PROVIDER = "pulumi:providers:kubernetes";
const UID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As the kubernetes provider decides it. */
function isReplaced(before: ClusterChoice, next: ClusterChoice): boolean {
	if (before.clusterIdentifier && next.clusterIdentifier) {
		return before.clusterIdentifier !== next.clusterIdentifier;
	}
	const [one, other] = [before, next].map((choice) => clusterEntryOf(choice.kubeconfig, choice));
	return one !== undefined && other !== undefined && !isDeepStrictEqual(one, other);
}

type Resources = Awaited<ReturnType<typeof lastResources>>;

async function announceOtherCluster(
	resources: Resources,
	before: ClusterChoice,
	known: string,
	uid: string,
): Promise<void> {
	const kinds = new Map<string, number>();
	for (const { type } of Object.values(resources)) {
		// Patches are let go of, not deleted.
		const kind = /^kubernetes:.*:(?!.*Patch$)(\w+)$/.exec(type)?.[1];
		if (kind) {
			kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
		}
	}
	const list = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ");
	const from = clusterEntryOf(before.kubeconfig, before)?.server;
	await log.warn(
		`kubeconfig: it leads to another cluster (its kube-system has the UID ${uid}) than in the last update (${known}, at ${from}). ` +
			`An update makes everything in the new one, then deletes what this stack made in the old one: ${list || "nothing but entries in aws-auth"}` +
			`${list ? ", and its entries in aws-auth" : ""}. If the old cluster is gone for good, set PULUMI_K8S_DELETE_UNREACHABLE=true for that run`,
	);
}
