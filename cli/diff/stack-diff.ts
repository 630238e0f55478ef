import { type ConfigChanges, configChanges } from "../../core/changes/config-changes";
import { endpointOf } from "../../core/kubernetes/kubeconfig";
import type { StackAccess } from "../project/stack-access";
import { fingerprint } from "../project/stack-values";

export interface StackDiff extends ConfigChanges {
	stack: string;
	cluster?: string;
	/** Only one side has this stack. */
	only?: "from" | "to";
}

export function stackDiff(stack: string, before: StackAccess, after: StackAccess): StackDiff {
	const [was, is] = [before.cluster !== undefined, after.cluster !== undefined];
	return {
		stack,
		cluster: after.cluster ?? before.cluster,
		...(was === is ? {} : { only: was ? ("from" as const) : ("to" as const) }),
		...configChanges(compared(before), compared(after)),
	};
}

export function hasChanges({ changes, dangers, settings }: StackDiff): boolean {
	return changes.length + dangers.length + settings.length > 0;
}

/** A kubeconfig may hold a token: where it leads is shown, and whether it is another one. */
function compared({ config, others, lines }: StackAccess) {
	const kubeconfig = config?.kubeconfig && fingerprint(`for ${serverOf(config.kubeconfig)}`, config.kubeconfig);
	return { config: config && { ...config, kubeconfig }, others, rows: lines };
}

function serverOf(kubeconfig: string): string {
	return endpointOf(kubeconfig, () => Buffer.alloc(0)).server;
}
