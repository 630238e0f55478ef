/**
 * What a plain scalar (one without quotes) is in YAML 1.1: a string, or certainly none that one of our entries could hold
 * (a number, boolean, null or date), or nothing that JSON knows.
 */
export function kindOfPlain(raw: string): "string" | "opaque" | "no JSON" {
	const first = raw.charCodeAt(0);
	const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
	if (!numeric) {
		return raw.length < 6 && isKeyword(raw) ? "opaque" : "string";
	}
	if (/^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(raw)) {
		return "no JSON";
	}
	return /[^\dA-Fa-fxXoObBpPtTzZ_+\-.: ]/.test(raw) ? "string" : "opaque";
}

function isKeyword(raw: string): boolean {
	return /^(?:~|null|Null|NULL|y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/.test(
		raw,
	);
}
