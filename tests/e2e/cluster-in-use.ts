import { isDeepStrictEqual } from "node:util";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { writeAwsAuth } from "./aws-auth-by-hand";
import { Shell } from "./sandbox-shell";

const RBAC = "rbac.authorization.k8s.io";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const CLUSTER_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

const INLINE = "buckets";
const BUCKETS = JSON.stringify({
	Version: "2012-10-17",
	Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
});
const BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess";

/** For whom things have been made by hand. */
interface Legacy {
	/** Of the role (`<team>-role`), the IAM group and the Kubernetes group. */
	team: string;
	username: string;
	namespace: string;
}

/** Operators' service accounts, an add-on, and bindings that somebody has made by hand; and what gives the team nothing. */
const objectsFor = ({ team, username, namespace }: Legacy) => `
apiVersion: v1
kind: Namespace
metadata: { name: ${namespace} }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: deployer, namespace: ${namespace} }
${binding("in-use-deployer", "cluster-admin", `{ kind: ServiceAccount, name: deployer, namespace: ${namespace} }`)}
${binding("legacy-team", "cluster-admin", `{ apiGroup: ${RBAC}, kind: Group, name: ${team} }`)}
${binding("legacy-user", "view", `{ apiGroup: ${RBAC}, kind: User, name: ${username} }`, "kube-system")}
${binding("legacy-robots", "edit", `{ apiGroup: ${RBAC}, kind: Group, name: "system:serviceaccounts:${namespace}" }`, "kube-public")}
${binding("in-use-reader", "view", `{ kind: ServiceAccount, name: reader, namespace: ${namespace} }`)}
${binding("in-use-builder", "edit", `{ kind: ServiceAccount, name: builder, namespace: ${namespace} }`, namespace)}
${binding("in-use-others", "cluster-admin", `{ apiGroup: ${RBAC}, kind: Group, name: ${team}s }`)}
---
apiVersion: ${RBAC}/v1
kind: ClusterRole
metadata: { name: in-use-add-on, labels: { rbac.authorization.k8s.io/aggregate-to-edit: "true" } }
rules: [{ apiGroups: [example.com], resources: [widgets], verbs: ["*"] }]
`;

function binding(name: string, role: string, subject: string, namespace?: string): string {
	return `---
apiVersion: ${RBAC}/v1
kind: ${namespace === undefined ? "ClusterRoleBinding" : "RoleBinding"}
metadata: { name: ${name}${namespace === undefined ? "" : `, namespace: ${namespace}`} }
roleRef: { apiGroup: ${RBAC}, kind: ClusterRole, name: ${role} }
subjects: [${subject}]`;
}

/** What a cluster and an account hold that have been in use before this program: more than anybody remembers. */
export class ClusterInUse {
	private original: Record<string, string> = {};
	private readonly admin: Shell;
	private readonly operator: Shell;

	constructor(
		private readonly sandbox: Sandbox,
		private readonly legacy: Legacy,
	) {
		this.admin = new Shell(sandbox.adminEnvironment);
		this.operator = new Shell(sandbox.environment);
	}

	get roleArn(): string {
		return `arn:aws:iam::${this.sandbox.accountId}:role/${this.legacy.team}-role`;
	}

