import assert from "node:assert/strict";
import { instanceOf, planAwsAuth } from "../components/aws-auth-plan";
import {
	FIELD_MANAGER,
	FORCE,
	fieldManagerOf,
	type LiveConfigMap,
	recordKeyOf,
	releaseFromAwsAuth,
} from "../components/aws-auth-record";
import { applied, DEVS, desire, fresh, JANE, NODES, QA } from "./aws-auth-in-steps";

describe("the release from aws-auth", () => {
	const { instance } = desire();
	let live: LiveConfigMap;

	before(() => {
		live = applied(fresh(), planAwsAuth(fresh(), desire({ roles: [DEVS, QA], users: [JANE] })));
	});

	it("takes out exactly our entries, our record and our patch annotations", () => {
		const released = releaseFromAwsAuth(live, { instance, release: "release-1" });
		assert.deepEqual(released, { data: { mapRoles: NODES, mapUsers: "[]\n" }, annotations: {} });
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
