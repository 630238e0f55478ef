import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache";
import { findTools, type Tool } from "./found";
import { ensureBuilt, ensureGo } from "./go-build";
import { Pace } from "./pace";
import { buildKey, type Part, type Program, partFolder, parts, programsOf } from "./parts";
import type { Report } from "./report";
import { ensureVenv, findPython } from "./venv";

export interface Toolchain {
	programs: Record<Program | "aws", Tool>;
	/** The real aws provider, where this machine has it. */
	awsProvider?: Tool;
	/** The venv with moto; `bin/python` runs the emulator. */
	venv: string;
}

/**
 * Finds each program on this machine, or builds it once into the cache.
 *
 * @param demanded Which of the parts to build that are built on demand; default: none.
 */
export async function ensureToolchain({
	report,
	demanded = () => false,
}: {
	report: Report;
	demanded?: (part: Part) => boolean;
}): Promise<Toolchain> {
	const cache = cacheFolder();
	const found = await findTools();
	const all = parts()
		.map((part) => without(part, found))
		.filter(hasPackages);
	const isBuilt = (part: Part) => existsSync(join(cache, buildKey(part)));
	const missing = all.filter((part) => !isBuilt(part) && (!part.onDemand || demanded(part)));
	const installing = ensureVenv(cache, await findPython(), report);
	const [venv, built] = await Promise.all([installing, buildAll(missing, { cache, installing, report })]);
	const programs = { ...found } as Toolchain["programs"];
	for (const part of all) {
		const entry = join(cache, buildKey(part));
		for (const program of programsOf(part))
			programs[program] = {
				path: join(entry, program),
				version: part.version,
				origin: built.has(part) ? "built just now" : isBuilt(part) ? "cache" : "built when it is first run",
			};
	}
	programs.aws ??= {
		path: join(venv.folder, "bin", "aws"),
		version: "",
		origin: venv.made ? "installed just now" : "cache",
	};
	return {
		programs,
		awsProvider: found["pulumi-resource-aws"],
		venv: venv.folder,
	};
}

async function buildAll(
	missing: readonly Part[],
	{ cache, installing, report }: { cache: string; installing: Promise<{ folder: string }>; report: Report },
): Promise<Set<Part>> {
	const built = new Set<Part>();
	const [first] = missing;
	if (!first) return built;
	const go = await ensureGo(partFolder(first), { cache, venv: installing, report });
	const pace = new Pace(missing.reduce((sum, part) => sum + part.expectedSeconds, 0));
	report.note(
		`Building what ${cache} lacks, once: ${missing.length} of the sandbox's parts, with ${go}; ${pace.left()} on 2 cores, less if Go has compiled them before.`,
	);
	// One after the other: a single build keeps every core busy.
	for (const [index, part] of missing.entries()) {
		const position = `[${index + 1} of ${missing.length}]`;
		if (await ensureBuilt(part, position, { cache, go, report, pace })) built.add(part);
		pace.finish(part.expectedSeconds);
	}
	return built;
}

/** The part less the programs that this machine has. */
function without(part: Part, found: Partial<Record<string, Tool>>): Part {
	const packages = Object.fromEntries(Object.entries(part.packages).filter(([program]) => !found[program]));
	return { ...part, packages };
}

function hasPackages(part: Part): boolean {
	return programsOf(part).length > 0;
}

/** Which program came from where, a line each. */
export function describeToolchain({ programs, awsProvider }: Toolchain): string[] {
	const tools: [string, Tool | undefined][] = [...Object.entries(programs), ["pulumi-resource-aws", awsProvider]];
	return tools
		.sort(([a], [b]) => a.localeCompare(b))
		.flatMap(([name, tool]) => (tool ? `  ${name.padEnd(26)} ${tool.version.padEnd(9)} ${tool.origin}` : []));
}
