import type { dynamic } from "@pulumi/pulumi";
import { AccessError } from "./access-error";
import { AWS_AUTH, connectionOf } from "./aws-auth-client";
import { releaseFromAwsAuth } from "./aws-auth-record";
import { AwsAuthTextError } from "./aws-auth-text-error";

interface ReleaseState {
	instance: string;
	kubeconfig: string;
}

/** How often the clean destroy tries again after a concurrent write; each try reads what the other one wrote. */
const ATTEMPTS = 30;

const provider = {
	async create(inputs) {
		return { id: crypto.randomUUID(), outs: inputs };
	},

	// The instance stays what it was at first, so that a renamed component (with an alias) keeps its record.
	async diff(_id, olds, news) {
		if (olds.kubeconfig === news.kubeconfig) {
			return { changes: false };
		}
		// Another cluster: the entries in the old one are to go, with the old kubeconfig.
		const [from, to] = [olds, news].map(
			({ kubeconfig }) => connectionOf(kubeconfig).config.getCurrentCluster()?.server,
		);
		return { changes: true, replaces: from === to ? [] : ["kubeconfig"] };
	},

	async update(_id, olds, news) {
		return { outs: { ...news, instance: olds.instance } };
	},

	async delete(release, { instance, kubeconfig }) {
		const { core } = connectionOf(kubeconfig);
		for (let attempt = 1; ; attempt++) {
			try {
				const live = await core.readNamespacedConfigMap(AWS_AUTH);
				const released = releaseFromAwsAuth(live, { instance, release });
				if (released) {
					// The resourceVersion that was read is the precondition: nobody's later write is overwritten.
					const body = {
						...live,
						data: released.data,
						metadata: { ...live.metadata, annotations: released.annotations },
					};
					await core.replaceNamespacedConfigMap({ ...AWS_AUTH, body });
				}
				return;
			} catch (error) {
				const { code, message } = error as { code?: number | string; message: string };
				if (error instanceof AwsAuthTextError) {
					throw error;
				}
				if (code === 404) {
					return;
				}
				if (code === 409 && attempt < ATTEMPTS) {
					await new Promise((resolve) => setTimeout(resolve, Math.random() * 100 * Math.min(attempt, 10)));
					continue;
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
		}
	},
} satisfies dynamic.ResourceProvider<ReleaseState, ReleaseState>;

/** What Pulumi's dynamic provider calls to get the code that a stack's state holds. */
export function handler(): typeof provider {
	return provider;
}
