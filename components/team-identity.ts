import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "./access-error";
import type { RoleMapping } from "./aws-auth-map";
import { readTeams } from "./config";
import type { ExistingIdentity } from "./identity-check";
import { lastResources } from "./last-update";
import { type AwsAccount, assumeRolePolicy, revokeSessionsPolicy, roleArnOf, trustPolicy } from "./policy-documents";
import { principalsOf, roleMapping } from "./principal";
import { hasRole, REVOKE_POLICY, roleNameOf, type Team } from "./team";
import type { TeamArgs } from "./team-args";

/** What {@link TeamIdentity} needs. */
export interface TeamIdentityArgs {
	/** The team; its name, users and accounts decide which resources exist. Its namespaces do not matter here. */
	team: TeamArgs | Team;
	/** The account that the role is made in, and whose users may assume it. */
	account: pulumi.Input<AwsAccount>;
	/** ARN of the cluster that the team's members may describe. */
	clusterArn: pulumi.Input<string>;
	/**
	 * Tags of the role and the policy.
	 * @default none
	 */
	tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
	/**
	 * Adopt the role and the group that are there already, as they are; the next update gives them what the team says.
	 * @default made new
	 */
	existing?: ExistingIdentity;
}

/**
 * A team in IAM: a role without permissions of its own, a policy to assume it, a group that has the policy, and one
 * non-exclusive membership a user, so that nobody else is put out of the group. A team without users (only
 * `trustedAccounts`) has the role alone.
 */
export class TeamIdentity extends pulumi.ComponentResource {
	/** ARN of the team's role, for example `arn:aws:iam::123456789012:role/k8s-devs-role`. */
	readonly roleArn: pulumi.Output<string>;
	/** What lets the role into the cluster: for {@link AwsAuth}, or for `roleMappings` of an `eks.Cluster`. */
	readonly roleMapping: pulumi.Output<RoleMapping>;
	/** The role itself. */
	readonly role: iam.Role;

	constructor(name: string, args: TeamIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
		const [team] = readTeams([args.team], `TeamIdentity ${name}`, "principals");
		if (!hasRole(team)) {
			throw new ArgumentError(
				"team-without-role",
				"team",
				`${team.name} has neither users nor trustedAccounts, so it needs no role; leave TeamIdentity out`,
			);
		}
		super("eks-access:index:TeamIdentity", name, {}, opts);
		const account = pulumi.output(args.account);
		const inTeam = { parent: this };
		const { path, permissionsBoundary, maxSessionDuration } = team.role;
		const adopted = args.existing?.role;
		const tags = pulumi
			.output(args.tags)
			.apply((all) => (all || team.role.tags ? { ...all, ...team.role.tags } : undefined));

		this.role = new iam.Role(
			`${name}-role`,
			{
				name: roleNameOf(team),
				description: `Members of ${team.name} assume this role to reach Kubernetes`,
				assumeRolePolicy: account.apply((where) => trustPolicy(where, team)),
				path,
				permissionsBoundary,
				maxSessionDuration,
				tags: tags as pulumi.Input<Record<string, string>>,
				...adopted,
			},
			// One who has made the role by hand keeps their words.
			{ ...inTeam, import: adopted?.name, ignoreChanges: ["description"] },
		);
		// Put together from parts that a preview knows, so that the first preview shows aws-auth's new text.
		this.roleArn = pulumi.all([account, this.role.name]).apply(([where, role]) => roleArnOf(where, role, path));
		const [principal] = principalsOf([team]);
		this.roleMapping = this.roleArn.apply((arn) => roleMapping(principal, arn));

		if (team.users.length > 0) {
			this.addUsers(name, team, args, tags as pulumi.Input<Record<string, string>>);
		}
		// Of the URN as a promise: as an output it would make the policy wait for all that is in here.
		const sessionsRevokedBefore = team.revokeSessions
			? pulumi.output(
					new Promise<string>((known) => this.urn.apply(known)).then((urn) => revokedBefore(name, urn, team)),
				)
			: undefined;
		if (sessionsRevokedBefore) {
			new iam.RolePolicy(
				`${name}-revoke-sessions`,
				{
					role: this.role.name,
					name: REVOKE_POLICY,
					policy: sessionsRevokedBefore.apply(revokeSessionsPolicy),
				},
				inTeam,
			);
		}
		this.registerOutputs({
			roleArn: this.roleArn,
			roleMapping: this.roleMapping,
			trustedAccounts: accountsOf(team),
			sessionsRevokedBefore,
		});
	}

	private addUsers(
		name: string,
		team: Team,
		{ clusterArn, existing }: TeamIdentityArgs,
		tags: pulumi.Input<Record<string, string>>,
	): void {
		const inTeam = { parent: this };
		const adopted = existing?.group;
		const group = new iam.Group(
			`${name}-group`,
			{ name: team.name, path: adopted?.path },
			{ ...inTeam, import: adopted?.name, ignoreChanges: ["path"] },
		);
		const assumeRolePolicyArn = team.assumeRolePolicyArn ?? this.makePolicy(name, team, clusterArn, tags).arn;
		// AWS has no function that says what is attached already; to attach it once more changes nothing.
		new iam.GroupPolicyAttachment(`${name}-assume-role`, { group: group.name, policyArn: assumeRolePolicyArn }, inTeam);
		for (const policyArn of team.policyArns) {
			new iam.GroupPolicyAttachment(`${name}/${policyArn}`, { group: group.name, policyArn }, inTeam);
		}
		for (const user of team.users) {
			// No name of a team or a user has a slash: no two pairs share a name.
			const isMember = adopted?.members.includes(user);
			new iam.UserGroupMembership(
				`${name}/${user}`,
				{ user, groups: [group.name] },
				{ ...inTeam, import: isMember ? `${user}/${team.name}` : undefined },
			);
		}
	}

	private makePolicy(
		name: string,
		team: Team,
		clusterArn: pulumi.Input<string>,
		tags: pulumi.Input<Record<string, string>>,
	): iam.Policy {
		return new iam.Policy(
			`${name}-assume-role`,
			{
				description: `Lets ${team.name} assume the role ${roleNameOf(team)} and find its cluster`,
				policy: pulumi
					.all([this.roleArn, clusterArn])
					.apply(([roleArn, cluster]) => assumeRolePolicy({ roleArn, clusterArn: cluster })),
				tags,
			},
			{ parent: this },
		);
	}
}

/**
 * The time before which the sessions of a team's role are revoked: of the last time that somebody left the team, or at which
 * revoking was turned on. It stays what it was while nobody leaves, so that a preview is empty.
 */
async function revokedBefore(name: string, urn: string, team: Team): Promise<string> {
	const last = await lastResources();
	// An update deletes at its end: while one that failed has left a membership there, its user is still leaving.
	const membership = `TeamIdentity$aws:iam/userGroupMembership:UserGroupMembership::${name}/`;
	const users = Object.keys(last).flatMap((each) => each.split(membership)[1] ?? []);
	const { trustedAccounts = [], sessionsRevokedBefore } = (last[urn]?.outputs ?? {}) as {
		trustedAccounts?: string[];
		sessionsRevokedBefore?: string;
	};
	const hasLeft =
		users.some((user) => !team.users.includes(user)) ||
		trustedAccounts.some((account) => !accountsOf(team).includes(account));
	return sessionsRevokedBefore && !hasLeft ? sessionsRevokedBefore : `${new Date().toISOString().slice(0, 19)}Z`;
}

function accountsOf({ trustedAccounts }: Team): string[] {
	return trustedAccounts.map(({ account }) => account);
}
