import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { quoted } from "../../core/errors/escape";
import { compile } from "../compile";

/**
 * Puts `pulumi-resource-aws` into a folder of the engine's plugins, and gives its path.
 * The plugin is compiled now: the engine starts it in every preview, and ts-node would cost more than the plugin itself.
 */
export function writeAwsPluginLauncher(binDirectory: string): string {
	const compiled = resolve(binDirectory, "aws-plugin");
	compile(__dirname, compiled);
	// The compiled files lie outside the project, whose packages they need.
	const packages = require.resolve.paths("hpagent")?.join(delimiter) ?? "";
	mkdirSync(binDirectory, { recursive: true });
	const launcher = resolve(binDirectory, "pulumi-resource-aws");
	writeFileSync(
		launcher,
		[
			"#!/bin/sh",
			`ENGINE_PID=$PPID NODE_PATH=${quoted(packages)} exec ${quoted(process.execPath)} ${quoted(join(compiled, "main.js"))} "$@"`,
			"",
		].join("\n"),
	);
	chmodSync(launcher, 0o755);
	return launcher;
}
