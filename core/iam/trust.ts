interface Statement {
	Effect?: string;
	Principal?: string | Record<string, string | string[]>;
	Condition?: Record<string, Record<string, unknown>>;
}

/** Whom the Allow statements of a trust policy name; an account is named by its root. */
export function principalsIn(policy: unknown): Set<string> {
	return new Set(statementsOf(policy, "Allow").flatMap((statement) => principalsOf(statement)));
}

/**
 * Of a trust policy, what it demands of people whom another one lets in without: the keys of conditions, and `Deny` for statements that
 * deny.
 */
export function demandsLost(policy: unknown, after: unknown): string[] {
	const ofConditions = statementsOf(after, "Allow").flatMap((statement) => {
		const accounts = principalsOf(statement, "AWS").map(accountOf);
		const before = statementsOf(policy, "Allow").filter((each) =>
			principalsOf(each, "AWS").some((principal) => principal === "*" || accounts.includes(accountOf(principal))),
		);
		const kept = new Set(conditionsOf(statement).map(({ id }) => id));
		const lost = before.map((each) => conditionsOf(each).filter(({ id }) => !kept.has(id)));
		// One that demands nothing more lets them in already.
		return lost.some((conditions) => conditions.length === 0) ? [] : lost.flat().map(({ key }) => key);
	});
	return [...new Set(ofConditions), ...(statementsOf(policy, "Deny").length > 0 ? ["Deny"] : [])];
}

function statementsOf(policy: unknown, effect: "Allow" | "Deny"): Statement[] {
	const { Statement = [] } = (policy ?? {}) as { Statement?: Statement | Statement[] };
	return [Statement].flat().filter(({ Effect }) => Effect === effect);
}

function principalsOf({ Principal = {} }: Statement, kind?: "AWS"): string[] {
	if (typeof Principal === "string") {
		return [Principal];
	}
	const named = kind ? [Principal[kind] ?? []] : Object.values(Principal);
	return named.flat().map((principal) => (/^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal));
}

/** Whom a trust policy names of an account, in whatever form, its conditions are meant for. */
function accountOf(principal: string): string {
	return principal.split(":")[4] ?? principal;
}

/** IAM compares operators and keys without regard to case, and one value is a list of one. */
function conditionsOf({ Condition = {} }: Statement): { key: string; id: string }[] {
	return Object.entries(Condition).flatMap(([operator, keys]) =>
		Object.entries(keys).map(([key, values]) => ({
			key,
			id: JSON.stringify([operator.toLowerCase(), key.toLowerCase(), [values].flat().map(String).sort()]),
		})),
	);
}
