import type { CodedError } from "../../core/errors/access-error";
import type { Block, Report } from "../output/report";
import type { Style } from "../output/terminal";
import { SOURCES } from "../project/access-config";
import type { FailedStack } from "../project/each-stack";
import type { Verification } from ".";
import type { Finding } from "./finding";
import type { Target } from "./target";

/** What `verify` says of one stack; an error where it could not look. */
export type Verified = { stack: string; target: Target; verification: Verification } | FailedStack;

const STYLES: Record<Finding["kind"], Style> = {
	missing: "yellow",
	extra: "red",
	drifted: "cyan",
	foreign: "red",
};

export function reportOf(stacks: readonly Verified[]): Report {
	const sections = stacks.flatMap((each) => {
		const heading = stacks.length > 1 ? [[{ heading: `stack ${each.stack}` }]] : [];
		return [...heading, ...("error" in each ? [notChecked(each.error)] : sectionsOf(each))];
	});
	return { title: "Access compared with the config", sections };
}

export function notChecked({ message, code }: CodedError<string>): Block[] {
	return [{ verdict: ["red", "Not checked:"], text: `error ${code}` }, { items: message.split("\n") }];
}

function sectionsOf({ target, verification }: Extract<Verified, { target: Target }>): Block[][] {
	const { config, cluster, source } = target;
	const { findings, checked, notes } = verification;
	const counts = countsOf(findings);
	const found = Object.entries(counts).filter(([, number]) => number > 0);
	const verdict: [Style, string] =
		findings.length === 0
			? ["green", "Access is as the config says:"]
			: ["yellow", `${found.map(([kind, number]) => `${number} ${kind}`).join(", ")}:`];
	const { reviews, reviewsPossible } = checked;
	const asked = reviews === reviewsPossible ? `${reviews} questions` : `${reviews} of ${reviewsPossible} questions`;
	const objects = [
		count(checked.iamRoles, "IAM role"),
		count(checked.iamGroups, "IAM group"),
		count(checked.iamMembers, "member"),
		count(checked.awsAuthEntries, "entry of aws-auth", "entries of aws-auth"),
		count(checked.accessEntries, "access entry", "access entries"),
		count(checked.namespaces, "namespace"),
		count(checked.bindings, "binding"),
		count(checked.clusterRoles, "ClusterRole"),
	];
	return [
		...findingBlocks(findings),
		[
			{ verdict, text: `${config.cluster} at ${cluster.server}, compared with ${SOURCES[source]}.` },
			{
				text: `Checked: ${count(checked.cells, "cell")} of the matrix, with ${asked} to the API server; ${objects.join(", ")}.`,
			},
			...notes.map((note) => ({ text: `Note: ${note}.` })),
		],
	];
}

/** What was found, and the commands that mend it. */
export function findingBlocks(findings: readonly Finding[]): Block[][] {
	const rows = findings.map(({ kind, layer, subject, message }) => [kind, layer, subject, message]);
	const fixes = [...new Set(findings.flatMap(({ fix }) => fix ?? []))];
	return [
		findings.length > 0 ? [{ head: ["KIND", "LAYER", "WHO OR WHAT", "WHAT IS WRONG"], rows, styles: STYLES }] : [],
		fixes.length > 0 ? [{ text: "To mend it:" }, { commands: fixes }] : [],
	];
}

/** Version 1: fields may be added, none is renamed or removed. @param isOne A stack by itself, which is no list. */
export function reportJson(stacks: readonly Verified[], isOne: boolean): object {
	const all = stacks.map(stackJson);
	return isOne
		? { version: 1, ...all[0] }
		: { version: 1, asIntended: all.every(({ asIntended }) => asIntended), stacks: all };
}

function stackJson(verified: Verified): { asIntended: boolean } {
	const { stack } = verified;
	if ("error" in verified) {
		const { code, message } = verified.error;
		return { stack, asIntended: false, error: { code, message } } as { asIntended: boolean };
	}
	const { config, cluster, source } = verified.target;
	const { findings, checked, notes } = verified.verification;
	const asIntended = findings.length === 0;
	const summary = countsOf(findings);
	const where = { stack, cluster: config.cluster, server: cluster.server, source };
	return { ...where, ...{ asIntended, summary, checked, findings, notes } };
}

function countsOf(findings: Finding[]): Record<Finding["kind"], number> {
	const of = (kind: Finding["kind"]) => findings.filter((finding) => finding.kind === kind).length;
	return { missing: of("missing"), extra: of("extra"), drifted: of("drifted"), foreign: of("foreign") };
}

function count(number: number, one: string, several = `${one}s`): string {
	return `${number} ${number === 1 ? one : several}`;
}
