import { ask } from "../../core/kubernetes/api-client";
import type { Cluster } from "../clients/cluster";
import { type FailedStack, ofEachStack } from "../project/each-stack";
import { chooseStacks, projectIn } from "../project/project";
import { targetOf } from "../verify/target";
import { accessEntriesOf } from "./checks/access-entries";
import { iamFindings } from "./checks/iam";
import { modeOf } from "./checks/mode";
import { type Diagnosis, diagnose } from "./diagnose";
import { liveSource, type Source } from "./source";

/** An aws-auth, and what was found in it and among the access entries. */
export interface Examined {
	source: Source;
	diagnosis: Diagnosis;
}

/** Of a cluster, AWS is asked too, unless that is not wanted. */
export async function examine(cluster: Cluster, offline = false): Promise<Examined> {
	const [namespace, name] = ["kube-system", "aws-auth"];
	const configMap = await ask(cluster, `the ConfigMap ${namespace}/${name}`, ({ core }) =>
		core.readNamespacedConfigMap({ namespace, name }),
	);
	const source = liveSource(`${namespace}/${name} of ${cluster.server}`, configMap);
	const diagnosis = diagnose(source);
	if (offline) {
		return { source, diagnosis };
	}
	const isEmpty = Object.values(diagnosis.entries).every((count) => count === 0);
	const mode = await modeOf(cluster, isEmpty);
	const inAwsAuth = diagnosis.principals.map(({ arn }) => arn);
	const entries = mode.readsEntries ? await accessEntriesOf(cluster, inAwsAuth) : undefined;
	diagnosis.accessEntries = entries?.principals.length;
	diagnosis.findings.unshift(...mode.observations.map((each) => diagnosis.findingOf(each)));
	diagnosis.findings.push(...(entries?.observations ?? []).map((each) => diagnosis.findingOf(each)));
	if (configMap || entries) {
		const found = await iamFindings([...diagnosis.principals, ...(entries?.principals ?? [])]);
		diagnosis.findings.push(...found.map(({ observation, key }) => diagnosis.findingOf(observation, key)));
	}
	return { source, diagnosis };
}

/** The clusters of all stacks of a project, each once. */
export async function examineStacks(cwd: string, offline = false): Promise<(Examined | FailedStack)[]> {
	const files = projectIn(cwd);
	const servers = new Set<string>();
	const found = await ofEachStack(chooseStacks(files, { allStacks: true }), async (stack) => {
		const { cluster } = await targetOf(files, stack, {});
		const isKnown = servers.has(cluster.server);
		servers.add(cluster.server);
		return isKnown ? undefined : await examine(cluster, offline);
	});
	return found.filter((each) => each !== undefined);
}
