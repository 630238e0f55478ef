const EXPONENTS: Record<string, number> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/**
 * Whether two quantities are the same amount: the API server writes `1000m` as `1`.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function sameQuantity(one: string | undefined, other: string | undefined): boolean {
	if (one === other || one === undefined || other === undefined) {
		return one === other;
	}
	const [first, second] = [nanos(one), nanos(other)];
	return first !== undefined && first === second;
}

/** Whether `one` is more than `other`; also where one of them cannot be read. */
export function isMore(one: string, other: string): boolean {
	const [first, second] = [nanos(one), nanos(other)];
	return first === undefined || second === undefined ? one !== other : first > second;
}

/** Exactly, in billionths, as Kubernetes rounds: 1Ei is more than a number holds. */
function nanos(quantity: string): bigint | undefined {
	const found = /^([+-]?)(\d*)\.?(\d*)(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?\d+))$/.exec(quantity.trim());
	if (!found || `${found[2]}${found[3]}` === "") {
		return undefined;
	}
	const [, sign, whole = "", part = "", binary, decimal = "", exponent] = found;
	const shift = 9 - part.length + (exponent === undefined ? (EXPONENTS[decimal] as number) : Number(exponent));
	if (Math.abs(shift) > 100) {
		return undefined;
	}
	let amount = BigInt(`${whole}${part}`) * (binary ? 1024n ** BigInt(BINARY.indexOf(binary) + 1) : 1n);
	const power = 10n ** BigInt(Math.abs(shift));
	// What is finer than a billionth is rounded up.
	amount = shift >= 0 ? amount * power : (amount + power - 1n) / power;
	return sign === "-" ? -amount : amount;
}
