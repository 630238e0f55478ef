import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { projectIn } from "../../cli/project/project";
import { targetOf } from "../../cli/verify/target";
import { type Answer, answerTo, type Facts, readFacts } from "../../cli/who-can";
import type { Entrance } from "../../cli/who-can/entrances";
import { pathsTo } from "../../cli/who-can/paths";
import type { Question } from "../../cli/who-can/question";
import { ApiServer } from "../../core/kubernetes/api-server";
import type { SandboxProject } from "../../sandbox/project";
import { isEmpty } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { eksAccess } from "../cli/command";
import { liveFindings, seedOf } from "./live-check";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const SEED = seedOf("WHO_CAN_SEED", 2);
const IAM = "arn:aws:iam::293759796572";
const ENTRY = "--cluster-name prod-eks-cluster --principal-arn";
const document = (statement: object) =>
	`'${JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }] })}'`;

/** As "Grant IAM users access to Kubernetes with EKS access entries" of the EKS guide says, with the AWS CLI and kubectl. */
const BY_HAND = [
	"kubectl create namespace hand-a && kubectl create namespace hand-b",
	`aws iam create-role --role-name hand-viewers-role --assume-role-policy-document ${document({ Principal: { AWS: `${IAM}:root` } })}`,
	`aws iam create-role --role-name hand-ops --assume-role-policy-document ${document({ Principal: { AWS: [`${IAM}:user/joe`, `${IAM}:role/hand-viewers-role`] } })}`,
	`aws iam create-policy --policy-name hand-viewers --policy-document ${document({ Resource: `${IAM}:role/hand-viewers-role` })}`,
	"aws iam create-group --group-name hand-viewers",
	`aws iam attach-group-policy --group-name hand-viewers --policy-arn ${IAM}:policy/hand-viewers`,
	"aws iam add-user-to-group --group-name hand-viewers --user-name jane",
	`aws eks create-access-entry ${ENTRY} ${IAM}:role/hand-viewers-role --kubernetes-groups hand-viewers --username viewer`,
	`aws eks associate-access-policy ${ENTRY} ${IAM}:role/hand-viewers-role --access-scope type=namespace,namespaces=hand-a --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`,
	`aws eks create-access-entry ${ENTRY} ${IAM}:role/hand-ops --kubernetes-groups hand-ops --username ops`,
	`aws eks create-access-entry ${ENTRY} ${IAM}:user/ann --kubernetes-groups hand-ops`,
	"kubectl create rolebinding hand-ops --clusterrole=edit --group=hand-ops -n hand-b",
];
const REMOVED = [
	...["role/hand-viewers-role", "role/hand-ops", "user/ann"].map(
		(name) => `aws eks delete-access-entry ${ENTRY} ${IAM}:${name}`,
	),
	"aws iam remove-user-from-group --group-name hand-viewers --user-name jane",
	`aws iam detach-group-policy --group-name hand-viewers --policy-arn ${IAM}:policy/hand-viewers`,
	`aws iam delete-policy --policy-arn ${IAM}:policy/hand-viewers`,
	"aws iam delete-group --group-name hand-viewers",
	"aws iam delete-role --role-name hand-viewers-role",
	"aws iam delete-role --role-name hand-ops",
	"kubectl delete namespace hand-a hand-b --wait=false --ignore-not-found",
];

