import { visible } from "../output/escape";
import { tableOf } from "../output/table";
import type { Paint } from "../output/terminal";
import type { Verification } from ".";
import type { Finding } from "./finding";
import type { Target } from "./target";

const STYLES: Record<Finding["kind"], Parameters<Paint>[0]> = {
	missing: "yellow",
	extra: "red",
	drifted: "cyan",
	foreign: "red",
};

export function reportText(
	{ config, cluster }: Target,
	{ findings, checked, notes }: Verification,
	paint: Paint,
	width?: number,
): string {
	const rows = findings.map(({ kind, layer, subject, message }) => [kind, layer, subject, message]);
	const table = tableOf(["KIND", "LAYER", "WHO OR WHAT", "WHAT IS WRONG"], rows, width).replace(
		/^(missing|extra|drifted|foreign)(?= )/gm,
		(kind) => paint(STYLES[kind as Finding["kind"]], kind),
	);
	const counts = countsOf(findings);
	const result =
		findings.length === 0
			? paint("green", "access is as the config says")
			: Object.entries(counts)
					.filter(([, number]) => number > 0)
					.map(([kind, number]) => `${number} ${kind}`)
					.join(", ");
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
	const fixes = [...new Set(findings.flatMap(({ fix }) => fix ?? []))];
	return [
		...(findings.length > 0 ? [table, ""] : []),
		...(fixes.length > 0 ? ["To mend it:", ...fixes.map((fix) => `  ${visible(fix)}`), ""] : []),
		`${config.cluster} at ${visible(cluster.server)}: ${result}.`,
		`Checked: ${count(checked.cells, "cell")} of the matrix, with ${asked} to the API server; ${objects.join(", ")}.`,
		...notes.map((note) => `Note: ${visible(note)}.`),
	].join("\n");
}

/** Version 1: fields may be added, none is renamed or removed. */
export function reportJson({ stack, config, cluster }: Target, { findings, checked, notes }: Verification): object {
	return {
		version: 1,
		stack: stack.split("/").at(-1),
		cluster: config.cluster,
		server: cluster.server,
		asIntended: findings.length === 0,
		summary: countsOf(findings),
		checked,
		findings,
		notes,
	};
}

function countsOf(findings: Finding[]): Record<Finding["kind"], number> {
	const of = (kind: Finding["kind"]) => findings.filter((finding) => finding.kind === kind).length;
	return { missing: of("missing"), extra: of("extra"), drifted: of("drifted"), foreign: of("foreign") };
}

function count(number: number, one: string, several = `${one}s`): string {
	return `${number} ${number === 1 ? one : several}`;
}