	/** The cluster then takes access entries too. */
	async make(): Promise<void> {
		const { team, username } = this.legacy;
		this.original = await awsAuth({ sandbox: this.sandbox });
		await this.sandbox.setAuthenticationMode("API_AND_CONFIG_MAP");
		await this.admin.does(`kubectl apply -f - <<'END'\n${objectsFor(this.legacy)}\nEND`);
		const office = { Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } } };
		const trust = JSON.stringify({
			Version: "2012-10-17",
			Statement: [this.sandbox.accountId, "111122223333"].map((account) => ({
				Effect: "Allow",
				Action: "sts:AssumeRole",
				Principal: { AWS: `arn:aws:iam::${account}:root` },
				...(account === this.sandbox.accountId ? office : {}),
			})),
		});
		const entry = `--cluster-name ${this.sandbox.clusterName} --principal-arn ${this.roleArn}`;
		for (const command of [
			`iam create-role --role-name ${team}-role --assume-role-policy-document '${trust}' --permissions-boundary ${BOUNDARY}`,
			`iam attach-role-policy --role-name ${team}-role --policy-arn ${ADMINISTRATOR}`,
			`iam create-group --group-name ${team}`,
			`iam put-group-policy --group-name ${team} --policy-name ${INLINE} --policy-document '${BUCKETS}'`,
			`iam add-user-to-group --group-name ${team} --user-name jane`,
			`iam add-user-to-group --group-name ${team} --user-name mallory`,
			`eks create-access-entry ${entry} --username ${username} --kubernetes-groups auditors ${team}`,
			`eks associate-access-policy ${entry} --policy-arn ${CLUSTER_ADMIN} --access-scope type=cluster`,
		]) {
			await this.operator.does(`aws ${command}`);
		}
		const mapRoles = `${this.original.mapRoles}- groups:\n  - system:masters\n  rolearn: ${this.roleArn}\n  username: ${username}\n`;
		await writeAwsAuth(this.sandbox, { ...this.original, mapRoles });
	}

	/** The keys under `allow` that accept all of it. */
	get keys(): string[] {
		return [
			"clusterRoleBinding/legacy-team",
			"roleBinding/kube-system/legacy-user",
			"roleBinding/kube-public/legacy-robots",
			`serviceAccount/${this.legacy.namespace}/deployer`,
			`policy/${ADMINISTRATOR}`,
			`policy/${INLINE}`,
			"trust/arn:aws:iam::111122223333:root",
			"trust/aws:SourceIp",
			`boundary/${BOUNDARY}`,
			"member/mallory",
			"group/auditors",
			`policy/${CLUSTER_ADMIN}`,
			"group/system:masters",
		];
	}

	/** What can give somebody access, as far as this has made it or a stack could touch it. */
	async everything(): Promise<Record<string, unknown>> {
		const { team } = this.legacy;
		const kubectl = async (kind: string, fields: string) => {
			const { items } = JSON.parse(await this.admin.does(`kubectl get ${kind} -A -o json`));
			const own = (items as KubernetesObject[]).filter(({ metadata }) => !metadata.name.startsWith("system:"));
			return Object.fromEntries(
				own.map((each) => [
					[each.metadata.namespace, each.metadata.name].filter((part) => part).join("/"),
					fields.split(" ").map((field) => each[field] ?? null),
				]),
			);
		};
		const aws = async (command: string) => JSON.parse(await this.operator.does(`aws ${command} --output json`));
		const entry = `--cluster-name ${this.sandbox.clusterName} --principal-arn ${this.roleArn}`;
		const { Role } = await aws(`iam get-role --role-name ${team}-role`);
		return {
			namespaces: Object.keys(await kubectl("namespaces", "")),
			serviceAccounts: Object.keys(await kubectl("serviceaccounts", "")),
			// Kubernetes takes a moment to write the rules of those that are aggregated.
			clusterRoles: await kubectl(
				"clusterroles -l kubernetes.io/bootstrapping!=rbac-defaults",
				"rules aggregationRule",
			),
			roles: await kubectl("roles", "rules"),
			bindings: await kubectl("rolebindings", "roleRef subjects"),
			clusterBindings: await kubectl("clusterrolebindings", "roleRef subjects"),
			networkGuards: Object.keys(await kubectl("validatingadmissionpolicies", "")),
			awsAuth: await awsAuth({ sandbox: this.sandbox }),
			users: ((await aws("iam list-users")).Users as { UserName: string }[]).map(({ UserName }) => UserName),
			policies: ((await aws("iam list-policies --scope Local")).Policies as { Arn: string }[]).map(({ Arn }) => Arn),
			trust: Role.AssumeRolePolicyDocument,
			boundary: Role.PermissionsBoundary?.PermissionsBoundaryArn,
			ofRole: (await aws(`iam list-attached-role-policies --role-name ${team}-role`)).AttachedPolicies,
			inline: (await aws(`iam list-group-policies --group-name ${team}`)).PolicyNames,
			ofGroup: (await aws(`iam list-attached-group-policies --group-name ${team}`)).AttachedPolicies,
			members: ((await aws(`iam get-group --group-name ${team}`)).Users as { UserName: string }[])
				.map(({ UserName }) => UserName)
				.sort(),
			entries: (await aws(`eks list-access-entries --cluster-name ${this.sandbox.clusterName}`)).accessEntries,
			entryGroups: (await aws(`eks describe-access-entry ${entry}`)).accessEntry.kubernetesGroups,
			entryPolicies: (await aws(`eks list-associated-access-policies ${entry}`)).associatedAccessPolicies.map(
				({ policyArn }: { policyArn: string }) => policyArn,
			),
		};
	}

	/** What a stack that has adopted the role and the group neither has made nor deletes. */
	async takeAway(): Promise<void> {
		const { team } = this.legacy;
		await this.operator.does(
			`aws iam detach-role-policy --role-name ${team}-role --policy-arn ${ADMINISTRATOR} || true`,
		);
		await this.operator.does(`aws iam remove-user-from-group --group-name ${team} --user-name mallory || true`);
		await this.operator.does(`aws iam delete-group-policy --group-name ${team} --policy-name ${INLINE} || true`);
	}

	/** Also what is left where no stack has adopted it. */
	async remove(): Promise<void> {
		const { team, namespace } = this.legacy;
		await writeAwsAuth(this.sandbox, this.original);
		await this.admin.does(
			"kubectl delete --ignore-not-found clusterrole/in-use-add-on clusterrolebinding/legacy-team clusterrolebinding/in-use-deployer " +
				"clusterrolebinding/in-use-reader clusterrolebinding/in-use-others",
		);
		await this.admin.does("kubectl delete --ignore-not-found -n kube-system rolebinding/legacy-user");
		await this.admin.does("kubectl delete --ignore-not-found -n kube-public rolebinding/legacy-robots");
		await this.admin.does(`kubectl delete --ignore-not-found namespace ${namespace}`);
		const entry = `--cluster-name ${this.sandbox.clusterName} --principal-arn ${this.roleArn}`;
		for (const command of [
			`eks delete-access-entry ${entry}`,
			`iam remove-user-from-group --group-name ${team} --user-name jane`,
			`iam delete-group --group-name ${team}`,
			`iam delete-role --role-name ${team}-role`,
		]) {
			await this.operator.does(`aws ${command} || true`);
		}
		await this.sandbox.setAuthenticationMode("CONFIG_MAP");
	}
}

