import assert from "node:assert/strict";
import { decide, type Entry, type ReviewSpec } from "../../sandbox/access-policies/decision";

const ARN = "arn:aws:iam::293759796572:role/ci/deploy";

describe("the sandbox's EKS authorizer", () => {
	const entries = (policy: string, ...namespaces: string[]): Entry[] => [
		{
			principalArn: ARN,
			principalId: "AROA1",
			policies: [
				{
					policyArn: `arn:aws:eks::aws:cluster-access-policy/AmazonEKS${policy}Policy`,
					type: namespaces.length ? "namespace" : "cluster",
					namespaces,
				},
			],
		},
	];
	const caller = { user: "someone", extra: { principalId: ["AROA1"] } };
	/** `verb group/resource[/subresource] [namespace]`, core being the group of nothing. */
	const wants = (text: string): ReviewSpec => {
		const [verb, path = "", namespace = ""] = text.split(" ");
		const [group, resource, subresource] = path.split("/");
		return {
			...caller,
			resourceAttributes: { verb, group: group === "core" ? "" : group, resource, subresource, namespace },
		};
	};
	const allowed = (granted: Entry[], requests: string[]) =>
		requests.filter((request) => decide(wants(request), granted).allowed);

	const requests = [
		"list core/pods dev",
		"get core/pods/log dev",
		"get core/secrets dev",
		"create apps/deployments dev",
		"create core/pods/exec dev",
		"create rbac.authorization.k8s.io/rolebindings dev",
		"delete core/resourcequotas dev",
		"list core/pods prod",
		"list core/pods",
		"list core/nodes",
	];

	it("allows in a namespace what view, edit and admin are for, each more than the one before", () => {
		assert.deepEqual(allowed(entries("View", "dev"), requests), requests.slice(0, 2));
		assert.deepEqual(allowed(entries("Edit", "dev"), requests), requests.slice(0, 5));
		assert.deepEqual(allowed(entries("Admin", "dev"), requests), requests.slice(0, 6));
		assert.deepEqual(allowed(entries("ClusterAdmin", "dev"), requests), requests.slice(0, 7));
		assert.deepEqual(allowed(entries("SecretReader", "dev"), requests), [requests[2]]);
	});

	it("allows in the whole cluster with the scope of the cluster", () => {
		assert.deepEqual(
			allowed(entries("View"), requests),
			[0, 1, 7, 8].map((at) => requests[at]),
		);
		assert.deepEqual(allowed(entries("ClusterAdmin"), requests), requests);
	});

	it("takes a * in a namespace for any text, and nothing else for a pattern", () => {
		const granted = entries("View", "dev-*", "a.c");
		assert.deepEqual(
			allowed(
				granted,
				["dev-", "dev-x", "dev", "xdev-x", "a.c", "abc"].map((name) => `list core/pods ${name}`),
			),
			["dev-", "dev-x", "a.c"].map((name) => `list core/pods ${name}`),
		);
	});

	it("allows paths that are no resources to the cluster's administrator only", () => {
		const metrics = { ...caller, nonResourceAttributes: { verb: "get", path: "/metrics" } };
		assert.ok(decide(metrics, entries("ClusterAdmin")).allowed);
		assert.ok(!decide(metrics, entries("ClusterAdmin", "dev")).allowed);
		assert.ok(!decide(metrics, entries("AdminView")).allowed);
	});

	it("knows the caller by the unique id of IAM, else by the ARN with or without path, and never by the username", () => {
		const as = (extra: Record<string, string[]>) =>
			decide({ ...wants("list core/pods dev"), user: ARN, extra }, entries("View")).allowed;
		assert.ok(as({ principalId: ["AROA1"] }));
		assert.ok(!as({ principalId: ["AROA2"], canonicalArn: [ARN] }), "a role that was made anew");
		assert.ok(as({ canonicalArn: [ARN] }));
		assert.ok(as({ canonicalarn: [ARN.replace("/ci", "")] }));
		assert.ok(!as({}));
	});
});
