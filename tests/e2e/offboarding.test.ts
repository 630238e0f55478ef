import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { present } from "../support/present";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

describe("offboarding: one line less in the config takes the access away", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let operator: Shell;
	let project: SandboxProject;
	let original: Record<string, string>;
	let output = "";
	const shop = { name: "shop", namespaces: ["shop"], users: ["jane", "joe"] };
	const pay = { name: "pay", namespaces: ["pay"], access: "view", users: ["joe"] };

	before(async () => {
		sandbox = await sharedSandbox();
		operator = new Shell(sandbox.environment);
		original = await awsAuth({ sandbox });
		project = await openProject(sandbox, (text) => {
			output += text;
		});
		configure(shop, pay);
		await project.up();
	});

	after(async () => {
		await project?.destroy();
	});

	function configure(...teams: object[]): void {
		output = "";
		project.configure({ "eks-access:namespaces": undefined, "eks-access:users": undefined, "eks-access:teams": teams });
	}

	/** A session that joe has begun, as a terminal that he left open has it. */
	async function sessionOf(role: string): Promise<Shell> {
		const joe = new Shell(await sandbox.environmentOf("joe"));
		return joe.assume(`arn:aws:iam::${sandbox.accountId}:role/${role}`);
	}

	it("nothing is announced while nothing changes", async () => {
		output = "";
		assert.ok(isEmpty(await project.preview()));
		assert.doesNotMatch(output, /Access changes/);
	});

	it("a user: the preview shows what he loses and how long his sessions last; after the up he can start none", async () => {
		const open = await sessionOf("shop-role");
		configure({ ...shop, users: ["jane"] }, pay);
		const previewed = await project.preview();
		assert.deepEqual(
			[previewed.delete, previewed.update, previewed.create, previewed.replace],
			[1, undefined, undefined, undefined],
		);
		assert.match(output, /Access changes:\s+- user\/joe loses full in shop\s/);
		assert.match(output, /user\/joe can start no session of shop-role any more; .*until it ends, after 1 hour at most/);

		await project.up();
		await assert.rejects(SignedIn.as(sandbox, "joe", "shop-role"), /AccessDenied/);
		const jane = await SignedIn.as(sandbox, "jane", "shop-role");
		assert.ok(await jane.may({ verb: "create", resource: "pods", namespace: "shop" }), "jane keeps her access");
		const joe = await SignedIn.as(sandbox, "joe", "pay-role");
		assert.ok(await joe.may({ verb: "get", resource: "pods", namespace: "pay" }), "joe keeps his other team's");

		// As the message says: AWS checks no policy for GetCallerIdentity, on which a token of Kubernetes rests.
		const still = await SignedIn.with(sandbox, open.environment);
		assert.ok(await still.may({ verb: "get", resource: "pods", namespace: "shop" }));
		assert.ok(isEmpty(await project.preview()));
	});

	it("a team: IAM, RBAC and aws-auth lose it in one up, its running sessions get in no more, the namespace stays", async () => {
		const open = await SignedIn.with(sandbox, (await sessionOf("pay-role")).environment);
		assert.ok(await open.may({ verb: "get", resource: "pods", namespace: "pay" }));
		configure({ ...shop, users: ["jane"] });
		const previewed = await project.preview();
		assert.equal(previewed.create, undefined);
		assert.match(output, /- user\/joe loses view in pay\s/);
		await project.up();

		const { mapRoles = "" } = await awsAuth({ sandbox });
		assert.doesNotMatch(mapRoles, /pay-role/);
		assert.ok(mapRoles.startsWith(present(original.mapRoles)), "everybody else's entries are as they were");
		await operator.refused("aws iam get-role --role-name pay-role", /NoSuchEntity/);
		await operator.refused("aws iam get-group --group-name pay", /NoSuchEntity/);
		// The authenticator sees the change, and the API server forgets its last answer, within a second or two.
		const deadline = Date.now() + 15_000;
		while (Date.now() < deadline && (await open.whoAmI().catch(() => undefined))) {
			await delay(200);
		}
		await assert.rejects(open.whoAmI(), /Unauthorized|401/);
		const { status } = await sandbox.core.readNamespace({ name: "pay" });
		assert.equal(status?.phase, "Active");
		assert.ok(isEmpty(await project.preview()));
	});
});
