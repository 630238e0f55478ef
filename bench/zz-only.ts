import { benchLarge, benchSmall } from "./preview";

const which = process.argv[2];
(which === "large" ? benchLarge() : benchSmall()).then(
	(figures) => {
		for (const { what, ours, other, ratio } of figures) console.log([what, ours, other, ratio?.toFixed(2)].join("; "));
		process.exit(0);
	},
	(error) => {
		console.error(error);
		process.exit(1);
	},
);
