import assert from "node:assert/strict";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const POLICY = "goes-on.test";
const ADMISSION = "apiVersion: admissionregistration.k8s.io";

describe("an error of one team and the removal of another", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let admin: Shell;
	let project: SandboxProject;
	let original: Record<string, string>;
	let output = "";
	const stays = { name: "goes-on-stays", users: ["jane"], namespaces: ["goes-on"] };
	const leaves = { name: "goes-on-leaves", users: ["joe"], namespaces: ["goes-on"] };
	const comes = { name: "goes-on-comes", users: ["ann"], namespaces: ["goes-on"] };

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		original = await awsAuth({ sandbox });
		project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack: "goes-on" },
		);
		project.configure({ "aws:region": sandbox.region, "eks-access:cluster": sandbox.clusterName });
	});

	beforeEach(async () => {
		teams(stays, leaves);
		await project.up();
	});

	afterEach(async () => {
		await unlimited();
		await admin.does(
			`kubectl delete validatingadmissionpolicybinding,validatingadmissionpolicy ${POLICY} --ignore-not-found`,
		);
	});

	after(async () => {
		await project?.destroy();
		await admin?.does("kubectl delete namespace goes-on --ignore-not-found --wait=false");
		assert.deepEqual(await awsAuth({ sandbox }), original);
	});

	function teams(...list: object[]): void {
		output = "";
		project.configure({ "eks-access:teams": list });
	}

	/** What of the team that leaves is still there. */
	async function left(): Promise<string[]> {
		const commands: Record<string, string> = {
			role: "aws iam get-role --role-name goes-on-leaves-role",
			group: "aws iam get-group --group-name goes-on-leaves",
			binding: "kubectl get rolebinding -n goes-on goes-on-leaves",
			"aws-auth": "kubectl get configmap -n kube-system aws-auth -o yaml | grep goes-on-leaves-role",
		};
		const there = await Promise.all(
			Object.entries(commands).map(async ([what, command]) =>
				(await admin.does(`${command} >/dev/null 2>&1 && echo yes || echo no`)) === "yes" ? [what] : [],
			),
		);
		return there.flat();
	}

	let isLimited = false;
	async function limited(policy: object): Promise<void> {
		await sandbox.limitOperator(JSON.stringify(policy));
		isLimited = true;
	}
	async function unlimited(): Promise<void> {
		await (isLimited ? sandbox.limitOperator() : undefined);
		isLimited = false;
	}

	const FAULTS: Record<string, { fails: () => Promise<unknown>; says: RegExp }> = {
		"the API server refuses a RoleBinding": {
			fails: () =>
				admin.does(`kubectl apply -f - <<'END'
${ADMISSION}/v1
kind: ValidatingAdmissionPolicy
metadata: { name: ${POLICY} }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [rbac.authorization.k8s.io], apiVersions: [v1], operations: [CREATE], resources: [rolebindings] }
  validations:
    - { expression: 'request.dryRun || object.metadata.name != "goes-on-comes"', message: not this one }
---
${ADMISSION}/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: ${POLICY} }
spec: { policyName: ${POLICY}, validationActions: [Deny] }
END`),
			says: /goes-on-comes.*not this one/s,
		},
		"AWS refuses an IAM group": {
			fails: () =>
				limited({
					Version: "2012-10-17",
					Statement: [{ Effect: "Allow", NotAction: "iam:CreateGroup", Resource: "*" }],
				}),
			says: /goes-on-comes.*AccessDenied/s,
		},
	};

	for (const [what, { fails, says }] of Object.entries(FAULTS)) {
		it(`${what}: pulumi up stops, pulumi up --continue-on-error removes the other team whole`, async () => {
			await fails();
			teams(stays, comes);
			// Admission policies take effect after a moment.
			await new Promise((resolve) => setTimeout(resolve, 3000));
			await assert.rejects(project.up());
			assert.match(output, says);
			assert.deepEqual(await left(), ["role", "group", "binding", "aws-auth"]);
			output = "";
			await assert.rejects(project.up({ continueOnError: true }));
			assert.match(output, says);
			assert.deepEqual(await left(), []);
			const jane = await SignedIn.as(sandbox, "jane", "goes-on-stays-role");
			assert.ok(await jane.may({ verb: "create", resource: "pods", namespace: "goes-on" }));
			await unlimited();
			await admin.does(
				`kubectl delete validatingadmissionpolicybinding,validatingadmissionpolicy ${POLICY} --ignore-not-found`,
			);
			await new Promise((resolve) => setTimeout(resolve, 2000));
			await project.up();
			assert.ok(isEmpty(await project.preview()), output);
			const ann = await SignedIn.as(sandbox, "ann", "goes-on-comes-role");
			assert.ok(await ann.may({ verb: "create", resource: "pods", namespace: "goes-on" }));
		});
	}
});
