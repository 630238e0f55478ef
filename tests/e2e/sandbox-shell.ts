import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { type Outcome, recordingTeller, run } from "../../sandbox/story/teller";

/** How long a change may take to show: the API server keeps the authenticator's and the authorizers' answers for a second. */
const TIMEOUT_MS = 15_000;

/** Command lines as one person of the sandbox. */
export class Shell {
	/** @param folder In which they run; default: the tests'. */
	constructor(
		readonly environment: NodeJS.ProcessEnv,
		private readonly folder?: string,
	) {}

	/** Its output; fails where the command does. */
	async does(command: string): Promise<string> {
		const { output, exitCode } = await this.run(command);
		assert.equal(exitCode, 0, `$ ${command}\n${output}`);
		return output.trim();
	}

	/** Its output; fails unless the command is refused with these words. */
	async refused(command: string, says: RegExp): Promise<string> {
		const { output, exitCode } = await this.run(command);
		assert.notEqual(exitCode, 0, `was expected to be refused: $ ${command}\n${output}`);
		assert.match(output, says, `$ ${command}\n${output}`);
		return output;
	}

	/** Tries until the command's output, whether it fails or not, has these words, as a change shows after a moment only. */
	async comesTo(command: string, says: RegExp, timeoutMs = TIMEOUT_MS): Promise<void> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const { output } = await this.run(command);
			if (says.test(output)) return;
			assert.ok(Date.now() < deadline, `does not come to ${says}: $ ${command}\n${output}`);
			await delay(200);
		}
	}

	private run(command: string): Promise<Outcome> {
		return run(recordingTeller(), command, this.environment, this.folder);
	}

	/** With other credentials, in the form in which STS answers them. */
	with(credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string }): Shell {
		return new Shell(
			{
				...this.environment,
				AWS_ACCESS_KEY_ID: credentials.AccessKeyId,
				AWS_SECRET_ACCESS_KEY: credentials.SecretAccessKey,
				AWS_SESSION_TOKEN: credentials.SessionToken,
			},
			this.folder,
		);
	}

	/** A session of a role, or the refusal. */
	async assume(role: string, options = ""): Promise<Shell> {
		const command = `aws sts assume-role --role-arn ${role} --role-session-name test ${options} --output json`;
		return this.with(JSON.parse(await this.does(command)).Credentials);
	}
}
