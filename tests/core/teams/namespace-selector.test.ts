import assert from "node:assert/strict";
import fc from "fast-check";
import { isSelected, type LiveNamespace, selectNamespaces } from "../../../core/teams/namespace-selector";
import { labelsOf, namespacesOf } from "../../../core/teams/namespaces";
import type { LabelSelector } from "../../../core/teams/team";
import { present } from "../../support/present";
import { teamOf, teamsOf } from "../../support/team-problems";

/** Few keys and values, so that they meet; names that every object has are labels like others. */
const key = fc.constantFrom("team", "env", "constructor", "toString", "kubernetes.io/metadata.name");
const value = fc.constantFrom("", "shop", "pay", "prod");
const labels = fc.dictionary(key, value, { maxKeys: 3 });
const selector: fc.Arbitrary<LabelSelector> = fc.record(
	{
		matchLabels: labels,
		matchExpressions: fc.array(
			fc.oneof(
				fc.record({ key, operator: fc.constantFrom("In", "NotIn"), values: fc.array(value, { minLength: 1 }) }),
				fc.record({ key, operator: fc.constantFrom("Exists", "DoesNotExist") }),
			) as fc.Arbitrary<NonNullable<LabelSelector["matchExpressions"]>[number]>,
			{ maxLength: 3 },
		),
	},
	{ requiredKeys: [] },
);

/** As https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ says it, requirement by requirement. */
function oracle(given: Record<string, string>, { matchLabels, matchExpressions }: LabelSelector): boolean {
	const has = new Map(Object.entries(given));
	const wanted = [
		...Object.entries(matchLabels ?? {}).map(([name, of]) => ({ key: name, operator: "In", values: [of] })),
		...(matchExpressions ?? []),
	];
	const fails = wanted.filter(({ key: name, operator, values }) => {
		const listed = (values ?? []).some((each) => has.get(name) === each);
		return operator === "In" ? !listed : operator === "NotIn" ? listed : has.has(name) !== (operator === "Exists");
	});
	return fails.length === 0;
}

const chosen = (teams: ReturnType<typeof selectNamespaces>, at = 0) =>
	present(teams[at])
		.namespaces.filter(({ isSelected: is }) => is)
		.map(({ name }) => name);

describe("a selector of namespaces", () => {
	it("agrees with what Kubernetes says of labels", () => {
		fc.assert(fc.property(labels, selector, (given, by) => assert.equal(isSelected(given, by), oracle(given, by))));
	});

	it("chooses of the namespaces that are there, with the team's level, besides those that the team names", () => {
		const live = ["pay", "shop", "shop-dev", "kube-system"].map((name) => ({
			name,
			labels: { team: name.split("-")[0] } as Record<string, string>,
		}));
		const namespaceSelector = { matchLabels: { team: "shop" } };
		const team = teamOf({ namespaces: [{ name: "shop", access: "full" }], access: "view", namespaceSelector });
		assert.deepEqual(present(selectNamespaces([team], live)[0]).namespaces, [
			{ name: "shop", access: "full" },
			{ name: "shop-dev", access: "view", isSelected: true },
		]);
	});

	it("chooses by the labels that this stack gives, also of a namespace that is not there yet", () => {
		const namespaceSelector = { matchLabels: { audited: "true" } };
		const teams = teamsOf(
			{ name: "auditors", namespaces: [], access: "view", namespaceSelector },
			{ name: "shop", namespaces: [{ name: "new", labels: { audited: "true" } }, "old"] },
		);
		assert.deepEqual(chosen(selectNamespaces(teams, [{ name: "old", labels: { audited: "false" } }])), ["new"]);
	});

	it("chooses a namespace by its name, as Kubernetes labels it", () => {
		const matchExpressions = [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["new"] }];
		const teams = teamsOf(
			{ name: "a", namespaces: [], namespaceSelector: { matchExpressions } },
			{ namespaces: ["new"] },
		);
		assert.deepEqual(chosen(selectNamespaces(teams, [])), ["new"]);
	});

	it("gives what it chooses no settings: the namespace belongs to somebody else", () => {
		const namespaceSelector = { matchLabels: { a: "b" } };
		const teams = selectNamespaces(
			[teamOf({ quota: { pods: "1" }, networkPolicy: "default-deny", namespaceSelector })],
			[{ name: "other", labels: { a: "b" } }],
		);
		assert.deepEqual(chosen(teams), ["other"]);
		assert.deepEqual([...namespacesOf(teams).namespaces.keys()], ["shop"]);
	});

	it("leaves a team without one as it is", () => {
		const team = teamOf({});
		assert.equal(selectNamespaces([team], [{ name: "x", labels: {} }])[0], team);
	});

	it("chooses the same again once the stack's own labels are on", () => {
		const live = fc.uniqueArray(fc.record({ name: fc.constantFrom("shop", "pay", "new", "dev"), labels }), {
			selector: ({ name }) => name,
		});
		fc.assert(
			fc.property(live, selector, labels, (before, namespaceSelector, ofTeam) => {
				const [team, other] = teamsOf({ name: "a" }, { name: "b", namespaces: ["shop", "new"] });
				const namespaces = other.namespaces.map((grant) => ({
					...grant,
					labels: ofTeam,
					podSecurity: "baseline" as const,
				}));
				const teams = [
					{ ...team, namespaces: [], namespaceSelector },
					{ ...other, namespaces },
				];
				const first = selectNamespaces(teams, before);
				assert.deepEqual(selectNamespaces(teams, applied(before, namespacesOf(first).namespaces)), first);
			}),
		);
	});
});

/** The cluster after an update: labels are set, and Kubernetes names each namespace in one. */
function applied(before: LiveNamespace[], settings: ReturnType<typeof namespacesOf>["namespaces"]): LiveNamespace[] {
	const all = new Map(before.map(({ name, labels: given }) => [name, given]));
	for (const [name, each] of settings) {
		all.set(name, { "kubernetes.io/metadata.name": name, ...all.get(name), ...labelsOf(each) });
	}
	return [...all].map(([name, given]) => ({ name, labels: given }));
}
