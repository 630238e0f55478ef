import { isDeepStrictEqual } from "node:util";
import type { AwsReader, IamRole } from "../../../core/aws/reader";
import { samePolicy } from "../../../core/iam/policy-text";
import { type AwsAccount, trustPolicy } from "../../../core/teams/iam-policies";
import type { LivePolicies } from "../../../core/teams/surplus";
import { roleNameOf, type Team } from "../../../core/teams/team";
import { about, type Finding } from "../finding";

/** What is read of a role. */
export interface LiveRole
	extends Pick<IamRole, "path" | "maxSessionDuration" | "permissionsBoundary" | "trust" | "createdAt"> {
	policies: LivePolicies;
}

export async function readRole(aws: AwsReader, name: string): Promise<LiveRole | undefined> {
	const role = await aws.role(name);
	return role && { ...role, policies: await aws.policiesOfRole(name) };
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
	const attached = role.policies.attached.filter((arn) => !accepts(arn));
	const inline = role.policies.inline.filter((name) => !accepts(name));
	const foreign = [...attached.map(policyName), ...inline];
	if (foreign.length > 0) {
		const fixes = [
			...attached.map((arn) => `aws iam detach-role-policy ${ofRole} --policy-arn ${arn}`),
			...inline.map((name) => `aws iam delete-role-policy ${ofRole} --policy-name ${name}`),
		];
		const message = `gives permissions in AWS that the config does not: ${foreign.join(", ")}`;
		findings.push(extra(message, fixes.join(" && ")));
	}
	return findings;
}

/** ARNs of policies end with their names. */
export function policyName(arn: string): string {
	return arn.split("/").at(-1) as string;
}

function shown(value: unknown): string {
	return value === undefined ? "none" : JSON.stringify(value);
}
