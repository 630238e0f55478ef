import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import path from "node:path";
import { AccessError } from "../errors/access-error";
import { type CurrentContext, type ExecEntry, invalidKubeconfig } from "./kubeconfig-text";

/** Below the time that a question may take in all. */
const EXEC_SECONDS = 18;

/** What a command for credentials answers: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
interface ExecCredential {
	apiVersion?: string;
	status?: {
		token?: string;
		clientCertificateData?: string;
		clientKeyData?: string;
		expirationTimestamp?: string;
	};
}

/** Certificates, tokens and commands of a kubeconfig's current context, as kubectl uses them. */
export class Credentials {
	private answer: Promise<ExecCredential> | undefined;

	constructor(
		private readonly current: CurrentContext,
		private readonly execSeconds = EXEC_SECONDS,
	) {}

	/** Puts them into the options of a request. @throws {AccessError} */
	async applyTo(options: RequestOptions): Promise<void> {
		const { cluster, user } = this.current;
		options.ca = contentOf("certificate-authority", cluster) ?? options.ca;
		options.cert = contentOf("client-certificate", user) ?? options.cert;
		options.key = contentOf("client-key", user) ?? options.key;
		const headers = { ...options.headers } as Record<string, string>;
		const token = user.tokenFile ? read("tokenFile", user.tokenFile).toString().trim() : user.token;
		if (token) {
			headers.Authorization = `Bearer ${token}`;
		} else if (user.exec) {
			const { status = {} } = await this.execute(user.exec);
			options.cert = status.clientCertificateData ?? options.cert;
			options.key = status.clientKeyData ?? options.key;
			if (status.token) {
				headers.Authorization = `Bearer ${status.token}`;
			}
		}
		const [group] = user["as-groups"] ?? [];
		options.headers = {
			...headers,
			...(user["as-uid"] ? { "Impersonate-Uid": user["as-uid"] } : {}),
			...(group ? { "Impersonate-Group": group } : {}),
		};
	}

	/** Once, until its answer expires. */
	private async execute(exec: ExecEntry): Promise<ExecCredential> {
		const known = await this.answer;
		const expires = Date.parse(known?.status?.expirationTimestamp ?? "");
		if (!known || expires <= Date.now()) {
			this.answer = run(exec, this.current, this.execSeconds).then((output) => readAnswer(exec, output));
			// One that failed is tried again by the next request.
			this.answer.catch(() => {
				this.answer = undefined;
			});
		}
		return (await this.answer) as ExecCredential;
	}
}

/** The bytes of `<key>-data`, else of the file that `<key>` names. */
function contentOf(key: string, entry: object): Buffer | undefined {
	const values = entry as Record<string, string | undefined>;
	const [data, file] = [values[`${key}-data`], values[key]];
	return data ? Buffer.from(data, "base64") : file ? read(key, file) : undefined;
}

function read(key: string, file: string): Buffer {
	requireAbsolute(key, file);
	try {
		return readFileSync(file);
	} catch (error) {
		throw invalidKubeconfig(`${key} cannot be read: ${(error as Error).message}`);
	}
}

/** kubectl looks for it beside the kubeconfig's file, which a stack's config is not. @throws {AccessError} */
export function requireAbsolute(key: string, file: string): void {
	if (!path.isAbsolute(file)) {
		throw invalidKubeconfig(
			`${key} is the relative path ${file}, which means nothing without the kubeconfig's folder. Embed the file: ` +
				"kubectl config view --flatten --minify --raw",
		);
	}
}

function run(exec: ExecEntry, { cluster }: CurrentContext, seconds: number): Promise<string> {
	const { apiVersion, args, env, provideClusterInfo } = exec;
	const command = exec.command as string;
	if (/[/\\]/.test(command)) {
		requireAbsolute("exec.command", command);
	}
	const spec = { interactive: false, ...(provideClusterInfo ? { cluster } : {}) };
	const environment = {
		...process.env,
		...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
		KUBERNETES_EXEC_INFO: JSON.stringify({ kind: "ExecCredential", apiVersion, spec }),
	};
	return new Promise((resolve, reject) => {
		const fail = (problem: string) => {
			const hint = exec.installHint ? `. ${exec.installHint.trim()}` : "";
			reject(
				new AccessError(
					"api-server-unreachable",
					`kubeconfig: its command for credentials, ${command}, ${problem}${hint}. Try it: ${[command, ...(args ?? [])].join(" ")}. ` +
						"Nothing was changed.",
				),
			);
		};
		// In a process group of its own, so that what it has started ends with it.
		const isGroup = process.platform !== "win32";
		const child = spawn(command, args ?? [], {
			...{ env: environment, stdio: ["ignore", "pipe", "pipe"], detached: isGroup },
		});
		const end = () => {
			try {
				process.kill(isGroup ? -(child.pid as number) : (child.pid as number), "SIGKILL");
			} catch {
				// It has ended.
			}
		};
		const timer = setTimeout(() => {
			end();
			fail(`gave no answer in ${seconds} s and was ended`);
		}, seconds * 1000);
		process.once("exit", end);
		const output = { stdout: "", stderr: "" };
		for (const stream of ["stdout", "stderr"] as const) {
			child[stream].setEncoding("utf8").on("data", (text: string) => {
				output[stream] += text;
			});
		}
		const done = () => {
			clearTimeout(timer);
			process.removeListener("exit", end);
		};
		child.on("error", (error: NodeJS.ErrnoException) => {
			done();
			fail(error.code === "ENOENT" ? "is not installed, or not on the PATH" : `cannot be run: ${error.message}`);
		});
		child.on("close", (code) => {
			done();
			if (code === 0) {
				resolve(output.stdout);
			} else {
				fail(`fails: ${output.stderr.trim().split("\n").at(-1) || `it ends with code ${code}`}`);
			}
		});
	});
}

function readAnswer({ apiVersion, command }: ExecEntry, output: string): ExecCredential {
	let answer: ExecCredential = {};
	try {
		answer = JSON.parse(output);
	} catch {
		// Said below; the output may hold a token.
	}
	const { status = {} } = answer;
	const problem =
		answer.apiVersion !== apiVersion
			? `answers in the version ${answer.apiVersion}, and the kubeconfig has ${apiVersion}`
			: !status.token && !(status.clientCertificateData && status.clientKeyData)
				? "answers neither a token nor a certificate with its key"
				: undefined;
	if (problem) {
		throw invalidKubeconfig(`its command for credentials, ${command}, ${problem}`);
	}
	return answer;
}
