const { availableParallelism } = require("node:os");

module.exports = {
	require: ["ts-node/register", "./tests/support/hooks.ts"],
	// Loading the SDKs takes longer than the default of 2 s on a busy machine.
	timeout: "20s",
	// What a failed test has left open, such as a server, must not keep the run from ending.
	exit: true,
	// With --parallel. An end-to-end suite waits for a second or two out of three; its control plane takes about 1.5 GB.
	jobs: Math.min(Math.max(availableParallelism(), 2), 4),
};
