import { awsClients } from "../core/aws/clients";

/** Makes the IAM users that are named on the command line, in the account of the environment. */
async function makeUsers(names: string[]): Promise<void> {
	const { iam } = awsClients();
	// One by one: the emulator takes few connections at a time.
	for (const name of names) {
		await iam.createUser({ UserName: name });
	}
}

makeUsers(process.argv.slice(2)).catch((error: Error) => {
	console.error(error.message);
	process.exit(1);
});