describe(`a cluster in mode API, set up by hand (WHO_CAN_SEED=${SEED})`, function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let admin: Shell;
	let project: SandboxProject;
	let facts: Facts;
	let server: ApiServer;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		await sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		await sandbox.setAuthenticationMode("API");
		await admin.does(BY_HAND.join(" && "));
		project = await openProject(sandbox, (text) => {
			output += text;
		});
		project.configure({ "aws:region": sandbox.region });
		const kubeconfig = sandbox.adminKubeconfig;
		const target = await targetOf(projectIn(project.directory), "prod", { kubeconfig });
		server = new ApiServer(target.cluster);
		facts = await readFacts(target, server);
	});

	after(async () => {
		await project?.destroy();
		await admin.does(REMOVED.map((command) => `(${command} || true)`).join("; "));
		await sandbox.setAuthenticationMode("CONFIG_MAP");
	});

	const command = (...args: string[]) =>
		eksAccess(args, {
			cwd: project.directory,
			env: { ...sandbox.environment, KUBECONFIG: sandbox.environment.KUBECONFIG ?? "" },
		});

	it("who-can says of every entry what the API server says, in 200 generated questions", async () => {
		const people = facts.entrances.filter(({ groups }) => !groups.includes("system:nodes"));
		assert.ok(people.length >= 4, JSON.stringify(facts.entrances.map(({ arn }) => arn)));
		for (const question of fc.sample(questions, { seed: SEED, numRuns: 200 })) {
			const answer = answerTo(question, facts);
			await Promise.all(
				people.map(async (entrance) =>
					assert.equal(
						isIn(answer, entrance),
						await reviewed(server, question, entrance),
						JSON.stringify({ question, entrance }),
					),
				),
			);
		}
	});

	it("each path of IAM that it shows works, and those that it does not are refused", async () => {
		const users = ["jane", "joe", "ann", "mallory"] as const;
		const outcomes = await Promise.all(
			["hand-viewers-role", "hand-ops"].flatMap((role) =>
				users.map(async (user) => {
					const shown = pathsTo(`${IAM}:role/${role}`, facts.holders, facts.account).find(
						({ who }) => who === `user/${user}`,
					);
					let shell = new Shell(await sandbox.environmentOf(user));
					try {
						for (const step of shown?.roles ?? [`role/${role}`]) {
							shell = await shell.assume(`${IAM}:${step.split(" ")[0]}`);
						}
						return [`${user} ${role}`, Boolean(shown), true] as const;
					} catch {
						return [`${user} ${role}`, Boolean(shown), false] as const;
					}
				}),
			),
		);
		for (const [what, shown, works] of outcomes) assert.equal(works, shown, what);
		// jane comes to hand-ops by hand-viewers-role.
		assert.deepEqual(
			outcomes.filter(([, shown]) => shown).map(([what]) => what),
			["jane hand-viewers-role", "jane hand-ops", "joe hand-ops"],
		);
	});

	it("the command says it, and --none ends with 1", async () => {
		const { stdout, stderr, code } = await command("who-can", "get", "po", "-n", "hand-a", "--stack", "prod", "--none");
		assert.equal(code, 1, stderr);
		assert.match(stdout, /user\/jane +role\/hand-viewers-role/);
		assert.match(stdout, /access policy +AmazonEKSViewPolicy/);
	});

	it("doctor reads the entries", async () => {
		const { stdout, stderr } = await command("doctor", "--format", "json");
		const { findings, accessEntries } = JSON.parse(stdout || stderr);
		const found = findings.map(({ code, arn = "" }: Record<string, string>) => `${code} ${arn}`);
		assert.ok(accessEntries >= 4, stdout);
		assert.ok(found.includes(`EKS602 ${IAM}:role/hand-viewers-role`), stdout);
		assert.ok(found.includes(`EKS604 ${IAM}:user/operator`), stdout);
	});

	it("import, up, an empty second preview, and verify finds nothing", async () => {
		const { stdout, stderr, code } = await command(
			"import",
			"--cluster",
			sandbox.clusterName,
			"--region",
			sandbox.region,
			"--output",
			"-",
		);
		assert.equal(code, 0, stderr);
		const { config } = parse(stdout);
		const teams = config["eks-access:teams"] as { name: string }[];
		assert.deepEqual(teams.map(({ name }) => name).sort(), ["hand-ops", "hand-viewers"], stdout);
		project.configure({ "eks-access:namespaces": undefined, "eks-access:users": undefined, ...config });
		await project.up().catch(() => assert.fail(output));
		assert.ok(isEmpty(await project.preview()), output);
		assert.deepEqual(await liveFindings(sandbox, project, "prod"), []);
	});
});

const questions: fc.Arbitrary<Question> = fc.oneof(
	{
		weight: 9,
		arbitrary: fc
			.record({
				verb: fc.constantFrom("get", "list", "create", "delete", "impersonate", "*"),
				of: fc.constantFrom(
					...[
						"/pods",
						"/pods/exec",
						"/pods/log",
						"/secrets",
						"/configmaps",
						"/nodes",
						"/namespaces",
						"/serviceaccounts",
					],
					...["apps/deployments", "batch/jobs", "rbac.authorization.k8s.io/roles", "x.example/things"],
				),
				namespace: fc.constantFrom("hand-a", "hand-b", "kube-system", "nowhere", undefined),
				name: fc.constantFrom(undefined, "web"),
			})
			.map(({ verb, of, namespace, name }): Question => {
				const [group = "", resource = "", subresource] = of.split("/");
				return { verb, group, resource, subresource, namespace, name };
			}),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			verb: fc.constantFrom("get", "post"),
			path: fc.constantFrom("/metrics", "/healthz", "/api"),
		}),
	},
);

function isIn({ lines, general }: Answer, entrance: Entrance): boolean {
	return (
		lines.some((line) => line.entrance === entrance) ||
		general.some(({ subject }) => subject.name === "system:authenticated")
	);
}

async function reviewed(server: ApiServer, question: Question, { arn, username, groups }: Entrance): Promise<boolean> {
	const attributes = "path" in question ? { nonResourceAttributes: question } : { resourceAttributes: question };
	const canonicalarn = [arn.replace(/:role\/.*\//, ":role/")];
	const { status } = await server.post<{ status?: { allowed?: boolean } }>(
		"/apis/authorization.k8s.io/v1/subjectaccessreviews",
		{
			apiVersion: "authorization.k8s.io/v1",
			kind: "SubjectAccessReview",
			spec: {
				user: username.replace(/\{\{\w+\}\}/, "test"),
				groups: [...groups, "system:authenticated"],
				extra: { canonicalarn },
				...attributes,
			},
		},
	);
	return status?.allowed ?? false;
}
