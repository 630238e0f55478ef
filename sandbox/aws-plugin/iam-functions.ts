import type { GetGroupCommandOutput, Role, User } from "@aws-sdk/client-iam";
import { iam } from "./iam";
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
	const { Role } = await iam().getRole({ RoleName: args.name as string });
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
	const members: User[] = [];
	let found: GetGroupCommandOutput;
	let Marker: string | undefined;
	do {
		found = await iam().getGroup({ GroupName: args.groupName as string, Marker });
		members.push(...(found.Users ?? []));
		Marker = found.IsTruncated ? found.Marker : undefined;
	} while (Marker);
	const { Group } = found;
	return {
		arn: Group?.Arn,
		groupId: Group?.GroupId,
		groupName: Group?.GroupName,
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
	const { Policy } = await iam().getPolicy({ PolicyArn });
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
	const { User } = await iam().getUser({ UserName: args.userName as string });
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

async function listRoles(PathPrefix?: string): Promise<Role[]> {
	const roles: Role[] = [];
	let Marker: string | undefined;
	do {
		const page = await iam().listRoles({ PathPrefix, Marker });
		roles.push(...(page.Roles ?? []));
		Marker = page.IsTruncated ? page.Marker : undefined;
	} while (Marker);
	return roles;
}
