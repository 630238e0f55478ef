import type { Properties } from "./properties";
import { throughProxy } from "./through-proxy";

/** What the plugin takes from the provider's configuration. */
export interface Settings {
	readonly region: string;
	readonly credentials?: {
		readonly accessKeyId: string;
		readonly secretAccessKey: string;
		readonly sessionToken?: string;
	};
	readonly defaultTags: Readonly<Record<string, string>>;
}

const understood = new Set([
	"region",
	"accessKey",
	"secretKey",
	"token",
	"defaultTags",
	// They switch off checks that this plugin does not make.
	"skipCredentialsValidation",
	"skipMetadataApiCheck",
	"skipRegionValidation",
	"skipRequestingAccountId",
	// The engine's own.
	"version",
	"pluginDownloadURL",
	"__internal",
]);

let settings: Settings | undefined;

/** The provider settings that this plugin does not implement. */
export function unsupportedSettings(configuration: Properties): string[] {
	return Object.keys(configuration).filter((key) => !understood.has(key));
}

export function configure(configuration: Properties): void {
	const text = (key: string, variable: string) => (configuration[key] as string | undefined) || process.env[variable];
	const region = text("region", "AWS_REGION") ?? process.env.AWS_DEFAULT_REGION;
	if (!region) {
		throw new Error("no AWS region: set aws:region in the stack's config");
	}
	const accessKeyId = text("accessKey", "AWS_ACCESS_KEY_ID");
	const secretAccessKey = text("secretKey", "AWS_SECRET_ACCESS_KEY");
	// The engine hands nested settings over as JSON.
	const { tags = {} } = JSON.parse((configuration.defaultTags as string | undefined) ?? "{}");
	settings = {
		region,
		credentials:
			accessKeyId && secretAccessKey
				? {
						accessKeyId,
						secretAccessKey,
						sessionToken: text("token", "AWS_SESSION_TOKEN"),
					}
				: undefined,
		defaultTags: tags,
	};
}

export function configured(): Settings {
	if (!settings) throw new Error("the aws plugin is not configured yet");
	return settings;
}

/** For an AWS client, as the provider's configuration and the environment say. */
export function clientOptions(region = configured().region) {
	const proxy = process.env.HTTPS_PROXY;
	return {
		region,
		credentials: configured().credentials,
		requestHandler: proxy ? throughProxy(proxy, process.env.AWS_CA_BUNDLE) : {},
	};
}
