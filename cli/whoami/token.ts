import { execFile } from "node:child_process";
import type { Session } from "../../core/aws/reader";

/**
 * A token for the cluster, made by the AWS CLI as in every kubeconfig of EKS.
 *
 * @param session Whose it is; default: the environment's credentials.
 */
export async function tokenFor(cluster: string, region: string, session?: Session): Promise<string> {
	const args = ["--region", region, "eks", "get-token", "--cluster-name", cluster, "--output", "json"];
	const env = session ? withSession(session) : process.env;
	const output = await new Promise<string>((resolve, reject) => {
		execFile("aws", args, { env, encoding: "utf8", timeout: 60_000 }, (error, stdout, stderr) => {
			if (error) {
				const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
				const reason = stderr.trim().split("\n").at(-1) || error.message;
				reject(new Error(isMissing ? "there is no command aws; install the AWS CLI" : reason));
				return;
			}
			resolve(stdout);
		});
	});
	return JSON.parse(output).status.token;
}

function withSession({ AccessKeyId, SecretAccessKey, SessionToken }: Session): NodeJS.ProcessEnv {
	const { AWS_PROFILE: _, AWS_DEFAULT_PROFILE: __, ...env } = process.env;
	return {
		...env,
		AWS_ACCESS_KEY_ID: AccessKeyId,
		AWS_SECRET_ACCESS_KEY: SecretAccessKey,
		AWS_SESSION_TOKEN: SessionToken,
	};
}
