import type * as pulumi from "@pulumi/pulumi";
import { readEntries } from "../../core/aws-auth/map";
import { type LiveConfigMap, recordsOf } from "../../core/aws-auth/ownership-record";
import { refuseNodes } from "../../core/aws-auth/plan";
import { AccessError } from "../../core/errors/access-error";
import { canonicalArn, parseArn } from "../../core/iam/arn";
import { RELEASE_TYPES } from "../aws-auth-cleanup";
import { identityOf, readAwsAuthIfThere } from "./aws-auth";
import type { DescribedCluster } from "./described-cluster";
import { withoutEntry } from "./existing/entries";
import { lastResources } from "./stack-state";

/**
 * What a stack with access entries alone has to know of aws-auth, while the cluster reads it.
 *
 * The move from aws-auth to access entries goes by `both`. One who is in aws-auth by this stack and has no access entry would have no
 * way in between, nor one that has been tried. One who is in it by somebody else would have the access of the new entry instead of the
 * one there, which may be more.
 *
 * @throws {AccessError}
 */
export async function requireEntriesFirst(
	kubeconfig: string,
	awsAuthName: string,
	context: {
		arns: Promise<Map<string, string>>;
		cluster: Promise<DescribedCluster | undefined>;
		name: string;
		region: string;
		aws: pulumi.InvokeOptions;
		adoptExisting?: boolean;
	},
): Promise<void> {
	const live = await readAwsAuthIfThere(kubeconfig);
	if (!live || (await context.cluster)?.mode === "API") {
		return;
	}
	const arns = [...(await context.arns).values()];
	refuseNodes(live, arns.map(canonicalArn));
	const record = recordsOf(live).get(await instanceInStack(awsAuthName));
	const recorded = [...(record?.roles ?? []), ...(record?.users ?? [])].map((arn) => arn.toLowerCase());
	const isRecorded = (arn: string) => recorded.includes(canonicalArn(arn).toLowerCase());
	const listed = listedIn(live, arns);
	const foreign = context.adoptExisting ? [] : arns.filter((arn) => listed.has(arn) && !isRecorded(arn));
	const unentered = (principalArns: string[]) =>
		withoutEntry({ cluster: context.name, region: context.region, principalArns }, context.aws);
	const [without, overridden] = await Promise.all([unentered(arns.filter(isRecorded)), unentered(foreign)]);
	if (overridden.length > 0) {
		throw new AccessError(
			"aws-auth-entry-exists",
			`access entries: aws-auth has entries that this stack has not written, and an access entry would take their place:\n` +
				`${overridden.map((arn) => `  ${arn}, ${listed.get(arn)}`).join("\n")}\n` +
				"Nothing was changed. If the team's access is all that they are to have, let the access entry count: pulumi config set " +
				"adoptExisting true. Otherwise take them out of the team, or out of aws-auth: kubectl edit -n kube-system configmap/aws-auth",
		);
	}
	if (without.length > 0) {
		throw new AccessError(
			"access-entries-first",
			`authentication: ${without.join(", ")} ${without.length === 1 ? "comes" : "come"} in by aws-auth and would have no way in ` +
				"until the access entries work. Nothing was changed. Make the entries first: pulumi config set authentication both, " +
				"then pulumi up, then access-entries",
		);
	}
}

/** As the stack's state has it: a stack that was renamed keeps the one that its first name gave. */
export async function instanceInStack(awsAuthName: string): Promise<string> {
	const release = Object.entries(await lastResources()).find(
		([urn, { type }]) => RELEASE_TYPES.includes(type) && urn.endsWith(`::${awsAuthName}-release`),
	);
	return (release?.[1].outputs.instance as string | undefined) ?? identityOf(awsAuthName).instance;
}

/** Of these ARNs, those with an entry in aws-auth, with what it gives. */
function listedIn({ data = {} }: LiveConfigMap, arns: readonly string[]): Map<string, string> {
	const listed = new Map<string, string>();
	for (const key of ["mapRoles", "mapUsers"] as const) {
		const asked = arns.filter((arn) => (parseArn(arn).type === "role") === (key === "mapRoles"));
		// A text in which nobody is looked for need not be readable.
		for (const { arn = "", groups, line } of readEntries(asked.length > 0 ? data[key] : undefined, key)) {
			const found = asked.find((each) => canonicalArn(each).toLowerCase() === arn.toLowerCase());
			if (found) {
				listed.set(found, `line ${line} of ${key}, with the groups ${groups.join(", ") || "none"}`);
			}
		}
	}
	return listed;
}
