import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { writeAwsAuth } from "./aws-auth-by-hand";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const NAMESPACES = ["prod", "uat", "dev"];

/** As the article has it: broader on the core group than ours, and without what has moved to other groups since. */
const BY_HAND = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: dev-full-access, labels: { made: by-hand } }
rules:
- { apiGroups: ["", extensions, apps], resources: ["*"], verbs: ["*"] }
- { apiGroups: [batch], resources: [jobs, cronjobs], verbs: ["*"] }
${NAMESPACES.map(
	(namespace) => `---
apiVersion: v1
kind: Namespace
metadata: { name: ${namespace} }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: k8s-devs, namespace: ${namespace} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: dev-full-access }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: k8s-devs }]
`,
).join("")}`;

describe("adoptExisting takes over what was made by hand with the article", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let admin: Shell;
	let project: SandboxProject;
	let original: Record<string, string>;
	let output = "";
	const entry = () =>
		`- groups:\n  - k8s-devs\n  rolearn: arn:aws:iam::${sandbox.accountId}:role/k8s-devs-role\n  username: developer\n`;

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		original = await awsAuth({ sandbox });
		project = await openProject(sandbox, (text) => {
			output += text;
		});
		const file = path.join(sandbox.directory, "by-hand.yaml");
		writeFileSync(file, BY_HAND);
		await admin.does(`kubectl apply -f ${file}`);
		await writeAwsAuth(sandbox, { mapRoles: original.mapRoles + entry() });
	});

	after(async () => {
		await project?.destroy();
		await admin.does("kubectl delete clusterrole dev-full-access --ignore-not-found");
		await writeAwsAuth(sandbox, original);
	});

	it("without it, what is there is refused and stays as it is", async () => {
		await assert.rejects(project.up());
		assert.match(output, /that this stack has not written/);
		assert.equal((await awsAuth({ sandbox })).mapRoles, original.mapRoles + entry());
	});

	it("with it, the up changes what differs, and the preview after it is empty", async () => {
		project.configure({ "eks-access:adoptExisting": true });
		await project.up();
		assert.ok(isEmpty(await project.preview()));
		await project.refresh();
		assert.ok(isEmpty(await project.preview()));
		assert.equal(
			(await awsAuth({ sandbox })).mapRoles,
			original.mapRoles + entry(),
			"the entry is there once, as it was",
		);
		const jane = await SignedIn.as(sandbox, "jane", "k8s-devs-role");
		assert.ok(await jane.may({ verb: "create", resource: "pods", namespace: "dev" }));
		assert.ok(!(await jane.may({ verb: "delete", resource: "resourcequotas", namespace: "dev" })));
	});

	it("what others have put on it stays", async () => {
		assert.match(await admin.does("kubectl get clusterrole dev-full-access -o yaml"), /made: by-hand/);
	});
});
