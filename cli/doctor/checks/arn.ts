import type { MapKey } from "../../../core/aws-auth/map";
import { type ArnReason, explainArn } from "../../../core/errors/reasons";
import { arnProblem, canonicalRoleArn, parseArn } from "../../../core/iam/arn";
import type { Code } from "../finding";

interface ArnObservation {
	code: Code;
	what: string;
	fix: string;
}

/** What each reason means for an entry. */
export const CODES: { [Is in ArnReason["is"]]: Code } = {
	"not-an-arn": "EKS201",
	"assumed-role": "EKS203",
	root: "EKS204",
	group: "EKS205",
	"wrong-type": "EKS207",
};

/** Why an entry with this ARN lets nobody in, or not whom it seems to. */
export function arnObservation(arn: string, key: MapKey): ArnObservation | undefined {
	const shown = JSON.stringify(arn);
	if (isPlaceholder(arn)) {
		return {
			code: "EKS209",
			what: `${shown} holds a placeholder that was not replaced; the entry never matches`,
			fix: "Write the ARN itself, without brackets",
		};
	}
	if (/[*?]/.test(arn)) {
		return {
			code: "EKS206",
			what: `${shown} holds a wildcard; the authenticator knows none, so the entry never matches`,
			fix: "List the roles or users one by one",
		};
	}
	if (/^arn:[^:]+:sts::\d{12}:federated-user\/./i.test(arn)) {
		return undefined;
	}
	const plain = withPlainPrefix(arn);
	const reason = arnProblem(plain);
	if (reason) {
		const [found, fix] = explainArn(reason);
		const effect = reason.is === "root" ? "its entry lets in the account's root user only" : "the entry never matches";
		const blank = arn.trim() === arn ? "" : " (there are blanks around it)";
		return { code: CODES[reason.is], what: `${found}${blank}; ${effect}`, fix };
	}
	const { type, path } = parseArn(plain);
	if (type === "role" && path !== "/") {
		return {
			code: "EKS202",
			what: `${shown} has a path; the session's ARN has none, so the entry never matches`,
			fix: `Write ${canonicalRoleArn(plain)}`,
		};
	}
	const wanted = key === "mapRoles" ? "role" : "user";
	return type === wanted
		? undefined
		: {
				code: CODES["wrong-type"],
				what: `${shown} is a ${type} in ${key}; the authenticator finds it, other tools do not`,
				fix: `Move the entry to ${key === "mapRoles" ? "mapUsers, with userarn" : "mapRoles, with rolearn"}`,
			};
}

/** As documentation has them: `<my-role>`, also in the brackets of a word processor. */
export function isPlaceholder(text: string): boolean {
	return /<[^<>]*>|[‹«⟨〈][^‹«⟨〈›»⟩〉]*[›»⟩〉]/.test(text);
}

/** The authenticator ignores case, also where ARNs have none. */
export function withPlainPrefix(arn: string): string {
	return arn.replace(/^arn:[^:]*:iam::\d*:(?:role|user)\//i, (prefix) => prefix.toLowerCase());
}

export function partitionOf(arn: string): string | undefined {
	return /^arn:([^:]+):/i.exec(arn)?.[1]?.toLowerCase();
}
