import assert from "node:assert/strict";
import { compareAccessEntries, type LiveAccessEntry } from "../../cli/verify/access-entries";
import { compareAwsAuth } from "../../cli/verify/aws-auth";
import type { KnownPrincipal } from "../../cli/verify/principals";
import { principalsOf } from "../../components/principal";
import { arnOf, teamsOf } from "./given-teams";
import { kinds } from "./verify-findings";

describe("eks-access verify: the ways in", () => {
	const teams = teamsOf(
		{ name: "shop", namespaces: ["shop"], access: "view", users: ["jane"] },
		{ name: "ops", users: ["ann"], admin: true },
	);
	const known = principalsOf(teams).map(
		(principal): KnownPrincipal => ({ principal, arn: arnOf(`${principal.groups[0]}-role`) }),
	);
	const groups = ["shop", "ops"];
	const stack = "eks-access/prod";
	const map = (...entries: [string, string[]][]) =>
		entries
			.map(
				([name, of]) =>
					`- rolearn: ${arnOf(name)}\n  username: ${of[0]}\n  groups: [${of.map((each) => JSON.stringify(each)).join(", ")}]\n`,
			)
			.join("");
	const good = map(["shop-role", ["shop"]], ["ops-role", ["ops", "system:masters"]]);
	const awsAuth = (mapRoles: string, isUsed = true, annotations = {}) =>
		compareAwsAuth({ live: { data: { mapRoles }, metadata: { annotations } }, known, groups, isUsed, stack });

	it("aws-auth in order; without system:masters an administrator has drifted", () => {
		assert.deepEqual(awsAuth(good), { findings: [], entries: 2 });
		assert.deepEqual(kinds(awsAuth(good.replace(', "system:masters"', "")).findings), [`drifted ${arnOf("ops-role")}`]);
	});

	it("of two entries the last one counts, as for the authenticator", () => {
		const messages = (mapRoles: string) => awsAuth(mapRoles).findings.map(({ message }) => message);
		const other = map(["shop-role", ["other", "shop"]]);
		assert.deepEqual(messages(other + good).length, 1);
		assert.match(messages(good + other).join("\n"), /has 2 entries[\s\S]*comes in as other, not as shop/);
	});

	it("no aws-auth is one finding, and none where nobody comes in by it", () => {
		const of = (isUsed: boolean) => compareAwsAuth({ live: undefined, known, groups, isUsed, stack }).findings;
		assert.deepEqual(kinds(of(true)), ["missing kube-system/aws-auth"]);
		assert.deepEqual(of(false), []);
	});

	it("where aws-auth is not used, the teams' entries in it are extra", () => {
		assert.deepEqual(kinds(awsAuth(good, false).findings), [
			`extra ${arnOf("shop-role")}`,
			`extra ${arnOf("ops-role")}`,
		]);
	});

	it("an entry that this stack has written for a team that is gone is extra; another stack's is not", () => {
		const record = (of: string) => ({
			"pulumi-eks-access/x": JSON.stringify({ stack: `org/${of}`, roles: [arnOf("old")], users: [] }),
		});
		const text = good + map(["old", ["old"]]);
		assert.deepEqual(kinds(awsAuth(text, true, record(stack)).findings), [`extra ${arnOf("old")}`]);
		assert.deepEqual(awsAuth(text, true, record("eks-access/other")).findings, []);
	});

	it("an administrator by access entries is judged by the access policy", () => {
		const entry = (name: string, policies: [string, string[]][]): LiveAccessEntry => {
			return {
				principalArn: arnOf(`${name}-role`),
				type: "STANDARD",
				username: name,
				groups: [name],
				policies: new Map(policies),
			};
		};
		const live = [
			entry("shop", [["AmazonEKSViewPolicy", ["shop"]]]),
			entry("ops", [["AmazonEKSClusterAdminPolicy", ["*"]]]),
		];
		const of = (entries: LiveAccessEntry[], isUsed = true) =>
			kinds(compareAccessEntries({ live: entries, known, groups, isUsed }));
		assert.deepEqual(of(live), []);
		assert.deepEqual(of([live[0] as LiveAccessEntry, entry("ops", [])]), [`missing ${arnOf("ops-role")}`]);
		assert.deepEqual(of([live[0] as LiveAccessEntry, { ...(live[1] as LiveAccessEntry), type: "EC2_LINUX" }]), [
			`drifted ${arnOf("ops-role")}`,
		]);
		assert.deepEqual(of(live, false).length, 2);
	});

	it("a role that is younger than its access entry comes in by another id", () => {
		const at = (day: number) => new Date(Date.UTC(2026, 0, day));
		const [shop] = known as [KnownPrincipal];
		const entry = { principalArn: shop.arn, type: "STANDARD", username: "shop", groups: ["shop"], createdAt: at(2) };
		const live = [{ ...entry, policies: new Map([["AmazonEKSViewPolicy", ["shop"]]]) }];
		const of = (createdAt: Date) =>
			kinds(compareAccessEntries({ live, known: [{ ...shop, createdAt }], groups, isUsed: true }));
		assert.deepEqual(of(at(1)), []);
		assert.deepEqual(of(at(2)), []);
		assert.deepEqual(of(at(3)), [`drifted ${shop.arn}`]);
	});
});
