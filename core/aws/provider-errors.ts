import type { AccessError } from "../errors/access-error";
import { awsFailure, credentialsFailure } from "./clients";

/**
 * Whether the AWS provider says that something does not exist, in its own words for that or those of AWS. Anything else, such as a host
 * name that was not found, says nothing about it.
 */
export function isAbsent({ message }: Error): boolean {
	return /\bcouldn't find resource\b|\bNoSuchEntity(?:Exception)?\b|\bResourceNotFoundException\b/.test(message);
}

/** An error of a function of the AWS provider in our words, without the engine's and gRPC's: what could not be done, why, and what to do. */
export function providerFailure(what: string, error: Error): AccessError {
	const said = error.message.replace(/^.*?returned an error: (?:invoking \S+: )?/s, "").replace(/\s*\n\s*/g, " ");
	const isUnreachable = /no such host|connection refused|i\/o timeout|dial tcp|ECONNREFUSED/.test(said);
	const $metadata = isUnreachable ? {} : { httpStatusCode: 400 };
	return credentialsFailure(what, new Error(said)) ?? awsFailure(what, Object.assign(new Error(said), { $metadata }));
}
