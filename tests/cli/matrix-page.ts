import assert from "node:assert/strict";
import type { Browser } from "puppeteer-core";
import { launchBrowser } from "./browser";
import { eksAccess, stackFile, temporaryProject } from "./command";

/** Names as nobody should have them, where the config lets them through. */
export const HOSTILE = [
	"<img\u00a0src=x\u00a0onerror=window.hacked=1>",
	"<script>window.hacked=1<",
	'"onmouseover=window.hacked=1',
	"&lt;b&gt;&#60;",
].map((name) => name.replaceAll("\u00a0", "+"));
const TEAMS = [
	{
		name: "shop",
		namespaces: ["shop", { name: "pay", access: "view" }],
		users: ["jane", { name: "ann", until: "2020-12-31" }, { name: "eve", until: "2999-12-31" }],
	},
	{ name: "ops", users: ["ann"], admin: true },
	...HOSTILE.map((clusterRole, at) => ({
		name: `odd-${at}`,
		namespaces: ["shop"],
		users: ["zoe"],
		access: { clusterRole },
	})),
	{
		name: "a".repeat(59),
		namespaces: ["n".repeat(63)],
		roleArns: [`arn:aws:iam::123456789012:role/${"path/".repeat(20)}r`],
	},
];

/** The matrix of two stacks with these teams, as a page. */
export async function matrixHtml(): Promise<string> {
	const files = {
		"Pulumi.a.yaml": stackFile({ cluster: "prod-eks-cluster", teams: TEAMS }),
		"Pulumi.b.yaml": stackFile({ cluster: "dev", namespaces: ["dev"], users: ["jane"] }),
	};
	const { stdout, stderr } = await eksAccess(["matrix", "--all-stacks", "--by", "person", "--format", "html"], {
		cwd: temporaryProject(files),
	});
	assert.equal(stderr, "");
	return stdout;
}

/** A browser; where there is none, the tests are skipped, and in CI they fail. */
export async function browserOr(skip: () => never): Promise<Browser> {
	try {
		return await launchBrowser();
	} catch (error) {
		if (process.env.CI === "true") {
			throw error;
		}
		console.log(`skipped: needs a browser (${(error as Error).message})`);
		return skip();
	}
}
