import assert from "node:assert/strict";
import { holdersIn } from "../../cli/verify/questions/assumers";
import { answerTo } from "../../cli/who-can";
import { entrancesOf } from "../../cli/who-can/entrances";
import { questionOf } from "../../cli/who-can/question";
import { AccessError } from "../../core/errors/access-error";
import type { ApiServer } from "../../core/kubernetes/api-server";

describe("eks-access who-can: what is asked", () => {
	const groups = ["metrics.k8s.io", "apps"].map((name) => ({
		...{ name, preferredVersion: { groupVersion: `${name}/v1` } },
	}));
	const lists: Record<string, object> = {
		"/api/v1": { resources: [] },
		"/apis": { groups },
		"/apis/apps/v1": { resources: [{ name: "deployments", shortNames: ["deploy"], namespaced: true }] },
	};
	const ask = (resource: string) => {
		const get = async (_: string, path: string) => {
			if (!lists[path]) {
				throw new AccessError("api-server-unreachable", "503");
			}
			return lists[path];
		};
		return questionOf({ get } as unknown as ApiServer, { verb: "get", resource, namespace: "dev" });
	};

	it("is found though an API group does not answer, which is said only where nothing is found", async () => {
		const found = { verb: "get", group: "apps", resource: "deployments", namespace: "dev" };
		assert.deepEqual(await ask("deploy"), found);
		assert.deepEqual(await ask("deployments.apps"), found);
		await assert.rejects(ask("nodemetrics"), /503/);
		await assert.rejects(ask("things.apps"), /no such resource/);
	});
});

describe("eks-access who-can: roles of AWS services", () => {
	it("come in as the service", () => {
		const account = { partition: "aws", accountId: "123456789012" };
		const Arn = "arn:aws:iam::123456789012:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";
		const trust = { Statement: [{ Effect: "Allow", Principal: { Service: "eks.amazonaws.com" } }] };
		const details = {
			...{ UserDetailList: [], GroupDetailList: [], Policies: [] },
			RoleDetailList: [
				{
					...{ Arn, RoleName: "AWSServiceRoleForAmazonEKS", Path: "/aws-service-role/eks.amazonaws.com/" },
					AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
				},
			],
		};
		const entry = {
			principalArn: Arn,
			type: "STANDARD",
			groups: [],
			policies: new Map([["AmazonEKSViewPolicy", ["*"]]]),
		};
		const sources = { awsAuth: undefined, own: [], stack: "p/prod" };
		const holders = holdersIn(details, true);
		const { entrances } = entrancesOf({ ...sources, entries: [entry], holders });
		const { lines, notes } = answerTo(
			{ verb: "get", group: "", resource: "pods" },
			{
				account,
				stack: "p/prod",
				holders,
				entrances,
				cluster: { bindings: [], clusterRoles: [], roles: [] },
				notes: [],
				isIncomplete: false,
			},
		);
		assert.deepEqual(
			lines.map(({ path }) => path.who),
			["AWS service eks.amazonaws.com"],
		);
		assert.deepEqual(notes, []);
		assert.deepEqual(holdersIn(details), []);
	});
});
