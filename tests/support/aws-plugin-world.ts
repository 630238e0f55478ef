import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { type Agent, get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EKS } from "@aws-sdk/client-eks";
import { IAM } from "@aws-sdk/client-iam";
import { SignatureV4 } from "@smithy/signature-v4";
import { AwsAccount } from "../../sandbox/aws-account";
import { type AwsEmulator, startAwsEmulator } from "../../sandbox/aws-emulator";
import * as plugin from "../../sandbox/aws-plugin/provider";
import { clientOptions } from "../../sandbox/aws-plugin/settings";
import { cacheFolder } from "../../sandbox/cache";
import { terminalReport } from "../../sandbox/report";
import { Servers } from "../../sandbox/servers";
import { ensureVenv, findPython } from "../../sandbox/venv";

/** Few, so that whoever reads one page only misses something. */
const PAGE_ITEMS = 2;

type Properties = Record<string, unknown>;

/** A resource as the engine keeps it. */
export interface Made {
	urn: string;
	id: string;
	inputs: Properties;
	state: Properties;
}

const SETTINGS = ["HTTPS_PROXY", "AWS_CA_BUNDLE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/** The sandbox's aws plugin and the AWS that it speaks to, without an engine. */
export class AwsPluginWorld {
	readonly iam: IAM;
	readonly eks: EKS;
	readonly account: AwsAccount;

	private constructor(
		readonly aws: AwsEmulator,
		private readonly servers: Servers,
		private readonly directory: string,
		private readonly before: NodeJS.ProcessEnv,
	) {
		this.account = new AwsAccount(aws);
		this.iam = new IAM(clientOptions());
		this.eks = new EKS(clientOptions());
	}

	/** @param updateSeconds How long a change of a cluster's authentication mode takes. */
	static async start(updateSeconds: number): Promise<AwsPluginWorld> {
		const directory = mkdtempSync(join(tmpdir(), "eks-access-plugin-"));
		const servers = new Servers();
		const venv = await ensureVenv(cacheFolder(), await findPython(), terminalReport());
		const python = join(venv.folder, "bin", "python");
		const aws = await startAwsEmulator({ python, directory, servers, updateSeconds, pageItems: PAGE_ITEMS });
		const operator = await new AwsAccount(aws).createOperator("operator");
		const before = Object.fromEntries(SETTINGS.map((name) => [name, process.env[name]]));
		const environment = aws.environment(operator);
		setEnvironment(Object.fromEntries(SETTINGS.map((name) => [name, environment[name]])));
		plugin.configure({ region: aws.region, defaultTags: '{"tags":{"by":"pulumi"}}' });
		return new AwsPluginWorld(aws, servers, directory, before);
	}

	async stop(): Promise<void> {
		setEnvironment(this.before);
		await this.servers.stop();
		rmSync(this.directory, { recursive: true });
	}

	async create(type: string, inputs: Properties, name = "x"): Promise<Made> {
		const urn = urnOf(type, name);
		const checked = this.check(type, inputs, name);
		const { id, state } = await plugin.create(urn, checked, false);
		return { urn, id, inputs: checked, state };
	}

	check(type: string, inputs: Properties, name = "x"): Properties {
		return plugin.check(urnOf(type, name), {}, inputs, new Uint8Array([1])).inputs;
	}

	/** As an import does it. */
	async import(type: string, importId: string): Promise<Made | undefined> {
		const urn = urnOf(type, "x");
		const found = await plugin.read(urn, importId, {}, {});
		return found && { urn, ...found };
	}

	async refresh({ urn, id, state, inputs }: Made): Promise<Made | undefined> {
		const found = await plugin.read(urn, id, state, inputs);
		return found && { urn, ...found };
	}

	/** What would change, and what has changed then. */
	async update(made: Made, inputs: Properties, ignored: string[] = []): Promise<Made & { changed: string[] }> {
		const [, , type = ""] = made.urn.split("::");
		const checked = this.check(type, inputs);
		const { changed } = plugin.diff(made.urn, made.state, checked, ignored);
		const state = await plugin.update(made.urn, made.id, made.state, checked, false, ignored);
		return { ...made, inputs: checked, state, changed };
	}

	delete({ urn, id, state }: Made): Promise<void> {
		return plugin.remove(urn, id, state);
	}

	/** STS's answer to the URL in a token, as the authenticator asks it. */
	async statusOfToken(cluster: string, minutesOld: number): Promise<number | undefined> {
		const { credentials, requestHandler } = clientOptions();
		const hostname = `sts.${this.aws.region}.amazonaws.com`;
		const signer = new SignatureV4({
			service: "sts",
			region: this.aws.region,
			credentials: credentials as NonNullable<typeof credentials>,
			sha256: Sha256,
		});
		const { path, query = {} } = await signer.presign(
			{
				method: "GET",
				protocol: "https:",
				hostname,
				path: "/",
				query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
				headers: { host: hostname, "x-k8s-aws-id": cluster },
			},
			{
				expiresIn: 60,
				signingDate: new Date(Date.now() - minutesOld * 60_000),
				unhoistableHeaders: new Set(["x-k8s-aws-id"]),
			},
		);
		const url = `https://${hostname}${path}?${new URLSearchParams(query as Record<string, string>)}`;
		const agent = (requestHandler as { httpsAgent: Agent }).httpsAgent;
		return new Promise((resolve, reject) => {
			get(url, { agent, headers: { "x-k8s-aws-id": cluster } }, ({ statusCode }) => resolve(statusCode)).on(
				"error",
				reject,
			);
		});
	}
}

class Sha256 {
	private readonly hash: Hash | Hmac;

	constructor(secret?: unknown) {
		this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array);
	}

	update(data: Uint8Array): void {
		this.hash.update(data);
	}

	async digest(): Promise<Uint8Array> {
		return this.hash.digest();
	}

	reset(): void {}
}

function setEnvironment(values: NodeJS.ProcessEnv): void {
	for (const [name, value] of Object.entries(values)) {
		if (value === undefined) {
			delete process.env[name];
		} else {
			process.env[name] = value;
		}
	}
}

function urnOf(type: string, name: string): string {
	return `urn:pulumi:prod::eks-access::${type}::${name}`;
}
