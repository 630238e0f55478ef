import type { LiveAccessEntry } from "../../../core/aws/reader";
import { quoted } from "../../../core/errors/escape";
import { COMPONENT_POLICIES } from "../../../core/rbac/access-policies";
import { covers } from "../../../core/rbac/namespace-pattern";
import { accessPolicyArn } from "../../../core/rbac/policy-rules";
import { about, type Finding, listed, REPAIR, sameIdentity, sameSet, without } from "../finding";
import type { KnownPrincipal } from "../principals";

export interface AccessEntriesQuestion {
	live: LiveAccessEntry[];
	known: KnownPrincipal[];
	/** The teams' own Kubernetes groups: who else is in one has a team's access. */
	groups: readonly string[];
	/** Whether the stack lets people in by them; if not, nobody of the teams may have one. */
	isUsed: boolean;
	/** The namespaces and patterns of the config, and what these stand for: who else has an access policy there has a team's access. */
	namespaces: readonly string[];
	/** Whom somebody meant to have in: the operator. */
	expected: readonly string[];
	/** ARNs that aws-auth lets in. */
	inAwsAuth: readonly string[];
	/** What the teams' `allow` names. */
	accepted: readonly string[];
	/** `--region <region> --cluster-name <cluster>`. */
	options: string;
}

/** The cluster's access entries against the config. */
export function compareAccessEntries(question: AccessEntriesQuestion): Finding[] {
	const { live, known, isUsed } = question;
	// aws-auth tells no role's path.
	const isSame = (arn: string, entry: LiveAccessEntry) =>
		isUsed ? arn === entry.principalArn : sameIdentity(arn, entry.principalArn);
	const isOurs = (entry: LiveAccessEntry) => known.some(({ arn }) => isSame(arn, entry));
	const ours = isUsed
		? known.flatMap((each) =>
				compareEntry(
					each,
					live.find(({ principalArn }) => principalArn === each.arn),
					question,
				),
			)
		: known.flatMap((each) =>
				live.filter((entry) => isSame(each.arn, entry)).flatMap((entry) => overriding(each, entry, question)),
			);
	return [...ours, ...live.filter((entry) => !isOurs(entry)).flatMap((entry) => foreignEntry(entry, question))];
}

/** An entry beside the stack's one in aws-auth, unless somebody has accepted all that it gives more. */
function overriding(
	{ principal }: KnownPrincipal,
	{ principalArn, groups, policies }: LiveAccessEntry,
	{ accepted, options }: AccessEntriesQuestion,
): Finding[] {
	const partition = principalArn.split(":")[1] as string;
	const surplus = [
		...without(groups, principal.groups).map((group) => `group/${group}`),
		...[...policies.keys()].map((name) => `policy/${accessPolicyArn(partition, name)}`),
	];
	if (surplus.length > 0 && without(surplus, accepted).length + without(principal.groups, groups).length === 0) {
		return [];
	}
	const has = [
		...(groups.length > 0 ? [`is in ${listed(groups)}`] : []),
		...[...policies].map(([name, scope]) => `has ${name} in ${scopeText(scope)}`),
	];
	const message = `has an access entry, which EKS takes instead of aws-auth: by it, it ${has.join(" and ") || "has no access"}; the config says aws-auth`;
	const fix = `aws eks delete-access-entry ${options} --principal-arn ${quoted(principalArn)}`;
	return [about("access-entries", principalArn).extra(message, fix)];
}

/** EKS's own roles have entries for what they do. */
const SERVICE_ROLE = /:role\/aws-service-role\//;

