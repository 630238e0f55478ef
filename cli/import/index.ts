import { awsReader } from "../../core/aws/sdk-reader";
import type { LiveEntry } from "../../core/aws-auth/map";
import { parseArn } from "../../core/iam/arn";
import type { ClusterOptions } from "../clients/cluster";
import { Failure } from "../errors/failure";
import { mayAssume } from "./identity";
import { connect, describeCluster, readCluster } from "./read-cluster";
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

/** Reads aws-auth, RBAC and IAM, and says it as a config. */
export async function importFrom(request: ImportRequest): Promise<Imported & { region: string }> {
	const { cluster: name, region, group: wanted } = request;
	const aws = awsReader({ region });
	const eks = await describeCluster(aws, name);
	if (eks.mode === "API") {
		throw new Failure(
			"cluster-mode-mismatch",
			`the cluster ${name} has the authentication mode API: it reads no aws-auth, from which this command starts`,
		);
	}
	const cluster = await readCluster(connect(name, eks, request));
	const isWanted = ({ groups }: LiveEntry) => wanted === undefined || groups.some((group) => wanted.includes(group));
	const roleEntries = cluster.roleEntries.filter(isWanted);
	const userEntries = cluster.userEntries.filter(isWanted);
	const roles = await readRoles(aws, namesOf(roleEntries, eks.account.accountId));
	const arns = [...roles.values()].map(({ arn }) => arn);
	const groups = roles.size > 0 ? await readGroups(aws, (each) => arns.some((arn) => mayAssume(each, arn))) : [];
	const facts = { ...cluster, account: eks.account, roleEntries, userEntries, roles, groups };
	const { teams, notes } = teamsOf(facts);
	if (eks.mode === "API_AND_CONFIG_MAP") {
		const list = `aws eks list-access-entries --region ${eks.region} --cluster-name ${name}`;
		notes.push({ text: `the cluster takes access entries too, which are not looked at: ${list}` });
	}
	return { teams, notes, region: eks.region };
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
