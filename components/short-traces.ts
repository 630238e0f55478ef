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
