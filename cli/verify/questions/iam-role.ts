import { isDeepStrictEqual } from "node:util";
import type { IAM } from "@aws-sdk/client-iam";
import { askAws } from "../../../core/aws/clients";
import { type AwsAccount, trustPolicy } from "../../../core/teams/iam-policies";
import { roleNameOf, type Team } from "../../../core/teams/team";
import type { atATime } from "../../clients/limit";
import { about, type Finding } from "../finding";
import { decodePolicy, samePolicy } from "../policy-text";

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
	attached: { name: string; arn: string }[];
	/** Names. */
	inline: string[];
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
	return {
		path: role.Path ?? "/",
		maxSessionDuration: role.MaxSessionDuration ?? 3600,
		permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
		trust: decodePolicy(role.AssumeRolePolicyDocument),
		attached: (attached?.AttachedPolicies ?? []).map(({ PolicyName, PolicyArn }) => ({
			name: PolicyName as string,
			arn: PolicyArn as string,
		})),
		inline: inline?.PolicyNames ?? [],
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
	const ofRole = `--role-name ${roleNameOf(team)}`;
	const accepts = (name: string) => team.allow.includes(`policy/${name}`);
	const attached = role.attached.filter(({ arn }) => !accepts(arn));
	const inline = role.inline.filter((name) => !accepts(name));
	const foreign = [...attached.map(({ name }) => name), ...inline];
	if (foreign.length > 0) {
		const fixes = [
			...attached.map(({ arn }) => `aws iam detach-role-policy ${ofRole} --policy-arn ${arn}`),
			...inline.map((name) => `aws iam delete-role-policy ${ofRole} --policy-name ${name}`),
		];
		const message = `gives permissions in AWS that the config does not: ${foreign.join(", ")}`;
		findings.push(extra(message, fixes.join(" && ")));
	}
	return findings;
}

function shown(value: unknown): string {
	return value === undefined ? "none" : JSON.stringify(value);
}
