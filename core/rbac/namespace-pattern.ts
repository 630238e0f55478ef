import { matches } from "../iam/policy-text";

/** Whether a name stands for all namespaces that match it, those to come too, such as `dev-*`; only access policies of EKS take such. */
export function isPattern(name: string): boolean {
	return name.includes("*");
}

/** What is none is a place in words, such as the whole cluster. */
const NAME = /^[a-z0-9*-]+$/;

/** Whether a namespace, or all that a narrower pattern stands for, is among those that a name stands for. */
export function covers(pattern: string, name: string): boolean {
	return pattern === name || (isPattern(pattern) && NAME.test(name) && matches(pattern, name));
}

/** What a name stands for: those of `names` that match a pattern, or itself. */
export function meantBy(name: string, names: Iterable<string>): string[] {
	return isPattern(name) ? [...names].filter((each) => covers(name, each)) : [name];
}
