import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { stackFileOf } from "../../cli/import/stack-file";
import { type Imported, teamsOf } from "../../cli/import/teams";
import { readEntries } from "../../core/aws-auth/map";
import { readConfig } from "../../core/config/config";
import { present } from "../support/present";
import { eksAccess, PROJECT, stackFile, temporaryProject } from "./command";
import { bound, DEVS, entries, factsOf, IAM, POLICY } from "./import-facts";

const notesOf = ({ notes }: Imported) => notes.map(({ text }) => text).join("\n");

describe("eks-access import: the teams", () => {
	it("of the article's setup is one, and the nodes none", () => {
		assert.deepEqual(teamsOf(factsOf()), {
			teams: [
				{
					name: "devs",
					username: "developer",
					namespaces: ["dev"],
					access: { clusterRole: "dev-full-access" },
					users: ["jane", "joe"],
					assumeRolePolicyArn: POLICY,
				},
			],
			notes: [],
		});
	});

	it("administrators are told, not imported", () => {
		const masters = `- {rolearn: ${IAM}:role/boss, username: boss, groups: [system:masters]}\n`;
		const found = teamsOf(factsOf({ roleEntries: entries(masters) }));
		assert.deepEqual(found.teams, []);
		assert.match(notesOf(found), /role .*role\/boss is left out: it administers the cluster \(system:masters\)/);
	});

	it("an entry that lets nobody in is told: one with a path, of a role that is gone, without groups", () => {
		const dead = [`${IAM}:role/teams/devs-role`, `${IAM}:role/gone`].map(
			(arn) => `- {rolearn: "${arn}", username: u, groups: [devs]}\n`,
		);
		const found = teamsOf(
			factsOf({ roleEntries: entries(`${dead.join("")}- {rolearn: ${IAM}:role/devs-role, username: u}\n`) }),
		);
		assert.deepEqual(found.teams, []);
		assert.match(notesOf(found), /matches nobody.*\n.*IAM has no such role.*\n.*no ARN, username or groups/);
	});

	it("users of mapUsers and roles of other accounts come in as themselves", () => {
		const userEntries = readEntries(`- {userarn: "${IAM}:user/ann", username: ann, groups: [devs]}\n`, "mapUsers");
		const ci = "arn:aws:iam::111122223333:role/ci";
		const roleEntries = entries(`${DEVS}- {rolearn: "${ci}", username: developer, groups: [devs]}\n`);
		const team = present(teamsOf(factsOf({ roleEntries, userEntries })).teams[0]);
		assert.deepEqual([team.users, team.roleArns], [["jane", "joe"], [ci]]);
		assert.deepEqual(team.userArns, [{ arn: `${IAM}:user/ann`, username: "ann" }]);
	});

	it("what does not go together in one team is told: usernames, groups, a second role", () => {
		const other = (fields: string) =>
			teamsOf(factsOf({ roleEntries: entries(`${DEVS}- {rolearn: arn:aws:iam::111122223333:role/ci, ${fields}}\n`) }));
		assert.match(notesOf(other("username: ci, groups: [devs]")), /a team has one username/);
		assert.match(notesOf(other("username: developer, groups: [devs, audit]")), /further groups audit/);
	});

	it("of two entries for one role the last counts, as for the authenticator", () => {
		const first = `- {rolearn: ${IAM}:role/Devs-role, username: other, groups: [audit]}\n`;
		const found = teamsOf(factsOf({ roleEntries: entries(first + DEVS) }));
		assert.deepEqual(
			found.teams.map(({ name }) => name),
			["devs"],
		);
		assert.match(notesOf(found), /role\/Devs-role is left out: the authenticator reads the last entry/);
	});

	it("a config that would be refused as a whole says so", () => {
		const pay = "- {rolearn: arn:aws:iam::111122223333:role/ci, username: u, groups: [pay]}\n";
		const bindings = ["devs", "pay"].map((group) => ({
			name: "same",
			namespace: "dev",
			role: { kind: "ClusterRole", name: "view" },
			subjects: [{ kind: "Group", name: group }],
		}));
		const found = teamsOf(factsOf({ roleEntries: entries(DEVS + pay), bindings }));
		assert.match(notesOf(found), /the config is refused as it is here: teams: .*both have the RoleBinding dev\/same/);
	});

	it("a name that a config cannot say leaves the team out, with the reason", () => {
		const roleEntries = entries(`- {rolearn: ${IAM}:role/devs-role, username: "a:b", groups: [devs]}\n`);
		const found = teamsOf(factsOf({ roleEntries }));
		assert.deepEqual(found.teams, []);
		assert.match(notesOf(found), /the team devs is left out: username: "a:b" is refused/);
	});

	it("bindings to users, and mapAccounts, are told", () => {
		const bindings = [bound("devs", "dev", "dev-full-access"), bound("x", "dev", "view", "ann")];
		assert.match(notesOf(teamsOf(factsOf({ bindings, hasAccounts: true }))), /Kubernetes user ann.*\n.*mapAccounts/);
	});
});

