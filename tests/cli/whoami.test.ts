import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { callerOf, describeCaller } from "../../cli/whoami/caller";
import { describeGrants, kubeconfigCommands, trustingTeams, type WayIn, waysInOf } from "../../cli/whoami/login-paths";
import { refusalOf } from "../../cli/whoami/problem";
import { reportJson, reportOf } from "../../cli/whoami/report";
import { staleContextsOf } from "../../cli/whoami/stale";
import { eksAccess, stackFile, temporaryFolder, temporaryProject } from "./command";
import { teamsOf } from "./given-teams";

const ACCOUNT = "123456789012";
const jane = callerOf(`arn:aws:iam::${ACCOUNT}:user/people/jane`);

describe("eks-access whoami: who AWS takes somebody for", () => {
	const cases: [arn: string, says: string][] = [
		[`arn:aws:iam::${ACCOUNT}:user/people/jane`, `the IAM user jane of account ${ACCOUNT}`],
		[
			`arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Read_Only_0123456789abcdef/sam@example.com`,
			`sam@example.com, by single sign-on with the permission set Read_Only in account ${ACCOUNT}`,
		],
		[`arn:aws:sts::${ACCOUNT}:assumed-role/ci/run-7`, `the session run-7 of the role ci of account ${ACCOUNT}`],
		[`arn:aws:iam::${ACCOUNT}:root`, `the root user of account ${ACCOUNT}`],
		[`arn:aws-cn:iam::${ACCOUNT}:user/jane`, `the IAM user jane of account ${ACCOUNT}`],
		[`arn:aws:sts::${ACCOUNT}:federated-user/bob`, `bob of account ${ACCOUNT}`],
	];
	for (const [arn, says] of cases) {
		it(`${arn}: ${says}`, () => assert.equal(describeCaller(callerOf(arn)), says));
	}
});

