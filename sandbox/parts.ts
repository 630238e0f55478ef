import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A program of the sandbox that is built from its published Go module. */
export type Program =
	| "pulumi"
	| "generate-sdk"
	| "pulumi-language-yaml"
	| "pulumi-resource-kubernetes"
	| "kube-apiserver"
	| "kube-controller-manager"
	| "kube-scheduler"
	| "kubectl"
	| "etcd"
	| "aws-iam-authenticator"
	| "kwok";

/** A Go module of our own under tools/, whose go.mod pins what is built. */
export interface Part {
	/** Folder under tools/. */
	name: string;
	version: string;
	/** Program to Go package. */
	packages: Partial<Record<Program, string>>;
	/** What the linker writes into the binaries: `-X <name>=<value>`. */
	variables: Record<string, string>;
	/** First build on two cores, in seconds. */
	expectedSeconds: number;
	/** Not needed for the article: built when one of its programs is first run. */
	onDemand?: boolean;
}

const TOOLS = join(__dirname, "tools");
/** kubectl and the servers of the control plane read their version here. */
const KUBERNETES = "k8s.io/component-base/version";
/** The provider's module carries no tag for it; this is the release that its commit belongs to. */
const PROVIDER_VERSION = "4.25.0";

/** In the order in which the article needs them. */
export function parts(): Part[] {
	const pulumi = moduleVersion("pulumi", "github.com/pulumi/pulumi/pkg/v3");
	const yaml = moduleVersion("pulumi-yaml", "github.com/pulumi/pulumi-yaml");
	const kubernetes = moduleVersion("kubernetes", "k8s.io/kubernetes");
	const [major = "", minor = ""] = kubernetes.split(".");
	const authenticator = moduleVersion("authenticator", "sigs.k8s.io/aws-iam-authenticator");
	return [
		{
			name: "etcd",
			version: moduleVersion("etcd", "go.etcd.io/etcd/server/v3"),
			packages: { etcd: "go.etcd.io/etcd/server/v3" },
			variables: {},
			expectedSeconds: 50,
		},
		{
			name: "authenticator",
			version: authenticator,
			packages: {
				"aws-iam-authenticator": "sigs.k8s.io/aws-iam-authenticator/cmd/aws-iam-authenticator",
			},
			variables: {
				"sigs.k8s.io/aws-iam-authenticator/pkg.Version": authenticator,
			},
			expectedSeconds: 50,
		},
		{
			name: "kubernetes",
			version: kubernetes,
			packages: {
				"kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
				"kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
				"kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
				kubectl: "k8s.io/kubernetes/cmd/kubectl",
			},
			variables: {
				[`${KUBERNETES}.gitVersion`]: `v${kubernetes}`,
				[`${KUBERNETES}.gitMajor`]: major,
				[`${KUBERNETES}.gitMinor`]: minor,
				"k8s.io/client-go/pkg/version.gitVersion": `v${kubernetes}`,
			},
			expectedSeconds: 380,
		},
		{
			name: "kwok",
			version: moduleVersion("kwok", "sigs.k8s.io/kwok"),
			packages: { kwok: "sigs.k8s.io/kwok/cmd/kwok" },
			variables: {},
			expectedSeconds: 40,
		},
		{
			name: "pulumi",
			version: pulumi,
			packages: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
			variables: {
				"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": pulumi,
			},
			expectedSeconds: 210,
		},
		{
			name: "kubernetes-provider",
			version: PROVIDER_VERSION,
			packages: { "pulumi-resource-kubernetes": "." },
			variables: {
				"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": PROVIDER_VERSION,
			},
			expectedSeconds: 190,
		},
		{
			// Its go.mod asks for an older engine's packages than the CLI's: the two do not compile together.
			name: "pulumi-yaml",
			version: yaml,
			packages: { "pulumi-language-yaml": "." },
			variables: { "github.com/pulumi/pulumi-yaml/pkg/version.Version": yaml },
			expectedSeconds: 40,
			onDemand: true,
		},
		{
			name: "pulumi",
			version: pulumi,
			packages: { "generate-sdk": "./generate-sdk" },
			variables: {},
			expectedSeconds: 20,
			onDemand: true,
		},
	];
}

export function partFolder(part: Part): string {
	return join(TOOLS, part.name);
}

export function programsOf(part: Part): Program[] {
	return Object.keys(part.packages) as Program[];
}

/** What a debugger would need, and nobody does, costs an eighth of the compiler's time. */
export const WITHOUT_DWARF = "-gcflags=all=-dwarf=false";

/** The arguments of `go build`. Several programs come from one run, into a folder, each named after its package; one gets its name here. */
export function buildArguments(part: Part, output: string): string[] {
	const programs = programsOf(part);
	const variables = Object.entries(part.variables).map(([name, value]) => `-X ${name}=${value}`);
	return [
		"build",
		"-trimpath",
		"-mod=readonly",
		// The folder may lie in a repository that git does not trust.
		"-buildvcs=false",
		"-v",
		WITHOUT_DWARF,
		"-ldflags",
		["-s -w", ...variables].join(" "),
		"-o",
		`${output}/${programs.length === 1 ? programs[0] : ""}`,
		...Object.values(part.packages),
	];
}

/** Names the build's result: another source, flag or machine gives another key. */
export function buildKey(part: Part): string {
	const hash = createHash("sha256");
	const own = Object.values(part.packages).filter((each) => each.startsWith("."));
	const replaced = join(partFolder(part), "sdk");
	const sources = existsSync(replaced) ? readdirSync(replaced, { recursive: true, encoding: "utf8" }).sort() : [];
	for (const file of [
		...["go.mod", "go.sum", ...own.map((folder) => join(folder, "main.go"))],
		...sources.filter((name) => /\.(go|mod)$/.test(name)).map((name) => join("sdk", name)),
	]) {
		hash.update(readFileSync(join(partFolder(part), file)));
	}
	hash.update(buildArguments(part, "").join("\n"));
	hash.update(`${process.platform}/${process.arch}`);
	return `${part.name}-${hash.digest("hex").slice(0, 16)}`;
}

function moduleVersion(part: string, module: string): string {
	const path = join(TOOLS, part, "go.mod");
	const line = readFileSync(path, "utf8")
		.split("\n")
		.map((each) => each.trim().replace(/^require\s+/, ""))
		.find((each) => each.startsWith(`${module} v`));
	if (!line) throw new Error(`${path} does not require ${module}`);
	return line.slice(module.length + 2).replace(/ .*/, "");
}
