import http from "node:http";
import type { AddressInfo } from "node:net";
import { type ExistingEntry, existingEntries } from "../../components/preflight/existing/entries";
import { existingIdentities } from "../../components/preflight/existing/iam";
import { checkPrincipals } from "../../components/preflight/existing/principals";
import { prepare } from "../../components/preflight/preflight";
import { readTeams } from "../../core/config/config";
import type { TeamArgs } from "../../core/config/team-args";
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

export function identities(answers: Answers, adoptExisting = false) {
	return async () => {
		await MockEngine.start({ answers });
		return existingIdentities(teams(), adoptExisting, {});
	};
}

/** What looking up a team's principals says of an account that has jane and no one else. */
export function principals(team: Partial<TeamArgs>) {
	return async () => {
		await MockEngine.start({
			answers: {
				"aws:iam/getUser:getUser": ({ userName }) =>
					userName === "jane" ? { arn: "arn:aws:iam::123456789012:user/jane" } : fails("couldn't find resource")(),
				"aws:iam/getPolicy:getPolicy": fails("couldn't find resource"),
			},
		});
		const account = Promise.resolve({ partition: "aws", accountId: "123456789012" });
		const context = { account, sets: Promise.resolve({ arns: [] }), accessEntries: false, aws: {} };
		return checkPrincipals(teams(team), "EksAccess access", context);
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

/** With a cluster whose namespace `shop` is being deleted. */
export function inTerminating(use: (kubeconfig: string) => Promise<unknown>) {
	const items = [{ metadata: { name: "shop" }, status: { phase: "Terminating" } }];
	return inServer(
		(method) => (method === "GET" ? [200, { items }] : [404, {}]),
		async (kubeconfig) => {
			await MockEngine.start();
			return use(kubeconfig);
		},
	);
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

export function withServer(url: string, server = SERVER): (error: Error) => never {
	return (error) => {
		error.message = error.message.replaceAll(url, server);
		throw error;
	};
}

/** Everything that a preparation asks AWS for; the cluster's mode is API_AND_CONFIG_MAP. */
export async function preparing(
	args: object,
	last: LastState,
	answers: Answers = {},
	given: TeamArgs[] = [TEAM],
): Promise<void> {
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
	const prepared = await prepare(
		"access",
		"access-aws-auth",
		readTeams(given, "EksAccess access"),
		{ ...CLUSTER, teams: [], ...args },
		{},
	);
	await prepared.check();
}
