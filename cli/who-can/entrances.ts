import type { LiveAccessEntry } from "../../core/aws/reader";
import { AwsAuthTextError, type LiveEntry, type MapKey, readEntries } from "../../core/aws-auth/map";
import { type LiveConfigMap, recordsOf } from "../../core/aws-auth/ownership-record";
import { sameIdentity } from "../verify/finding";
import type { Holder } from "../verify/questions/assumers";

/** How the cluster takes an identity of IAM for a user of Kubernetes. */
export interface Entrance {
	/** As the entry has it. */
	arn: string;
	layer: "access-entries" | "aws-auth";
	/** Of an access entry, for example `STANDARD`. */
	type?: string;
	/** `access entry`, `mapRoles line 3`. */
	where: string;
	/** May hold templates, such as `{{SessionName}}`. */
	username: string;
	groups: readonly string[];
	/** Access policies, with their namespaces; `*` is the whole cluster. */
	policies: ReadonlyMap<string, readonly string[]>;
	/** `this stack`, `the stack …`; undefined: made by hand, or with another tool. */
	owner?: string;
}

export interface Sources {
	entries: readonly LiveAccessEntry[];
	/** Undefined where there is none, or the cluster does not read it. */
	awsAuth: LiveConfigMap | undefined;
	holders: readonly Holder[];
	/** ARNs whose access entries this stack makes. */
	own: readonly string[];
	/** `<project>/<stack>` */
	stack: string;
}

/** The entries that let somebody in, and what is to be known of the others. */
export function entrancesOf(sources: Sources): { entrances: Entrance[]; notes: string[] } {
	const notes: string[] = [];
	const { entries, holders, own } = sources;
	const ofEntries = entries
		.filter(({ principalArn, createdAt }) => {
			const made = holders.find(({ arn }) => arn === principalArn)?.createdAt;
			const isDead = createdAt !== undefined && made !== undefined && createdAt < made;
			if (isDead) {
				notes.push(`${principalArn} was made again after its access entry, which therefore lets nobody in`);
			}
			return !isDead;
		})
		.map(({ principalArn: arn, type, username = "", groups, policies }): Entrance => {
			const owner = own.some((each) => each === arn) ? { owner: "this stack" } : {};
			return { arn, layer: "access-entries", type, where: "access entry", username, groups, policies, ...owner };
		});
	const ofMaps = mapEntrances(sources, notes).filter(
		({ arn }) => !entries.some(({ principalArn }) => sameIdentity(arn, principalArn)),
	);
	return { entrances: [...ofEntries, ...ofMaps], notes };
}

function mapEntrances({ awsAuth, stack }: Sources, notes: string[]): Entrance[] {
	const records = awsAuth ? [...recordsOf(awsAuth).values()] : [];
	const ownerOf = (arn: string) => {
		const record = records.find(({ roles, users }) =>
			[...roles, ...users].some((each) => each.toLowerCase() === arn.toLowerCase()),
		);
		const isOwn = record?.stack.split("/").slice(-2).join("/") === stack;
		return record ? { owner: isOwn ? "this stack" : `the stack ${record.stack}` } : {};
	};
	if (awsAuth?.data?.mapAccounts?.trim().replace("[]", "")) {
		notes.push("mapAccounts lets in whole accounts: each of their identities is a user named by its ARN, in no group");
	}
	// The authenticator looks for any identity in mapRoles, then in mapUsers, and of each map it keeps an ARN's last entry.
	const counting = new Map<string, Entrance>();
	for (const key of ["mapUsers", "mapRoles"] as const) {
		for (const { arn = "", line, username = "", groups } of linesOf(awsAuth, key, notes)) {
			const common = { arn, username, groups, policies: new Map(), ...ownerOf(arn) };
			counting.set(arn.toLowerCase(), { ...common, layer: "aws-auth", where: `${key} line ${line}` });
		}
	}
	return [...counting.values()].filter(({ arn }) => IDENTITY.test(arn));
}

/** What the authenticator may look for: a role's ARN with a path is none that a session has. */
const IDENTITY = /^arn:[^:]+:(?:iam::\d{12}:(?:root$|role\/[^/]+$|user\/.)|sts::\d{12}:federated-user\/.)/i;

function linesOf(awsAuth: LiveConfigMap | undefined, key: MapKey, notes: string[]): LiveEntry[] {
	try {
		return readEntries(awsAuth?.data?.[key], key);
	} catch (error) {
		if (!(error instanceof AwsAuthTextError)) {
			throw error;
		}
		notes.push(`nobody comes in by ${key}: ${error.problem}`);
		return [];
	}
}
