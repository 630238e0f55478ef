import { getCallerIdentity, getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartition, getPartitionOutput } from "@pulumi/aws/getPartition";
import { getRegion, getRegionOutput } from "@pulumi/aws/getRegion";
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { AwsAuth } from "./aws-auth";
import { checkAwsAuth } from "./aws-auth-preflight";
import {
	type ClusterConnectionArgs,
	connectTo,
	findKubeconfig,
	refuseApiMode,
	teamKubeconfig,
} from "./cluster-connection";
import { ClusterProvider } from "./cluster-provider";
import { readTeams, type TeamArgs } from "./config";
import { NamespaceAccess } from "./namespace-access";
import { type AwsAccount, clusterArnOf } from "./policy-documents";
import { type AccessRow, accessMatrix } from "./team";
import { roleMappingOf, TeamIdentity } from "./team-identity";

export interface EksAccessArgs extends ClusterConnectionArgs {
	/** The teams; what a name, a namespace or a user may be is checked before anything is registered. */
	teams: TeamArgs[];
	/**
	 * The cluster's region.
	 * @default the AWS provider's
	 */
	region?: pulumi.Input<string>;
	/**
	 * The account in which the roles are made.
	 * @default the AWS provider's
	 */
	account?: pulumi.Input<AwsAccount>;
	/**
	 * Adopt the ClusterRole, the RoleBindings and the entries in aws-auth that are there already, instead of failing.
	 * @default false
	 */
	adoptExisting?: boolean;
	/**
	 * Write to an aws-auth that another Pulumi program or Terraform manages.
	 * @default false: refused, with the ways out
	 */
	takeOver?: boolean;
	/**
	 * Tags of the IAM roles and policies.
	 * @default none
	 */
	tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** {@link EksAccessArgs} that are known before anything is registered. */
export interface CheckedEksAccessArgs extends EksAccessArgs {
	cluster: string;
	region?: string;
	kubeconfig?: string;
}

/** Teams with access to namespaces of an EKS cluster: {@link TeamIdentity}, {@link NamespaceAccess}, {@link AwsAuth}. */
export class EksAccess extends pulumi.ComponentResource {
	/** Team -> ARN of its role. */
	readonly roleArns: pulumi.Output<Record<string, string>>;
	/** Team -> the command with which its members get their kubeconfig. */
	readonly updateKubeconfigCommands: pulumi.Output<Record<string, string>>;
	/** Team -> a kubeconfig (JSON) that gets its tokens through the team's role. Secret. */
	readonly kubeconfigs: pulumi.Output<Record<string, string>>;
	/** Who has which access where, a row a team. */
	readonly accessMatrix: pulumi.Output<AccessRow[]>;

	/**
	 * Like `new`, but asks first whether everything can be done: a cluster that cannot be reached, credentials that are not
	 * enough, or an aws-auth that cannot be changed safely is an error before any resource is registered. Nothing is half done.
	 *
	 * @throws {ConfigError|pulumi.RunError}
	 */
	static async create(
		name: string,
		args: CheckedEksAccessArgs,
		opts?: pulumi.ComponentResourceOptions,
	): Promise<EksAccess> {
		const teams = readTeams(args.teams, `EksAccess ${name}`);
		const aws = { parent: opts?.parent, provider: awsProviderOf(opts) };
		const account = Promise.all([getPartition({}, aws), getCallerIdentity({}, aws)]).then(
			([{ partition }, { accountId }]) => ({ partition, accountId }),
		);
		// The default provider's region is known without asking it, where the stack's config has it.
		const configured = aws.provider ? undefined : new pulumi.Config("aws").get("region");
		const region = args.region ?? configured ?? getRegion({}, aws).then((found) => found.region);
		for (const lookUp of [account, Promise.resolve(region)]) {
			// Each is awaited in its turn; one that fails while another is awaited says nothing new.
			lookUp.catch(() => undefined);
		}
		const kubeconfig = args.kubeconfig ?? (await findKubeconfig(args.cluster, await region, args, aws));
		const isElsewhere = (args.kubeconfig ?? args.kubeconfigStack) !== undefined;
		const mode = isElsewhere
			? Promise.resolve(region).then((where) => refuseApiMode(args.cluster, where, aws))
			: undefined;
		const awsAuth = checkAwsAuth({
			name: awsAuthName(name),
			kubeconfig,
			roles: account.then((where) => teams.map((team) => roleMappingOf(where, team))),
			takeOver: args.takeOver,
			adoptExisting: args.adoptExisting,
		});
		// A preview changes nothing: it goes on while the cluster answers, and fails in the end if the answer is a refusal.
		const checked = Promise.all([awsAuth, mode]);
		checked.catch(() => undefined);
		if (!pulumi.runtime.isDryRun()) {
			await checked;
		}
		const access = new EksAccess(name, { ...args, account, region, kubeconfig: pulumi.secret(kubeconfig) }, opts);
		await checked;
		return access;
	}

