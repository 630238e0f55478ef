import assert from "node:assert/strict";
import { quietOutput } from "../../sandbox/story/quiet-output";

const STACK = "pulumi:pulumi:Stack eks-access-prod";
const NOTE = "warning: using pulumi-resource-aws from $PATH at /bin/pulumi-resource-aws";

function shown(text: string, pieces = [text]): string {
	let written = "";
	const write = quietOutput((part) => {
		written += part;
	});
	for (const piece of pieces) {
		write(piece);
	}
	return written;
}

describe("the output of npm start", () => {
	it("leaves out notes about plugins, their headings and count, and rows of what is under way", () => {
		const text = [
			"@ updating....",
			` +  ${STACK} creating (2s) ${NOTE}`,
			" +  aws:iam:Role access-k8s-devs-role creating (0s) ",
			" +  aws:iam:Role access-k8s-devs-role created (0.72s) ",
			` +  ${STACK} created (24s) 4 warnings; 1 message`,
			"Diagnostics:",
			"  pulumi:pulumi:Stack (eks-access-prod):",
			`    ${NOTE}`,
			"",
			"Resources:",
			"",
		].join("\n");
		const expected = [
			" +  aws:iam:Role access-k8s-devs-role created (0.72s) ",
			` +  ${STACK} created (24s) 1 message`,
			"",
			"Resources:",
			"",
		].join("\n");
		assert.equal(shown(text), expected);
		assert.equal(shown(text, [...text]), expected, "in pieces of one character");
	});

	it("leaves out rows of resources that stay as they are, and rows that say again what the one before says", () => {
		const created = " +  kubernetes:rbac.authorization.k8s.io/v1:RoleBinding access-namespaces-dev.k8s-devs create ";
		const text = [
			"    eks-access:index:EksAccess access  Access changes:",
			created,
			created,
			`    ${STACK}  `,
			"Diagnostics:",
			"  eks-access:index:EksAccess (access):",
			"    Access changes:",
			"      + user/jane gains full in dev",
			"",
			"",
			"Resources:",
			"    21 unchanged",
			"",
		];
		const expected = [created, ...text.slice(4, 9), ...text.slice(10)];
		assert.equal(shown(text.join("\n")), expected.join("\n"));
	});

	it("keeps the heading of all diagnostics where those of the first resource are left out", () => {
		const first = [`  ${STACK.replace(" ", " (")}):`, `    ${NOTE}`, ""];
		const second = ["  eks-access:index:EksAccess (access):", "    Access changes:", ""];
		const text = ["Diagnostics:", ...first, ...second].join("\n");
		assert.equal(shown(text), ["", "Diagnostics:", ...second].join("\n"));
	});

	it("keeps every other diagnostic with its headings", () => {
		const text = `Diagnostics:\n  ${STACK.replace(" ", " (")}):\n    ${NOTE}\n    warning: jane is in the group by hand\n\n`;
		assert.equal(shown(text), text.replace(`    ${NOTE}\n`, ""));
	});
});
