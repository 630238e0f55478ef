import type { z } from "zod";
import type { Team } from "../teams/team";
import { nameOf } from "./raw-team";
import type { teamSchema } from "./team-schema";

type Listed = Pick<Team, "users" | "ssoPermissionSets" | "roleArns" | "userArns" | "trustedAccounts" | "ends">;

/** Whom a team of the config lists, by name, and apart from them when the access of single ones ends. */
export function principalsFrom(team: z.infer<typeof teamSchema>): Listed {
	const { users, ssoPermissionSets, roleArns, userArns, trustedAccounts } = team;
	const ends = [
		...endsAmong("user/", users),
		...endsAmong("sso/", ssoPermissionSets),
		...endsAmong("", [...roleArns, ...userArns]),
		...endsAmong("account/", trustedAccounts),
	];
	const name = (item: unknown) => nameOf(item) as string;
	return {
		users: users.map(name),
		ssoPermissionSets: ssoPermissionSets.map(name),
		roleArns: roleArns.map(name),
		userArns: userArns.map((user) => {
			const { arn, username, admin } = typeof user === "string" ? { arn: user } : user;
			return { arn, username: username ?? arn, admin: admin ?? false };
		}),
		trustedAccounts: trustedAccounts.map(({ until, ...account }) => account),
		...(ends.length > 0 ? { ends: Object.fromEntries(ends) } : {}),
	};
}

function endsAmong(prefix: string, items: (string | { until?: string })[]): [string, string][] {
	return items.flatMap((item) =>
		typeof item === "object" && item.until ? [[`${prefix}${nameOf(item)}`, item.until]] : [],
	);
}
