import type { AwsSettings } from "../../core/aws/clients";
import type { AwsReader, EksCluster } from "../../core/aws/reader";
import { awsReader } from "../../core/aws/sdk-reader";
import { tokenIdentity } from "../../core/aws/token-identity";
import type { AccessConfig } from "../../core/config/config";
import { type ClusterMode, modeProblem, type Ways, waysOf } from "../../core/kubernetes/authentication-mode";
import { execKubeconfig } from "../../core/kubernetes/kubeconfig";
import type { AwsAccount } from "../../core/teams/iam-policies";
import { type Cluster, type ClusterOptions, clusterOf, openCluster } from "../clients/cluster";
import { EXIT, Failure } from "../errors/failure";
import { type AccessSource, accessSource, type Source } from "../project/access-config";
import { awsSettingsOf } from "../project/aws-settings";
import type { ProjectFiles } from "../project/project";
import { isEncrypted, stackNameOf } from "../project/stack-values";
import { callerOf } from "../whoami/caller";
import { about, type Finding } from "./finding";

/** What is compared: a stack's config, its AWS account, and its cluster. */
export interface Target {
	/** `<project>/<stack>`, with which the stack's records end. */
	stack: string;
	config: AccessConfig;
	source: Source;
	region: string;
	account: AwsAccount;
	aws: AwsReader;
	/** Whom the cluster has to let in besides the config's people: who asks, and whom the program asks as. */
	operators: string[];
	cluster: Cluster;
	/** As AWS says it. */
	mode: ClusterMode | undefined;
	/** What is read of AWS and the cluster: not what the cluster's mode switches off. */
	reads: Ways;
	/** The ways in that the stack makes. */
	ways: Ways;
	findings: Finding[];
	notes: string[];
}

/** Finds AWS and the cluster, as the program does. */
export async function targetOf(files: ProjectFiles, stack: string, options: ClusterOptions): Promise<Target> {
	const { config, source, region: ofOutput } = accessOf(files, stack);
	const kubeconfigGiven = givenKubeconfig(files, stack, config, options);
	const ofFile = awsSettingsOf(files, stack);
	const settings = { ...ofFile, region: ofFile.region ?? ofOutput };
	const aws = awsReader(settings);
	const region = settings.region ?? (await aws.region());
	const describing = aws.cluster(config.cluster);
	// Who one is fails first, and says more.
	describing.catch(() => undefined);
	const { arn, account } = await aws.caller();
	const described = await describing;
	const notes: string[] = [];
	if (!described) {
		const message = `AWS shows no cluster ${config.cluster} in ${region}`;
		if (!kubeconfigGiven) {
			const remedy = `these credentials are of account ${account}; see what is there: aws eks list-clusters --region ${region}; then set cluster, aws:region or the credentials that you use`;
			throw new Failure("cluster-not-found", `${message}; ${remedy}`, EXIT.unreachable);
		}
		notes.push(`${message}: not checked whether access entries let somebody in`);
	}
	const cluster = kubeconfigGiven?.() ?? clusterOf(ownKubeconfig(config, settings, region, described as EksCluster));
	if (described && kubeconfigGiven && described.endpoint !== cluster.server) {
		notes.push(`the kubeconfig leads to ${cluster.server}, and AWS says that the cluster is at ${described.endpoint}`);
	}
	const ways = waysOf(config.authentication, described?.mode);
	const mode = described?.mode;
	return {
		stack: stackNameOf(files, stack),
		config,
		source,
		region,
		account: { partition: arn.split(":")[1] ?? "aws", accountId: account },
		aws,
		operators: [callerOf(arn).roleArn ?? arn, ...(config.adminRoleArn ? [config.adminRoleArn] : [])],
		cluster,
		ways,
		mode,
		reads: { awsAuth: mode !== "API", accessEntries: mode !== undefined && mode !== "CONFIG_MAP" },
		findings: modeFindings(config.cluster, region, ways, mode),
		notes,
	};
}

/** What a selector has chosen is chosen again, of what is there now. */
function accessOf(files: ProjectFiles, stack: string): AccessSource {
	const { config, ...rest } = accessSource(files, stack);
	const teams = config.teams.map((team) => ({
		...team,
		namespaces: team.namespaces.filter(({ isSelected }) => !isSelected),
	}));
	return { ...rest, config: { ...config, teams } };
}

/** A way in that the cluster does not read: whatever is there, it lets nobody in. */
function modeFindings(cluster: string, region: string, ways: Ways, mode: string | undefined): Finding[] {
	const problem = modeProblem(ways, { mode, cluster, region });
	return problem
		? [about("cluster", cluster).unmended("missing", problem.replace(/^cluster: \S+ | Nothing was changed\./g, ""))]
		: [];
}

/** Opens the kubeconfig that the command line or the config gives; undefined where the program would make one. */
function givenKubeconfig(
	files: ProjectFiles,
	stack: string,
	{ kubeconfig, kubeconfigStack }: AccessConfig,
	options: ClusterOptions,
): (() => Cluster) | undefined {
	if (options.kubeconfig !== undefined || options.context !== undefined) {
		return () => openCluster(options);
	}
	if (isEncrypted(files, stack, "kubeconfig")) {
		const get = "pulumi config get kubeconfig > kubeconfig.yaml";
		throw new Failure(
			"cli-config-encrypted",
			`the stack's kubeconfig is encrypted, and only Pulumi can read it; pass --kubeconfig <file> (${get})`,
		);
	}
	if (kubeconfig !== undefined) {
		return () => clusterOf(kubeconfig);
	}
	if (kubeconfigStack !== undefined) {
		const get = `pulumi stack output --show-secrets --stack ${kubeconfigStack}`;
		throw new Failure(
			"cli-config-encrypted",
			`the kubeconfig is an output of the stack ${kubeconfigStack}; pass --kubeconfig <file> (${get})`,
		);
	}
	return undefined;
}

function ownKubeconfig(config: AccessConfig, settings: AwsSettings, region: string, found: EksCluster): string {
	const { cluster } = config;
	if (!found.endpoint) {
		throw new Failure(
			"cluster-not-active",
			`the cluster ${cluster} has no API server yet; wait until it is ACTIVE`,
			EXIT.unreachable,
		);
	}
	const { endpoint, certificateAuthorityData } = found;
	return execKubeconfig(
		cluster,
		{ server: endpoint, certificateAuthorityData },
		{ cluster, region, ...tokenIdentity(config, settings) },
	);
}
