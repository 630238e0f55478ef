import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { accessMatrix as accessRows } from "../../core/teams/access-matrix";
import { type AccessMatrix, teamsOfOutput } from "../../core/teams/access-output";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { present } from "../support/present";
import { type Question, SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

/** What tells the levels apart: what each of them allows in a namespace. Written from Kubernetes' documentation, not from our rules. */
const PROBES: [verb: string, resource: string, allowedTo: string][] = [
	["get", "pods", "full edit view rules"],
	["list", "deployments.apps", "full edit view rules"],
	["get", "configmaps", "full edit view"],
	["get", "services", "full edit view"],
	["get", "pods/log", "full edit view"],
	["list", "resourcequotas", "full edit view"],
	["get", "secrets", "full edit"],
	["create", "deployments.apps", "full edit"],
	["patch", "deployments.apps", "full edit rules"],
	["delete", "pods", "full edit"],
	["create", "pods/exec", "full edit"],
	["create", "jobs.batch", "full edit"],
	["list", "horizontalpodautoscalers.autoscaling", "full edit view"],
	["create", "networkpolicies.networking.k8s.io", "full edit"],
	["get", "pods.metrics.k8s.io", "metrics"],
	["delete", "resourcequotas", ""],
	["update", "limitranges", ""],
	["create", "roles.rbac.authorization.k8s.io", ""],
	["create", "rolebindings.rbac.authorization.k8s.io", ""],
	["escalate", "roles.rbac.authorization.k8s.io", ""],
];
/** What nobody of a team may. */
const CLUSTER_WIDE: Question[] = [
	{ verb: "list", resource: "nodes" },
	{ verb: "get", resource: "nodes/proxy" },
	{ verb: "create", resource: "namespaces" },
	{ verb: "list", resource: "secrets" },
	{ verb: "list", resource: "pods" },
	{ verb: "create", resource: "clusterrolebindings.rbac.authorization.k8s.io" },
	{ verb: "impersonate", resource: "users" },
	{ verb: "impersonate", resource: "groups", name: "system:masters" },
	{ verb: "patch", resource: "configmaps", namespace: "kube-system", name: "aws-auth" },
];

describe("Pulumi.example.yaml: four teams, each with exactly its access", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let output = "";
	const people: Record<string, { person: SignedIn; levels: Record<string, string> }> = {};
	const namespaces = ["shop", "shop-dev", "pay", "pay-dev", "archive", "default", "kube-system", "kube-public"];

	before(async () => {
		sandbox = await sharedSandbox();
		project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack: "example" },
		);
		// A namespace of somebody else's that the selector chooses.
		await sandbox.core.createNamespace({ body: { metadata: { name: "archive", labels: { audited: "true" } } } });
		await project.up();
	});

	after(async () => {
		await project?.destroy();
		// Gone for good before the suites behind this one begin.
		const command = "kubectl delete namespace shop shop-dev pay pay-dev archive --ignore-not-found";
		await new Shell(sandbox.adminEnvironment).does(command);
	});

	it("everyone gets in as who they are", async () => {
		const jane = await SignedIn.as(sandbox, "jane", "shop-role");
		const joe = await SignedIn.as(sandbox, "joe", "pay-role");
		const sam = await SignedIn.as(sandbox, "sam");
		const ci = await SignedIn.as(sandbox, "ci");
		people.jane = { person: jane, levels: { shop: "full metrics", "shop-dev": "full metrics" } };
		people.joe = { person: joe, levels: { pay: "view", "pay-dev": "edit" } };
		people.sam = { person: sam, levels: { shop: "view", pay: "view", archive: "view" } };
		people.ci = { person: ci, levels: { shop: "rules", pay: "rules" } };
		assert.match((await jane.whoAmI()).username, /^shop:.+/, "the username tells sessions apart");
		assert.equal((await joe.whoAmI()).username, "pay");
		assert.ok((await sam.whoAmI()).groups.includes("auditors"));
		assert.ok((await ci.whoAmI()).groups.includes("deploy"));
	});

	it("the stack's access matrix says the same as this test", async () => {
		const { accessMatrix } = await project.outputs();
		const { teams } = present(accessMatrix).value as AccessMatrix;
		assert.deepEqual(
			accessRows(teamsOfOutput(teams)).map(({ team, namespaces, access }) => [team, access, namespaces]),
			// By name: the engine keeps no order of keys.
			[
				["auditors", "view", ["archive", "pay", "shop"]],
				["deploy", "rules", ["pay", "shop"]],
				["pay", "view", ["pay"]],
				["pay", "edit", ["pay-dev"]],
				["shop", "full", ["shop", "shop-dev"]],
			],
		);
	});

	for (const name of ["jane", "joe", "sam", "ci"]) {
		it(`the API server allows ${name} every cell of the matrix, and nothing else`, async () => {
			const { person, levels } = present(people[name]);
			const wrong: string[] = [];
			const ask = async (question: Question, expected: boolean) => {
				if ((await person.may(question)) !== expected) {
					wrong.push(`${question.verb} ${question.resource} in ${question.namespace}: expected ${expected}`);
				}
			};
			for (const namespace of namespaces) {
				const own = (levels[namespace] ?? "none").split(" ");
				await Promise.all(
					PROBES.map(([verb, resource, allowedTo]) =>
						ask(
							{ verb, resource, namespace },
							own.some((level) => allowedTo.split(" ").includes(level)),
						),
					),
				);
				await ask({ verb: "delete", resource: "namespaces", namespace, name: namespace }, false);
			}
			await Promise.all(CLUSTER_WIDE.map((question) => ask(question, false)));
			assert.deepEqual(wrong, []);
		});
	}

	it("nobody outside of the teams gets in", async () => {
		await assert.rejects(SignedIn.as(sandbox, "mallory", "shop-role"), /AccessDenied/);
		const mallory = await SignedIn.as(sandbox, "mallory");
		await assert.rejects(mallory.whoAmI(), /Unauthorized|401/);
		await assert.rejects(SignedIn.as(sandbox, "jane", "pay-role"), /AccessDenied/);
	});

	it("quota, limits, network policy and Pod Security are there and hold", async () => {
		const pod = (name: string, change: Partial<V1Pod["spec"]> = {}): V1Pod => ({
			metadata: { name },
			spec: { containers: [{ name: "web", image: "nginx" }], ...change } as V1Pod["spec"],
		});
		const { core } = sandbox;
		const made = await core.createNamespacedPod({ namespace: "shop", body: pod("web") });
		assert.equal(
			present(made.spec?.containers[0]).resources?.limits?.memory,
			"512Mi",
			"the LimitRange gives the default",
		);
		const tooMuch = pod("huge", {
			containers: [{ name: "web", image: "nginx", resources: { requests: { cpu: "5" }, limits: { cpu: "5" } } }],
		});
		await assert.rejects(core.createNamespacedPod({ namespace: "shop", body: tooMuch }), /exceeded quota: eks-access/);
		const privileged = pod("root", { hostNetwork: true });
		await assert.rejects(
			core.createNamespacedPod({ namespace: "shop-dev", body: privileged }),
			/violates PodSecurity .*baseline/,
		);
		await assert.rejects(
			core.createNamespacedPod({ namespace: "pay", body: pod("web") }),
			/violates PodSecurity .*restricted/,
		);
		const { labels } = (await core.readNamespace({ name: "pay" })).metadata ?? {};
		assert.equal(labels?.audited, "true");
	});

	it("the first up says who gains what; a second preview is empty, after a refresh too", async () => {
		assert.match(output, /Access changes:[\s\S]*\+ user\/jane gains full in shop, shop-dev/);
		output = "";
		assert.ok(isEmpty(await project.preview()));
		assert.doesNotMatch(output, /Access changes/);
		await project.refresh();
		assert.ok(isEmpty(await project.preview()));
	});

	it("another level makes the new binding before it takes the old one away", async () => {
		output = "";
		const teams = project.config("eks-access:teams") as { name: string; namespaces: unknown[] }[];
		const changed = teams.map((team) =>
			team.name === "pay"
				? { ...team, namespaces: ["pay-dev", { name: "pay", access: "edit", podSecurity: "restricted" }] }
				: team,
		);
		project.configure({ "eks-access:teams": changed });
		const previewed = await project.preview();
		assert.deepEqual(
			[previewed.create, previewed.delete, previewed.update, previewed.replace],
			[1, 1, undefined, undefined],
		);
		assert.match(output, /\^ user\/joe, user\/ann go from view to edit in pay/);
		await project.up();
		assert.ok(await present(people.joe).person.may({ verb: "create", resource: "deployments.apps", namespace: "pay" }));
		assert.ok(isEmpty(await project.preview()));
	});
});
