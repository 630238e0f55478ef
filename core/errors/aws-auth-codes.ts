import { errorTable } from "./meaning";

/** From the check ahead, which is before anything is registered, or again from the write itself. */
const WHEN_WRITING =
	"Nothing in aws-auth. `EksAccess.create` finds it before anything is made. Where somebody has changed aws-auth since, or with " +
	"the components alone, roles and namespaces may have been made; the next `pulumi up` goes on from there.";

/** The part of {@link ERRORS} that is about aws-auth. */
export const AWS_AUTH_ERRORS = errorTable({
	"provider-refused": {
		topic: "aws-auth",
		meaning:
			"A provider that is no `ClusterProvider` could force its writes, over those of others, or write them to a file.",
		remedy: "Pass a `ClusterProvider`, or none.",
	},
	"patch-force-set": {
		topic: "aws-auth",
		meaning:
			"The environment has PULUMI_K8S_ENABLE_PATCH_FORCE=true, with which a concurrent write to aws-auth is overwritten unseen.",
		remedy: "Unset it: `unset PULUMI_K8S_ENABLE_PATCH_FORCE`.",
	},
	"aws-auth-missing": {
		topic: "aws-auth",
		meaning:
			"The cluster has no ConfigMap kube-system/aws-auth. It is not made here: one without the entry of the nodes' role would keep every new node out.",
		remedy:
			"Wait for the first managed node group, with which EKS makes it, or make it with the node role's entry; or use access entries: `pulumi config set authentication access-entries`.",
	},
	"aws-auth-not-writable": {
		topic: "aws-auth",
		meaning: "The operator's credentials may read aws-auth and not patch it.",
		remedy:
			"Use those of a cluster administrator. They can be tried: `kubectl auth can-i patch configmaps/aws-auth -n kube-system`.",
	},
	"aws-auth-unreadable": {
		topic: "aws-auth",
		meaning:
			"A line of mapRoles or mapUsers is not certain to be read alike by everybody, or not at all; the authenticator then drops all entries. Nobody could put an entry there safely.",
		remedy: "Mend the line, `kubectl edit -n kube-system configmap/aws-auth`; `eks-access doctor` shows it and more.",
		changed: WHEN_WRITING,
	},
	"aws-auth-not-editable": {
		topic: "aws-auth",
		meaning: "The entry can be read, and cannot be changed without changing what somebody else's says.",
		remedy:
			"Do what the message says of the line: write the alias out, the value in quotes, or the map in block style.",
		changed: WHEN_WRITING,
	},
	"aws-auth-entry-exists": {
		topic: "aws-auth",
		meaning:
			"There is an entry of somebody else in aws-auth for an identity that this stack is to let in; the authenticator reads one of them only.",
		remedy: "Remove that entry, or take it over: `pulumi config set adoptExisting true`.",
		changed: WHEN_WRITING,
	},
	"aws-auth-entry-of-another-stack": {
		topic: "aws-auth",
		meaning: "The entry of an identity belongs to another stack of this program, which would fight over it.",
		remedy: "Take the identity out of one of the two stacks.",
		changed: WHEN_WRITING,
	},
	"aws-auth-foreign-owner": {
		topic: "aws-auth",
		meaning:
			"Another Pulumi program or Terraform manages aws-auth as a whole and would take this stack's entries out at its next run.",
		remedy:
			"Hand `TeamIdentity.roleMapping` to that program, or let it stop managing aws-auth, then `pulumi config set takeOver true`. Access entries are a third way.",
		changed: WHEN_WRITING,
	},
	"aws-auth-record-damaged": {
		topic: "aws-auth",
		meaning:
			"The annotation that says which entries are this stack's cannot be read, so nobody knows which ones it may take out.",
		remedy:
			"Remove this stack's entries by hand, then the annotation, as the message says; the next `pulumi up` writes both anew.",
		changed: WHEN_WRITING,
	},
	"aws-auth-name-refused": {
		topic: "aws-auth",
		meaning:
			"A mapping has a username or a group that makes people more than they are meant to be: Kubernetes' own, or one that people choose themselves.",
		remedy:
			"Do what the line says of it; administrators are meant with `admin: true` of the team, or `systemGroups` of the mapping.",
		changed: WHEN_WRITING,
	},
	"aws-auth-too-large": {
		topic: "aws-auth",
		meaning: "With this stack's entries aws-auth would be larger than Kubernetes allows.",
		remedy: "Remove entries that nobody needs, or use access entries.",
		changed: WHEN_WRITING,
	},
	"aws-auth-not-read": {
		topic: "aws-auth",
		meaning: "What is in aws-auth is not known, since it was not read from a cluster.",
		remedy: "Use a provider that talks to the cluster (no `renderYamlToDirectory`).",
		changed: WHEN_WRITING,
	},
	"aws-auth-contended": {
		topic: "aws-auth",
		meaning: "Somebody else wrote to aws-auth each time that this stack was about to, or the API server refused.",
		remedy: "Run `pulumi up` again.",
		changed: "Nothing in aws-auth. Roles and namespaces may have been made; the next `pulumi up` goes on from there.",
	},
	"aws-auth-not-cleaned": {
		topic: "aws-auth",
		meaning: "`pulumi destroy`, or an update that drops aws-auth, could not take the stack's entries out.",
		remedy:
			"Make the API server reachable, or set a kubeconfig that is accepted and run `pulumi up`; then run the same command again. Only if the cluster is gone for good, set PULUMI_K8S_DELETE_UNREACHABLE=true for that run.",
		changed: "The entries are all there still, and the stack knows them. Other resources may be gone.",
	},
	"node-role-refused": {
		topic: "aws-auth",
		meaning:
			"An identity that a team lists lets nodes into the cluster, by aws-auth or by an access entry. Whoever takes that over puts the nodes out, so nothing allows it.",
		remedy: "Take the role out of the teams' `roleArns`; give people and CI a role of their own.",
		changed: WHEN_WRITING,
	},
});
