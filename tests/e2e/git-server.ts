import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { spawnOwned } from "../../sandbox/processes";
import type { Sandbox } from "../../sandbox/sandbox";
import { ROOT } from "../../scripts/installed-package";
import { copySources } from "../../scripts/sources";
import { atEnd } from "../support/endings";

/** An address of this project in a git repository, without the version, and what reaches it. */
export interface GitAddress {
	readonly address: string;
	readonly environment: Record<string, string>;
}

/** Serves what is to be committed of this project as git.example.com/acme/access.git, with a tag for a version. */
export async function gitAddress({ directory, toolchain, environment }: Sandbox, tag: string): Promise<GitAddress> {
	const folder = mkdtempSync(path.join(directory, "git-"));
	const work = path.join(folder, "work");
	copySources(work);
	const git = (...args: string[]) => execFileSync("git", args, { cwd: work });
	git("init", "--quiet");
	git("add", "--all");
	git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "all");
	git("tag", tag);
	git("clone", "--quiet", "--bare", ".", path.join(folder, "acme", "access.git"));

	const server = spawnOwned(
		path.join(toolchain.venv, "bin", "python"),
		[path.join(__dirname, "git_server.py"), folder],
		// The certificates are made as those of the sandbox's AWS are.
		{ env: { ...process.env, PYTHONPATH: path.join(ROOT, "sandbox", "moto") }, stdio: ["ignore", "pipe", "ignore"] },
	);
	atEnd(async () => void server.kill());
	const [port] = await once(server.stdout as Readable, "data");
	return {
		address: "git.example.com/acme/access.git",
		environment: {
			HTTPS_PROXY: `http://127.0.0.1:${Number(port)}`,
			SSL_CERT_FILE: path.join(folder, "ca.crt"),
			// The engine clones from here; npm's registry is elsewhere.
			npm_config_https_proxy: environment.HTTPS_PROXY as string,
		},
	};
}
