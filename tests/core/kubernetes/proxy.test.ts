import assert from "node:assert/strict";
import { proxyOf } from "../../../core/kubernetes/proxy";

const PROXY = "http://proxy:3128";

describe("the proxy to an API server is the one that kubectl takes", () => {
	const CASES: [server: string, environment: NodeJS.ProcessEnv, expected: string | undefined][] = [
		["https://k8s.example.com", {}, undefined],
		["https://k8s.example.com", { HTTPS_PROXY: PROXY }, PROXY],
		["https://k8s.example.com", { https_proxy: PROXY }, PROXY],
		["https://k8s.example.com", { HTTPS_PROXY: "proxy:3128" }, PROXY],
		["https://k8s.example.com", { HTTP_PROXY: PROXY, ALL_PROXY: PROXY, npm_config_https_proxy: PROXY }, undefined],
		["http://k8s.example.com", { HTTP_PROXY: PROXY }, PROXY],
		["https://localhost:6443", { HTTPS_PROXY: PROXY }, undefined],
		["https://127.0.0.5:6443", { HTTPS_PROXY: PROXY }, undefined],
		["https://[::1]:6443", { HTTPS_PROXY: PROXY }, undefined],
		["https://k8s.example.com", { HTTPS_PROXY: PROXY, NO_PROXY: "*" }, undefined],
		["https://k8s.example.com", { HTTPS_PROXY: PROXY, NO_PROXY: "a.test, EXAMPLE.com" }, undefined],
		["https://example.com", { HTTPS_PROXY: PROXY, NO_PROXY: "example.com" }, undefined],
		["https://notexample.com", { HTTPS_PROXY: PROXY, NO_PROXY: "example.com" }, PROXY],
		["https://k8s.example.com", { HTTPS_PROXY: PROXY, NO_PROXY: ".example.com" }, undefined],
		["https://example.com", { HTTPS_PROXY: PROXY, NO_PROXY: ".example.com" }, PROXY],
		["https://k8s.example.com", { HTTPS_PROXY: PROXY, NO_PROXY: "*.example.com" }, undefined],
		["https://example.com", { HTTPS_PROXY: PROXY, NO_PROXY: "*.example.com" }, PROXY],
		["https://k8s.example.com", { HTTPS_PROXY: PROXY, NO_PROXY: "k8s*" }, PROXY],
		["https://k8s.example.com:6443", { HTTPS_PROXY: PROXY, NO_PROXY: "example.com:6443" }, undefined],
		["https://k8s.example.com:6443", { HTTPS_PROXY: PROXY, NO_PROXY: "example.com:443" }, PROXY],
		["https://k8s.example.com", { HTTPS_PROXY: PROXY, NO_PROXY: "example.com:443" }, undefined],
		["https://10.1.2.3", { HTTPS_PROXY: PROXY, NO_PROXY: "10.0.0.0/8" }, undefined],
		["https://11.1.2.3", { HTTPS_PROXY: PROXY, NO_PROXY: "10.0.0.0/8" }, PROXY],
		["https://10.1.2.3", { HTTPS_PROXY: PROXY, NO_PROXY: "10.1.2.3" }, undefined],
		["https://10.1.2.3:6443", { HTTPS_PROXY: PROXY, NO_PROXY: "10.1.2.3:443" }, PROXY],
		["https://10.1.2.3", { HTTPS_PROXY: PROXY, NO_PROXY: "2.3" }, PROXY],
		["https://[fd00::7]:6443", { HTTPS_PROXY: PROXY, NO_PROXY: "fd00::/8" }, undefined],
		["https://[fe00::7]:6443", { HTTPS_PROXY: PROXY, NO_PROXY: "fd00::/8" }, PROXY],
		["https://[fd00::7]:6443", { HTTPS_PROXY: PROXY, NO_PROXY: "[fd00::7]:6443" }, undefined],
		["https://[fd00::7]:6443", { HTTPS_PROXY: PROXY, NO_PROXY: "fd00::7" }, undefined],
		["https://k8s.example.com", { HTTPS_PROXY: PROXY, NO_PROXY: " ,, " }, PROXY],
	];
	for (const [server, environment, expected] of CASES) {
		it(`to ${server} with ${JSON.stringify(environment)} is ${expected ?? "none"}`, () => {
			assert.equal(proxyOf(server, environment), expected);
		});
	}
});