	constructor(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions) {
		const teams = readTeams(args.teams, `EksAccess ${name}`);
		super("eks-access:index:EksAccess", name, {}, opts);
		const here = { parent: this };

		const account = pulumi.output(
			args.account ??
				pulumi
					.all([getPartitionOutput({}, here), getCallerIdentityOutput({}, here)])
					.apply(([{ partition }, { accountId }]) => ({ partition, accountId })),
		);
		const region = pulumi.output(args.region ?? getRegionOutput({}, here).region);
		const connection = connectTo(args, region, here);
		const clusterArn = pulumi
			.all([account, region, connection.name])
			.apply(([where, inRegion, cluster]) => clusterArnOf(where, inRegion, cluster));

		const provider = new ClusterProvider(
			`${name}-cluster`,
			{ kubeconfig: connection.kubeconfig, upsertExistingObjects: args.adoptExisting },
			here,
		);
		const inCluster = { ...here, providers: { kubernetes: provider } };

		const identities = new Map(
			teams.map((team) => [
				team.name,
				new TeamIdentity(`${name}-${team.name}`, { team, account, clusterArn, tags: args.tags }, here),
			]),
		);
		new NamespaceAccess(`${name}-namespaces`, { teams, adoptExisting: args.adoptExisting }, inCluster);
		new AwsAuth(
			awsAuthName(name),
			{
				roles: [...identities.values()].map(({ roleMapping }) => roleMapping),
				kubeconfig: connection.kubeconfig,
				takeOver: args.takeOver,
				adoptExisting: args.adoptExisting,
				provider,
			},
			here,
		);

		const perTeam = <T>(value: (identity: TeamIdentity) => pulumi.Input<T>) =>
			pulumi.output(
				Object.fromEntries([...identities].map(([team, identity]) => [team, value(identity)])),
			) as pulumi.Output<Record<string, T>>;
		this.roleArns = perTeam(({ roleArn }) => roleArn);
		this.updateKubeconfigCommands = perTeam(
			({ roleArn }) =>
				pulumi.interpolate`aws eks --region ${region} update-kubeconfig --name ${connection.name} --role-arn ${roleArn}`,
		);
		this.kubeconfigs = perTeam(({ roleArn }) => teamKubeconfig(connection, region, roleArn));
		this.accessMatrix = pulumi.output(accessMatrix(teams));
		this.registerOutputs({
			roleArns: this.roleArns,
			updateKubeconfigCommands: this.updateKubeconfigCommands,
			kubeconfigs: this.kubeconfigs,
			accessMatrix: this.accessMatrix,
		});
	}
}

function awsAuthName(name: string): string {
	return `${name}-aws-auth`;
}

function awsProviderOf(opts?: pulumi.ComponentResourceOptions): pulumi.ProviderResource | undefined {
	return [opts?.provider, ...Object.values(opts?.providers ?? {})].find((given) => Provider.isInstance(given));
}
