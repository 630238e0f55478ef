import { stringify } from "yaml";

interface Cluster {
	endpoint: string;
	/** base64 of the PEM. */
	certificateAuthority: string;
}

/** A kubeconfig with a static token, for the sandbox itself. */
export function tokenKubeconfig({ token, ...cluster }: Cluster & { token: string }): string {
	return kubeconfig(cluster, "sandbox", { token });
}

/** A kubeconfig as `aws eks update-kubeconfig` writes it: a token from the caller's own AWS credentials at each use. */
export function iamKubeconfig({
	clusterName,
	region,
	accountId,
	...cluster
}: Cluster & {
	clusterName: string;
	region: string;
	accountId: string;
}): string {
	const name = `arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`;
	return kubeconfig(cluster, name, {
		exec: {
			apiVersion: "client.authentication.k8s.io/v1beta1",
			command: "aws",
			args: ["--region", region, "eks", "get-token", "--cluster-name", clusterName, "--output", "json"],
			interactiveMode: "IfAvailable",
		},
	});
}

function kubeconfig(cluster: Cluster, name: string, user: object): string {
	return stringify({
		apiVersion: "v1",
		kind: "Config",
		clusters: [
			{
				name,
				cluster: {
					server: cluster.endpoint,
					"certificate-authority-data": cluster.certificateAuthority,
				},
			},
		],
		contexts: [{ name, context: { cluster: name, user: name } }],
		"current-context": name,
		users: [{ name, user }],
	});
}
