import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AwsAuth, EksAccess } from "../../../components";
import { handler } from "../../../core/aws-auth/cleanup-handler";
import { EksAccessProvider } from "../../../provider/provider";
import { ARTICLE, eksAccess, stackFile, temporaryProject } from "../../cli/command";
import { fails, inCluster, kubeconfigOf, preparing, TEAM } from "../../support/error-worlds";
import { MockEngine } from "../../support/mock-engine";

const { defaultErrorMessage } = require("@pulumi/pulumi/cmd/run/error");

const DEAD = kubeconfigOf("http://127.0.0.1:1");
const GET_CLUSTER = "aws:eks/getCluster:getCluster";
const ARGS = { cluster: "prod", teams: [TEAM] };
const WRONG = { cluster: "prod", teams: [{ ...TEAM, namespaces: ["Shop"] }] };

/** What a program ends with, as Pulumi shows it. */
const program = (run: () => unknown) => async () => {
	await MockEngine.start();
	return rejection(run).then((error) =>
		pulumi.RunError.isInstance(error) ? error.message : defaultErrorMessage(error),
	);
};

/** As Pulumi's dynamic provider prints what a resource's code throws. */
const dynamic = (run: () => unknown) => async () => {
	const error = await rejection(run);
	return `${error}: ${error.stack}`;
};

async function rejection(run: () => unknown): Promise<Error> {
	try {
		await run();
	} catch (error) {
		return error as Error;
	}
	return assert.fail("nothing was thrown");
}

/** What the engine makes of an error of the AWS provider. */
const awsSays = (token: string, says: string) =>
	program(
		inCluster({}, (kubeconfig) => {
			const error = `13 INTERNAL: Invocation of ${token} returned an error: invoking ${token}: 1 error occurred:\n\t* reading: ${says}\n\n`;
			const region = token === GET_CLUSTER ? {} : { kubeconfig };
			return preparing({ authentication: "access-entries", ...region }, {}, { [token]: fails(error) });
		}),
	);

/** Every way by which an error gets to a person, with its code. */
const WAYS: Record<string, [code: string, read: () => Promise<string>]> = {
	"a check of EksAccess.create": ["api-server-unreachable", program(() => preparing({ kubeconfig: DEAD }, {}))],
	"the config": ["config-invalid", program(() => new EksAccess("access", WRONG))],
	"an argument": [
		"argument-invalid",
		program(() => new EksAccess("access", { ...ARGS, authentication: "iam" as "auto" })),
	],
	"an option": [
		"provider-refused",
		program(() => new AwsAuth("a", { roles: [], kubeconfig: "", provider: {} as never })),
	],
	"an input of a resource": [
		"api-server-unreachable",
		program(() => pulumi.runtime.serializeProperties("resource", { data: preparing({ kubeconfig: DEAD }, {}) })),
	],
	"AWS that denies the cluster": [
		"aws-denied",
		awsSays(GET_CLUSTER, "api error AccessDeniedException: not authorized"),
	],
	"AWS that has no such cluster": ["cluster-not-found", awsSays(GET_CLUSTER, "couldn't find resource")],
	"AWS that does not show a role": ["iam-unreadable", awsSays("aws:iam/getRole:getRole", "Throttling")],
	"AWS that does not show an entry": [
		"access-entry-unreadable",
		awsSays("aws:eks/getAccessEntry:getAccessEntry", "Throttling"),
	],
	"the clean destroy": [
		"aws-auth-not-cleaned",
		dynamic(() => handler().delete("id", { instance: "i", kubeconfig: DEAD })),
	],
	"the clean destroy with a bad kubeconfig": [
		"kubeconfig-invalid",
		dynamic(() => handler().delete("id", { instance: "i", kubeconfig: "a: [" })),
	],
	"the component provider": [
		"aws-auth-not-cleaned",
		dynamic(() => new EksAccessProvider("{}", "0.1.0").delete("id", "urn", { instance: "i", kubeconfig: DEAD })),
	],
	"a command": [
		"config-invalid",
		async () => {
			const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ ...ARTICLE, namespaces: ["Prod"] }) });
			return (await eksAccess(["matrix", "--stack", "prod"], { cwd })).stderr;
		},
	],
};

describe("what people read of an error", () => {
	for (const [what, [code, read]] of Object.entries(WAYS)) {
		it(`of ${what} is our sentence with its code`, async () => {
			const text = await read();
			assert.match(text, new RegExp(` \\[${code}\\](?:: )?\\s*$`));
			assert.doesNotMatch(text, /^\s+at \S/m, "no stack trace");
			assert.doesNotMatch(
				text,
				/error serializing property|\b\d+ [A-Z]{5,}: |grpc|returned an error|node_modules|unhandled/i,
			);
		});
	}
});
