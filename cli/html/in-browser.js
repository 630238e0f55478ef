"use strict";
// Makes the table searchable and sortable. Without it the page is a plain table.
(() => {
	const table = document.querySelector("table");
	const body = table.tBodies[0];
	const rows = [...body.rows];
	const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
	const search = document.getElementById("search");
	const count = document.getElementById("count");
	const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;

	function show() {
		const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		for (const row of rows) {
			// A cell that says something is found by the head of its column too.
			const said = [...row.cells].filter((cell) => cell.textContent !== "");
			const text = said.map((cell) => `${cell.dataset.head} ${cell.textContent}`.toLowerCase()).join("\n");
			row.hidden = !words.every((word) => text.includes(word));
			shown += row.hidden ? 0 : 1;
		}
		count.textContent = shown === 0 ? "no match" : `${shown} of ${rows.length} rows`;
	}

	function sortBy(column) {
		const head = heads[column];
		const descending = head.getAttribute("aria-sort") === "ascending";
		for (const each of heads) {
			each.removeAttribute("aria-sort");
		}
		head.setAttribute("aria-sort", descending ? "descending" : "ascending");
		const textOf = (row) => row.cells[column].textContent;
		rows.sort((one, other) => compare(textOf(one), textOf(other)) * (descending ? -1 : 1));
		body.append(...rows);
	}

	heads.forEach((head, column) => {
		const button = document.createElement("button");
		button.type = "button";
		button.textContent = head.textContent;
		button.addEventListener("click", () => sortBy(column));
		head.replaceChildren(button);
	});
	search.addEventListener("input", show);
	document.getElementById("tools").hidden = false;
	show();
})();
