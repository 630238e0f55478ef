import type { z } from "zod";
import type { namespaceSchema } from "../../../core/config/namespace-schema";
import type { MappedUserArgs, NamespaceArgs, TeamArgs } from "../../../core/config/team-args";
import type { teamSchema } from "../../../core/config/team-schema";

// `npm run check` compiles this only where the generated types and those of the schema may stand for each other.
type SchemaTeam = z.input<typeof teamSchema>;
type ObjectOf<T> = Exclude<T, string>;

export const teams: [(team: SchemaTeam) => TeamArgs, (team: TeamArgs) => SchemaTeam] = [(team) => team, (team) => team];
type SchemaNamespace = ObjectOf<z.input<typeof namespaceSchema>>;
export const namespaces: [(one: SchemaNamespace) => NamespaceArgs, (one: NamespaceArgs) => SchemaNamespace] = [
	(one) => one,
	(one) => one,
];
type SchemaUser = ObjectOf<NonNullable<SchemaTeam["userArns"]>[number]>;
export const users: [(user: SchemaUser) => MappedUserArgs, (user: MappedUserArgs) => SchemaUser] = [
	(one) => one,
	(one) => one,
];
