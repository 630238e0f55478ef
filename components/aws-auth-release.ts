import * as pulumi from "@pulumi/pulumi";
import { AWS_AUTH, connectionOf } from "./aws-auth-client";
import { releaseFromAwsAuth } from "./aws-auth-record";

interface ReleaseState {
	instance: string;
	kubeconfig: string;
}

/** How often the clean destroy tries again after a concurrent write; each try reads what the other one wrote. */
const ATTEMPTS = 30;

const provider: pulumi.dynamic.ResourceProvider<ReleaseState, ReleaseState> = {
	async create(inputs) {
		return { id: crypto.randomUUID(), outs: inputs };
	},

	// The instance stays what it was at first, so that a renamed component (with an alias) keeps its record.
	async diff(_id, olds, news) {
		return { changes: olds.kubeconfig !== news.kubeconfig };
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
				throw new Error(
					`could not take this stack's entries out of ${AWS_AUTH.namespace}/${AWS_AUTH.name}: ${message}. ` +
						"Nothing was lost; make the API server reachable and run the same command again. " +
						"Only if the cluster is gone for good: set PULUMI_K8S_DELETE_UNREACHABLE=true for that run",
				);
			}
		}
	},
};

/**
 * The clean destroy: when this resource is deleted, exactly the entries of its `instance` are taken out of aws-auth.
 * Its id goes into the ownership record, so that a newer holder of the same record keeps its entries.
 */
export class AwsAuthRelease extends pulumi.dynamic.Resource {
	/** Names the ownership record; fixed when the resource is created. */
	declare readonly instance: pulumi.Output<string>;

	constructor(
		name: string,
		args: { instance: pulumi.Input<string>; kubeconfig: pulumi.Input<string> },
		opts: pulumi.CustomResourceOptions,
	) {
		super(
			provider,
			name,
			args,
			// The code that a stack was made with stays with it: a new version of this package, or of the compiler,
			// replaces nothing.
			{ ...opts, ignoreChanges: ["__provider"], additionalSecretOutputs: ["kubeconfig"] },
			"aws-auth",
			"Release",
		);
	}
}
