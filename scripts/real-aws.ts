import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { setTimeout } from "node:timers/promises";
import { Command } from "commander";
import { stringify } from "yaml";
import { stateUrl } from "../sandbox/environment";

const ROOT = path.resolve(__dirname, "..");
const PROGRAM = ["Pulumi.yaml", "package.json", "tsconfig.json", "index.ts", "core", "components"];
/** IAM and EKS need a while to show a new user, key, role or entry everywhere. */
const PATIENCE_MS = 120_000;

type Environment = NodeJS.ProcessEnv;

/** The article from step 1 to step 7 and a destroy on a real cluster, with names that nobody else has. Needs pulumi, aws and kubectl. */
async function main({ cluster, region, yes }: { cluster: string; region: string; yes?: boolean }): Promise<void> {
	const name = `eks-access-test-${randomBytes(4).toString("hex")}`;
	const folder = mkdtempSync(path.join(tmpdir(), `${name}-`));
	const operator = {
		...process.env,
		AWS_REGION: region,
		KUBECONFIG: path.join(folder, "operator"),
		PULUMI_BACKEND_URL: stateUrl(`${folder}/state`),
		PULUMI_CONFIG_PASSPHRASE: name,
	};
	const aws = (command: string) => run(`aws ${command} --output json`, operator);
	const { Arn } = JSON.parse(aws("sts get-caller-identity"));
	await agree(
		`As ${Arn}, this makes an IAM user, role, policy and group and a namespace, all called ${name}, on ${cluster}, and removes them.`,
		yes,
	);
	writeProject(folder, { cluster, region, name });
	const pulumi = (command: string) => run(`pulumi ${command} --non-interactive`, operator, folder);
	const undo: (() => void)[] = [() => rmSync(folder, { recursive: true, force: true })];
	try {
		aws(`eks update-kubeconfig --name ${cluster}`);
		aws(`iam create-user --user-name ${name}`);
		undo.push(() => aws(`iam delete-user --user-name ${name}`));
		const { AccessKey } = JSON.parse(aws(`iam create-access-key --user-name ${name}`));
		undo.push(() => aws(`iam delete-access-key --user-name ${name} --access-key-id ${AccessKey.AccessKeyId}`));
		pulumi("stack init test");
		undo.push(() => run(`kubectl delete namespace ${name} --ignore-not-found`, operator));
		undo.push(() => pulumi("destroy --yes"));
		pulumi("up --yes");
		pulumi("preview --expect-no-changes");
		pulumi("refresh --yes --expect-no-changes");
		const { [name]: login } = JSON.parse(pulumi("stack output updateKubeconfigCommands --json"));
		const keys = { AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey };
		const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...rest } = operator as Environment;
		await step7(name, login, { ...rest, ...keys, KUBECONFIG: path.join(folder, "member") });
	} finally {
		for (const each of undo.reverse()) {
			each();
		}
	}
	console.log(`${cluster}: the article works, and all that was made is gone`);
}

/** What the member of the team can do, and cannot. */
async function step7(namespace: string, login: string, member: Environment): Promise<void> {
	await eventually(() => run(login, member));
	await eventually(() => run(`kubectl get all -n ${namespace}`, member));
	run(`kubectl create deployment nginx-example --image=nginx --replicas=2 -n ${namespace}`, member);
	run(`kubectl delete deployment nginx-example -n ${namespace}`, member);
	for (const command of ["kubectl get nodes", "kubectl get pods -n kube-system"]) {
		const { status, stderr } = spawnSync("sh", ["-c", command], { env: member, encoding: "utf8" });
		if (status === 0 || !stderr.includes("is forbidden")) {
			throw new Error(`${command} should be forbidden: ${stderr}`);
		}
		console.log(`$ ${command}\n${stderr.trim()}`);
	}
}

function writeProject(folder: string, { cluster, region, name }: Record<"cluster" | "region" | "name", string>): void {
	for (const file of PROGRAM) {
		cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true });
	}
	symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
	mkdirSync(path.join(folder, "state"));
	const teams = [{ name, username: name, namespaces: [name], users: [name] }];
	const config = { "aws:region": region, "eks-access:cluster": cluster, "eks-access:teams": teams };
	writeFileSync(path.join(folder, "Pulumi.test.yaml"), stringify({ config }));
}

async function agree(what: string, yes = false): Promise<void> {
	console.log(what);
	const asking = createInterface({ input: process.stdin, output: process.stdout });
	const answer = yes ? "yes" : await asking.question('Type "yes" to begin: ');
	asking.close();
	if (answer !== "yes") {
		process.exit(1);
	}
}

async function eventually(attempt: () => void): Promise<void> {
	for (const end = Date.now() + PATIENCE_MS; ; await setTimeout(5_000)) {
		try {
			return attempt();
		} catch (error) {
			if (Date.now() > end) {
				throw error;
			}
		}
	}
}

function run(command: string, env: Environment, cwd?: string): string {
	console.log(`$ ${command}`);
	return execFileSync("sh", ["-c", command], { env, cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

const program = new Command("npm run test:aws --")
	.description("Runs the article on a real cluster, with throw-away names, and removes all that it makes")
	.requiredOption("--cluster <name>", "name of the EKS cluster")
	.requiredOption("--region <region>", "its region", process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION)
	.option("--yes", "do not ask before it begins");
main(program.parse().opts()).catch((error: Error) => {
	console.error(error.message);
	process.exit(1);
});
