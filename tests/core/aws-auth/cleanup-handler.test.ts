import assert from "node:assert/strict";
import {
	FIELD_MANAGER,
	FORCE,
	fieldManagerOf,
	type LiveConfigMap,
	recordKeyOf,
	releaseFromAwsAuth,
} from "../../../core/aws-auth/ownership-record";
import { instanceOf, planAwsAuth } from "../../../core/aws-auth/plan";
import { applied, DEVS, desire, fresh, JANE, NODES, QA } from "../../support/aws-auth-in-steps";

describe("the release from aws-auth", () => {
	const { instance } = desire();
	let live: LiveConfigMap;

	before(() => {
		live = applied(fresh(), planAwsAuth(fresh(), desire({ roles: [DEVS, QA], users: [JANE] })));
	});

	it("takes out exactly our entries, our record and our patch annotations", () => {
		const released = releaseFromAwsAuth(live, { instance, release: "release-1" });
		assert.deepEqual(released, { data: { mapRoles: NODES }, annotations: {} });
	});

	it("leaves a map that was there before, even an empty one, and one that holds somebody else's entries", () => {
		const there = { ...fresh(), data: { mapRoles: NODES, mapUsers: "[]\n" } };
		const written = applied(there, planAwsAuth(there, desire({ users: [JANE] })));
		assert.equal(releaseFromAwsAuth(written, { instance, release: "release-1" })?.data.mapUsers, "[]\n");
		const foreign = "- userarn: arn:aws:iam::123456789012:user/ops\n  username: ops\n";
		const shared = { ...live, data: { ...live.data, mapUsers: live.data?.mapUsers + foreign } };
		assert.equal(releaseFromAwsAuth(shared, { instance, release: "release-1" })?.data.mapUsers, foreign);
	});

	it("leaves the null of a map without entries where it was, also after another stack", () => {
		const other = {
			...desire({ roles: [] }),
			instance: instanceOf("acme/eks-access/qa", "x"),
			stack: "acme/eks-access/qa",
		};
		for (const text of ["null", "# nobody\n~ # yet\n", "--- NULL\n", '""\n']) {
			const there = { ...fresh(), data: { mapRoles: NODES, mapUsers: text } };
			const first = applied(there, planAwsAuth(there, desire({ users: [JANE] })));
			assert.match(first.data?.mapUsers ?? "", /user\/jane/);
			const users = [{ ...JANE, userArn: `${JANE.userArn}2` }];
			const both = applied(first, planAwsAuth(first, { ...other, users }));
			const left = whenReleased(both, releaseFromAwsAuth(both, { instance, release: "release-1" }));
			assert.match(left.data?.mapUsers ?? "", /jane2"/);
			assert.equal(releaseFromAwsAuth(left, other)?.data.mapUsers, text);
		}
	});

	it("of the last of two stacks takes away the map that the first one made", () => {
		const other = desire({
			instance: instanceOf("acme/eks-access/qa", "x"),
			stack: "acme/eks-access/qa",
			roles: [],
			users: [{ ...JANE, userArn: `${JANE.userArn}2` }],
		});
		const both = applied(live, planAwsAuth(live, other));
		const first = releaseFromAwsAuth(both, { instance, release: "release-1" });
		assert.match(first?.data.mapUsers as string, /jane2\n/);
		const left = whenReleased(both, first);
		const last = releaseFromAwsAuth(left, { instance: other.instance, release: other.release });
		assert.equal(last?.data.mapUsers, undefined);
	});

	it("does nothing where the record is gone, or a newer instance has claimed it", () => {
		assert.equal(releaseFromAwsAuth(live, { instance, release: "release-2" }), undefined);
		assert.equal(releaseFromAwsAuth(fresh(), { instance, release: "release-1" }), undefined);
	});

	it("leaves another stack's record, entries and patch annotations", () => {
		const other = desire({
			instance: instanceOf("acme/eks-access/qa", "x"),
			stack: "acme/eks-access/qa",
			roles: [{ ...QA, roleArn: `${QA.roleArn}2` }],
		});
		const both = applied(live, planAwsAuth(live, other));
		const released = releaseFromAwsAuth(both, { instance, release: "release-1" });
		assert.match(released?.data.mapRoles as string, /role\/qa2\n/);
		assert.equal(released?.annotations[FIELD_MANAGER], fieldManagerOf(other.instance));
		assert.deepEqual(
			Object.keys(released?.annotations ?? {}).sort(),
			[recordKeyOf(other.instance), FORCE, FIELD_MANAGER].sort(),
		);
	});

	it("throws where the text cannot be read, rather than guess", () => {
		const broken = { ...live, data: { mapRoles: "a: b" } };
		assert.throws(() => releaseFromAwsAuth(broken, { instance, release: "release-1" }), { key: "mapRoles", line: 1 });
	});
});

/** The ConfigMap once a release is written. */
function whenReleased(live: LiveConfigMap, released: ReturnType<typeof releaseFromAwsAuth>): LiveConfigMap {
	return { ...live, data: released?.data, metadata: { ...live.metadata, annotations: released?.annotations } };
}
