#!/usr/bin/env node
"use strict";
const { existsSync } = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
if (existsSync(path.join(root, "cli", "index.ts"))) {
	// A checkout. The project's own compiler options, whatever folder the command is called in; swc compiles without a type check.
	require("ts-node").register({ project: path.join(root, "tsconfig.json") });
	require("../cli").main(process.argv);
} else {
	// The installed package, which has no sources.
	require("../dist/cli/index").main(process.argv);
}
