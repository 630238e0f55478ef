import assert from "node:assert/strict";
import * as yaml from "yaml";
import { endpointOf, execKubeconfig, holdsSecret, withoutPassword } from "../../../core/kubernetes/kubeconfig";

const noFile = () => assert.fail("no file is to be read");
const operators = yaml.stringify({
	apiVersion: "v1",
	kind: "Config",
	clusters: [
		{ name: "other", cluster: { server: "https://other" } },
		{
			name: "prod",
			cluster: { server: "https://prod", "certificate-authority-data": "Q0E=", "proxy-url": "http://proxy:3128" },
		},
	],
	users: [{ name: "admin", user: { token: "s3cr3t" } }],
	contexts: [{ name: "here", context: { cluster: "prod", user: "admin" } }],
	"current-context": "here",
});

describe("kubeconfig", () => {
	it("the team's has the operator's endpoint and way there, and nothing else of the operator's", () => {
		const text = execKubeconfig("x", endpointOf(operators, noFile), {
			cluster: "prod-eks-cluster",
			region: "eu-west-1",
			roleArn: "arn:aws:iam::293759796572:role/k8s-devs-role",
		});
		assert.doesNotMatch(text, /s3cr3t|admin/);
		const { clusters, users } = JSON.parse(text);
		assert.deepEqual(clusters[0].cluster, {
			server: "https://prod",
			"certificate-authority-data": "Q0E=",
			"proxy-url": "http://proxy:3128",
		});
		const { command, args } = users[0].user.exec;
		assert.equal(
			[command, ...args].join(" "),
			"aws --region eu-west-1 eks get-token --cluster-name prod-eks-cluster --output json " +
				"--role-arn arn:aws:iam::293759796572:role/k8s-devs-role",
		);
	});

	it("the team's has no password of a proxy or an API server, even where the address has one", () => {
		const withPasswords = operators
			.replace("http://proxy:3128", "http://ops:s3cr3t@proxy:3128")
			.replace("https://prod", "https://ops:p@s3cr3t@prod");
		const { server, other } = endpointOf(withPasswords, noFile);
		assert.deepEqual([server, other], ["https://prod", { "proxy-url": "http://proxy:3128" }]);
		assert.equal(
			withoutPassword("cannot reach https://a:b@c:1/x, by http://d@e?f=g@h"),
			"cannot reach https://c:1/x, by http://e?f=g@h",
		);
		assert.equal(withoutPassword("https://c/x@y ops@acme"), "https://c/x@y ops@acme");
	});

	it("a token, a password or a private key is a secret; a command that gets one is not", () => {
		for (const key of ["token", "password", "client-key-data"]) {
			assert.ok(holdsSecret(operators.replace("token:", `${key}:`)), key);
		}
		assert.ok(!holdsSecret(execKubeconfig("x", { server: "https://s" }, { cluster: "c", region: "r" })));
		assert.ok(!holdsSecret(operators.replace("token:", "client-certificate-data:")));
	});

	it("a certificate authority in a file is read", () => {
		const text = operators.replace("certificate-authority-data: Q0E=", "certificate-authority: /ca.pem");
		assert.equal(endpointOf(text, () => Buffer.from("CA")).certificateAuthorityData, "Q0E=");
	});

	it("a profile goes into the exec entry's environment", () => {
		const text = execKubeconfig("x", { server: "https://s" }, { cluster: "c", region: "r", profile: "ops" });
		assert.deepEqual(JSON.parse(text).users[0].user.exec.env, [{ name: "AWS_PROFILE", value: "ops" }]);
	});

	it("refuses what is no kubeconfig without quoting it", () => {
		for (const text of ["s3cr3t", "a: [s3cr3t", "token: s3cr3t"]) {
			assert.throws(
				() => endpointOf(text, noFile),
				(error: Error) => /no kubeconfig/.test(error.message) && !/s3cr3t/.test(error.message),
			);
		}
	});

	it("refuses a current-context that leads nowhere", () => {
		assert.throws(
			() => endpointOf(operators.replace("current-context: here", "current-context: gone"), noFile),
			/"gone"/,
		);
	});
});
