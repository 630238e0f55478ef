import type { EksCluster } from "../../core/aws/reader";
import type { Kubeconfig } from "../../core/kubernetes/kubeconfig-text";
import { readKubeconfigFiles } from "../clients/kubeconfig-files";
import { Failure } from "../errors/failure";

/** Contexts of the caller's own kubeconfig that lead to the cluster and lack a certificate authority that it has now. */
export function staleContexts(cluster: EksCluster): string[] {
	try {
		return staleContextsOf(readKubeconfigFiles(undefined), cluster);
	} catch (error) {
		// Whoever has none yet, or one that cannot be read, is told what to run anyway.
		if (error instanceof Failure) {
			return [];
		}
		throw error;
	}
}

/** While EKS rotates it, a cluster has the old one and the new one. */
export function staleContextsOf(
	{ clusters = [], contexts = [] }: Pick<Kubeconfig, "clusters" | "contexts">,
	{ endpoint, certificateAuthorityData }: Pick<EksCluster, "endpoint" | "certificateAuthorityData">,
): string[] {
	const wanted = certificatesIn(certificateAuthorityData);
	const stale = clusters.filter(({ cluster }) => {
		const data = cluster?.["certificate-authority-data"];
		return cluster?.server === endpoint && data && wanted.some((each) => !certificatesIn(data).includes(each));
	});
	return contexts.filter(({ context }) => stale.some(({ name }) => name === context?.cluster)).map(({ name }) => name);
}

function certificatesIn(base64: string | undefined): string[] {
	const text = Buffer.from(base64 ?? "", "base64").toString();
	return (text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map((pem) =>
		pem.replace(/\s/g, ""),
	);
}