/** What differs between two answers of {@link ClusterInUse.everything}: `members -jane`, `clusterRoles +dev-full-access`, `trust ~Statement`. */
export function differences(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
	return Object.keys(before).flatMap((what) => {
		const [was, is] = [partsOf(before[what]), partsOf(after[what])];
		const names = [...new Set([...was.keys(), ...is.keys()])].sort();
		return names.flatMap((name) => {
			const sign = !is.has(name) ? "-" : !was.has(name) ? "+" : "~";
			return isDeepStrictEqual(was.get(name), is.get(name)) ? [] : [`${what} ${sign}${name}`];
		});
	});
}

function partsOf(value: unknown): Map<string, unknown> {
	if (Array.isArray(value)) {
		return new Map(value.map((each) => [typeof each === "string" ? each : JSON.stringify(each), true]));
	}
	return new Map(typeof value === "object" ? Object.entries(value ?? {}) : value === undefined ? [] : [["", value]]);
}

/** The keys that a refusal prints, each once. */
export function refusedKeys(output: string): string[] {
	return [
		...new Set([...output.matchAll(/add "([^"]+)" to the team's allow/g)].map(([, key]) => key as string)),
	].sort();
}

interface KubernetesObject {
	metadata: { name: string; namespace?: string };
	[field: string]: unknown;
}
