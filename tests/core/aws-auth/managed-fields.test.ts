import assert from "node:assert/strict";
import { claimedFields, fieldPaths, foreignOwnerOf, othersHolding } from "../../../core/aws-auth/managed-fields";
import { FORCE, fieldManagerOf, type LiveConfigMap } from "../../../core/aws-auth/ownership-record";
import { instanceOf, planAwsAuth } from "../../../core/aws-auth/plan";
import { present } from "../../support/present";

const NODES = "- rolearn: arn:aws:iam::293759796572:role/node\n  username: node\n  groups: [system:nodes]\n";
const stack = "acme/eks-access/prod";
const instance = instanceOf(stack, "aws-auth");
const manager = fieldManagerOf(instance);
const role = (name: string, more: { username?: string; groups?: string[] } = {}) => ({
	roleArn: `arn:aws:iam::293759796572:role/${name}`,
	username: name,
	groups: [name],
	...more,
});
const desire = { instance, stack, release: "1", roles: [role("devs")] };

function live(managedFields: NonNullable<LiveConfigMap["metadata"]>["managedFields"]): LiveConfigMap {
	return { metadata: { resourceVersion: "7", managedFields }, data: { mapRoles: NODES, mapAccounts: "[]" } };
}

const vpc = () => ({
	manager: "vpcLambda",
	operation: "Update",
	fieldsV1: { "f:data": { ".": {}, "f:mapRoles": {}, "f:mapAccounts": {} } },
});
const other = () => ({
	manager: "eks-access/other",
	operation: "Apply",
	fieldsV1: {
		"f:data": { "f:mapRoles": {} },
		"f:metadata": { "f:annotations": { "f:pulumi.com/patchForce": {}, "f:pulumi-eks-access/other": {} } },
	},
});

describe("a claim of aws-auth's fields", () => {
	const paths = fieldPaths(["mapRoles"], "pulumi-eks-access/me");

	it("changes hands of what we write, and of nothing else", () => {
		const fields = claimedFields(live([vpc(), other()]), manager, paths);
		assert.deepEqual(
			fields.map((entry) => [entry.manager, entry.operation, entry.fieldsV1]),
			[
				[
					manager,
					"Apply",
					{
						"f:data": { "f:mapRoles": {} },
						"f:metadata": { "f:annotations": { "f:pulumi.com/patchForce": {} } },
					},
				],
				["vpcLambda", "Update", { "f:data": { ".": {}, "f:mapAccounts": {} } }],
				["eks-access/other", "Apply", { "f:metadata": { "f:annotations": { "f:pulumi-eks-access/other": {} } } }],
			],
		);
	});

	it("leaves nobody else who holds them, and what was read as it was", () => {
		const before = live([vpc(), other()]);
		const managedFields = claimedFields(before, manager, paths);
		assert.deepEqual(othersHolding({ metadata: { managedFields } }, manager, paths), []);
		assert.deepEqual(before, live([vpc(), other()]));
	});

	it("claims no field that is not there", () => {
		assert.deepEqual(claimedFields(live([]), manager, paths), []);
	});
});

describe("who may write to aws-auth", () => {
	it("a write never uses force; fields that others hold are to be claimed first", () => {
		const plan = planAwsAuth(live([vpc()]), desire);
		assert.equal(plan.annotations[FORCE], "false");
		assert.deepEqual(othersHolding(live([vpc()]), manager, plan.claims ?? []), ["vpcLambda"]);
	});

	it("nothing is claimed where there is nothing to write", () => {
		const first = planAwsAuth(live([vpc()]), desire);
		const { data, annotations } = first;
		const written = { metadata: { ...live([vpc()]).metadata, annotations }, data: { ...live([]).data, ...data } };
		assert.equal(planAwsAuth(written, desire).claims, undefined);
	});

	it("stacks of this program and people are no foreign owners; Terraform and other Pulumi programs are", () => {
		for (const [name, isForeign] of [
			["kubectl-edit", false],
			["vpcLambda", false],
			["eks-access/other", false],
			["Terraform", true],
			["pulumi-kubernetes-1a2b3c4d", true],
		] as const) {
			const owner = foreignOwnerOf(live([{ ...vpc(), manager: name }]), ["mapRoles"]);
			assert.equal(owner !== undefined, isForeign, name);
		}
	});

	it("nobody becomes admin by accident: groups and usernames of system: are refused", () => {
		for (const wrong of [
			{ groups: ["system:masters"] },
			{ username: "system:admin" },
			{ groups: ["SYSTEM:masters"] },
		]) {
			const roles = [role("devs", wrong)];
			assert.throws(
				() => planAwsAuth(live([vpc()]), { ...desire, roles }),
				/role\/devs: .*system:.*Nothing was written/s,
			);
		}
	});

	it("nobody chooses their own username: {{SessionName}} stands behind a fixed prefix and a colon only", () => {
		const plan = (username: string) => planAwsAuth(live([vpc()]), { ...desire, roles: [role("devs", { username })] });
		assert.throws(() => plan("{{SessionName}}"), /choose it/);
		assert.match(present(plan("dev:{{SessionName}}").data.mapRoles), /username: "dev:{{SessionName}}"/);
	});

	it("a stack that was renamed is not taken for another one by the check ahead, which has to guess its instance", () => {
		const first = planAwsAuth(live([vpc()]), desire);
		const written = { metadata: { ...live([]).metadata, annotations: first.annotations }, data: first.data };
		const renamed = {
			...desire,
			stack: "acme/eks-access/production",
			instance: instanceOf("acme/eks-access/production", "x"),
		};
		assert.throws(() => planAwsAuth(written, renamed), /belongs to the stack acme\/eks-access\/prod/);
		assert.equal(planAwsAuth(written, { ...renamed, isGuess: true }).data.mapRoles, first.data.mapRoles);
		const real = planAwsAuth(written, { ...desire, stack: renamed.stack });
		assert.equal(real.data.mapRoles, first.data.mapRoles);
	});

	it("claims its record too, which a restored backup gives to whoever restored it", () => {
		const first = planAwsAuth(live([vpc()]), desire);
		const restored = {
			manager: "kubectl-replace",
			operation: "Update",
			fieldsV1: {
				"f:data": { "f:mapRoles": {} },
				"f:metadata": { "f:annotations": { [`f:pulumi-eks-access/${instance}`]: {} } },
			},
		};
		const again = {
			metadata: { resourceVersion: "9", annotations: first.annotations, managedFields: [restored] },
			data: first.data,
		};
		const { claims } = planAwsAuth(again, { ...desire, roles: [...desire.roles, role("qa")] });
		assert.deepEqual(
			claimedFields(again, manager, claims ?? []).map((entry) => entry.manager),
			[manager],
		);
	});

	it("an entry of somebody else's for our role is taken over on request only", () => {
		const roles = [role("node", { groups: ["nodes"] })];
		const mapRoles = `- rolearn: ${present(roles[0]).roleArn}\n  username: by-hand\n`;
		const byHand = { ...live([vpc()]), data: { mapRoles } };
		assert.throws(() => planAwsAuth(byHand, { ...desire, roles }), /line 1.*adoptExisting/s);
		assert.throws(() => planAwsAuth(live([vpc()]), { ...desire, roles, adoptExisting: true }), /lets nodes in/);
		const { data } = planAwsAuth(byHand, { ...desire, roles, adoptExisting: true });
		assert.equal(present(data.mapRoles).match(/rolearn/g)?.length, 1);
	});
});
