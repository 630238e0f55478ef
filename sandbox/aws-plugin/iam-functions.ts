import type { Role } from "@aws-sdk/client-iam";
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
