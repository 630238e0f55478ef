import assert from "node:assert/strict";
import * as yaml from "yaml";
import { AwsAuth } from "../../components";
import { isEmpty } from "../../sandbox/project";
import { present } from "../support/present";
import { AWS_AUTH } from "./aws-auth-by-hand";
import { contestedAwsAuth, FOREIGN, mapping, NODES, withForeign } from "./contested-aws-auth";

describe("aws-auth, whatever others do to it", function () {
	this.timeout("60m");
	const awsAuth = contestedAwsAuth();

	it("our entry was removed by hand: the next up puts it back", async () => {
		const project = await awsAuth.stackOf(["devs"]);
		await project.up();
		await awsAuth.edit(() => NODES);
		await awsAuth.converges(project, ["devs"], FOREIGN);
		await awsAuth.destroyLeaves(project, FOREIGN);
	});

	it("another tool wrote the map anew, sorted and without comments", async () => {
		const project = await awsAuth.stackOf(["devs"]);
		await project.up();
		const sorted = (text: string) => yaml.stringify(yaml.parse(text), { sortMapEntries: true });
		await awsAuth.edit(sorted, "another-tool");
		await awsAuth.converges(project, ["devs"], FOREIGN);
		await awsAuth.destroyLeaves(project, { ...FOREIGN, mapRoles: sorted(NODES) });
	});

	it("a foreign write between our read and our claim, at the first up: kept", async () => {
		const project = await awsAuth.stackOf(["devs"]);
		awsAuth.once("PUT", () => awsAuth.addForeign("late"));
		await awsAuth.converges(project, ["devs"], { ...FOREIGN, mapRoles: withForeign("late") });
		await awsAuth.destroyLeaves(project, { ...FOREIGN, mapRoles: withForeign("late") });
	});

	it("a foreign write between our read and our write, at the first up: a conflict, kept", async () => {
		const project = await awsAuth.stackOf(["devs"]);
		awsAuth.once("PATCH", () => awsAuth.addForeign("late"));
		await assert.rejects(project.up());
		assert.match(awsAuth.output, /conflict.*kubectl-edit/s);
		await awsAuth.converges(project, ["devs"], { ...FOREIGN, mapRoles: withForeign("late") });
		await awsAuth.destroyLeaves(project, { ...FOREIGN, mapRoles: withForeign("late") });
	});

	it("the same once the text is ours", async () => {
		const roles = ["devs"];
		const project = await awsAuth.stackOf(roles);
		await project.up();
		roles.push("qa");
		awsAuth.once("PATCH", () => awsAuth.addForeign("late"));
		await assert.rejects(project.up());
		await awsAuth.converges(project, ["devs", "qa"], { ...FOREIGN, mapRoles: withForeign("late") });
		await awsAuth.destroyLeaves(project, { ...FOREIGN, mapRoles: withForeign("late") });
	});

	it("two stacks on one cluster, in turn and at once", async () => {
		const [one, two] = [["devs"], ["qa"]];
		const stacks = [await awsAuth.stackOf(one, { stack: "one" }), await awsAuth.stackOf(two, { stack: "two" })];
		for (const stack of [...stacks, ...stacks]) {
			await stack.up();
		}
		for (const stack of stacks) {
			assert.ok(isEmpty(await stack.preview()), "both previews are empty");
		}
		one.push("devs-2");
		two.push("qa-2");
		await Promise.allSettled(stacks.map((stack) => stack.up()));
		await present(stacks[0]).up();
		await awsAuth.converges(present(stacks[1]), ["devs", "devs-2", "qa", "qa-2"], FOREIGN);
		await present(stacks[0]).destroy();
		await awsAuth.converges(present(stacks[1]), ["qa", "qa-2"], FOREIGN);
		await awsAuth.destroyLeaves(present(stacks[1]), FOREIGN);
	});

	it("aws-auth was deleted by hand, then made anew by another manager", async () => {
		const project = await awsAuth.stackOf(["devs"]);
		await project.up();
		await awsAuth.sandbox.core.deleteNamespacedConfigMap(AWS_AUTH);
		await assert.rejects(project.up());
		assert.match(awsAuth.output, /has no ConfigMap kube-system\/aws-auth/);
		await awsAuth.create(FOREIGN, "vpcLambda");
		await awsAuth.converges(project, ["devs"], FOREIGN);
		await awsAuth.destroyLeaves(project, FOREIGN);
	});

	it("aws-auth was deleted and restored from a backup with its annotations", async () => {
		const roles = ["devs"];
		const project = await awsAuth.stackOf(roles);
		await project.up();
		const { data, metadata } = await awsAuth.sandbox.core.readNamespacedConfigMap(AWS_AUTH);
		await awsAuth.sandbox.core.deleteNamespacedConfigMap(AWS_AUTH);
		const body = { metadata: { ...AWS_AUTH, annotations: metadata?.annotations }, data };
		await awsAuth.sandbox.core.createNamespacedConfigMap({
			namespace: AWS_AUTH.namespace,
			body,
			fieldManager: "velero",
		});
		roles.push("qa");
		await awsAuth.converges(project, ["devs", "qa"], FOREIGN);
		await awsAuth.destroyLeaves(project, FOREIGN);
	});

	it("an entry for our role that somebody else wrote: refused with its line, or adopted on request", async () => {
		const text = `${NODES}\n- rolearn: arn:aws:iam::293759796572:role/devs\n  username: by-hand\n`;
		await awsAuth.edit(() => text);
		const project = await awsAuth.stackOf(["devs"]);
		await assert.rejects(project.up());
		assert.match(awsAuth.output, /mapRoles, line 11.*adoptExisting/s);
		assert.equal((await awsAuth.live()).mapRoles, text);
		const adopting = await awsAuth.stackOf([], {
			program: async () => {
				new AwsAuth("access", { roles: [mapping("devs")], kubeconfig: awsAuth.kubeconfig, adoptExisting: true });
			},
		});
		await awsAuth.converges(adopting, ["devs"], FOREIGN);
	});

	it("30 writers add and remove entries of their own for the whole of an up", async () => {
		const project = await awsAuth.stackOf(["devs"]);
		let isOver = false;
		const writers = Array.from({ length: 30 }, async (_, at) => {
			const line = `- {rolearn: "arn:aws:iam::293759796572:role/writer-${at}", username: w${at}, groups: [w]}\n`;
			for (let turn = 0; !isOver || turn % 2 === 1; turn++) {
				await awsAuth.edit((text) => (turn % 2 === 0 ? line + text : text.replace(line, "")), `writer-${at}`);
			}
			await awsAuth.edit((text) => line + text, `writer-${at}`);
		});
		// It may be refused with a conflict again and again; it must not lose anything.
		await project.up().catch(() => undefined);
		isOver = true;
		await Promise.all(writers);
		const mapRoles = present((await awsAuth.live()).mapRoles).replace(/- groups:\n {2}- devs\n.*\n.*\n?/, "");
		assert.equal((mapRoles.match(/writer-/g) ?? []).length, 30);
		await awsAuth.converges(project, ["devs"], { ...FOREIGN, mapRoles });
		await project.destroy();
		const [after, before] = await Promise.all([
			awsAuth.judge.read(await awsAuth.live()),
			awsAuth.judge.read({ ...FOREIGN, mapRoles }),
		]);
		assert.deepEqual(after, before);
	});
});
