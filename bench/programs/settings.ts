/** What both programs make. */
export interface BenchSettings {
	cluster: string;
	account: string;
	region: string;
	/** Path. */
	kubeconfig: string;
	/** The mapRoles of the nodes, which have to stay. */
	nodes: string;
	teams: { name: string; namespaces: string[]; users: string[] }[];
}

/** Handed over as text, so that reading it costs both programs the same. */
export function readSettings(): BenchSettings {
	return JSON.parse(process.env.BENCH_SETTINGS as string);
}
