import assert from "node:assert/strict";
import { asAwsAuth } from "../../cli/import/access-entries";
import { teamsOf } from "../../cli/import/teams";
import type { LiveAccessEntry } from "../../core/aws/reader";
import { allows, bound, factsOf, groupOf, IAM, POLICY, roleOf } from "./import-facts";

const PATH = `${IAM}:role/teams/devs-role`;
const entry = (given: Partial<LiveAccessEntry> = {}): LiveAccessEntry => ({
	...{ principalArn: PATH, type: "STANDARD", username: "developer", groups: ["devs"], policies: new Map() },
	...given,
});

function imported(...entries: LiveAccessEntry[]) {
	const { bindings, ...people } = asAwsAuth(entries);
	const attached = [{ arn: POLICY, document: allows(PATH) }];
	const facts = factsOf({
		...people,
		areAccessEntries: true,
		roles: new Map([["devs-role", roleOf({ path: "/teams/" })]]),
	});
	return teamsOf({ ...facts, groups: [groupOf({ attached })], bindings: [bound("devs", "dev", "view"), ...bindings] });
}
const policies = (name: string, ...scope: string[]) => new Map([[name, scope]]);

describe("eks-access import from access entries", () => {
	it("makes a team of a role's entry, its group and its bindings, whatever its path", () => {
		const { teams, notes } = imported(entry());
		assert.deepEqual(notes, []);
		assert.deepEqual(teams, [
			{
				name: "devs",
				username: "developer",
				namespaces: ["dev"],
				access: "view",
				binding: "devs",
				users: ["jane", "joe"],
				role: { path: "/teams/" },
				assumeRolePolicyArn: POLICY,
			},
		]);
	});

	it("makes levels of access policies, in more namespaces and for an identity without a group", () => {
		const both = imported(entry({ policies: policies("AmazonEKSViewPolicy", "uat") })).teams[0]?.namespaces;
		assert.deepEqual(both, [{ name: "dev", binding: "devs" }, "uat"]);
		const ann = entry({ principalArn: `${IAM}:user/ann`, username: `${IAM}:user/ann`, groups: [] });
		const { teams } = imported({ ...ann, policies: policies("AmazonEKSEditPolicy", "uat") });
		assert.deepEqual(teams, [{ name: "ann", namespaces: ["uat"], access: "edit", userArns: [`${IAM}:user/ann`] }]);
	});

	it("takes access policies by name, and namespaces by a pattern", () => {
		const view = imported(entry({ policies: policies("AmazonEKSViewPolicy", "shop-*", "dev") }));
		assert.deepEqual([view.teams[0]?.namespaces, view.teams[0]?.binding, view.notes], [["dev", "shop-*"], "devs", []]);
		const { teams, notes } = imported(entry({ policies: policies("AmazonEKSSecretReaderPolicy", "uat", "shop-*") }));
		const access = { policy: "AmazonEKSSecretReaderPolicy" };
		assert.deepEqual(teams[0]?.namespaces, [
			{ name: "dev", access: "view" },
			{ name: "uat", access },
			{ name: "shop-*", access },
		]);
		assert.deepEqual(teams[0]?.allow, ["secrets"]);
		assert.match(notes[0]?.text ?? "", /^allow has secrets for the access policy AmazonEKSSecretReaderPolicy in uat: /);
		const admin = imported(entry({ policies: policies("AmazonEKSAdminPolicy", "shop-*") })).teams[0]?.namespaces;
		assert.deepEqual(admin?.[1], { name: "shop-*", access: { policy: "AmazonEKSAdminPolicy" } });
	});

	it("makes rules of a Role, and accepts the binding to it, which stays until somebody deletes it", () => {
		const reading = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };
		const facts = factsOf({ ...asAwsAuth([entry({ groups: ["ops"] })]), areAccessEntries: true });
		const { teams } = teamsOf({
			...facts,
			roles: new Map([["devs-role", roleOf({ path: "/teams/" })]]),
			bindings: [
				{
					...bound("ops", "dev", "reader"),
					role: { kind: "Role", name: "reader" },
					subjects: [{ kind: "Group", name: "ops" }],
				},
			],
			rules: new Map([["dev/reader", [reading]]]),
		});
		assert.deepEqual(teams, [
			{
				name: "ops",
				username: "developer",
				namespaces: ["dev"],
				access: { rules: [reading] },
				roleArns: [PATH],
				allow: ["roleBinding/dev/ops"],
			},
		]);
	});

	it("accepts under allow, and says, what a team cannot have", () => {
		for (const [each, reason] of [
			[policies("AmazonEKSSecretReaderPolicy", "dev"), /a team has one level in a namespace/],
			[policies("AmazonEKSClusterAdminPolicy", "uat"), /no level stands for it/],
			[policies("AmazonEKSEditPolicy", "d*"), /it adds up with view in dev, which is written down/],
		] as const) {
			const { teams, notes } = imported(entry({ policies: each }));
			const [name] = each.keys();
			assert.deepEqual(teams[0]?.allow, [`policy/arn:aws:eks::aws:cluster-access-policy/${name}`]);
			assert.match(notes[0]?.text ?? "", /stays as it is: /);
			assert.match(notes[0]?.text ?? "", reason);
		}
	});

	it("leaves out administrators, with the reason, and without a word nodes and EKS' own roles", () => {
		const { teams, notes } = imported(
			entry({ policies: policies("AmazonEKSClusterAdminPolicy", "*") }),
			entry({ type: "EC2_LINUX", groups: ["system:nodes"] }),
			entry({ groups: [], policies: policies("AmazonEKSComputePolicy", "*") }),
		);
		assert.deepEqual(teams, []);
		assert.equal(notes.length, 1);
		assert.match(notes[0]?.text ?? "", /it administers the cluster/);
	});
});
