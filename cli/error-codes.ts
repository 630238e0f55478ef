import { errorTable } from "../components/error-meaning";

/** What only the command line can fail with; the other codes are those of the components. */
export const CLI_ERRORS = errorTable({
	"aws-session-expired": {
		topic: "command line",
		meaning: "The session of the AWS credentials is over.",
		remedy: "Sign in again: `aws sso login`, or a new session of the role.",
	},
	"aws-credentials-invalid": {
		topic: "command line",
		meaning: "There are no AWS credentials, or AWS does not know them.",
		remedy: "Set `AWS_PROFILE`, or run `aws configure`; `aws sts get-caller-identity` tries them.",
	},
	"aws-mfa-needed": {
		topic: "command line",
		meaning: "The AWS profile asks for a code, which this command cannot.",
		remedy: 'Get a session first: `eval "$(aws configure export-credentials --format env)"`.',
	},
	"aws-denied": {
		topic: "command line",
		meaning: "AWS knows the credentials, which may not do what has to be done.",
		remedy: "Use credentials that may.",
	},
	"aws-region-missing": {
		topic: "command line",
		meaning: "It is not known in which region the cluster is.",
		remedy: "Set `aws:region` in the stack's config, or `AWS_REGION`.",
	},
	"aws-unreachable": {
		topic: "command line",
		meaning: "AWS does not answer.",
		remedy: "Check that this machine gets to AWS: network, `HTTPS_PROXY`, region.",
	},
	"aws-failed": {
		topic: "command line",
		meaning: "AWS refuses what it was asked, for the reason in the message.",
		remedy: "Do what AWS says, or try again.",
	},
	"cluster-not-active": {
		topic: "command line",
		meaning: "The cluster is being made and has no API server yet.",
		remedy: "Wait until it is active: `aws eks wait cluster-active --name <cluster>`.",
	},
	"cli-usage": {
		topic: "command line",
		meaning: "Options are missing, or exclude each other.",
		remedy: "See `eks-access <command> --help`.",
	},
	"cli-project-not-found": {
		topic: "command line",
		meaning: "There is no Pulumi.yaml in the folder or above it.",
		remedy: "Go to the project's folder, or pass `--cwd`.",
	},
	"cli-stack-not-found": {
		topic: "command line",
		meaning: "The project has no file Pulumi.<stack>.yaml of that stack, or none at all.",
		remedy: "Correct `--stack` or `PULUMI_STACK`, or make the stack: `pulumi stack init`.",
	},
	"cli-stack-ambiguous": {
		topic: "command line",
		meaning: "Several stacks could be meant.",
		remedy: "Say which: `--stack <name>`.",
	},
	"cli-config-encrypted": {
		topic: "command line",
		meaning: "What the command has to know is encrypted, or an output of another stack, and only Pulumi can read it.",
		remedy:
			"Set who has access without `--secret` (names are no secrets), or pass the kubeconfig as a file: `--kubeconfig`.",
	},
	"cli-file-unreadable": {
		topic: "command line",
		meaning: "A file is not there, cannot be read, or holds something else than it should.",
		remedy: "Correct its name or its text.",
	},
	"cli-file-not-written": {
		topic: "command line",
		meaning: "The file that `import` would write is there already, or cannot be written.",
		remedy: "`--force` overwrites its config, `--output -` prints the new one instead.",
	},
	"cli-git-failed": {
		topic: "command line",
		meaning: "`diff` cannot read what to compare with from git.",
		remedy:
			"Fetch it, in CI with the whole history (actions/checkout with `fetch-depth: 0`), or say it: `--from <ref>` or `--from <file>`.",
	},
});

export type CliErrorCode = keyof typeof CLI_ERRORS;
