/** The values of {@link Authentication}. */
export const AUTHENTICATION = ["auto", "aws-auth", "access-entries", "both"] as const;

/**
 * How people come into the cluster: `aws-auth`, `access-entries` or `both`; `auto` is access entries where the cluster's mode is API, else
 * aws-auth.
 */
export type Authentication = (typeof AUTHENTICATION)[number];

/** The ways in that a stack makes. */
export interface Ways {
	awsAuth: boolean;
	accessEntries: boolean;
}

/** How the cluster takes identities of IAM, as DescribeCluster says: `CONFIG_MAP`, `API_AND_CONFIG_MAP` or `API`. */
export type ClusterMode = string;

/** `auto` takes access entries where the cluster reads nothing else, and aws-auth where it does or is not known to AWS. */
export function waysOf(authentication: Authentication, mode: ClusterMode | undefined): Ways {
	switch (authentication) {
		case "auto":
			return { awsAuth: mode !== "API", accessEntries: mode === "API" };
		case "both":
			return { awsAuth: true, accessEntries: true };
		default:
			return { awsAuth: authentication === "aws-auth", accessEntries: authentication === "access-entries" };
	}
}

/** Why the cluster does not take these ways in, and what to do, or undefined. */
export function modeProblem(
	ways: Ways,
	{ mode, cluster, region }: { mode: ClusterMode | undefined; cluster: string; region: string },
): string | undefined {
	if (ways.awsAuth && mode === "API") {
		return (
			`cluster: ${cluster} has the authentication mode API, so it does not read aws-auth, and AWS does not let it go back. ` +
			"Nothing was changed. Use access entries: pulumi config set authentication access-entries"
		);
	}
	if (ways.accessEntries && mode === "CONFIG_MAP") {
		return (
			`cluster: ${cluster} has the authentication mode CONFIG_MAP, so it knows no access entries. Nothing was changed. ` +
			`Let it read both (AWS does not let it go back): aws eks update-cluster-config --region ${region} --name ${cluster} ` +
			"--access-config authenticationMode=API_AND_CONFIG_MAP"
		);
	}
	return undefined;
}
