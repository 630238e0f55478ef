import { awsFailure } from "../../core/aws/clients";
import { tokenIdentity } from "../../core/aws/token-identity";
import type { AWS_ERRORS } from "../../core/errors/aws-codes";
import { ROLE } from "./error-worlds";

/** What is made of an error of AWS's of this name. */
function aws(name: string, message: string, httpStatusCode?: number) {
	return () => {
		throw awsFailure(
			"find out who you are",
			Object.assign(new Error(message), { name, $metadata: { httpStatusCode } }),
		);
	};
}

/** What gives each error of asking AWS. */
export const PROVOKED_AWS: Record<keyof typeof AWS_ERRORS, () => unknown> = {
	"aws-session-expired": aws("ExpiredToken", "The security token included in the request is expired", 403),
	"aws-credentials-invalid": aws("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
	"aws-mfa-needed": aws("CredentialsProviderError", "Profile ops requires multi-factor authentication"),
	"aws-denied": aws("AccessDenied", "User: arn:aws:iam::123456789012:user/jane is not authorized", 403),
	"aws-region-missing": aws("Error", "Region is missing"),
	"aws-unreachable": aws("Error", "connect ECONNREFUSED"),
	"assume-roles-not-passed-on": () => tokenIdentity({}, { assumeRoles: [{ roleArn: ROLE, externalId: "x" }] }),
	"aws-failed": aws("ThrottlingException", "Rate exceeded", 400),
};
