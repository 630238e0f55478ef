import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultDeny } from "../../../core/rbac/default-deny";
import { grantOf, labelsOf, namespacesOf } from "../../../core/teams/namespaces";
import type { NamespaceSettings } from "../../../core/teams/team";

const label = fc.constantFrom("team", "a.b/c.d", "constructor");
const settings: fc.Arbitrary<NamespaceSettings> = fc.record(
	{
		labels: fc.dictionary(label, fc.constantFrom("x", "y")),
		annotations: fc.dictionary(label, fc.constantFrom("x", "y")),
		podSecurity: fc.constantFrom("baseline", "restricted"),
		quota: fc.constantFrom({ pods: "1" }, { pods: "2" }),
		networkPolicy: fc.constant("default-deny"),
	},
	{ requiredKeys: [] },
);
const teams = fc.array(
	fc.record({
		name: fc.constantFrom("a", "b", "c"),
		namespaces: fc.uniqueArray(
			fc.tuple(fc.constantFrom("dev", "prod"), settings).map(([name, own]) => grantOf(name, "full", {}, own)),
			{ selector: ({ name }) => name },
		),
	}),
	{ maxLength: 3 },
);

describe("settings of a namespace", () => {
	it("of a team stand behind the namespace's own; labels and annotations one by one", () => {
		const ofTeam: NamespaceSettings = {
			labels: { a: "1", b: "1" },
			quota: { pods: "1", cpu: "1" },
			podSecurity: "baseline",
		};
		const own: NamespaceSettings = { labels: { b: "2" }, quota: { pods: "2" }, annotations: { c: "3" } };
		assert.deepEqual(grantOf("dev", "view", ofTeam, own), {
			name: "dev",
			access: "view",
			labels: { a: "1", b: "2" },
			annotations: { c: "3" },
			quota: { pods: "2" },
			podSecurity: "baseline",
		});
	});

	it("of Pod Security are the three labels that admission reads", () => {
		assert.deepEqual(labelsOf({ labels: { a: "b" }, podSecurity: "restricted" }), {
			a: "b",
			"pod-security.kubernetes.io/enforce": "restricted",
			"pod-security.kubernetes.io/audit": "restricted",
			"pod-security.kubernetes.io/warn": "restricted",
		});
		assert.deepEqual(labelsOf({}), {});
	});

	it("of several teams add up; what they cannot both have is a conflict, once a team", () => {
		const { namespaces, conflicts } = namespacesOf([
			{ name: "a", namespaces: [{ name: "dev", access: "full", labels: { "x.y/z": "1" }, quota: { pods: "1" } }] },
			{
				name: "b",
				namespaces: [{ name: "dev", access: "view", labels: { "x.y/z": "2", w: "1" }, podSecurity: "baseline" }],
			},
			{ name: "c", namespaces: [{ name: "dev", access: "view", podSecurity: "restricted" }] },
		]);
		assert.deepEqual(conflicts, [
			{ namespace: "dev", setting: "labels.x.y/z", teams: ["a", "b"], found: ["1", "2"] },
			{ namespace: "dev", setting: "podSecurity", teams: ["b", "c"], found: ["baseline", "restricted"] },
		]);
		assert.deepEqual(namespaces.get("dev"), {
			labels: { "x.y/z": "1", w: "1" },
			quota: { pods: "1" },
			podSecurity: "baseline",
		});
	});

	it("name every namespace that a team names, and none that a selector chose", () => {
		const { namespaces } = namespacesOf([
			{
				name: "a",
				namespaces: [
					{ name: "dev", access: "full" },
					{ name: "other", access: "full", isSelected: true },
				],
			},
		]);
		assert.deepEqual([...namespaces], [["dev", {}]]);
	});

	it("without a conflict, the order of teams does not matter and every team has what it asked for", () => {
		fc.assert(
			fc.property(teams, (given) => {
				const { namespaces, conflicts } = namespacesOf(given);
				const turned = namespacesOf([...given].reverse());
				assert.equal(conflicts.length === 0, turned.conflicts.length === 0);
				if (conflicts.length > 0) {
					return;
				}
				assert.deepEqual(new Map(turned.namespaces), new Map(namespaces));
				for (const { name, access: _, isSelected: __, ...wanted } of given.flatMap((team) => team.namespaces)) {
					const found = namespaces.get(name) ?? {};
					assert.deepEqual({ ...found.labels, ...wanted.labels }, found.labels ?? {});
					assert.deepEqual({ ...found, ...wanted, labels: 0, annotations: 0 }, { ...found, labels: 0, annotations: 0 });
				}
			}),
		);
	});
});

describe("the default-deny NetworkPolicy", () => {
	it("is for every pod and both directions, and lets the namespace's own pods and DNS through", () => {
		assert.deepEqual(defaultDeny.podSelector, {});
		assert.deepEqual(defaultDeny.policyTypes, ["Ingress", "Egress"]);
		const withinNamespace = [{ podSelector: {} }];
		assert.deepEqual(defaultDeny.ingress, [{ from: withinNamespace }]);
		const [within, dns, ...more] = defaultDeny.egress;
		assert.deepEqual([within, more], [{ to: withinNamespace }, []]);
		assert.deepEqual(
			dns?.ports?.map(({ protocol, port }) => `${protocol} ${port}`),
			["UDP 53", "TCP 53"],
		);
	});
});
