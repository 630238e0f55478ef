import { errorTable } from "../../core/errors/meaning";

/** What only the command line can fail with; the other codes are those of the components. */
export const CLI_ERRORS = errorTable({
	"cluster-not-active": {
		topic: "command line",
		meaning: "The cluster is being made and has no API server yet.",
		remedy: "Wait until it is active: `aws eks wait cluster-active --name <cluster>`.",
	},
	"cli-usage": {
		topic: "command line",
		meaning: "Options or arguments are missing or wrong, or exclude each other.",
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
	"cli-teams-not-found": {
		topic: "command line",
		meaning: "The stack's config lists no teams, and there is no output `accessMatrix` of a program that does.",
		remedy:
			"Export it: `export const accessMatrix = access.accessMatrix`, and run `pulumi up`; or set the teams in the stack's config.",
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
