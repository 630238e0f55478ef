import assert from "node:assert/strict";
import { mock } from "node:test";
import { EKS } from "@aws-sdk/client-eks";
import { IAM } from "@aws-sdk/client-iam";
import { awsReader } from "../../../core/aws/sdk-reader";

describe("what AWS is asked", () => {
	let asked: string[];
	/** Answers by the command and the marker that it has. */
	// biome-ignore lint/suspicious/noExplicitAny: answers of many commands
	const answer = (answers: Record<string, any>) => {
		asked = [];
		// A mock of a mock would outlive both.
		mock.restoreAll();
		for (const client of [EKS, IAM]) {
			const send = async ({ constructor: { name }, input }: { input: { Marker?: string; nextToken?: string } }) => {
				const request = [name.replace(/Command$/, ""), input.Marker ?? input.nextToken].filter(Boolean).join(" ");
				asked.push(request);
				if (!(request in answers)) {
					throw Object.assign(new Error(request), {
						name: "NoSuchEntityException",
						$metadata: { httpStatusCode: 404 },
					});
				}
				return answers[request];
			};
			mock.method(client.prototype, "send", send as never);
		}
		return awsReader({ region: "eu-west-1" });
	};
	afterEach(() => mock.restoreAll());

	it("is asked for all pages of a list", async () => {
		const reader = answer({
			ListAttachedRolePolicies: { AttachedPolicies: [{ PolicyArn: "a" }], IsTruncated: true, Marker: "2" },
			"ListAttachedRolePolicies 2": { AttachedPolicies: [{ PolicyArn: "b" }], IsTruncated: false, Marker: "3" },
			ListRolePolicies: { PolicyNames: ["c"] },
			ListAccessEntries: { accessEntries: ["arn:1"], nextToken: "2" },
			"ListAccessEntries 2": { accessEntries: ["arn:2"] },
			DescribeAccessEntry: { accessEntry: { username: "u" } },
			ListAssociatedAccessPolicies: {
				associatedAccessPolicies: [
					{ policyArn: "x/AmazonEKSViewPolicy", accessScope: { type: "namespace", namespaces: ["dev"] } },
				],
				nextToken: "2",
			},
			"ListAssociatedAccessPolicies 2": {
				associatedAccessPolicies: [{ policyArn: "x/AmazonEKSAdminPolicy", accessScope: { type: "cluster" } }],
			},
		});
		assert.deepEqual(await reader.policiesOfRole("r"), { attached: ["a", "b"], inline: ["c"] });
		const entries = await reader.accessEntries("c");
		assert.deepEqual(
			entries.map(({ principalArn, policies }) => [principalArn, Object.fromEntries(policies)]),
			["arn:1", "arn:2"].map((arn) => [arn, { AmazonEKSViewPolicy: ["dev"], AmazonEKSAdminPolicy: ["*"] }]),
		);
	});

	it("says of what is not there that it is not: an empty group is there", async () => {
		assert.equal(await answer({}).members("g"), undefined);
		assert.deepEqual(await answer({ GetGroup: { Users: [] } }).members("g"), []);
		assert.equal(await answer({}).role("r"), undefined);
		assert.equal(await answer({}).policy("arn"), undefined);
	});

	it("is not asked on once it has refused", async () => {
		const reader = answer({});
		const refuse = async () => {
			asked.push("");
			throw Object.assign(new Error("no"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
		};
		mock.restoreAll();
		mock.method(IAM.prototype, "send", refuse as never);
		const answers = await Promise.allSettled(Array.from({ length: 50 }, (_, at) => reader.user(`u${at}`)));
		assert.ok(answers.every((each) => each.status === "rejected" && each.reason.code === "aws-denied"));
		assert.ok(asked.length <= 5, `${asked.length} requests`);
	});
});
