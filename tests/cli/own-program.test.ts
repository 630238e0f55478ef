import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import path from "node:path";
import { teamOutputs } from "../../core/teams/access-output";
import { eksAccess, stackFile, temporaryProject, writeFiles } from "./command";
import { teamsOf } from "./given-teams";

describe("a stack whose teams stand in a program's code", () => {
	const output = {
		cluster: "prod",
		region: "eu-west-1",
		authentication: "auto",
		teams: teamOutputs(
			teamsOf({ name: "shop", namespaces: ["shop", { name: "pay", access: "view" }], users: ["jane"] }),
		),
	};

	/** A project of somebody's own, with a `pulumi` that knows this output. */
	function project(said: object | string, files: Record<string, string> = {}) {
		const cwd = temporaryProject({
			"Pulumi.yaml":
				"name: platform\nruntime: nodejs\nconfig:\n  users: { type: array, items: { type: string }, default: [] }\n",
			"Pulumi.prod.yaml": "config:\n  platform:replicas: 3\n",
			...files,
		});
		const script =
			typeof said === "string"
				? `echo "error: ${said}" >&2\nexit 255`
				: `case "$*" in "stack output accessMatrix --json --stack prod "*) cat output.json;; *) exit 1;; esac`;
		writeFiles(cwd, { "bin/pulumi": `#!/bin/sh\n${script}\n`, "output.json": JSON.stringify(said) });
		chmodSync(path.join(cwd, "bin", "pulumi"), 0o755);
		return { cwd, env: { PATH: `${path.join(cwd, "bin")}:${process.env.PATH}` } };
	}

	it("matrix reads the stack's output, and says so", async () => {
		const there = project(output);
		const { stdout, stderr } = await eksAccess(["matrix"], there);
		assert.match(
			stdout,
			/^stack prod, cluster prod, authentication auto, from the stack's output accessMatrix\n/,
			stderr,
		);
		assert.match(stdout, /^shop +user\/jane +shop +full$/m);
		assert.match(stdout, /^shop +user\/jane +pay +view$/m);
		const [{ source }] = JSON.parse((await eksAccess(["matrix", "--format", "json"], there)).stdout).stacks;
		assert.equal(source, "output");
	});

	it("a config that lists teams is read before it, without pulumi", async () => {
		const teams = stackFile({ cluster: "c", namespaces: ["dev"], users: ["joe"] }).replaceAll(
			"eks-access:",
			"platform:",
		);
		const { stdout } = await eksAccess(["matrix"], project("no", { "Pulumi.prod.yaml": teams }));
		assert.match(stdout, /, from the stack's config\n[\s\S]*user\/joe/);
	});

	it("no output: says what is wrong with it, what to export, and what the config lacks", async () => {
		const { stderr, code } = await eksAccess(["matrix"], project("no such output"));
		assert.equal(code, 2);
		assert.match(
			stderr,
			/accessMatrix cannot be read: no such output\. .*export const accessMatrix[\s\S]*cluster: is missing/,
		);
		const rows = await eksAccess(["verify"], project([{ team: "shop" }]));
		assert.match(
			rows.stderr,
			/it is not the accessMatrix of an EksAccess of this version[\s\S]*\[cli-teams-not-found\]/,
		);
	});
});
