import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { writeAwsAuth } from "./aws-auth-by-hand";
import { Shell } from "./sandbox-shell";

const RBAC = "rbac.authorization.k8s.io";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const CLUSTER_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

/** An operator's service account, and bindings that somebody has made by hand. */
const OBJECTS = `
apiVersion: v1
kind: Namespace
metadata: { name: in-use }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: deployer, namespace: in-use }
---
apiVersion: ${RBAC}/v1
kind: ClusterRoleBinding
metadata: { name: in-use-deployer }
roleRef: { apiGroup: ${RBAC}, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: deployer, namespace: in-use }]
---
apiVersion: ${RBAC}/v1
kind: ClusterRoleBinding
metadata: { name: legacy-ops }
roleRef: { apiGroup: ${RBAC}, kind: ClusterRole, name: cluster-admin }
subjects: [{ apiGroup: ${RBAC}, kind: Group, name: ops }]
`;

/** What a cluster and an account hold that have been in use before this program: more than anybody remembers. */
export class ClusterInUse {
	private original: Record<string, string> = {};
	private readonly admin: Shell;
	private readonly operator: Shell;

	constructor(private readonly sandbox: Sandbox) {
		this.admin = new Shell(sandbox.adminEnvironment);
		this.operator = new Shell(sandbox.environment);
	}

	get roleArn(): string {
		return `arn:aws:iam::${this.sandbox.accountId}:role/ops-role`;
	}

	/** The cluster then takes access entries too. */
	async make(): Promise<void> {
		this.original = await awsAuth({ sandbox: this.sandbox });
		await this.sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		await this.admin.does(`kubectl apply -f - <<'END'\n${OBJECTS}\nEND`);
		const trust = JSON.stringify({
			Version: "2012-10-17",
			Statement: [this.sandbox.accountId, "111122223333"].map((account) => ({
				Effect: "Allow",
				Action: "sts:AssumeRole",
				Principal: { AWS: `arn:aws:iam::${account}:root` },
			})),
		});
		const entry = `--cluster-name ${this.sandbox.clusterName} --principal-arn ${this.roleArn}`;
		for (const command of [
			`iam create-role --role-name ops-role --assume-role-policy-document '${trust}'`,
			`iam attach-role-policy --role-name ops-role --policy-arn ${ADMINISTRATOR}`,
			"iam create-group --group-name ops",
			"iam add-user-to-group --group-name ops --user-name jane",
			"iam add-user-to-group --group-name ops --user-name mallory",
			`eks create-access-entry ${entry} --username ops --kubernetes-groups auditors`,
			`eks associate-access-policy ${entry} --policy-arn ${CLUSTER_ADMIN} --access-scope type=cluster`,
		]) {
			await this.operator.does(`aws ${command}`);
		}
		const mapRoles = `${this.original.mapRoles}- groups:\n  - system:masters\n  rolearn: ${this.roleArn}\n  username: ops\n`;
		await writeAwsAuth(this.sandbox, { ...this.original, mapRoles });
	}

	/** The keys under `allow` that accept all of it. */
	get keys(): string[] {
		return [
			"clusterRoleBinding/legacy-ops",
			"serviceAccount/in-use/deployer",
			`policy/${ADMINISTRATOR}`,
			"trust/arn:aws:iam::111122223333:root",
			"member/mallory",
			"group/auditors",
			`policy/${CLUSTER_ADMIN}`,
			"group/system:masters",
		];
	}

	/** What a stack that has adopted the role and the group neither has made nor deletes. */
	async takeAway(): Promise<void> {
		await this.operator.does(`aws iam detach-role-policy --role-name ops-role --policy-arn ${ADMINISTRATOR} || true`);
		await this.operator.does("aws iam remove-user-from-group --group-name ops --user-name mallory || true");
	}

	/** Also what is left where no stack has adopted it. */
	async remove(): Promise<void> {
		await writeAwsAuth(this.sandbox, this.original);
		await this.admin.does(
			"kubectl delete --ignore-not-found clusterrolebinding/legacy-ops clusterrolebinding/in-use-deployer",
		);
		await this.admin.does("kubectl delete --ignore-not-found namespace in-use in-use-too");
		const entry = `--cluster-name ${this.sandbox.clusterName} --principal-arn ${this.roleArn}`;
		for (const command of [
			`eks delete-access-entry ${entry}`,
			"iam remove-user-from-group --group-name ops --user-name jane",
			"iam delete-group --group-name ops",
			"iam delete-role --role-name ops-role",
		]) {
			await this.operator.does(`aws ${command} || true`);
		}
		await this.sandbox.setAuthenticationMode("CONFIG_MAP");
	}
}
