import { readFileSync } from "node:fs";
import type { EKS } from "@aws-sdk/client-eks";
import type { IAM } from "@aws-sdk/client-iam";
import type { STS } from "@aws-sdk/client-sts";
import { AccessError } from "../errors/access-error";
import type { AWS_ERRORS } from "../errors/aws-codes";
import type { AssumedRole } from "./token-identity";

/** What the SDK signs with. */
interface AwsCredentialIdentity {
	accessKeyId: string;
	secretAccessKey: string;
	sessionToken?: string;
	expiration?: Date;
}

/** AWS as the environment says: credentials, profile, region, proxy. Each client is loaded where it is used. */
export interface AwsClients {
	readonly eks: EKS;
	readonly iam: IAM;
	readonly sts: STS;
}

export interface AwsSettings {
	/** Default: AWS_REGION, AWS_DEFAULT_REGION, or the profile's. */
	region?: string;
	/** Default: AWS_PROFILE. */
	profile?: string;
	/** Roles to assume, one by the other. */
	assumeRoles?: AssumedRole[];
}

/** Longer than AWS takes to answer; shorter than a person waits. */
const CONNECT_MS = 5_000;
const ANSWER_MS = 20_000;

export function awsClients({ region = defaultRegion(), profile, assumeRoles = [] }: AwsSettings = {}): AwsClients {
	// The SDK would tell the user on standard error that it will want Node 22 one day.
	process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
	const requestHandler = {
		connectionTimeout: CONNECT_MS,
		requestTimeout: ANSWER_MS,
		throwOnRequestTimeout: true,
		...throughProxy(region),
	};
	// Whoever has many access entries is throttled; the SDK waits longer each time.
	const own = { maxAttempts: 5, requestHandler, ...(region ? { region } : {}), ...(profile ? { profile } : {}) };
	const options = { ...own, ...(assumeRoles.length > 0 ? { credentials: () => sessionOf(assumeRoles, own) } : {}) };
	const made = new Map<string, unknown>();
	const once = <T>(name: string, make: () => T): T => {
		if (!made.has(name)) {
			made.set(name, make());
		}
		return made.get(name) as T;
	};
	return {
		get eks() {
			return once(
				"eks",
				() => new (require("@aws-sdk/client-eks") as typeof import("@aws-sdk/client-eks")).EKS(options),
			);
		},
		get iam() {
			return once(
				"iam",
				() => new (require("@aws-sdk/client-iam") as typeof import("@aws-sdk/client-iam")).IAM(options),
			);
		},
		get sts() {
			return once(
				"sts",
				() => new (require("@aws-sdk/client-sts") as typeof import("@aws-sdk/client-sts")).STS(options),
			);
		},
	};
}

/** Credentials of the last role; the SDK asks for them again before they expire. */
async function sessionOf(roles: AssumedRole[], options: object): Promise<AwsCredentialIdentity> {
	const { STS } = require("@aws-sdk/client-sts") as typeof import("@aws-sdk/client-sts");
	let credentials: AwsCredentialIdentity | undefined;
	for (const { roleArn, sessionName = "eks-access", externalId } of roles) {
		const sts = new STS({ ...options, ...(credentials ? { credentials } : {}) });
		const { Credentials } = await sts.assumeRole({
			...{ RoleArn: roleArn, RoleSessionName: sessionName, ExternalId: externalId },
		});
		credentials = {
			accessKeyId: Credentials?.AccessKeyId ?? "",
			secretAccessKey: Credentials?.SecretAccessKey ?? "",
			sessionToken: Credentials?.SessionToken,
			expiration: Credentials?.Expiration,
		};
	}
	return credentials as AwsCredentialIdentity;
}

/** The SDK reads the first one only. */
function defaultRegion(): string | undefined {
	return process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined;
}

/** The SDK looks at neither HTTPS_PROXY nor AWS_CA_BUNDLE by itself, which the AWS CLI does. */
function throughProxy(region = "us-east-1"): object {
	const { getProxyForUrl } = require("proxy-from-env") as typeof import("proxy-from-env");
	const proxy = getProxyForUrl(`https://sts.${region}.amazonaws.com`);
	const bundle = process.env.AWS_CA_BUNDLE;
	if (!proxy && !bundle) {
		return {};
	}
	const options = { keepAlive: true, maxSockets: 50, ...(bundle ? { ca: readBundle(bundle) } : {}) };
	if (!proxy) {
		const { Agent } = require("node:https") as typeof import("node:https");
		return { httpsAgent: new Agent(options) };
	}
	const { HttpsProxyAgent } = require("hpagent") as typeof import("hpagent");
	return { httpsAgent: new HttpsProxyAgent({ proxy, ...options }) };
}

function readBundle(file: string): Buffer {
	try {
		return readFileSync(file);
	} catch (error) {
		throw new AccessError("aws-failed", `AWS_CA_BUNDLE: ${file} cannot be read: ${(error as Error).message}`);
	}
}

