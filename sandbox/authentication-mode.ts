import { setTimeout as delay } from "node:timers/promises";
import type { AuthenticationMode } from "./aws-account";
import { ask } from "./command";
import type { Environment } from "./environment";

/** How long the API server keeps an answer of the authenticator's, and a moment for the authenticator to see the change. */
const SETTLE_MS = 1_300;
const TIMEOUT_MS = 30_000;

/** Waits until a cluster that has got this mode lets its creator and its nodes in, as every mode does. */
export async function modeInEffect(
	mode: AuthenticationMode,
	{ operator, node }: { operator: Environment; node: Environment },
): Promise<void> {
	await delay(SETTLE_MS);
	const deadline = Date.now() + TIMEOUT_MS;
	for (;;) {
		const [creator = "", kubelet = ""] = await Promise.all([username(operator), username(node)]);
		// Where there are access entries the creator is known by the username of theirs.
		if ((creator === "kubernetes-admin") === (mode === "CONFIG_MAP") && creator && /^system:node:/.test(kubelet))
			return;
		if (Date.now() > deadline)
			throw new Error(
				`The sandbox's cluster does not let its creator ("${creator}") and its nodes ("${kubelet}") in, in mode ${mode}. See the log of aws-iam-authenticator.`,
			);
	}
}

function username(environment: Environment): Promise<string | undefined> {
	return ask("kubectl", ["auth", "whoami", "--output=jsonpath={.status.userInfo.username}"], { env: environment });
}
