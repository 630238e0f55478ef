import assert from "node:assert/strict";
import fc from "fast-check";
import { sameQuantity } from "../../core/kubernetes/quantity";
import { eksAccess, stackFile, temporaryProject } from "./command";

describe("eks-access verify: what may not be reached or read", () => {
	const config = { cluster: "c", namespaces: ["dev"], users: ["jane"] };

	it("an encrypted kubeconfig is no reason to guess: it says to pass --kubeconfig, exit code 2", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ ...config, kubeconfig: { secure: "v1:abc" } }) });
		const { code, stderr, stdout } = await eksAccess(["verify"], { cwd });
		assert.equal(code, 2, stderr);
		assert.equal(stdout, "");
		assert.match(stderr, /kubeconfig is encrypted, and only Pulumi can read it; pass --kubeconfig <file>/);
	});

	it("the same for a kubeconfig of another stack", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ ...config, kubeconfigStack: "org/infra/prod" }) });
		const { code, stderr } = await eksAccess(["verify"], { cwd });
		assert.equal(code, 2);
		assert.match(stderr, /output of the stack org\/infra\/prod; pass --kubeconfig/);
	});

	it("no credentials: exit code 3, and what to set", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(config) });
		const { code, stderr } = await eksAccess(["verify"], { cwd, env: { AWS_EC2_METADATA_DISABLED: "true" } });
		assert.equal(code, 3, stderr);
		assert.match(stderr, /AWS: cannot .*: CredentialsProviderError.*Set credentials that AWS knows/);
	});

	it("a config with problems: exit code 2, all of them", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ users: ["jane"] }) });
		assert.equal((await eksAccess(["verify"], { cwd })).code, 2);
	});
});

describe("eks-access verify: quantities", () => {
	it("are the same amount however they are written, and no other", () => {
		for (const [one, other] of [
			["1000m", "1"],
			["1Gi", "1024Mi"],
			["1e3", "1k"],
			["0.5", "500m"],
			["2E", "2000P"],
		]) {
			assert.ok(sameQuantity(one, other), `${one} ${other}`);
		}
		for (const [one, other] of [
			["1G", "1Gi"],
			["9007199254740993", "9007199254740992"],
			["1", undefined],
			["", "0"],
			["1x", "1"],
		]) {
			assert.ok(!sameQuantity(one, other), `${one} ${other}`);
		}
	});

	it("any number of thousandths is itself and not its neighbour", () => {
		fc.assert(
			fc.property(fc.nat(), (n) => {
				assert.ok(sameQuantity(`${n}m`, (n / 1000).toFixed(3)));
				assert.ok(!sameQuantity(`${n}m`, `${n + 1}m`));
			}),
		);
	});
});
