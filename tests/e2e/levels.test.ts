import assert from "node:assert/strict";
import { fullAccessRules, type PolicyRule } from "../../core/rbac/policy-rules";
import { allows, requestsOf } from "../../core/rbac/rule-matcher";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { asServiceAccount, loggedIn, SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

/** Controllers and admission take a moment to follow, and longer on a busy machine. */
const PATIENCE = 120_000;
const BOUNDED = "levels-bounded";
const GUARD = "eks-access.eks-access.levels.access-namespaces";
const ADD_ON = {
	apiVersion: "rbac.authorization.k8s.io/v1",
	kind: "ClusterRole",
	metadata: { name: "levels-add-on", labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } },
	rules: [
		{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] },
		{ apiGroups: [""], resources: ["pods/exec"], verbs: ["get"] },
	],
};
const ALLOW_ALL = {
	apiVersion: "networking.k8s.io/v1",
	kind: "NetworkPolicy",
	metadata: { name: "allow-all", namespace: BOUNDED },
	spec: { podSelector: {}, ingress: [{}], egress: [{}], policyTypes: ["Ingress", "Egress"] },
};
const create = (object: object, options = "") => `echo '${JSON.stringify(object)}' | kubectl create -f - ${options}`;
const CREATE = create(ALLOW_ALL, "--dry-run=server");
const PATCH = `kubectl patch networkpolicy eks-access -n ${BOUNDED} --type=merge -p '{"spec":{"egress":[{}]}}' --dry-run=server`;
const DELETE = `kubectl delete networkpolicy eks-access -n ${BOUNDED} --dry-run=server`;
const DELETE_ALL = `kubectl delete networkpolicy --all -n ${BOUNDED} --dry-run=server`;
/** It is in every cluster, and workloads find the API server by it. */
const DELETE_KUBERNETES = "kubectl delete service kubernetes -n default --dry-run=server";
/** Objects with what only controllers write, and a service account that has full access. */
const TARGETS = [
	{
		apiVersion: "v1",
		kind: "Service",
		metadata: { name: "levels", namespace: BOUNDED },
		spec: { ports: [{ port: 80 }] },
	},
	{ apiVersion: "v1", kind: "Endpoints", metadata: { name: "levels", namespace: BOUNDED } },
	{
		...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
		metadata: { name: "full", namespace: BOUNDED },
		roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "dev-full-access" },
		subjects: [{ kind: "ServiceAccount", name: "default", namespace: BOUNDED }],
	},
];
const STATUS = [
	`kubectl patch service levels -n ${BOUNDED} --subresource=status --type=merge -p '{"status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.7"}]}}}'`,
	`kubectl patch endpoints levels -n ${BOUNDED} --type=merge -p '{"subsets":[{"addresses":[{"ip":"203.0.113.7"}]}]}'`,
];
const DENIED =
	/ValidatingAdmissionPolicy .*denied request: the NetworkPolicies of this namespace are set by the operators/;

