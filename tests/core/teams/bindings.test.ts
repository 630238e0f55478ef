import assert from "node:assert/strict";
import { bindingsOf, nameAfter } from "../../../core/teams/bindings";
import { teamsOf } from "../../support/team-problems";

describe("the name of a binding in the cluster", () => {
	const bindingOf = (team: object) => bindingsOf(teamsOf(team)[0] as never)[0] as never;
	const held = (name: string, role: string, groups = ["shop"]) => ({ name, role, groups });
	const named = (access: unknown, more: object = {}) => bindingOf({ binding: "devs", access, ...more });

	it("is the config's, at first and while what it binds stays", () => {
		assert.equal(nameAfter(named("view"), undefined), "devs");
		assert.equal(nameAfter(named("view"), held("devs", "view")), "devs");
		assert.equal(nameAfter(named("edit"), held("devs:edit", "edit")), "devs:edit");
		assert.equal(nameAfter(named("view"), held("devs", "view", ["shop", "somebody"])), "devs");
	});

	it("is another one than before for another role or group, so that the new binding can be made before the old one goes", () => {
		assert.equal(nameAfter(named("edit"), held("devs", "view")), "devs:edit");
		assert.equal(nameAfter(named("view"), held("devs:edit", "edit")), "devs");
		assert.equal(nameAfter(named("view", { group: "people" }), held("devs", "view")), "devs:view");
		assert.equal(nameAfter(named("view", { group: "people" }), held("devs:view", "view")), "devs");
	});

	it("says the role where the config gives none, and stays whatever the state holds", () => {
		assert.equal(nameAfter(bindingOf({ access: "edit" }), held("shop:edit", "edit", [])), "shop:edit");
		assert.equal(nameAfter(bindingOf({}), held("shop", "view")), "shop");
	});
});
