import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { RoleMapping } from "./aws-auth-map";
import { type AwsAccount, assumeRolePolicy, roleArnOf, trustPolicy } from "./policy-documents";
import { roleNameOf, type Team } from "./team";

export interface TeamIdentityArgs {
	/** The team; its name and users decide which resources exist. */
	team: Team;
	/** The account that the role is made in, and whose users may assume it. */
	account: pulumi.Input<AwsAccount>;
	/** ARN of the cluster that the team's members may describe. */
	clusterArn: pulumi.Input<string>;
	/**
	 * Tags of the role and the policy.
	 * @default none
	 */
	tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A team in IAM: a role without permissions of its own, a policy to assume it, a group that has the policy, and one
 * non-exclusive membership a user, so that nobody else is put out of the group.
 */
export class TeamIdentity extends pulumi.ComponentResource {
	/** ARN of the team's role, for example `arn:aws:iam::123456789012:role/k8s-devs-role`. */
	readonly roleArn: pulumi.Output<string>;
	/** What lets the role into the cluster: for {@link AwsAuth}, or for `roleMappings` of an `eks.Cluster`. */
	readonly roleMapping: pulumi.Output<RoleMapping>;

	constructor(name: string, args: TeamIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
		super("eks-access:index:TeamIdentity", name, {}, opts);
		const { team, tags } = args;
		const account = pulumi.output(args.account);
		const inTeam = { parent: this };

		const role = new iam.Role(
			`${name}-role`,
			{
				name: roleNameOf(team),
				description: `Members of ${team.name} assume this role to reach Kubernetes`,
				assumeRolePolicy: account.apply(trustPolicy),
				tags,
			},
			inTeam,
		);
		// Put together from parts that a preview knows, so that the first preview shows aws-auth's new text.
		this.roleArn = pulumi.all([account, role.name]).apply(([where, roleName]) => roleArnOf(where, roleName));
		this.roleMapping = pulumi.all([account, this.roleArn]).apply(([where]) => roleMappingOf(where, team));

		const policy = new iam.Policy(
			`${name}-assume-role`,
			{
				description: `Lets ${team.name} assume the role ${roleNameOf(team)} and find its cluster`,
				policy: pulumi
					.all([this.roleArn, args.clusterArn])
					.apply(([roleArn, clusterArn]) => assumeRolePolicy({ roleArn, clusterArn })),
				tags,
			},
			inTeam,
		);
		const group = new iam.Group(`${name}-group`, { name: team.name }, inTeam);
		new iam.GroupPolicyAttachment(`${name}-assume-role`, { group: group.name, policyArn: policy.arn }, inTeam);
		for (const user of team.users) {
			// No name of a team or a user has a slash: no two pairs share a name.
			new iam.UserGroupMembership(`${name}/${user}`, { user, groups: [group.name] }, inTeam);
		}
		this.registerOutputs({ roleArn: this.roleArn, roleMapping: this.roleMapping });
	}
}

/** What lets a team's role into a cluster; known before the role is made. */
export function roleMappingOf(account: AwsAccount, team: Team): RoleMapping {
	return { roleArn: roleArnOf(account, roleNameOf(team)), username: team.username, groups: [team.name] };
}
