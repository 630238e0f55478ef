// `npm ci` runs it: `npx -p pulumi-eks-access eks-access` finds the command in a checkout as where the package is installed. A link to the
// package's folder would do it too, but Pulumi looks for plugins in every folder below node_modules, and would go round in circles.
const { mkdirSync, rmSync, symlinkSync } = require("node:fs");
const path = require("node:path");

const bin = path.join(__dirname, "..", "node_modules", ".bin");
// Windows allows links to administrators only.
if (process.platform !== "win32") {
	mkdirSync(bin, { recursive: true });
	rmSync(path.join(bin, "eks-access"), { force: true });
	symlinkSync(path.join("..", "..", "bin", "eks-access.js"), path.join(bin, "eks-access"));
}
