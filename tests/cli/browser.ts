import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";
import { cacheFolder, ensureEntry } from "../../sandbox/cache";

/** Without the package's own switches: some of them turn a browser's protections off. */
const SWITCHES = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none"];

/**
 * A real headless Chromium: that of CHROME_PATH, else the one inside the npm package @sparticuz/chromium (Linux on x64).
 *
 * @throws {Error} where there is none.
 */
export async function launchBrowser(): Promise<Browser> {
	if (process.env.CHROME_PATH) {
		return puppeteer.launch({ executablePath: process.env.CHROME_PATH, args: SWITCHES });
	}
	if (process.platform !== "linux" || process.arch !== "x64") {
		throw new Error("needs Linux on x64, or Chrome at CHROME_PATH");
	}
	const folder = await unpacked();
	const options = { executablePath: path.join(folder, "chromium"), args: SWITCHES, headless: "shell" as const };
	// The same fonts on every machine.
	const env = { ...process.env, FONTCONFIG_FILE: path.join(folder, "fonts.conf") };
	try {
		return await puppeteer.launch({ ...options, env });
	} catch {
		// A machine without NSS: the package has that too.
		const libraries = path.join(folder, "al2023", "lib");
		return puppeteer.launch({ ...options, env: { ...env, LD_LIBRARY_PATH: libraries } });
	}
}

/** The package unpacks to the folder for temporary files, which is everybody's; here it is the sandbox's cache. */
async function unpacked(): Promise<string> {
	const manifest = path.resolve(require.resolve("@sparticuz/chromium"), "..", "..", "..", "package.json");
	const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
	const entry = path.join(cacheFolder(), `chromium-${version}`);
	await ensureEntry({
		entry,
		waiting: () => undefined,
		make: async (folder) => {
			const before = { ...process.env };
			// The second one makes it unpack the libraries of Amazon Linux.
			Object.assign(process.env, { TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: "nodejs22.x" });
			try {
				const { default: chromium } = await import("@sparticuz/chromium");
				await chromium.executablePath();
			} finally {
				for (const key of ["TMPDIR", "AWS_LAMBDA_JS_RUNTIME", "LD_LIBRARY_PATH", "FONTCONFIG_PATH"]) {
					if (before[key] === undefined) {
						delete process.env[key];
					} else {
						process.env[key] = before[key];
					}
				}
			}
			const fonts = path.join(entry, "fonts", "fonts");
			writeFileSync(
				path.join(folder, "fonts.conf"),
				`<?xml version="1.0"?>\n<fontconfig><dir>${fonts}</dir><cachedir>${path.join(entry, "fonts-cache")}</cachedir></fontconfig>\n`,
			);
		},
	});
	return entry;
}
