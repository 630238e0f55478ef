import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { configSchema } from "../core/config/config-schema";
import { DOCS, mapValues, type ObjectType, type Property, plain, propertyOf, say, type Type } from "./schema-types";

const ROOT = path.resolve(__dirname, "..");

/** Where the schema is kept, which the component provider serves; it is generated, and a test holds it to its sources. */
export const SCHEMA_FILE = path.join(ROOT, "provider", "schema.json");

/** Inputs that differ between a program and a stack's config. */
const OF_PROGRAMS: Record<string, Property> = {
	cluster: {
		type: "string",
		description: "Name of the EKS cluster, or the output of a cluster in the same program.",
	},
	teams: {
		description: "The teams. All names, namespaces and users are checked before anything is registered.",
	},
	kubeconfig: {
		type: "string",
		secret: true,
		description:
			"The operator's kubeconfig, in YAML or JSON. Default: the one from `kubeconfigStack`, or one that runs `aws eks get-token`.",
	},
	region: { type: "string", description: "Region of the cluster. Default: the AWS provider's region." },
	account: {
		$ref: "#/types/eks-access:index:AwsAccount",
		description: "Account in which the roles are created. Default: the AWS provider's account.",
	},
};

/** Values that may come from other resources; all others decide which resources exist, or how the cluster is asked. */
const EVENTUAL = ["cluster", "kubeconfig", "region", "account", "tags"];

/** The schema of the package as the component provider serves it. */
export function providerSchema(): object {
	const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
	const { version, license, description } = manifest;
	const types: Record<string, ObjectType> = {};
	const { namespaces, users, teamsFile, ...ofConfig } = configSchema.shape;
	const inputs: Record<string, Property> = {};
	for (const [key, schema] of Object.entries(ofConfig)) {
		const given = { ...propertyOf(key, schema, undefined, types), ...OF_PROGRAMS[key] };
		inputs[key] = EVENTUAL.includes(key) ? given : (plain(given) as Property);
	}
	Object.assign(inputs, { region: OF_PROGRAMS.region, account: OF_PROGRAMS.account });
	for (const type of Object.values(types)) {
		type.properties = mapValues(type.properties, (property) => plain(property) as Property);
	}
	const text: Type = { type: "string" };
	types["eks-access:index:AwsAccount"] = {
		type: "object",
		description: DOCS.get("AwsAccount"),
		properties: { accountId: say("AwsAccount.accountId", text), partition: say("AwsAccount.partition", text) },
		required: ["accountId", "partition"],
	};
	types["eks-access:index:AccessMatrix"] = {
		type: "object",
		description: DOCS.get("AccessMatrix"),
		properties: {
			cluster: say("AccessMatrix.cluster", text),
			region: say("AccessMatrix.region", text),
			authentication: say("AccessMatrix.authentication", text),
			adminRoleArn: say("AccessMatrix.adminRoleArn", text),
			teams: say("AccessMatrix.teams", { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } }),
		},
		required: ["authentication", "cluster", "region", "teams"],
	};
	const textByTeam: Type = { type: "object", additionalProperties: text };
	const outputs = {
		roleArns: say("EksAccess.roleArns", textByTeam),
		updateKubeconfigCommands: say("EksAccess.updateKubeconfigCommands", textByTeam),
		kubeconfigs: { ...say("EksAccess.kubeconfigs", textByTeam), secret: true },
		accessMatrix: say("EksAccess.accessMatrix", { $ref: "#/types/eks-access:index:AccessMatrix" }),
	};
	const asInSchema = { respectSchemaVersion: true };
	// Without them the code generator makes no Args of a type that stands in plain lists only, and the Go SDK does not compile.
	const go = { ...asInSchema, generateExtraInputTypes: true };
	return {
		name: "eks-access",
		displayName: "EKS access",
		version,
		description,
		license,
		publisher: "pulumi-eks-access",
		...addresses(manifest.repository?.url),
		keywords: ["pulumi", "eks", "category/cloud", "kind/component"],
		language: { nodejs: asInSchema, python: asInSchema, go, csharp: asInSchema, java: asInSchema },
		types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => a.localeCompare(b))),
		resources: {
			"eks-access:index:EksAccess": {
				isComponent: true,
				description: "Teams with access to namespaces of an EKS cluster.",
				inputProperties: inputs,
				requiredInputs: ["cluster", "teams"],
				properties: outputs,
				required: Object.keys(outputs).sort(),
			},
		},
	};
}

/** Where the package comes from, once package.json names the repository, as a release does. */
export function addresses(url?: string): object {
	const repository = url?.replace(/^git\+|\.git$/g, "");
	return repository === undefined
		? {}
		: {
				homepage: repository,
				repository,
				logoUrl: `${repository}/raw/main/docs/logo.svg`,
				// The CLI fetches the plugin from there, in the version's tag, where a program's package is not a folder.
				pluginDownloadURL: `${repository.replace("https://", "git://")}/provider`,
			};
}

/** The text of the file. */
export function schemaFile(): string {
	return `${JSON.stringify(providerSchema(), undefined, 2)}\n`;
}

if (require.main === module) {
	writeFileSync(SCHEMA_FILE, schemaFile());
}
