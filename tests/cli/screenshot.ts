import { execFileSync } from "node:child_process";
import path from "node:path";
import { launchBrowser } from "./browser";

/** Makes docs/access-matrix.png, the matrix of Pulumi.example.yaml as a browser shows it. With a palette of 64 colours it has a third of the size. */
async function main(): Promise<void> {
	const project = path.resolve(__dirname, "..", "..");
	const program = path.join(project, "bin", "eks-access.js");
	const page = execFileSync(process.execPath, [program, "matrix", "--stack", "example", "--format", "html"], {
		cwd: project,
		encoding: "utf8",
	});
	const browser = await launchBrowser();
	try {
		const tab = await browser.newPage();
		await tab.setViewport({ width: 1000, height: 560, deviceScaleFactor: 2 });
		await tab.setContent(page);
		await tab.screenshot({ path: path.join(project, "docs", "access-matrix.png"), fullPage: true });
	} finally {
		await browser.close();
	}
}

main();
