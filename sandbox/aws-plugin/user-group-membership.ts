import { iam, ifExists, pagesOf } from "./iam";
import type { Properties } from "./properties";
import type { ResourceType } from "./resource-type";
import { uniqueId } from "./unique-id";

/**
 * aws:iam/userGroupMembership:UserGroupMembership. Groups that it does not name are left alone (terraform-provider-aws,
 * internal/service/iam/user_group_membership.go).
 */
export const userGroupMembership: ResourceType = {
	title: "IAM User Group Membership",
	inputs: {
		user: { kind: "string", required: true, replaces: true },
		groups: { kind: "set", required: true },
	},
	outputs: {},

	async create(inputs) {
		await addTo(groupsOf(inputs), inputs.user as string);
		return uniqueId();
	},

	imported(importId) {
		const [user, ...groups] = importId.split("/");
		if (groups.length === 0) {
			throw new Error(`unexpected format of ID ("${importId}"), expected <user-name>/<group-name1>/...`);
		}
		return { id: uniqueId(), state: { user, groups } };
	},

	async read(_id, state) {
		const user = state.user as string;
		const ours = groupsOf(state);
		const pages = await ifExists(pagesOf((Marker) => iam().listGroupsForUser({ UserName: user, Marker })));
		if (!pages) return undefined;
		const all = pages.flatMap(({ Groups = [] }) => Groups.map(({ GroupName }) => GroupName));
		return { user, groups: ours.filter((name) => all.includes(name)) };
	},

	async update(_id, state, inputs) {
		const [old, wanted] = [groupsOf(state), groupsOf(inputs)];
		const user = inputs.user as string;
		await removeFrom(
			old.filter((name) => !wanted.includes(name)),
			user,
		);
		await addTo(
			wanted.filter((name) => !old.includes(name)),
			user,
		);
	},

	async delete(_id, state) {
		await removeFrom(groupsOf(state), state.user as string);
	},
};

function groupsOf(properties: Properties): string[] {
	return (properties.groups as string[] | undefined) ?? [];
}

async function addTo(groups: string[], UserName: string): Promise<void> {
	for (const GroupName of groups) {
		await iam().addUserToGroup({ GroupName, UserName });
	}
}

async function removeFrom(groups: string[], UserName: string): Promise<void> {
	for (const GroupName of groups) {
		await ifExists(iam().removeUserFromGroup({ GroupName, UserName }));
	}
}
