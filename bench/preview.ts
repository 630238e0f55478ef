import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { connect } from "../core/kubernetes/api-client";
import { ApiServer } from "../core/kubernetes/api-server";
import { terminalReport } from "../sandbox/report";
import { type Sandbox, startSandbox } from "../sandbox/sandbox";
import { installedPackage } from "../scripts/installed-package";
import { type Figure, fastest, seconds } from "./figures";
import type { BenchSettings } from "./programs/settings";
import { BenchProject } from "./project";

const ROUNDS = 5;
/** The article's. */
const SMALL = teamsOf(1, 3, 2);
const LARGE = teamsOf(10, 20, 200);
const BINDINGS = 5000;
const RBAC = "rbac.authorization.k8s.io";
/** Types are checked, also of a program that was checked before: as on a machine that CI has just made. */
const TYPES_CHECKED = { TS_NODE_CACHE: "false" };
/** As `noCheck` in tsconfig.json. */
const TRANSPILE_ONLY = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

/** Previews with nothing to change, each program with a cluster and an account of its own. */
export async function benchSmall(): Promise<Figure[]> {
	return inSandboxes(3, async ([forPackage, forHand, forCheckout]: [Sandbox, Sandbox, Sandbox]) => {
		const [ours, byHand] = await pair(forPackage, forHand, SMALL);
		const teams = SMALL;
		makeUsers(forCheckout, teams);
		const checkout = BenchProject.ofCheckout(forCheckout, { cluster: forCheckout.clusterName, teams });
		await checkout.up();
		const checked = await fastest(ROUNDS, {
			ours: () => ours.preview(TYPES_CHECKED),
			byHand: () => byHand.preview(TYPES_CHECKED),
		});
		const transpiled = await fastest(ROUNDS, {
			ours: () => ours.preview(TRANSPILE_ONLY),
			byHand: () => byHand.preview(TRANSPILE_ONLY),
			checkout: () => checkout.preview(),
		});
		const size = "1 team, 3 namespaces, 2 users";
		return [
			previewFigure(`${size}; types checked`, checked.ours, checked.byHand),
			previewFigure(`${size}; transpile-only`, transpiled.ours, transpiled.byHand),
			{
				...previewFigure(`${size}; this repository's program`, transpiled.checkout, checked.byHand),
				other: `${seconds(checked.byHand)}, by hand, types checked`,
			},
		];
	});
}

/** The same for an organisation; and the memory of its programs. */
export async function benchLarge(): Promise<Figure[]> {
	return inSandboxes(2, async ([forPackage, forHand]: [Sandbox, Sandbox]) => {
		const [ours, byHand] = await pair(forPackage, forHand, LARGE);
		const memory = { ours: Number.POSITIVE_INFINITY, byHand: Number.POSITIVE_INFINITY };
		const measured = (which: keyof typeof memory, project: BenchProject) => async () => {
			const time = await project.preview(TRANSPILE_ONLY);
			memory[which] = Math.min(memory[which], project.memory());
			return time;
		};
		const times = await fastest(ROUNDS, { ours: measured("ours", ours), byHand: measured("byHand", byHand) });
		const size = `10 teams, 20 namespaces, 200 users (${sum(await ours.resources())} resources); transpile-only`;
		return [
			previewFigure(size, times.ours, times.byHand),
			{
				what: "memory of that program at its peak",
				ours: `${Math.round(memory.ours)} MiB`,
				other: `${Math.round(memory.byHand)} MiB, by hand`,
				ratio: memory.ours / memory.byHand,
			},
		];
	});
}

/** The article's stack on a cluster with many bindings of others, and on an empty one. */
export async function benchBindings(): Promise<Figure[]> {
	return inSandboxes(2, async ([full, empty]: [Sandbox, Sandbox]) => {
		const modules = path.join(await installedPackage(), "node_modules");
		const open = (sandbox: Sandbox) => openProject(sandbox, "with-package", SMALL, modules);
		const [onFull, onEmpty] = await Promise.all([open(full), open(empty)]);
		await makeBindings(full);
		const times = await fastest(ROUNDS, {
			full: () => onFull.preview(TRANSPILE_ONLY),
			empty: () => onEmpty.preview(TRANSPILE_ONLY),
		});
		return [
			{
				what: `preview: 1 team, 3 namespaces, 2 users; on a cluster with ${BINDINGS} RoleBindings`,
				ours: seconds(times.full),
				other: `${seconds(times.empty)}, on an empty cluster`,
				ratio: times.full / times.empty,
			},
		];
	});
}

