import fc from "fast-check";
import { block } from "./block";
import type { Content } from "./content";
import { flow } from "./flow";
import { aliased, special } from "./odd";

export { largeContent } from "./block";
export type { Content } from "./content";

/** One character somewhere else: what it makes of the text, only the judge knows. */
const mutation = fc.record({
	at: fc.nat(400),
	drop: fc.constantFrom(0, 0, 1, 2, 5),
	put: fc.constantFrom(
		..."\t {}[]:#-?,&*!|>'\"%@`\n\r\\~.",
		"",
		": ",
		" #",
		"\n- ",
		"\n  ",
		"\n    ",
		"---\n",
		"\n---\n",
		"\n...\n",
		"&a ",
		"*a",
		"<<: ",
		"|\n",
		">+\n",
		"{{",
		"}}",
		"\n\t",
		"\u00a0",
		"\u2029",
		"\ufeff",
	),
});

const frame = fc.record({
	start: fc.oneof(
		{ weight: 8, arbitrary: fc.constant("") },
		{ weight: 1, arbitrary: fc.constantFrom("---\n", "--- # c\n", "# c\n---\n", "\n", "# head\n", "\ufeff") },
	),
	end: fc.constantFrom("", "\n", "\n", "\n", "\n\n", "\n# end", "\n  # end\n", "\n...\n", "\n...", "\n... # end\n"),
	crlf: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

/** Texts of mapRoles: what people, eksctl, Terraform, Helm and `kubectl edit` leave there, and what slips into it. */
export const awsAuthContent: fc.Arbitrary<Content> = fc
	.record({
		body: fc.oneof(
			{ weight: 10, arbitrary: block },
			{ weight: 4, arbitrary: flow },
			{ weight: 1, arbitrary: aliased },
			{ weight: 2, arbitrary: special },
		),
		frame,
		mutations: fc.oneof(
			{ weight: 2, arbitrary: fc.constant([]) },
			{ weight: 1, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 2 }) },
		),
	})
	.map(({ body, frame: { start, end, crlf }, mutations }) => {
		let text = start + body.text + end;
		for (const { at, drop, put } of mutations) {
			const offset = text.length === 0 ? 0 : at % (text.length + 1);
			text = text.slice(0, offset) + put + text.slice(offset + drop);
		}
		// A line break behind such an end would become part of the scalar.
		const endsInBlockScalar = !text.endsWith("\n") && /[:-] [|>]/.test(body.text);
		return {
			text: crlf ? text.replace(/\r?\n/g, "\r\n") : text,
			ordinary:
				body.ordinary && mutations.length === 0 && !endsInBlockScalar && !(start !== "" && body.text.startsWith("---")),
		};
	});
