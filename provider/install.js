"use strict";
const { execSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const path = require("node:path");

// Pulumi has npm install a plugin's folder. In a clone, as `pulumi package add <git address>` makes one, what the sources need is listed at
// its root; the npm package brings it along.
const root = path.join(__dirname, "..");
if (existsSync(path.join(root, "package-lock.json")) && !existsSync(path.join(root, "node_modules"))) {
	execSync("npm ci --include=dev --ignore-scripts", { cwd: root, stdio: "inherit" });
}
