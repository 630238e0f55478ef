import { writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const AWS_AUTH = path.resolve(__dirname, "..", "core", "aws-auth");

/** Where the bundle is kept; it is generated, and a test holds it to its source. */
export const BUNDLE_FILE = path.join(AWS_AUTH, "cleanup-bundle.ts");

/** cleanup-handler.ts with all that it calls, as the text of one module. Packages stay outside. */
export async function bundleRelease(): Promise<string> {
	const { outputFiles } = await build({
		entryPoints: [path.join(AWS_AUTH, "cleanup-handler.ts")],
		bundle: true,
		write: false,
		platform: "node",
		packages: "external",
		format: "cjs",
		target: "node20",
		minifyWhitespace: true,
		minifySyntax: true,
		minifyIdentifiers: true,
		legalComments: "none",
	});
	return outputFiles.map(({ text }) => text).join("");
}

/** The text of the file that keeps it. */
export async function bundleFile(): Promise<string> {
	return (
		"// Made by `npm run bundle` from cleanup-handler.ts; do not edit.\n" +
		`export const RELEASE_PROVIDER =\n\t${JSON.stringify(await bundleRelease())};\n`
	);
}

if (require.main === module) {
	bundleFile().then((text) => writeFileSync(BUNDLE_FILE, text));
}
