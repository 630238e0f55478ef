import type * as pulumi from "@pulumi/pulumi";
import { isAbsent, providerWords } from "../../../core/aws/provider-errors";
import { recordsOf } from "../../../core/aws-auth/ownership-record";
import { type Problem, throwIfAny } from "../../../core/errors/problem";
import { canonicalArn } from "../../../core/iam/arn";
import { findPermissionSets, permissionSetProblems } from "../../../core/iam/permission-sets";
import type { AwsAccount } from "../../../core/teams/iam-policies";
import {
	impossible,
	isElsewhere,
	keyOf,
	type ListedIdentity,
	listedIdentities,
	nameOf,
	problemOf,
	whyImpossible,
} from "../../../core/teams/listed-identities";
import type { Team } from "../../../core/teams/team";
import { log } from "../../log";
import { lastResources } from "../stack-state";
import { ACCESS_ENTRY } from "./entries";

/** From how many on the account's list takes less time than one question each. */
const LIST_FROM = 25;

/**
 * Looks up every user, role, permission set and policy that the teams list and the stack's last update has not seen. They are asked of the
 * AWS provider that makes the stack's resources, so with its credentials. What these may not read is a warning.
 *
 * @param context.sets The roles of all permission sets; empty where no team has one.
 * @returns Permission set -> ARN of its role.
 * @throws {ConfigError} lists all that do not exist or cannot be let in.
 */
export async function checkPrincipals(
	teams: Team[],
	where: string,
	context: {
		account: Promise<AwsAccount>;
		sets: Promise<{ arns: string[] }>;
		/** The ARNs of roles have to be right to the letter. */
		accessEntries: boolean;
		aws: pulumi.InvokeOptions;
	},
): Promise<Record<string, string>> {
	const [account, known] = await Promise.all([context.account, inStack(context.accessEntries)]);
	const problems = impossible(teams, account);
	const unknown = listedIdentities(teams).filter(
		(each) => !known.has(comparable(each, context.accessEntries)) && !whyImpossible(each.listed, account),
	);
	const elsewhere = unknown.filter((each) => isElsewhere(each, account));
	const here = unknown.filter((each) => !isElsewhere(each, account));
	if (elsewhere.length > 0) {
		await log.info(
			`IAM: not looked up, since only their own accounts can read them: ${elsewhere.map(({ listed }) => listed).join(", ")}`,
		);
	}
	const [found, sets] = await Promise.all([lookUp(here, context.aws), context.sets]);
	for (const each of here) {
		if (found.has(keyOf(each))) {
			problems.push(...problemOf(each, found.get(keyOf(each)), context.accessEntries));
		}
	}
	const names = permissionSetNames(teams);
	problems.push(
		...permissionSetProblems(names, sets).map(
			(message): Problem => ({ path: "ssoPermissionSets", message, code: "permission-set-not-found" }),
		),
	);
	throwIfAny(problems, where);
	return findPermissionSets(names, sets);
}

/** The permission sets that teams list, each once. */
export function permissionSetNames(teams: Team[]): string[] {
	return [...new Set(teams.flatMap(({ ssoPermissionSets }) => ssoPermissionSets))];
}

/** What the last update has seen: members of groups, attached policies, boundaries, and whoever has an entry. */
async function inStack(accessEntries: boolean): Promise<Set<string>> {
	const seen = Object.values(await lastResources()).flatMap(
		({ type, outputs }): [ListedIdentity["kind"], unknown][] => {
			switch (type) {
				case "aws:iam/userGroupMembership:UserGroupMembership":
					return [["user", outputs.user]];
				case "aws:iam/groupPolicyAttachment:GroupPolicyAttachment":
					return [["policy", outputs.policyArn]];
				case "aws:iam/role:Role":
					return [["policy", outputs.permissionsBoundary]];
				case ACCESS_ENTRY:
					return [outputs.principalArn].map(withKind);
				case "kubernetes:core/v1:ConfigMapPatch":
					return accessEntries
						? []
						: [...recordsOf(outputs).values()].flatMap(({ roles, users }) => [...roles, ...users].map(withKind));
				default:
					return [];
			}
		},
	);
	return new Set(seen.map(([kind, listed]) => comparable({ kind, listed: String(listed) }, accessEntries)));
}

