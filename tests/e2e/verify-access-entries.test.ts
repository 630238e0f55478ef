import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Drift } from "./drift";
import { findsEach, Verifying } from "./verifying";

const ACCOUNT = "arn:aws:iam::293759796572";
const PAY = `${ACCOUNT}:role/pay-role`;
const MALLORY = `${ACCOUNT}:user/mallory`;

const on = (command: string, principal: string, options = "") =>
	`aws eks ${command} --cluster-name prod-eks-cluster --principal-arn ${principal} ${options}`;
const policyArn = (name: string) => `--policy-arn arn:aws:eks::aws:cluster-access-policy/${name}`;
const associate = (policy: string, scope: string) =>
	on("associate-access-policy", PAY, `${policyArn(policy)} --access-scope ${scope}`);
const disassociate = (policy: string) => on("disassociate-access-policy", PAY, policyArn(policy));

const DRIFTS: Drift[] = [
	{
		what: "other groups",
		plant: on("update-access-entry", PAY, "--kubernetes-groups pay shop"),
		undo: on("update-access-entry", PAY, "--kubernetes-groups pay"),
		finds: [`drifted access-entries ${PAY}`],
		says: /is in the groups pay, shop, not in pay/,
	},
	{
		what: "another username",
		plant: on("update-access-entry", PAY, "--username paymaster"),
		undo: on("update-access-entry", PAY, "--username pay"),
		finds: [`drifted access-entries ${PAY}`],
		says: /comes in as paymaster, not as pay/,
	},
	{
		what: "no access policy",
		plant: disassociate("AmazonEKSEditPolicy"),
		undo: associate("AmazonEKSEditPolicy", "type=namespace,namespaces=pay-dev"),
		finds: [`missing access-entries ${PAY}`],
		says: /does not have the access policy AmazonEKSEditPolicy in pay-dev/,
	},
	{
		what: "an access policy in more namespaces",
		plant: associate("AmazonEKSEditPolicy", "type=cluster"),
		undo: associate("AmazonEKSEditPolicy", "type=namespace,namespaces=pay-dev"),
		finds: [`drifted access-entries ${PAY}`],
		says: /has AmazonEKSEditPolicy in the whole cluster, not in pay-dev/,
	},
	{
		what: "the cluster administrator's access policy, which no SubjectAccessReview sees",
		plant: associate("AmazonEKSClusterAdminPolicy", "type=cluster"),
		undo: disassociate("AmazonEKSClusterAdminPolicy"),
		finds: [`extra access-entries ${PAY}`],
		says: /has the access policy AmazonEKSClusterAdminPolicy in the whole cluster/,
	},
	{
		what: "somebody else in a team's group",
		plant: on("create-access-entry", MALLORY, "--kubernetes-groups shop"),
		undo: on("delete-access-entry", MALLORY),
		finds: [`foreign access-entries ${MALLORY}`],
		says: /is in shop by its access entry/,
	},
	{
		what: "somebody else with an access policy in namespaces by a pattern",
		plant: `${on("create-access-entry", MALLORY)} && ${on("associate-access-policy", MALLORY, `${policyArn("AmazonEKSEditPolicy")} --access-scope 'type=namespace,namespaces=pay*'`)}`,
		undo: on("delete-access-entry", MALLORY),
		finds: [`foreign access-entries ${MALLORY}`],
		says: /has the access policy AmazonEKSEditPolicy in pay\*, and the config does not say so/,
	},
	{
		what: "somebody else who administers the cluster by an access policy",
		plant: `${on("create-access-entry", MALLORY)} && ${on("associate-access-policy", MALLORY, `${policyArn("AmazonEKSClusterAdminPolicy")} --access-scope type=cluster`)}`,
		undo: on("delete-access-entry", MALLORY),
		finds: [`foreign access-entries ${MALLORY}`],
		says: /has the access policy AmazonEKSClusterAdminPolicy in the whole cluster, and the config does not say so/,
	},
];

/** Drifts of which none changes what another one does. */
const MENDED = [
	"other groups",
	"another username",
	"an access policy in more namespaces",
	"the cluster administrator's access policy, which no SubjectAccessReview sees",
	"somebody else who administers the cluster by an access policy",
];

describe("eks-access verify: a cluster with access entries", function () {
	this.timeout("60m");
	let verifying: Verifying;

	before(async () => {
		verifying = await Verifying.start("verify-access-entries");
		await verifying.sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
	});

	after(() => verifying?.end());

	it("in order at each step of the move: aws-auth, both, access entries", async () => {
		await verifying.findsNothing();
		for (const authentication of ["both", "access-entries"]) {
			verifying.project.configure({ "eks-access:authentication": authentication });
			await verifying.project.up();
			await verifying.findsNothing();
		}
	});

	describe("by hand", () => findsEach(DRIFTS, () => verifying));

	describe("in the stack", () => {
		it("an entry that is gone: found, and what verify says mends it", async () => {
			await verifying.admin.does(on("delete-access-entry", PAY));
			await verifying.finds([`missing access-entries ${PAY}`], /has no access entry: it is not let in/);
			await verifying.project.repair();
			await verifying.findsNothing();
		});

		it("what each finding says mends it", async () => {
			const planted = DRIFTS.filter(({ what }) => MENDED.includes(what));
			assert.equal(planted.length, MENDED.length);
			for (const { plant } of planted) {
				await verifying.admin.does(plant as string);
			}
			await verifying.mend(await verifying.findings());
			await verifying.findsNothing();
			verifying.hasRunAll(/^aws eks/);
		});

		it("a role that was made anew after its entry lets nobody in: found, and what verify says mends it", async () => {
			// IAM's times are in seconds.
			await delay(1100);
			const role = "--role-name shop-role";
			const file = `${verifying.sandbox.directory}/trust.json`;
			await verifying.admin.does(`aws iam get-role ${role} --query Role.AssumeRolePolicyDocument > ${file}`);
			await verifying.admin.does(`aws iam delete-role ${role}`);
			await verifying.admin.does(`aws iam create-role ${role} --assume-role-policy-document file://${file}`);
			await verifying.finds([`drifted access-entries ${ACCOUNT}:role/shop-role`], /EKS knows it by its id/);
			await verifying.mend(await verifying.findings());
			await verifying.findsNothing();
		});

		it("the config says aws-auth: entries that EKS takes instead are extra", async () => {
			verifying.project.configure({ "eks-access:authentication": "aws-auth" });
			const found = await verifying.findings();
			verifying.project.configure({ "eks-access:authentication": "access-entries" });
			const layers = found.map(({ kind, layer }) => `${kind} ${layer}`).sort();
			assert.deepEqual(layers, [...Array(4).fill("extra access-entries"), ...Array(4).fill("missing aws-auth")]);
		});
	});
});
