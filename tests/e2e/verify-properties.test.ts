import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as yaml from "yaml";
import { projectIn } from "../../cli/project/project";
import { verify } from "../../cli/verify";
import { targetOf } from "../../cli/verify/target";
import { namespaceShape } from "../../core/config/namespace-schema";
import { NESTED, teamShape } from "../../core/config/team-schema";
import { principalsOf } from "../../core/teams/principals";
import type { SandboxProject } from "../../sandbox/project";
import type { AuthenticationMode, Sandbox } from "../../sandbox/sandbox";
import { ApiProxy } from "./api-proxy";
import { liveFindings, seedOf } from "./live-check";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";
import { CLUSTER_ROLE, type Config, configs, LEGACY, NAMESPACE, POLICIES, ROLE, ROLES, TEAM } from "./verify-configs";

const SEED = seedOf("VERIFY_SEED", 38);
/** The cluster's modes, each with what the stack says of it and how many configs are tried: a cluster moves in this order. */
const STEPS: [AuthenticationMode, authentication: string, count: number][] = [
	["CONFIG_MAP", "auto", 5],
	["API_AND_CONFIG_MAP", "both", 4],
	["API_AND_CONFIG_MAP", "access-entries", 3],
	["API", "auto", 3],
];
const ANY = '{"Version":"2012-10-17","Statement":[]}';
const ASSUME =
	'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/*"}]}';

describe(`eks-access verify, over the whole schema (VERIFY_SEED=${SEED})`, function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let admin: Shell;
	let output = "";
	const generated = configs(
		SEED,
		STEPS.reduce((sum, [, , count]) => sum + count, 0),
	);

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack: "verified" },
		);
		for (const role of ROLES) {
			const [, folder = "", name] = /^(.*\/)?(.*)$/.exec(role) as RegExpExecArray;
			await admin.does(
				`aws iam create-role --role-name ${name} --path /${folder} --assume-role-policy-document '${ANY}'`,
			);
		}
		await admin.does(`aws iam create-policy --policy-name verify-boundary --policy-document '${ASSUME}'`);
		await admin.does(`aws iam create-policy --policy-name verify-assume --policy-document '${ASSUME}'`);
		await admin.does(
			`echo '${JSON.stringify({ ...RBAC("ClusterRole"), metadata: { name: CLUSTER_ROLE.name }, rules: CLUSTER_ROLE.rules })}' | kubectl create -f -`,
		);
		await admin.does(`kubectl create clusterrolebinding ${LEGACY.name} --clusterrole=view --group=${LEGACY.group}`);
	});

	after(async () => {
		await project?.destroy();
		await sandbox.setAuthenticationMode("CONFIG_MAP");
		await admin.does(`kubectl delete clusterrolebinding ${LEGACY.name} --ignore-not-found`);
		await admin.does(`kubectl delete clusterrole ${CLUSTER_ROLE.name} dev-full-access --ignore-not-found`);
		const namespaces = await admin.does("kubectl get namespaces -o name");
		const own = namespaces.split("\n").filter((name) => name.startsWith("namespace/v-"));
		await admin.does(
			`kubectl delete namespace v-none ${own.map((name) => name.split("/")[1]).join(" ")} --ignore-not-found --wait=false`,
		);
		for (const role of ROLES) {
			await admin.does(`aws iam delete-role --role-name ${role.split("/").at(-1)}`);
		}
		for (const policy of Object.values(POLICIES)) {
			await admin.does(`aws iam delete-policy --policy-arn ${policy}`);
		}
	});

	it("the configs that are tried have every key of a team, a namespace and a role", () => {
		const teams = generated.flatMap((config) => config.teams);
		for (const [shape, samples, given] of [
			[teamShape, TEAM, teams],
			[namespaceShape, NAMESPACE, teams.flatMap(({ namespaces }) => namespaces)],
			[NESTED.role.shape, ROLE, teams.flatMap(({ role }) => role ?? [])],
		] as const) {
			assert.deepEqual(Object.keys(samples).sort(), Object.keys(shape).sort());
			assert.deepEqual([...new Set(given.flatMap((each) => Object.keys(each)))].sort(), Object.keys(shape).sort());
		}
	});

	let next = 0;
	for (const [mode, authentication, count] of STEPS) {
		const first = next;
		next += count;
		it(`no false alarm: after the up of ${count} configs nothing is found (${mode}, authentication ${authentication})`, async () => {
			await sandbox.setAuthenticationMode(mode);
			for (const config of generated.slice(first, first + count)) {
				await up({ ...config, authentication });
				const found = await liveFindings(sandbox, project, "verified");
				assert.deepEqual(found, [], JSON.stringify(config));
			}
		});
	}

	it("the API server is asked for each kind once, and once for each cell of the matrix and each refusal", async () => {
		const config = yaml.parse(readFileSync(sandbox.adminKubeconfig, "utf8"));
		const proxy = new ApiProxy(sandbox.endpoint, sandbox.certificateAuthority, config.users[0].user.token);
		await proxy.start();
		try {
			const requests: string[] = [];
			proxy.onRequest = (method, url) => {
				requests.push(`${method} ${url.replace(/\?.*/, "")}`);
			};
			config.clusters[0].cluster = { server: proxy.url };
			const kubeconfig = path.join(project.directory, "proxy.kubeconfig");
			writeFileSync(kubeconfig, JSON.stringify(config));
			const target = await targetOf(projectIn(project.directory), "verified", { kubeconfig });
			const { checked, findings } = await verify(target);
			assert.deepEqual(findings, []);
			const [lists, questions] = [
				requests.filter((each) => /^GET/.test(each)),
				requests.filter((each) => /^POST/.test(each)),
			];
			assert.deepEqual([...new Set(lists)].sort(), lists.sort(), "each list once");
			assert.ok(lists.length <= 11, lists.join("\n"));
			assert.equal(questions.length, checked.reviews);
			const people = principalsOf(target.config.teams).length;
			const namespaces =
				new Set(target.config.teams.flatMap((team) => team.namespaces.map(({ name }) => name))).size + 5;
			// In the whole cluster nine things are refused to everybody.
			assert.ok(questions.length <= 2 * checked.cells + people * (namespaces + 10), `${questions.length}`);
		} finally {
			await proxy.stop();
		}
	});

	async function up(config: Config): Promise<void> {
		const keyed = Object.entries(config).map(([key, value]) => [`eks-access:${key}`, value]);
		project.configure({ "aws:region": sandbox.region, ...Object.fromEntries(keyed) });
		output = "";
		try {
			await project.up();
		} catch {
			assert.fail(`${output}\n${JSON.stringify(config)}`);
		}
	}
});

function RBAC(kind: string) {
	return { apiVersion: "rbac.authorization.k8s.io/v1", kind };
}
