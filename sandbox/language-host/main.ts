import { spawn } from "node:child_process";
import path from "node:path";
import { Server, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
	GetRequiredPackagesResponse,
	GetRequiredPluginsResponse,
	type RunRequest,
	RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { serve } from "../aws-plugin/serve";
import { installDependencies } from "./install-dependencies";
import { runPlugin } from "./run-plugin";

/**
 * What `pulumi-language-nodejs` of the Pulumi CLI does to run a program, a policy pack or a provider, for machines that lack it: it
 * starts the SDK's own `cmd/run`, `cmd/run-policy-pack` or `cmd/run-plugin`. The plugins are there, so it looks for none.
 */
const ALREADY_REPORTED = 32;

function run({ request }: ServerUnaryCall<RunRequest, RunResponse>, done: sendUnaryData<RunResponse>): void {
	const info = request.getInfo();
	const directory = info?.getProgramDirectory() || request.getPwd();
	const options = (info?.getOptions()?.toJavaScript() ?? {}) as { tsconfig?: string; typescript?: boolean };
	const script = path.dirname(require.resolve("@pulumi/pulumi/cmd/run", { paths: [directory] }));
	const flags = {
		monitor: request.getMonitorAddress(),
		engine: process.argv.find((argument) => /^(127\.0\.0\.1|localhost):\d+$/.test(argument)) ?? "",
		organization: request.getOrganization(),
		project: request.getProject(),
		stack: request.getStack(),
		"root-directory": info?.getRootDirectory() ?? "",
		pwd: directory,
		parallel: String(request.getParallel()),
	};
	const child = spawn(
		process.execPath,
		[
			script,
			...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
			...(request.getDryrun() ? ["--dry-run"] : []),
			info?.getEntryPoint() || ".",
		],
		{
			cwd: directory,
			stdio: ["ignore", "inherit", "inherit"],
			env: {
				...process.env,
				PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject())),
				PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
				PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
				...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
			},
		},
	);
	const answer = new RunResponse();
	child.on("error", (error) => done(error as never));
	child.on("close", (code, signal) => {
		answer.setBail(code === ALREADY_REPORTED);
		if (code !== 0 && code !== ALREADY_REPORTED) {
			answer.setError(`the program ended with ${signal ?? `exit code ${code}`}`);
		}
		done(null, answer);
	});
}

const server = new Server();
server.addService(LanguageRuntimeService, {
	run,
	runPlugin,
	installDependencies,
	getRequiredPlugins: (_call: unknown, done: sendUnaryData<unknown>) => done(null, new GetRequiredPluginsResponse()),
	getRequiredPackages: (_call: unknown, done: sendUnaryData<unknown>) => done(null, new GetRequiredPackagesResponse()),
	getPluginInfo: (_call: unknown, done: sendUnaryData<unknown>) => {
		const info = new PluginInfo();
		info.setVersion("1.0.0");
		done(null, info);
	},
});
serve(server);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
	// So that what it has started ends too.
	process.on(signal, () => process.exit());
}
