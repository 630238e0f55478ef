import assert from "node:assert/strict";
import { connect } from "../../../core/kubernetes/api-client";
import { ApiServer } from "../../../core/kubernetes/api-server";
import { type Apply, refusalOf } from "../../../core/kubernetes/dry-run";
import { inServer } from "../../support/error-worlds";

const POLICY = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "n", namespace: "dev" } };
const APPLY: Apply = { fieldManager: "us", force: false };

describe("a dry run of a write", () => {
	/** What is made of the API server's answer. */
	const refusal = (code: number, message: string, apply?: Apply) =>
		inServer(
			() => [code, { message }],
			(kubeconfig) => refusalOf(new ApiServer(connect(kubeconfig)), POLICY, apply),
		)();

	const ANSWERS: [code: number, message: string, reason: string | undefined][] = [
		[201, "", undefined],
		[404, 'namespaces "dev" not found', undefined],
		[404, 'clusterroles.rbac.authorization.k8s.io "shop" not found', undefined],
		[400, 'admission webhook "w.test" does not support dry run', undefined],
		[403, 'networkpolicies is forbidden: User "jane" cannot create resource "networkpolicies"', "forbidden"],
		[403, 'rolebindings "x" is forbidden: user "jane" is attempting to grant RBAC permissions not held', "forbidden"],
		[
			403,
			"networkpolicies \"n\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
			"admission",
		],
		[403, 'networkpolicies "n" is forbidden: exceeded quota: q', "admission"],
		[400, 'admission webhook "w.test" denied the request: no', "admission"],
		[403, "unable to create new content in namespace dev because it is being terminated", "terminating"],
		[409, 'networkpolicies.networking.k8s.io "n" already exists', "exists"],
		[409, 'Apply failed with 1 conflict: conflict with "kubectl-label": .metadata.labels.team', "conflict"],
		[422, 'ConfigMap "aws-auth" is invalid: data: Forbidden: field is immutable when `immutable` is set', "immutable"],
		[422, 'Namespace "X" is invalid: metadata.name: Invalid value', "other"],
		[500, 'failed calling webhook "w.test"', "other"],
	];
	for (const [code, message, reason] of ANSWERS) {
		it(`that is answered ${code} ${message} is ${reason ?? "not refused"}`, async () => {
			assert.deepEqual(await refusal(code, message), reason && { reason, message });
			assert.deepEqual(await refusal(code, message, APPLY), reason && { reason, message });
		});
	}

	it("asks for the object as it will be written, and that nothing is stored", async () => {
		const requests: string[] = [];
		const server = {
			post: async (path: string) => requests.push(`POST ${path}`),
			apply: async (path: string) => requests.push(`PATCH ${path}`),
		} as unknown as ApiServer;
		await refusalOf(server, POLICY);
		await refusalOf(server, POLICY, APPLY);
		await refusalOf(server, { apiVersion: "v1", kind: "Namespace", metadata: { name: "dev" } });
		const policies = "/apis/networking.k8s.io/v1/namespaces/dev/networkpolicies";
		assert.deepEqual(requests, [
			`POST ${policies}?dryRun=All`,
			`PATCH ${policies}/n?dryRun=All&fieldManager=us&force=false`,
			"POST /api/v1/namespaces?dryRun=All",
		]);
	});
});
