"use strict";
const { existsSync } = require("node:fs");
const path = require("node:path");

// Pulumi loads this file and serves what classes of components it exports. It exports none: their schema is made at development time.
const source = path.join(__dirname, "index.ts");
if (existsSync(source)) {
	// A checkout has the sources. Pulumi has set ts-node up to check types by options of its own, for many seconds; swc compiles without.
	const { register, REGISTER_INSTANCE } = require("ts-node");
	process[REGISTER_INSTANCE]?.enabled(false);
	register({ project: path.join(__dirname, "..", "tsconfig.json") });
	require(source).serve(__dirname, true);
} else {
	require("../dist/provider/index.js").serve(__dirname);
}
