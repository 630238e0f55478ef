import { awsAuth, type Story, steps } from "../../sandbox/story/steps";
import { recordingTeller } from "../../sandbox/story/teller";
import { openProject, sharedSandbox } from "./shared-sandbox";

describe("the article, from step 1 to step 7, on the real engine", function () {
	// The first run on a machine builds the sandbox's parts.
	this.timeout("60m");
	let story: Story;

	before(async () => {
		const sandbox = await sharedSandbox();
		const teller = recordingTeller();
		const project = await openProject(sandbox, (text) => story.teller.write(text));
		story = { sandbox, project, teller, before: await awsAuth({ sandbox }) };
	});

	for (const step of steps) {
		it(step.title, async () => {
			story.teller = recordingTeller();
			try {
				await step.run(story);
			} catch (error) {
				(error as Error).message +=
					`\n\nWhat led to it:\n${(story.teller as ReturnType<typeof recordingTeller>).text()}`;
				throw error;
			}
		});
	}
});
