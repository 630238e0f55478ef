import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { writeAwsAuth } from "./aws-auth-by-hand";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const CLUSTER = "--cluster-name prod-eks-cluster";
const POLICY = "arn:aws:eks::aws:cluster-access-policy";
const ACCOUNT = "293759796572";
const NODE = `arn:aws:iam::${ACCOUNT}:role/prod-eks-cluster-node-role`;
const FARGATE = `arn:aws:iam::${ACCOUNT}:role/prod-eks-cluster-fargate-pods`;
const OPERATOR = `arn:aws:iam::${ACCOUNT}:user/operator`;
const CI = `arn:aws:iam::${ACCOUNT}:role/ci/github-deploy`;
const UNAUTHORIZED = /Unauthorized|must be logged in/;

describe("access entries in the sandbox, as EKS has them", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let operator: Shell;
	let admin: Shell;
	let ci: Shell;
	let original: Record<string, string>;

	before(async () => {
		sandbox = await sharedSandbox();
		operator = new Shell(sandbox.environment);
		admin = new Shell(sandbox.adminEnvironment);
		ci = new Shell(await sandbox.environmentOf("ci"));
		await ci.does("aws eks update-kubeconfig --name prod-eks-cluster");
		original = await awsAuth({ sandbox });
		await admin.does("kubectl create namespace entries-a && kubectl create namespace entries-b");
	});

	after(async () => {
		await writeAwsAuth(sandbox, original);
		await sandbox.setAuthenticationMode("CONFIG_MAP");
		await admin.does("kubectl delete namespace entries-a entries-b");
		await operator.does("aws iam delete-role --role-name renewed || true");
	});

	const create = (principal: string, options = "") =>
		operator.does(`aws eks create-access-entry ${CLUSTER} --principal-arn ${principal} ${options}`);
	const remove = (principal: string) =>
		operator.does(`aws eks delete-access-entry ${CLUSTER} --principal-arn ${principal}`);
	const associate = (principal: string, policy: string, scope: string) =>
		operator.does(
			`aws eks associate-access-policy ${CLUSTER} --principal-arn ${principal} --policy-arn ${POLICY}/${policy} --access-scope ${scope}`,
		);
	const entries = async () =>
		JSON.parse(await operator.does(`aws eks list-access-entries ${CLUSTER} --query accessEntries --output json`));

	it("CONFIG_MAP: there are none, and the way to them goes by API_AND_CONFIG_MAP", async () => {
		const refusal = /InvalidRequestException.*authentication mode must be set to one of \[API, API_AND_CONFIG_MAP\]/;
		await operator.refused(`aws eks list-access-entries ${CLUSTER}`, refusal);
		await operator.refused(`aws eks create-access-entry ${CLUSTER} --principal-arn ${CI}`, refusal);
		await operator.refused(
			"aws eks update-cluster-config --name prod-eks-cluster --access-config authenticationMode=API",
			/Unsupported authentication mode update from CONFIG_MAP to API/,
		);
		await ci.refused("kubectl auth whoami", UNAUTHORIZED);
	});

	it("the switch gives the creator, the node group and the Fargate profile theirs, and the creator still gets in", async () => {
		await sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		assert.deepEqual(await entries(), [OPERATOR, NODE, FARGATE]);
		assert.match(await operator.does("kubectl auth whoami"), new RegExp(`Username +${OPERATOR}\\b`));
		await operator.refused(
			"aws eks update-cluster-config --name prod-eks-cluster --access-config authenticationMode=CONFIG_MAP",
			/Unsupported authentication mode update from API_AND_CONFIG_MAP to CONFIG_MAP/,
		);
	});

	it("the creator may do everything, also give rights, by AmazonEKSClusterAdminPolicy", async () => {
		await operator.does("kubectl create clusterrolebinding entries --clusterrole=cluster-admin --group=nobody");
		await operator.does("kubectl delete clusterrolebinding entries");
		await operator.does("kubectl get --raw /metrics > /dev/null");
	});

	it("AWS refuses what AWS refuses", async () => {
		const attempt = (options: string) => `aws eks create-access-entry ${CLUSTER} --principal-arn ${options}`;
		await operator.refused(attempt(`arn:aws:iam::${ACCOUNT}:role/nobody`), /InvalidParameter.*invalid principal/);
		await operator.refused(attempt(`arn:aws:sts::${ACCOUNT}:assumed-role/a/b`), /principalArn parameter format is not/);
		await operator.refused(attempt(OPERATOR), /ResourceInUseException/);
		await operator.refused(attempt(`${CI} --kubernetes-groups system:masters`), /cannot start with system:/);
		await operator.refused(attempt(`${CI} --username 'ci{{SessionName}}'`), /colon before {{SessionName}}/);
		await ci.refused(attempt(CI), /AccessDeniedException.*eks:CreateAccessEntry on resource: arn:aws:eks/);
	});

	it("an entry with a group and a RoleBinding of that group let a role in", async () => {
		await create(CI, "--kubernetes-groups deployers");
		const session = `arn:aws:sts::${ACCOUNT}:assumed-role/github-deploy/GitHubActions`;
		await ci.comesTo("kubectl auth whoami", new RegExp(`Username +${session}`));
		await ci.refused("kubectl get pods -n entries-a", /forbidden/);
		await admin.does("kubectl create rolebinding deployers --clusterrole=edit --group=deployers -n entries-a");
		await ci.comesTo("kubectl get pods -n entries-a", /No resources found/);
		await admin.does("kubectl delete rolebinding deployers -n entries-a");
		await ci.comesTo("kubectl get pods -n entries-a", /forbidden/);
	});

	it("AmazonEKSViewPolicy lets it look in the namespaces of its scope, and not do, and not elsewhere", async () => {
		await associate(CI, "AmazonEKSViewPolicy", "type=namespace,namespaces=entries-a*");
		await ci.comesTo("kubectl get pods -n entries-a", /No resources found/);
		await ci.refused("kubectl get secrets -n entries-a", /forbidden/);
		await ci.refused("kubectl create configmap x -n entries-a", /forbidden/);
		await ci.refused("kubectl get pods -n entries-b", /forbidden/);
		await ci.refused("kubectl get namespaces", /forbidden/);
		assert.equal(await ci.does("kubectl auth can-i list pods -n entries-a"), "yes");
		await ci.refused("kubectl auth can-i list pods -n entries-b", /^no/);
	});

	it("a policy's scope can be changed, and EKS knows nobody by the username alone", async () => {
		await associate(CI, "AmazonEKSViewPolicy", "type=cluster");
		await ci.comesTo("kubectl get pods -n entries-b", /No resources found/);
		const session = `arn:aws:sts::${ACCOUNT}:assumed-role/github-deploy/GitHubActions`;
		await admin.refused(`kubectl auth can-i list pods -n entries-b --as ${session}`, /^no/);
	});

	it("an entry that is deleted lets nobody in", async () => {
		await remove(CI);
		await ci.comesTo("kubectl get pods -n entries-b", UNAUTHORIZED);
	});

	it("an entry does not work for a role that was made anew", async () => {
		const role = `arn:aws:iam::${ACCOUNT}:role/renewed`;
		const trust = JSON.stringify({
			Version: "2012-10-17",
			Statement: [{ Effect: "Allow", Principal: { AWS: OPERATOR }, Action: "sts:AssumeRole" }],
		});
		const make = () =>
			operator.does(`aws iam create-role --role-name renewed --assume-role-policy-document '${trust}'`);
		await make();
		await create(role);
		const first = await operator.assume(role);
		await first.comesTo("kubectl auth whoami", /assumed-role\/renewed\/test/);
		await operator.does("aws iam delete-role --role-name renewed");
		await make();
		await first.refused("aws sts get-caller-identity", /InvalidClientTokenId/);
		await (await operator.assume(role)).refused("kubectl auth whoami", UNAUTHORIZED);
	});

	it("API_AND_CONFIG_MAP: aws-auth counts too, and an entry comes before it", async () => {
		const mapping = "- rolearn: arn:aws:iam::293759796572:role/github-deploy\n  username: mapped\n  groups: []\n";
		await writeAwsAuth(sandbox, { ...original, mapRoles: original.mapRoles + mapping });
		await ci.comesTo("kubectl auth whoami", /Username +mapped/);
		await create(CI, "--username entered");
		await ci.comesTo("kubectl auth whoami", /Username +entered/);
		await remove(CI);
		await ci.comesTo("kubectl auth whoami", /Username +mapped/);
	});

	it("API: aws-auth does not count, and the creator and the nodes still get in", async () => {
		await sandbox.setAuthenticationMode("API");
		await ci.refused("kubectl auth whoami", UNAUTHORIZED);
		await create(CI, "--username entered");
		await ci.comesTo("kubectl auth whoami", /Username +entered/);
	});

	it("back in CONFIG_MAP, as only the sandbox can, aws-auth counts again and the entries are gone", async () => {
		await sandbox.setAuthenticationMode("CONFIG_MAP");
		await ci.comesTo("kubectl auth whoami", /Username +mapped/);
		await writeAwsAuth(sandbox, original);
		await ci.comesTo("kubectl auth whoami", UNAUTHORIZED);
		assert.match(await operator.does("kubectl auth whoami"), /kubernetes-admin/);
		assert.match(await new Shell(await sandbox.environmentOf("node")).does("kubectl auth whoami"), /system:nodes/);
	});

	it("Pulumi makes entries and associations, sees drift, changes a scope, takes them away and imports them", async () => {
		await sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		let scope: aws.types.input.eks.AccessPolicyAssociationAccessScope = {
			type: "namespace",
			namespaces: ["entries-b", "entries-a"],
		};
		let existing: string | undefined;
		let output = "";
		const program = async () => {
			const clusterName = "prod-eks-cluster";
			const [principalArn = ""] = (await aws.iam.getRoles({ nameRegex: "^github-", pathPrefix: "/ci/" })).arns;
			const args = { clusterName, principalArn, kubernetesGroups: ["b", "a"] };
			const entry = new aws.eks.AccessEntry("ci", args, { import: existing });
			new aws.eks.AccessPolicyAssociation(
				"ci",
				{
					clusterName,
					principalArn: entry.principalArn,
					policyArn: `${POLICY}/AmazonEKSViewPolicy`,
					accessScope: scope,
				},
				// The new association is the old one with another scope: deleting after it would take both away.
				{ deleteBeforeReplace: true },
			);
			return { userName: entry.userName };
		};
		const onOutput = (text: string) => {
			output += text;
		};
		const project = await openProject(sandbox, onOutput, { program, stack: "entries" });
		project.configure({ "aws:region": "eu-west-1" });
		const same = async () => assert.deepEqual(Object.keys(await project.preview()), ["same"], output);
		await project.up();
		await same();
		await project.refresh();
		await same();
		await ci.comesTo("kubectl get pods -n entries-a", /No resources found/);
		scope = { type: "namespace", namespaces: ["entries-b"] };
		assert.equal((await project.up()).replace, 1, output);
		await ci.comesTo("kubectl get pods -n entries-a", /forbidden/);
		await ci.does("kubectl get pods -n entries-b");
		await remove(CI);
		await project.refresh();
		assert.equal((await project.up()).create, 2, output);
		await same();
		await project.destroy();
		assert.deepEqual(await entries(), [OPERATOR, NODE, FARGATE]);
		await create(CI, "--kubernetes-groups a b");
		existing = `prod-eks-cluster:${CI}`;
		assert.equal((await project.preview()).import, 1, output);
		await sandbox.setAuthenticationMode("CONFIG_MAP");
	});
});
