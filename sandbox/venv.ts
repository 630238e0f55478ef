import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureEntry } from "./cache";
import { runCommand, tail } from "./command";
import { atLeast, which } from "./found";
import type { Report } from "./report";

const REQUIREMENTS = join(__dirname, "moto", "requirements.txt");
/** What the pinned packages ask for. */
const MINIMUM = "3.10";

export interface Python {
	path: string;
	/** Another installation makes another venv. */
	identity: string;
}

/** Where the Python programs (moto, the AWS CLI) are; made on first use, with the packages of requirements.txt. */
export async function ensureVenv(
	cache: string,
	python: Python,
	report: Report,
): Promise<{ folder: string; made: boolean }> {
	const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).update(python.identity).digest("hex");
	const folder = join(cache, `python-${hash.slice(0, 16)}`);
	const title = "installing moto and the AWS CLI";
	const made = await ensureEntry({
		entry: folder,
		// A venv holds its own path.
		inPlace: true,
		waiting: (holder) => report.note(`  ${title}: ${holder} does it, waiting`),
		async make() {
			const step = report.step(title, 40);
			try {
				await fill(folder, python.path, (progress) => step.at(progress));
			} catch (error) {
				step.failed();
				throw error;
			}
			step.done();
		},
	});
	return { folder, made };
}

/** The Python on this machine; throws what to do if there is none that will do. */
export async function findPython(): Promise<Python> {
	const advice = `Install Python ${MINIMUM} or later (https://www.python.org/downloads/, or your system's packages) and start again.`;
	const path = which("python3") ?? which("python");
	if (!path)
		throw new Error(`No python3 on the PATH. The sandbox runs moto, which stands for AWS, in Python. ${advice}`);
	const { code, stdout, output } = await runCommand(path, [
		"-c",
		"import sys; print(*sys.version_info[:3], sep='.'); print(sys.base_prefix); print(sys.version)",
	]);
	const [version = ""] = stdout.split("\n");
	if (code !== 0 || !/^\d+\.\d+\.\d+$/.test(version))
		throw new Error(`${path} does not run:\n${tail(output)}\n${advice}`);
	if (!atLeast(version, MINIMUM))
		throw new Error(`Python ${version} (${path}) is too old: moto needs ${MINIMUM}. ${advice}`);
	return { path, identity: stdout };
}

async function fill(folder: string, python: string, at: (progress: string) => void): Promise<void> {
	at("making a venv");
	const venv = await runCommand(python, ["-m", "venv", "--clear", folder]);
	if (venv.code !== 0) throw venvError(python, venv.output);
	const pip = await runCommand(
		join(folder, "bin", "python"),
		["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--requirement", REQUIREMENTS],
		{ onLine: (line) => at(line.replace(/( \(|: ).*/, "").trim()) },
	);
	if (pip.code !== 0)
		throw new Error(
			`pip could not install ${REQUIREMENTS}:\n${tail(pip.output)}\n${
				/No space left/i.test(pip.output)
					? `A disk is full: ${folder} needs about 400 MB.`
					: "Check the network and `pip config list` (index-url, proxy), then start again."
			}`,
		);
}

function venvError(python: string, output: string): Error {
	const missing = /ensurepip|No module named '?venv/.test(output);
	return new Error(
		`${python} cannot make a venv:\n${tail(output)}\n${
			missing
				? "Its venv module is not complete: on Debian and Ubuntu `apt install python3-venv`, then start again."
				: "Start again once that is mended."
		}`,
	);
}
