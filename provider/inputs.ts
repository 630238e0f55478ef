import * as pulumi from "@pulumi/pulumi";
import type { EksAccessArgs } from "../components/eks-access-args";
import { schemaProblems } from "../core/config/config-schema";
import { teamsOf } from "../core/config/raw-team";
import { teamProblems } from "../core/config/team-rules";
import type { Problem } from "../core/errors/problem";
import { ConfigError } from "../core/errors/problem";

/** What may come from other resources, which a preview need not know; all else decides which resources exist, or how the cluster is asked. */
const EVENTUAL: readonly string[] = ["cluster", "kubeconfig", "region", "account", "tags"];
/** Of these, what {@link EksAccess.create} asks the cluster and AWS with. */
const ASKED_WITH: readonly string[] = ["cluster", "kubeconfig", "region", "account"];
/** What has to be there: its key, and what it is. */
const REQUIRED = { cluster: "the name of the EKS cluster", teams: "at least one team" };
/** What no name, policy or command shows. */
const MAY_BE_SECRET: readonly string[] = ["kubeconfig", "tags"];

interface Input {
	value: unknown;
	isKnown: boolean;
	isSecret: boolean;
}

/** The inputs of an EksAccess, checked; `isKnown` says whether everything is known that has to be asked with. */
export interface CheckedInputs {
	args: EksAccessArgs;
	isKnown: boolean;
}

/**
 * Checks the inputs of a program in whatever language by the rules of a stack's config.
 *
 * @throws {ConfigError} lists every problem.
 */
export async function readInputs(name: string, given: pulumi.Inputs): Promise<CheckedInputs> {
	const inputs: Record<string, Input> = {};
	for (const [key, value] of Object.entries(given)) {
		const found = await look(value);
		// "" stands for none, as in a stack's config: YAML programs have nothing else for it.
		if (!found.isKnown || (found.value !== undefined && found.value !== null && found.value !== "")) {
			inputs[key] = found;
		}
	}
	const problems = [...Object.entries(inputs).flatMap(([key, input]) => inputProblems(key, input))];
	for (const [key, wanted] of Object.entries(REQUIRED).filter(([each]) => !inputs[each])) {
		problems.push({ path: key, message: `is missing; give ${wanted}` });
	}
	const { region, account, ...ofConfig } = mapValues(inputs, (input) => (input.isKnown ? input.value : undefined));
	const known = Object.fromEntries(Object.entries(ofConfig).filter(([, value]) => value !== undefined));
	problems.push(...schemaProblems(known).filter(({ path }) => !SIMPLE_FORM.includes(path.replace(/[.[].*/, ""))));
	if (inputs.teams?.isKnown !== false) {
		problems.push(...teamProblems(teamsOf(known.teams)));
	}
	if (problems.length > 0) {
		throw new ConfigError(`EksAccess ${name}`, problems);
	}
	const isKnown = ASKED_WITH.every((key) => inputs[key]?.isKnown ?? true);
	const args = mapValues(inputs, (input, key) => (isKnown && key !== "tags" ? input.value : (given[key] as unknown)));
	for (const key of Object.keys(args).filter((each) => !EVENTUAL.includes(each))) {
		args[key] = inputs[key]?.value;
	}
	return { args: args as unknown as EksAccessArgs, isKnown };
}

/** The one team that a stack's config may have instead of teams. */
const SIMPLE_FORM: readonly string[] = ["namespaces", "users"];

function inputProblems(key: string, { value, isKnown, isSecret }: Input): Problem[] {
	const problem = (message: string) => [{ path: key, message }];
	if (SIMPLE_FORM.includes(key)) {
		return problem("stands beside teams; put it into a team: {name, namespaces, users}");
	}
	if (!isKnown && !EVENTUAL.includes(key)) {
		return problem(
			"is not known before other resources are made; give a value that is: it decides which resources exist",
		);
	}
	if (isSecret && !MAY_BE_SECRET.includes(key)) {
		return problem("is a secret, which would show in names, policies or commands; give a value that is none");
	}
	if (key === "region" && isKnown && typeof value !== "string") {
		return problem(`found ${JSON.stringify(value)}; allowed is the name of a region, for example eu-west-1`);
	}
	if (key === "account" && isKnown && !isAccount(value)) {
		return problem(
			`found ${JSON.stringify(value)}; allowed is {accountId, partition}, for example {accountId: "123456789012", partition: aws}`,
		);
	}
	return [];
}

function isAccount(value: unknown): boolean {
	const { accountId, partition, ...rest } = Object(value) as Record<string, unknown>;
	return /^\d{12}$/.test(String(accountId)) && typeof partition === "string" && Object.keys(rest).length === 0;
}

async function look(input: unknown): Promise<Input> {
	const output: pulumi.Output<unknown> = pulumi.output<unknown>(input);
	// The SDK declares it to nobody, and its own component providers read it.
	const isKnown = await (output as unknown as { isKnown: Promise<boolean> }).isKnown;
	const value = isKnown ? await new Promise((resolve) => output.apply(resolve)) : undefined;
	return { value, isKnown, isSecret: await pulumi.isSecret(output) };
}

function mapValues<T, R>(record: Record<string, T>, change: (value: T, key: string) => R): Record<string, R> {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
