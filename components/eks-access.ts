import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import { AccessEntries, accessEntriesName, refuseReservedGroups } from "./access-entries";
import { type AccessRow, accessMatrix } from "./access-matrix";
import { announceChanges } from "./announcement";
import { knownArgs, refuseLookUps, requireKnownWay } from "./argument-check";
import { type Authentication, waysOf } from "./authentication";
import { AwsAuth } from "./aws-auth";
import { type ClusterConnectionArgs, connectTo, isEksCluster, teamKubeconfig } from "./cluster-connection";
import { ClusterProvider } from "./cluster-provider";
import { providerOf, withDependencies } from "./component-options";
import { readTeams } from "./config";
import { requireFit, whenFit } from "./given-provider";
import { NamespaceAccess } from "./namespace-access";
import { type AwsAccount, clusterArnOf } from "./policy-documents";
import { lookUpAccount, lookUpPermissionSets, type Preparation, prepare } from "./preparation";
import { type Principal, principalsOf, roleMapping, userMapping } from "./principal";
import { withShortTraces } from "./short-traces";
import { hasRole, type Team } from "./team";
import type { TeamArgs } from "./team-args";
import { TeamIdentity } from "./team-identity";
import { whenUnderWay } from "./under-way";

export interface EksAccessArgs extends ClusterConnectionArgs {
	/** The teams; what a name, a namespace or a user may be is checked before anything is registered. */
	teams: (TeamArgs | Team)[];
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
	 * How people come in: by aws-auth, by access entries, or by both. `auto` takes access entries where the cluster's mode is API, else
	 * aws-auth; only {@link EksAccess.create} looks the mode up. The constructor takes aws-auth, and for a `Cluster` of @pulumi/eks, which
	 * writes the whole aws-auth itself, access entries.
	 * @default "auto"
	 */
	authentication?: Authentication;
	/**
	 * Adopt IAM roles and groups, RBAC objects, entries in aws-auth and access entries that are there already, instead of failing. Those of
	 * AWS only with {@link EksAccess.create}. A kubernetes provider that the options give needs `upsertExistingObjects` for it.
	 * @default false
	 */
	adoptExisting?: boolean;
	/**
	 * Write to an aws-auth that another Pulumi program or Terraform manages.
	 * @default false: refused, with the ways out
	 */
	takeOver?: boolean;
	/**
	 * Tags of the IAM roles, policies and access entries.
	 * @default none
	 */
	tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** {@link EksAccessArgs} that are known before anything is registered. */
export interface CheckedEksAccessArgs extends EksAccessArgs {
	cluster: string;
	region?: string;
	account?: AwsAccount;
	kubeconfig?: string;
}

/**
 * Teams with access to namespaces of an EKS cluster: {@link TeamIdentity}, {@link NamespaceAccess}, and {@link AwsAuth} or
 * {@link AccessEntries} or both.
 *
 * Options reach what is in it, as in any component. An aws provider, of its own or its parent's, is asked and makes everything in AWS. A
 * kubernetes provider makes namespaces and bindings, and has to lead to the same cluster as `cluster` or `kubeconfig`; aws-auth is
 * written by a {@link ClusterProvider} in any case, since others can be set to overwrite what somebody wrote meanwhile.
 */
export class EksAccess extends pulumi.ComponentResource {
	/** Team -> ARN of its role; a team of existing roles and users has none. */
	readonly roleArns: pulumi.Output<Record<string, string>>;
	/** Team -> the command with which its members get their kubeconfig. */
	readonly updateKubeconfigCommands: pulumi.Output<Record<string, string>>;
	/** Team -> a kubeconfig (JSON) that gets its tokens through the team's role. Secret. */
	readonly kubeconfigs: pulumi.Output<Record<string, string>>;
	/** Who has which access where, a row a team. */
	readonly accessMatrix: pulumi.Output<AccessRow[]>;
	private readonly waysIn: pulumi.ComponentResource[] = [];

	/**
	 * Like `new`, but asks first whether everything can be done: a cluster that cannot be reached, credentials that are not
	 * enough, or an aws-auth that cannot be changed safely is an error before any resource is registered. Nothing is half done.
	 *
	 * The cluster has to be there: `cluster`, `kubeconfig`, `region` and `account` are values, or outputs that are known already, such as
	 * those of a StackReference.
	 *
	 * @throws {AccessError}
	 */
	static async create(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions): Promise<EksAccess> {
		const given = readTeams(args.teams, `EksAccess ${name}`);
		requireKnownWay(args.authentication);
		const aws = { parent: opts?.parent, provider: providerOf("aws", opts) };
		const prepared = await prepare(name, awsAuthName(name), given, await knownArgs(args), aws);
		// A preview changes nothing: it goes on while the cluster answers, and fails in the end if the answer is a refusal.
		if (!pulumi.runtime.isDryRun()) {
			await prepared.check();
		}
		const provider = providerOf("kubernetes", opts);
		if (provider) {
			await requireFit(provider, prepared.kubeconfig, args.adoptExisting);
		}
		const { teams, account, region } = prepared;
		// Depends on what they depend on.
		const known = pulumi.all([args.cluster as pulumi.Input<string>, args.kubeconfig]);
		const kubeconfig = pulumi.secret(known.apply(() => prepared.kubeconfig));
		const access = new EksAccess(name, { ...args, teams, account, region, kubeconfig, prepared } as Prepared, opts);
		await Promise.all(access.waysIn.map(whenUnderWay));
		await prepared.check();
		return access;
	}

