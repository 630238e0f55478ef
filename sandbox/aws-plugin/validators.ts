/** What is wrong with a value, undefined if nothing is. Paths are those of terraform-provider-aws. */
export type Validator = (value: unknown) => string | undefined;

export function matching(pattern: RegExp): Validator {
	return (value) => (pattern.test(value as string) ? undefined : `must match ${pattern.source}`);
}

export function between(least: number, most: number): Validator {
	return (value) =>
		(value as number) < least || (value as number) > most ? `must be from ${least} to ${most}` : undefined;
}

export function oneOf(...values: string[]): Validator {
	return (value) => (values.includes(value as string) ? undefined : `must be one of ${values.join(", ")}`);
}

/** internal/verify/validate.go, ValidARNCheck; an empty text is none. */
export const arn: Validator = (value) =>
	value === "" ||
	/^arn:aws(-[a-z]+)*:[^:]*:([a-z]{2}(-[a-z]+)+-\d{1,2})?:(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})?:./.test(
		value as string,
	)
		? undefined
		: `(${value}) is an invalid ARN`;

/** internal/verify/json.go, ValidIAMPolicyJSON. */
export const iamPolicy: Validator = (value) =>
	(value as string).startsWith("{") ? undefined : "contains an invalid JSON policy: has to begin with {";

/** internal/service/iam/validate.go, validResourceName. */
export const iamName = matching(/^[\w+=,.@-]*$/);

/** internal/service/eks/validate.go, validClusterName. */
export const clusterName = matching(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/);
