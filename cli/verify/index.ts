import { describeUntil } from "../../core/iam/until";
import { ApiServer } from "../../core/kubernetes/api-server";
import { isPattern, meantBy } from "../../core/rbac/namespace-pattern";
import { networkGuardPrefix } from "../../core/rbac/network-guard";
import { PROTECTED_NAMESPACES } from "../../core/rbac/policy-rules";
import { bindingsOf } from "../../core/teams/bindings";
import { clusterArnOf } from "../../core/teams/iam-policies";
import { selectNamespaces } from "../../core/teams/namespace-selector";
import { namespacesOf } from "../../core/teams/namespaces";
import { endsOf, hasRole, withoutEnded } from "../../core/teams/principal-kinds";
import { groupNameOf, roleNameOf, type Team } from "../../core/teams/team";
import { type Finding, LAYERS, listed } from "./finding";
import { type LiveCluster, readCluster } from "./live-cluster";
import { type KnownPrincipal, knownPrincipals } from "./principals";
import { compareAccessEntries } from "./questions/access-entries";
import { noteAssumers } from "./questions/assumers";
import { compareAwsAuth } from "./questions/aws-auth";
import { compareGroup, readGroup } from "./questions/iam-group";
import { compareRole, readRole } from "./questions/iam-role";
import { compareNamespaces } from "./questions/namespaces";
import { compareNetworkGuard } from "./questions/network-guard";
import { compareRbac, judge, surplusByBinding, unexplained } from "./rbac";
import { findingsOf, planReviews, review, reviewed } from "./reviews";
import type { Target } from "./target";

/** How much was looked at, so that "nothing found" is credible. */
export interface Checked {
	/** Someone with access in a namespace, or in the whole cluster. */
	cells: number;
	/** SubjectAccessReviews that were made, and how many there would be without a limit. */
	reviews: number;
	reviewsPossible: number;
	iamRoles: number;
	iamGroups: number;
	iamMembers: number;
	awsAuthEntries: number;
	accessEntries: number;
	namespaces: number;
	bindings: number;
	clusterRoles: number;
}

export interface Verification {
	findings: Finding[];
	checked: Checked;
	notes: string[];
	/** With the namespaces that their selectors choose now. */
	teams: Team[];
}

/**
 * Asks AWS and the cluster whether access is what the config says.
 *
 * @param onProgress Told what is being asked, for people who wait.
 */
export async function verify(
	target: Target,
	onProgress: (what: string) => void = () => undefined,
): Promise<Verification> {
	onProgress("reading the cluster");
	const server = new ApiServer(target.cluster);
	const live = await readCluster(server);
	const active = live.namespaces
		.filter(({ status }) => status?.phase !== "Terminating")
		.map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels ?? {} }));
	const now = new Date();
	const teams = withoutEnded(selectNamespaces(target.config.teams, active), now);
	onProgress("reading IAM and EKS");
	const there = active.map(({ name }) => name);
	const inAws = await verifyAws(target, teams, live, there);
	const inCluster = compareNamespaces(teams, live.namespaces, live.bounds);
	const rules = new Map(live.clusterRoles.map(({ metadata, rules: each }) => [metadata.name, each ?? []]));

	const named = [...new Set(teams.flatMap(({ namespaces }) => namespaces.map(({ name }) => name)))];
	const meant = named.flatMap((name) => meantBy(name, there));
	const ofConfig = [...new Set([...meant, ...PROTECTED_NAMESPACES, "default"])].filter((name) => there.includes(name));
	const others = there.filter((name) => !ofConfig.includes(name)).sort();
	const people = reviewed(inAws.known, teams);
	const plan = planReviews(people, { ofConfig, others }, rules);
	const inRbac = compareRbac(teams, live, { gone: inCluster.gone, rules });
	const judged = judge(plan.questions, live);
	const ofBindings = surplusByBinding(judged, teams, live, inRbac);
	const answers = await review(server, plan, (done) =>
		onProgress(`asking the API server: ${done} of ${plan.asked.length} questions`),
	);
	const findings = [
		...target.findings,
		...inAws.findings,
		...inCluster.findings,
		...compareNetworkGuard(teams, live.admission, networkGuardPrefix(target.stack)),
		...inRbac,
		...ofBindings,
		...findingsOf(unexplained([...judged, ...answers], teams, live, [...inRbac, ...ofBindings])),
	];
	const bindings = teams.flatMap(bindingsOf);
	return {
		findings: sorted(findings),
		teams,
		checked: {
			cells: plan.cells,
			reviews: plan.asked.length,
			reviewsPossible: plan.possible,
			...inAws.checked,
			namespaces: namespacesOf(teams).namespaces.size,
			bindings: bindings.length,
			clusterRoles: new Set(bindings.map(({ role }) => role)).size,
		},
		notes: [...target.notes, ...inAws.notes, ...patternNotes(teams, there), ...endNotes(target.config.teams, now)],
	};
}

