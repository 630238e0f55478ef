import * as pulumi from "@pulumi/pulumi";
import { pastProblems } from "../../core/changes/ends";
import { entriesOnlyProblems } from "../../core/config/access-entry-rules";
import { ArgumentError } from "../../core/errors/access-error";
import { throwIfAny } from "../../core/errors/problem";
import { AUTHENTICATION, type Authentication } from "../../core/kubernetes/authentication-mode";
import { type AccessMatrix, teamsOfOutput } from "../../core/teams/access-output";
import { hasRole } from "../../core/teams/principal-kinds";
import type { Team } from "../../core/teams/team";
import type { CheckedEksAccessArgs, EksAccessArgs } from "../eks-access-args";
import { isEksCluster } from "./cluster-connection";
import { lastOutputsOfType } from "./stack-state";

/** @throws {ArgumentError} @throws {ConfigError} where the teams have what only access entries give, and it is another way in. */
export function requireKnownWay(authentication: Authentication | undefined, teams: Team[], where: string): void {
	if (authentication !== undefined && !AUTHENTICATION.includes(authentication)) {
		throw new ArgumentError(
			"argument-invalid",
			"authentication",
			`found ${JSON.stringify(authentication)}; allowed is ${AUTHENTICATION.join(", ")}`,
		);
	}
	const problems = entriesOnlyProblems(teams, authentication ?? "auto");
	throwIfAny(problems, where);
}

/** Which component of a run has a logical name. */
const takenNames = new WeakMap<object, Map<string, string>>();

/**
 * Two components of one program may come to the same names for what is in them, such as `eks` with a team `prod-devs` and `eks-prod`
 * with a team `devs`; the engine would find that out halfway.
 *
 * @throws {ArgumentError}
 */
export function takeNames(name: string, teams: Team[], parent: pulumi.Resource | undefined): void {
	const run = pulumi.runtime.getMonitor() as object;
	const taken = takenNames.get(run) ?? new Map<string, string>();
	takenNames.set(run, taken);
	// A parent's type is part of an URN, its name is not.
	const { __pulumiType: within = "" } = (parent ?? {}) as { __pulumiType?: string };
	const names = [
		...teams.filter(hasRole).map((team): [string, string] => [`${name}-${team.name}`, `team ${team.name}`]),
		...teams.flatMap(({ namespaces }) =>
			namespaces.map((each): [string, string] => [`${name}-namespaces-${each.name}`, `namespace ${each.name}`]),
		),
	];
	for (const [logical, what] of names) {
		const other = taken.get(`${within} ${logical}`);
		if (other !== undefined && other !== name) {
			throw new ArgumentError(
				"name-twice",
				"teams",
				`${what} of the component ${name} has the resource name ${logical}, which the component ${other} of this program has already. ` +
					`Nothing in ${name} was made. Give one of the two components another name that neither begins with the other's`,
			);
		}
		taken.set(`${within} ${logical}`, name);
	}
}

/**
 * The constructor cannot wait for an answer that decides which resources exist.
 *
 * @throws {ArgumentError}
 */
export function refuseLookUps(teams: Team[]): void {
	const chosen = teams.find(({ namespaceSelector }) => namespaceSelector);
	if (chosen) {
		throw new ArgumentError(
			"lookup-needed",
			"teams",
			`team ${chosen.name} has a namespaceSelector, which has to be looked up first; use EksAccess.create`,
		);
	}
}

/** @throws {ConfigError} where the end of an access is in the past, and new. */
export async function refusePastEnds(name: string, teams: Team[]): Promise<void> {
	const last = (await lastOutputsOfType("eks-access:index:EksAccess")) as { accessMatrix?: AccessMatrix }[];
	const before = last.flatMap(({ accessMatrix }) => teamsOfOutput(accessMatrix?.teams ?? {}));
	const problems = pastProblems(teams, before, new Date());
	throwIfAny(problems, `EksAccess ${name}`);
}

/**
 * The arguments with the values that have to be known before anything is registered. An output that is known already, such as that of a
 * StackReference, is as good as its value.
 *
 * @throws {ArgumentError} where one is known only later.
 */
export async function knownArgs(args: EksAccessArgs): Promise<CheckedEksAccessArgs> {
	if (isEksCluster(args.cluster)) {
		throw new ArgumentError("value-unknown", "cluster", `found a Cluster of @pulumi/eks; ${WAY_OUT}`);
	}
	const [cluster, kubeconfig, region, account] = await Promise.all([
		known("cluster", args.cluster),
		known("kubeconfig", args.kubeconfig),
		known("region", args.region),
		known("account", args.account),
	]);
	return { ...args, cluster, kubeconfig, region, account } as CheckedEksAccessArgs;
}

const WAY_OUT =
	"EksAccess.create asks the cluster before anything is registered, so it has to be there. Where the same program makes it, use " +
	'new EksAccess(…), with authentication: "access-entries"';

async function known<T>(name: string, value: pulumi.Input<T> | undefined): Promise<T | undefined> {
	if (!pulumi.Output.isInstance(value)) {
		return value as Promise<T> | T | undefined;
	}
	// Pulumi waits for what is not known by not calling back; only the output itself says that it will not.
	const output = value as unknown as { isKnown: Promise<boolean>; promise(): Promise<T> };
	if (!(await output.isKnown)) {
		throw new ArgumentError("value-unknown", name, `found a value that is known only after an update; ${WAY_OUT}`);
	}
	return output.promise();
}
