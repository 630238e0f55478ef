import type { Role } from "@aws-sdk/client-iam";
import { found, iam, ifExists, pagesOf } from "./iam";
import type { Properties } from "./properties";
import { configured } from "./settings";

/** The roles below a path whose names match; the real provider's order is none, here it is that of the names. */
export async function getRoles(args: Properties): Promise<Properties> {
	const expression = new RegExp((args.nameRegex as string | undefined) ?? "");
	const roles = (await listRoles(args.pathPrefix as string | undefined))
		.filter(({ RoleName }) => expression.test(RoleName as string))
		.sort((a, b) => ((a.RoleName as string) < (b.RoleName as string) ? -1 : 1));
	return {
		...args,
		id: configured().region,
		arns: roles.map(({ Arn }) => Arn),
		names: roles.map(({ RoleName }) => RoleName),
	};
}

export async function getRole(args: Properties): Promise<Properties> {
	const { Role } = await found(`IAM Role (${args.name})`, ifExists(iam().getRole({ RoleName: args.name as string })));
	return {
		arn: Role?.Arn,
		assumeRolePolicy: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""),
		createDate: Role?.CreateDate?.toISOString(),
		description: Role?.Description ?? "",
		id: Role?.RoleName,
		maxSessionDuration: Role?.MaxSessionDuration,
		name: Role?.RoleName,
		path: Role?.Path,
		permissionsBoundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn ?? "",
		roleLastUseds: [],
		tags: Object.fromEntries((Role?.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
		uniqueId: Role?.RoleId,
	};
}

export async function getGroup(args: Properties): Promise<Properties> {
	const GroupName = args.groupName as string;
	const pages = await pagesOf((Marker) => iam().getGroup({ GroupName, Marker })).catch(gettingGroupFailed);
	const members = pages.flatMap(({ Users = [] }) => Users);
	const { Group } = pages[0] ?? {};
	return {
		arn: Group?.Arn,
		groupId: Group?.GroupId,
		// The argument: only the ARN has the name as it is (terraform-provider-aws, internal/service/iam/group_data_source.go).
		groupName: args.groupName,
		id: Group?.GroupId,
		path: Group?.Path,
		users: members.map(({ Arn, UserId, UserName, Path }) => ({
			arn: Arn,
			userId: UserId,
			userName: UserName,
			path: Path,
		})),
	};
}

/** By its ARN; the real one finds it by name too. */
export async function getPolicy(args: Properties): Promise<Properties> {
	const PolicyArn = args.arn as string;
	const { Policy } = await found(`IAM Policy (${PolicyArn})`, ifExists(iam().getPolicy({ PolicyArn })));
	const { PolicyVersion } = await iam().getPolicyVersion({ PolicyArn, VersionId: Policy?.DefaultVersionId });
	return {
		arn: Policy?.Arn,
		attachmentCount: Policy?.AttachmentCount,
		description: Policy?.Description ?? "",
		id: Policy?.Arn,
		name: Policy?.PolicyName,
		path: Policy?.Path,
		policy: decodeURIComponent(PolicyVersion?.Document ?? ""),
		policyId: Policy?.PolicyId,
		tags: Object.fromEntries((Policy?.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
	};
}

export async function getUser(args: Properties): Promise<Properties> {
	const { User } = await found(
		`IAM User (${args.userName})`,
		ifExists(iam().getUser({ UserName: args.userName as string })),
	);
	return {
		arn: User?.Arn,
		id: User?.UserId,
		path: User?.Path,
		permissionsBoundary: User?.PermissionsBoundary?.PermissionsBoundaryArn ?? "",
		tags: Object.fromEntries((User?.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
		userId: User?.UserId,
		userName: User?.UserName,
	};
}

/** The users below a path whose names match. */
export async function getUsers(args: Properties): Promise<Properties> {
	const expression = new RegExp((args.nameRegex as string | undefined) ?? "");
	const PathPrefix = args.pathPrefix as string | undefined;
	const pages = await pagesOf((Marker) => iam().listUsers({ PathPrefix, Marker }));
	const matching = pages
		.flatMap(({ Users = [] }) => Users)
		.filter(({ UserName }) => expression.test(UserName as string));
	return {
		...args,
		id: configured().region,
		arns: matching.map(({ Arn }) => Arn),
		names: matching.map(({ UserName }) => UserName),
	};
}

/** In the words of the AWS SDK for Go: this function alone does not translate them (group_data_source.go). */
function gettingGroupFailed(
	error: Error & { $metadata?: { httpStatusCode?: number; requestId?: string }; Code?: string },
): never {
	const { httpStatusCode, requestId } = error.$metadata ?? {};
	throw new Error(
		`getting group: operation error IAM: GetGroup, https response error StatusCode: ${httpStatusCode}, RequestID: ${requestId}, ` +
			`${error.Code ?? error.name}: ${error.message}`,
	);
}

async function listRoles(PathPrefix?: string): Promise<Role[]> {
	const pages = await pagesOf((Marker) => iam().listRoles({ PathPrefix, Marker }));
	return pages.flatMap(({ Roles = [] }) => Roles);
}
