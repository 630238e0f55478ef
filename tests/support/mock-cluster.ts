import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "../../core/kubernetes/api-client";
import { type ApiServer, ApiServerAskedOnce } from "../../core/kubernetes/api-server";

const AWS_AUTH = "/api/v1/namespaces/kube-system/configmaps/aws-auth";
const NODES =
	"- groups:\n  - system:nodes\n  rolearn: arn:aws:iam::293759796572:role/nodes\n  username: system:node:{{EC2PrivateDNSName}}\n";

/** What identifies the cluster. */
export const CLUSTER_UID = "11111111-2222-4333-8444-555555555555";

/** As the preflight asks it. */
export function apiServer(kubeconfig: string): ApiServer {
	return new ApiServerAskedOnce(connect(kubeconfig));
}

interface Contents {
	/** Annotations of aws-auth; null stands for no ConfigMap. */
	awsAuth?: Record<string, string> | null;
	/** What is in aws-auth behind the nodes' entry. */
	mapRoles?: string;
	mapUsers?: string;
	/** Namespace -> labels. */
	namespaces?: Record<string, Record<string, string>>;
	/** ClusterRole -> rules. */
	clusterRoles?: Record<string, object[]>;
	/** ClusterRole -> what it has besides rules. */
	further?: Record<string, object>;
	/** `<namespace>/<Role>` -> rules. */
	roles?: Record<string, object[]>;
	/** RoleBindings, and ClusterRoleBindings without a namespace. */
	bindings?: object[];
	/** NetworkPolicies of the name that bounds have. */
	networkPolicies?: object[];
	/** Whether the operator may patch aws-auth. */
	mayPatch?: boolean;
	/** Who the API server takes the operator for; an arn comes by the authenticator. */
	user?: { username: string; groups: string[]; arn?: string };
	/** Of the namespace kube-system; null stands for none. */
	uid?: string | null;
}

interface Bound {
	metadata: { namespace?: string };
}

/** What the components read of a cluster, on 127.0.0.1. */
export class MockCluster {
	/** `GET /api/v1/namespaces` */
	readonly requests: string[] = [];

	private constructor(
		private readonly server: Server,
		private readonly contents: Contents,
	) {}

	static async start(contents: Contents = {}): Promise<MockCluster> {
		const server = createServer((request, response) => cluster.answer(request, response));
		const cluster = new MockCluster(server, contents);
		await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
		return cluster;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	get kubeconfig(): string {
		return JSON.stringify({
			apiVersion: "v1",
			kind: "Config",
			clusters: [{ name: "c", cluster: { server: this.url } }],
			users: [{ name: "u", user: {} }],
			contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
			"current-context": "c",
		});
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((closed) => this.server.close(closed));
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		this.requests.push(`${request.method} ${request.url}`);
		const chunks: Buffer[] = [];
		for await (const chunk of request) {
			chunks.push(chunk);
		}
		const found =
			request.method === "PUT" ? JSON.parse(Buffer.concat(chunks).toString()) : this.find(request.url ?? "");
		response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
		response.end(JSON.stringify(found ?? { kind: "Status", code: 404, message: "not found" }));
	}

	private list(
		path: string,
		{ roles, clusterRoles, bindings }: Required<Pick<Contents, "roles" | "clusterRoles" | "bindings">>,
	): object[] | undefined {
		const kind = /\/v1\/(cluster)?(role|rolebinding)s$/.exec(path);
		if (kind?.[2] === "rolebinding") {
			return bindings.filter((each) => !(each as Bound).metadata.namespace === Boolean(kind[1]));
		}
		return (
			(kind &&
				Object.entries(kind[1] ? clusterRoles : roles).map(([place, rules]) => {
					const [name, namespace] = place.split("/").reverse();
					return { metadata: { name, namespace }, rules };
				})) ??
			undefined
		);
	}

	private find(url: string): object | undefined {
		const [path, query = ""] = url.split("?") as [string, string?];
		const {
			awsAuth = {},
			mapRoles = "",
			mapUsers,
			namespaces = {},
			clusterRoles = {},
			further = {},
			roles = {},
			bindings = [],
			networkPolicies = [],
			mayPatch = true,
			uid = CLUSTER_UID,
			user: { arn, ...user } = { username: "admin", groups: ["system:masters"] },
		} = this.contents;
		if (path === AWS_AUTH && awsAuth) {
			const metadata = { name: "aws-auth", namespace: "kube-system", resourceVersion: "7", annotations: awsAuth };
			return { kind: "ConfigMap", metadata, data: { mapRoles: NODES + mapRoles, mapUsers } };
		}
		if (path === "/api/v1/namespaces") {
			return { items: Object.entries(namespaces).map(([name, labels]) => ({ metadata: { name, labels } })) };
		}
		if (path === "/api/v1/namespaces/kube-system") {
			return { metadata: { name: "kube-system", uid } };
		}
		if (path.endsWith("/selfsubjectreviews")) {
			return { status: { userInfo: { ...user, extra: arn ? { canonicalArn: [arn] } : undefined } } };
		}
		if (path.endsWith("/selfsubjectaccessreviews")) {
			return { status: { allowed: mayPatch } };
		}
		if (path.endsWith("/v1/networkpolicies")) {
			return { items: networkPolicies };
		}
		const listed = this.list(path, { roles, clusterRoles, bindings });
		if (listed) {
			return pageOf(listed, query);
		}
		const [, namespace, role] = /\/namespaces\/([^/]+)\/roles\/([^/]+)$/.exec(path) ?? [];
		const clusterRole = decodeURIComponent(/\/clusterroles\/([^/]+)$/.exec(path)?.[1] ?? "");
		const rules = role ? roles[`${namespace}/${role}`] : clusterRoles[clusterRole];
		return rules && { metadata: { name: role ?? clusterRole, namespace }, rules, ...further[clusterRole] };
	}
}

function pageOf(items: object[], query: string): object {
	const parameters = new URLSearchParams(query);
	const from = Number(parameters.get("continue") ?? 0);
	const to = from + Number(parameters.get("limit") ?? items.length);
	return { items: items.slice(from, to), metadata: { continue: to < items.length ? String(to) : undefined } };
}
