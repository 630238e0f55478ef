import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TeamInCluster } from "../../cli/hand-over/clusters";
import { kubeconfigOf } from "../../cli/hand-over/kubeconfig";
import { handOvers, reportOf } from "../../cli/hand-over/report";
import { reportMarkdown } from "../../cli/output/report";
import { contextsIn } from "../support/contexts";
import { teamOf } from "../support/team-problems";
import { eksAccess, stackFile, temporaryProject } from "./command";

const account = { partition: "aws", accountId: "293759796572" };
const roleArn = `arn:aws:iam::${account.accountId}:role/shop-role`;
const NOW = new Date("2026-01-01");

function inCluster(name: string, team: object = {}): TeamInCluster {
	const arn = `arn:aws:eks:eu-west-1:${account.accountId}:cluster/${name}`;
	const cluster = { name, arn, endpoint: `https://${name}.example.com`, certificateAuthorityData: "Y2E=" };
	return { stack: name, team: teamOf({ ...team }), region: "eu-west-1", account, cluster, roleArn };
}

const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::293759796572:user/jane</Arn><UserId>A</UserId><Account>293759796572</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

describe("what a team is handed", () => {
	it("is all that can be had: a stack whose cluster is not there is left out, and the exit code says so", async () => {
		// STS, and an EKS that has one cluster.
		const server = createServer(({ url }, response) => {
			if (url === "/clusters/prod") {
				response.end(JSON.stringify({ cluster: inCluster("prod").cluster }));
			} else if (url?.startsWith("/clusters/")) {
				response.writeHead(404, { "x-amzn-errortype": "ResourceNotFoundException" }).end("{}");
			} else {
				response.writeHead(200, { "content-type": "text/xml" }).end(CALLER);
			}
		});
		await once(server.listen(0, "127.0.0.1"), "listening");
		const config = (cluster: string) => stackFile({ cluster, namespaces: ["dev"], users: ["jane"] });
		const cwd = temporaryProject({ "Pulumi.dev.yaml": config("gone"), "Pulumi.prod.yaml": config("prod") });
		const env = {
			AWS_ACCESS_KEY_ID: "AKIA",
			AWS_SECRET_ACCESS_KEY: "x",
			AWS_REGION: "eu-west-1",
			AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		};
		const { stdout, stderr, code } = await eksAccess(["kubeconfig", "--all-stacks"], { cwd, env });
		server.close();
		assert.deepEqual(Object.keys(contextsIn(stdout)), ["prod.k8s-devs"], stderr);
		assert.match(stderr, /stack dev is left out: .*AWS shows no cluster gone.*\[cluster-not-found\]/);
		assert.equal(code, 3);
	});

	it("is a kubeconfig with a context for each cluster, by the team's role or by a profile with a second factor", () => {
		const contexts = contextsIn(kubeconfigOf([inCluster("dev"), inCluster("prod", { role: { mfa: true } })], NOW));
		assert.deepEqual(Object.keys(contexts), ["dev.shop", "prod.shop"]);
		assert.equal(contexts["dev.shop"]?.server, "https://dev.example.com");
		assert.match(contexts["dev.shop"]?.args ?? "", /get-token --cluster-name dev .*--role-arn \S+:role\/shop-role$/);
		assert.equal(contexts["prod.shop"]?.profile, "shop");
		assert.doesNotMatch(contexts["prod.shop"]?.args ?? "", /role-arn/);
	});

	it("is for each person what they can do where, until when, by which command, and how to check it", () => {
		const users = ["jane", { name: "joe", until: "2999-12-31" }];
		const team = { users, ssoPermissionSets: ["Devs"], role: { mfa: true } };
		const people = handOvers([inCluster("dev", team), inCluster("prod", { users: ["jane"], access: "view" })], NOW);
		assert.deepEqual(
			people.map(({ who }) => who),
			["user/jane", "user/joe", "sso/Devs"],
		);
		const [jane, joe, devs] = people;
		assert.deepEqual(
			jane?.clusters.map(({ cluster, grants }) => [cluster, grants]),
			[
				["dev", ["full in shop"]],
				["prod", ["view in shop"]],
			],
		);
		assert.match(jane?.clusters[0]?.profile ?? "", /mfa_serial = arn:aws:iam::293759796572:mfa\/jane/);
		assert.match(jane?.clusters[1]?.commands.join() ?? "", /--name prod --role-arn \S+ --alias prod\.shop/);
		assert.equal(joe?.clusters[0]?.until, "2999-12-31");
		assert.match(devs?.clusters[0]?.profile ?? "", /sso_account_id = 293759796572\nsso_role_name = Devs/);
		assert.match(devs?.clusters[0]?.commands.join() ?? "", /--name dev --profile shop$/);
		const text = reportMarkdown(reportOf("shop", people, NOW));
		assert.match(text, /### user\/joe, team shop\n\nCluster dev: full in shop, until 2999-12-31\./);
		assert.match(text, /eks-access whoami --cluster prod/);
	});
});
