import { quoted } from "../../core/errors/escape";
import { Shell } from "./sandbox-shell";

/** What somebody has typed in for a team, step by step as in the article; names are those that a person chooses. */
export interface HandMade {
	/** Options of `aws iam create-role`, for example `--path /teams/`. */
	roleOptions?: string;
	/** As in the role's ARN, `/` or `/teams/`. */
	path?: string;
}

export const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";

export const NAMESPACES = ["prod", "uat", "dev"];

const CLUSTER_ROLE = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: dev-full-access }
rules:
- { apiGroups: ["", extensions, apps], resources: ["*"], verbs: ["*"] }
- { apiGroups: [batch], resources: [jobs, cronjobs], verbs: ["*"] }
`;

const bindingIn = (namespace: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: devs-in-${namespace}, namespace: ${namespace} }
subjects:
- { kind: Group, name: k8s-devs, apiGroup: rbac.authorization.k8s.io }
roleRef: { kind: ClusterRole, name: dev-full-access, apiGroup: rbac.authorization.k8s.io }
`;

/** Steps 1 to 6 of the article, by its commands. */
export class HandMadeAccess {
	private readonly shell: Shell;

	constructor(
		environment: NodeJS.ProcessEnv,
		private readonly accountId: string,
	) {
		this.shell = new Shell(environment);
	}

	async make({ roleOptions = "", path = "/" }: HandMade = {}): Promise<void> {
		const trust = statement({ Action: "sts:AssumeRole", Principal: { AWS: `arn:aws:iam::${this.accountId}:root` } });
		await this.shell.does(
			`aws iam create-role --role-name k8s-devs-role ${roleOptions} --assume-role-policy-document '${trust}'`,
		);
		const policy = statement(
			{ Action: "sts:AssumeRole", Resource: `arn:aws:iam::${this.accountId}:role${path}k8s-devs-role` },
			{ Action: ["eks:DescribeCluster", "eks:ListClusters", "eks:DescribeNodegroup"], Resource: "*" },
		);
		await this.shell.does(`aws iam create-policy --policy-name eks-developers --policy-document '${policy}'`);
		await this.shell.does("aws iam create-group --group-name k8s-devs");
		await this.shell.does(`aws iam attach-group-policy --group-name k8s-devs --policy-arn ${this.policyArn}`);
		for (const user of ["jane", "joe"]) {
			await this.shell.does(`aws iam add-user-to-group --group-name k8s-devs --user-name ${user}`);
		}
		for (const namespace of NAMESPACES) {
			await this.shell.does(
				`kubectl create namespace ${namespace} --dry-run=client -o yaml | kubectl apply --server-side --field-manager kubectl-create -f -`,
			);
			await this.apply(bindingIn(namespace));
		}
		await this.apply(CLUSTER_ROLE);
		const mapRoles = `${await this.mapRoles()}- groups:\n  - k8s-devs\n  rolearn: ${this.roleArn}\n  username: developer\n`;
		await this.shell.does(
			`kubectl patch configmap -n kube-system aws-auth --type merge -p ${quoted(JSON.stringify({ data: { mapRoles } }))}`,
		);
	}

	/** What others put on the role and the group later: a member, and a policy each. */
	async share(): Promise<void> {
		await this.shell.does(
			`aws iam add-user-to-group --group-name k8s-devs --user-name mallory &&
			aws iam attach-group-policy --group-name k8s-devs --policy-arn ${READ_ONLY} &&
			aws iam attach-role-policy --role-name k8s-devs-role --policy-arn ${READ_ONLY}`,
		);
	}

	/** Members of the group, and the policies of group and role. */
	async shared(): Promise<string[]> {
		const answers = await this.shell.does(
			`aws iam get-group --group-name k8s-devs --query 'Users[].UserName' --output text &&
			aws iam list-attached-group-policies --group-name k8s-devs --query 'AttachedPolicies[].PolicyArn' --output text &&
			aws iam list-attached-role-policies --role-name k8s-devs-role --query 'AttachedPolicies[].PolicyArn' --output text`,
		);
		return answers.split("\n");
	}

	/** What a stack that has taken it over leaves when it is destroyed. */
	async remove(): Promise<void> {
		await this.shell.does("kubectl delete clusterrole dev-full-access --ignore-not-found");
		await this.shell.does(
			`aws iam remove-user-from-group --group-name k8s-devs --user-name mallory
			aws iam detach-group-policy --group-name k8s-devs --policy-arn ${READ_ONLY}
			aws iam detach-role-policy --role-name k8s-devs-role --policy-arn ${READ_ONLY}
			aws iam delete-group --group-name k8s-devs && aws iam delete-role --role-name k8s-devs-role`,
		);
		await this.shell.does(`aws iam delete-policy --policy-arn ${this.policyArn}`);
	}

	/** Everything of it that counts, as it is now; without what bookkeeping of Pulumi and the API server adds. */
	async snapshot(): Promise<object> {
		const json = async (command: string) => JSON.parse((await this.shell.does(command)) || "{}");
		const iam = (command: string) => json(`aws iam ${command} --output json`);
		const objects = (kind: string) => json(`kubectl get ${kind} -A -o json`);
		const kubernetes = [];
		for (const kind of ["namespaces", "clusterroles", "clusterrolebindings", "rolebindings"]) {
			kubernetes.push(...(await objects(kind)).items.map(withoutBookkeeping));
		}
		return {
			iam: [
				await iam("get-role --role-name k8s-devs-role"),
				await iam("list-role-policies --role-name k8s-devs-role"),
				await iam("list-attached-role-policies --role-name k8s-devs-role"),
				await iam("get-group --group-name k8s-devs"),
				await iam("list-attached-group-policies --group-name k8s-devs"),
				await iam("list-group-policies --group-name k8s-devs"),
				await iam("list-policies --scope Local"),
				await iam("list-groups"),
			],
			kubernetes,
			awsAuth: withoutBookkeeping(await json("kubectl get configmap -n kube-system aws-auth -o json")),
		};
	}

	private async apply(manifest: string): Promise<void> {
		await this.shell.does(`kubectl apply -f - <<'END'\n${manifest}\nEND`);
	}

	private async mapRoles(): Promise<string> {
		const found = await this.shell.does("kubectl get configmap -n kube-system aws-auth -o json");
		return JSON.parse(found).data.mapRoles;
	}

	get policyArn(): string {
		return `arn:aws:iam::${this.accountId}:policy/eks-developers`;
	}

	/** As aws-auth has it: without a path. */
	get roleArn(): string {
		return `arn:aws:iam::${this.accountId}:role/k8s-devs-role`;
	}
}

function statement(...statements: object[]): string {
	return JSON.stringify({
		Version: "2012-10-17",
		Statement: statements.map((each) => ({ Effect: "Allow", ...each })),
	});
}

interface Live {
	metadata: {
		annotations?: Record<string, string>;
		labels?: Record<string, string>;
		[key: string]: unknown;
	};
}

function withoutBookkeeping(live: Live): object {
	const { managedFields: _fields, resourceVersion: _version, annotations, labels, ...metadata } = live.metadata;
	const own = (marks: Record<string, string> = {}) =>
		Object.entries(marks).filter(
			([key, value]) => !/^(pulumi\.com|pulumi-eks-access)\//.test(key) && value !== "pulumi-eks-access",
		);
	return {
		...live,
		metadata: {
			...metadata,
			annotations: Object.fromEntries(own(annotations)),
			labels: Object.fromEntries(own(labels)),
		},
	};
}
