import { sessionRoleArn } from "../../core/iam/arn";
import { awsPrincipals, type Decision, decide, openConditions, type Request } from "../../core/iam/policy-decision";
import { statementsOf } from "../../core/iam/policy-text";
import type { AwsAccount } from "../../core/teams/iam-policies";
import { sameIdentity } from "../verify/finding";
import type { Holder } from "../verify/questions/assumers";

/** How somebody comes to an identity that the cluster knows. */
export interface Path {
	/** For example `user/jane`, `permission set ReadOnly`, `AWS service ec2.amazonaws.com`. */
	who: string;
	/** ARN of `who`, of an identity of this account. */
	arn?: string;
	/** The roles that are assumed one by the other, each with what allows it: `role/shop-role (by a policy of the group shop)`. */
	roles: string[];
}

const ASSUME = "sts:AssumeRole";

/** The shortest path of everyone who comes to an identity; empty where there is no such identity. */
export function pathsTo(arn: string, holders: readonly Holder[], account: AwsAccount): Path[] {
	const target = holders.find((each) => each.arn.toLowerCase() === arn.toLowerCase());
	if (!target) {
		return [];
	}
	const paths: Path[] = [];
	const seen = new Set([target]);
	const queue: { holder: Holder; roles: string[] }[] = [{ holder: target, roles: [] }];
	for (let next = queue.shift(); next; next = queue.shift()) {
		const { holder, roles } = next;
		const outside = holder.trust === undefined ? [] : outsiders(holder, account);
		const inside = holder.trust === undefined ? [] : insiders(holder, holders, account);
		paths.push(...outside.map(({ who, how }) => ({ who, roles: [`${holder.name} (${how})`, ...roles] })));
		for (const { holder: from, how } of inside) {
			if (!seen.has(from)) {
				seen.add(from);
				queue.push({ holder: from, roles: [`${holder.name} (${how})`, ...roles] });
			}
		}
		// A user, or a role of which nobody is found who can assume it.
		if (outside.length + inside.length === 0) {
			paths.push({ who: holder.name, arn: holder.arn, roles });
		}
	}
	// Roles that assume one another in a circle, which nobody enters.
	return paths.length > 0 ? paths : [{ who: target.name, arn: target.arn, roles: [] }];
}

/** Users and roles of the account that can assume a role, and what allows it. */
export function insiders(
	role: Holder,
	holders: readonly Holder[],
	account: AwsAccount,
): { holder: Holder; how: string }[] {
	return holders.flatMap((holder) => {
		const how = holder === role ? undefined : waysInto(role, holder, account);
		return how === undefined ? [] : [{ holder, how }];
	});
}

function waysInto(role: Holder, holder: Holder, { partition, accountId }: AwsAccount): string | undefined {
	const [type, name] = holder.name.split("/") as [string, string];
	const context = {
		"aws:principalarn": holder.arn,
		"aws:principalaccount": accountId,
		"aws:username": type === "user" ? name : undefined,
		"aws:principaltype": type === "user" ? "User" : "AssumedRole",
	};
	const request: Request = { action: ASSUME, resource: role.arn, context };
	const policies = holder.policies.map(({ document }) => document);
	const own = decide(policies, request);
	const bound = boundOf(holder, request);
	const trusts = (...principals: string[]) => decide([role.trust], { action: ASSUME, context, principals });
	const byName = trusts(holder.arn);
	const byAccount = trusts(`arn:${partition}:iam::${accountId}:root`);
	if ([own, bound, byName, byAccount].some(({ effect }) => effect === "Deny")) {
		return undefined;
	}
	if (byName.effect === "Allow") {
		return ["its trust policy names it", ...byName.conditions].join(", ");
	}
	if (byAccount.effect !== "Allow" || own.effect !== "Allow" || bound.effect !== "Allow") {
		return bySession(sessionsOf(holder, role), trusts);
	}
	const of = holder.policies.find(({ document }) => decide([document], request).effect === "Allow")?.of;
	const conditions = [...own.conditions, ...bound.conditions, ...byAccount.conditions];
	return [of === "its own" ? "by a policy of its own" : `by a policy of ${of}`, ...conditions].join(", ");
}

/** The sessions of a role that another role's trust policy names. */
function sessionsOf({ arn }: Holder, { trust }: Holder): string[] {
	const named = statementsOf(trust).flatMap(({ Principal = {} }) => awsPrincipals(Principal));
	return [...new Set(named)].filter((each) => sameIdentity(sessionRoleArn(each), arn));
}

function bySession(sessions: readonly string[], trusts: (session: string) => Decision): string | undefined {
	const found = sessions.flatMap((session) => {
		const { effect, conditions } = { conditions: [], ...trusts(session) };
		return effect === "Allow" ? [{ name: session.split("/").at(-1), conditions }] : [];
	});
	const names = found.map(({ name }) => name).join(" or ");
	const [first] = found;
	return first && ["its trust policy names it", `if the session is ${names}`, ...first.conditions].join(", ");
}

/** What its permissions boundary says; the document of one of AWS's own cannot always be read. */
function boundOf({ boundary }: Holder, request: Request): Decision {
	if (boundary) {
		return decide([boundary], request);
	}
	return { effect: "Allow", conditions: boundary === null ? ["if its permissions boundary allows it"] : [] };
}

/** Whom a role trusts that is no identity of the account: other accounts, services of AWS, and who signs in elsewhere. */
function outsiders({ name, trust }: Holder, { accountId }: AwsAccount): { who: string; how: string }[] {
	const permissionSet = /^role\/AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(name)?.[1];
	return statementsOf(trust)
		.filter(({ Effect }) => Effect === "Allow")
		.flatMap((statement) => {
			const { Principal = {} } = statement;
			const { Federated = [], Service = [] } = typeof Principal === "string" ? {} : Principal;
			// Of who is deleted, only an id is left, such as AROA….
			const others = awsPrincipals(Principal).filter(
				(each) => each === "*" || (each.startsWith("arn:") && each.split(":")[4] !== accountId),
			);
			const open = openConditions(statement, { context: {} });
			if (!open) {
				return [];
			}
			const how = ["its trust policy names it", ...open.map((each) => `if ${each}`)].join(", ");
			return [
				...others.map((each) => (each === "*" ? "anybody in any AWS account" : foreignName(each))),
				...[Service].flat().map((each) => `AWS service ${each}`),
				...[Federated]
					.flat()
					.map((each) => (permissionSet ? `permission set ${permissionSet}` : `identity of ${each}`)),
			].map((who) => ({ who, how }));
		});
}

/** `account 111122223333`, `role/ci of account 111122223333`. */
export function foreignName(arn: string): string {
	const [, , , , account, ...rest] = arn.split(":");
	return rest[0] === "root" ? `account ${account}` : `${rest.join(":")} of account ${account}`;
}
