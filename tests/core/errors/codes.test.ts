import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { AccessError, ConfigError, readConfig } from "../../../components";
import { CodedError } from "../../../core/errors/access-error";
import { ALL_ERRORS, ERRORS_PAGE, EXAMPLES, errorsPage, wrapped } from "../../../scripts/error-reference";
import { PROVOKED_FAILURES } from "../../cli/provoked-failures";
import { PROVOKED } from "../../support/provoked-errors";

const ROOT = path.resolve(__dirname, "..", "..", "..");

/** Classes whose constructors ask for a code, or that get it from what they hold. */
const WITH_CODE = ["AccessError", "ArgumentError", "AwsAuthTextError", "ConfigError", "Failure"];

/** Errors without a code, each with its reason. */
const WITHOUT_CODE: Record<string, string> = {
	"core/aws/provider-errors.ts: Error": "becomes the AccessError of what AWS says",
	"core/kubernetes/api-client.ts: Error": "is caught at once and becomes api-server-unreachable",
	"core/kubernetes/api-server.ts: Error": "ends a request; ApiError is made of it",
	"core/kubernetes/api-server.ts: ApiError": "carries a status to whoever asked, who says what it means",
	"cli/whoami/token.ts: Error": "becomes the problem no-token of a way in",
	"provider/provider.ts: Error": "the engine asks for no other type than the schema has",
	"cli/options.ts: InvalidArgumentError": "commander's own, for the value of an option",
};

async function errorOf(provoke: () => unknown): Promise<CodedError<string>> {
	try {
		await provoke();
	} catch (error) {
		assert.ok(error instanceof CodedError, String((error as Error).stack));
		return error;
	}
	return assert.fail("nothing was thrown");
}

describe("errors", () => {
	for (const [code, provoke] of Object.entries({ ...PROVOKED, ...PROVOKED_FAILURES })) {
		it(`${code}: ends with its code, once, and is the reference's example`, async () => {
			const error = await errorOf(provoke);
			assert.equal(error.code, code);
			assert.ok(error.message.endsWith(` [${code}]`), error.message);
			assert.equal(error.message.split(`[${code}]`).length, 2, error.message);
			assert.ok(pulumi.RunError.isInstance(error), "it is shown without a stack trace");
			assert.equal(error.message, EXAMPLES[code], "scripts/error-examples.json");
		});
	}

	it("are all thrown with a code: no other class, but for those that have a reason", () => {
		const found = new Set<string>();
		for (const { file, text } of sources("core", "components", "cli", "provider")) {
			for (const [, name] of text.matchAll(/\bnew (?:pulumi\.)?(\w*(?:Error|Failure))\(/g)) {
				if (!WITH_CODE.includes(name as string)) {
					found.add(`${file}: ${name}`);
				}
			}
		}
		assert.deepEqual([...found].sort(), Object.keys(WITHOUT_CODE).sort());
	});

	it("use every code that there is", () => {
		const all = sources("core", "components", "cli", "provider").filter(({ file }) => !file.endsWith("error-codes.ts"));
		const unused = Object.keys(ALL_ERRORS).filter((code) => !all.some(({ text }) => text.includes(`"${code}"`)));
		assert.deepEqual(unused, []);
	});

	it("keep their message where an input of a resource rejects with them", async () => {
		const error = await errorOf(PROVOKED["argument-invalid"]);
		const { message } = error;
		error.message = `error serializing property "data": ${message}`;
		assert.equal(error.message, message);
	});

	it("of a config have the code that all its problems share, else config-invalid", () => {
		const codeOf = (...teams: object[]) => {
			try {
				readConfig({ cluster: "prod", teams: JSON.stringify(teams) });
			} catch (error) {
				assert.ok(error instanceof ConfigError && error instanceof AccessError);
				return [error.code, ...error.problems.map(({ code }) => code)];
			}
			return assert.fail("it is accepted");
		};
		const refused = { name: "ops", namespaces: ["kube-system"], users: ["jane"] };
		const wrong = { name: "shop", namespaces: ["Shop"], users: ["jane"] };
		assert.deepEqual(codeOf(refused), ["access-refused", "access-refused"]);
		assert.deepEqual(codeOf(wrong), ["config-invalid", undefined]);
		assert.deepEqual(new Set(codeOf(refused, wrong)), new Set(["config-invalid", "access-refused", undefined]));
	});

	it("of an argument are shown at the property by a provider, and with its name by a program", async () => {
		const error = await errorOf(PROVOKED["argument-invalid"]);
		assert.ok(pulumi.InputPropertyError.isInstance(error));
		assert.equal(error.propertyPath, "authentication");
		assert.match(error.reason, /^found "iam"; allowed is .* \[argument-invalid\]$/);
		assert.ok(error.message.startsWith('authentication: found "iam"'), error.message);
	});
});

describe("the reference of errors", () => {
	const page = readFileSync(ERRORS_PAGE, "utf8");

	it("is what the tables say: run `npm run reference` after a change of them", () => {
		assert.equal(page, errorsPage());
	});

	it("has every code under a heading of its own, which is its anchor, and links to it", () => {
		const headings = [...page.matchAll(/^### `(.+)`$/gm)].map(([, code]) => code);
		assert.deepEqual([...headings].sort(), Object.keys(ALL_ERRORS).sort());
		for (const code of Object.keys(ALL_ERRORS)) {
			assert.match(code, /^[a-z]+(-[a-z]+)+$/);
			assert.equal(page.split(`(#${code})`).length, 2, code);
		}
	});

	it("says of every code what it means and what to do, in sentences", () => {
		for (const [code, { meaning, remedy, changed = "Nothing." }] of Object.entries(ALL_ERRORS)) {
			for (const text of [meaning, remedy, changed]) {
				assert.match(text, /^["`A-Z].*\.$/, code);
			}
		}
	});

	it("shows a message of every code, broken at blanks only", () => {
		assert.deepEqual(
			Object.keys(ALL_ERRORS).filter((code) => !EXAMPLES[code]),
			["cluster-not-active"],
		);
		assert.deepEqual(
			Object.keys(EXAMPLES).filter((code) => !ALL_ERRORS[code]),
			[],
		);
		for (const [code, message] of Object.entries(EXAMPLES)) {
			assert.equal(wrapped(message).replace(/\s+/g, " "), message.replace(/\s+/g, " "), code);
			assert.ok(page.includes(wrapped(message)), code);
		}
	});
});

function sources(...folders: string[]): { file: string; text: string }[] {
	return folders.flatMap((folder) =>
		readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
			.filter((name) => /(?<!\.d|-bundle)\.ts$/.test(name) && !name.includes("node_modules"))
			.map((name) => ({
				file: path.posix.join(folder, name),
				text: readFileSync(path.join(ROOT, folder, name), "utf8"),
			})),
	);
}
