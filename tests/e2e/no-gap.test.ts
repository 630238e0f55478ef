import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

/** Every level of the change below gives at least this. */
const PODS = { verb: "list", resource: "pods", namespace: "gapless" };
const RULES = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }];
/** One after the other, back to where it began. */
const LEVELS = ["edit", "full", { rules: RULES }, { clusterRole: "gapless-pods" }, "view"];

interface Asked {
	/** True, or the refusal. */
	may(question: typeof PODS): Promise<boolean | string>;
}

describe("nobody is without access for a moment while it changes", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let admin: Shell;
	let project: SandboxProject;
	let original: Record<string, string>;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		original = await awsAuth({ sandbox });
		await admin.does("kubectl create clusterrole gapless-pods --verb=get,list --resource=pods");
		project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack: "gapless" },
		);
		project.configure({ "aws:region": sandbox.region, "eks-access:cluster": sandbox.clusterName });
		await up();
	});

	after(async () => {
		await project?.destroy();
		await admin?.does("kubectl delete clusterrole gapless-pods --ignore-not-found");
		await admin?.does("kubectl delete namespace gapless gapless-too --ignore-not-found --wait=false");
		assert.deepEqual(await awsAuth({ sandbox }), original);
	});

	/** Their bindings have names of their own, or those that the config gives. */
	let plain: Record<string, unknown> = { name: "gapless-plain", users: ["jane"] };
	let named: Record<string, unknown> = { name: "gapless-named", users: ["joe"], binding: "gapless-people" };
	const others: { name: string; users: string[]; namespaces: string[] }[] = [];
	let level: unknown = "view";

	async function up(): Promise<void> {
		output = "";
		const access = { access: level, namespaces: ["gapless"] };
		project.configure({ "eks-access:teams": [{ ...access, ...plain }, { ...access, ...named }, ...others] });
		await project.up();
		assert.ok(isEmpty(await project.preview()), output);
	}

	/** Asks every 0.1 s, as everybody of whom one identity at least gets in at any time. */
	async function whileTheyHaveAccess(people: Record<string, Asked[]>, work: () => Promise<unknown>) {
		const refused: string[] = [];
		let [asked, isDone] = [0, false];
		const start = Date.now();
		const working = work().finally(() => {
			isDone = true;
		});
		working.catch(() => undefined);
		while (!isDone) {
			for (const [who, identities] of Object.entries(people)) {
				const answers = await Promise.all(
					identities.map((each) => each.may(PODS).catch((error: Error) => error.message.slice(0, 80))),
				);
				asked++;
				if (!answers.includes(true)) {
					refused.push(`${who} after ${Date.now() - start} ms: ${answers}`);
				}
			}
			await delay(100);
		}
		await working;
		assert.ok(asked > 20, "they asked");
		assert.deepEqual(refused, [], output);
	}

	const jane = (role = "gapless-plain-role") => SignedIn.as(sandbox, "jane", role);
	const joe = (role = "gapless-named-role") => SignedIn.as(sandbox, "joe", role);
	const both = async () => ({ jane: [await jane()], joe: [await joe()] });
	const bindings = () =>
		admin.does(
			"kubectl get rolebindings -n gapless -o jsonpath='{range .items[*]}{.metadata.name}={.roleRef.name} {end}'",
		);

	for (const [index, next] of LEVELS.entries()) {
		const shown = (of: unknown) => (typeof of === "string" ? of : Object.keys(of as object)[0]);
		it(`the level, from ${shown(LEVELS.at(index - 1))} to ${shown(next)}, with and without a binding's own name`, async () => {
			level = next;
			await whileTheyHaveAccess(await both(), up);
			const names = (await bindings()).split(" ");
			assert.equal(names.length, 2, `${names}: the former are gone`);
		});
	}

	it("the namespaces and levels of others, and those who come and go", async () => {
		const people = await both();
		others.push({ name: "gapless-others", users: ["ann"], namespaces: ["gapless", "gapless-too"] });
		await whileTheyHaveAccess(people, up);
		others[0] = { ...others[0], namespaces: ["gapless-too"] } as never;
		await whileTheyHaveAccess(people, up);
		others.pop();
		await whileTheyHaveAccess(people, up);
	});

	it("the Kubernetes group, with and without a binding's own name", async () => {
		plain = { ...plain, group: "gapless-plain-people" };
		named = { ...named, group: "gapless-named-people" };
		await whileTheyHaveAccess(await both(), up);
		assert.ok((await (await joe()).whoAmI()).groups.includes("gapless-named-people"));
	});

	it("the binding's own name", async () => {
		named = { ...named, binding: "gapless-others" };
		await whileTheyHaveAccess(await both(), up);
	});

	it("the team's name, where the role keeps its own", async () => {
		named = { ...named, role: { name: "gapless-people-role" } };
		await up();
		const people = { joe: [await joe("gapless-people-role")] };
		named = { ...named, name: "gapless-people" };
		await whileTheyHaveAccess(people, up);
	});

	it("from the team's role to users who come in as themselves", async () => {
		const people = {
			jane: [await jane()],
			joe: [await joe("gapless-people-role"), await SignedIn.as(sandbox, "joe")],
		};
		const { users: _, role: __, ...rest } = named;
		named = { ...rest, userArns: [{ arn: `arn:aws:iam::${sandbox.accountId}:user/joe`, username: "joe" }] };
		await whileTheyHaveAccess(people, up);
	});
});
