import type { LiveAccessEntry } from "../../core/aws/reader";
import { awsReader } from "../../core/aws/sdk-reader";
import type { LiveEntry } from "../../core/aws-auth/map";
import { entriesOnlyProblems } from "../../core/config/access-entry-rules";
import { readTeams } from "../../core/config/config";
import { parseArn } from "../../core/iam/arn";
import type { ClusterOptions } from "../clients/cluster";
import { asAwsAuth } from "./access-entries";
import { mayAssume } from "./identity";
import { type ClusterFacts, connect, describeCluster, readCluster } from "./read-cluster";
import { readGroups, readRoles } from "./read-iam";
import { type Imported, isOfNodes, teamsOf } from "./teams";

export { asItem, stackFileOf } from "./stack-file";

export interface ImportRequest extends ClusterOptions {
	/** Name of the EKS cluster. */
	cluster: string;
	region?: string;
	/** Kubernetes groups; default: all. */
	group?: string[];
}

/** Reads aws-auth or access entries, RBAC and IAM, and says it as a config. */
export async function importFrom(
	request: ImportRequest,
): Promise<Imported & { region: string; authentication?: string }> {
	const { cluster: name, region, group: wanted } = request;
	const aws = awsReader({ region });
	const eks = await describeCluster(aws, name);
	// A cluster from before the modes has none.
	const { mode = "CONFIG_MAP" } = eks;
	const inCluster = await readCluster(connect(name, eks, request), mode);
	const isInAwsAuth = [...inCluster.roleEntries, ...inCluster.userEntries].some((entry) => !isOfNodes(entry));
	const areAccessEntries = mode === "API" || (mode !== "CONFIG_MAP" && !isInAwsAuth);
	const cluster = areAccessEntries ? withEntries(inCluster, await aws.accessEntries(name)) : inCluster;
	const isWanted = ({ groups }: LiveEntry) => wanted === undefined || groups.some((group) => wanted.includes(group));
	const roleEntries = cluster.roleEntries.filter(isWanted);
	const userEntries = cluster.userEntries.filter(isWanted);
	const roles = await readRoles(aws, namesOf(roleEntries, eks.account.accountId));
	const arns = [...roles.values()].map(({ arn }) => arn);
	const groups = roles.size > 0 ? await readGroups(aws, (each) => arns.some((arn) => mayAssume(each, arn))) : [];
	const facts = { ...cluster, account: eks.account, roleEntries, userEntries, roles, groups, areAccessEntries };
	const { teams, notes } = teamsOf(facts);
	if (mode !== "CONFIG_MAP" && !areAccessEntries) {
		const list = `aws eks list-access-entries --region ${eks.region} --cluster-name ${name}`;
		notes.push({ text: `the cluster takes access entries too, which are not looked at: ${list}` });
	}
	const needsEntries = entriesOnlyProblems(readTeams(teams, "the import"), "auto").length > 0;
	const authentication = areAccessEntries && (needsEntries || mode !== "API") ? "access-entries" : undefined;
	return { teams, notes, region: eks.region, authentication };
}

/** In the mode API, aws-auth lets nobody in, whatever is in it. */
function withEntries(cluster: ClusterFacts, entries: LiveAccessEntry[]): ClusterFacts {
	const { bindings, ...people } = asAwsAuth(entries);
	return { ...cluster, ...people, hasAccounts: false, bindings: [...cluster.bindings, ...bindings] };
}

/** Of the account's own roles that let people in. */
function namesOf(entries: LiveEntry[], accountId: string): string[] {
	const names = entries
		.filter((entry) => !isOfNodes(entry))
		.flatMap(({ arn }) => {
			try {
				const { type, account, name } = parseArn(arn ?? "");
				return type === "role" && account === accountId ? [name] : [];
			} catch {
				return [];
			}
		});
	return [...new Set(names)];
}
