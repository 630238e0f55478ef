import { benchMerge } from "./merge";
import { benchPreview } from "./preview";

benchMerge();
benchPreview().then(
	() => process.exit(0),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
