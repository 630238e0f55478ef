import assert from "node:assert/strict";
import { quietOutput } from "../../sandbox/story/quiet-output";

const STACK = "pulumi:pulumi:Stack eks-access-prod";

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
	it("leaves out what is under way or stays as it is, what a line says again, the outputs, and empty lines", () => {
		const created = " +  kubernetes:rbac.authorization.k8s.io/v1:RoleBinding access-namespaces-dev.k8s-devs create ";
		const kept = [
			"Diagnostics:",
			`  ${STACK.replace(" ", " (")}):`,
			"    warning: jane is in the group by hand",
			"Resources:",
			"    21 unchanged",
			"",
		];
		const text = [
			"@ updating....",
			` +  ${STACK} creating (2s) jane is in the group by hand`,
			" +  aws:iam:Role access-k8s-devs-role creating (0s) ",
			"    eks-access:index:EksAccess access  Access changes:",
			created,
			created,
			` ~  ${STACK} updated (24s) 1 warning`,
			`    ${STACK}  `,
			...kept.slice(0, 3),
			"",
			"Outputs:",
			"    roleArns: {",
			"    }",
			"",
			...kept.slice(3),
		].join("\n");
		const expected = [created, ` ~  ${STACK} updated (24s) 1 warning`, ...kept].join("\n");
		assert.equal(shown(text), expected);
		assert.equal(shown(text, [...text]), expected, "in pieces of one character");
	});
});
