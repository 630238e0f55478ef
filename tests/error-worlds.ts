import http from "node:http";
import type { AddressInfo } from "node:net";
import { type ExistingEntry, existingEntries } from "../components/access-entry-check";
import { readTeams } from "../components/config";
import { existingIdentities } from "../components/identity-check";
import { prepare } from "../components/preparation";
import type { TeamArgs } from "../components/team-args";
import { MockCluster } from "./mock-cluster";
import { ACCOUNT, type Answers, type LastState, MockEngine } from "./mock-engine";

export const ROLE = "arn:aws:iam::123456789012:role/shop-role";
export const TEAM: TeamArgs = { name: "shop", namespaces: ["shop"], users: ["jane"] };
const CLUSTER = { cluster: "prod", region: "eu-west-1", account: ACCOUNT };
/** Where examples say that the API server is. */
export const SERVER = "https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com";

export const teams = (team: Partial<TeamArgs> = {}) => readTeams([{ ...TEAM, ...team }], "EksAccess access");

export const fails = (message: string) => () => {
	throw new Error(message);
};

export function entries(
	last: LastState,
	answer: Answers[string],
	{ adoptExisting, ownRoleArns = [] }: { adoptExisting?: boolean; ownRoleArns?: string[] } = {},
): () => Promise<Map<string, ExistingEntry>> {
	return async () => {
		await MockEngine.start({ last, answers: { "aws:eks/getAccessEntry:getAccessEntry": answer } });
		return existingEntries(
			{ cluster: "prod", region: "eu-west-1", principalArns: [ROLE], ownRoleArns, adoptExisting },
			{},
		);
	};
}

export const entry =
	(type = "STANDARD") =>
	() => ({
		...{ clusterName: "prod", principalArn: ROLE, type, kubernetesGroups: [], userName: "shop", tags: {} },
	});

export function identities(answers: Answers, team: Partial<TeamArgs> = {}) {
	return async () => {
		await MockEngine.start({ answers });
		return existingIdentities(teams(team), false, {});
	};
}

export const role = (path: string) => () => ({
	...{ name: "shop-role", path, arn: `arn:aws:iam::123456789012:role${path}shop-role`, maxSessionDuration: 3600 },
});

/** With a cluster that holds this; where it listens is no part of the message. */
export function inCluster(
	contents: Parameters<typeof MockCluster.start>[0],
	use: (kubeconfig: string) => Promise<unknown>,
) {
	return async () => {
		const cluster = await MockCluster.start(contents);
		return use(cluster.kubeconfig)
			.catch(withServer(cluster.url))
			.finally(() => cluster.stop());
	};
}

/** With an API server that answers by method. */
export function inServer(
	answer: (method: string | undefined) => [status: number, body: object],
	use: (kubeconfig: string) => Promise<unknown>,
) {
	return async () => {
		const server = http.createServer((request, response) => {
			const [status, body] = answer(request.method);
			request.resume().on("end", () => response.writeHead(status, JSON_TYPE).end(JSON.stringify(body)));
		});
		await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		return use(kubeconfigOf(url))
			.catch(withServer(url))
			.finally(() => server.close().closeAllConnections());
	};
}

const JSON_TYPE = { "content-type": "application/json" };

export function kubeconfigOf(server: string): string {
	return JSON.stringify({
		clusters: [{ name: "c", cluster: { server } }],
		contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
		users: [{ name: "u", user: {} }],
		"current-context": "c",
	});
}

export function withServer(url: string): (error: Error) => never {
	return (error) => {
		error.message = error.message.replaceAll(url, SERVER);
		throw error;
	};
}

/** Everything that a preparation asks AWS for; the cluster's mode is API_AND_CONFIG_MAP. */
export async function preparing(args: object, last: LastState, answers: Answers = {}): Promise<void> {
	const absent = fails("couldn't find resource");
	await MockEngine.start({
		last,
		answers: {
			"aws:eks/getCluster:getCluster": () => ({
				certificateAuthorities: [],
				accessConfigs: [{ authenticationMode: "API_AND_CONFIG_MAP" }],
			}),
			"aws:eks/getAccessEntry:getAccessEntry": absent,
			...answers,
		},
	});
	const prepared = await prepare("access", "access-aws-auth", teams(), { ...CLUSTER, teams: [], ...args }, {});
	await prepared.check();
}
