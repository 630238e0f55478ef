import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import { asComplete, readNamedTeams } from "../core/config/config";
import { waysOf } from "../core/kubernetes/authentication-mode";
import type { AccessMatrix } from "../core/teams/access-output";
import { clusterArnOf } from "../core/teams/iam-policies";
import { hasRole, type Principal, withoutEnded } from "../core/teams/principal-kinds";
import { principalsOf, roleMapping, userMapping } from "../core/teams/principals";
import type { Team } from "../core/teams/team";
import { AccessEntries, refuseEntryNames } from "./access-entries";
import { announceChanges, announceOpenRoles } from "./announce-changes";
import { AwsAuth } from "./aws-auth";
import { ClusterProvider } from "./cluster-provider";
import type { EksAccessArgs } from "./eks-access-args";
import { type Identities, outputsOf, type Setting } from "./eks-access-outputs";
import { NamespaceAccess, untilForgotten } from "./namespace-access";
import { lookUpAccount, lookUpPermissionSets } from "./preflight/account";
import { knownArgs, refuseLookUps, refusePastEnds, requireKnownWay, takeNames } from "./preflight/arguments";
import { connectTo, isEksCluster } from "./preflight/cluster-connection";
import { clusterProviderName } from "./preflight/cluster-identity";
import { accessEntriesName } from "./preflight/existing/entries";
import { requireFit, whenFit } from "./preflight/kubernetes-provider";
import { type Preparation, prepare } from "./preflight/preflight";
import { namespaceAccessName } from "./preflight/writes";
import { providerOf, settled, withDependencies, withDependenciesInside, withShortTraces } from "./resource-options";
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
		const known = await knownArgs(args);
		const listed = teamsOf(name, known);
		requireKnownWay(args.authentication, listed, `EksAccess ${name}`);
		takeNames(name, listed, opts?.parent);
		await refusePastEnds(name, listed);
		const given = stillIn(listed);
		const aws = { parent: opts?.parent, provider: providerOf("aws", opts) };
		const provider = providerOf("kubernetes", opts);
		const prepared = await prepare(name, awsAuthName(name), given, known, aws, provider !== undefined);
		// A preview makes nothing: it goes on while the cluster answers, and fails in the end if the answer is a refusal.
		if (!pulumi.runtime.isDryRun()) {
			await prepared.check();
		}
		if (provider) {
			await requireFit(provider, prepared.kubeconfig, args.adoptExisting, clusterProviderName(name));
		}
		const { account, region } = prepared;
		// Depends on what they depend on.
		const asked = pulumi.all([args.cluster as pulumi.Input<string>, args.kubeconfig]);
		const kubeconfig = pulumi.secret(asked.apply(() => prepared.kubeconfig));
		const access = new EksAccess(name, { ...args, account, region, kubeconfig }, opts, prepared);
		await prepared.check();
		return access;
	}

	/**
	 * For a cluster that the same program makes. Only the arguments are checked before anything is registered, in one error: the teams, names
	 * that two components would share, groups that access entries refuse. Neither AWS nor the cluster is asked whether users, roles and
	 * ClusterRoles exist, whether something is there already, what others have given the teams' people, whether the operator may do it, or
	 * whether it would lock the operator out, nor the stack's state whether an end in the past is a new one. An update can therefore stop halfway; the next one, once the cause is removed, finishes it.
	 * Where the cluster is there already, use {@link EksAccess.create}.
	 *
	 * @throws {AccessError}
	 */
	constructor(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions);
	/** @internal */
	constructor(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions, prepared?: Preparation);
	constructor(name: string, args: EksAccessArgs, opts?: pulumi.ComponentResourceOptions, prepared?: Preparation) {
		const teams = prepared?.teams ?? stillIn(teamsOf(name, args));
		requireKnownWay(args.authentication, teams, `EksAccess ${name}`);
		takeNames(name, teams, opts?.parent);
		if (!prepared) {
			refuseLookUps(teams);
		}
		const ways =
			prepared?.ways ?? waysOf(args.authentication ?? "auto", isEksCluster(args.cluster) ? "API" : undefined);
		if (ways.accessEntries) {
			refuseEntryNames(principalsOf(teams), `EksAccess ${name}`);
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
		const isReady = pulumi.all([fits, own?.clusterIdentifier]);
		// Who gets in with another group has its bindings before. Waited for, not depended on: a binding that fails must keep nobody from being
		// removed.
		const bindings: pulumi.Resource[] = [];
		const bound = async () => {
			await settled(isReady);
			await Promise.all(bindings.map(({ urn }) => settled(urn)));
		};
		const { waysIn, written } = withShortTraces(() => this.letIn(setting, identities, own, bound));
		const inCluster = withDependenciesInside(
			here,
			// In a preview too: the engine serializes the whole state for each resource whose dependencies are not those that the state has.
			isReady.apply(() => waysIn),
			given ?? own,
		);
		const { adoptExisting } = args;
		const inNamespaces = { teams, adoptExisting };
		const made = withShortTraces(() => new NamespaceAccess(namespaceAccessName(name), inNamespaces, inCluster));
		bindings.push(...made.bindings);

		const outputs = outputsOf(setting, identities);
		this.roleArns = outputs.roleArns;
		this.updateKubeconfigCommands = outputs.updateKubeconfigCommands;
		this.kubeconfigs = outputs.kubeconfigs;
		this.accessMatrix = outputs.accessMatrix;
		this.urn.apply((urn) => Promise.all([announceOpenRoles(teams, this), announceChanges(urn, teams, this)]));
		this.registerOutputs({
			...outputs,
			// The engine deletes former bindings once the program has ended.
			accessMatrix: pulumi.all([outputs.accessMatrix, untilForgotten(teams, written)]).apply(([matrix]) => matrix),
		});
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
				const formerRole = prepared?.formerRoles.get(team.name);
				const its = { team, account, clusterArn, tags: args.tags, existing, formerRole };
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
	 * @param bound Waits for the bindings. Administrators need none, and the bindings depend on them.
	 * @returns `waysIn`, by which the operator may come in: a destroy takes them away last, each depends on the ones before. `written` settles
	 * once the cluster has been told of the principals.
	 */
	private letIn(
		setting: Setting,
		identities: Identities,
		provider: ClusterProvider | undefined,
		bound: () => Promise<void>,
	): { waysIn: pulumi.Resource[]; written: Promise<unknown>[] } {
		const { name, args, prepared, teams, ways, account, connection } = setting;
		const here = { parent: this };
		const permissionSets = prepared?.permissionSets ?? lookUpPermissionSets(teams, here);
		const principals = principalsOf(teams).map((principal) => {
			const { source } = principal;
			const identity = "team" in source ? identities.get(source.team) : undefined;
			const arn = identity?.roleArn ?? arnOf(principal, permissionSets);
			return { principal, arn, identity };
		});
		const whenBound = <T>(value: pulumi.Output<T>): pulumi.Output<T> =>
			pulumi.runtime.isDryRun() ? value : (value.apply((known) => bound().then(() => known)) as pulumi.Output<T>);
		const waysIn: pulumi.Resource[] = [];
		const written: Promise<unknown>[] = [];
		if (ways.accessEntries) {
			const entries = principals.map(({ principal, arn, identity }) => ({
				...principal,
				principalArn: principal.admin ? (identity?.role.arn ?? arn) : whenBound(identity?.role.arn ?? arn),
				boundTo: identity?.role.uniqueId,
				existing: prepared?.existing.get(principal.key),
				formerKey: prepared?.formerKeys.get(principal.key),
			}));
			const inCluster = { clusterName: connection.name, partition: account.partition, region: args.region };
			const made = new AccessEntries(accessEntriesName(name), { ...inCluster, tags: args.tags, entries }, here);
			waysIn.push(...made.ofAdministrators);
			written.push(...made.entries.map(({ urn }) => settled(urn)));
		}
		if (ways.awsAuth) {
			const { takeOver, adoptExisting } = args;
			const roles = principals
				.filter(({ principal }) => principal.type === "role")
				.map(({ principal, arn }) => whenBound(arn).apply((known) => roleMapping(principal, known)));
			const users = principals
				.filter(({ principal }) => principal.type === "user")
				.map(({ principal, arn }) => whenBound(arn).apply((known) => userMapping(principal, known)));
			const mappings = { roles, users, kubeconfig: connection.kubeconfig, takeOver, adoptExisting, provider };
			const made = new AwsAuth(awsAuthName(name), mappings, withDependenciesInside(here, [...waysIn]));
			waysIn.push(made.cleanup);
			written.push(made.written);
		}
		return { waysIn, written };
	}
}

function arnOf(
	{ source }: Principal,
	permissionSets: Record<string, string> | Promise<Record<string, string>>,
): pulumi.Output<string> {
	return "permissionSet" in source
		? pulumi.output(permissionSets).apply((sets) => sets[source.permissionSet] as string)
		: pulumi.output("arn" in source ? source.arn : source.team);
}

function teamsOf(name: string, { teams, iamName, cluster }: EksAccessArgs): Team[] {
	const names = { template: iamName, cluster: typeof cluster === "string" ? cluster : undefined };
	return readNamedTeams(teams, names, `EksAccess ${name}`);
}

/** Without those whose access an update ends. */
function stillIn(teams: Team[]): Team[] {
	return asComplete(withoutEnded(teams, new Date()));
}

function awsAuthName(name: string): string {
	return `${name}-aws-auth`;
}
