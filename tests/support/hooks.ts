import { mock } from "node:test";
import { endAll } from "./endings";

const E2E_TEST_MS = 15 * 60_000;

/** What mocha runs around all tests: every end-to-end test ends, and its suite says how long it took. */
export const mochaHooks = {
	/** Also where several files share a worker, whose hooks of its own end with the first. */
	afterEach(this: Mocha.Context): void {
		mock.restoreAll();
	},
	async afterAll(this: Mocha.Context): Promise<void> {
		this.timeout("1m");
		await endAll();
	},
	beforeAll(this: Mocha.Context): void {
		let last = Date.now();
		for (const suite of this.test?.parent?.suites.filter(({ file }) => /[\\/]e2e[\\/]/.test(file ?? "")) ?? []) {
			suite.eachTest((test: Mocha.Test) => {
				tellingFailures(test);
				// The first `before` may have to build the sandbox; its own timeout goes on.
				test.timeout(Math.min(test.timeout() || E2E_TEST_MS, E2E_TEST_MS));
				// A dozen servers share a machine that may be busy: what fails by chance holds when it is tried again.
				test.retries(1);
			});
			suite.afterAll(() => {
				console.log(`    ${Math.round((Date.now() - last) / 1000)} s: ${suite.title}`);
				last = Date.now();
			});
		}
	},
};

/** What fails is told at once: mocha tells it at the end of a run that takes half an hour, and of a first try not at all. */
function tellingFailures(test: Mocha.Test): void {
	const { fn } = test as Mocha.Test & { fn?: Mocha.AsyncFunc };
	test.fn =
		fn &&
		async function (this: Mocha.Context) {
			try {
				return await fn.call(this);
			} catch (error) {
				if (!test.isPending()) {
					console.error(`    ${test.fullTitle()}: ${(error as Error).stack}`);
				}
				throw error;
			}
		};
}
