"use strict";
// Loaded by NODE_OPTIONS into every Node.js process of a run; the Pulumi program's writes its peak down, in KiB.
const { writeFileSync } = require("node:fs");

if (process.env.BENCH_MEMORY && /@pulumi\/pulumi\/cmd\/run\/?(index\.js)?$/.test(process.argv[1] ?? "")) {
	process.on("exit", () => writeFileSync(process.env.BENCH_MEMORY, String(process.resourceUsage().maxRSS)));
}
