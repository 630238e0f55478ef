import assert from "node:assert/strict";
import type {
	PolicyResource,
	ResourceValidationArgs,
	ResourceValidationPolicy,
	StackValidationPolicy,
} from "@pulumi/policy";
import { policies } from "../../policy/policies";
import type { Given } from "./stack";

/** What the framework wraps a resource's properties in: one that a preview does not know cannot be read. */
const { unknownCheckingProxy } = require("@pulumi/policy/proxy");

/** Has the policy judge a stack of these resources; gives what it reports. */
export function judge(policy: string, given: Given | Given[], config: object = {}): string[] {
	const found = policies.find(({ name }) => name === policy) as ResourceValidationPolicy & StackValidationPolicy;
	const messages: string[] = [];
	const resources = [given].flat().map(({ type, props, name = "it", parents = "" }) => ({
		type,
		name,
		urn: `urn:pulumi:test::test::${parents}${type}::${name}`,
		props: unknownCheckingProxy(structuredClone(props)),
	}));
	const report = (message: string) => messages.push(message);
	const common = { getConfig: () => config } as Pick<ResourceValidationArgs, "getConfig">;
	if (found.validateStack) {
		found.validateStack({ ...common, resources: resources as unknown as PolicyResource[] } as never, report);
	}
	for (const resource of found.validateResource ? resources : []) {
		(found.validateResource as (args: unknown, report: unknown) => void)({ ...common, ...resource }, report);
	}
	return messages;
}

/** Fails unless the policy reports exactly one such thing; with `allow` in its config, none. */
export function refuses(policy: string, given: Given | Given[], message: RegExp, allow?: string): void {
	const messages = judge(policy, given);
	assert.equal(messages.filter((each) => message.test(each)).length, 1, `${policy} said ${JSON.stringify(messages)}`);
	if (allow) {
		assert.deepEqual(judge(policy, given, { allow: [allow] }), [], `${allow} is allowed`);
	}
}

/** Fails if the policy reports anything. */
export function passes(policy: string, given: Given | Given[]): void {
	assert.deepEqual(judge(policy, given), []);
}