describe("eks-access whoami: the ways in that the config gives", () => {
	const teams = teamsOf(
		{ name: "shop", namespaces: ["shop"], users: ["Jane"], role: { path: "/teams/" } },
		{ name: "pay", namespaces: ["pay"], userArns: [jane.arn], username: "pay" },
		{ name: "ops", admin: true, roleArns: [`arn:aws:iam::${ACCOUNT}:role/x/ci`] },
		{ name: "audit", clusterAccess: "view", ssoPermissionSets: ["ReadOnly"] },
		{ name: "partner", namespaces: ["p"], trustedAccounts: [{ account: "210987654321" }] },
	);
	const ways = (arn: string) =>
		waysInOf(callerOf(arn), teams).map((way) => [way.roleArn ?? "self", way.teams.map(({ name }) => name).join()]);

	it("a user: as themselves, and by the role of each team, with its path and whatever the case of the name", () => {
		assert.deepEqual(ways(jane.arn), [
			["self", "pay"],
			[`arn:aws:iam::${ACCOUNT}:role/teams/shop-role`, "shop"],
		]);
	});

	it("a session: of a listed role, whatever its path, of a permission set, of a team's own role; a stranger has none", () => {
		const session = (role: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/s`;
		assert.deepEqual(ways(session("ci")), [["self", "ops"]]);
		assert.deepEqual(ways(session("AWSReservedSSO_ReadOnly_0123456789abcdef")), [["self", "audit"]]);
		assert.deepEqual(ways(session("shop-role")), [["self", "shop"]]);
		assert.deepEqual(ways(session("other")), []);
		assert.deepEqual(ways(`arn:aws:iam::${ACCOUNT}:user/mallory`), []);
		assert.deepEqual(ways("arn:aws:sts::210987654321:assumed-role/ci/s"), []);
	});

	it("somebody of a trusted account is told so", () => {
		const partner = callerOf("arn:aws:iam::210987654321:user/p");
		assert.deepEqual(
			trustingTeams(partner, teams).map(({ name }) => name),
			["partner"],
		);
		assert.deepEqual(trustingTeams(jane, teams), []);
	});

	it("what a team gives is said in words", () => {
		assert.deepEqual(teams.flatMap(describeGrants), [
			"full in shop",
			"full in pay",
			"administrator of the cluster",
			"view in every namespace",
			"full in p",
		]);
	});
});

describe("eks-access whoami: the command for a kubeconfig", () => {
	const at = { region: "eu-west-1", cluster: "c", caller: jane };
	const roleArn = `arn:aws:iam::${ACCOUNT}:role/shop-role`;

	it("has --role-arn where the team has a role, and not where it has none", () => {
		const teams = teamsOf({ name: "shop", namespaces: ["shop"], users: ["jane"] });
		const command = "aws eks --region eu-west-1 update-kubeconfig --name c";
		assert.deepEqual(kubeconfigCommands({ teams }, at), { commands: [command] });
		assert.deepEqual(kubeconfigCommands({ teams, roleArn }, at), { commands: [`${command} --role-arn ${roleArn}`] });
	});

	it("has a context of its own for each role of somebody in several teams", () => {
		const teams = teamsOf({ name: "shop", namespaces: ["shop"], users: ["jane"] });
		const { commands } = kubeconfigCommands({ teams, roleArn }, { ...at, isOneOfSeveral: true });
		assert.match(commands.join(), / --alias c\.shop --user-alias c\.shop$/);
	});

	it("is one with a profile where the role wants a second factor", () => {
		const role = { mfa: true, maxSessionDuration: 28800 };
		const teams = teamsOf({ name: "shop", namespaces: ["shop"], users: ["jane"], role });
		const { commands, profile } = kubeconfigCommands({ teams, roleArn }, at);
		assert.doesNotMatch(commands.join("\n"), /--role-arn/);
		assert.match(commands[1] ?? "", /--exec-env=AWS_PROFILE=shop$/);
		assert.match(
			profile ?? "",
			new RegExp(`mfa_serial = arn:aws:iam::${ACCOUNT}:mfa/jane\\n[\\s\\S]*duration_seconds = 28800$`),
		);
	});
});

describe("eks-access whoami: why AWS lets nobody assume a role", () => {
	const of = (mfa: boolean, mayDescribe: boolean, isSession: boolean) => {
		const teams = teamsOf({ name: "shop", namespaces: ["shop"], users: ["jane"], role: { mfa } });
		const way: WayIn = { teams, roleArn: `arn:aws:iam::${ACCOUNT}:role/shop-role` };
		return refusalOf({ way, caller: jane, mayDescribe, isSession });
	};

	it("who may not even describe the cluster is not in the group, second factor or not", () => {
		assert.equal(of(false, false, false).code, "not-in-group");
		assert.equal(of(true, false, true).code, "not-in-group");
	});

	it("who may, and whose role wants a second factor, has not shown it", () => {
		assert.match(of(true, true, false).message, /wants a second factor, and an access key alone shows none/);
		assert.match(of(true, true, true).message, /wants a second factor, and your session was begun without one/);
	});

	it("who may, and whose role wants none, has a role that is gone or trusts somebody else", () => {
		assert.equal(of(false, true, false).code, "role-refuses");
	});
});

describe("eks-access whoami: a certificate authority that was rotated", () => {
	const encoded = (...names: string[]) =>
		Buffer.from(
			names.map((name) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`).join(""),
		).toString("base64");
	const stale = (live: string, server = "https://eks") => {
		const cluster = { server, "certificate-authority-data": encoded("old") };
		const contexts = ["prod", "other"].map((name) => ({ name, context: { cluster: name, user: "u" } }));
		const clusters = [{ name: "prod", cluster }];
		return staleContextsOf({ clusters, contexts }, { endpoint: "https://eks", certificateAuthorityData: live });
	};

	it("is one that a context of the cluster lacks, also while the old one still counts", () => {
		assert.deepEqual(stale(encoded("old")), []);
		assert.deepEqual(stale(encoded("new")), ["prod"]);
		assert.deepEqual(stale(encoded("old", "new")), ["prod"]);
		assert.deepEqual(stale(encoded("new"), "https://elsewhere"), []);
	});

	it("is said, with what to do", () => {
		const whoami = { cluster: "c", ways: [], stale: ["prod"] };
		assert.match(JSON.stringify(reportOf(whoami)), /was rotated: your kubeconfig has an old one for prod/);
		assert.deepEqual((reportJson(whoami) as { stale: string[] }).stale, ["prod"]);
	});
});

describe("eks-access whoami: credentials that AWS does not take", () => {
	const keys = { AWS_ACCESS_KEY_ID: "ASIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "x", AWS_SESSION_TOKEN: "t" };
	const cwd = temporaryProject({
		"Pulumi.prod.yaml": stackFile({ cluster: "c", namespaces: ["dev"], users: ["jane"] }),
	});
	let sts: Server;
	let code = "";

	before((done) => {
		sts = createServer((_, response) => {
			response.writeHead(403, { "Content-Type": "text/xml" });
			response.end(
				`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>The security token</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
			);
		}).listen(0, "127.0.0.1", done);
	});
	after(() => sts.close());

	const ask = (env: Record<string, string>, args: string[] = []) => {
		const endpoint = { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(sts.address() as AddressInfo).port}` };
		return eksAccess(["whoami", ...args], { cwd, env: { ...endpoint, AWS_EC2_METADATA_DISABLED: "true", ...env } });
	};

	it("a session that has expired: says so and how to begin another, exit code 1", async () => {
		code = "ExpiredToken";
		const ended = await ask(keys);
		assert.equal(ended.code, 1, ended.stderr);
		assert.match(ended.stdout, /^No access: your AWS session has expired[\s\S]*To do: Sign in again: aws sso login/);
		const json = JSON.parse((await ask(keys, ["--format", "json"])).stdout);
		assert.deepEqual([json.version, json.in, json.problem.code], [1, false, "session-expired"]);
	});

	it("a key that AWS does not know, and no key at all: exit code 1", async () => {
		code = "InvalidClientTokenId";
		const unknown = await ask(keys);
		assert.equal(unknown.code, 1);
		assert.match(unknown.stdout, /AWS does not know your credentials \(InvalidClientTokenId/);
		const none = await ask({});
		assert.equal(none.code, 1, none.stderr);
		assert.match(none.stdout, /CredentialsProviderError/);
	});

	it("AWS that does not answer is not the developer's fault: exit code 3", async () => {
		const ended = await ask({ ...keys, AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" });
		assert.equal(ended.code, 3, ended.stdout);
		assert.match(ended.stderr, /^eks-access: AWS: cannot find out who you are: .*ECONNREFUSED/);
	});

	it("neither a project nor --cluster: exit code 2; --cluster and another cluster's --stack too", async () => {
		const nowhere = await eksAccess(["whoami"], { cwd: temporaryFolder() });
		assert.equal(nowhere.code, 2);
		assert.match(nowhere.stderr, /no Pulumi.yaml/);
		const other = await ask(keys, ["--stack", "prod", "--cluster", "other"]);
		assert.equal(other.code, 2);
		assert.match(other.stderr, /--stack prod is about the cluster c, not about other/);
	});

	it("no region: exit code 2, and where to set it", async () => {
		const ended = await ask(keys, ["--cluster", "elsewhere"]);
		assert.equal(ended.code, 2, ended.stdout);
		assert.match(ended.stderr, /Region is missing.*AWS_REGION/);
	});
});
