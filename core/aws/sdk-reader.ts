import type { Role } from "@aws-sdk/client-iam";
import { decodePolicy } from "../iam/policy-text";
import { type AwsSettings, askAws, awsClients } from "./clients";
import { atATime } from "./limit";
import type { AwsReader, LiveAccessEntry, Policies } from "./reader";

/** IAM and EKS throttle; more at a time is not faster. */
const AT_A_TIME = 5;

/** The AWS SDK as the reader. */
export function awsReader(settings?: AwsSettings): AwsReader {
	const aws = awsClients(settings);
	const limit = atATime(AT_A_TIME);
	const ask = <T>(what: string, request: () => Promise<T>) => limit(() => askAws(what, request));
	/** No pages: it is not there. */
	const pagesOf = async <T extends Page>(what: string, read: (marker?: string) => Promise<T>): Promise<T[]> => {
		const pages: T[] = [];
		let marker: string | undefined;
		do {
			const page = await ask(what, () => read(marker));
			pages.push(...(page ? [page] : []));
			marker = page?.nextToken ?? (page?.IsTruncated ? page.Marker : undefined);
		} while (marker);
		return pages;
	};
	const policiesOfEntry = async (clusterName: string, principalArn: string) => {
		const pages = await pagesOf(`list the access policies of ${principalArn}`, (nextToken) =>
			aws.eks.listAssociatedAccessPolicies({ clusterName, principalArn, nextToken }),
		);
		const policies = pages.flatMap(({ associatedAccessPolicies = [] }) => associatedAccessPolicies);
		return new Map(
			policies.map(({ policyArn = "", accessScope }) => [
				policyArn,
				accessScope?.type === "cluster" ? ["*"] : (accessScope?.namespaces ?? []),
			]),
		);
	};
	const accessEntry = async (clusterName: string, principalArn: string): Promise<LiveAccessEntry | undefined> => {
		const [found, policies] = await Promise.all([
			ask(`read the access entry of ${principalArn}`, () => aws.eks.describeAccessEntry({ clusterName, principalArn })),
			policiesOfEntry(clusterName, principalArn),
		]);
		const { type = "STANDARD", username, kubernetesGroups: groups = [], createdAt } = found?.accessEntry ?? {};
		const byName = new Map([...policies].map(([arn, scope]) => [arn.split("/").pop() as string, scope]));
		return found && { principalArn, type, username, groups, createdAt, policies: byName };
	};
	return {
		region: async () => (await askAws("find the region", () => aws.sts.config.region())) as string,
		caller: async () => {
			const found = await askAws("find out who you are", () => aws.sts.getCallerIdentity({}));
			return { arn: found?.Arn ?? "", account: found?.Account ?? "" };
		},
		cluster: async (name) => {
			const found = await askAws(`describe the cluster ${name}`, () => aws.eks.describeCluster({ name }));
			const { arn = "", endpoint = "", certificateAuthority, accessConfig } = found?.cluster ?? {};
			const mode = accessConfig?.authenticationMode;
			return found && { name, arn, endpoint, certificateAuthorityData: certificateAuthority?.data, mode };
		},
		session: async (RoleArn) => {
			const request = { RoleArn, RoleSessionName: "EKSGetTokenAuth" };
			return (await askAws(`assume ${RoleArn}`, () => aws.sts.assumeRole(request)))?.Credentials ?? {};
		},
		isSession: async () => (await aws.sts.config.credentials()).sessionToken !== undefined,
		role: async (name) => {
			const found = await ask(`read the role ${name}`, () => aws.iam.getRole({ RoleName: name }));
			const { Arn = "", RoleName = name, Path = "/", Tags = [], ...role }: Partial<Role> = found?.Role ?? {};
			return (
				found && {
					...{ arn: Arn, name: RoleName, path: Path },
					trust: decodePolicy(role.AssumeRolePolicyDocument),
					maxSessionDuration: role.MaxSessionDuration ?? 3600,
					permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
					tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key as string, Value as string])),
					createdAt: role.CreateDate,
				}
			);
		},
		user: async (name) => {
			const found = await ask(`read the user ${name}`, () => aws.iam.getUser({ UserName: name }));
			return found && { arn: found.User?.Arn ?? "", createdAt: found.User?.CreateDate };
		},
		permissionSetRoles: async () => {
			const PathPrefix = "/aws-reserved/sso.amazonaws.com/";
			const pages = await pagesOf("list the roles of permission sets", (Marker) =>
				aws.iam.listRoles({ PathPrefix, Marker }),
			);
			return pages.flatMap(({ Roles = [] }) => Roles.map(({ Arn }) => Arn as string));
		},
		members: async (GroupName) => {
			const pages = await pagesOf(`read the IAM group ${GroupName}`, (Marker) =>
				aws.iam.getGroup({ GroupName, Marker }),
			);
			const names = pages.flatMap(({ Users = [] }) => Users.map(({ UserName }) => UserName as string));
			return pages.length > 0 ? names : undefined;
		},
		trustPolicyQuota: async () => {
			const found = await ask("read the account's quotas", () => aws.iam.getAccountSummary({}));
			return found?.SummaryMap?.AssumeRolePolicySizeQuota;
		},
		policiesOfRole: async (RoleName) => {
			const what = `list the policies of the role ${RoleName}`;
			return policiesIn(
				await Promise.all([
					pagesOf(what, (Marker) => aws.iam.listAttachedRolePolicies({ RoleName, Marker })),
					pagesOf(what, (Marker) => aws.iam.listRolePolicies({ RoleName, Marker })),
				]),
			);
		},
		policiesOfGroup: async (GroupName) => {
			const what = `list the policies of the group ${GroupName}`;
			return policiesIn(
				await Promise.all([
					pagesOf(what, (Marker) => aws.iam.listAttachedGroupPolicies({ GroupName, Marker })),
					pagesOf(what, (Marker) => aws.iam.listGroupPolicies({ GroupName, Marker })),
				]),
			);
		},
		policy: async (PolicyArn) => {
			const what = `read the policy ${PolicyArn}`;
			const VersionId = (await ask(what, () => aws.iam.getPolicy({ PolicyArn })))?.Policy?.DefaultVersionId;
			const found = VersionId && (await ask(what, () => aws.iam.getPolicyVersion({ PolicyArn, VersionId })));
			return found ? decodePolicy(found.PolicyVersion?.Document) : undefined;
		},
		accountDetails: async (Filter) => {
			const pages = await pagesOf("read the account's identities and policies", (Marker) =>
				aws.iam.getAccountAuthorizationDetails({ Filter, Marker, MaxItems: 1000 }),
			);
			return {
				UserDetailList: pages.flatMap(({ UserDetailList = [] }) => UserDetailList),
				GroupDetailList: pages.flatMap(({ GroupDetailList = [] }) => GroupDetailList),
				RoleDetailList: pages.flatMap(({ RoleDetailList = [] }) => RoleDetailList),
				Policies: pages.flatMap(({ Policies = [] }) => Policies),
			};
		},
		policiesOfEntry,
		accessEntries: async (clusterName) => {
			const pages = await pagesOf(`list the access entries of ${clusterName}`, (nextToken) =>
				aws.eks.listAccessEntries({ clusterName, nextToken }),
			);
			const arns = pages.flatMap(({ accessEntries = [] }) => accessEntries);
			return (await Promise.all(arns.map((arn) => accessEntry(clusterName, arn)))).filter((each) => each !== undefined);
		},
	};
}

/** A page of a list of IAM's or of EKS's. */
interface Page {
	IsTruncated?: boolean;
	Marker?: string;
	nextToken?: string;
}

function policiesIn([attached, inline]: [
	{ AttachedPolicies?: { PolicyArn?: string }[] }[],
	{ PolicyNames?: string[] }[],
]): Policies {
	return {
		attached: attached.flatMap(({ AttachedPolicies = [] }) =>
			AttachedPolicies.map(({ PolicyArn }) => PolicyArn as string),
		),
		inline: inline.flatMap(({ PolicyNames = [] }) => PolicyNames),
	};
}
