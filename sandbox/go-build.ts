import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureEntry } from "./cache";
import { runCommand, tail } from "./command";
import { atLeast, which } from "./found";
import { buildArguments, buildKey, type Part, partFolder, programsOf } from "./parts";
import type { Report } from "./report";

const ARCHITECTURES: Record<string, string> = { x64: "amd64" };

/** Whether the Go on this machine can build these parts; throws what to do if it cannot. */
export async function requireGo(toBuild: readonly Part[]): Promise<string> {
	const programs = toBuild.flatMap(programsOf).join(", ");
	const needed = goDirective(toBuild[0]);
	const advice = `Install Go ${needed} or later (https://go.dev/dl/) and start again.`;
	const go = which("go");
	if (!go)
		throw new Error(
			`No Go on the PATH. The sandbox builds ${programs} from their published Go modules, once. ${advice}`,
		);
	// In the part's folder: Go 1.21 and later fetch the toolchain that its go.mod asks for.
	const { code, output } = await runCommand(go, ["version"], {
		cwd: partFolder(toBuild[0]),
		env: goEnvironment(),
	});
	const found = /go version go(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
	if (code !== 0 || !found)
		throw new Error(
			`\`go version\` (${go}) fails, but Go ${needed} is needed to build ${programs}:\n${tail(output)}\n${advice}`,
		);
	if (!atLeast(`${found}.0`, needed))
		throw new Error(
			`Go ${found} (${go}) is too old to build ${programs}, and fetching a newer toolchain is switched off (GOTOOLCHAIN=${process.env.GOTOOLCHAIN ?? "local"}). ${advice} Or allow it with GOTOOLCHAIN=auto.`,
		);
	return go;
}

/** Builds a part into the cache unless it is there. True if it was built here. */
export function ensureBuilt(
	part: Part,
	position: string,
	{ cache, go, report }: { cache: string; go: string; report: Report },
): Promise<boolean> {
	const title = `${position} building ${programsOf(part).join(", ")} ${part.version}`;
	return ensureEntry({
		entry: join(cache, buildKey(part)),
		waiting: (holder) => report.note(`  ${title}: ${holder} is building it, waiting`),
		async make(folder) {
			const step = report.step(title, part.expectedSeconds);
			try {
				await build(part, folder, go, (progress) => step.at(progress));
			} catch (error) {
				step.failed();
				throw error;
			}
			step.done();
		},
	});
}

async function build(part: Part, folder: string, go: string, at: (progress: string) => void): Promise<void> {
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
		onLine: () => at(`${++compiled} of ${total} packages`),
	});
	if (built.code !== 0) throw buildError(part, folder, built.output);
}

function goEnvironment(): NodeJS.ProcessEnv {
	return {
		...process.env,
		GOWORK: "off",
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

function goDirective(part: Part): string {
	const mod = readFileSync(join(partFolder(part), "go.mod"), "utf8");
	return /^go (\S+)/m.exec(mod)?.[1] ?? "1.26.6";
}
