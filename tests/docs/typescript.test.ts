import assert from "node:assert/strict";
import path from "node:path";
import ts from "typescript";
import { ROOT, readPages } from "./pages";

describe("the documentation's TypeScript", function () {
	this.timeout("2m");
	const blocks = readPages().flatMap((page) => page.blocks.filter(({ language }) => language === "ts"));
	/** Where nothing is, so that no file of the project changes. */
	const files = new Map(
		blocks.map(({ where, text }, at) => [path.join(ROOT, `docs-snippet-${at}.ts`), { where, text }]),
	);
	const broken = path.join(ROOT, "docs-snippet-broken.ts");
	let program: ts.Program;

	before(() => {
		const options: ts.CompilerOptions = {
			target: ts.ScriptTarget.ES2022,
			module: ts.ModuleKind.CommonJS,
			moduleResolution: ts.ModuleResolutionKind.Node10,
			types: ["node"],
			strict: true,
			noEmit: true,
			esModuleInterop: true,
			resolveJsonModule: true,
			skipLibCheck: true,
			paths: { "pulumi-eks-access": [path.join(ROOT, "components", "index.ts")] },
		};
		files.set(broken, {
			where: "a broken block",
			text: 'import { EksAccess } from "pulumi-eks-access";\nnew EksAccess("access", { cluster: "prod", team: [] });\n',
		});
		const host = ts.createCompilerHost(options);
		const { getSourceFile, fileExists } = host;
		host.fileExists = (file) => files.has(file) || fileExists(file);
		host.getSourceFile = (file, version, ...rest) => {
			const snippet = files.get(file);
			return snippet ? ts.createSourceFile(file, snippet.text, version) : getSourceFile(file, version, ...rest);
		};
		program = ts.createProgram([...files.keys()], options, host);
	});

	function problemsOf(file: string): string[] {
		const source = program.getSourceFile(file);
		return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
			({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
		);
	}

	for (const [file, { where }] of files) {
		it(`${where} compiles`, () => assert.deepEqual(problemsOf(file), []));
	}

	it("a block that does not compile is noticed", () => {
		assert.match(problemsOf(broken).join(), /'team' does not exist in type 'EksAccessArgs'/);
	});
});
