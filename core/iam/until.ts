/** The last day of an access, inclusive and in UTC, or the moment at which it ends. */
export const UNTIL = "a day (2026-12-31, which is included, in UTC) or an RFC 3339 time (2026-12-31T18:00:00Z)";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** Whether a text is a day or a time that exists. */
export function isUntil(text: string): boolean {
	const [day = ""] = text.split("T");
	const start = Date.parse(`${day}T00:00:00Z`);
	const exists = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
	return exists && (DAY.test(text) || (TIME.test(text) && !Number.isNaN(Date.parse(text))));
}

/** The first moment without access, in milliseconds of the epoch. */
export function endOf(until: string): number {
	return Date.parse(until) + (DAY.test(until) ? DAY_MILLISECONDS : 0);
}

export function isOver(until: string, now: Date): boolean {
	return endOf(until) <= now.getTime();
}

/** The last moment that four digits of a year can say. */
const LAST = Date.parse("9999-12-31T23:59:59Z");

/** The end as policies compare it with `aws:CurrentTime`, in whole seconds: `2027-01-01T00:00:00Z`. */
export function instantOf(until: string): string {
	return new Date(Math.min(endOf(until), LAST)).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Whichever comes first. */
export function earlier(one: string | undefined, other: string | undefined): string | undefined {
	return one && other ? (endOf(one) <= endOf(other) ? one : other) : (one ?? other);
}

/** `until 2026-12-31`, or `ended 2026-12-31`. */
export function describeUntil(until: string, now: Date): string {
	return `${isOver(until, now) ? "ended" : "until"} ${until}`;
}
