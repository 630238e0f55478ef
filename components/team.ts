/** A team with every default filled in. */
export interface Team {
	/** IAM group and Kubernetes group; the role is `<name>-role`. */
	name: string;
	namespaces: string[];
	/** IAM user names. */
	users: string[];
	/** Kubernetes username of everyone who comes in through the team's role. */
	username: string;
}

/** The team that the simple form of the config stands for; its names are the article's. */
export const DEFAULT_TEAM = { name: "k8s-devs", username: "developer" };

export function roleNameOf(team: Pick<Team, "name">): string {
	return `${team.name}-role`;
}

/** One row of the stack output `accessMatrix`. */
export interface AccessRow {
	team: string;
	/** IAM users, as `user/<name>`. */
	principals: string[];
	namespaces: string[];
	access: "full";
}

export function accessMatrix(teams: Team[]): AccessRow[] {
	return teams.map(({ name, users, namespaces }) => ({
		team: name,
		principals: users.map((user) => `user/${user}`),
		namespaces,
		access: "full",
	}));
}
