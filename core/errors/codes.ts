import { AWS_AUTH_ERRORS } from "./aws-auth-codes";
import { AWS_ERRORS, IAM_ERRORS } from "./aws-codes";
import { errorTable } from "./meaning";

/** With `new`, which asks nothing ahead. */
const UNREGISTERED =
	"Nothing in the cluster. `EksAccess.create` finds it before anything is made; with `new`, IAM roles may have been made by then.";

/**
 * Every code that an error of the components can have, for good: a code is never renamed and never used for anything else.
 * docs/reference/errors.md is written from this table (`npm run reference`).
 */
export const ERRORS = errorTable({
	"config-invalid": {
		topic: "config",
		meaning:
			"The stack's config, or the teams that a program passes on, have problems. The error lists all of them, each with its place.",
		remedy:
			"Correct what is listed: every line says what was found and what is allowed. `problems` of the error has them one by one.",
	},
	"access-refused": {
		topic: "config",
		meaning:
			"A level, a group or a ClusterRole would give away more than it seems to: a way to cluster administrator, to secrets of all " +
			"namespaces, or to other people's identities. Nothing else is wrong with the config.",
		remedy:
			"Give less, or elsewhere. If it is meant, add the name that the line says to the team's `allow`, or set `admin: true` where the line says so.",
	},
	"argument-invalid": {
		topic: "config",
		meaning: "A program passes an argument to a component that cannot be.",
		remedy: "Pass what the message allows.",
	},
	"arn-invalid": {
		topic: "config",
		meaning:
			"A text is no ARN of an IAM role or user, or of the other of the two. The cluster would find nobody by it.",
		remedy:
			"Give the ARN as `aws iam get-role` or `aws iam get-user` prints it: of the role itself, not of its session.",
	},
	"principal-twice": {
		topic: "config",
		meaning:
			"One IAM identity is wanted twice: as a team's own role and by its ARN, or by two ARNs that the cluster takes for the same. It can have one entry only.",
		remedy: "List it in one way in all teams. It then gets the groups of all of them.",
	},
	"name-twice": {
		topic: "config",
		meaning:
			"Two components of one program come to the same name for what is in them, such as `eks` with a team `prod-devs` and `eks-prod` with a team `devs`.",
		remedy: "Give one of the two another name, such that neither begins with the other's.",
		changed: "Nothing in the second component. A preview shows it before anything is made.",
	},
	"lookup-needed": {
		topic: "config",
		meaning:
			"A team has a `namespaceSelector`, and which namespaces it chooses has to be asked before resources are registered. A constructor cannot wait, and a cluster that is only being made cannot be asked.",
		remedy:
			"Use `await EksAccess.create(…)` instead of `new EksAccess(…)`. Where the same update makes the cluster, list the namespaces, or add the team once it is there.",
	},
	"value-unknown": {
		topic: "config",
		meaning:
			"`EksAccess.create` asks the cluster before anything is registered, and its name, kubeconfig, region or account is known only once the program has made something.",
		remedy:
			"Pass values, or outputs that are known, such as those of a StackReference. Where the same program makes the cluster, use `new EksAccess(…)`.",
	},
	"cluster-not-found": {
		topic: "cluster",
		meaning:
			"AWS does not show the cluster: it has another name, is in another region or account, or these credentials may not call eks:DescribeCluster.",
		remedy:
			"See what is there, `aws eks list-clusters --region <region>`; then set `cluster`, `aws:region` or the credentials.",
	},
	"cluster-mode-mismatch": {
		topic: "cluster",
		meaning:
			"The cluster's authentication mode does not take the way in that `authentication` says (or that the command reads).",
		remedy:
			"Set `authentication` to what the cluster takes, or let the cluster take both: `aws eks update-cluster-config --access-config authenticationMode=API_AND_CONFIG_MAP`, which AWS does not let go back.",
	},
	"authentication-unknown": {
		topic: "cluster",
		meaning:
			"`authentication` is auto, AWS does not say which mode the cluster has, and the stack has access entries, which a wrong guess would delete.",
		remedy: "Use credentials that may call eks:DescribeCluster, or set `authentication`.",
	},
	"kubeconfig-invalid": {
		topic: "cluster",
		meaning:
			"A kubeconfig cannot be read, or its current context leads to no cluster. The text is not shown: it may hold a token.",
		remedy:
			"Try it with `kubectl config view`, then set it anew: `pulumi config set --secret kubeconfig < kubeconfig.yaml`.",
	},
	"kubeconfig-output-missing": {
		topic: "cluster",
		meaning: "The stack that `kubeconfigStack` names has no such output, or is not there.",
		remedy: "Export it there and run `pulumi up` in it, or name another output with `kubeconfigOutput`.",
	},
	"api-server-unreachable": {
		topic: "cluster",
		meaning: "The cluster's API server does not answer, or the kubeconfig's command for tokens fails.",
		remedy:
			"Check that the cluster is up, that this machine gets to its endpoint (VPN, private endpoint, proxy), and that `kubectl get configmap -n kube-system aws-auth` works with the same kubeconfig.",
	},
	"api-server-unauthorized": {
		topic: "cluster",
		meaning:
			"The API server does not know who asks (401): the credentials have expired, are of another cluster, or have no way in.",
		remedy: "Renew them, or set a kubeconfig that works with kubectl.",
	},
	"api-server-forbidden": {
		topic: "cluster",
		meaning: "The API server knows who asks, who may not read what has to be read (403).",
		remedy: "Use the credentials of a cluster administrator: `kubeconfig`, `adminRoleArn` or `awsProfile`.",
	},
	"write-refused": {
		topic: "cluster",
		meaning:
			"The API server refuses something that the stack is to write: a dry run of it fails. Each line has the object, the API server's reason and what to do: missing permissions, an object that exists already, a field that another field manager holds, a namespace that is being deleted, an admission policy, an immutable aws-auth.",
		remedy: "Do what each line says.",
	},
	"cluster-identity-unreadable": {
		topic: "cluster",
		meaning:
			"The API server does not show the UID of its namespace kube-system, which tells a cluster from others however it is reached.",
		remedy: "Check where the kubeconfig leads: `kubectl get namespace kube-system -o jsonpath={.metadata.uid}`.",
		changed: UNREGISTERED,
	},
	"cluster-identity-missing": {
		topic: "cluster",
		meaning:
			"The kubeconfig leads to the API server another way than in the last update, and the stack's state, written by an earlier version or " +
			"with a provider of the program's own, does not say which cluster that was. Pulumi would take it for another cluster and delete all access as that of the old one.",
		remedy:
			"Take two steps: `pulumi up` with the former kubeconfig, which notes the cluster's identity, then with the new one. A kubernetes provider of the program's own needs `clusterIdentifier` in both.",
		changed: UNREGISTERED,
	},
	"provider-elsewhere": {
		topic: "cluster",
		meaning:
			"The kubernetes provider that a program gives leads to another API server than `cluster` or `kubeconfig`: bindings in one cluster and entries in another would give access to the wrong people.",
		remedy:
			"Give the provider of the same cluster, or none: then one is made. The same cluster by another way, a tunnel for example, is fine as long as both ways answer.",
		changed: UNREGISTERED,
	},
	"provider-unfit": {
		topic: "cluster",
		meaning:
			"The kubernetes provider that a program gives cannot do what it is given for: it renders to files, applies on the client's side, or is to adopt what is there and lacks `upsertExistingObjects`.",
		remedy: "Change its options as the message says, or give none: then one is made.",
		changed: UNREGISTERED,
	},
	"operator-locked-out": {
		topic: "cluster",
		meaning:
			"Whoever runs the update comes in by an identity that would have less access after it, or none: no later update or destroy could get in.",
		remedy:
			"Set `admin: true` for the team that lists the identity, take it out of the team, or run the update by another administrator (`adminRoleArn`, `awsProfile` or `kubeconfig`).",
	},
	"last-administrator": {
		topic: "cluster",
		meaning:
			"The update would take the last cluster administrator away that aws-auth and the stack's access entries have, and whoever runs it is not one.",
		remedy: "Keep a team with `admin: true`, or let another administrator in first.",
	},
	"cluster-role-not-found": {
		topic: "cluster",
		meaning: "A team is to get an existing ClusterRole, and the cluster has none of that name.",
		remedy: "Make it first, or correct the name: `kubectl get clusterroles`.",
	},
	"cluster-role-exists": {
		topic: "cluster",
		meaning:
			"A ClusterRole `dev-full-access` with other rules is there, which this stack has not made; people may be bound to it. Or a ClusterRole that the stack is to adopt is aggregated: Kubernetes writes its rules, or gives them to others.",
		remedy:
			"Give it the rules of `full`, for all who are bound to it, with `adoptExisting`, or give the teams another level. Take an `aggregationRule` or a label `aggregate-to-…` away.",
	},
	"binding-not-adoptable": {
		topic: "cluster",
		meaning:
			"A RoleBinding or ClusterRoleBinding of the team's name is there already, and to adopt it would take access from others, or is not possible: what it binds cannot be changed.",
		remedy: "Give the others a binding of their own, or the team's another name with `binding`.",
	},
	"surplus-access": {
		topic: "cluster",
		meaning:
			"People of a team would have more than the config lists, or lose something that it does not list: by bindings that others have made for the team's group or username, by a service account of a namespace, or by what is to be adopted. Nothing was changed.",
		remedy:
			"Take away what is listed, or give the team another `group`. What is meant goes under the team's `allow`, by the key that the line says.",
	},
	"access-entry-exists": {
		topic: "access entries",
		meaning: "An identity has an access entry already that this stack has not made.",
		remedy:
			"Import it, `pulumi config set adoptExisting true`, or delete it if nobody needs it: `aws eks delete-access-entry`.",
	},
	"access-entry-stale": {
		topic: "access entries",
		meaning:
			"There is an entry for a role that is only made now. EKS knows a role by its id, so that entry would let nobody in.",
		remedy: "Delete it as the message says; nobody loses access by that.",
	},
	"access-entry-unreadable": {
		topic: "access entries",
		meaning: "AWS does not say whether an identity has an access entry.",
		remedy: "Use AWS credentials that may call eks:DescribeAccessEntry.",
	},
	"access-entry-template-unknown": {
		topic: "access entries",
		meaning:
			"A username or group holds a template that aws-auth replaces and access entries do not, such as `{{AccountID}}`; EKS documents `{{SessionName}}` and `{{SessionNameRaw}}`, in usernames.",
		remedy: "Write out what it stands for, or stay with aws-auth.",
	},
	"access-entry-group-reserved": {
		topic: "access entries",
		meaning: "A group of Kubernetes' own (`system:…`) is wanted, and EKS takes none of them in an access entry.",
		remedy:
			"Remove the group, or stay with aws-auth. Administrators need none: `admin: true` gives them an access policy.",
	},
	"access-entries-first": {
		topic: "access entries",
		meaning:
			"The stack is to leave aws-auth, and somebody who comes in by it has no access entry yet: they would have no way in between.",
		remedy: "Set `authentication` to both and run `pulumi up`, try the entries, then set it to access-entries.",
	},
	"permission-set-not-found": {
		topic: "IAM",
		meaning: "A permission set of IAM Identity Center has no role in this account, or several.",
		remedy: "Assign it to the account, correct the name, or list the role that is meant under `roleArns`.",
	},
	...IAM_ERRORS,
	...AWS_ERRORS,
	...AWS_AUTH_ERRORS,
});

/** A code of an error, for example `cluster-not-found`. Codes are added, never renamed. */
export type ErrorCode = keyof typeof ERRORS;
