import assert from "node:assert/strict";
import { demandsLost, principalsIn } from "../../../core/iam/trust";

const ROOT = "arn:aws:iam::123456789012:root";
const JANE = "arn:aws:iam::123456789012:user/jane";
const mfa = (value: unknown) => ({ Bool: { "aws:MultiFactorAuthPresent": value } });
const office = { IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] } };

function trust(...allowed: [principal: unknown, condition?: object][]): object {
	return { Statement: allowed.map(([Principal, Condition]) => ({ Effect: "Allow", Principal, Condition })) };
}

describe("a trust policy", () => {
	it("names whom it lets in, in each of its forms", () => {
		assert.deepEqual([...principalsIn({ Statement: { Effect: "Allow", Principal: "*" } })], ["*"]);
		assert.deepEqual([...principalsIn(trust([{ AWS: ["123456789012", JANE] }]))], [ROOT, JANE]);
		assert.deepEqual([...principalsIn(undefined)], []);
	});

	it("demands more than another one by conditions that this has not, of whomever of the account it names", () => {
		const written = trust([{ AWS: ROOT }]);
		for (const principal of [{ AWS: ROOT }, { AWS: "123456789012" }, { AWS: [JANE] }, { AWS: "*" }, "*"]) {
			const demands = demandsLost(trust([principal, { ...mfa("true"), ...office }]), written);
			assert.deepEqual(demands, ["aws:MultiFactorAuthPresent", "aws:SourceIp"], JSON.stringify(principal));
		}
		assert.deepEqual(demandsLost(trust([{ AWS: ROOT }, mfa("true")]), trust([{ AWS: ROOT }, mfa("false")])), [
			"aws:MultiFactorAuthPresent",
		]);
	});

	it("…and not by what the other has too, in whatever case, or by what another statement lets in without", () => {
		const written = trust([{ AWS: ROOT }, mfa("true")]);
		const Condition = { bool: { "aws:multifactorauthpresent": [true] } };
		assert.deepEqual(demandsLost(trust([{ AWS: ROOT }, Condition]), written), []);
		assert.deepEqual(demandsLost(trust([{ AWS: ROOT }, office], [{ AWS: ROOT }]), trust([{ AWS: ROOT }])), []);
		const others = trust([{ Federated: "arn:aws:iam::123456789012:oidc-provider/x" }, office]);
		assert.deepEqual(demandsLost(others, trust([{ AWS: ROOT }])), []);
		assert.deepEqual(demandsLost(undefined, undefined), []);
	});

	it("demands more by statements that deny", () => {
		const Statement = [{ Effect: "Deny", Principal: "*", Condition: mfa("false") }];
		assert.deepEqual(demandsLost({ Statement }, trust([{ AWS: ROOT }])), ["Deny"]);
	});
});
