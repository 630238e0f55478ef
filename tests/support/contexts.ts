interface Kubeconfig {
	clusters: { name: string; cluster: { server: string } }[];
	users: { name: string; user: { exec: { args: string[]; env?: { value: string }[] } } }[];
	contexts: { name: string; context: { cluster: string; user: string } }[];
}

/** Of each context of a kubeconfig, where it leads and how it gets its tokens. */
export function contextsIn(text: string): Record<string, { server?: string; args?: string; profile?: string }> {
	const { clusters, users, contexts } = JSON.parse(text) as Kubeconfig;
	return Object.fromEntries(
		contexts.map(({ name, context }) => {
			const exec = users.find((each) => each.name === context.user)?.user.exec;
			const server = clusters.find((each) => each.name === context.cluster)?.cluster.server;
			return [name, { server, args: exec?.args.join(" "), profile: exec?.env?.[0]?.value }];
		}),
	);
}
