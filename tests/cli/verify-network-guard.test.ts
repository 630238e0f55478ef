import assert from "node:assert/strict";
import { compareNetworkGuard } from "../../cli/verify/questions/network-guard";
import { networkGuard } from "../../core/rbac/network-guard";
import { guardedNamespaces } from "../../core/teams/bounds";
import { teamsOf } from "./given-teams";
import { kinds } from "./verify-findings";

describe("eks-access verify: the guard of NetworkPolicies", () => {
	const bounded = teamsOf({ name: "shop", namespaces: ["shop"], users: ["jane"], networkPolicy: "default-deny" });
	const free = teamsOf({ name: "shop", namespaces: ["shop"], users: ["jane"] });
	const name = "eks-access.p.prod.access";
	const { policy, binding } = networkGuard(name, guardedNamespaces(bounded));
	const of = (spec: object, called = name) => [{ metadata: { name: called }, spec }];
	const compare = (policies: ReturnType<typeof of>, bindings: ReturnType<typeof of>, teams = bounded) =>
		kinds(compareNetworkGuard(teams, { policies, bindings }, "eks-access.p.prod."));

	it("as the config says, beside those of other stacks", () => {
		assert.deepEqual(compare([...of(policy), ...of({}, "eks-access.p.prod2.access")], of(binding)), []);
		assert.deepEqual(compare(of(policy, "other"), of(binding, "other"), free), []);
	});

	it("missing, weakened, or left behind", () => {
		assert.deepEqual(compare([], []), ["missing ValidatingAdmissionPolicy eks-access.p.prod.*"]);
		assert.deepEqual(compare(of(policy), []), [`missing ValidatingAdmissionPolicyBinding ${name}`]);
		const audits = of({ ...binding, validationActions: ["Audit"] });
		assert.deepEqual(compare(of(policy), audits), [`drifted ValidatingAdmissionPolicyBinding ${name}`]);
		const ignores = of({ ...policy, failurePolicy: "Ignore" });
		assert.deepEqual(compare(ignores, of(binding)), [`drifted ValidatingAdmissionPolicy ${name}`]);
		assert.deepEqual(compare(of(policy), of(binding), free), [`extra ValidatingAdmissionPolicy ${name}`]);
	});

	it("says what differs, and not the whole policy", () => {
		const ignores = of({ ...policy, failurePolicy: "Ignore" });
		const [found] = compareNetworkGuard(bounded, { policies: ignores, bindings: of(binding) }, "eks-access.p.prod.");
		assert.equal(found?.message, 'is not as the config says: failurePolicy is "Ignore", not "Fail"');
	});
});
