import assert from "node:assert/strict";
import type { Sandbox } from "../../sandbox/sandbox";

/** Changes mapRoles as an editor would; what is returned puts it back. */
export async function editAwsAuth({ core }: Sandbox, edit: (mapRoles: string) => string): Promise<() => Promise<void>> {
	const of = { namespace: "kube-system", name: "aws-auth" };
	const before = (await core.readNamespacedConfigMap(of)).data?.mapRoles ?? "";
	const after = edit(before);
	assert.notEqual(after, before, "the edit changes something");
	const write = async (value: string) => {
		await core.patchNamespacedConfigMap({ ...of, body: [{ op: "replace", path: "/data/mapRoles", value }] });
	};
	await write(after);
	return () => write(before);
}
