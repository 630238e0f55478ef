import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Pair, parseDocument, type Scalar, type YAMLMap } from "yaml";
import { z } from "zod";
import { configSchema } from "../core/config/config-schema";
import { NESTED, teamShape } from "../core/config/team-schema";
import { writeErrorsPage } from "./error-reference";
import { TEAM_ARGS, teamArgsFile } from "./team-args";

const ROOT = path.resolve(__dirname, "..");

/** What the reference is written to; a test holds all to the schema. */
export const README = path.join(ROOT, "README.md");
export const PAGE = path.join(ROOT, "docs", "reference", "config.md");
export const PROJECT = path.join(ROOT, "Pulumi.yaml");

/** The tables of the reference, by the head of their first column. */
export const TABLES: Record<string, z.core.$ZodShape> = {
	"key (`eks-access:`)": configSchema.shape,
	"key of a team": withoutKeys(teamShape, NESTED.namespace),
	"key of a team's `role`": NESTED.role.shape,
	"key of a namespace, or of a team for all namespaces that it names": NESTED.namespace,
};

/** README.md has the first of them only. */
export const SHORT_TABLES = Object.fromEntries(Object.entries(TABLES).slice(0, 1));

const BEGIN = "<!-- config reference: begin -->";
const END = "<!-- config reference: end -->";

/** What the schema says of a key, for people. */
export interface KeyReference {
	key: string;
	/** One line of Markdown. */
	description?: string;
	/** What holds where the key is not set, one line of Markdown. */
	fallback: string;
}

export function keysOf(shape: z.core.$ZodShape): KeyReference[] {
	return Object.entries(shape).map(([key, schema]) => {
		const { description, fallback } = z.globalRegistry.get(schema) ?? {};
		return { key, description, fallback: typeof fallback === "string" ? fallback : "none" };
	});
}

/** A page with the tables between its markers. */
export function withReference(page: string, shapes: Record<string, z.core.$ZodShape> = TABLES): string {
	const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
	if (begin < 0 || end < begin) {
		throw new Error(`found no ${BEGIN} with a ${END} after it; put both where the tables belong`);
	}
	const tables = Object.entries(shapes).map(([head, shape]) => tableOf(head, keysOf(shape)));
	return `${page.slice(0, begin + BEGIN.length)}\n\n${tables.join("\n")}\n${page.slice(end)}`;
}

/** Pulumi.yaml with the keys of the schema, in its order; everything else, comments too, stays as it is. */
export function withConfigKeys(project: string): string {
	const document = parseDocument(project);
	const config = document.get("config") as YAMLMap<Scalar<string>>;
	const pairs = new Map(config.items.map((pair) => [pair.key.value, pair]));
	config.items = keysOf(configSchema.shape).map((reference): Pair<Scalar<string>> => {
		const { key } = reference;
		const pair = pairs.get(key) ?? document.createPair(key, {});
		const value = pair.value as YAMLMap;
		value.set("description", plain(reference));
		value.set("default", document.createNode(defaultOf(key)));
		return pair as Pair<Scalar<string>>;
	});
	return document.toString({ lineWidth: 0 });
}

function tableOf(head: string, keys: KeyReference[]): string {
	const rows = keys.map(({ key, description, fallback }) => [`\`${key}\``, description ?? "", fallback]);
	return [[head, "meaning", "default"], ["---", "---", "---"], ...rows].map(rowOf).join("\n").concat("\n");
}

function rowOf(cells: string[]): string {
	return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`.replaceAll(" --- ", "---");
}

/** Pulumi shows the text as it stands, so without Markdown, and the declared default beside it. */
function plain({ key, description = "", fallback }: KeyReference): string {
	const text = description.replaceAll("`", "");
	const otherwise = fallback.replaceAll("`", "");
	const isSaid = otherwise === "none" || otherwise === String(defaultOf(key));
	const end = isSaid ? "" : ` (${otherwise.startsWith("required") ? "" : "default: "}${otherwise})`;
	// What begins with a value, such as `true`, keeps it as it is written.
	const start = description.startsWith("`") ? text.charAt(0) : text.charAt(0).toUpperCase();
	return start + text.slice(1) + end;
}

function withoutKeys(shape: z.core.$ZodShape, others: object): z.core.$ZodShape {
	return Object.fromEntries(Object.entries(shape).filter(([key]) => !(key in others)));
}

function defaultOf(key: string): unknown {
	return configSchema.shape[key as keyof typeof configSchema.shape].def.defaultValue;
}

if (require.main === module) {
	writeFileSync(README, withReference(readFileSync(README, "utf8"), SHORT_TABLES));
	writeFileSync(PAGE, withReference(readFileSync(PAGE, "utf8")));
	writeFileSync(PROJECT, withConfigKeys(readFileSync(PROJECT, "utf8")));
	writeFileSync(TEAM_ARGS, teamArgsFile());
	writeErrorsPage();
}
