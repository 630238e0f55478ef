import assert from "node:assert/strict";
import fc from "fast-check";
import { accessChanges, describeChange } from "../../../core/changes/access-changes";
import { type AccessRow, accessMatrix } from "../../../core/teams/access-matrix";
import { teamsOf } from "../../support/team-problems";

const row = (principals: string[], namespaces: string[], access: string, team = "t"): AccessRow => ({
	...{ team, principals, namespaces, access },
	...(access === "rules" ? { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] } : {}),
});
const lines = (before: AccessRow[], after: AccessRow[]) => accessChanges(before, after).map(describeChange);

const names = (...of: string[]) => fc.subarray(of, { minLength: 1 });
const rows = fc.array(
	fc
		.record({
			team: fc.constantFrom("a", "b"),
			principals: names("user/jane", "user/joe", "sso/Dev"),
			namespaces: names("dev", "prod", "*"),
			access: fc.constantFrom("view", "edit", "full", "admin", "rules", "clusterRole/x"),
			verb: fc.constantFrom("get", "list"),
		})
		.map(({ verb, ...each }) => ({
			...each,
			...(each.access === "rules" ? { rules: [{ apiGroups: [""], resources: ["pods"], verbs: [verb] }] } : {}),
		})),
	{ maxLength: 4 },
);

/** Changes cell by cell, without regard to any order. */
function cells(changes: ReturnType<typeof accessChanges>): string[] {
	return changes
		.flatMap(({ principals, namespaces, ...rest }) =>
			principals.flatMap((who) => namespaces.map((where) => JSON.stringify([who, where, rest]))),
		)
		.sort();
}

describe("changes of access", () => {
	it("are gained and lost, raised and lowered", () => {
		assert.deepEqual(lines([], [row(["user/jane"], ["dev"], "view")]), ["+ user/jane gains view in dev"]);
		assert.deepEqual(lines([row(["user/jane"], ["dev"], "view")], []), ["- user/jane loses view in dev"]);
		for (const [less, more] of [
			["view", "edit"],
			["edit", "full"],
			["full", "admin"],
		] as const) {
			const [one, other] = [[row(["user/jane"], ["dev"], less)], [row(["user/jane"], ["dev"], more)]];
			assert.deepEqual(lines(one, other), [`^ user/jane goes from ${less} to ${more} in dev`]);
			assert.deepEqual(lines(other, one), [`v user/jane goes from ${more} to ${less} in dev`]);
		}
	});

	it("between levels that nobody can compare are changes", () => {
		const [view, rules] = [[row(["user/jane"], ["dev"], "view")], [row(["user/jane"], ["dev"], "rules")]];
		assert.deepEqual(lines(view, rules), ["~ user/jane goes from view to rules in dev\n    + get of pods"]);
	});

	it("of rules show them, what is new and what is gone marked, though the level is called the same", () => {
		const [before, after] = [row(["user/jane"], ["dev"], "rules"), row(["user/jane"], ["dev"], "rules")];
		const secrets = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };
		before.rules = [secrets, { apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
		after.rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["list", "get"] }, secrets];
		assert.deepEqual(lines([before], [after])[0]?.split("\n"), [
			"~ user/jane goes from rules to rules in dev",
			"    + get, list of pods",
			"    - get of pods",
			"    = get of secrets",
		]);
		assert.deepEqual(lines([after], [{ ...after, rules: [...(after.rules ?? [])].reverse() }]), []);
	});

	it("are one line for people and namespaces with the same change, losses last", () => {
		const before = [row(["user/jane", "user/joe"], ["prod", "dev"], "full")];
		const after = [row(["user/jane", "user/ann"], ["prod", "dev"], "full"), row(["user/jane"], ["*"], "view")];
		assert.deepEqual(lines(before, after), [
			"+ user/ann gains full in prod, dev",
			"+ user/jane gains view in the whole cluster",
			"- user/joe loses full in prod, dev",
		]);
		assert.deepEqual(lines(before, []), ["- user/jane, user/joe lose full in prod, dev"]);
	});

	it("of people whose teams list namespaces in another order are one line too", () => {
		const before = [row(["user/jane"], ["prod", "dev"], "view"), row(["user/joe"], ["dev", "prod"], "view")];
		assert.deepEqual(lines(before, []), ["- user/jane, user/joe lose view in prod, dev"]);
	});

	it("are none where a person only comes in through another team", () => {
		const [before, after] = [row(["user/jane"], ["dev"], "view", "a"), row(["user/jane"], ["dev"], "view", "b")];
		assert.deepEqual(accessChanges([before], [after]), []);
	});

	it("of one of two teams that give access say what was and what is", () => {
		const both = [row(["user/jane"], ["dev"], "view", "a"), row(["user/jane"], ["dev"], "edit", "b")];
		assert.deepEqual(lines(both, both.slice(0, 1)), ["v user/jane goes from edit and view to view in dev"]);
		assert.deepEqual(lines(both, both.slice(1)), ["~ user/jane goes from edit and view to edit in dev"]);
	});

	it("are none between equal matrices, in whatever order their rows and the keys of their rules stand", () => {
		fc.assert(
			fc.property(rows, (given) => {
				const stored = [...given].reverse().map((each) => ({
					...each,
					...(each.rules
						? { rules: each.rules.map(({ apiGroups, resources, verbs }) => ({ verbs, resources, apiGroups })) }
						: {}),
				}));
				assert.deepEqual(accessChanges(given, stored), []);
			}),
		);
	});

	it("are the same in whatever order the teams stand", () => {
		fc.assert(
			fc.property(rows, rows, (before, after) => {
				const turned = accessChanges([...before].reverse(), [...after].reverse());
				assert.deepEqual(cells(turned), cells(accessChanges(before, after)));
				assert.equal(turned.length, accessChanges(before, after).length);
			}),
		);
	});

	it("back are the opposite of changes there", () => {
		const opposite = {
			gained: "lost",
			lost: "gained",
			raised: "lowered",
			lowered: "raised",
			changed: "changed",
		} as const;
		fc.assert(
			fc.property(rows, rows, (before, after) => {
				const back = accessChanges(after, before).map(({ before: was, after: is, kind, rules, ...rest }) => ({
					...{ ...rest, kind: opposite[kind] },
					...{ before: is, after: was },
					...(rules ? { rules: { added: rules.removed, removed: rules.added, kept: rules.kept } } : {}),
				}));
				assert.deepEqual(normal(cells(back)), normal(cells(accessChanges(before, after))));
			}),
		);
	});

	it("follow the config: a user leaves, a team's level rises", () => {
		const before = teamsOf({ name: "a", users: ["jane", "joe"], namespaces: ["dev"], access: "view" });
		const after = teamsOf({ name: "a", users: ["jane"], namespaces: ["dev"], access: "edit" });
		assert.deepEqual(lines(accessMatrix(before), accessMatrix(after)), [
			"^ user/jane goes from view to edit in dev",
			"- user/joe loses view in dev",
		]);
	});
});

/** The cells with their keys in one order. */
function normal(of: string[]): unknown[] {
	return of
		.map((cell) => JSON.parse(cell))
		.sort((one, other) => (`${one.slice(0, 2)}` < `${other.slice(0, 2)}` ? -1 : 1));
}
