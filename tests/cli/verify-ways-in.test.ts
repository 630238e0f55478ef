import assert from "node:assert/strict";
import type { KnownPrincipal } from "../../cli/verify/principals";
import { compareAccessEntries } from "../../cli/verify/questions/access-entries";
import { compareAwsAuth } from "../../cli/verify/questions/aws-auth";
import type { LiveAccessEntry } from "../../core/aws/reader";
import { principalsOf } from "../../core/teams/principals";
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
	const nobody = { expected: [], inAccessEntries: [] };
	const question = {
		expected: [arnOf("path/admin")],
		inAwsAuth: [],
		namespaces: ["shop"],
		accepted: [],
		options: "--cluster-name c",
	};
	const map = (...entries: [string, string[]][]) =>
		entries
			.map(
				([name, of]) =>
					`- rolearn: ${arnOf(name)}\n  username: ${of[0]}\n  groups: [${of.map((each) => JSON.stringify(each)).join(", ")}]\n`,
			)
			.join("");
	const good = map(["shop-role", ["shop"]], ["ops-role", ["ops", "system:masters"]]);
	const awsAuth = (mapRoles: string, isUsed = true, annotations = {}) =>
		compareAwsAuth({
			live: { data: { mapRoles }, metadata: { annotations } },
			known,
			groups,
			isUsed,
			stack,
			...nobody,
		});

	it("aws-auth in order; without system:masters an administrator has drifted", () => {
		assert.deepEqual(awsAuth(good), { findings: [], arns: [arnOf("shop-role"), arnOf("ops-role")] });
		assert.deepEqual(kinds(awsAuth(good.replace(', "system:masters"', "")).findings), [`drifted ${arnOf("ops-role")}`]);
	});

	it("of two entries the last one counts, as for the authenticator", () => {
		const messages = (mapRoles: string) => awsAuth(mapRoles).findings.map(({ message }) => message);
		const other = map(["shop-role", ["other", "shop"]]);
		assert.deepEqual(messages(other + good).length, 1);
		assert.match(messages(good + other).join("\n"), /has 2 entries[\s\S]*comes in as other, not as shop/);
	});

	it("of entries in both maps that in mapRoles counts, which the authenticator asks first", () => {
		const mapUsers = map(["shop-role", ["other"]]).replace("rolearn", "userarn");
		const live = { data: { mapRoles: good, mapUsers }, metadata: {} };
		const { findings } = compareAwsAuth({ live, known, groups, isUsed: true, stack, ...nobody });
		assert.deepEqual(
			findings.map(({ message }) => message),
			["has 2 entries; that in mapRoles counts (line 1 of mapRoles)"],
		);
	});

	it("no aws-auth is one finding, and none where nobody comes in by it", () => {
		const of = (isUsed: boolean) =>
			compareAwsAuth({ live: undefined, known, groups, isUsed, stack, ...nobody }).findings;
		assert.deepEqual(kinds(of(true)), ["missing kube-system/aws-auth"]);
		assert.deepEqual(of(false), []);
	});

	it("where aws-auth is not used, the teams' entries in it are extra", () => {
		assert.deepEqual(kinds(awsAuth(good, false).findings), [
			`foreign ${arnOf("shop-role")}`,
			`foreign ${arnOf("ops-role")}`,
		]);
	});

	it("who administers the cluster by an entry of others is foreign, but for the operator", () => {
		const text = good + map(["intruder", ["x", "system:masters"]], ["admin", ["admin", "system:masters"]]);
		const { findings } = compareAwsAuth({
			...{ live: { data: { mapRoles: text }, metadata: {} }, known, groups, isUsed: true, stack },
			...{ expected: [arnOf("path/admin")], inAccessEntries: [] },
		});
		assert.deepEqual(kinds(findings), [`foreign ${arnOf("intruder")}`]);
		assert.equal(findings[0]?.fix, "kubectl edit -n kube-system configmap/aws-auth");
	});

	it("who comes in the other way is not said to be kept out", () => {
		const live = { data: { mapRoles: map(["ops-role", ["ops", "system:masters"]]) }, metadata: {} };
		const of = (inAccessEntries: string[]) =>
			compareAwsAuth({ live, known, groups, isUsed: true, stack, expected: [], inAccessEntries }).findings[0]?.message;
		assert.match(of([]) ?? "", /it is not let in/);
		assert.match(of([arnOf("shop-role")]) ?? "", /let in by its access entry alone/);
		const entries = (inAwsAuth: string[]) =>
			compareAccessEntries({ ...question, live: [], known, groups, isUsed: true, inAwsAuth })[0]?.message;
		assert.match(entries([]) ?? "", /it is not let in/);
		assert.match(entries([arnOf("shop-role")]) ?? "", /let in by aws-auth alone/);
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
			kinds(compareAccessEntries({ ...question, live: entries, known, groups, isUsed }));
		assert.deepEqual(of(live), []);
		assert.deepEqual(of([live[0] as LiveAccessEntry, entry("ops", [])]), [`missing ${arnOf("ops-role")}`]);
		assert.deepEqual(of([live[0] as LiveAccessEntry, { ...(live[1] as LiveAccessEntry), type: "EC2_LINUX" }]), [
			`drifted ${arnOf("ops-role")}`,
		]);
		assert.deepEqual(of(live, false).length, 2);
	});

	it("an access entry beside aws-auth is extra, whatever the role's path, until all that it gives more is accepted", () => {
		const policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";
		const entry = (groups: string[]): LiveAccessEntry => ({
			...{ principalArn: arnOf("teams/shop-role"), type: "STANDARD", username: "shop", groups },
			policies: new Map([["AmazonEKSViewPolicy", ["*"]]]),
		});
		const of = (groups: string[], ...accepted: string[]) =>
			compareAccessEntries({ ...question, live: [entry(groups)], known, groups: ["shop"], isUsed: false, accepted });
		const [found] = of(["shop", "auditors"]);
		assert.match(found?.message ?? "", /is in shop, auditors and has AmazonEKSViewPolicy in the whole cluster/);
		assert.match(found?.fix ?? "", /^aws eks delete-access-entry --cluster-name c --principal-arn arn/);
		assert.equal(of(["shop", "auditors"], "group/auditors").length, 1);
		assert.deepEqual(of(["shop", "auditors"], "group/auditors", `policy/${policy}`), []);
		assert.equal(of([], `policy/${policy}`).length, 1, "it takes a group away");
	});

	it("a role that is younger than its access entry comes in by another id", () => {
		const at = (day: number) => new Date(Date.UTC(2026, 0, day));
		const [shop] = known as [KnownPrincipal];
		const entry = { principalArn: shop.arn, type: "STANDARD", username: "shop", groups: ["shop"], createdAt: at(2) };
		const live = [{ ...entry, policies: new Map([["AmazonEKSViewPolicy", ["shop"]]]) }];
		const of = (createdAt: Date) =>
			kinds(compareAccessEntries({ ...question, live, known: [{ ...shop, createdAt }], groups, isUsed: true }));
		assert.deepEqual(of(at(1)), []);
		assert.deepEqual(of(at(2)), []);
		assert.deepEqual(of(at(3)), [`drifted ${shop.arn}`]);
	});

	it("an access entry of others with a policy in a team's namespace or everywhere is foreign, whatever its groups", () => {
		const entry = (principalArn: string, name: string, ...namespaces: string[]): LiveAccessEntry => ({
			...{ principalArn, type: "STANDARD", username: "x", groups: [], policies: new Map([[name, namespaces]]) },
		});
		const service = "arn:aws:iam::123456789012:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";
		const live = [
			entry(arnOf("here"), "AmazonEKSViewPolicy", "shop", "other"),
			entry(arnOf("elsewhere"), "AmazonEKSViewPolicy", "other"),
			entry(arnOf("everywhere"), "AmazonEKSClusterAdminPolicy", "*"),
			entry(arnOf("admin"), "AmazonEKSClusterAdminPolicy", "*"),
			entry(service, "AmazonEKSEventPolicy", "*"),
			// EKS gives them to the cluster's and the nodes' roles in Auto Mode.
			...["AutoNode", "BlockStorage", "Compute", "LoadBalancing", "Networking", "ComputeCluster", "Hybrid"].map(
				(name) => entry(arnOf(name), `AmazonEKS${name}Policy`, "*"),
			),
		];
		const found = compareAccessEntries({ ...question, live, known: [], groups, isUsed: true });
		assert.deepEqual(kinds(found), [`foreign ${arnOf("here")}`, `foreign ${arnOf("everywhere")}`]);
		assert.match(found[0]?.message ?? "", /has the access policy AmazonEKSViewPolicy in shop, and/);
		assert.equal(found[1]?.fix, `aws eks delete-access-entry --cluster-name c --principal-arn ${arnOf("everywhere")}`);
	});
});
