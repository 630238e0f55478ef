import type { AccessError } from "../errors/access-error";
import { awsFailure, credentialsFailure } from "./clients";

/**
 * Whether the AWS provider says that something does not exist, in its own words for that or those of AWS. Anything else, such as a host
 * name that was not found, says nothing about it.
 */
export function isAbsent({ message }: Error): boolean {
	return /\bcouldn't find resource\b|\bNoSuchEntity(?:Exception)?\b|\bResourceNotFoundException\b/.test(message);
}

/** What the AWS provider says, on one line, without the words of the engine and gRPC around it. */
export function providerWords({ message }: Error): string {
	const said = message.replace(/^.*?returned an error: (?:invoking \S+: )?(?:\d+ errors? occurred:\s*\* )?/s, "");
	return said.trim().replace(/\s*\n\s*/g, " ");
}

/** An error of a function of the AWS provider in our words: what could not be done, why, and what to do. */
export function providerFailure(what: string, error: Error): AccessError {
	const said = providerWords(error);
	const isUnreachable = /no such host|connection refused|i\/o timeout|dial tcp|ECONNREFUSED/.test(said);
	const $metadata = isUnreachable ? {} : { httpStatusCode: 400 };
	return credentialsFailure(what, new Error(said)) ?? awsFailure(what, Object.assign(new Error(said), { $metadata }));
}
