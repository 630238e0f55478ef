import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { eksAccess, temporaryFolder, writeFiles } from "./command";

const MAP = `- rolearn: arn:aws:iam::111122223333:role/node
  username: system:node:{{EC2PrivateDNSName}}
  groups: [system:bootstrappers, system:nodes]
- rolearn: arn:aws:iam::111122223333:role/gone
  username: gone
  groups: [x]
- rolearn: arn:aws:iam::999999999999:role/elsewhere
  username: elsewhere
  groups: [x]
`;
const USERS = `- userarn: arn:aws:iam::111122223333:user/jane
  username: jane
- userarn: arn:aws:iam::111122223333:user/joe
  username: joe
`;

const open: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
	const server = createServer(listener);
	open.push(server);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An API server that has only aws-auth, or answers with a status. */
function apiServer(answer: { data?: object; status?: number }): Promise<string> {
	return serve((request, response) => {
		const isAwsAuth = request.url === "/api/v1/namespaces/kube-system/configmaps/aws-auth";
		assert.equal(request.method, "GET", "doctor changes nothing");
		const status = answer.status ?? (isAwsAuth ? 200 : 404);
		const body =
			status === 200
				? { kind: "ConfigMap", metadata: { name: "aws-auth", namespace: "kube-system" }, data: answer.data }
				: { kind: "Status", code: status, message: "no" };
		response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
	});
}

/** AWS as far as doctor asks it. */
function aws(refuse = false, described = ""): Promise<string> {
	return serve(async (request, response) => {
		if (request.url?.startsWith("/clusters/")) {
			const cluster = { name: "eks", endpoint: described, accessConfig: { authenticationMode: "API" } };
			response.writeHead(refuse ? 403 : 200, { "content-type": "application/json" });
			response.end(JSON.stringify(refuse ? { message: "no" } : { cluster }));
			return;
		}
		const asked = new URLSearchParams(await text(request));
		const { status, xml } = answerTo(asked, refuse);
		response.writeHead(status, { "content-type": "text/xml" }).end(xml);
	});
}

function answerTo(asked: URLSearchParams, refuse: boolean): { status: number; xml: string } {
	const action = asked.get("Action") as string;
	const result = (xml: string) => ({
		status: 200,
		xml: `<${action}Response><${action}Result>${xml}</${action}Result></${action}Response>`,
	});
	const error = (status: number, code: string) => ({
		status,
		xml: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
	});
	if (action === "GetCallerIdentity") {
		return result(
			"<Arn>arn:aws:iam::111122223333:user/operator</Arn><Account>111122223333</Account><UserId>A</UserId>",
		);
	}
	if (refuse) {
		return error(403, "AccessDenied");
	}
	const name = asked.get("RoleName") ?? asked.get("UserName");
	assert.notEqual(name, "elsewhere", "another account's roles cannot be looked up");
	if (name === "gone") {
		return error(404, "NoSuchEntity");
	}
	const kind = action === "GetRole" ? "Role" : "User";
	// joe has been moved to a path.
	const where = name === "joe" ? "user/people/joe" : `${kind.toLowerCase()}/${name === "node" ? "eks/node" : name}`;
	return result(`<${kind}><Arn>arn:aws:iam::111122223333:${where}</Arn></${kind}>`);
}

function kubeconfig(contexts: Record<string, string>, current: string): string {
	const names = Object.keys(contexts);
	return JSON.stringify({
		apiVersion: "v1",
		kind: "Config",
		clusters: names.map((name) => ({ name, cluster: { server: contexts[name] } })),
		users: [{ name: "u", user: { token: "a-secret-token" } }],
		contexts: names.map((name) => ({ name, context: { cluster: name, user: "u" } })),
		"current-context": current,
	});
}