/** What the patterns of namespaces stand for now. */
function patternNotes(teams: Team[], there: readonly string[]): string[] {
	return teams.flatMap((team) =>
		team.namespaces
			.filter(({ name }) => isPattern(name))
			.map(({ name }) => `team ${team.name}: ${name} is ${listed(meantBy(name, there)) || "no namespace"} now`),
	);
}

/** Whose access ends or has ended: AWS keeps to the date, or `extra` says that no update has. */
function endNotes(teams: Team[], now: Date): string[] {
	return teams.flatMap((team) =>
		Object.entries(endsOf(team)).map(
			([name, end]) => `team ${team.name}: access of ${name} ${describeUntil(end, now)}`,
		),
	);
}

async function verifyAws(target: Target, teams: Team[], live: LiveCluster, there: readonly string[]) {
	const { aws, account, region, config, ways, reads } = target;
	const own = teams.filter(hasRole);
	const withGroup = own.filter(({ users }) => users.length > 0);
	const [roles, groups, found, notes] = await Promise.all([
		Promise.all(own.map((team) => readRole(aws, roleNameOf(team)))),
		Promise.all(withGroup.map((team) => readGroup(aws, groupNameOf(team)))),
		knownPrincipals(aws, account, teams),
		noteAssumers(aws, account, teams),
	]);
	const known = found.known.map((each): KnownPrincipal => {
		const { source } = each.principal;
		const at = own.findIndex(({ name }) => "team" in source && name === source.team);
		return at < 0 ? each : { ...each, createdAt: roles[at]?.createdAt };
	});
	const entries = reads.accessEntries ? await aws.accessEntries(config.cluster) : [];
	const common = { known, groups: teams.map(({ group }) => group), expected: target.operators };
	const inAccessEntries = entries.map(({ principalArn }) => principalArn);
	const awsAuth = reads.awsAuth
		? compareAwsAuth({ live: live.awsAuth, isUsed: ways.awsAuth, stack: target.stack, inAccessEntries, ...common })
		: { findings: [], arns: [] };
	const names = teams.flatMap((team) => team.namespaces.map(({ name }) => name));
	const namespaces = [...new Set(names.flatMap((name) => [name, ...meantBy(name, there)]))];
	const options = `--region ${region} --cluster-name ${config.cluster}`;
	const ofEntries = {
		live: entries,
		isUsed: ways.accessEntries,
		namespaces,
		inAwsAuth: awsAuth.arns,
		accepted: teams.flatMap(({ allow }) => allow),
		options,
		...common,
	};
	const clusterArn = clusterArnOf(account, region, config.cluster);
	return {
		known,
		notes,
		findings: [
			...own.flatMap((team, at) => compareRole(account, team, roles[at])),
			...withGroup.flatMap((team, at) => compareGroup(account, clusterArn, team, groups[at])),
			...found.findings,
			...awsAuth.findings,
			...(reads.accessEntries ? compareAccessEntries(ofEntries) : []),
		],
		checked: {
			iamRoles: own.length,
			iamGroups: withGroup.length,
			iamMembers: new Set([
				...withGroup.flatMap(({ users }) => users),
				...groups.flatMap((group) => group?.members ?? []),
			]).size,
			awsAuthEntries: awsAuth.arns.length,
			accessEntries: entries.length,
		},
	};
}

/** The same findings in the same order, however the answers came in. */
function sorted(findings: Finding[]): Finding[] {
	const key = ({ layer, subject, kind, message }: Finding) =>
		[LAYERS.indexOf(layer), subject, kind, message].join("\n");
	return [...findings].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
