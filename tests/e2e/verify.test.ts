import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Ended } from "../cli/command";
import { editAwsAuth } from "./aws-auth-by-hand";
import { AWS_AUTH, IAM } from "./drift";
import { CLUSTER } from "./drift-cluster";
import { awsAuthData } from "./live-check";
import { Shell } from "./sandbox-shell";
import { findsEach, type Report, Verifying } from "./verifying";

const ACCOUNT = "293759796572";

/** Drifts of what another one changes too, or that are too much for one object. */
const REPEATED = [
	"the policy that lets the group assume the role is detached",
	"a quota that holds for some pods only",
	"a permissions boundary",
];

describe("eks-access verify: what the live cluster and AWS give, against the config", function () {
	this.timeout("60m");
	let verifying: Verifying;

	before(async () => {
		verifying = await Verifying.start("verify");
	});

	after(() => verifying?.end());

	it("a cluster in order: exit code 0 in seconds, and it says how much was checked", async () => {
		const started = Date.now();
		const { stdout, stderr, code } = await verifying.run();
		const seconds = (Date.now() - started) / 1000;
		assert.equal(code, 0, stdout + stderr);
		assert.match(stdout, /Access is as the config says/);
		assert.match(stdout, /Note: .*user\/operator.* can assume shop-role, pay-role too, .*The list is not complete/);
		assert.match(
			stdout,
			/Checked: 8 cells of the matrix, with \d{2} questions to the API server; 2 IAM roles, 2 IAM groups/,
		);
		assert.ok(seconds < 60, `it took ${seconds} s`);
		const { checked, version }: Report = JSON.parse((await verifying.run(["--format", "json"])).stdout);
		assert.equal(version, 1);
		assert.equal(checked.reviews, checked.reviewsPossible);
		assert.deepEqual([checked.bindings, checked.iamMembers, checked.awsAuthEntries], [10, 3, 7]);
	});

	describe("in IAM", () => findsEach(IAM, () => verifying));
	describe("in aws-auth", () => findsEach(AWS_AUTH, () => verifying));
	describe("in the cluster", () => findsEach(CLUSTER, () => verifying));

	describe("in the stack", () => {
		it("after all of it is undone, nothing is found", () => verifying.findsNothing());

		it("what each finding says mends it", async () => {
			const planted = [...IAM, ...CLUSTER].filter(({ what }) => !REPEATED.includes(what));
			for (const { plant } of planted) {
				await verifying.admin.does(plant as string);
			}
			const found = await verifying.findings();
			for (const { what, finds } of planted) {
				const subjects = found.map(({ kind, layer, subject }) => `${kind} ${layer} ${subject}`);
				assert.ok(
					finds.every((each) => subjects.includes(each)),
					`${what}: ${subjects.join(", ")}`,
				);
			}
			await verifying.mend(found);
			await verifying.findsNothing();
		});

		it("what a finding about aws-auth says mends it", async () => {
			const { sandbox } = verifying;
			const before = await awsAuthData(sandbox);
			const planted = AWS_AUTH.filter(({ what }) =>
				["another username", "somebody else in a team's group"].includes(what),
			);
			for (const { plant } of planted) {
				await editAwsAuth(sandbox, plant as (mapRoles: string) => string);
			}
			const found = await verifying.findings();
			assert.deepEqual(
				found.map(({ kind }) => kind),
				["foreign", "drifted"],
			);
			await verifying.mend(found, before);
			await verifying.findsNothing();
		});

		it("bounds that the config does not have any more: what verify says removes them", async () => {
			const { project } = verifying;
			const teams = project.config("eks-access:teams") as { name: string }[];
			const free = teams.map((team) =>
				team.name === "shop" ? { ...team, networkPolicy: undefined, quota: undefined } : team,
			);
			project.configure({ "eks-access:teams": free });
			const found = await verifying.findings();
			assert.deepEqual([...new Set(found.map(({ kind }) => kind))], ["extra"], JSON.stringify(found));
			await verifying.mend(found);
			await verifying.findsNothing();
			project.configure({ "eks-access:teams": teams });
			await project.repair();
			await verifying.findsNothing();
		});

		it("a level for every namespace, and no false alarm about it", async () => {
			const { project } = verifying;
			const teams = project.config("eks-access:teams") as { name: string }[];
			const wide = [
				{ name: "readers", clusterAccess: "view", users: ["ann"] },
				{
					name: "writers",
					clusterAccess: "edit",
					users: ["ann"],
					allow: ["cluster-write", "secrets", "pods/exec", "serviceaccounts/token"],
				},
			];
			project.configure({ "eks-access:teams": [...teams, ...wide] });
			try {
				await project.up();
				await verifying.findsNothing();
				const mallory = { kind: "User", name: "mallory", apiGroup: "rbac.authorization.k8s.io" };
				const added = JSON.stringify([{ op: "add", path: "/subjects/-", value: mallory }]);
				await verifying.admin.does(`kubectl patch clusterrolebinding readers:view --type=json -p '${added}'`);
				await verifying.mend(await verifying.findings());
				await verifying.findsNothing();
			} finally {
				project.configure({ "eks-access:teams": teams });
				await project.up();
			}
		});

		it("every kind of command that verify advises for IAM and the cluster has been run", () => {
			verifying.hasRunAll(/^(?:aws iam|kubectl)/);
		});

		it("a config without its up: whom it has taken out, and who is not there", async () => {
			const { project } = verifying;
			const teams = project.config("eks-access:teams") as { name: string }[];
			const changed = teams
				.filter(({ name }) => name !== "deploy")
				.map((team) => (team.name === "auditors" ? { ...team, ssoPermissionSets: ["Nobody"] } : team));
			project.configure({ "eks-access:teams": changed });
			try {
				await verifying.finds(
					[
						`extra aws-auth arn:aws:iam::${ACCOUNT}:role/github-deploy`,
						`extra aws-auth arn:aws:iam::${ACCOUNT}:role/AWSReservedSSO_ReadOnly_4b1d8f0a6c2e7935`,
						"missing iam sso/Nobody",
						// It names the groups of all teams in its namespaces.
						"drifted namespaces ValidatingAdmissionPolicy eks-access.eks-access.example.access-namespaces",
					],
					/Nobody has no role in this account[\s\S]*which this stack has written/,
				);
			} finally {
				project.configure({ "eks-access:teams": teams });
			}
		});

		it("a way in that the cluster's mode does not read is missing", async () => {
			const { project } = verifying;
			project.configure({ "eks-access:authentication": "access-entries" });
			const found = await verifying.findings();
			project.configure({ "eks-access:authentication": undefined });
			assert.deepEqual([found[0]?.kind, found[0]?.layer], ["missing", "cluster"]);
			assert.match(found[0]?.message ?? "", /authentication mode CONFIG_MAP, so it knows no access entries/);
		});

		it("a namespace, a role and a group that are gone: found, and what verify says mends them", async () => {
			const { admin, project } = verifying;
			await admin.does("kubectl delete namespace pay-dev");
			await admin.does("aws iam delete-role --role-name pay-role");
			const group = "--group-name pay";
			await admin.does(`aws iam remove-user-from-group ${group} --user-name joe`);
			await admin.does(`aws iam remove-user-from-group ${group} --user-name ann`);
			const policy = `$(aws iam list-attached-group-policies ${group} --query 'AttachedPolicies[0].PolicyArn' --output text)`;
			await admin.does(`aws iam detach-group-policy ${group} --policy-arn ${policy}`);
			await admin.does(`aws iam delete-group ${group}`);
			await verifying.finds(
				["missing iam group pay", "missing iam role pay-role", "missing namespaces namespace pay-dev"],
				/joe, ann cannot assume the team's role/,
			);
			await project.repair();
			await verifying.findsNothing();
		});
	});

	describe("that cannot be asked: exit code 3, one line that says why, and nothing that looks like a result", () => {
		async function fails(ended: Promise<Ended>, says: RegExp): Promise<void> {
			const { stdout, stderr, code } = await ended;
			assert.equal(code, 3, stdout + stderr);
			assert.match(stderr, says);
			assert.equal(stdout, "");
			assert.equal(stderr.trim().split("\n").length, 1, stderr);
		}

		it("AWS does not answer", () =>
			fails(
				verifying.run([], { HTTPS_PROXY: "http://127.0.0.1:1" }),
				/AWS: cannot find out who you are: .*ECONNREFUSED.*HTTPS_PROXY/,
			));

		it("AWS shows no such cluster", async () => {
			verifying.project.configure({ "eks-access:cluster": "elsewhere" });
			await fails(verifying.run(), /AWS shows no cluster elsewhere in eu-west-1; .*aws eks list-clusters/);
			verifying.project.configure({ "eks-access:cluster": "prod-eks-cluster" });
		});

		it("the cluster does not answer", async () => {
			const file = path.join(verifying.sandbox.directory, "nowhere.kubeconfig");
			const config = {
				clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
				users: [{ name: "u", user: { token: "t" } }],
				contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
				"current-context": "c",
			};
			writeFileSync(file, JSON.stringify(config));
			const says = /cannot reach the API server https:\/\/127.0.0.1:1: .*ECONNREFUSED/;
			await fails(verifying.run(["--kubeconfig", file]), says);
		});

		it("AWS refuses: a developer may not read IAM", async () => {
			const jane = await verifying.sandbox.environmentOf("jane");
			const kubeconfig = ["--kubeconfig", verifying.sandbox.adminKubeconfig];
			await fails(
				verifying.run(kubeconfig, jane),
				/AWS: cannot (read|list) .*: AccessDenied.*Use credentials that may/,
			);
		});

		it("the cluster refuses: somebody whom it does not know, and a developer, who may not read all of it", async () => {
			const { directory, environmentOf } = verifying.sandbox;
			const jane = await environmentOf("jane");
			await fails(verifying.run([], jane), /does not accept these credentials \(401 Unauthorized\)/);
			const file = path.join(directory, "jane.kubeconfig");
			const role = `--role-arn arn:aws:iam::${ACCOUNT}:role/shop-role`;
			await new Shell(jane).does(`aws eks update-kubeconfig --name prod-eks-cluster --kubeconfig ${file} ${role}`);
			await fails(verifying.run(["--kubeconfig", file], jane), /may not read namespaces \(403 Forbidden\)/);
		});
	});
});
