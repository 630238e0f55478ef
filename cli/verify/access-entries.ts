import type { EKS } from "@aws-sdk/client-eks";
import type { atATime } from "../at-a-time";
import { askAws } from "../aws-clients";
import { about, type Finding, listed, sameSet } from "./finding";
import type { KnownPrincipal } from "./principals";

/** An access entry as EKS has it. */
export interface LiveAccessEntry {
	principalArn: string;
	type: string;
	username?: string;
	groups: string[];
	createdAt?: Date;
	/** Name of each access policy, for example `AmazonEKSViewPolicy`, and its namespaces; `*` is the whole cluster. */
	policies: Map<string, string[]>;
}

export interface AccessEntriesQuestion {
	live: LiveAccessEntry[];
	known: KnownPrincipal[];
	/** The teams' own Kubernetes groups: who else is in one has a team's access. */
	groups: readonly string[];
	/** Whether the stack lets people in by them; if not, nobody of the teams may have one. */
	isUsed: boolean;
}

/** The cluster's access entries against the config. */
export function compareAccessEntries({ live, known, groups, isUsed }: AccessEntriesQuestion): Finding[] {
	const findings = isUsed
		? known.flatMap((each) =>
				compareEntry(
					each,
					live.find(({ principalArn }) => principalArn === each.arn),
				),
			)
		: [];
	for (const entry of live) {
		const { extra } = about("access-entries", entry.principalArn);
		const isOurs = known.some(({ arn }) => arn === entry.principalArn);
		const shared = entry.groups.filter((group) => groups.includes(group));
		if (isOurs && !isUsed) {
			findings.push(extra("has an access entry, which EKS takes instead of aws-auth; the config says aws-auth"));
		} else if (!isOurs && shared.length > 0) {
			findings.push(extra(`is in ${listed(shared)} by its access entry, and the config does not say so`));
		}
	}
	return findings;
}

function compareEntry({ principal, arn, createdAt }: KnownPrincipal, entry: LiveAccessEntry | undefined): Finding[] {
	const { missing, extra, drifted } = about("access-entries", arn);
	if (!entry) {
		return [missing("has no access entry: it is not let in")];
	}
	const findings: Finding[] = [];
	if (createdAt && entry.createdAt && entry.createdAt < createdAt) {
		const message = `was made anew after its access entry; EKS knows it by its id, so the entry lets nobody in`;
		findings.push(drifted(message));
	}
	if (entry.type !== "STANDARD") {
		findings.push(drifted(`its access entry is of the type ${entry.type}, which lets nodes in, not people`));
	}
	if (entry.username !== principal.username) {
		findings.push(drifted(`comes in as ${entry.username ?? "nobody"}, not as ${principal.username}`));
	}
	if (!sameSet(entry.groups, principal.groups)) {
		findings.push(drifted(`is in the groups ${listed(entry.groups)}, not in ${listed(principal.groups)}`));
	}
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
		if (!wanted.has(name)) {
			findings.push(extra(`has the access policy ${name} in ${scopeText(scope)}, and the config does not say so`));
		}
	}
	return findings;
}

/** All access entries of a cluster, with the policies of those in `withPolicies`. */
export async function readAccessEntries(
	eks: EKS,
	clusterName: string,
	withPolicies: readonly string[],
	limit: ReturnType<typeof atATime>,
): Promise<LiveAccessEntry[]> {
	const arns: string[] = [];
	let nextToken: string | undefined;
	do {
		const page = await limit(() =>
			askAws(`list the access entries of ${clusterName}`, () => eks.listAccessEntries({ clusterName, nextToken })),
		);
		arns.push(...(page?.accessEntries ?? []));
		nextToken = page?.nextToken;
	} while (nextToken);
	const entries = await Promise.all(
		arns.map(async (principalArn): Promise<LiveAccessEntry[]> => {
			const what = `read the access entry of ${principalArn}`;
			const [found, associated] = await Promise.all([
				limit(() => askAws(what, () => eks.describeAccessEntry({ clusterName, principalArn }))),
				withPolicies.includes(principalArn)
					? limit(() => askAws(what, () => eks.listAssociatedAccessPolicies({ clusterName, principalArn })))
					: undefined,
			]);
			const entry = found?.accessEntry;
			const policies = (associated?.associatedAccessPolicies ?? []).map(({ policyArn = "", accessScope }) => [
				policyArn.split("/").pop() as string,
				accessScope?.type === "cluster" ? ["*"] : (accessScope?.namespaces ?? []),
			]) as [string, string[]][];
			return entry
				? [
						{
							principalArn,
							type: entry.type ?? "STANDARD",
							username: entry.username,
							groups: entry.kubernetesGroups ?? [],
							createdAt: entry.createdAt,
							policies: new Map(policies),
						},
					]
				: [];
		}),
	);
	return entries.flat();
}

function scopeText(namespaces: readonly string[]): string {
	return namespaces.includes("*") ? "the whole cluster" : listed(namespaces);
}
