import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "../../core/errors/problem";
import { execKubeconfig } from "../../core/kubernetes/kubeconfig";
import { readInputs } from "../../provider/inputs";
import { ACCOUNT, MockEngine, resolved } from "../support/mock-engine";
import { present } from "../support/present";
import { unknownOutput } from "../support/unknown-output";

const TEAMS = [{ name: "shop", namespaces: ["dev"], users: ["jane"] }];
const KUBECONFIG = execKubeconfig("prod", { server: "https://prod.invalid" }, { cluster: "prod", region: "eu-west-1" });

describe("the inputs of an EksAccess in another language", () => {
	beforeEach(() => MockEngine.start());

	async function problemsOf(inputs: pulumi.Inputs): Promise<string[]> {
		try {
			await readInputs("access", inputs);
		} catch (error) {
			assert.ok(error instanceof ConfigError, String(error));
			return error.problems.map(({ path, message }) => `${path}: ${message}`);
		}
		return [];
	}

	it("that are known are taken as they are", async () => {
		const given = { cluster: "prod", teams: TEAMS, region: "eu-west-1", account: ACCOUNT, adoptExisting: true };
		assert.deepEqual(await readInputs("access", given), { args: given, isKnown: true });
	});

	it('"" and null stand for none, as YAML programs write it', async () => {
		const { args } = await readInputs("access", { cluster: "prod", teams: TEAMS, kubeconfig: "", region: null });
		assert.deepEqual(args, { cluster: "prod", teams: TEAMS });
	});

	it("a kubeconfig may be secret, and reaches the component", async () => {
		const { args, isKnown } = await readInputs("access", {
			cluster: "prod",
			teams: TEAMS,
			kubeconfig: pulumi.secret(KUBECONFIG),
		});
		assert.deepEqual([args.kubeconfig, isKnown], [KUBECONFIG, true]);
	});

	for (const name of ["cluster", "kubeconfig", "region", "account"]) {
		it(`a ${name} that only the update makes known stays an output`, async () => {
			const given = { cluster: "prod", teams: TEAMS, [name]: unknownOutput() };
			const { args, isKnown } = await readInputs("access", given);
			assert.equal(isKnown, false);
			assert.ok(pulumi.Output.isInstance(args[name as "cluster"]));
			assert.deepEqual(args.teams, TEAMS);
		});
	}

	it("tags from other resources keep nobody from asking the cluster", async () => {
		const { args, isKnown } = await readInputs("access", {
			cluster: "prod",
			teams: TEAMS,
			tags: pulumi.output({ owner: "platform" }),
		});
		assert.equal(isKnown, true);
		assert.deepEqual(await resolved(pulumi.output(args.tags)), { owner: "platform" });
	});

	const refused: [string, pulumi.Inputs, RegExp[]][] = [
		["no cluster", { teams: TEAMS }, [/^cluster: is missing; give the name/]],
		["no teams", { cluster: "prod" }, [/^teams: is missing; give at least one team/]],
		["a misspelt input", { cluster: "prod", teams: TEAMS, adoptExistin: true }, [/^adoptExistin: .*adoptExisting/]],
		[
			"the simple form of a stack's config",
			{ cluster: "prod", teams: TEAMS, users: ["jane"] },
			[/^users: stands beside teams; put it into a team/],
		],
		[
			"several at once, in one error",
			{
				teams: [
					{ ...TEAMS[0], users: ["ja ne"] },
					{ name: "x", namespaces: ["DEV"], users: ["joe"] },
				],
			},
			[/^cluster: is missing/, /^teams\[0\]\.users\[0\]: /, /^teams\[1\]\.namespaces\[0\]: /],
		],
		[
			"an account that is none",
			{ cluster: "prod", teams: TEAMS, account: "123" },
			[/^account: found "123"; allowed is /],
		],
		["a region that is none", { cluster: "prod", teams: TEAMS, region: 1 }, [/^region: found 1; allowed is /]],
		["secret teams", { cluster: "prod", teams: pulumi.secret(TEAMS) }, [/^teams: is a secret, which would show/]],
	];
	for (const [what, inputs, expected] of refused) {
		it(`${what}: ${expected.length} problem${expected.length > 1 ? "s" : ""}`, async () => {
			const problems = await problemsOf(inputs);
			assert.equal(problems.length, expected.length, problems.join("\n"));
			expected.forEach((problem, at) => {
				assert.match(present(problems[at]), problem);
			});
		});
	}

	it("teams that only the update makes known are refused: they decide which resources exist", async () => {
		const [problem = "", ...others] = await problemsOf({ cluster: "prod", teams: unknownOutput() });
		assert.match(problem, /^teams: is not known before other resources are made/);
		assert.deepEqual(others, []);
	});
});