describe("eks-access import: the stack's file", () => {
	const about = { cluster: "prod", region: "eu-west-1", prefix: "eks-access" };

	it("is a config that is accepted, with what it cannot say as comments", () => {
		const found = teamsOf(factsOf());
		const notes = [{ text: "a general\nnote" }, { team: "devs", text: "about devs" }];
		const text = stackFileOf({ ...found, notes }, about);
		const { config } = parse(text);
		assert.deepEqual(
			[config["aws:region"], config["eks-access:cluster"], config["eks-access:adoptExisting"]],
			["eu-west-1", "prod", true],
		);
		assert.match(text, /^# - a general\\u000anote$/m);
		assert.match(text, /^ +# - about devs\n +- name: devs$/m);
		assert.match(text, /^ +users: \[ *jane, joe *\]$/m);
		const values = { cluster: "prod", adoptExisting: "true", teams: JSON.stringify(config["eks-access:teams"]) };
		assert.equal(present(readConfig(values).teams[0]).username, "developer");
	});

	it("keeps what Pulumi has beside the config: the stack's encryption", () => {
		const before = "encryptionsalt: v1:abc\nconfig:\n  eks-access:cluster: other\n";
		const { encryptionsalt, config } = parse(stackFileOf(teamsOf(factsOf()), { ...about, before }));
		assert.deepEqual([encryptionsalt, config["eks-access:cluster"]], ["v1:abc", "prod"]);
	});
});

describe("eks-access import: the command", () => {
	it("says what is missing, and overwrites nothing unasked", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ cluster: "prod" }) });
		for (const [args, says] of [
			[[], /required option '--cluster <name>' not specified/],
			[["--cluster", "prod"], /say where to write it: --stack <name>, or --output <file>/],
			[["--cluster", "prod", "--stack", "prod"], /Pulumi\.prod\.yaml is there already; --force overwrites its config/],
		] as const) {
			const { code, stderr, stdout } = await eksAccess(["import", ...args], { cwd });
			assert.match(stderr, says);
			assert.deepEqual([code, stdout], [2, ""]);
		}
	});

	it("without credentials ends with 3, and writes nothing", async () => {
		const cwd = temporaryProject({});
		const env = { AWS_EC2_METADATA_DISABLED: "true", AWS_REGION: "eu-west-1" };
		const { code, stderr } = await eksAccess(["import", "--cluster", "prod", "--stack", "prod"], { cwd, env });
		assert.match(stderr, /^eks-access: AWS: cannot describe the cluster prod: .*credentials/);
		assert.equal(code, 3);
		assert.ok(!existsSync(path.join(cwd, "Pulumi.prod.yaml")));
	});

	it("loads nothing of Pulumi's", () => {
		const loaded = "Object.keys(require.cache).filter((file) => file.includes('node_modules/@pulumi/'))";
		const script = `require("ts-node/register"); require("./cli/import"); require("./cli/commands/import"); console.log(JSON.stringify(${loaded}))`;
		assert.equal(execFileSync(process.execPath, ["-e", script], { cwd: PROJECT, encoding: "utf8" }), "[]\n");
	});
});
