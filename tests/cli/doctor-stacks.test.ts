import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { eksAccess, stackFile, temporaryProject } from "./command";

const NODES = `- rolearn: arn:aws:iam::111122223333:role/node
  username: system:node:{{EC2PrivateDNSName}}
  groups: [system:bootstrappers, system:nodes]
`;
const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::111122223333:user/ops</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

describe("eks-access doctor --all-stacks", function () {
	this.timeout("1m");
	let server: Server;

	before((done) => {
		// STS, an EKS that has no cluster, and an API server.
		server = createServer(({ url = "", method }, response) => {
			if (url.startsWith("/clusters/")) {
				response.writeHead(404, { "x-amzn-errortype": "ResourceNotFoundException" }).end("{}");
			} else if (url.includes("aws-auth")) {
				response.writeHead(200, { "content-type": "application/json" });
				const metadata = { name: "aws-auth", namespace: "kube-system" };
				response.end(JSON.stringify({ kind: "ConfigMap", metadata, data: { mapRoles: NODES } }));
			} else {
				response.writeHead(method === "POST" ? 200 : 404, { "content-type": "text/xml" }).end(CALLER);
			}
		}).listen(0, "127.0.0.1", done);
	});
	after(() => server.close());

	function doctor(...options: string[]) {
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const kubeconfig = JSON.stringify({
			...{ apiVersion: "v1", kind: "Config", "current-context": "c" },
			clusters: [{ name: "c", cluster: { server: url } }],
			users: [{ name: "u", user: {} }],
			contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
		});
		const access = { namespaces: ["dev"], users: ["jane"] };
		const cwd = temporaryProject({
			"Pulumi.dev.yaml": stackFile({ cluster: "gone", ...access }),
			"Pulumi.prod.yaml": stackFile({ cluster: "prod", kubeconfig, ...access }),
		});
		const keys = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "x", AWS_REGION: "eu-west-1" };
		const env = { ...keys, AWS_ENDPOINT_URL: url, AWS_EC2_METADATA_DISABLED: "true" };
		return eksAccess(["doctor", "--all-stacks", "--offline", ...options], { cwd, env });
	}

	it("of a stack that cannot be examined says why, and examines the others; the exit code is the worst", async () => {
		const { stdout, stderr, code } = await doctor();
		assert.match(stdout, /stack dev\n+Not checked: +error cluster-not-found\n.*AWS shows no cluster gone/, stderr);
		assert.match(stdout, /kube-system\/aws-auth of http:\S+: aws-auth is in order.*reads 1 role/);
		assert.equal(code, 3);
		const { clusters } = JSON.parse((await doctor("--format", "json")).stdout);
		assert.deepEqual(
			clusters.map((each: { stack?: string; error?: { code: string }; version?: number }) => [
				each.stack ?? each.version,
				each.error?.code,
			]),
			[
				["dev", "cluster-not-found"],
				[1, undefined],
			],
		);
	});
});
