import { execFileSync } from "node:child_process";
import { type AccessConfig, asComplete, readConfig } from "../../core/config/config";
import { ConfigError } from "../../core/errors/problem";
import type { Authentication } from "../../core/kubernetes/authentication-mode";
import { type AccessMatrix, teamsOfOutput } from "../../core/teams/access-output";
import { Failure } from "../errors/failure";
import type { ProjectFiles } from "./project";
import { listsAccess, stackValues } from "./stack-values";

/** Where a stack's teams are listed: in its config, or in the code of a program that exports `accessMatrix`. */
export type Source = "config" | "output";

export const SOURCES: Record<Source, string> = {
	config: "the stack's config",
	output: "the stack's output accessMatrix",
};

/** Who has which access by a stack. */
export interface AccessSource {
	config: AccessConfig;
	source: Source;
	/** Of the cluster, where the output says so. */
	region?: string;
}

/** Reads a stack's config, or the output of a program of one's own. @throws {ConfigError} lists every problem. */
export function accessSource(files: ProjectFiles, stack: string): AccessSource {
	const where = `The config of stack ${stack}${files.label === "the working tree" ? "" : ` in ${files.label}`}`;
	const fromConfig = (): AccessSource => ({
		config: readConfig(stackValues(files, stack), where, files.readFile),
		source: "config",
	});
	if (files.folder === undefined || listsAccess(files, stack)) {
		return fromConfig();
	}
	const output = outputOf(files.folder, stack);
	if (!("reason" in output)) {
		const { cluster, region, authentication, adminRoleArn, teams } = output;
		const config = { cluster, authentication: authentication as Authentication, adminRoleArn };
		return { config: { ...config, teams: asComplete(teamsOfOutput(teams)) }, region, source: "output" };
	}
	const missing = `the stack ${stack} has no teams in its config, and its output accessMatrix cannot be read: ${output.reason}`;
	try {
		return fromConfig();
	} catch (error) {
		const asConfig = error instanceof ConfigError ? `\n${error.explanation}` : "";
		throw new Failure(
			"cli-teams-not-found",
			`${missing}. If the program lists them in its code, export it (export const accessMatrix = access.accessMatrix) and run ` +
				`pulumi up; else set them in the config.${asConfig}`,
		);
	}
}

function outputOf(folder: string, stack: string): AccessMatrix | { reason: string } {
	const args = ["stack", "output", "accessMatrix", "--json", "--stack", stack, "--cwd", folder, "--non-interactive"];
	let text: string;
	try {
		text = execFileSync("pulumi", args, {
			encoding: "utf8",
			stdio: ["ignore", "pipe", "pipe"],
			maxBuffer: 64 * 1024 * 1024,
		});
	} catch (error) {
		const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
		const said = stderr
			?.trim()
			.split("\n")
			.at(-1)
			?.replace(/^error: /, "");
		return { reason: code === "ENOENT" ? "the command pulumi is not on the PATH" : said || message };
	}
	const found = JSON.parse(text) as Partial<AccessMatrix> | null;
	return typeof found?.cluster === "string" && typeof found.teams === "object" && found.teams !== null
		? (found as AccessMatrix)
		: { reason: "it is not the accessMatrix of an EksAccess of this version" };
}
