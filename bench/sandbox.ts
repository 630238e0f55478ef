import { terminalReport } from "../sandbox/report";
import { startSandbox } from "../sandbox/sandbox";
import { type Figure, fastest, seconds, timeOf } from "./figures";

const ROUNDS = 3;

/** From its programs, which are built already, to a cluster and an account that answer. */
export async function benchSandbox(): Promise<Figure[]> {
	let stop = async () => {};
	const { start } = await fastest(ROUNDS, {
		start: async () => {
			const time = await timeOf(async () => {
				({ stop } = await startSandbox({ report: terminalReport() }));
			});
			await stop();
			return time;
		},
	});
	return [{ what: "start of the sandbox", ours: seconds(start) }];
}
