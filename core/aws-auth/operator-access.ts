import { canonicalArn } from "../iam/arn";
import { CLUSTER_ADMIN_GROUP } from "../rbac/policy-rules";
import type { Principal } from "../teams/principal-kinds";
import { readEntries } from "./map";
import type { LiveConfigMap, OwnershipRecord } from "./ownership-record";

/** Who runs the update, as the API server knows them. */
export interface Operator {
	username: string;
	groups: string[];
	/** As the authenticator sees it; undefined where they do not come in by IAM. */
	arn?: string;
}

/** What is there, and what is to be. */
export interface AccessChange {
	/** Everyone to be let in, with their ARNs. */
	wanted: (Principal & { arn: string })[];
	/** ARNs of roles that nobody can assume any more, because everybody's access has ended. */
	ended: readonly string[];
	/** aws-auth, where the cluster reads it. */
	live?: LiveConfigMap;
	/** Which of its entries are this stack's. */
	record?: OwnershipRecord;
	/** ARNs of the access entries that the stack has now. */
	ownEntries: readonly string[];
	/** Of these, the cluster administrators. */
	ownAdministrators: readonly string[];
	/** Whether the stack makes access entries. */
	accessEntries: boolean;
}

/** Why the operator would not administer the cluster any more after the update; undefined where they would. */
export function lossOfOperator(operator: Operator, change: AccessChange): "less" | "removed" | undefined {
	const { arn } = operator;
	if (!arn) {
		return undefined;
	}
	const wanted = change.wanted.find((principal) => isSame(principal.arn, arn));
	if (wanted) {
		return !wanted.admin && losesGroups(operator, wanted, change) ? "less" : undefined;
	}
	return isRemoved(operator, arn, change) ? "removed" : undefined;
}

function losesGroups({ groups, arn = "" }: Operator, wanted: Principal, change: AccessChange): boolean {
	const lost = groups.filter((group) => group !== EVERYBODY && !wanted.groups.includes(group));
	return lost.length > 0 || (change.accessEntries && includes(change.ownAdministrators, arn));
}

function isRemoved({ username }: Operator, arn: string, change: AccessChange): boolean {
	const { record, live } = change;
	const entries = entriesOf(live).filter((entry) => isSame(entry.arn, arn));
	const isRecorded = includes([...(record?.roles ?? []), ...(record?.users ?? [])], arn);
	if (includes(change.ownEntries, arn)) {
		// Without the access entry, the one in aws-auth counts.
		return isRecorded || !entries.some(({ groups }) => groups.includes(CLUSTER_ADMIN_GROUP));
	}
	// Whoever has an access entry comes in by that, as somebody else.
	return isRecorded && entries.some((entry) => mayBe(entry.username, username));
}

/**
 * Whether the update takes the last administrator away that can be seen: in aws-auth, and among the access entries that the stack has
 * made.
 */
export function losesLastAdministrator({ live, record, ...change }: AccessChange): boolean {
	const isIn = ({ arn }: { arn: string }) => !includes(change.ended, arn);
	const wanted = change.wanted.filter(isIn);
	const inAwsAuth = entriesOf(live).filter((entry) => entry.groups.includes(CLUSTER_ADMIN_GROUP) && isIn(entry));
	const recorded = [...(record?.roles ?? []), ...(record?.users ?? [])];
	const foreign = inAwsAuth.filter(({ arn }) => !includes(recorded, arn));
	const inEntries = change.ownAdministrators.filter((arn) => isIn({ arn }));
	const own = inAwsAuth.length - foreign.length + inEntries.length;
	const taken = (arn: string) => wanted.some((principal) => isSame(principal.arn, arn) && !principal.admin);
	return own > 0 && foreign.every(({ arn }) => taken(arn)) && !wanted.some(({ admin }) => admin);
}

const EVERYBODY = "system:authenticated";

function entriesOf(live: LiveConfigMap | undefined) {
	return (["mapRoles", "mapUsers"] as const).flatMap((key) => {
		try {
			return readEntries(live?.data?.[key], key).map((entry) => ({ ...entry, arn: entry.arn ?? "" }));
		} catch {
			// What cannot be read is refused where it is to be written; the authenticator lets nobody in by it.
			return [];
		}
	});
}

function includes(arns: readonly string[], arn: string): boolean {
	return arns.some((each) => isSame(each, arn));
}

function isSame(one: string, other: string): boolean {
	return canonical(one) === canonical(other);
}

/** An entry by hand may have anything for an ARN. */
function canonical(arn: string): string {
	try {
		return canonicalArn(arn).toLowerCase();
	} catch {
		return arn.toLowerCase();
	}
}

/** Whether an entry gives this username, with its templates filled in. */
function mayBe(pattern: string | undefined, username: string): boolean {
	const [fixed = "", ...templates] = (pattern ?? "").split("{{");
	return templates.length > 0 ? username.startsWith(fixed) : username === fixed;
}
