import assert from "node:assert/strict";
import fc from "fast-check";
import { readConfig, readTeams } from "../../../core/config/config";
import { ConfigError } from "../../../core/errors/problem";
import { present } from "../../support/present";
import { problemsOf, teamsOf } from "../../support/team-problems";

const simple = { cluster: "prod-eks-cluster", namespaces: '["prod","uat","dev"]', users: '["jane","joe"]' };

describe("config", () => {
	it("the simple form is the team k8s-devs with the username developer and full access, and nothing else", () => {
		assert.deepEqual(readConfig(simple).teams, [
			{
				name: "k8s-devs",
				username: "developer",
				namespaces: ["prod", "uat", "dev"].map((name) => ({ name, access: "full" })),
				access: "full",
				users: ["jane", "joe"],
				roleArns: [],
				ssoPermissionSets: [],
				userArns: [],
				trustedAccounts: [],
				group: "k8s-devs",
				groups: [],
				admin: false,
				metrics: false,
				role: {},
				allow: [],
			},
		]);
	});

	it("namespaces and users may be comma-separated text, as `pulumi new` asks for them", () => {
		const asText = { ...simple, namespaces: " prod,uat, dev ,", users: "jane, joe" };
		assert.deepEqual(readConfig(asText), readConfig(simple));
		assert.deepEqual(readConfig({ ...simple, users: "007" }).teams[0]?.users, ["007"]);
		assert.match(problemsOf({ ...simple, namespaces: "prod, Uat" })["namespaces[1]"] as string, /"Uat"/);
		assert.match(problemsOf({ ...simple, users: " , " }).users as string, /list at least one/);
	});

	it("the simple form takes a level and settings for a namespace too", () => {
		const { teams } = readConfig({ ...simple, namespaces: '["dev",{"name":"prod","access":"view"}]' });
		assert.deepEqual(present(teams[0]).namespaces, [
			{ name: "dev", access: "full" },
			{ name: "prod", access: "view" },
		]);
	});

	it("authentication is auto unless it is set, and is one of four", () => {
		assert.equal(readConfig(simple).authentication, "auto");
		assert.equal(readConfig({ ...simple, authentication: "both" }).authentication, "both");
		assert.equal(
			problemsOf({ ...simple, authentication: "access-entrys" }).authentication,
			'found "access-entrys"; allowed is auto, aws-auth, access-entries, both',
		);
	});

	it("a team of the long form has its own name as username unless it says otherwise", () => {
		const teams =
			'[{"name":"a","namespaces":["x"],"users":["u"]},{"name":"b","namespaces":["x"],"users":["u"],"username":"bee"}]';
		assert.deepEqual(
			readConfig({ cluster: "c", teams }).teams.map(({ username }) => username),
			["a", "bee"],
		);
	});

	it("the defaults that Pulumi.yaml declares count as not set", () => {
		const teams = '[{"name":"a","namespaces":["x"],"users":["u"]}]';
		const declared = { namespaces: "[]", users: "[]", kubeconfig: "", kubeconfigStack: "", adoptExisting: "false" };
		assert.equal(readConfig({ ...declared, cluster: "c", teams }).teams.length, 1);
		assert.equal(present(readConfig({ ...declared, ...simple, teams: "[]" }).teams[0]).name, "k8s-devs");
	});

	it("lists every problem at once, each with its path", () => {
		const teams = '[{"name":"a","namespaces":["dev"],"users":["u"]},{"name":"A","namespaces":["Prod"],"users":[]}]';
		const problems = problemsOf({ clustr: "c", teams });
		assert.deepEqual(Object.keys(problems).sort(), [
			"cluster",
			"clustr",
			"teams[1].name",
			"teams[1].namespaces[0]",
			"teams[1].users",
		]);
	});

	it("suggests the key that a misspelt one stands for", () => {
		assert.match(present(problemsOf({ ...simple, namespcaes: "[]" }).namespcaes), /Did you mean namespaces\?/);
		const teams = '[{"name":"a","namespaces":["x"],"user":["u"]}]';
		assert.match(present(problemsOf({ cluster: "c", teams })["teams[0].user"]), /Did you mean users\?/);
	});

	it("suggests nothing for a key that is like no other", () => {
		assert.doesNotMatch(present(problemsOf({ ...simple, zzzzzzzz: "1" }).zzzzzzzz), /Did you mean/);
	});

	for (const [what, name] of Object.entries({
		"capital letters": "Prod",
		"a hyphen at the end": "dev-",
		"a dot": "a.b",
		"64 characters": "x".repeat(64),
		nothing: "",
	})) {
		it(`refuses a namespace name with ${what}`, () => {
			const problems = problemsOf({ ...simple, namespaces: JSON.stringify(["dev", name]) });
			assert.match(present(problems["namespaces[1]"]), /allowed is a DNS label/);
		});
	}

	for (const namespace of ["kube-system", "kube-public", "kube-node-lease"]) {
		it(`refuses full access in ${namespace}`, () => {
			const problems = problemsOf({ ...simple, namespaces: JSON.stringify([namespace]) });
			assert.match(present(problems["namespaces[0]"]), /full access in .* is refused/);
		});
	}

	it("refuses a user's ARN and says which name to write", () => {
		const users = '["arn:aws:iam::123456789012:user/eng/jane"]';
		assert.match(present(problemsOf({ ...simple, users })["users[0]"]), /write jane/);
	});

	it("refuses empty lists, of the simple form and of a team", () => {
		assert.match(present(problemsOf({ ...simple, users: "[]" }).users), /list at least one/);
		const teams = '[{"name":"a","namespaces":[],"users":["u"]}]';
		assert.match(present(problemsOf({ cluster: "c", teams })["teams[0].namespaces"]), /empty list/);
	});

	it("refuses a value twice in a list", () => {
		assert.match(
			present(problemsOf({ ...simple, users: '["jane","joe","jane"]' })["users[2]"]),
			/stands at \[0\] already/,
		);
	});

	it("refuses two teams whose names IAM would take for one", () => {
		const teams = '[{"name":"dev","namespaces":["x"],"users":["u"]},{"name":"DEV","namespaces":["x"],"users":["u"]}]';
		assert.match(present(problemsOf({ cluster: "c", teams })["teams[1].name"]), /teams\[0\] already/);
	});

	it("refuses a user in more teams than IAM allows groups", () => {
		const teams = Array.from({ length: 11 }, (_, at) => ({ name: `t${at}`, namespaces: ["x"], users: ["jane"] }));
		assert.match(present(problemsOf({ cluster: "c", teams: JSON.stringify(teams) }).teams), /"jane" is in 11 teams/);
	});

	it("refuses teams beside the simple form", () => {
		const teams = '[{"name":"a","namespaces":["x"],"users":["u"]}]';
		assert.deepEqual(Object.keys(problemsOf({ ...simple, teams })), ["namespaces", "users"]);
	});

	it("refuses a text where a list of teams is wanted, and a list that is not closed, and shows how a list is written", () => {
		assert.match(present(problemsOf({ cluster: "c", teams: "shop,pay" }).teams), /found "shop,pay".*\[\{name: shop/);
		assert.match(
			present(problemsOf({ ...simple, namespaces: "[prod" }).namespaces),
			/found "\[prod".*\[prod, uat, dev\]/,
		);
	});

	it("says to write a number in quotes where a name is wanted", () => {
		assert.match(present(problemsOf({ ...simple, namespaces: "[2024]" })["namespaces[0]"]), /found 2024.*in quotes/);
	});

	it("refuses a username that is a group of the system's or a template", () => {
		for (const username of ["system:masters", "{{SessionName}}", ""]) {
			const teams = JSON.stringify([{ name: "a", namespaces: ["x"], users: ["u"], username }]);
			assert.ok(problemsOf({ cluster: "c", teams })["teams[0].username"]);
		}
	});

	it("refuses a text that is no kubeconfig without showing it", () => {
		const problems = problemsOf({ ...simple, kubeconfig: "token: s3cr3t" });
		assert.match(present(problems.kubeconfig), /no kubeconfig/);
		assert.doesNotMatch(present(problems.kubeconfig), /s3cr3t/);
	});

	it("teams that were read may be passed on, also changed or beside others", () => {
		const teams = teamsOf({ name: "a" }, { name: "b" });
		assert.equal(readTeams(teams, "EksAccess x"), teams);
		const changed = readTeams([{ ...teams[0], users: [], roleArns: ["arn:aws:iam::123456789012:role/ci"] }], "x");
		assert.deepEqual(
			[present(changed[0]).users, present(changed[0]).roleArns],
			[[], ["arn:aws:iam::123456789012:role/ci"]],
		);
		const more = [...teams, { name: "c", namespaces: ["x"], users: ["u"] }];
		assert.deepEqual(
			readTeams(more, "x").map(({ name }) => name),
			["a", "b", "c"],
		);
	});

	it("a component that makes a part of a team may leave the rest of it out", () => {
		assert.equal(readTeams([{ name: "a", users: ["u"] }], "x", "principals").length, 1);
		assert.equal(readTeams([{ name: "a", namespaces: ["x"] }], "x", "namespaces").length, 1);
		assert.throws(() => readTeams([{ name: "a", users: ["u"] }], "x"), /teams\[0\]\.namespaces: is missing/);
		assert.throws(() => readTeams([{ name: "a", namespaces: ["x"] }], "x"), /teams\[0\]\.users: is missing/);
	});

	it("teams that a program passes are checked alike", () => {
		assert.throws(() => readTeams([], "EksAccess x"), /list at least one team/);
		const wrong = [{ name: "a", namespaces: ["kube-system"], users: ["u"] }];
		assert.throws(() => readTeams(wrong, "EksAccess x"), /teams\[0\]\.namespaces\[0\]: full access in kube-system/);
	});

	it("whatever stands in a config, the answer is a config or a ConfigError", () => {
		const keys = ["cluster", "namespaces", "users", "teams", "kubeconfig", "adoptExisting", "tags", "other"];
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom(...keys), fc.oneof(fc.string(), fc.json())), (values) => {
				try {
					readConfig(values);
				} catch (error) {
					assert.ok(error instanceof ConfigError, String(error));
					assert.ok(error.problems.every(({ path, message }) => path !== undefined && message.length > 0));
				}
			}),
		);
	});
});