	constructor(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions) {
		const teams = readTeams(args.teams, `EksAccess ${name}`);
		const { prepared } = args as Prepared;
		requireKnownWay(args.authentication);
		if (!prepared) {
			refuseLookUps(teams);
		}
		const ways =
			prepared?.ways ?? waysOf(args.authentication ?? "auto", isEksCluster(args.cluster) ? "API" : undefined);
		if (ways.accessEntries) {
			refuseReservedGroups(principalsOf(teams), `EksAccess ${name}`);
		}
		super("eks-access:index:EksAccess", name, {}, withDependencies(opts));
		const here = { parent: this };

		const account = pulumi.output(args.account ?? lookUpAccount(here));
		const region = pulumi.output(args.region ?? getRegionOutput({}, here).region);
		const connection = connectTo(args, region, ways, here);
		const clusterArn = pulumi
			.all([account, region, connection.name])
			.apply(([where, inRegion, cluster]) => clusterArnOf(where, inRegion, cluster));

		const { adoptExisting, takeOver, tags } = args;
		const given = providerOf("kubernetes", { parent: this });
		const provider =
			given && !ways.awsAuth
				? undefined
				: new ClusterProvider(
						`${name}-cluster`,
						{ kubeconfig: connection.kubeconfig, upsertExistingObjects: adoptExisting },
						here,
					);
		const inCluster = {
			...here,
			providers: [given ?? (provider as ClusterProvider)],
			dependsOn: given && whenFit(given, connection.kubeconfig, adoptExisting),
		};

		const identities = withShortTraces(
			() =>
				new Map(
					teams.filter(hasRole).map((team) => {
						const existing = prepared?.identities.get(team.name);
						const args = { team, account, clusterArn, tags, existing };
						return [team.name, new TeamIdentity(`${name}-${team.name}`, args, here)];
					}),
				),
		);
		withShortTraces(() => new NamespaceAccess(`${name}-namespaces`, { teams, adoptExisting }, inCluster));

		const permissionSets = prepared?.permissionSets ?? lookUpPermissionSets(teams, here);
		const principals = principalsOf(teams).map((principal) => {
			const { source } = principal;
			const identity = "team" in source ? identities.get(source.team) : undefined;
			const arn = identity?.roleArn ?? arnOf(principal, permissionSets);
			return { principal, arn, identity };
		});
		if (ways.awsAuth) {
			const { kubeconfig } = connection;
			const roles = principals
				.filter(({ principal }) => principal.type === "role")
				.map(({ principal, arn }) => arn.apply((known) => roleMapping(principal, known)));
			const users = principals
				.filter(({ principal }) => principal.type === "user")
				.map(({ principal, arn }) => arn.apply((known) => userMapping(principal, known)));
			const mappings = { roles, users, kubeconfig, takeOver, adoptExisting, provider };
			this.waysIn.push(new AwsAuth(awsAuthName(name), mappings, here));
		}
		if (ways.accessEntries) {
			const entries = principals.map(({ principal, arn, identity }) => ({
				...principal,
				principalArn: identity?.role.arn ?? arn,
				boundTo: identity?.role.uniqueId,
				existing: prepared?.existing.get(principal.key),
				formerKey: prepared?.formerKeys.get(principal.key),
			}));
			const inCluster = { clusterName: connection.name, partition: account.partition, region: args.region };
			this.waysIn.push(
				withShortTraces(() => new AccessEntries(accessEntriesName(name), { ...inCluster, tags, entries }, here)),
			);
		}

		const perTeam = <T>(among: Team[], value: (team: Team) => pulumi.Input<T>) =>
			pulumi.output(Object.fromEntries(among.map((team) => [team.name, value(team)]))) as pulumi.Output<
				Record<string, T>
			>;
		const roleArnOf = ({ name: team }: Team) => identities.get(team)?.roleArn;
		this.roleArns = perTeam(teams.filter(hasRole), (team) => roleArnOf(team) as pulumi.Output<string>);
		this.updateKubeconfigCommands = perTeam(teams, (team) => {
			const command = pulumi.interpolate`aws eks --region ${region} update-kubeconfig --name ${connection.name}`;
			const roleArn = roleArnOf(team);
			return roleArn ? pulumi.interpolate`${command} --role-arn ${roleArn}` : command;
		});
		this.kubeconfigs = perTeam(teams, (team) =>
			teamKubeconfig(connection, region, { name: team.name, roleArn: roleArnOf(team) }),
		);
		this.accessMatrix = pulumi.output(accessMatrix(teams));
		this.urn.apply((urn) => announceChanges(urn, teams, this));
		this.registerOutputs({
			roleArns: this.roleArns,
			updateKubeconfigCommands: this.updateKubeconfigCommands,
			kubeconfigs: this.kubeconfigs,
			accessMatrix: this.accessMatrix,
		});
	}
}

/** What {@link EksAccess.create} hands to the constructor. */
type Prepared = EksAccessArgs & { prepared?: Preparation };

function arnOf(
	{ source }: Principal,
	permissionSets: Record<string, string> | Promise<Record<string, string>>,
): pulumi.Output<string> {
	return "permissionSet" in source
		? pulumi.output(permissionSets).apply((sets) => sets[source.permissionSet])
		: pulumi.output("arn" in source ? source.arn : source.team);
}

function awsAuthName(name: string): string {
	return `${name}-aws-auth`;
}
