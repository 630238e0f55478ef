import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { programOf } from "../../cli";
import type { CliErrorCode } from "../../cli/errors/codes";
import { accessSource } from "../../cli/project/access-config";
import { mergeBaseOfMain } from "../../cli/project/git";
import { chooseStack, type ProjectFiles, projectIn } from "../../cli/project/project";
import { stackValues } from "../../cli/project/stack-values";

const files = (...stacks: string[]): ProjectFiles => ({
	label: "the working tree",
	project: "name: eks-access",
	stacks: new Map(stacks.map((stack) => [stack, `Pulumi.${stack}.yaml`])),
	read: () => "config:\n  eks-access:users:\n    secure: AAABADQ\n",
});

const run = (...args: string[]) => programOf().parseAsync(["node", "eks-access", ...args]);

/** In a project in an empty folder of its own, which is called this in examples. */
function inProject(use: (folder: string) => unknown) {
	return async () => {
		const folder = mkdtempSync(path.join(tmpdir(), "eks-access-"));
		writeFileSync(path.join(folder, "Pulumi.yaml"), "name: eks-access\n");
		try {
			return await use(folder);
		} catch (error) {
			(error as Error).message = (error as Error).message.replaceAll(folder, "/home/jane/eks-access");
			throw error;
		} finally {
			rmSync(folder, { recursive: true });
		}
	};
}

/** What gives each failure of the command line; `cluster-not-active` needs a cluster that is being made. */
export const PROVOKED_FAILURES: Record<Exclude<CliErrorCode, "cluster-not-active">, () => unknown> = {
	"cli-usage": () => run("doctor", "--file", "aws-auth.yaml", "--context", "prod"),
	"cli-project-not-found": () => projectIn("/nowhere"),
	"cli-stack-not-found": () => chooseStack(files("dev", "prod"), "qa"),
	"cli-stack-ambiguous": () => chooseStack(files("dev", "prod"), undefined),
	"cli-teams-not-found": inProject(async (folder) => {
		writeFileSync(path.join(folder, "Pulumi.prod.yaml"), "");
		const { PATH } = process.env;
		process.env.PATH = folder;
		try {
			return accessSource(projectIn(folder), "prod");
		} finally {
			process.env.PATH = PATH;
		}
	}),
	"cli-config-encrypted": () => stackValues(files("prod"), "prod"),
	"cli-file-unreadable": () => run("doctor", "--file", "aws-auth.yaml"),
	"cli-file-not-written": inProject((folder) => {
		const file = path.join(folder, "Pulumi.prod.yaml");
		writeFileSync(file, "");
		return run("import", "--cluster", "prod", "--cwd", folder, "--stack", "prod");
	}),
	"cli-git-failed": inProject(mergeBaseOfMain),
};
