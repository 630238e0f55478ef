import assert from "node:assert/strict";
import { readConfig, readNamedTeams } from "../../../core/config/config";
import { groupNameOf, roleNameOf, type Team } from "../../../core/teams/team";
import { problemsOf } from "../../support/team-problems";

const FILE = "teams:\n  - {name: shop, namespaces: [shop], users: [jane, {name: joe, until: 2026-12-31}]}\n";
const SIMPLE = { cluster: "dev", namespaces: "shop", users: "jane" };

function read(values: Record<string, string>, files: Record<string, string> = {}): Team[] {
	const readFile = (file: string) => files[file] ?? assert.fail(`ENOENT: ${file}`);
	return readConfig({ cluster: "dev", ...values }, "The config", readFile).teams;
}

function problem(values: Record<string, string>, files?: Record<string, string>): string {
	try {
		read(values, files);
	} catch (error) {
		return (error as Error).message;
	}
	return assert.fail("it was accepted");
}

describe("the same teams in several stacks", () => {
	it("may come from one file, as if they stood in the config", () => {
		const [team] = read({ teamsFile: "../teams.yaml" }, { "../teams.yaml": FILE });
		assert.deepEqual([team?.users, team?.ends], [["jane", "joe"], { "user/joe": "2026-12-31" }]);
		const inConfig = read({
			teams: '[{"name":"shop","namespaces":["shop"],"users":["jane",{"name":"joe","until":"2026-12-31"}]}]',
		});
		assert.deepEqual([team], inConfig);
	});

	it("a file that is missing, is no list of teams, or has keys of a stack is one error with its path", () => {
		const teamsFile = "t.yaml";
		assert.match(
			problem({ teamsFile }),
			/\n {2}teamsFile: t\.yaml cannot be read: ENOENT.* relative to the project's folder/,
		);
		assert.match(
			problem({ teamsFile }, { "t.yaml": "- shop" }),
			/\n {2}teamsFile: t\.yaml has no teams; allowed is one key/,
		);
		for (const none of ["teams: []", "teams:", ""]) {
			assert.match(problem({ teamsFile }, { "t.yaml": none }), /\n {2}teamsFile: t\.yaml has no teams; [^\n]*$/, none);
		}
		assert.match(
			problem({ teamsFile }, { "t.yaml": "teams: [" }),
			/\n {2}teamsFile: t\.yaml is not valid YAML: Flow sequence [^\n]* line 1, column \d+ \[config-invalid\]$/,
		);
		assert.match(
			problem({ teamsFile }, { "t.yaml": `${FILE}---\n${FILE}` }),
			/\n {2}teamsFile: t\.yaml is not valid YAML: Source contains multiple documents at line 3, column 1 \[/,
		);
		const withCluster = problem({ teamsFile }, { "t.yaml": `cluster: prod\n${FILE}` });
		assert.match(withCluster, /\n {2}teamsFile: t\.yaml has "cluster" beside teams; keys of a stack stand in/);
		assert.match(problem({ teamsFile, users: "jane" }, { "t.yaml": FILE }), /\n {2}teamsFile: stands beside users; /);
		assert.match(
			problem({ teamsFile }, { "t.yaml": "teams: [{name: shop, usrs: [jane]}]" }),
			/\n {2}teams\[0\]\.usrs: unknown key/,
		);
	});

	it("have IAM names of their own by iamName; the team keeps its name in the cluster", () => {
		const [team] = read({ ...SIMPLE, iamName: "{team}-{cluster}" });
		assert.ok(team);
		assert.deepEqual([groupNameOf(team), roleNameOf(team)], ["k8s-devs-dev", "k8s-devs-dev-role"]);
		assert.deepEqual([team.name, team.group], ["k8s-devs", "k8s-devs"]);
		assert.equal(roleNameOf({ ...team, role: { name: "own" } }), "own");
		for (const iamName of ["", undefined]) {
			const [usual] = read({ ...SIMPLE, ...(iamName === undefined ? {} : { iamName }) });
			assert.deepEqual(usual && [groupNameOf(usual), roleNameOf(usual)], ["k8s-devs", "k8s-devs-role"]);
		}
	});

	it("that two teams would share are an error at iamName", () => {
		const team = { namespaces: ["a"], users: ["jane"] };
		const teams = JSON.stringify([
			{ ...team, name: "shop" },
			{ ...team, name: "x", role: { name: "SHOP-c-role" } },
		]);
		const { iamName } = problemsOf({ cluster: "c", teams, iamName: "{team}-{cluster}" });
		assert.match(String(iamName), /makes the role of x "SHOP-c-role", which is that of shop already/);
	});

	it("are those of a program too, by its argument; a cluster that is not there yet has no name", () => {
		const names = (template?: string, cluster?: string) =>
			readNamedTeams(
				[{ name: "shop", namespaces: ["shop"], users: ["jane"] }],
				{ template, cluster },
				"EksAccess x",
			).map(roleNameOf);
		assert.deepEqual(names("{team}-{cluster}", "dev"), ["shop-dev-role"]);
		assert.deepEqual(names("{team}-prod"), ["shop-prod-role"]);
		assert.deepEqual([names(), names("")], [["shop-role"], ["shop-role"]]);
		assert.throws(
			() => names("{team}-{cluster}"),
			/^ConfigError: .*\n {2}iamName: has \{cluster\}, whose name is not known/,
		);
		assert.throws(() => names("{stack}", "dev"), /\n {2}iamName: "\{stack\}" has "\{stack\}"; the placeholders/);
	});

	it("a placeholder that is unknown, a name without the team, and one that IAM does not take are errors at iamName", () => {
		const at = (iamName: string) => String(problemsOf({ ...SIMPLE, iamName }).iamName);
		assert.match(at("{team}-{stak}"), /has "\{stak\}"; the placeholders are \{team\} and \{cluster\}/);
		assert.match(at("{team"), /has "\{team"; the placeholders/);
		assert.match(at("{cluster}"), /names no IAM group; .*with \{team\} among them/);
		assert.match(at("{team} {cluster}"), /names no IAM group/);
		const cluster = "c".repeat(60);
		const long = { cluster, iamName: "{team}-{cluster}" };
		assert.match(String(problemsOf({ ...SIMPLE, ...long }).iamName), /of 74 characters; IAM allows 64/);
		const named = [{ name: "shop", namespaces: ["a"], users: ["jane"], role: { name: "own" } }];
		assert.match(
			String(problemsOf({ ...long, teams: JSON.stringify(named) }).iamName),
			/of 70 characters; IAM allows 64/,
		);
	});
});
