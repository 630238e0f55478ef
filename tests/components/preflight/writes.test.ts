import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { checkWrites } from "../../../components/preflight/writes";
import { readTeams } from "../../../core/config/config";
import type { TeamArgs } from "../../../core/config/team-args";
import { kubeconfigOf } from "../../support/error-worlds";
import { apiServer } from "../../support/mock-cluster";
import { BINDING, type LastState, MockEngine, NAMESPACE } from "../../support/mock-engine";

const SHOP: TeamArgs = {
	name: "shop",
	users: ["jane"],
	access: "view",
	namespaces: [{ name: "dev", labels: { a: "1" } }],
};
const FORBIDDEN = 'namespaces "dev" is forbidden: User "reader" cannot patch resource "namespaces"';
const MANAGER = "pulumi-kubernetes-12345678";

describe("what is to be written to the cluster", () => {
	let engine: MockEngine;
	/** Dry runs, as the API server got them. */
	let tried: string[];

	async function check(
		given: {
			namespaces?: object[];
			last?: LastState;
			isPreview?: boolean;
			answer?: [status: number, message: string];
			adoptExisting?: boolean;
			isOthers?: boolean;
			/** Of what is there already. */
			metadata?: object;
		} = {},
	): Promise<string[]> {
		const { namespaces = [], answer = [201, ""], last, isPreview, metadata, ...context } = given;
		tried = [];
		const server = http.createServer((request, response) => {
			const isRead = request.method === "GET";
			const [status, message] = isRead ? [200, ""] : answer;
			if (!isRead) {
				tried.push(`${request.method} ${decodeURIComponent(request.url as string)}`);
			}
			request
				.resume()
				.on("end", () => response.writeHead(status).end(JSON.stringify({ items: namespaces, message, metadata })));
		});
		await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
		const kubeconfig = kubeconfigOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
		engine = await MockEngine.start({ last, isPreview });
		try {
			const unrecorded = await checkWrites(readTeams([SHOP], "test"), apiServer(kubeconfig), context);
			return unrecorded.map(({ what }) => what);
		} finally {
			server.close().closeAllConnections();
		}
	}

	const dev = (labels: object, phase = "Active") => ({ metadata: { name: "dev", labels }, status: { phase } });
	const APPLY = (manager: string, force = false) =>
		`PATCH /api/v1/namespaces/dev?dryRun=All&fieldManager=${manager}&force=${force}`;
	const BIND = "/apis/rbac.authorization.k8s.io/v1/namespaces/dev/rolebindings";

	it("is tried where it is new; what is in a namespace that does not exist yet cannot be", async () => {
		await check();
		assert.deepEqual(tried, [APPLY("pulumi-kubernetes-new")]);
		await check({ namespaces: [dev({})] });
		assert.deepEqual(tried.sort(), [APPLY("pulumi-kubernetes-new"), `POST ${BIND}?dryRun=All`]);
	});

	it("is tried as it will be written where it is to be adopted", async () => {
		await check({ namespaces: [dev({})], adoptExisting: true });
		assert.deepEqual(tried.sort(), [
			APPLY("pulumi-kubernetes-new", true),
			`PATCH ${BIND}/shop:view?dryRun=All&fieldManager=pulumi-kubernetes-new&force=true`,
		]);
	});

	it("is not tried where the stack has written it, nor where another provider writes it", async () => {
		const last: LastState = {
			namespace: { type: NAMESPACE, outputs: { metadata: { name: "dev" }, __fieldManager: MANAGER } },
			binding: { type: BINDING, outputs: { metadata: { name: "shop:view", namespace: "dev" } } },
		};
		await check({ namespaces: [dev({ a: "1" })], last });
		assert.deepEqual(tried, []);
		await check({ isOthers: true });
		assert.deepEqual(tried, []);
		await check({ namespaces: [dev({ a: "2" })], last });
		assert.deepEqual(tried, [APPLY(MANAGER)], "a change, by the manager that the state has");
	});

	it("by somebody who may not is a warning in a preview, and refused in an up", async () => {
		const answer: [number, string] = [403, FORBIDDEN];
		await check({ answer, isPreview: true });
		assert.match(engine.said.join(), /may not write Namespace dev, so this preview could not try/);
		await assert.rejects(check({ answer }), /Namespace dev: .*cannot patch.*adminRoleArn.*\[write-refused\]/s);
	});

	it("in a namespace that is being deleted is one refusal, whatever else is in there", async () => {
		const refused = /nothing was changed:\n {2}Namespace dev: it is being deleted\. Wait[^\n]*$/;
		await assert.rejects(check({ namespaces: [dev({ a: "1" }, "Terminating")], isPreview: true }), refused);
		assert.deepEqual(tried, []);
	});

	it("and is there already: refused, but where an interrupted update of this stack has made it", async () => {
		const exists: [number, string] = [409, 'rolebindings.rbac.authorization.k8s.io "shop:view" already exists'];
		const given = { namespaces: [dev({ a: "1" })], answer: exists };
		const of = (stack: string) => ({ annotations: { "pulumi-eks-access/stack": `acme/eks-access/${stack}` } });
		await assert.rejects(check({ ...given, metadata: {} }), /shop:view.*already exists.*\[write-refused\]/s);
		await assert.rejects(check({ ...given, metadata: of("prod") }), /\[write-refused\]/);
		assert.deepEqual(await check({ ...given, metadata: of("test") }), ["RoleBinding dev/shop:view"]);
	});
});
