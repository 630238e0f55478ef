import { awsMessageOf } from "../../../core/aws/clients";
import type { LiveAccessEntry } from "../../../core/aws/reader";
import { awsReader } from "../../../core/aws/sdk-reader";
import { quoted } from "../../../core/errors/escape";
import { ApiServer } from "../../../core/kubernetes/api-server";
import { COMPONENT_POLICIES } from "../../../core/rbac/access-policies";
import type { LiveBinding } from "../../../core/rbac/live-bindings";
import { CLUSTER_ADMIN_POLICY } from "../../../core/rbac/policy-rules";
import type { Cluster } from "../../clients/cluster";
import { sameIdentity } from "../../verify/finding";
import type { Code, Observation } from "../finding";
import type { Principal } from "./iam";

export interface AccessEntries {
	observations: Observation[];
	/** To look up in IAM. */
	principals: Principal[];
}

/** The access entries of a cluster. @param inAwsAuth ARNs that aws-auth lets in. */
export async function accessEntriesOf(cluster: Cluster, inAwsAuth: readonly string[]): Promise<AccessEntries> {
	const { name, region, profile } = cluster.eks as NonNullable<Cluster["eks"]>;
	let entries: LiveAccessEntry[];
	try {
		entries = await awsReader({ region, profile }).accessEntries(name);
	} catch (error) {
		const what = `the access entries were not read (${awsMessageOf(error)})`;
		const fix =
			"Set AWS credentials that may eks:ListAccessEntries, eks:DescribeAccessEntry and eks:ListAssociatedAccessPolicies, or pass --offline";
		return { observations: [{ code: "EKS504", what, fix }], principals: [] };
	}
	const server = new ApiServer(cluster);
	const rbac = "/apis/rbac.authorization.k8s.io/v1";
	const bindings = await Promise.all([
		server.list<LiveBinding>("RoleBindings", `${rbac}/rolebindings`),
		server.list<LiveBinding>("ClusterRoleBindings", `${rbac}/clusterrolebindings`),
	]);
	const options = `${region ? `--region ${quoted(region)} ` : ""}--cluster-name ${quoted(name)}`;
	return {
		observations: entries.flatMap((entry) =>
			entryObservations(entry, { bindings: bindings.flat(), inAwsAuth, options }),
		),
		principals: entries.map(({ principalArn, createdAt }) => ({ arn: principalArn, entryMade: createdAt })),
	};
}

/** What is wrong with an entry, or gives more than intended. */
export function entryObservations(
	{ principalArn: arn, type, groups, policies }: LiveAccessEntry,
	known: { bindings: readonly LiveBinding[]; inAwsAuth: readonly string[]; options: string },
): Observation[] {
	const observations: Observation[] = [];
	const add = (code: Code, what: string, fix: string) =>
		observations.push({ code, arn, what: `the access entry of ${arn} ${what}`, fix });
	const options = `${known.options} --principal-arn ${quoted(arn)}`;
	const ofNodes = type !== "STANDARD";
	const bound = (group: string) =>
		known.bindings.some(({ subjects }) => subjects?.some(({ kind, name }) => kind === "Group" && name === group));
	// Those of nodes are bound by EKS, or known to the API server itself.
	for (const group of ofNodes ? [] : groups.filter((each) => !bound(each))) {
		const fix = `Bind the group ${group}, or take it out: aws eks update-access-entry ${options}`;
		add("EKS602", `has the group ${group}, and nothing binds it: it gives nothing`, fix);
	}
	if (known.inAwsAuth.some((each) => sameIdentity(each, arn))) {
		const fix = "Remove its entry from aws-auth once the access entry gives what is needed";
		add("EKS603", "counts, and its entry in aws-auth does not: EKS reads one of them", fix);
	}
	for (const [policy, scope] of policies) {
		const isOfComponent = COMPONENT_POLICIES.includes(policy);
		const take = `aws eks disassociate-access-policy ${options} --policy-arn arn:${arn.split(":")[1]}:eks::aws:cluster-access-policy/${policy}`;
		if (ofNodes && !isOfComponent) {
			add("EKS606", `is of the type ${type}, which lets nodes in: ${policy} has no effect`, `Remove it: ${take}`);
		} else if (scope.includes("*") && policy === CLUSTER_ADMIN_POLICY) {
			const fix = `If that is not meant, remove it (${take}); if it is, keep it to a break-glass role`;
			add("EKS604", `administers the cluster at all times (${policy})`, fix);
		} else if (scope.includes("*") && !isOfComponent) {
			const fix = `If namespaces are meant, name them: aws eks associate-access-policy ${options} --access-scope type=namespace,namespaces=…`;
			add("EKS605", `has ${policy} in the whole cluster, kube-system and future namespaces too`, fix);
		}
	}
	return observations;
}
