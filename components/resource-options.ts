import * as pulumi from "@pulumi/pulumi";

/** The provider of a package that a component's options give it, itself or by its parent. */
export function providerOf(
	pkg: "aws" | "kubernetes",
	opts: pulumi.ComponentResourceOptions = {},
): pulumi.ProviderResource | undefined {
	const given = [opts.provider, ...Object.values(opts.providers ?? {})];
	return given.find((each) => packageOf(each) === pkg) ?? opts.parent?.getProvider(`${pkg}:index:Any`);
}

/** How SDKs know the providers of their own, of whatever version. */
function packageOf(provider: pulumi.ProviderResource | undefined): string | undefined {
	const { __pulumiType = "" } = (provider ?? {}) as { __pulumiType?: string };
	return /^pulumi:providers:(.+)$/.exec(__pulumiType)?.[1];
}

/**
 * What the program says a component depends on, such as a cluster that it makes, is for all resources in it: a destroy would else take
 * the cluster away before the entries in it.
 */
export function withDependencies(
	options: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions | undefined {
	const { dependsOn } = options ?? {};
	if (!options || !dependsOn || (Array.isArray(dependsOn) && dependsOn.length === 0)) {
		return options;
	}
	return pulumi.mergeOptions(options, {
		transformations: [
			({ props, opts }: pulumi.ResourceTransformationArgs) => ({
				props,
				opts: pulumi.mergeOptions(opts, { dependsOn }),
			}),
		],
	});
}

/**
 * The same for all that a component makes, with their provider, and not for the component itself: a component waits for its provider
 * and its dependencies, and whoever waits for the component, such as its own outputs, does so for ever if one of them has failed.
 */
export function withDependenciesInside(
	options: pulumi.ComponentResourceOptions,
	dependsOn: pulumi.ResourceOptions["dependsOn"],
	provider?: pulumi.ProviderResource,
): pulumi.ComponentResourceOptions {
	return pulumi.mergeOptions(options, {
		transformations: [
			({ resource, props, opts }: pulumi.ResourceTransformationArgs) =>
				resource instanceof pulumi.ComponentResource
					? undefined
					: { props, opts: pulumi.mergeOptions(opts, provider ? { dependsOn, provider } : { dependsOn }) },
		],
	});
}

/** When an output has a value, or has failed; nothing comes to depend on it. */
export function settled(output: pulumi.Output<unknown>): Promise<unknown> {
	return (output as unknown as { promise(): Promise<unknown> }).promise();
}

/** One says where an error of ours came from. */
const FRAMES = 1;

/**
 * Makes resources without the long stack traces that the SDK notes for each of their promises, a dozen a resource, to print them on
 * request only (PULUMI_DEBUG_PROMISE_LEAKS). ts-node looks every frame up in source maps: a seventh of the time of a preview with 460
 * resources (`npm run bench`).
 */
export function withShortTraces<T>(make: () => T): T {
	const { stackTraceLimit } = Error;
	if (process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
		return make();
	}
	Error.stackTraceLimit = Math.min(stackTraceLimit, FRAMES);
	try {
		return make();
	} finally {
		Error.stackTraceLimit = stackTraceLimit;
	}
}