/** Half of them for service accounts of a namespace that the team has. */
async function makeBindings(sandbox: Sandbox): Promise<void> {
	const server = new ApiServer(connect(readFileSync(sandbox.adminKubeconfig, "utf8")));
	const names = Array.from({ length: 50 }, (_, at) => `others-${at}`);
	await Promise.all(names.map((name) => server.post("/api/v1/namespaces", { metadata: { name } })));
	const subjects = [
		{ apiGroup: RBAC, kind: "Group", name: "others" },
		{ kind: "ServiceAccount", name: "deployer", namespace: SMALL[0]?.namespaces[0] },
	];
	const make = (at: number) =>
		server.post(`/apis/${RBAC}/v1/namespaces/${names[at % names.length]}/rolebindings`, {
			metadata: { name: `others-${at}` },
			roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "view" },
			subjects: [subjects[at % subjects.length]],
		});
	await Promise.all(Array.from({ length: BINDINGS }, (_, at) => make(at)));
}

/** Both programs after an update, which has made the same resources. */
async function pair(
	forPackage: Sandbox,
	forHand: Sandbox,
	teams: BenchSettings["teams"],
): Promise<[BenchProject, BenchProject]> {
	const modules = path.join(await installedPackage(), "node_modules");
	const open = (sandbox: Sandbox, program: string) => openProject(sandbox, program, teams, modules);
	const projects = await Promise.all([open(forPackage, "with-package"), open(forHand, "by-hand")]);
	const [ours, byHand] = await Promise.all(projects.map((project) => project.resources()));
	assert.deepEqual(byHand, ours, "the programs do not make the same resources");
	return projects;
}

/** A program after an update. */
async function openProject(
	sandbox: Sandbox,
	program: string,
	teams: BenchSettings["teams"],
	modules: string,
): Promise<BenchProject> {
	makeUsers(sandbox, teams);
	const project = BenchProject.ofProgram(sandbox, program, modules, await settingsOf(sandbox, teams));
	await project.up();
	return project;
}

async function settingsOf(sandbox: Sandbox, teams: BenchSettings["teams"]): Promise<BenchSettings> {
	const { data } = await sandbox.core.readNamespacedConfigMap({ namespace: "kube-system", name: "aws-auth" });
	return {
		cluster: sandbox.clusterName,
		account: sandbox.accountId,
		region: sandbox.region,
		kubeconfig: sandbox.adminKubeconfig,
		nodes: data?.mapRoles as string,
		teams,
	};
}

/** Those that no sandbox has by itself. */
function makeUsers(sandbox: Sandbox, teams: BenchSettings["teams"]): void {
	const users = teams.flatMap((team) => team.users);
	const script = path.join(__dirname, "users.ts");
	execFileSync(process.execPath, ["-r", "ts-node/register", script, ...users], { env: sandbox.environment });
}

async function inSandboxes<S extends Sandbox[], T>(count: S["length"], work: (sandboxes: S) => Promise<T>): Promise<T> {
	const report = terminalReport();
	const sandboxes = await Promise.all(Array.from({ length: count }, () => startSandbox({ report })));
	try {
		return await work(sandboxes as S);
	} finally {
		await Promise.all(sandboxes.map((sandbox) => sandbox.stop()));
	}
}

/** Every team in every namespace, and as many users in each. */
function teamsOf(teams: number, namespaces: number, users: number): BenchSettings["teams"] {
	const numbered = (count: number, name: (at: number) => string) => Array.from({ length: count }, (_, at) => name(at));
	return numbered(teams, (at) => `team-${at}`).map((name) => ({
		name,
		namespaces: numbered(namespaces, (at) => `space-${at}`),
		users: numbered(users / teams, (at) => `${name}-user-${at}`),
	}));
}

function previewFigure(what: string, ours: number, byHand: number): Figure {
	return { what: `preview: ${what}`, ours: seconds(ours), other: `${seconds(byHand)}, by hand`, ratio: ours / byHand };
}

function sum(counts: Record<string, number>): number {
	return Object.values(counts).reduce((all, each) => all + each, 0);
}
