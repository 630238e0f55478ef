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
