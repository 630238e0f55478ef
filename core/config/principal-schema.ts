import { z } from "zod";
import { show } from "../errors/problem";
import { isUntil, UNTIL } from "../iam/until";
import { reservedNameProblem, usernameProblem } from "../iam/username";
import {
	accountId,
	checked,
	checkedName,
	flagOf,
	listOf,
	nonEmpty,
	objectOf,
	roleArn,
	userArn,
	userName,
} from "./values";

export const until = checked(UNTIL, "2026-12-31", (text) => {
	if (/T00:00:00(\.0+)?(Z|[+-]00:00)$/.test(text)) {
		return `${show(text)} is midnight, which Pulumi cannot tell from the day that begins; write the last day of access`;
	}
	return isUntil(text) ? undefined : `${show(text)} is not a date; allowed is ${UNTIL}`;
});

const endOfOne = until.optional().meta({
	description: "end of this one's access: a day, which is included (UTC), or an RFC 3339 time",
	fallback: "the team's `until`",
});

export const namedShape = {
	name: nonEmpty("a name", "jane").meta({ description: "its name", fallback: "required" }),
	until: endOfOne,
};

export const arnShape = {
	arn: roleArn.meta({ description: "ARN of the role", fallback: "required" }),
	until: endOfOne,
};

/** A name by itself, or with the end of its access. */
function named<T extends z.ZodType<string>>(name: T, what: string) {
	return z.union([name, objectOf({ ...namedShape, name }, `${what}, or {name, until}`)], {
		error: ({ input }) => `found ${show(input)}; allowed is ${what}, or {name, until}`,
	});
}

/** IAM users of a team. */
export const usersSchema = listOf(named(userName, "an IAM user's name"), "IAM user names", "[jane, joe]").default([]);

export const mappedUserShape = {
	arn: userArn.meta({ description: "the user's ARN, with its path", fallback: "required" }),
	username: checkedName(
		"a username",
		"jane",
		(name) => usernameProblem(name, { of: "user" }) ?? reservedNameProblem("username", name),
	)
		.optional()
		.meta({ description: "Kubernetes username", fallback: "the ARN" }),
	admin: flagOf()
		.optional()
		.meta({ description: "`true` makes the user a cluster administrator", fallback: "`false`" }),
	until: endOfOne,
};

export const mappedUser = z.union([userArn, objectOf(mappedUserShape, "an ARN or {arn, username, admin, until}")], {
	error: ({ input }) => `found ${show(input)}; allowed is a user's ARN, or {arn, username, admin, until}`,
});

export const existingRole = z.union([roleArn, objectOf(arnShape, "an ARN or {arn, until}")], {
	error: ({ input }) => `found ${show(input)}; allowed is a role's ARN, or {arn, until}`,
});

export const trustedAccount = objectOf(
	{
		account: accountId,
		// IAM: 2 to 1,224 characters of these.
		externalId: checked("2 to 1224 letters, digits and +=,.@:/-_", "acme-7f3a", (id) =>
			/^[\w+=,.@:/-]{2,1224}$/.test(id)
				? undefined
				: `${show(id)} is no external ID; allowed are 2 to 1224 letters, digits and +=,.@:/-_`,
		).optional(),
		principals: listOf(
			checked("an IAM ARN with * and ? as wildcards", "arn:aws:iam::123456789012:role/ci-*", (arn) =>
				/^arn:[a-z-]+:iam::\d{12}:(role|user)\/\S+$/.test(arn)
					? undefined
					: `${show(arn)} is no principal; allowed is arn:<partition>:iam::<account>:role/… or :user/…, with * and ? as wildcards in the name`,
			),
			"principals",
			"[arn:aws:iam::123456789012:role/ci-*]",
		).optional(),
		until: endOfOne,
	},
	"{account, externalId, principals, until}",
);

export const permissionSet = named(
	checked("a permission set's name", "Developers", (name) =>
		/^[\w+=,.@-]{1,32}$/.test(name)
			? undefined
			: `${show(name)} is no permission set; allowed is its name: up to 32 letters, digits and _+=,.@-`,
	),
	"a permission set's name",
);