describe("eks-access doctor on a cluster", () => {
	let folder: string;
	let good: string;
	let closed: string;

	before(async () => {
		folder = temporaryFolder();
		good = await apiServer({ data: { mapRoles: MAP, mapUsers: USERS } });
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		closed = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		await new Promise((resolve) => server.close(resolve));
		const servers = {
			good,
			closed,
			none: await apiServer({ status: 404 }),
			refuses: await apiServer({ status: 401 }),
			forbids: await apiServer({ status: 403 }),
			bad: await apiServer({ data: { mapRoles: "rolearn: a" } }),
		};
		writeFiles(folder, { kubeconfig: kubeconfig(servers, "good") });
	});

	after(() => {
		for (const server of open.splice(0)) server.close();
	});

	function doctor(args: string[], env: Record<string, string> = {}) {
		return eksAccess(["doctor", ...args], {
			cwd: folder,
			env: { KUBECONFIG: path.join(folder, "kubeconfig"), ...env },
		});
	}

	async function withAws(refuse: boolean, args: string[] = [], described = "") {
		const url = await aws(refuse, described);
		const keys = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "x" };
		return doctor(["--format", "json", ...args], { AWS_ENDPOINT_URL: url, AWS_REGION: "eu-west-1", ...keys });
	}

	it("reads the current context's, and with --offline asks nobody else", async () => {
		const { stdout, stderr, code } = await doctor(["--offline"]);
		assert.deepEqual([stderr, code], ["", 0]);
		assert.equal(
			stdout,
			`kube-system/aws-auth of ${good}: aws-auth is in order; the authenticator reads 3 roles, 2 users, 0 accounts.\n`,
		);
	});

	it("reads another context's, and another kubeconfig's", async () => {
		const { stdout, code } = await doctor(["--offline", "--context", "bad", "--format", "json"]);
		assert.equal(code, 1);
		const { findings, source } = JSON.parse(stdout);
		assert.equal(source.kind, "cluster");
		assert.deepEqual([findings[0].code, findings[0].line, findings[0].file], ["EKS001", 1, undefined]);
		writeFiles(folder, { other: kubeconfig({ o: good }, "o") });
		assert.equal((await doctor(["--offline", "--kubeconfig", "other"], { KUBECONFIG: "/nonexistent" })).code, 0);
	});

	it("with AWS credentials also says which roles and users are gone, or elsewhere", async () => {
		const { stdout, stderr, code } = await withAws(false);
		assert.deepEqual([stderr, code], ["", 1]);
		const { findings } = JSON.parse(stdout);
		assert.deepEqual(
			findings.map(({ code, severity, key, line, arn }: Record<string, unknown>) => [code, severity, key, line, arn]),
			[
				["EKS501", "error", "mapRoles", 4, "arn:aws:iam::111122223333:role/gone"],
				["EKS501", "error", "mapUsers", 3, "arn:aws:iam::111122223333:user/joe"],
			],
		);
		assert.match(findings[1].message, /the user is arn:aws:iam::111122223333:user\/people\/joe/);
	});

	it("says when the cluster of an EKS kubeconfig does not read aws-auth, by its authentication mode", async () => {
		const name = "arn:aws:eks:eu-west-1:111122223333:cluster/eks";
		writeFiles(folder, { eks: kubeconfig({ [name]: good }, name) });
		const found = async (refuse: boolean, described: string) => {
			const { stdout } = await withAws(refuse, ["--kubeconfig", "eks"], described);
			return JSON.parse(stdout).findings[0];
		};
		assert.equal((await found(false, good)).code, "EKS012");
		assert.equal((await found(true, good)).code, "EKS503");
		// A tunnel, or another cluster of that name, in another account for example.
		const { code, message, fix } = await found(false, "https://elsewhere");
		assert.equal(code, "EKS503");
		assert.match(message, /goes to http:\/\/127\.0\.0\.1:\d+, and not to EKS' address, https:\/\/elsewhere/);
		assert.match(fix, /aws eks describe-cluster --region eu-west-1 --name eks --query/);
	});

	it("without a kubeconfig it says so, and asks no server", async () => {
		for (const env of [{ KUBECONFIG: "" }, { KUBECONFIG: "/nonexistent/config" }]) {
			const { stdout, stderr, code } = await doctor([], env);
			assert.deepEqual([stdout, code], ["", 2]);
			assert.match(stderr, /there is no kubeconfig \S+config; pass --kubeconfig <file> \[kubeconfig-invalid\]/);
			assert.doesNotMatch(stderr, /localhost|8080/);
		}
	});

	it("a refusal of IAM is a note, and no failure", async () => {
		const { stdout, stderr, code } = await withAws(true);
		assert.deepEqual([stderr, code], ["", 0]);
		const { findings } = JSON.parse(stdout);
		assert.deepEqual(
			findings.map(({ code, severity }: Record<string, unknown>) => [code, severity]),
			[["EKS502", "info"]],
		);
	});

	it("without AWS credentials it says once that IAM was not asked", async () => {
		const { stdout, code } = await doctor([], { AWS_EC2_METADATA_DISABLED: "true", AWS_REGION: "eu-west-1" });
		assert.equal(code, 0);
		assert.match(
			stdout,
			/^info EKS502\n {2}not checked whether roles and users still exist: AWS does not say who you are/,
		);
		assert.match(stdout, /aws-auth is in order \(1 note\)/);
	});

	it("a cluster without aws-auth is a note: with access entries none is needed", async () => {
		const { stdout, code } = await doctor(["--offline", "--context", "none"]);
		assert.equal(code, 0);
		assert.match(stdout, /^info EKS010\n/);
	});

	for (const [context, message] of [
		["closed", /cannot reach the API server http:\/\/127\.0\.0\.1:\d+: .*VPN/],
		["refuses", /does not accept these credentials \(401 Unauthorized\)/],
		["forbids", /may not read the ConfigMap kube-system\/aws-auth \(403 Forbidden\)/],
	] as const) {
		it(`ends with 3 where the cluster is ${context === "closed" ? "not there" : `one that ${context}`}`, async () => {
			const { stdout, stderr, code } = await doctor(["--offline", "--context", context]);
			assert.deepEqual([stdout, code], ["", 3]);
			assert.match(stderr, message);
			assert.ok(!stderr.includes("a-secret-token") && !/\n\s+at /.test(stderr), stderr);
		});
	}

	it("ends with 2 where the kubeconfig is none, without showing what is in it", async () => {
		writeFiles(folder, { broken: "token: a-secret-token\n  x: [" });
		const { stderr, code } = await doctor(["--kubeconfig", "broken"]);
		assert.equal(code, 2);
		assert.ok(!stderr.includes("a-secret-token"), stderr);
		const wrong = await doctor(["--context", "nowhere"]);
		assert.equal(wrong.code, 2);
		assert.match(wrong.stderr, /--context nowhere: the kubeconfig has good, closed/);
	});
});
