import type { CoreV1Api } from "@kubernetes/client-node";
import { AccessError } from "../errors/access-error";
import { AWS_AUTH, connectionOf } from "../kubernetes/connection";
import { releaseFromAwsAuth } from "./ownership-record";
import { AwsAuthTextError } from "./yaml/text-error";

interface ReleaseState {
	instance: string;
	kubeconfig: string;
	/** UID of its namespace kube-system; undefined in the state of version 0.1.0. */
	cluster?: string;
}

/** How often the clean destroy tries again after a concurrent write; each try reads what the other one wrote. */
const ATTEMPTS = 30;

/** What metadata.managedFields of aws-auth call the last write of a destroy. */
const CLEANUP_MANAGER = "eks-access";

const provider = {
	async create(inputs: ReleaseState) {
		return { id: crypto.randomUUID(), outs: inputs };
	},

	// The instance stays what it was at first, so that a renamed component (with an alias) keeps its record.
	async diff(_id: string, olds: ReleaseState, news: ReleaseState) {
		if (olds.kubeconfig === news.kubeconfig && olds.cluster === news.cluster) {
			return { changes: false };
		}
		// Another cluster: the entries in the old one are to go, with the old kubeconfig.
		return { changes: true, replaces: isElsewhere(olds, news) ? ["kubeconfig"] : [] };
	},

	async update(_id: string, olds: ReleaseState, news: ReleaseState) {
		return { outs: { ...news, instance: olds.instance } };
	},

	async delete(release: string, state: ReleaseState) {
		try {
			await takeOutInTurns(release, state);
		} catch (error) {
			// Pulumi prints the stack trace too, which would say nothing about the cluster.
			throw Object.assign(error as Error, { stack: "" });
		}
	},
};

type Failed = Error & { code?: number | string };

async function takeOutInTurns(release: string, { instance, kubeconfig }: ReleaseState): Promise<void> {
	const { core } = connectionOf(kubeconfig);
	for (let attempt = 1; ; attempt++) {
		try {
			return await takeOut(core, { instance, release });
		} catch (error) {
			if ((error as Failed).code !== 409 || attempt === ATTEMPTS) {
				return refuseUnlessGone(error as Failed);
			}
			await new Promise((resolve) => setTimeout(resolve, Math.random() * 100 * Math.min(attempt, 10)));
		}
	}
}

async function takeOut(core: CoreV1Api, entries: { instance: string; release: string }): Promise<void> {
	const live = await core.readNamespacedConfigMap(AWS_AUTH);
	const released = releaseFromAwsAuth(live, entries);
	if (released) {
		// The resourceVersion that was read is the precondition: nobody's later write is overwritten.
		const body = {
			...live,
			data: released.data,
			metadata: { ...live.metadata, annotations: released.annotations },
		};
		await core.replaceNamespacedConfigMap({ ...AWS_AUTH, body, fieldManager: CLEANUP_MANAGER });
	}
}

/** Where the ConfigMap is gone, or the cluster for good, there is nothing to take out. */
function refuseUnlessGone(error: Failed): void {
	const { code, message } = error;
	if (error instanceof AwsAuthTextError) {
		throw error;
	}
	if (code === 404) {
		return;
	}
	if (typeof code !== "number" && process.env.PULUMI_K8S_DELETE_UNREACHABLE === "true") {
		console.error(`aws-auth was not cleaned: ${message}`);
		return;
	}
	throw new AccessError(
		"aws-auth-not-cleaned",
		`could not take this stack's entries out of ${AWS_AUTH.namespace}/${AWS_AUTH.name}: ${message}. ` +
			(code === 401 || code === 403
				? "Nothing was lost; the stack holds a kubeconfig that is not accepted any more: set one that is, " +
					"run pulumi up, then the same command again"
				: "Nothing was lost; make the API server reachable and run the same command again. " +
					"Only if the cluster is gone for good: set PULUMI_K8S_DELETE_UNREACHABLE=true for that run"),
	);
}

function isElsewhere(olds: ReleaseState, news: ReleaseState): boolean {
	if (olds.cluster !== undefined) {
		return olds.cluster !== news.cluster;
	}
	const [from, to] = [olds, news].map(({ kubeconfig }) => connectionOf(kubeconfig).config.getCurrentCluster()?.server);
	return from !== to;
}

/** What Pulumi's dynamic provider calls to get the code that a stack's state holds. */
export function handler(): typeof provider {
	return provider;
}
