import assert from "node:assert/strict";
import fc from "fast-check";
import { AwsAuthTextError, mergeMap, readEntries } from "../../../core/aws-auth/map";
import { awsAuthContent } from "../../support/aws-auth-contents";
import { ARN, ARTICLE, add, change, DEVS, NODES, OTHER } from "../../support/aws-auth-merging";

describe("a map of aws-auth", () => {
	it("gets the article's entry behind the node role's, as the article writes it", () => {
		assert.equal(add(NODES, DEVS), NODES + ARTICLE);
	});

	it("keeps every foreign byte: comments, quotes, account numbers, templates, odd indentation", () => {
		const foreign = [
			"# nodes, do not touch",
			"- rolearn:   'arn:aws:iam::012345678901:role/node'   # zero in front",
			'  username: "system:node:{{EC2PrivateDNSName}}"',
			"  groups: [ system:nodes,system:bootstrappers ]",
			"  userid: 012345678901",
			"",
			"-",
			"    sso:",
			"      permissionSetName: Admin",
			"      accountID: 1e3",
			"    groups:",
			"    - &g view",
			"# the end",
			"",
		].join("\n");
		const merged = add(foreign, DEVS);
		assert.equal(merged, foreign + ARTICLE);
		assert.equal(change(merged, [ARN]), foreign);
	});

	it("is written in its own style: indentation, flow, line breaks", () => {
		assert.equal(add("  - rolearn: a\n", DEVS), `  - rolearn: a\n${ARTICLE.replace(/^(?=.)/gm, "  ")}`);
		assert.equal(add(NODES.replaceAll("\n", "\r\n"), DEVS), (NODES + ARTICLE).replaceAll("\n", "\r\n"));
		const json = `{"groups": ["k8s-devs"], "rolearn": "${ARN}", "username": "developer"}`;
		assert.equal(add('[{"rolearn": "a"}]', DEVS), `[{"rolearn": "a"}, ${json}]`);
		assert.equal(add('[\n  {"rolearn": "a"}\n]\n', DEVS), `[\n  {"rolearn": "a"},\n  ${json}\n]\n`);
	});

	for (const text of [
		"",
		"\n",
		"# only a comment",
		"# only a comment\n",
		"[]",
		"[]\n",
		"[ ] # none",
		"---\n",
		NODES.trimEnd(),
		`${NODES}...\n`,
		`${NODES}\n\n# end`,
		"\ufeff- rolearn: a\n",
	]) {
		it(`${JSON.stringify(text.slice(-30))} is itself again once our entries are gone`, () => {
			const merged = add(text, DEVS, OTHER);
			assert.deepEqual(
				readEntries(merged, "mapRoles")
					.slice(-2)
					.map(({ arn }) => arn),
				[ARN, OTHER.roleArn],
			);
			assert.equal(change(merged, [ARN, OTHER.roleArn]), text);
			assert.equal(change(change(merged, [ARN, OTHER.roleArn], DEVS), [ARN]), text);
		});
	}

	it("that was missing, null or an empty text becomes a list and stays one; never null or {}", () => {
		for (const text of [undefined, "null", "~\n", '""', "''", "``", "--- null # nothing"]) {
			const merged = add(text, DEVS);
			assert.deepEqual(
				readEntries(merged, "mapRoles").map(({ arn }) => arn),
				[ARN],
			);
			const left = change(merged, [ARN]);
			assert.match(left, /\[\]/);
			assert.deepEqual(readEntries(left, "mapRoles"), []);
		}
		assert.equal(add(undefined), "[]\n");
	});

	it("is the same byte for byte when merged again, and ours stay where they are", () => {
		const moved = ARTICLE + NODES;
		assert.equal(change(moved, [ARN], DEVS), moved);
		const merged = add(moved.replace(ARN, "arn:aws:iam::1:role/x"), DEVS, OTHER);
		assert.equal(change(merged, [ARN, OTHER.roleArn], DEVS, OTHER), merged);
	});

	it("changes an entry in place", () => {
		const changed = change(`${ARTICLE}# behind\n${NODES}`, [ARN], { ...DEVS, username: "dev" });
		assert.equal(changed, `${ARTICLE.replace("developer", "dev")}# behind\n${NODES}`);
	});

	it("keeps names strings that YAML 1.1 would read as something else", () => {
		for (const username of [
			"yes",
			"0123",
			"2021-01-01",
			"1e3",
			"~",
			"null",
			"{{AccountID}}",
			"a: b",
			"x #y",
			"- z",
			"é😀",
			"true",
			"0x1F",
			".inf",
			"a:",
		]) {
			const merged = add(NODES, { ...DEVS, username, groups: [username] });
			const entry = readEntries(merged, "mapRoles")[1];
			assert.deepEqual([entry?.username, entry?.groups], [username, [username]]);
			assert.match(merged, /username: ".*"\n$/);
		}
	});

	it("knows our entry again after another tool has rewritten it", () => {
		for (const rewritten of [
			`- rolearn: "${ARN}"\n  username: 'developer'\n  groups: ["k8s-devs"]\n`,
			`- {username: developer, rolearn: ${ARN}, groups: [k8s-devs]}\n`,
			`-   UserName: developer\n    RoleARN: ${ARN}\n    Groups:\n        - k8s-devs\n`,
			`- username: >-\n    developer\n  groups: &g\n  - k8s-devs\n  rolearn: |-\n    ${ARN}\n`,
			`- username: developer\n  groups: [k8s-devs]\n  rolearn: ${ARN.replace("k8s-devs-role", "K8S-devs-Role")}\n`,
		]) {
			assert.equal(change(NODES + rewritten, [ARN], DEVS), NODES + rewritten, "the same meaning stays untouched");
			assert.equal(change(rewritten + NODES, [ARN]), NODES);
		}
		const json = `[{"username":"developer","rolearn":"${ARN}"},{"rolearn":"b"}]`;
		assert.equal(change(json, [ARN]), '[{"rolearn":"b"}]');
	});

	it("knows an entry that is an alias for what stands elsewhere", () => {
		const elsewhere = `- odd: &e {RoleARN: ${ARN}, USERNAME: developer, groups: [k8s-devs]}\n`;
		assert.equal(change(`${elsewhere}- *e\n`, [ARN], DEVS), `${elsewhere}- *e\n`);
		assert.equal(change(`${elsewhere}- *e # ours\n${NODES}`, [ARN]), elsewhere + NODES);
	});

	it("is read from block scalars, without the blanks of blank lines", () => {
		const text = `- rolearn: >-\n    ${ARN}\n  username: |\n\n   \n    x\n   \n- rolearn: |-\n    b\n  username: |+\n    y\n\n`;
		assert.deepEqual(
			readEntries(text, "mapRoles").map(({ arn, username }) => [arn, username]),
			[
				[ARN, "\n\nx\n"],
				["b", "y\n\n"],
			],
		);
	});

	it("gets an entry back that somebody removed by hand", () => {
		assert.equal(change(NODES, [ARN], DEVS), NODES + ARTICLE);
	});

	it("holds ours once, also where somebody doubled it", () => {
		assert.equal(change(ARTICLE + NODES + ARTICLE, [ARN], DEVS), ARTICLE + NODES);
		const wrong = ARTICLE.replace("developer", "admin");
		assert.equal(change(wrong + NODES + ARTICLE, [ARN], DEVS), NODES + ARTICLE);
		assert.equal(change(wrong + NODES + wrong, [ARN], DEVS), ARTICLE + NODES);
		assert.equal(change(ARTICLE + NODES + ARTICLE, [ARN]), NODES);
	});

	it("never has two of ours for one role, whatever their case and path", () => {
		assert.throws(
			() => add(NODES, DEVS, { ...DEVS, roleArn: ARN.replace("role/k8s", "role/path/K8S"), username: "second" }),
			/wanted twice, as developer and as second/,
		);
	});

	it("refuses a foreign entry for the same role, names its line, and takes it over on request only", () => {
		const foreign = NODES + ARTICLE.replace("developer", "admin").replace("k8s-devs-role", "K8s-Devs-Role") + NODES;
		assert.throws(() => add(foreign, DEVS), { key: "mapRoles", line: 6, message: /maps this ARN already.*adopt/ });
		const adopted = mergeMap(foreign, { key: "mapRoles", remove: new Set(), desired: [DEVS], adopt: true });
		assert.equal(adopted, NODES + ARTICLE + NODES);
		assert.equal(
			mergeMap(NODES + ARTICLE, { key: "mapRoles", remove: new Set(), desired: [DEVS], adopt: true }),
			NODES + ARTICLE,
		);
	});

	it("leaves a foreign entry alone whose path keeps the authenticator from ever matching it", () => {
		const dead = `- rolearn: ${ARN.replace("role/", "role/path/")}\n  username: x\n`;
		assert.equal(add(dead, DEVS), dead + ARTICLE);
		assert.equal(change(dead + ARTICLE, [ARN]), dead);
	});

	it("of users keeps their paths apart", () => {
		const user = { userArn: "arn:aws:iam::293759796572:user/people/jane", username: "jane", groups: [] };
		const merged = mergeMap("", { key: "mapUsers", remove: new Set(), desired: [user] });
		assert.equal(merged, "- groups: []\n  userarn: arn:aws:iam::293759796572:user/people/jane\n  username: jane");
		const other = merged.replace("people/", "");
		assert.equal(mergeMap(other, { key: "mapUsers", remove: new Set([user.userArn]), desired: [] }), other);
	});

	it("never has fewer foreign entries, nor fewer of system:nodes, whatever is put in and taken out", () => {
		const nodes = (text: string) =>
			readEntries(text, "mapRoles").filter(({ groups }) => groups.includes("system:nodes"));
		let accepted = 0;
		fc.assert(
			fc.property(awsAuthContent, ({ text }) => {
				let before: number[];
				let put: string;
				try {
					before = [readEntries(text, "mapRoles").length, nodes(text).length];
					put = add(text, DEVS, OTHER);
				} catch (error) {
					assert.ok(error instanceof AwsAuthTextError, String(error));
					return;
				}
				accepted++;
				assert.deepEqual([readEntries(put, "mapRoles").length - 2, nodes(put).length], before);
				const taken = change(put, [ARN, OTHER.roleArn]);
				assert.deepEqual([readEntries(taken, "mapRoles").length, nodes(taken).length], before);
			}),
			{ numRuns: 2000 },
		);
		assert.ok(accepted > 500, `${accepted} of 2000 contents were accepted`);
	});
});
