import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import { readTeams } from "../core/config/config";
import { waysOf } from "../core/kubernetes/authentication-mode";
import { updateKubeconfigCommand } from "../core/kubernetes/kubeconfig";
import { type AccessMatrix, teamOutputs } from "../core/teams/access-output";
import { clusterArnOf } from "../core/teams/iam-policies";
import { hasRole, type Principal } from "../core/teams/principal-kinds";
import { principalsOf, roleMapping, teamsSharingUsers, userMapping } from "../core/teams/principals";
import type { Team } from "../core/teams/team";
import { AccessEntries, refuseReservedGroups } from "./access-entries";
import { announceChanges, announceOpenRoles } from "./announce-changes";
import { AwsAuth } from "./aws-auth";
import { ClusterProvider } from "./cluster-provider";
import type { EksAccessArgs } from "./eks-access-args";
import { NamespaceAccess } from "./namespace-access";
import { lookUpAccount, lookUpPermissionSets } from "./preflight/account";
import { knownArgs, refuseLookUps, requireKnownWay, takeNames } from "./preflight/arguments";
import { connectTo, isEksCluster, teamKubeconfig } from "./preflight/cluster-connection";
import { clusterProviderName } from "./preflight/cluster-identity";
import { accessEntriesName } from "./preflight/existing/entries";
import { requireFit, whenFit } from "./preflight/kubernetes-provider";
import { type Preparation, prepare } from "./preflight/preflight";
import { namespaceAccessName } from "./preflight/writes";
import { providerOf, withDependencies, withDependenciesInside, withShortTraces } from "./resource-options";
import { TeamIdentity } from "./team-identity";

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
	/** Who has which access where, by team; what `eks-access matrix`, `verify` and `whoami` read. */
	readonly accessMatrix: pulumi.Output<AccessMatrix>;

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
		takeNames(name, given, opts?.parent);
		const aws = { parent: opts?.parent, provider: providerOf("aws", opts) };
		const provider = providerOf("kubernetes", opts);
		const prepared = await prepare(name, awsAuthName(name), given, await knownArgs(args), aws, provider !== undefined);
		await prepared.check();
		if (provider) {
			await requireFit(provider, prepared.kubeconfig, args.adoptExisting, clusterProviderName(name));
		}
		const { teams, account, region } = prepared;
		// Depends on what they depend on.
		const known = pulumi.all([args.cluster as pulumi.Input<string>, args.kubeconfig]);
		const kubeconfig = pulumi.secret(known.apply(() => prepared.kubeconfig));
		return new EksAccess(name, { ...args, teams, account, region, kubeconfig, prepared } as Prepared, opts);
	}

	constructor(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions) {
		const teams = readTeams(args.teams, `EksAccess ${name}`);
		const { prepared } = args as Prepared;
		requireKnownWay(args.authentication);
		takeNames(name, teams, opts?.parent);
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
						clusterProviderName(name),
						{ kubeconfig: connection.kubeconfig, upsertExistingObjects: adoptExisting },
						here,
					);
		const fits = given && whenFit(given, connection.kubeconfig, adoptExisting, clusterProviderName(name));
		const isReady = pulumi.all([fits, provider?.clusterIdentifier]);

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
		const permissionSets = prepared?.permissionSets ?? lookUpPermissionSets(teams, here);
		const principals = principalsOf(teams).map((principal) => {
			const { source } = principal;
			const identity = "team" in source ? identities.get(source.team) : undefined;
			const arn = identity?.roleArn ?? arnOf(principal, permissionSets);
			return { principal, arn, identity };
		});
		// A destroy takes what the operator may come in by away last: each of these depends on the ones before.
		const waysIn: pulumi.Resource[] = [];
		if (ways.accessEntries) {
			const entries = principals.map(({ principal, arn, identity }) => ({
				...principal,
				principalArn: identity?.role.arn ?? arn,
				boundTo: identity?.role.uniqueId,
				existing: prepared?.existing.get(principal.key),
				formerKey: prepared?.formerKeys.get(principal.key),
			}));
			const inCluster = { clusterName: connection.name, partition: account.partition, region: args.region };
			const made = withShortTraces(
				() => new AccessEntries(accessEntriesName(name), { ...inCluster, tags, entries }, here),
			);
			waysIn.push(...made.ofAdministrators);
		}
		if (ways.awsAuth) {
			const { kubeconfig } = connection;
			const roles = principals
				.filter(({ principal }) => principal.type === "role")
				.map(({ principal, arn }) => arn.apply((known) => roleMapping(principal, known)));
			const users = principals
				.filter(({ principal }) => principal.type === "user")
				.map(({ principal, arn }) => arn.apply((known) => userMapping(principal, known)));
			const mappings = { roles, users, kubeconfig, takeOver, adoptExisting, provider };
			waysIn.push(new AwsAuth(awsAuthName(name), mappings, withDependenciesInside(here, [...waysIn])).cleanup);
		}
		const inCluster = withDependenciesInside(
			here,
			// A preview need not wait for them.
			isReady.apply(() => (pulumi.runtime.isDryRun() ? [] : waysIn)),
			given ?? provider,
		);
		withShortTraces(() => new NamespaceAccess(namespaceAccessName(name), { teams, adoptExisting }, inCluster));

		const perTeam = <T>(among: Team[], value: (team: Team) => pulumi.Input<T>) =>
			pulumi.output(Object.fromEntries(among.map((team) => [team.name, value(team)]))) as pulumi.Output<
				Record<string, T>
			>;
		const roleArnOf = ({ name: team }: Team) => identities.get(team)?.roleArn;
		this.roleArns = perTeam(teams.filter(hasRole), (team) => roleArnOf(team) as pulumi.Output<string>);
		const sharing = teamsSharingUsers(teams);
		this.updateKubeconfigCommands = perTeam(teams, (team) =>
			pulumi.all([region, connection.name, pulumi.output(roleArnOf(team))]).apply(([inRegion, cluster, roleArn]) =>
				updateKubeconfigCommand({
					...{ region: inRegion, cluster, roleArn },
					context: sharing.has(team.name) ? `${cluster}.${team.name}` : undefined,
				}),
			),
		);
		this.kubeconfigs = perTeam(teams, (team) =>
			teamKubeconfig(connection, region, { name: team.name, roleArn: roleArnOf(team) }),
		);
		const { authentication = "auto", adminRoleArn } = args;
		this.accessMatrix = pulumi.all([connection.name, region, adminRoleArn]).apply(([cluster, inRegion, operator]) => ({
			cluster,
			region: inRegion,
			authentication,
			...(operator === undefined ? {} : { adminRoleArn: operator }),
			teams: teamOutputs(teams),
		}));
		this.urn.apply((urn) => Promise.all([announceOpenRoles(teams, this), announceChanges(urn, teams, this)]));
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
