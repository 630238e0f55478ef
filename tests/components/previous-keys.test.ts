import assert from "node:assert/strict";
import { formerKeys } from "../../components/preflight/existing/entries";
import { ENTRY, MockEngine } from "../support/mock-engine";

const ROLE = "arn:aws:iam::293759796572:role/ci/deploy";
const OTHER = "arn:aws:iam::293759796572:role/ci/other";
const COMPONENT = "access-access-entries";

describe("the key under which the stack has an access entry", () => {
	/** By the key now, where the last update had `last`: keys and ARNs. */
	async function former(last: Record<string, string>, now: Record<string, string>, component = COMPONENT) {
		const urn = (key: string) => `urn:pulumi:test::eks-access::x$${ENTRY}::${component}/${key}`;
		await MockEngine.start({
			last: Object.fromEntries(
				Object.entries(last).map(([key, principalArn]) => [urn(key), { type: ENTRY, outputs: { principalArn } }]),
			),
			answers: {},
		});
		return Object.fromEntries(await formerKeys(COMPONENT, new Map(Object.entries(now))));
	}

	it("is another where the identity is listed in another way now, ARNs among the ways", async () => {
		assert.deepEqual(await former({ "sso/Deploy": ROLE }, { [ROLE]: ROLE }), { [ROLE]: "sso/Deploy" });
		assert.deepEqual(await former({ [ROLE]: ROLE }, { "sso/Deploy": ROLE }), { "sso/Deploy": ROLE });
	});

	it("is the same for everybody else", async () => {
		assert.deepEqual(await former({ "sso/Deploy": ROLE }, { "sso/Deploy": ROLE, [OTHER]: OTHER }), {});
	});

	it("is not taken from an identity that has it now", async () => {
		assert.deepEqual(await former({ "sso/Deploy": ROLE }, { "sso/Deploy": OTHER, [ROLE]: ROLE }), {});
	});

	it("is that of the same component", async () => {
		assert.deepEqual(await former({ "sso/Deploy": ROLE }, { [ROLE]: ROLE }, "second-access-entries"), {});
	});
});
