import { ConfigError } from "../../core/errors/problem";
import type { Team } from "../../core/teams/team";
import { Failure } from "../errors/failure";
import type { Source } from "../project/access-config";
import { awsSettingsOf } from "../project/aws-settings";
import { chooseStack, type ProjectFiles, projectIn } from "../project/project";
import { stackAccess } from "../project/stack-access";

/** What somebody asks about: a cluster, and the stack that says who has access to it. */
export interface Subject {
	cluster: string;
	region?: string;
	/** Undefined where there is no project here, or none of its stacks is about the cluster. */
	stack?: string;
	/** Where the teams are listed. */
	source?: Source;
	teams: Team[];
}

/** By a stack, by the cluster of one, or by a cluster alone. */
export function subjectOf({ cwd, stack, cluster }: { cwd: string; stack?: string; cluster?: string }): Subject {
	if (cluster === undefined) {
		const files = projectIn(cwd);
		return ofStack(files, chooseStack(files, stack));
	}
	const files = projectIfThere(cwd, stack);
	if (!files) {
		return { cluster, teams: [] };
	}
	if (stack !== undefined) {
		const found = ofStack(files, chooseStack(files, stack));
		if (found.cluster !== cluster) {
			throw new Failure(
				"cli-usage",
				`--stack ${stack} is about the cluster ${found.cluster}, not about ${cluster}; leave one of both out`,
			);
		}
		return found;
	}
	const about = [...files.stacks.keys()].filter((name) => clusterOfStack(files, name) === cluster);
	if (about.length > 1) {
		throw new Failure(
			"cli-stack-ambiguous",
			`several stacks are about the cluster ${cluster}: ${about.join(", ")}. Say which: --stack <name>`,
		);
	}
	return about[0] === undefined ? { cluster, teams: [] } : ofStack(files, about[0]);
}

function ofStack(files: ProjectFiles, stack: string): Subject {
	const { cluster, teams, source, region } = stackAccess(files, stack);
	return { cluster: cluster as string, teams, stack, source, region: awsSettingsOf(files, stack).region ?? region };
}

/** A stack is wanted where one is named; else there need be no project. */
function projectIfThere(cwd: string, stack: string | undefined): ProjectFiles | undefined {
	try {
		return projectIn(cwd);
	} catch (error) {
		if (stack === undefined && error instanceof Failure) {
			return undefined;
		}
		throw error;
	}
}

/** A stack whose config has problems is about no cluster, as far as others are concerned. */
function clusterOfStack(files: ProjectFiles, stack: string): string | undefined {
	try {
		return stackAccess(files, stack).cluster;
	} catch (error) {
		if (error instanceof ConfigError || error instanceof Failure) {
			return undefined;
		}
		throw error;
	}
}
