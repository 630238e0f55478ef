import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { programOf } from "../../cli";
import { awsFailure } from "../../cli/aws-clients";
import type { CliErrorCode } from "../../cli/error-codes";
import { mergeBaseOfMain } from "../../cli/git";
import { chooseStack, type ProjectFiles, projectIn } from "../../cli/project";
import { stackValues } from "../../cli/stack-values";

const files = (...stacks: string[]): ProjectFiles => ({
	label: "the working tree",
	project: "name: eks-access",
	stacks: new Map(stacks.map((stack) => [stack, `Pulumi.${stack}.yaml`])),
	read: () => "config:\n  eks-access:users:\n    secure: AAABADQ\n",
});

/** What is made of an error of AWS's of this name. */
function aws(name: string, message: string, httpStatusCode?: number) {
	return () => {
		throw awsFailure(
			"find out who you are",
			Object.assign(new Error(message), { name, $metadata: { httpStatusCode } }),
		);
	};
}

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
	"aws-session-expired": aws("ExpiredToken", "The security token included in the request is expired", 403),
	"aws-credentials-invalid": aws("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
	"aws-mfa-needed": aws("CredentialsProviderError", "Profile ops requires multi-factor authentication"),
	"aws-denied": aws("AccessDenied", "User: arn:aws:iam::123456789012:user/jane is not authorized", 403),
	"aws-region-missing": aws("Error", "Region is missing"),
	"aws-unreachable": aws("Error", "connect ECONNREFUSED"),
	"aws-failed": aws("ThrottlingException", "Rate exceeded", 400),
	"cli-usage": () => run("doctor", "--file", "aws-auth.yaml", "--context", "prod"),
	"cli-project-not-found": () => projectIn("/nowhere"),
	"cli-stack-not-found": () => chooseStack(files("dev", "prod"), "qa"),
	"cli-stack-ambiguous": () => chooseStack(files("dev", "prod"), undefined),
	"cli-config-encrypted": () => stackValues(files("prod"), "prod"),
	"cli-file-unreadable": () => run("doctor", "--file", "aws-auth.yaml"),
	"cli-file-not-written": inProject((folder) => {
		const file = path.join(folder, "Pulumi.prod.yaml");
		writeFileSync(file, "");
		return run("import", "--cluster", "prod", "--cwd", folder, "--stack", "prod");
	}),
	"cli-git-failed": inProject(mergeBaseOfMain),
};
