import assert from "node:assert/strict";
import type { Sandbox } from "../../sandbox/sandbox";

export const AWS_AUTH = { namespace: "kube-system", name: "aws-auth" };

/** Replaces its data, as somebody with this field manager would. Fails with a conflict where it changes meanwhile. */
export async function writeAwsAuth(
	{ core }: Sandbox,
	data: Record<string, string>,
	fieldManager?: string,
): Promise<void> {
	const live = await core.readNamespacedConfigMap(AWS_AUTH);
	await core.replaceNamespacedConfigMap({ ...AWS_AUTH, body: { ...live, data }, fieldManager });
}

/** Changes mapRoles as an editor would; what is returned puts it back. */
export async function editAwsAuth({ core }: Sandbox, edit: (mapRoles: string) => string): Promise<() => Promise<void>> {
	const before = (await core.readNamespacedConfigMap(AWS_AUTH)).data?.mapRoles ?? "";
	const after = edit(before);
	assert.notEqual(after, before, "the edit changes something");
	const write = async (value: string) => {
		await core.patchNamespacedConfigMap({ ...AWS_AUTH, body: [{ op: "replace", path: "/data/mapRoles", value }] });
	};
	await write(after);
	return () => write(before);
}
