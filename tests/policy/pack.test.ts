import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import { policies } from "../../policy/policies";
import { judge, passes } from "./judgement";
import { ACCOUNT, arn, entry, type Given, mapRoles, UNKNOWN } from "./stack";

describe("policy pack", () => {
	it("every policy says what it is for, and has an allow list", () => {
		for (const { name, description, enforcementLevel, configSchema } of policies) {
			assert.match(name, /^[a-z-]+$/);
			assert.match(description, /\.$/);
			assert.equal(enforcementLevel, name === "mfa-if-exists" ? "advisory" : "mandatory");
			assert.ok(configSchema?.properties.allow?.description);
		}
	});

	it("every message says what to do, and how to allow what is meant", () => {
		const [message] = judge("cluster-admin", mapRoles(entry({ groups: ["system:masters"] })));
		assert.equal(
			message,
			`${arn("ops")}: system:masters makes cluster administrators. Allowed are groups of your own, and access policies in ` +
				`namespaces; bind what is needed. If it is meant, add "${arn("ops")}" to allow of cluster-admin in the policy pack's config.`,
		);
	});

	it("a resource that is none of a policy's business passes all of them", () => {
		for (const { name } of policies) {
			passes(name, { type: "aws:s3/bucket:Bucket", props: { bucket: UNKNOWN } });
			passes(name, {
				type: "kubernetes:core/v1:ConfigMap",
				props: { metadata: { name: "aws-auth", namespace: "dev" } },
			});
			passes(name, { type: "kubernetes:iam.example.com/v1:Role", props: { rules: "others' own" } });
		}
	});
});

describe("policies and the components", () => {
	it("the teams of Pulumi.example.yaml and the article pass, in aws-auth and by access entries", async () => {
		const made: Given[] = [];
		await pulumi.runtime.setMocks(
			{
				newResource: ({ type, name, inputs, id }) => {
					made.push({ type, name, props: inputs });
					return { id: id || `${name}-id`, state: { ...inputs, arn: arn(name), uniqueId: name } };
				},
				call: ({ token }) => {
					throw new Error(`unexpected call of ${token}`);
				},
			},
			"eks-access",
			"test",
			false,
			"acme",
		);
		const { AccessEntries, NamespaceAccess, readConfig, TeamIdentity } = await import("../../components");
		const { principalsOf } = await import("../../core/teams/principals");
		const { hasRole } = await import("../../core/teams/principal-kinds");
		for (const stack of ["prod", "example"]) {
			const { config } = yaml.parse(readFileSync(path.join(__dirname, "..", "..", `Pulumi.${stack}.yaml`), "utf8"));
			const own = Object.entries(config).flatMap(([key, value]) =>
				key.startsWith("eks-access:") ? [[key.slice("eks-access:".length), asConfigured(value)]] : [],
			);
			const { teams } = readConfig(Object.fromEntries(own), stack);
			const clusterArn = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod`;
			for (const team of teams.filter(hasRole)) {
				const account = { partition: "aws", accountId: ACCOUNT };
				new TeamIdentity(`${stack}-${team.name}`, { team, account, clusterArn });
			}
			new NamespaceAccess(stack, { teams });
			const entries = principalsOf(teams).map((principal) => ({ ...principal, principalArn: arn("somebody") }));
			new AccessEntries(`${stack}-entries`, { clusterName: "prod", partition: "aws", entries });
		}
		await pulumi.runtime.disconnect();
		assert.ok(made.length > 30);
		for (const { name } of policies) {
			passes(name, made);
		}
	});
});

/** As the engine hands a value of a stack's config to the program. */
function asConfigured(value: unknown): string {
	return typeof value === "string" ? value : JSON.stringify(value);
}
