import assert from "node:assert/strict";
import fc from "fast-check";
import { equivalent } from "../../sandbox/aws-plugin/policy-document";

const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" }] };

describe("policy documents of the sandbox's aws plugin", () => {
	it("are equivalent whatever the order of keys, statements and lists", () => {
		const document = fc.record({
			Version: fc.constant("2012-10-17"),
			Statement: fc.array(
				fc.record({
					Effect: fc.constantFrom("Allow", "Deny"),
					Action: fc.uniqueArray(fc.constantFrom("a:A", "b:B", "c:C"), { minLength: 1 }),
					Resource: fc.string(),
				}),
				{ minLength: 1 },
			),
		});
		const shuffled = ({ Version, Statement }: { Version: string; Statement: { Action: string[] }[] }) => ({
			Statement: [...Statement].reverse().map(({ Action, ...rest }) => ({
				Action: Action.length === 1 ? Action[0] : [...Action].reverse(),
				...rest,
			})),
			Version,
		});
		fc.assert(
			fc.property(document, (one) => equivalent(JSON.stringify(one), JSON.stringify(shuffled(one), undefined, 2))),
		);
	});

	it("are not where an action, a resource or an effect differs", () => {
		const [statement] = trust.Statement;
		const other = JSON.stringify({ ...trust, Statement: [{ ...statement, Effect: "Deny" }] });
		assert.equal(equivalent(JSON.stringify(trust), other), false);
		assert.equal(equivalent("{}", "no JSON"), false);
	});

	it("are equivalent with an empty condition, as the IAM console writes it, and without", () => {
		const [allow] = trust.Statement;
		const withCondition = (Condition: object) => JSON.stringify({ ...trust, Statement: [{ ...allow, Condition }] });
		assert.ok(equivalent(JSON.stringify(trust), withCondition({})));
		assert.ok(!equivalent(JSON.stringify(trust), withCondition({ Bool: { "aws:MultiFactorAuthPresent": "true" } })));
	});
});
