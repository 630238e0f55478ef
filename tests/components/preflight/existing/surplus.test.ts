import assert from "node:assert/strict";
import { AccessWorld, GET_ENTRY, SHOP } from "../../../support/eks-access-world";
import { type Answers, BINDING, ENTRY, type LastState, OPERATOR } from "../../../support/mock-engine";

const SHOP_ROLE = "arn:aws:iam::293759796572:role/shop-role";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const LEGACY = {
	metadata: { name: "legacy" },
	roleRef: { kind: "ClusterRole", name: "cluster-admin" },
	subjects: [{ kind: "Group", name: "shop" }],
};
const DEPLOYER = {
	metadata: { name: "deployer" },
	roleRef: { kind: "ClusterRole", name: "cluster-admin" },
	subjects: [{ kind: "ServiceAccount", name: "deployer", namespace: "dev" }],
};
const clusterRoles = { "cluster-admin": [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] };

/** A role and a group of the team's name, with what nobody has listed. */
const IN_USE: Answers = {
	"aws:iam/getRole:getRole": () => ({
		...{ arn: SHOP_ROLE, name: "shop-role", path: "/", maxSessionDuration: 3600, tags: {} },
		assumeRolePolicy: JSON.stringify({
			Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:root" } }],
		}),
	}),
	"aws:iam/getGroup:getGroup": () => ({
		arn: "arn:aws:iam::293759796572:group/shop",
		path: "/",
		users: [{ userName: "jane" }, { userName: "mallory" }],
	}),
	ListAttachedRolePolicies: ({ Marker }) =>
		Marker
			? { AttachedPolicies: [{ PolicyArn: ADMINISTRATOR }] }
			: { AttachedPolicies: [], IsTruncated: true, Marker: "2" },
	ListGroupPolicies: () => ({ PolicyNames: ["s3"] }),
};
const KEYS = [`policy/${ADMINISTRATOR}`, "trust/arn:aws:iam::111122223333:root", "policy/s3", "member/mallory"];

/** As after an update that has made everything. */
const LAST: LastState = {
	binding: { type: BINDING, outputs: { metadata: { name: "shop", namespace: "dev" } } },
	role: { type: "aws:iam/role:Role", outputs: { name: "shop-role", arn: SHOP_ROLE } },
	group: { type: "aws:iam/group:Group", outputs: { name: "shop" } },
};