describe("levels: what would give more than it seems to is refused, then accepted by name", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let admin: Shell;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack: "levels" },
		);
	});

	after(async () => {
		await project?.destroy();
		await admin?.does("kubectl delete clusterrole levels-add-on --ignore-not-found");
		await admin?.comesTo("kubectl get clusterrole view -o jsonpath={.rules}", /^(?!.*"secrets")/, PATIENCE);
		await admin?.does(`kubectl delete namespace ${BOUNDED} --ignore-not-found --wait=false`);
		await admin?.does("aws iam delete-user-policy --user-name joe --policy-name any-role 2>/dev/null || true");
	});

	function configure(...teams: object[]): void {
		output = "";
		project.configure({
			"aws:region": sandbox.region,
			"eks-access:cluster": sandbox.clusterName,
			"eks-access:teams": teams,
		});
	}

	async function refused(...says: RegExp[]): Promise<void> {
		output = "";
		await assert.rejects(project.preview());
		for (const said of says) {
			assert.match(output, said);
		}
	}

	const bounded = {
		name: "bounded",
		users: ["jane"],
		namespaces: [{ name: BOUNDED, networkPolicy: "default-deny" }],
		role: { trust: "users" },
	};
	const viewers = { name: "viewers", users: ["jane"], clusterAccess: "view" };
	const platform = {
		name: "platform",
		users: ["joe"],
		namespaces: ["default"],
		clusterAccess: {
			rules: [
				{ nonResourceURLs: ["/levels"], verbs: ["post"] },
				{
					apiGroups: ["certificates.k8s.io"],
					resources: ["certificatesigningrequests/approval"],
					verbs: ["update"],
				},
				{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterrolebindings"], verbs: ["create"] },
				{ apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["create"] },
			],
		},
	};
	const NAMES = ["cluster-write", "default", "nonResourceURLs", "certificatesigningrequests", "clusterrolebindings"];

	it("full is within the API server's own ClusterRole admin, rule by rule", async () => {
		const { rules } = JSON.parse(await admin.does("kubectl get clusterrole admin -o json")) as { rules: PolicyRule[] };
		const more = fullAccessRules.flatMap(requestsOf).filter((request) => !allows(rules, request));
		assert.deepEqual(more, []);
	});

	it("refused: default, certificates, clusterrolebindings, URLs, and rules that undo a bound, each with its name", async () => {
		configure(bounded, platform);
		await refused(...NAMES.map((name) => new RegExp(`add "${name}" to the team's allow`)));
		configure(bounded, { ...platform, allow: NAMES });
		await refused(
			/teams\[1\]\.clusterAccess: rules that write networkpolicies can undo networkPolicy .*add "networkpolicies"/,
		);
	});

	it("refused: view of the whole cluster where an add-on has put Secrets and pods/exec into it", async () => {
		await admin.does(create(ADD_ON));
		await admin.comesTo(
			"kubectl get clusterrole view -o jsonpath={.rules}",
			/pods\/exec.*"secrets"|"secrets".*pods\/exec/,
			PATIENCE,
		);
		configure(viewers);
		await refused(
			/ClusterRole view: reading secrets .*add "secrets"/,
			/ClusterRole view: get on pods\/attach.*add "pods\/exec"/,
		);
	});

	it("accepted with allow: people have that access; the preview says who else can assume a role", async () => {
		configure(
			bounded,
			{ ...viewers, allow: ["secrets", "pods/exec"] },
			{ ...platform, allow: [...NAMES, "networkpolicies"] },
		);
		await project.up();
		assert.match(
			output,
			/Whoever in the account .* sts:AssumeRole on viewers-role, platform-role \(or on \*\) can assume them/,
		);
		assert.ok(isEmpty(await project.preview()), "the guard is what it was");

		const viewer = await SignedIn.as(sandbox, "jane", "viewers-role");
		assert.ok(await viewer.may({ verb: "list", resource: "secrets", namespace: "kube-system" }));
		await (await loggedIn(sandbox, "jane", "viewers-role")).does("kubectl get secrets -n kube-system");
		const joe = await SignedIn.as(sandbox, "joe", "platform-role");
		assert.ok(await joe.may({ verb: "create", resource: "pods", namespace: "default" }));
		assert.ok(await joe.may({ verb: "create", resource: "clusterrolebindings.rbac.authorization.k8s.io" }));
		await (await loggedIn(sandbox, "joe", "platform-role")).does(DELETE_KUBERNETES);
	});

	it("full writes neither endpoints nor any status: as its person, and as a service account that is bound to it", async () => {
		for (const object of TARGETS) {
			await admin.does(`echo '${JSON.stringify(object)}' | kubectl apply -f -`);
		}
		const jane = await loggedIn(sandbox, "jane", "bounded-role");
		const worker = await asServiceAccount(sandbox, jane, BOUNDED, "default");
		const joe = await SignedIn.as(sandbox, "joe", "platform-role");
		assert.ok(!(await joe.may({ verb: "update", resource: "endpoints", namespace: "default" })));
		for (const shell of [jane, worker]) {
			await shell.does(`kubectl get endpoints,services -n ${BOUNDED}`);
			for (const command of STATUS) {
				await shell.refused(command, /forbidden/i);
			}
		}
		await admin.does(
			`kubectl delete --ignore-not-found rolebinding/full service/levels endpoints/levels -n ${BOUNDED}`,
		);
	});

	it("trust: users: whoever may assume every role can assume the other team's, and not this one's", async () => {
		const statement = { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" };
		const document = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
		await admin.does(`aws iam put-user-policy --user-name joe --policy-name any-role --policy-document '${document}'`);
		await SignedIn.as(sandbox, "joe", "viewers-role");
		await assert.rejects(SignedIn.as(sandbox, "joe", "bounded-role"), /AccessDenied/);
		await SignedIn.as(sandbox, "jane", "bounded-role");
	});

	it("networkPolicy cannot be undone by the team, nor by a service account of the namespace", async () => {
		const jane = await loggedIn(sandbox, "jane", "bounded-role");
		await jane.comesTo(CREATE, DENIED, PATIENCE);
		for (const command of [PATCH, DELETE, DELETE_ALL]) {
			await jane.refused(command, DENIED);
		}
		await admin.does(
			`kubectl create rolebinding worker -n ${BOUNDED} --clusterrole=edit --serviceaccount=${BOUNDED}:default`,
		);
		const worker = await asServiceAccount(sandbox, jane, BOUNDED, "default");
		await worker.comesTo(CREATE, DENIED, PATIENCE);
		await worker.refused(DELETE, DENIED);
	});

	it("…and by whoever is allowed to, by administrators, and by operators with less than everything", async () => {
		const joe = await loggedIn(sandbox, "joe", "platform-role");
		await joe.does(CREATE);
		for (const command of [CREATE, PATCH, DELETE]) {
			await admin.does(command);
		}
		await admin.does(`kubectl create rolebinding operator -n ${BOUNDED} --clusterrole=edit --user=operator`);
		await admin.comesTo(CREATE.replace("kubectl", "kubectl --as=operator"), /allow-all created/, PATIENCE);
		// One who may do everything, and is in the team too.
		await admin.does(CREATE.replace("kubectl", "kubectl --as=both --as-group=bounded --as-group=system:masters"));
	});

	it("the guard lets a team go that is allowed to, and goes with the last bound", async () => {
		configure({ ...bounded, allow: ["networkpolicies"] });
		await project.up();
		await admin.refused(`kubectl get validatingadmissionpolicy ${GUARD}`, /NotFound/);
		const jane = await loggedIn(sandbox, "jane", "bounded-role");
		await jane.comesTo(CREATE, /allow-all created/, PATIENCE);
	});
});
