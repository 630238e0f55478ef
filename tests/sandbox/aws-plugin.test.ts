import assert from "node:assert/strict";
import { accessEntry } from "../../sandbox/aws-plugin/access-entry";
import { accessPolicyAssociation } from "../../sandbox/aws-plugin/access-policy-association";
import { check } from "../../sandbox/aws-plugin/check";
import { difference, inFamiliarWords, inputsOf, planned } from "../../sandbox/aws-plugin/difference";
import { group } from "../../sandbox/aws-plugin/group";
import { groupPolicyAttachment } from "../../sandbox/aws-plugin/group-policy-attachment";
import { policy } from "../../sandbox/aws-plugin/policy";
import { isUnknown, type Properties, unknown } from "../../sandbox/aws-plugin/properties";
import { role } from "../../sandbox/aws-plugin/role";
import { rolePolicy } from "../../sandbox/aws-plugin/role-policy";
import { configure } from "../../sandbox/aws-plugin/settings";
import { userGroupMembership } from "../../sandbox/aws-plugin/user-group-membership";
import { present } from "../support/present";

const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" }] };
const PRINCIPAL = "arn:aws:iam::123456789012:role/ci";
const VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";
const seed = new Uint8Array([1, 2, 3]);

describe("the sandbox's aws plugin", () => {
	before(() => configure({ region: "eu-west-1", defaultTags: '{"tags":{"by":"pulumi"}}' }));

	const checkedRole = (inputs: Properties, old: Properties = {}) =>
		check(role, "devs", old, { assumeRolePolicy: JSON.stringify(trust), ...inputs }, seed);

	const checkedAssociation = (inputs: Properties) =>
		check(
			accessPolicyAssociation,
			"a",
			{},
			{ clusterName: "c", principalArn: PRINCIPAL, policyArn: VIEW, ...inputs },
			seed,
		);

	describe("check", () => {
		it("fills in the real provider's defaults and a name of the logical name and seven hex digits", () => {
			const { inputs, failures } = checkedRole({});
			assert.deepEqual(failures, []);
			assert.match(inputs.name as string, /^devs-[0-9a-f]{7}$/);
			assert.equal(inputs.path, "/");
			assert.equal(inputs.maxSessionDuration, 3600);
		});

		it("keeps the name that it made before", () => {
			const { inputs: old } = checkedRole({});
			assert.equal(check(role, "devs", old, { assumeRolePolicy: "{}" }, new Uint8Array([9])).inputs.name, old.name);
		});

		it("makes the text of a policy document that is given as an object", () => {
			assert.equal(checkedRole({ assumeRolePolicy: trust }).inputs.assumeRolePolicy, JSON.stringify(trust));
		});

		it("reports every problem: what is missing, malformed, too long or not implemented", () => {
			const { failures } = check(role, "devs", {}, { name: "x".repeat(65), inlinePolicies: [] }, seed);
			assert.deepEqual(failures.map(({ property }) => property).sort(), ["assumeRolePolicy", "inlinePolicies", "name"]);
			assert.deepEqual(
				checkedRole({ assumeRolePolicy: "no JSON" }).failures.map(({ property }) => property),
				["assumeRolePolicy"],
			);
		});

		it("accepts what is not known yet", () => {
			assert.deepEqual(checkedRole({ assumeRolePolicy: unknown, name: unknown, tags: unknown }).failures, []);
			const scope = { type: "namespace", namespaces: unknown };
			assert.deepEqual(checkedAssociation({ accessScope: scope }).failures, []);
			assert.deepEqual(checkedAssociation({ accessScope: unknown }).failures, []);
		});

		it("makes an access entry a standard one, and leaves its username and groups to AWS", () => {
			const { inputs, failures } = check(accessEntry, "ci", {}, { clusterName: "c", principalArn: PRINCIPAL }, seed);
			assert.deepEqual(failures, []);
			const tagsAll = { by: "pulumi" };
			assert.deepEqual(inputs, {
				clusterName: "c",
				principalArn: PRINCIPAL,
				type: "STANDARD",
				tagsAll,
				__defaults: ["type"],
			});
		});

		it("looks into an access scope", () => {
			const problems = (accessScope: unknown) =>
				checkedAssociation({ accessScope }).failures.map(({ property, reason }) => `${property} ${reason}`);
			assert.deepEqual(problems({ type: "namespace", namespaces: ["a"] }), []);
			assert.match(present(problems({ namespaces: ["a"] })[0]), /^accessScope\.type is required/);
			assert.match(
				present(problems({ type: "namespace", namespaces: "a" })[0]),
				/^accessScope\.namespaces must be a set/,
			);
			assert.match(present(problems(["a"])[0]), /^accessScope must be a block/);
		});
	});

	describe("diff", () => {
		const inputs = { name: "r", path: "/", assumeRolePolicy: JSON.stringify(trust), maxSessionDuration: 3600 };
		const state = { ...inputs, tagsAll: { by: "pulumi" }, managedPolicyArns: ["foreign"], arn: "arn:r" };
		const changes = (type: typeof role, old: Properties, wanted: Properties) => {
			const { changed, replaces } = difference(type, old, wanted);
			return { changed, replaces };
		};

		it("takes a policy that is only spaced or ordered otherwise for unchanged", () => {
			const spaced = JSON.stringify({ Statement: trust.Statement[0], Version: trust.Version }, undefined, 4);
			assert.deepEqual(changes(role, state, { ...inputs, assumeRolePolicy: spaced }), { changed: [], replaces: [] });
		});

		it("leaves policies alone that others attached, unless the program lists some", () => {
			assert.deepEqual(changes(role, state, inputs).changed, []);
			assert.deepEqual(changes(role, state, { ...inputs, managedPolicyArns: [] }).changed, ["managedPolicyArns"]);
		});

		it("replaces what AWS cannot change and updates the rest", () => {
			assert.deepEqual(changes(role, state, { ...inputs, path: "/a/", maxSessionDuration: 7200 }), {
				changed: ["path", "maxSessionDuration"],
				replaces: ["path"],
			});
			assert.deepEqual(changes(policy, { description: "a" }, { description: "b", policy: "{}" }).replaces, [
				"description",
			]);
			assert.deepEqual(changes(group, { name: "a", path: "/" }, { name: "b", path: "/x/" }).replaces, []);
			assert.deepEqual(
				changes(groupPolicyAttachment, { group: "a", policyArn: "p" }, { group: "a", policyArn: "q" }).replaces,
				["policyArn"],
			);
			const member = { user: "jane", groups: ["a", "b"] };
			assert.deepEqual(changes(userGroupMembership, member, { user: "jane", groups: ["b", "a"] }).changed, []);
			assert.deepEqual(changes(userGroupMembership, member, { user: "jane", groups: ["a"] }).replaces, []);
			assert.deepEqual(changes(userGroupMembership, member, { ...member, user: "joe" }).replaces, ["user"]);
		});

		it("takes an access scope whose namespaces are only ordered otherwise for unchanged", () => {
			const association = { clusterName: "c", principalArn: "p", policyArn: "view" };
			const scoped = (accessScope: Properties) => ({ ...association, accessScope });
			const old = scoped({ type: "namespace", namespaces: ["a", "b"] });
			const change = (accessScope: Properties) => changes(accessPolicyAssociation, old, scoped(accessScope));
			assert.deepEqual(change({ type: "namespace", namespaces: ["b", "a"] }).changed, []);
			for (const other of [
				{ type: "namespace", namespaces: ["b"] },
				{ type: "cluster" },
				{ type: "namespace", namespaces: unknown },
			])
				assert.deepEqual(change(other), { changed: ["accessScope"], replaces: ["accessScope"] });
		});

		it("updates an access entry's groups and username, and replaces it for another principal, cluster or type", () => {
			const entry = { clusterName: "c", principalArn: "p", type: "STANDARD", kubernetesGroups: ["a"], userName: "u" };
			const old = { ...entry, tagsAll: { by: "pulumi" }, region: "eu-west-1" };
			const same = { clusterName: "c", principalArn: "p", type: "STANDARD" };
			assert.deepEqual(changes(accessEntry, old, same).changed, []);
			assert.deepEqual(changes(accessEntry, old, { ...entry, kubernetesGroups: ["b"], userName: "v" }), {
				changed: ["kubernetesGroups", "userName"],
				replaces: [],
			});
			for (const property of ["clusterName", "principalArn", "type"])
				assert.deepEqual(changes(accessEntry, old, { ...entry, [property]: "x" }).replaces, [property]);
		});

		it("updates a role's own policy, and replaces it for another name or role", () => {
			const inline = { name: "n", role: "r", policy: "{}" };
			assert.deepEqual(changes(rolePolicy, inline, { ...inline, policy: '{"Version":"2012-10-17"}' }).replaces, []);
			assert.deepEqual(changes(rolePolicy, inline, { ...inline, role: "s" }).replaces, ["role"]);
		});

		it("deletes an attachment before it makes the new one, but, as the real provider, no access policy association", () => {
			const attached = { group: "a", policyArn: "p" };
			assert.ok(difference(groupPolicyAttachment, attached, { ...attached, policyArn: "q" }).deleteBeforeReplace);
			const { inputs } = checkedAssociation({ accessScope: { type: "cluster" } });
			const moved = difference(accessPolicyAssociation, { ...inputs, policyArn: "edit" }, inputs);
			assert.deepEqual([moved.replaces, moved.deleteBeforeReplace], [["policyArn"], false]);
		});

		it("deletes before it replaces where the program chose the name", () => {
			const moved = { ...inputs, path: "/a/" };
			assert.equal(difference(role, state, moved).deleteBeforeReplace, true);
			assert.equal(difference(role, state, { ...moved, __defaults: ["name"] }).deleteBeforeReplace, false);
			assert.equal(difference(role, state, { ...moved, name: "other" }).deleteBeforeReplace, false);
		});

		it("compares the tags together with the provider's default ones", () => {
			const { inputs: wanted } = checkedRole(inputs);
			assert.deepEqual(changes(role, { ...wanted, tagsAll: {} }, wanted).changed, ["tagsAll"]);
		});
	});

	describe("preview", () => {
		it("knows of a new resource what the program gives, and no more", () => {
			const { inputs } = checkedRole({ name: "r" });
			const plan = planned(role, undefined, inputs);
			assert.equal(plan.name, "r");
			assert.deepEqual(plan.tagsAll, { by: "pulumi" });
			for (const output of ["arn", "uniqueId", "managedPolicyArns"]) assert.ok(isUnknown(plan[output]), output);
			const entry = planned(accessEntry, undefined, { clusterName: "c", principalArn: "p", type: "STANDARD" });
			for (const output of ["accessEntryArn", "userName", "kubernetesGroups"])
				assert.ok(isUnknown(entry[output]), output);
		});

		it("keeps the ARN of what changes in place, unless the ARN changes with it", () => {
			const old = { name: "a", path: "/", arn: "arn:a", uniqueId: "AGPA" };
			assert.equal(planned(group, old, { name: "a", path: "/" }).arn, "arn:a");
			const renamed = planned(group, old, { name: "b", path: "/" });
			assert.ok(isUnknown(renamed.arn));
			assert.equal(renamed.uniqueId, "AGPA");
		});
	});

	describe("refresh", () => {
		it("keeps the program's own text and order where they mean what AWS has", () => {
			const last = { user: "jane", groups: ["b", "a"] };
			assert.deepEqual(inFamiliarWords(userGroupMembership, { user: "jane", groups: ["a", "b"] }, last), last);
			const scope = { accessScope: { type: "namespace", namespaces: ["b", "a"] } };
			const read = { accessScope: { namespaces: ["a", "b"], type: "namespace" } };
			assert.deepEqual(inFamiliarWords(accessPolicyAssociation, read, scope), scope);
		});

		it("shows drift in the inputs, and makes the inputs of an import without defaults", () => {
			const state = { name: "p", path: "/", policy: "{}" };
			const read = { ...state, policy: '{"Version":"2012-10-17"}' };
			assert.deepEqual(inputsOf(policy, read, state, state), read);
			assert.deepEqual(inputsOf(policy, read, {}, {}), { name: "p", policy: read.policy });
		});
	});
});