function withKind(arn: unknown): [ListedIdentity["kind"], unknown] {
	return [String(arn).includes(":role/") ? "role" : "user", arn];
}

/** aws-auth knows a role without its path. */
function comparable(identity: Pick<ListedIdentity, "kind" | "listed">, accessEntries: boolean): string {
	const { kind, listed } = identity;
	return keyOf(kind === "role" && !accessEntries ? { kind, listed: canonicalArn(listed) } : identity);
}

/**
 * The ARNs that IAM has, by {@link keyOf} of what is looked up; undefined where it has nothing. What cannot be read is left out, with a
 * warning.
 */
async function lookUp(
	identities: ListedIdentity[],
	aws: pulumi.InvokeOptions,
): Promise<Map<string, string | undefined>> {
	const found = new Map<string, string | undefined>();
	const unreadable = new Map<string, string[]>();
	const ask = async (
		asked: ListedIdentity[],
		look: () => Promise<(identity: ListedIdentity) => string | undefined>,
	) => {
		try {
			const arnOf = await look();
			for (const each of asked) {
				found.set(keyOf(each), arnOf(each));
			}
		} catch (error) {
			const message = providerWords(error as Error);
			unreadable.set(message, [...(unreadable.get(message) ?? []), ...asked.map(({ listed }) => listed)]);
		}
	};
	await Promise.all(
		(["user", "role", "policy"] as const).flatMap((kind) => {
			const asked = identities.filter((each) => each.kind === kind);
			if (kind === "policy" || asked.length < LIST_FROM) {
				return asked.map((each) => ask([each], async () => constantly(await arnInIam(each, aws))));
			}
			return [
				ask(asked, async () => {
					const arns = new Map((await allArns(kind, aws)).map((arn) => [nameOf(arn).toLowerCase(), arn]));
					return ({ listed }) => arns.get(nameOf(listed).toLowerCase());
				}),
			];
		}),
	);
	for (const [message, listed] of unreadable) {
		await log.warn(
			`IAM: could not check that these exist: ${listed.join(", ")} (${message}). With AWS credentials that may call iam:GetUser, ` +
				"iam:ListUsers, iam:GetRole, iam:ListRoles and iam:GetPolicy, what does not exist is found before anything is changed",
		);
	}
	return found;
}

function constantly<T>(value: T): () => T {
	return () => value;
}

async function arnInIam({ kind, listed }: ListedIdentity, aws: pulumi.InvokeOptions): Promise<string | undefined> {
	try {
		switch (kind) {
			case "user": {
				const { getUser } = await import("@pulumi/aws/iam/getUser");
				return (await getUser({ userName: nameOf(listed) }, aws)).arn;
			}
			case "role": {
				const { getRole } = await import("@pulumi/aws/iam/getRole");
				return (await getRole({ name: nameOf(listed) }, aws)).arn;
			}
			case "policy": {
				const { getPolicy } = await import("@pulumi/aws/iam/getPolicy");
				return (await getPolicy({ arn: listed }, aws)).arn;
			}
		}
	} catch (error) {
		if (isAbsent(error as Error)) {
			return undefined;
		}
		throw error;
	}
}

async function allArns(kind: "user" | "role", aws: pulumi.InvokeOptions): Promise<string[]> {
	if (kind === "user") {
		const { getUsers } = await import("@pulumi/aws/iam/getUsers");
		return (await getUsers({}, aws)).arns;
	}
	const { getRoles } = await import("@pulumi/aws/iam/getRoles");
	return (await getRoles({}, aws)).arns;
}
