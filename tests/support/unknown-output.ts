import * as pulumi from "@pulumi/pulumi";

/** A value that a preview does not know: the SDK has no way of its own to make one. */
export function unknownOutput(): pulumi.Output<string> {
	const { Output } = pulumi as unknown as { Output: new (...parts: unknown[]) => pulumi.Output<string> };
	const nothing = Promise.resolve(new Set());
	return new Output(new Set(), Promise.resolve(undefined), Promise.resolve(false), Promise.resolve(false), nothing);
}