/** Somebody of whom the config says nothing, with a team's access. */
function foreignEntry(entry: LiveAccessEntry, { groups, namespaces, expected, options }: AccessEntriesQuestion) {
	const { principalArn } = entry;
	if (SERVICE_ROLE.test(principalArn) || expected.some((arn) => sameIdentity(arn, principalArn))) {
		return [];
	}
	const shared = entry.groups.filter((group) => groups.includes(group));
	const ofPeople = [...entry.policies].filter(([name]) => !COMPONENT_POLICIES.includes(name));
	const policies = ofPeople.flatMap(([name, scope]) => {
		const isHere = (scoped: string) => namespaces.some((name) => covers(scoped, name) || covers(name, scoped));
		const here = scope.includes("*") ? ["*"] : scope.filter(isHere);
		return here.length > 0 ? [`has the access policy ${name} in ${scopeText(here)}`] : [];
	});
	const reasons = [...(shared.length > 0 ? [`is in ${listed(shared)} by its access entry`] : []), ...policies];
	const fix = `aws eks delete-access-entry ${options} --principal-arn ${quoted(principalArn)}`;
	const { foreign } = about("access-entries", principalArn);
	return reasons.length > 0 ? [foreign(`${reasons.join(" and ")}, and the config does not say so`, fix)] : [];
}

function compareEntry(
	{ principal, arn, createdAt }: KnownPrincipal,
	entry: LiveAccessEntry | undefined,
	{ inAwsAuth, accepted, options }: AccessEntriesQuestion,
): Finding[] {
	const { missing, drifted } = about("access-entries", arn);
	if (!entry) {
		const isIn = inAwsAuth.some((each) => sameIdentity(each, arn));
		return [missing(`has no access entry: it is ${isIn ? "let in by aws-auth alone" : "not let in"}`)];
	}
	const findings: Finding[] = [];
	const again = `aws eks delete-access-entry ${options} --principal-arn ${quoted(arn)} && ${REPAIR}`;
	if (createdAt && entry.createdAt && entry.createdAt < createdAt) {
		const message = `was made anew after its access entry; EKS knows it by its id, so the entry lets nobody in`;
		findings.push(drifted(message, again));
	}
	if (entry.type !== "STANDARD") {
		findings.push(drifted(`its access entry is of the type ${entry.type}, which lets nodes in, not people`, again));
	}
	if (entry.username !== principal.username) {
		findings.push(drifted(`comes in as ${entry.username ?? "nobody"}, not as ${principal.username}`));
	}
	if (!sameSet(entry.groups, principal.groups)) {
		findings.push(drifted(`is in the groups ${listed(entry.groups)}, not in ${listed(principal.groups)}`));
	}
	return [...findings, ...comparePolicies(principal, entry, { accepted, options })];
}

function comparePolicies(
	principal: KnownPrincipal["principal"],
	entry: LiveAccessEntry,
	{ accepted, options }: Pick<AccessEntriesQuestion, "accepted" | "options">,
): Finding[] {
	const { principalArn: arn } = entry;
	const { missing, extra, drifted } = about("access-entries", arn);
	const findings: Finding[] = [];
	const wanted = new Map(principal.policies.map(({ name, namespaces = ["*"] }) => [name, namespaces]));
	for (const [name, namespaces] of wanted) {
		const scope = entry.policies.get(name);
		if (!scope) {
			findings.push(missing(`does not have the access policy ${name} in ${scopeText(namespaces)}`));
		} else if (!sameSet(scope, namespaces)) {
			findings.push(drifted(`has ${name} in ${scopeText(scope)}, not in ${scopeText(namespaces)}`));
		}
	}
	for (const [name, scope] of entry.policies) {
		const policy = accessPolicyArn(arn.split(":")[1] as string, name);
		if (!wanted.has(name) && !accepted.includes(`policy/${policy}`)) {
			const fix = `aws eks disassociate-access-policy ${options} --principal-arn ${quoted(arn)} --policy-arn ${policy}`;
			const message = `has the access policy ${name} in ${scopeText(scope)}, and the config does not say so`;
			findings.push(extra(message, fix));
		}
	}
	return findings;
}

function scopeText(namespaces: readonly string[]): string {
	return namespaces.includes("*") ? "the whole cluster" : listed(namespaces);
}