/** Why AWS does not answer what it was asked. */
export type AwsProblem = "expired" | "credentials" | "mfa" | "denied" | "missing" | "region" | "unreachable" | "other";

/** @param error Of the SDK, or our own about it. */
export function awsProblemOf(error: unknown): AwsProblem {
	const { name, message, $metadata } = saidByAws(error) as Error & { $metadata?: { httpStatusCode?: number } };
	if (/^(NoSuchEntity|ResourceNotFound)(Exception)?$/.test(name)) {
		return "missing";
	}
	if (/^(ExpiredToken|RequestExpired)(Exception)?$/.test(name) || (isOfProvider(name) && /expired/i.test(message))) {
		return "expired";
	}
	if (isOfProvider(name)) {
		return /multi-factor|MFA/i.test(message) ? "mfa" : "credentials";
	}
	if (
		/^(InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|IncompleteSignature|InvalidAccessKeyId|InvalidToken)/.test(
			name,
		)
	) {
		return "credentials";
	}
	if (/^(AccessDenied|UnauthorizedOperation|OptInRequired)/.test(name)) {
		return "denied";
	}
	if (/^Region is missing/.test(message)) {
		return "region";
	}
	return $metadata?.httpStatusCode === undefined ? "unreachable" : "other";
}

function saidByAws(error: unknown): unknown {
	return (error instanceof AccessError && error.cause) || error;
}

function isOfProvider(name: string): boolean {
	return /^(Credentials|Token)ProviderError$/.test(name);
}

/** What AWS said, in one line; a connection that fails has several errors and no message of its own. */
export function awsMessageOf(error: unknown): string {
	const { name, message, code, errors } = saidByAws(error) as Error & { code?: string; errors?: Error[] };
	const text = message || errors?.[0]?.message || code || "no answer";
	const line = text.split("\n")[0] as string;
	return ["Error", "AggregateError"].includes(name) ? line : `${name}: ${line}`;
}

const REMEDIES: Record<AwsProblem, string> = {
	expired: "The session has expired: sign in again (aws sso login, or a new session of the role)",
	credentials: "Set credentials that AWS knows (AWS_PROFILE, or aws configure); aws sts get-caller-identity tries them",
	mfa: 'The profile asks for a code. Get a session first: eval "$(aws configure export-credentials --format env)"',
	denied: "Use credentials that may",
	missing: "",
	region: "Set aws:region in the stack's config, or AWS_REGION",
	unreachable: "Check that this machine gets to AWS (network, HTTPS_PROXY, region)",
	other: "",
};

const CODES: Record<AwsProblem, keyof typeof AWS_ERRORS> = {
	expired: "aws-session-expired",
	credentials: "aws-credentials-invalid",
	mfa: "aws-mfa-needed",
	denied: "aws-denied",
	missing: "aws-failed",
	region: "aws-region-missing",
	unreachable: "aws-unreachable",
	other: "aws-failed",
};

/** An error of AWS's in our words: what could not be done, why, and what to do. */
export function awsFailure(what: string, error: unknown): AccessError {
	if (error instanceof AccessError) {
		return error;
	}
	return Object.assign(failureOf(what, awsProblemOf(error), awsMessageOf(error)), { cause: error });
}

function failureOf(what: string, problem: AwsProblem, message: string, changed = ""): AccessError {
	const sentences = [message.replace(/\.$/, ""), changed, REMEDIES[problem]].filter((each) => each !== "");
	return new AccessError(CODES[problem], `AWS: cannot ${what}: ${sentences.join(". ")}`);
}

/** How the AWS provider of Pulumi, which passes on nothing but a text, says why it is refused. */
const IN_WORDS: [problem: AwsProblem, pattern: RegExp][] = [
	["expired", /ExpiredToken|RequestExpired|token .*(is|has) expired|session .*has expired|InvalidGrantException/i],
	[
		"credentials",
		/No valid credential sources|no EC2 IMDS role|failed to (refresh cached|retrieve) credentials|Invalid credentials configured|unable to validate AWS credentials|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidAccessKeyId|CredentialsProviderError|security token .* is invalid/i,
	],
	["denied", /AccessDenied|UnauthorizedOperation|is not authorized to perform/i],
];

/** The failure that credentials are the reason of, of an error of Pulumi's AWS provider; undefined where it has another reason. */
export function credentialsFailure(what: string, error: unknown): AccessError | undefined {
	const message = (error as Error).message.split("\n")[0] as string;
	const [problem] = IN_WORDS.find(([, pattern]) => pattern.test((error as Error).message)) ?? [];
	return problem && failureOf(what, problem, message, "Nothing was changed");
}

/** Asks AWS; undefined where what is asked for is not there. @throws {AccessError} of anything else that goes wrong. */
export async function askAws<T>(what: string, request: () => Promise<T>): Promise<T | undefined> {
	try {
		return await request();
	} catch (error) {
		if (awsProblemOf(error) === "missing") {
			return undefined;
		}
		throw awsFailure(what, error);
	}
}
