import assert from "node:assert/strict";
import { reportText } from "../../cli/output/report";
import type { Holder } from "../../cli/verify/questions/assumers";
import type { Target } from "../../cli/verify/target";
import { type Answer, answerTo, type Facts, readFacts } from "../../cli/who-can";
import type { Entrance } from "../../cli/who-can/entrances";
import { reportJson, reportOf } from "../../cli/who-can/report";
import type { ApiServer } from "../../core/kubernetes/api-server";
import type { LiveBinding } from "../../core/rbac/live-bindings";

const account = { partition: "aws", accountId: "123456789012" };
const ARN = "arn:aws:iam::123456789012:role/eks";
const PODS = { verb: "get", group: "", resource: "pods", namespace: "dev" };
const heading = { stack: "p/prod", cluster: "c" };
const trusting = (Service: string): Holder => ({
	...{ name: "role/eks", arn: ARN, policies: [] },
	trust: { Statement: [{ Effect: "Allow", Principal: { Service } }] },
});

function isOpen(answer: Answer): boolean {
	const text = reportText(reportOf(answer, heading), (style, each) => `${style} ${each}`);
	const { isIncomplete } = reportJson(answer, heading) as { isIncomplete: boolean };
	assert.equal(isIncomplete, answer.isIncomplete);
	assert.match(
		text,
		isIncomplete ? /^yellow Nobody is found who can get pods .*not everything is known/ : /^green Nobody can get/,
	);
	return isIncomplete;
}

function answer(more: Partial<Facts>, bindings: LiveBinding[] = []): Answer {
	const rules = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
	const cluster = { bindings, clusterRoles: [{ metadata: { name: "all" }, rules }], roles: [] };
	const facts = {
		...{ account, stack: "p/prod", holders: [], entrances: [], notes: [] },
		cluster,
		isIncomplete: false,
	};
	return answerTo(PODS, { ...facts, ...more });
}

describe("eks-access who-can: an answer that is not complete", () => {
	it("is one where the cluster's mode, and so its access entries, are not known", async () => {
		const read = async (mode: string | undefined) => {
			const details = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] };
			const aws = { accountDetails: async () => details, accessEntries: async () => [] };
			const reads = { awsAuth: true, accessEntries: mode === "API" };
			const config = { cluster: "c", teams: [] };
			const target = { ...heading, aws, account, config, reads, mode, ways: reads, notes: [] };
			const server = { get: async () => undefined, list: async () => [] };
			return readFacts(target as unknown as Target, server as unknown as ApiServer);
		};
		assert.ok(isOpen(answer(await read(undefined))));
		assert.match((await read(undefined)).notes.join(), /not known: whom access entries let in/);
		assert.ok(!isOpen(answer(await read("API"))));
		assert.ok(!isOpen(answer(await read("CONFIG_MAP"))));
	});

	it("is one with an access policy whose rules are not known, where it may count for a person", () => {
		const has = (policy: string, scope = "*", type = "STANDARD", service = "lambda.amazonaws.com") => {
			const entrance: Entrance = {
				...{ arn: ARN, layer: "access-entries", where: "access entry", type, username: "u", groups: [] },
				policies: new Map([[policy, [scope]]]),
			};
			return isOpen(answer({ entrances: [entrance], holders: [trusting(service)] }));
		};
		assert.ok(has("AmazonEKSUnheardOfPolicy"));
		assert.ok(has("AmazonEKSUnheardOfPolicy", "de*"));
		assert.ok(!has("AmazonEKSUnheardOfPolicy", "prod"));
		assert.ok(has("AmazonEKSComputePolicy"));
		// EKS itself makes such entries for its own roles.
		assert.ok(!has("AmazonEKSComputePolicy", "*", "STANDARD", "eks.amazonaws.com"));
		assert.ok(!has("AmazonEKSAutoNodePolicy", "*", "EC2"));
	});

	it("is one with a bound group that no entry leads to, unless it administers the cluster: that is no reason for --none", () => {
		const bound = (namespace?: string): LiveBinding => ({
			metadata: { name: "x", namespace },
			...{ roleRef: { kind: "ClusterRole", name: "all" }, subjects: [{ kind: "Group", name: "oidc:ops" }] },
		});
		assert.ok(isOpen(answer({}, [bound("dev")])));
		const administers = answer({}, [bound()]);
		assert.ok(!administers.isIncomplete);
		assert.match(
			reportText(reportOf(administers, heading), (_, each) => each),
			/^Nobody is found/,
		);
	});
});
