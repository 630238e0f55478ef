import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { PARTNER_ACCOUNT } from "../../sandbox/aws-emulator";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const SECOND = 1000;
const PODS = { verb: "get", resource: "pods", namespace: "shop" };

/** An RFC 3339 time, so many seconds from now. */
const inSeconds = (seconds: number) => `${new Date(Date.now() + seconds * SECOND).toISOString().slice(0, 19)}Z`;

describe("access that ends by itself, and the same team in two stacks", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let operator: Shell;
	let prod: SandboxProject;
	let dev: SandboxProject;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		operator = new Shell(sandbox.environment);
		prod = await open("prod");
		dev = await open("dev");
	});

	after(async () => {
		await sandbox?.moveClock(0);
		await prod?.destroy();
		await dev?.destroy();
	});

	const open = (stack: string) =>
		openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack },
		);

	function configure(project: SandboxProject, team: object, values: object = {}): void {
		output = "";
		project.configure({
			...{ "aws:region": sandbox.region, "eks-access:cluster": sandbox.clusterName },
			...{ "eks-access:namespaces": undefined, "eks-access:users": undefined, ...values },
			"eks-access:teams": [{ name: "shop", namespaces: ["shop"], ...team }],
		});
	}

	const trustOf = async (role: string) =>
		JSON.stringify(
			JSON.parse(await operator.does(`aws iam get-role --role-name ${role} --query Role.AssumeRolePolicyDocument`)),
		);

	it("AWS starts no session after the end, a running one lasts, and the passing date changes nothing", async () => {
		const tomorrow = new Date(Date.now() + 24 * 3600 * SECOND).toISOString().slice(0, 10);
		const until = inSeconds(1800);
		configure(prod, {
			users: [
				{ name: "jane", until },
				{ name: "joe", until: tomorrow },
			],
			trustedAccounts: [{ account: PARTNER_ACCOUNT }],
		});
		await prod.up();
		assert.match(output, new RegExp(`team shop: user/jane until ${until}`));
		const trust = await trustOf("shop-role");
		assert.ok(trust.includes(until), trust);
		const midnight = `${new Date(Date.parse(tomorrow) + 24 * 3600 * SECOND).toISOString().slice(0, 10)}T00:00:00Z`;
		assert.ok(trust.includes(midnight), `${tomorrow} is included: ${trust}`);

		const jane = new Shell(await sandbox.environmentOf("jane"));
		const role = `arn:aws:iam::${sandbox.accountId}:role/shop-role`;
		const running = await jane.assume(role);
		const left = (Date.parse(until) - Date.now()) / SECOND;
		await sandbox.moveClock(left - 20);
		await jane.assume(role);
		await sandbox.moveClock(left);
		await assert.rejects(jane.assume(role), /AccessDenied/);
		await new Shell(await sandbox.environmentOf("partner")).assume(role);
		assert.ok(await (await SignedIn.as(sandbox, "joe", "shop-role")).may(PODS), "joe has until the end of tomorrow");
		assert.ok(await (await SignedIn.with(sandbox, running.environment)).may(PODS), "the session goes on");
		assert.ok(isEmpty(await prod.preview()));
		await sandbox.moveClock(3700);
		await running.refused("aws sts get-caller-identity", /ExpiredToken/);
		await sandbox.moveClock(0);
	});

	it("whoever comes in without the team's role is taken out by the first up after the end", async () => {
		const ci = `arn:aws:iam::${sandbox.accountId}:role/github-deploy`;
		const until = inSeconds(20);
		configure(prod, { users: ["jane"], roleArns: [{ arn: ci, until }] });
		await prod.up();
		assert.match((await awsAuth({ sandbox })).mapRoles ?? "", /github-deploy/);
		await delay(Math.max(0, Date.parse(until) - Date.now() + SECOND));
		output = "";
		await prod.up();
		assert.match(output, /github-deploy loses full in shop\s.*The access of \S+github-deploy by team shop ended/s);
		assert.doesNotMatch((await awsAuth({ sandbox })).mapRoles ?? "", /github-deploy/);
		assert.ok(isEmpty(await prod.preview()));
	});

	it("two stacks in one account collide by their names in IAM, until iamName tells them apart", async () => {
		const inIam = () =>
			operator.does(
				"aws iam list-roles --query 'Roles[].RoleName'; aws iam list-groups --query 'Groups[].GroupName'; " +
					"aws iam list-policies --scope Local --query 'Policies[].PolicyName'",
			);
		await prod.destroy();
		assert.doesNotMatch(await inIam(), /shop/, "the account is empty");
		const team = { name: "shop", group: "shop-dev", namespaces: ["shop-dev"], users: ["joe"] };
		configure(prod, { users: ["jane"] });
		await prod.up();
		// A cluster that AWS does not show here: the account is what the two share.
		const values = {
			"eks-access:cluster": "dev-eks-cluster",
			"eks-access:kubeconfig": readFileSync(sandbox.adminKubeconfig, "utf8"),
		};
		configure(dev, team, values);
		await assert.rejects(
			dev.up(),
			/the role shop-role, the group shop\..*iamName '\{team\}-\{cluster\}'.*\[identity-exists\]/s,
		);
		const iamName = { "eks-access:iamName": "{team}-{cluster}" };
		// The same from a file, which is read as the config is.
		const teamsFile = path.join(dev.directory, "teams.yaml");
		writeFileSync(teamsFile, stringify({ teams: [team] }));
		configure(dev, team, { ...values, ...iamName, "eks-access:teamsFile": teamsFile });
		dev.configure({ "eks-access:teams": undefined });
		await dev.up();
		const joe = new Shell(await sandbox.environmentOf("joe"));
		await joe.assume(`arn:aws:iam::${sandbox.accountId}:role/shop-dev-eks-cluster-role`);
		await assert.rejects(joe.assume(`arn:aws:iam::${sandbox.accountId}:role/shop-role`), /AccessDenied/);
		assert.match(await inIam(), /"shop-dev-eks-cluster-assume-role-\w+"/);
		assert.ok(isEmpty(await dev.preview()));

		configure(prod, { users: ["jane"] }, iamName);
		await prod.up();
		assert.match(output, /! team shop takes another IAM role: shop-role → shop-prod-eks-cluster-role/);
		assert.ok(await (await SignedIn.as(sandbox, "jane", "shop-prod-eks-cluster-role")).may(PODS));
		assert.ok(isEmpty(await prod.preview()));
		assert.doesNotMatch(await inIam(), /"access-shop|"shop-role/, "nothing is left under the former names");
		await prod.destroy();
		await joe.assume(`arn:aws:iam::${sandbox.accountId}:role/shop-dev-eks-cluster-role`);
		await dev.destroy();
		assert.doesNotMatch(await inIam(), /shop/);
	});
});
