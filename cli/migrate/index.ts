import { awsReader } from "../../core/aws/sdk-reader";
import type { LiveConfigMap } from "../../core/aws-auth/ownership-record";
import { ApiServer } from "../../core/kubernetes/api-server";
import { AWS_AUTH } from "../../core/kubernetes/connection";
import type { ClusterOptions } from "../clients/cluster";
import { connect, describeCluster } from "../import/read-cluster";
import type { Report } from "../output/report";
import { holdersIn } from "../verify/questions/assumers";
import { commandsOf } from "./commands";
import { type Move, planOf } from "./plan";

export interface MigrateRequest extends ClusterOptions {
	cluster: string;
	region?: string;
}

export interface Plan {
	moves: Move[];
	/** What makes the access entries; lines that begin with # are notes. */
	commands: string[];
}

/** What would become of each entry of a cluster's aws-auth. Changes nothing. */
export async function planFor({ cluster, region, ...options }: MigrateRequest): Promise<Plan> {
	const aws = awsReader({ region });
	const eks = await describeCluster(aws, cluster);
	const { mode = "CONFIG_MAP" } = eks;
	const [details, entries, configMap] = await Promise.all([
		aws.accountDetails(),
		mode === "CONFIG_MAP" ? [] : aws.accessEntries(cluster),
		new ApiServer(connect(cluster, eks, options)).get<LiveConfigMap>(
			"the ConfigMap kube-system/aws-auth",
			`/api/v1/namespaces/${AWS_AUTH.namespace}/configmaps/${AWS_AUTH.name}`,
		),
	]);
	const { accountId } = eks.account;
	const roles = holdersIn(details).filter(({ name }) => name.startsWith("role/"));
	const moves = planOf(configMap?.data, {
		mode,
		accountId,
		roles: new Map(roles.map(({ name, arn }) => [name.slice("role/".length).toLowerCase(), arn])),
		entries: entries.map(({ principalArn }) => principalArn),
	});
	return { moves, commands: commandsOf(moves, { mode, region: eks.region, cluster }) };
}

export function reportOf({ moves }: Plan, cluster: string): Report {
	const rows = moves.map((move) => {
		const where = move.line === undefined ? move.key : `${move.key} line ${move.line}`;
		if (!("entry" in move)) {
			const [what, why] = "stays" in move ? ["stays", move.stays] : ["no need", move.unneeded];
			return [what, where, move.arn, why];
		}
		const { principalArn, type, username, groups, policies } = move.entry;
		const gives = [...(username ? [`as ${username}`] : []), ...groups.map((group) => `group ${group}`), ...policies];
		const as = type === "STANDARD" ? gives.join(", ") : `type ${type}`;
		return ["moves", where, principalArn, [as, move.note].filter(Boolean).join("; ")];
	});
	const count = (wanted: string) => rows.filter(([what]) => what === wanted).length;
	const text = `Entries of aws-auth: ${moves.length}. ${count("moves")} can become access entries, ${count("stays")} cannot, ${count("no need")} need none.`;
	const table = { head: ["WHAT", "ENTRY", "WHO", "AS, OR WHY NOT"], rows, styles: { stays: "yellow" } as const };
	return {
		title: `From aws-auth to access entries: cluster ${cluster}`,
		sections: [[{ text }], rows.length > 0 ? [table] : []],
	};
}

/** Version 1: fields may be added, none is renamed or removed. */
export function reportJson({ moves, commands }: Plan, cluster: string): object {
	return { version: 1, cluster, moves, commands };
}
