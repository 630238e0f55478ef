import assert from "node:assert/strict";
import { acceptedDangers, isFindingKey, surplusProblems, unneededKeys } from "../../../core/teams/allow";
import { trustPolicy } from "../../../core/teams/iam-policies";
import {
	awsAuthSurplus,
	entrySurplus,
	identitySurplus,
	overridingSurplus,
	strangersOf,
} from "../../../core/teams/surplus";
import { teamOf, teamsOf } from "../../support/team-problems";

const ACCOUNT = { partition: "aws", accountId: "123456789012" };
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const ASSUME = "arn:aws:iam::123456789012:policy/assume";
const NONE = { attached: [], inline: [] };
const keysOf = (found: { key: string }[]) => found.map(({ key }) => key);
const written = (team = teamOf({})) => JSON.parse(trustPolicy(ACCOUNT, team));

describe("what adoption would take over besides what the config lists", () => {
	it("of a role are its policies and whom else it trusts, each with the command that ends it", () => {
		const trust = {
			Statement: [
				...written().Statement,
				{
					Effect: "Allow",
					Principal: { AWS: ["111122223333", "arn:aws:iam::111122223333:role/x"], Service: "ec2.amazonaws.com" },
				},
				{ Effect: "Deny", Principal: "*" },
			],
		};
		const found = identitySurplus(
			teamOf({}),
			{ role: { trust, policies: { attached: [ADMINISTRATOR], inline: ["s3"] } } },
			written(),
		);
		assert.deepEqual(keysOf(found), [
			`policy/${ADMINISTRATOR}`,
			"policy/s3",
			"trust/arn:aws:iam::111122223333:root",
			"trust/arn:aws:iam::111122223333:role/x",
			"trust/ec2.amazonaws.com",
			"trust/Deny",
		]);
		assert.match(found[0]?.message ?? "", /aws iam detach-role-policy --role-name shop-role --policy-arn arn/);
	});

	it("of a role that is as the program writes it is nothing", () => {
		const role = { trust: written(), policies: NONE };
		assert.deepEqual(identitySurplus(teamOf({}), { role }, written()), []);
		assert.deepEqual(identitySurplus(teamOf({}), {}, written()), []);
	});

	it("of a group are its members and policies that the config does not list, whatever their case", () => {
		const team = teamOf({ assumeRolePolicyArn: ASSUME });
		const group = { members: ["Jane", "mallory"], policies: { attached: [ASSUME, ADMINISTRATOR], inline: [] } };
		assert.deepEqual(keysOf(identitySurplus(team, { group }, written())), [
			`policy/${ADMINISTRATOR}`,
			"member/mallory",
		]);
		assert.deepEqual(strangersOf(team, ["JANE"]), []);
	});

	it("of an access entry are other groups and other policies; of an entry in aws-auth other groups", () => {
		const policy = (name: string) => `arn:aws:eks::aws:cluster-access-policy/${name}`;
		const live = {
			principalArn: ASSUME,
			groups: ["shop", "auditors"],
			policies: [policy("AmazonEKSViewPolicy"), policy("AmazonEKSClusterAdminPolicy")],
		};
		const wanted = { groups: ["shop"], policies: [{ name: "AmazonEKSViewPolicy", namespaces: ["shop"] }] };
		assert.deepEqual(keysOf(entrySurplus("shop", wanted, live, "prod")), [
			"group/auditors",
			`policy/${policy("AmazonEKSClusterAdminPolicy")}`,
		]);
		const entry = { arn: ASSUME, line: 7, groups: ["shop", "system:masters"] };
		assert.deepEqual(keysOf(awsAuthSurplus("shop", ["shop"], entry)), ["group/system:masters"]);
	});

	it("of an access entry that EKS takes instead of aws-auth is all that it gives, also by its username", () => {
		const live = { principalArn: ASSUME, groups: ["shop", "auditors"], policies: [ADMINISTRATOR], username: "root" };
		const legacy = {
			...{ metadata: { name: "legacy" }, roleRef: { kind: "ClusterRole", name: "cluster-admin" } },
			subjects: [{ kind: "User", name: "root" }],
		};
		const wanted = { groups: ["shop"], username: "shop" };
		const found = overridingSurplus("shop", wanted, live, "prod", [legacy]);
		assert.deepEqual(keysOf(found), ["group/auditors", `policy/${ADMINISTRATOR}`, "clusterRoleBinding/legacy"]);
		for (const { message } of found) {
			assert.match(message, /delete it: aws eks delete-access-entry --cluster-name prod --principal-arn arn/);
		}
		const same = { ...live, groups: ["shop"], policies: [], username: "shop" };
		assert.deepEqual(overridingSurplus("shop", wanted, same, "prod", [legacy]), []);
	});

	it("of a role are also its boundary and the conditions of its trust, which would go", () => {
		const [statement] = written().Statement;
		const Condition = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" }, Bool: { "aws:MultiFactorAuthPresent": "true" } };
		const role = { trust: { Statement: [{ ...statement, Condition }] }, policies: NONE, permissionsBoundary: ASSUME };
		const of = (team: Parameters<typeof teamOf>[0]) => identitySurplus(teamOf(team), { role }, written(teamOf(team)));
		assert.deepEqual(keysOf(of({})), [
			...["trust/aws:SourceIp", "trust/aws:MultiFactorAuthPresent", `boundary/${ASSUME}`],
		]);
		assert.match(of({})[1]?.message ?? "", /keep it: role: \{mfa: true\}/);
		const kept = of({ role: { mfa: true, permissionsBoundary: ASSUME } });
		assert.deepEqual(keysOf(kept), ["trust/aws:SourceIp"]);
	});
});

