import { isDeepStrictEqual } from "node:util";
import type { IAM } from "@aws-sdk/client-iam";
import { type AwsAccount, trustPolicy } from "../../components/policy-documents";
import { REVOKE_POLICY, roleNameOf, type Team } from "../../components/team";
import type { atATime } from "../at-a-time";
import { askAws } from "../aws-clients";
import { about, type Finding, without } from "./finding";
import { decodePolicy, samePolicy, statementsOf } from "./policy-text";

/** IAM, asked a few things at a time: more is throttled. */
export interface Iam {
	client: IAM;
	limit: ReturnType<typeof atATime>;
}

/** What is read of a role. */
export interface LiveRole {
	path: string;
	maxSessionDuration: number;
	permissionsBoundary?: string;
	trust: unknown;
	/** Names. */
	attached: string[];
	inline: string[];
	/** The inline policy of {@link REVOKE_POLICY}. */
	revocation?: unknown;
	createdAt?: Date;
}

export async function readRole({ client, limit }: Iam, name: string): Promise<LiveRole | undefined> {
	const subject = `read the role ${name}`;
	const found = await limit(() => askAws(subject, () => client.getRole({ RoleName: name })));
	const role = found?.Role;
	if (!role) {
		return undefined;
	}
	const [attached, inline] = await Promise.all([
		limit(() => askAws(subject, () => client.listAttachedRolePolicies({ RoleName: name }))),
		limit(() => askAws(subject, () => client.listRolePolicies({ RoleName: name }))),
	]);
	const revocation = inline?.PolicyNames?.includes(REVOKE_POLICY)
		? await limit(() => askAws(subject, () => client.getRolePolicy({ RoleName: name, PolicyName: REVOKE_POLICY })))
		: undefined;
	return {
		path: role.Path ?? "/",
		maxSessionDuration: role.MaxSessionDuration ?? 3600,
		permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
		trust: decodePolicy(role.AssumeRolePolicyDocument),
		attached: (attached?.AttachedPolicies ?? []).map(({ PolicyName }) => PolicyName as string),
		inline: inline?.PolicyNames ?? [],
		revocation: decodePolicy(revocation?.PolicyDocument),
		createdAt: role.CreateDate,
	};
}

/** A team's role against the config. */
export function compareRole(account: AwsAccount, team: Team, role: LiveRole | undefined): Finding[] {
	const { missing, extra, drifted } = about("iam", `role ${roleNameOf(team)}`);
	if (!role) {
		return [missing(`is not there; team ${team.name} comes in by it`)];
	}
	const findings: Finding[] = [];
	const differs = (what: string, is: unknown, wanted: unknown) => {
		if (!isDeepStrictEqual(is, wanted)) {
			findings.push(drifted(`its ${what} is ${shown(is)}; the config says ${shown(wanted)}`));
		}
	};
	const { path = "/", maxSessionDuration = 3600, permissionsBoundary } = team.role;
	differs("path", role.path, path);
	differs("maxSessionDuration", role.maxSessionDuration, maxSessionDuration);
	differs("permissions boundary", role.permissionsBoundary, permissionsBoundary);
	const trust = JSON.parse(trustPolicy(account, team));
	if (!samePolicy(role.trust, trust)) {
		findings.push(drifted(`its trust policy is ${shown(role.trust)}; the config says ${shown(trust)}`));
	}
	const foreign = [...role.attached, ...without(role.inline, [REVOKE_POLICY])];
	if (foreign.length > 0) {
		findings.push(extra(`gives permissions in AWS that the config does not: ${foreign.join(", ")}`));
	}
	const revokes = role.inline.includes(REVOKE_POLICY);
	if (revokes && statementsOf(role.revocation).some(({ Effect }) => Effect !== "Deny")) {
		findings.push(extra(`its policy ${REVOKE_POLICY} allows something; it should deny only`));
	} else if (revokes && !team.revokeSessions) {
		findings.push(drifted(`has the policy ${REVOKE_POLICY}; the config does not say revokeSessions`));
	} else if (!revokes && team.revokeSessions) {
		findings.push(missing(`has no policy ${REVOKE_POLICY}; the config says revokeSessions`));
	}
	return findings;
}

function shown(value: unknown): string {
	return value === undefined ? "none" : JSON.stringify(value);
}
