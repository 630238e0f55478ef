import type { Agent, RequestOptions } from "node:https";
import type { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { Credentials } from "./credentials";
import { byName, type CurrentContext, currentContextOf, parseKubeconfig } from "./kubeconfig-text";
import { proxyOf } from "./proxy";

/** The ConfigMap that aws-iam-authenticator reads. */
export const AWS_AUTH = { namespace: "kube-system", name: "aws-auth" };

/** The way to an API server. */
export interface Connection {
	config: KubeConfig;
	core: CoreV1Api;
	/** Ends requests that have no answer yet; without it they would keep the process alive. */
	end(): void;
}

/** Names our {@link Credentials} to the client. */
const AUTHENTICATOR = "eks-access";

/**
 * The cluster of a kubeconfig's current context, with kubectl's meaning of it: the client has another of files, proxies and commands. Also
 * part of the clean destroy's bundle. Libraries are loaded where they are used: the client takes a third of a second.
 *
 * @throws {AccessError} where kubectl would refuse it.
 */
export function connectionOf(kubeconfig: string): Connection {
	const client = require("@kubernetes/client-node");
	const parsed = parseKubeconfig(kubeconfig);
	const current = currentContextOf(parsed);
	const config: KubeConfig = new client.KubeConfig();
	const name = parsed["current-context"] as string;
	const context = byName(parsed.contexts, name)?.context;
	config.loadFromOptions({
		clusters: [clusterOptions(context?.cluster ?? "", current)],
		users: [userOptions(context?.user ?? "", current)],
		contexts: [{ name, cluster: context?.cluster, user: context?.user ?? "" }],
		currentContext: name,
	});
	const credentials = new Credentials(current);
	config.addAuthenticator({
		isAuthProvider: (user) => user.authProvider?.name === AUTHENTICATOR,
		applyAuthentication: (_user, options) => credentials.applyTo(options as RequestOptions),
	});
	const agents: Agent[] = [];
	const agentMaker = config as unknown as { createAgent(...args: unknown[]): Agent };
	const createAgent = agentMaker.createAgent.bind(config);
	agentMaker.createAgent = (...args) => {
		const agent = createAgent(...args);
		agents.push(agent);
		return agent;
	};
	return {
		config,
		core: config.makeApiClient(client.CoreV1Api),
		end() {
			for (const agent of agents) {
				agent.destroy();
			}
		},
	};
}

function clusterOptions(name: string, { cluster, user }: CurrentContext) {
	return {
		name,
		server: cluster.server.replace(/\/$/, ""),
		// A plain http:// server needs no TLS setting.
		skipTLSVerify: cluster["insecure-skip-tls-verify"] === true || cluster.server.startsWith("http:"),
		tlsServerName: cluster["tls-server-name"],
		proxyUrl: cluster["proxy-url"] ?? proxyOf(cluster.server),
		...(user["auth-provider"]
			? { caData: cluster["certificate-authority-data"], caFile: cluster["certificate-authority"] }
			: {}),
	};
}

/** Only the client knows the old auth providers, such as oidc. */
function userOptions(name: string, { user }: CurrentContext) {
	const { username, password, as: impersonateUser } = user;
	return { name, username, password, impersonateUser, authProvider: user["auth-provider"] ?? { name: AUTHENTICATOR } };
}