describe("allow", () => {
	const finding = {
		team: "shop",
		key: "clusterRoleBinding/legacy",
		message: "the ClusterRoleBinding legacy gives more",
	};

	it("accepts what it names, in its own team; everything else is a problem that prints its key", () => {
		const teams = teamsOf({ allow: [finding.key] }, { name: "pay" });
		assert.deepEqual(surplusProblems(teams, [finding]), []);
		assert.deepEqual(surplusProblems(teams, [{ ...finding, team: "pay" }]), [
			{
				path: "teams[1] (pay)",
				code: "surplus-access",
				message:
					'the ClusterRoleBinding legacy gives more; if that is meant, add "clusterRoleBinding/legacy" to the team\'s allow',
			},
		]);
	});

	it("every key that is printed can be written, and nothing else", () => {
		const printed = ["clusterRoleBinding/a:b", "roleBinding/n/a", "serviceAccount/n/a", `policy/${ADMINISTRATOR}`];
		for (const key of [
			...printed,
			"policy/s3",
			"member/mallory",
			"trust/*",
			"trust/aws:SourceIp",
			"boundary/a",
			"group/system:masters",
		]) {
			assert.ok(isFindingKey(key), key);
			assert.deepEqual(teamOf({ allow: [key] }).allow, [key]);
		}
		for (const key of ["roleBinding/a", "serviceAccount/a", "policy/", "clusterRoleBinding/", "binding/a"]) {
			assert.ok(!isFindingKey(key), key);
		}
	});

	it("what nothing needs is found, what levels and groups are refused for among it", () => {
		const none = () => undefined;
		const [dns] = teamsOf({ allow: ["kube-system", "secrets"], namespaces: ["kube-system"] });
		assert.deepEqual(unneededKeys(dns, acceptedDangers(dns, new Map(), none)), ["secrets"]);
		const [reader] = teamsOf({
			allow: ["secrets", "cluster-write"],
			namespaces: [],
			clusterAccess: { clusterRole: "reader" },
		});
		const reads = () => [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
		assert.deepEqual(unneededKeys(reader, acceptedDangers(reader, new Map(), reads)), []);
		const [shop] = teamsOf({ allow: ["networkpolicies", "limitranges"] });
		const bounded = new Map([["shop", { networkPolicy: "default-deny" as const }]]);
		assert.deepEqual(unneededKeys(shop, acceptedDangers(shop, bounded, none)), ["limitranges"]);
		const [team] = teamsOf({ allow: [finding.key, "member/mallory"] });
		assert.deepEqual(unneededKeys(team, [finding]), ["member/mallory"]);
		assert.deepEqual(unneededKeys(team, [{ ...finding, team: "pay" }]), [finding.key, "member/mallory"]);
	});
});