describe("what people would have besides what the config lists", () => {
	const world = new AccessWorld();
	afterEach(() => world.end());
	const team = (...allow: string[]) => ({ teams: [{ ...SHOP, allow }] });
	const saidOf = (what: RegExp) => world.engine.said.filter((message) => what.test(message));

	it("is refused in one error: bindings of others, and service accounts that the team can act as", async () => {
		const cluster = { bindings: [LEGACY, DEPLOYER], clusterRoles };
		await world.refused(
			{},
			{ cluster },
			/has 2 problems.*add "clusterRoleBinding\/legacy".*add "serviceAccount\/dev\/deployer".*\[surplus-access\]/s,
		);
		await world.create(team("clusterRoleBinding/legacy", "serviceAccount/dev/deployer"), { cluster });
		assert.deepEqual(saidOf(/under allow/), []);
	});

	it("is not what a team with another group, or one that only views, gets", async () => {
		await world.create({ teams: [{ ...SHOP, group: "shop-devs" }] }, { cluster: { bindings: [LEGACY], clusterRoles } });
		assert.deepEqual(world.engine.the(BINDING).inputs.subjects[0].name, "shop-devs");
		await world.create({ teams: [{ ...SHOP, access: "view" }] }, { cluster: { bindings: [DEPLOYER], clusterRoles } });
	});

	it("by another stack's binding of the same name and place names that stack, also with adoptExisting", async () => {
		const annotations = { "pulumi-eks-access/stack": "acme/eks-access/other", "pulumi-eks-access/team": "shop" };
		const theirs = {
			...{ metadata: { name: "shop", namespace: "dev", annotations }, subjects: LEGACY.subjects },
			roleRef: { kind: "ClusterRole", name: "dev-full-access" },
		};
		await world.refused(
			{ adoptExisting: true },
			{ cluster: { bindings: [theirs] } },
			/RoleBinding dev\/shop \(of the team shop of the stack acme\/eks-access\/other\).*add "roleBinding\/dev\/shop"/,
		);
	});

	it("is also what a team could undo of another stack's bounds", async () => {
		const networkPolicies = [
			{ namespace: "dev", annotations: { "pulumi-eks-access/stack": "acme/eks-access/other" } },
			{ namespace: "dev", annotations: { "pulumi-eks-access/stack": "acme/eks-access/test" } },
			{ namespace: "elsewhere", annotations: { "pulumi-eks-access/stack": "acme/eks-access/other" } },
		].map((metadata) => ({ metadata: { name: "eks-access", ...metadata } }));
		await world.refused(
			{},
			{ cluster: { networkPolicies } },
			/has a problem.*limits the namespace dev [^;]*stack acme\/eks-access\/other[^;]*keeps only its own teams from it; if .* add "networkpolicies"/s,
		);
		await world.create(team("networkpolicies"), { cluster: { networkPolicies } });
		assert.deepEqual(saidOf(/under allow/), []);
		await world.create({ teams: [{ ...SHOP, access: "view" }] }, { cluster: { networkPolicies } });
	});

	it("of an adopted role and group is refused together, and accepted by the keys that are printed", async () => {
		const all = new RegExp(`has 4 problems.*${KEYS.map((key) => `add "${key}"`).join(".*")}`, "s");
		await world.refused({ adoptExisting: true }, { answers: IN_USE }, all);
		await world.create({ adoptExisting: true, ...team(...KEYS) }, { answers: IN_USE });
		assert.deepEqual(saidOf(/under allow/), []);
	});

	it("of an access entry that takes the place of aws-auth is refused, also where only aws-auth is used", async () => {
		const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
		const entry = { type: "STANDARD", kubernetesGroups: ["auditors"], userName: "shop" };
		const contents = {
			entries: { [SHOP_ROLE]: entry },
			answers: { ListAssociatedAccessPolicies: () => ({ associatedAccessPolicies: [{ policyArn }] }) },
		};
		const authentication = "aws-auth" as const;
		const keys = ["group/auditors", `policy/${policyArn}`];
		const both = new RegExp(`has 2 problems.*${keys.map((key) => `add "${key}"`).join(".*")}`, "s");
		await world.refused({ authentication }, contents, both);
		await world.create({ authentication, ...team(...keys) }, contents);
		assert.deepEqual(saidOf(/under allow/), []);
		await world.create({ authentication }, { ...contents, mode: "CONFIG_MAP" });
		const last = { ...LAST, entry: { type: ENTRY, outputs: { clusterName: "prod", principalArn: SHOP_ROLE } } };
		await world.create({ authentication }, { ...contents, last });
	});

	it("of such an entry that cannot be read is a warning", async () => {
		const forbidden = { [GET_ENTRY]: () => assert.fail("AccessDeniedException") };
		await world.create({ authentication: "aws-auth" }, { answers: forbidden });
		assert.equal(saidOf(/may call eks:DescribeAccessEntry/).length, 1);
	});

	it("of an entry of system:masters in aws-auth is never taken by adoptExisting alone", async () => {
		const mapRoles = `- rolearn: ${SHOP_ROLE}\n  username: admin\n  groups: [system:masters]\n`;
		const cluster = { mapRoles };
		await world.refused({ adoptExisting: true }, { cluster, mode: "CONFIG_MAP" }, /add "group\/system:masters"/);
	});

	it("is not looked at where the aws provider is somebody else than the program, which is said", async () => {
		const answers = { ...IN_USE, GetCallerIdentity: () => ({ Arn: `${OPERATOR}-2` }) };
		await world.create({ adoptExisting: true }, { answers });
		assert.match(saidOf(/not checked/)[0] ?? "", /the aws provider is .*operator, and this program .*operator-2/);
	});

	it("is looked at as the role that the aws provider assumes by the stack's config", async () => {
		const answers: Answers = {
			...IN_USE,
			AssumeRole: ({ RoleArn }) => ({ Credentials: { AccessKeyId: RoleArn, SecretAccessKey: "s" } }),
			GetCallerIdentity: async (_, { config }) => ({ Arn: (await config.credentials()).accessKeyId }),
		};
		const config = { "aws:assumeRoles": JSON.stringify([{ roleArn: OPERATOR }]) };
		await world.create({ adoptExisting: true, ...team(...KEYS) }, { answers, config });
		assert.deepEqual(saidOf(/not checked/), []);
	});

	it("a key that nothing needs draws a warning; one that holds what is adopted still does not", async () => {
		await world.create(team("clusterRoleBinding/legacy", "policy/s3"), { answers: IN_USE, config: {}, last: LAST });
		assert.deepEqual(saidOf(/under allow/).length, 1);
		assert.match(saidOf(/under allow/)[0] ?? "", /has "clusterRoleBinding\/legacy" under allow, and nothing needs it/);
	});

	it("others in a team's group by aws-auth are shown; whom the config lists, and entries of other groups, are not", async () => {
		const entry = (name: string, group: string) =>
			`- rolearn: arn:aws:iam::293759796572:role/${name}\n  username: x\n  groups: [${group}]\n`;
		const mapRoles = entry("mallory", "shop") + entry("auditor", "auditors");
		await world.create({}, { cluster: { mapRoles }, mode: "CONFIG_MAP" });
		const [said = ""] = saidOf(/entries of others/);
		assert.match(said, /role\/mallory in shop\n/);
		assert.doesNotMatch(said, /auditor/);
		const arn = "arn:aws:iam::293759796572:role/mallory";
		const answers: Answers = {
			"aws:iam/getRole:getRole": ({ name }) => {
				assert.equal(name, "mallory", "couldn't find resource");
				return { arn, name };
			},
		};
		const listing = { teams: [{ ...SHOP, roleArns: [arn] }], adoptExisting: true };
		await world.create(listing, { cluster: { mapRoles }, mode: "CONFIG_MAP", answers });
		assert.deepEqual(saidOf(/entries of others/), []);
	});

	it("members added by hand are shown by a preview", async () => {
		await world.create({}, { answers: IN_USE, isPreview: true, last: LAST });
		assert.match(saidOf(/not in the config/)[0] ?? "", /mallory in the group shop/);
		await world.create(team("member/mallory"), { answers: IN_USE, isPreview: true, last: LAST });
		assert.deepEqual(saidOf(/not in the config/), []);
	});

	it("a member who leaves with this update is none of them", async () => {
		const type = "aws:iam/userGroupMembership:UserGroupMembership";
		const leaver = { type, outputs: { user: "mallory", groups: ["shop"] } };
		await world.create({}, { answers: IN_USE, isPreview: true, last: { ...LAST, leaver } });
		assert.deepEqual(saidOf(/not in the config/), []);
	});

	it("bindings for everybody are shown", async () => {
		const open = { ...LEGACY, subjects: [{ kind: "Group", name: "system:authenticated" }] };
		await world.create({}, { cluster: { bindings: [open] } });
		assert.match(saidOf(/everybody/)[0] ?? "", /ClusterRoleBinding legacy gives the Group system:authenticated/);
	});

	it("adoptExisting can go once everything is in the stack, and not before", async () => {
		await world.create({ adoptExisting: true });
		assert.deepEqual(saidOf(/config rm adoptExisting/), []);
		await world.create({ adoptExisting: true }, { last: LAST });
		assert.equal(saidOf(/config rm adoptExisting/).length, 1);
	});
});
