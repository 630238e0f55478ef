import assert from "node:assert/strict";
import { assumedRolesOf, tokenIdentity } from "../../../core/aws/token-identity";
import type { AccessError } from "../../../core/errors/access-error";

const ROLE = "arn:aws:iam::123456789012:role/deploy";

describe("the operator's tokens are made as the AWS provider is", () => {
	it("with its profile and its role", () => {
		assert.deepEqual(tokenIdentity({}, {}), { roleArn: undefined, profile: undefined });
		const assumeRoles = [{ roleArn: ROLE, sessionName: "ci", duration: "1h" }];
		assert.deepEqual(tokenIdentity({}, { profile: "ops", assumeRoles }), { roleArn: ROLE, profile: "ops" });
	});

	it("what is set for them counts before it", () => {
		const provider = { profile: "ops", assumeRoles: [{ roleArn: ROLE, externalId: "x" }] };
		const admin = { roleArn: "admin", profile: "ops" };
		assert.deepEqual(tokenIdentity({ adminRoleArn: "admin" }, provider), admin);
		assert.deepEqual(tokenIdentity({ awsProfile: "own" }, provider), { roleArn: undefined, profile: "own" });
	});

	it("what aws eks get-token cannot be told is refused, with what to set", () => {
		const role = { roleArn: ROLE };
		for (const assumeRoles of [[role, role], [{ ...role, externalId: "x" }], [{ ...role, policy: "{}" }]]) {
			assert.throws(
				() => tokenIdentity({}, { assumeRoles }),
				(error: AccessError) => {
					assert.equal(error.code, "assume-roles-not-passed-on");
					assert.match(error.message, /adminRoleArn.*awsProfile.*kubeconfig/);
					return true;
				},
			);
		}
	});

	it("are read from the config's list or its JSON; anything else is left to the provider", () => {
		assert.deepEqual(assumedRolesOf([{ roleArn: ROLE }]), [{ roleArn: ROLE }]);
		assert.deepEqual(assumedRolesOf(JSON.stringify([{ roleArn: ROLE }])), [{ roleArn: ROLE }]);
		for (const value of [undefined, "no JSON", {}, [{}], [null]]) {
			assert.deepEqual(assumedRolesOf(value), []);
		}
	});
});
