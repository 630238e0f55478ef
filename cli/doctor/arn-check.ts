import type { AccessError } from "../../components/access-error";
import { canonicalRoleArn, parseArn } from "../../components/arn";
import type { MapKey } from "../../components/aws-auth-map";
import type { Code } from "./finding";

interface ArnProblem {
	code: Code;
	what: string;
	fix: string;
}

/** Why an entry with this ARN lets nobody in, or not whom it seems to. */
export function arnProblem(arn: string, key: MapKey): ArnProblem | undefined {
	const shown = JSON.stringify(arn);
	if (/[*?]/.test(arn)) {
		return {
			code: "EKS206",
			what: `${shown} holds a wildcard; the authenticator knows none, so the entry never matches`,
			fix: "List the roles or users one by one",
		};
	}
	const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)(?:\/|$)/i.exec(arn);
	if (session) {
		const [, partition, account, name] = session;
		return {
			code: "EKS203",
			what: `${shown} is a session of a role; the authenticator looks for the role itself, so the entry never matches`,
			fix: `Write arn:${partition}:iam::${account}:role/${name}`,
		};
	}
	if (/^arn:[^:]+:iam::\d{12}:root$/i.test(arn)) {
		return {
			code: "EKS204",
			what: `${shown} lets in the account's root user only, not the people of the account`,
			fix: "List roles or users of the account; nobody should work as root",
		};
	}
	if (/^arn:[^:]+:iam::\d{12}:group\//i.test(arn)) {
		return {
			code: "EKS205",
			what: `${shown} is an IAM group; the authenticator knows none, so the entry never matches`,
			fix: "Give a role that the group's members may assume, or list its users",
		};
	}
	if (/^arn:[^:]+:sts::\d{12}:federated-user\/./i.test(arn)) {
		return undefined;
	}
	return roleOrUserProblem(arn, key);
}

function roleOrUserProblem(arn: string, key: MapKey): ArnProblem | undefined {
	let parsed: ReturnType<typeof parseArn>;
	try {
		parsed = parseArn(withPlainPrefix(arn));
	} catch (error) {
		// "<found>. Allowed: … <remedy>"
		const [found, ...rest] = (error as AccessError).explanation.split(". ");
		const blank = arn.trim() === arn ? "" : " (there are blanks around it)";
		return {
			code: "EKS201",
			what: `${found}${blank}; the entry never matches`,
			fix: rest.join(". ").replace(/\.$/, ""),
		};
	}
	if (parsed.type === "role" && parsed.path !== "/") {
		return {
			code: "EKS202",
			what: `${JSON.stringify(arn)} has a path; the session's ARN has none, so the entry never matches`,
			fix: `Write ${canonicalRoleArn(withPlainPrefix(arn))}`,
		};
	}
	if ((parsed.type === "role") !== (key === "mapRoles")) {
		return {
			code: "EKS207",
			what: `${JSON.stringify(arn)} is a ${parsed.type} in ${key}; the authenticator finds it, other tools do not`,
			fix: `Move the entry to ${key === "mapRoles" ? "mapUsers, with userarn" : "mapRoles, with rolearn"}`,
		};
	}
	return undefined;
}

/** The authenticator ignores case, also where ARNs have none. */
function withPlainPrefix(arn: string): string {
	return arn.replace(/^arn:[^:]*:iam::\d*:(?:role|user)\//i, (prefix) => prefix.toLowerCase());
}

export function partitionOf(arn: string): string | undefined {
	return /^arn:([^:]+):/i.exec(arn)?.[1]?.toLowerCase();
}
