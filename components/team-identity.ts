import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { RoleMapping } from "../core/aws-auth/map";
import { readTeams } from "../core/config/config";
import type { TeamArgs } from "../core/config/team-args";
import { ArgumentError } from "../core/errors/access-error";
import { type AwsAccount, assumeRolePolicy, roleArnOf, trustPolicy } from "../core/teams/iam-policies";
import { hasRole, type Principal } from "../core/teams/principal-kinds";
import { principalsOf, roleMapping } from "../core/teams/principals";
import { groupNameOf, roleNameOf, type Team } from "../core/teams/team";
import { log } from "./log";
import { type ExistingIdentity, roleIn } from "./preflight/existing/iam";

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
	 * Adopt the role and the group that are there already; the same update gives them what the team says.
	 * @default made new
	 */
	existing?: ExistingIdentity;
	/**
	 * URN under which the stack has the role, as that of a team of another name.
	 * @default none
	 */
	formerRole?: string;
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
		const [team] = readTeams([args.team], `TeamIdentity ${name}`, "principals") as [Team];
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
		const kept = this.adopted(team, args.existing);
		const tags = pulumi
			.output(args.tags)
			.apply((all) => (all || team.role.tags ? { ...all, ...team.role.tags } : undefined));

		this.role = new iam.Role(
			`${name}-role`,
			{
				name: roleNameOf(team),
				// One who has made the role by hand keeps their words.
				description: adopted ? adopted.description : `Members of ${team.name} assume this role to reach Kubernetes`,
				assumeRolePolicy: account.apply((where) => trustPolicy(where, team)),
				path,
				permissionsBoundary,
				maxSessionDuration,
				tags: tags as pulumi.Input<Record<string, string>>,
			},
			{
				...inTeam,
				import: adopted?.name,
				aliases: args.formerRole ? [args.formerRole] : undefined,
				// A role that was made by hand keeps its description for good, and its tags until the next update.
				ignoreChanges: ["description", ...(adopted ? ["tags", "tagsAll"] : [])],
				retainOnDelete: args.existing?.adopted.role,
			},
		);
		// Put together from parts that a preview knows, so that the first preview shows aws-auth's new text.
		this.roleArn = pulumi.all([account, this.role.name]).apply(([where, role]) => roleArnOf(where, role, path));
		const [principal] = principalsOf([team]) as [Principal];
		this.roleMapping = this.roleArn.apply((arn) => roleMapping(principal, arn));

		if (team.users.length > 0) {
			this.addUsers(name, team, args, tags as pulumi.Input<Record<string, string>>);
		}
		this.registerOutputs({
			roleArn: this.roleArn,
			roleMapping: this.roleMapping,
			...(kept.length > 0 ? { adopted: kept } : {}),
		});
	}

	/** What was there before the stack, for its state; says so once, since a destroy runs no program. */
	private adopted(team: Team, existing: ExistingIdentity | undefined): string[] {
		const kept = [
			...(existing?.adopted.role ? [roleIn(team)] : []),
			...(existing?.adopted.group ? [`group/${groupNameOf(team)}`] : []),
		];
		if (existing?.role || existing?.group) {
			const list = kept.join(" and ");
			log.info(
				`IAM had ${list} before this stack: pulumi destroy leaves ${kept.length === 1 ? "it" : "them"} there`,
				this,
			);
		}
		return kept;
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
			{ name: groupNameOf(team), path: adopted?.path },
			{
				...{ ...inTeam, import: adopted?.name, ignoreChanges: ["path"], retainOnDelete: existing?.adopted.group },
				// AWS can rename a group, but its former policy could then be detached from neither name.
				replaceOnChanges: ["name"],
			},
		);
		const assumeRolePolicyArn = team.assumeRolePolicyArn ?? this.makePolicy(name, team, clusterArn, tags).arn;
		// AWS has no function that says what is attached already; to attach it once more changes nothing.
		new iam.GroupPolicyAttachment(`${name}-assume-role`, { group: group.name, policyArn: assumeRolePolicyArn }, inTeam);
		for (const user of team.users) {
			// No name of a team or a user has a slash: no two pairs share a name.
			const isMember = adopted?.members.includes(user);
			new iam.UserGroupMembership(
				`${name}/${user}`,
				{ user, groups: [group.name] },
				{ ...inTeam, import: isMember ? `${user}/${groupNameOf(team)}` : undefined },
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
				// IAM cannot change a description, so that the name has to differ when it is made anew.
				...(team.iamName ? { namePrefix: `${team.iamName}-assume-role-` } : {}),
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
