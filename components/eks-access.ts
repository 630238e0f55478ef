import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import { readTeams } from "../core/config/config";
import { type Ways, waysOf } from "../core/kubernetes/authentication-mode";
import { updateKubeconfigCommand } from "../core/kubernetes/kubeconfig";
import { type AccessRow, accessMatrix } from "../core/teams/access-matrix";
import { type AwsAccount, clusterArnOf } from "../core/teams/iam-policies";
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
import { type ClusterConnection, connectTo, isEksCluster, teamKubeconfig } from "./preflight/cluster-connection";
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
	/** Who has which access where, a row a team. */
	readonly accessMatrix: pulumi.Output<AccessRow[]>;

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
		if (!pulumi.runtime.isDryRun()) {
			await prepared.check();
		}
		if (provider) {
			await requireFit(provider, prepared.kubeconfig, args.adoptExisting, clusterProviderName(name));
		}
		const { account, region } = prepared;
		// Depends on what they depend on.
		const known = pulumi.all([args.cluster as pulumi.Input<string>, args.kubeconfig]);
		const kubeconfig = pulumi.secret(known.apply(() => prepared.kubeconfig));
		const access = new EksAccess(name, { ...args, account, region, kubeconfig }, opts, prepared);
		// A preview makes nothing: it goes on while the cluster answers, and fails in the end if the answer is a refusal.
		await prepared.check();
		return access;
	}

	constructor(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions);
	/** @internal */
	constructor(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions, prepared?: Preparation);
	constructor(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions, prepared?: Preparation) {
		const teams = prepared?.teams ?? readTeams(args.teams, `EksAccess ${name}`);
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
		const setting = { name, args, prepared, teams, ways, account, region, connection };

		const identities = withShortTraces(() => this.makeIdentities(setting));
		const given = providerOf("kubernetes", here);
		const own = given && !ways.awsAuth ? undefined : this.makeProvider(setting);
		const fits = given && whenFit(given, connection.kubeconfig, args.adoptExisting, clusterProviderName(name));
		const waysIn = withShortTraces(() => this.letIn(setting, identities, own));
		const inCluster = withDependenciesInside(
			here,
			// A preview need not wait for them.
			pulumi.all([fits, own?.clusterIdentifier]).apply(() => (pulumi.runtime.isDryRun() ? [] : waysIn)),
			given ?? own,
		);
		const { adoptExisting } = args;
		withShortTraces(() => new NamespaceAccess(namespaceAccessName(name), { teams, adoptExisting }, inCluster));

		const outputs = outputsOf(setting, identities);
		this.roleArns = outputs.roleArns;
		this.updateKubeconfigCommands = outputs.updateKubeconfigCommands;
		this.kubeconfigs = outputs.kubeconfigs;
		this.accessMatrix = outputs.accessMatrix;
		this.urn.apply((urn) => Promise.all([announceOpenRoles(teams, this), announceChanges(urn, teams, this)]));
		this.registerOutputs(outputs);
	}

	/** By the team's name. */
	private makeIdentities({ name, args, prepared, ...setting }: Setting): Identities {
		const { account, region, connection } = setting;
		const clusterArn = pulumi
			.all([account, region, connection.name])
			.apply(([where, inRegion, cluster]) => clusterArnOf(where, inRegion, cluster));
		return new Map(
			setting.teams.filter(hasRole).map((team) => {
				const existing = prepared?.identities.get(team.name);
				const its = { team, account, clusterArn, tags: args.tags, existing };
				return [team.name, new TeamIdentity(`${name}-${team.name}`, its, { parent: this })];
			}),
		);
	}

	private makeProvider({ name, args, connection }: Setting): ClusterProvider {
		const settings = { kubeconfig: connection.kubeconfig, upsertExistingObjects: args.adoptExisting };
		return new ClusterProvider(clusterProviderName(name), settings, { parent: this });
	}

	/**
	 * Lets the principals into the cluster.
	 *
	 * @returns What the operator may come in by themselves. A destroy takes it away last: each of these depends on the ones before.
	 */
	private letIn(setting: Setting, identities: Identities, provider: ClusterProvider | undefined): pulumi.Resource[] {
		const { name, args, prepared, teams, ways, account, connection } = setting;
		const here = { parent: this };
		const permissionSets = prepared?.permissionSets ?? lookUpPermissionSets(teams, here);
		const principals = principalsOf(teams).map((principal) => {
			const { source } = principal;
			const identity = "team" in source ? identities.get(source.team) : undefined;
			const arn = identity?.roleArn ?? arnOf(principal, permissionSets);
			return { principal, arn, identity };
		});
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
			const made = new AccessEntries(accessEntriesName(name), { ...inCluster, tags: args.tags, entries }, here);
			waysIn.push(...made.ofAdministrators);
		}
		if (ways.awsAuth) {
			const { takeOver, adoptExisting } = args;
			const roles = principals
				.filter(({ principal }) => principal.type === "role")
				.map(({ principal, arn }) => arn.apply((known) => roleMapping(principal, known)));
			const users = principals
				.filter(({ principal }) => principal.type === "user")
				.map(({ principal, arn }) => arn.apply((known) => userMapping(principal, known)));
			const mappings = { roles, users, kubeconfig: connection.kubeconfig, takeOver, adoptExisting, provider };
			waysIn.push(new AwsAuth(awsAuthName(name), mappings, withDependenciesInside(here, [...waysIn])).cleanup);
		}
		return waysIn;
	}
}

/** What an {@link EksAccess} is made of. */
interface Setting {
	name: string;
	args: EksAccessArgs;
	prepared: Preparation | undefined;
	teams: Team[];
	ways: Ways;
	account: pulumi.Output<AwsAccount>;
	region: pulumi.Output<string>;
	connection: ClusterConnection;
}

type Identities = Map<string, TeamIdentity>;

function outputsOf({ teams, region, connection }: Setting, identities: Identities) {
	const roleArnOf = ({ name }: Team) => identities.get(name)?.roleArn;
	const sharing = teamsSharingUsers(teams);
	const command = (team: Team) =>
		pulumi.all([region, connection.name, pulumi.output(roleArnOf(team))]).apply(([inRegion, cluster, roleArn]) =>
			updateKubeconfigCommand({
				...{ region: inRegion, cluster, roleArn },
				context: sharing.has(team.name) ? `${cluster}.${team.name}` : undefined,
			}),
		);
	const kubeconfig = (team: Team) => teamKubeconfig(connection, region, { name: team.name, roleArn: roleArnOf(team) });
	return {
		roleArns: perTeam(teams.filter(hasRole), (team) => roleArnOf(team) as pulumi.Output<string>),
		updateKubeconfigCommands: perTeam(teams, command),
		kubeconfigs: perTeam(teams, kubeconfig),
		accessMatrix: pulumi.output(accessMatrix(teams)),
	};
}

function perTeam<T>(teams: Team[], value: (team: Team) => pulumi.Input<T>): pulumi.Output<Record<string, T>> {
	const values = Object.fromEntries(teams.map((team) => [team.name, value(team)]));
	return pulumi.output(values) as pulumi.Output<Record<string, T>>;
}

function arnOf(
	{ source }: Principal,
	permissionSets: Record<string, string> | Promise<Record<string, string>>,
): pulumi.Output<string> {
	return "permissionSet" in source
		? pulumi.output(permissionSets).apply((sets) => sets[source.permissionSet] as string)
		: pulumi.output("arn" in source ? source.arn : source.team);
}

function awsAuthName(name: string): string {
	return `${name}-aws-auth`;
}
