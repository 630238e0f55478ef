import assert from "node:assert/strict";
import fc from "fast-check";
import type { Entrance } from "../../cli/who-can/entrances";
import type { Question } from "../../cli/who-can/question";
import { waysTo } from "../../cli/who-can/ways";
import { ACCESS_POLICY_RULES } from "../../core/rbac/access-policies";
import { decide } from "../../sandbox/access-policies/decision";

const ARN = "arn:aws:iam::123456789012:role/shop";
const question: fc.Arbitrary<Question> = fc.oneof(
	fc
		.record({
			verb: fc.constantFrom("get", "list", "create", "impersonate", "*"),
			of: fc.constantFrom("/pods", "/pods/exec", "/secrets", "/nodes", "apps/deployments", "x/things", "*/*"),
			namespace: fc.constantFrom("dev", "dev-1", "prod", undefined),
		})
		.map(({ verb, of, namespace }): Question => {
			const [group = "", resource = "", subresource] = of.split("/");
			return { verb, group, resource, subresource, namespace };
		}),
	fc.record({ verb: fc.constantFrom("get", "*"), path: fc.constantFrom("/metrics", "/api") }),
);
const policies = fc.dictionary(
	fc.constantFrom(...Object.keys(ACCESS_POLICY_RULES)),
	fc.constantFrom<string[][]>(["*"], ["dev"], ["dev-*"], ["prod", "dev*"]),
	{ maxKeys: 3 },
);

describe("eks-access who-can on access policies", () => {
	it("says what the sandbox's EKS authorizer decides, whose matcher is another", () => {
		fc.assert(
			fc.property(question, policies, (asked, given) => {
				const entrance: Entrance = {
					...{ arn: ARN, layer: "access-entries", where: "access entry", username: "shop", groups: [] },
					policies: new Map(Object.entries(given)),
				};
				const { ways } = waysTo(asked, [entrance], { bindings: [], clusterRoles: [], roles: [] }, "p/prod");
				const associations = Object.entries(given).map(([name, namespaces]) => ({
					policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
					type: namespaces.includes("*") ? ("cluster" as const) : ("namespace" as const),
					namespaces,
				}));
				const attributes = "path" in asked ? { nonResourceAttributes: asked } : { resourceAttributes: asked };
				const entry = { principalArn: ARN, principalId: "A", policies: associations };
				const { allowed } = decide({ extra: { canonicalArn: [ARN] }, ...attributes }, [entry]);
				assert.equal(ways.length > 0, allowed);
			}),
			{ numRuns: 2_000 },
		);
	});
});
