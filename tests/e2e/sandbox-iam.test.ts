import assert from "node:assert/strict";
import type { Sandbox } from "../../sandbox/sandbox";
import { Shell } from "./sandbox-shell";
import { sharedSandbox } from "./shared-sandbox";

const ACCOUNT = "293759796572";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/guarded`;
const DEVICE = `arn:aws:iam::${ACCOUNT}:mfa/ann`;
const CODE = `--serial-number ${DEVICE} --token-code 123456`;

describe("IAM in the sandbox asks what AWS asks", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let operator: Shell;
	let ann: Shell;

	before(async () => {
		sandbox = await sharedSandbox();
		operator = new Shell(sandbox.environment);
		ann = new Shell(await sandbox.environmentOf("ann"));
		await operator.does(`aws iam create-role --role-name guarded --assume-role-policy-document '${trust({})}'`);
	});

	after(async () => {
		await operator.does("aws iam delete-role-policy --role-name guarded --policy-name identity || true");
		await operator.does("aws iam delete-role --role-name guarded");
		await operator.does(`aws iam deactivate-mfa-device --user-name ann --serial-number ${DEVICE} || true`);
		await operator.does(`aws iam delete-virtual-mfa-device --serial-number ${DEVICE} || true`);
	});

	function trust(Condition: object): string {
		const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:user/ann` };
		const statement = { Effect: "Allow", Principal, Action: "sts:AssumeRole", Condition };
		return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
	}

	const trustIf = (condition: object) =>
		operator.does(`aws iam update-assume-role-policy --role-name guarded --policy-document '${trust(condition)}'`);
	const identity = (...Statement: object[]) => {
		const document = JSON.stringify({ Version: "2012-10-17", Statement });
		const put = "aws iam put-role-policy --role-name guarded --policy-name identity";
		return operator.does(`${put} --policy-document '${document}'`);
	};
	const assume = (options = "") => `aws sts assume-role --role-arn ${ROLE} --role-session-name test ${options}`;
	const listUsers = { Effect: "Allow", Action: "iam:ListUsers", Resource: "*" };

	it("an external id", async () => {
		await trustIf({ StringEquals: { "sts:ExternalId": "partner-42" } });
		await ann.refused(assume(), /AccessDenied/);
		await ann.refused(assume("--external-id partner-43"), /AccessDenied/);
		await ann.assume(ROLE, "--external-id partner-42");
		const day = "--external-id partner-42 --duration-seconds 43200";
		await ann.refused(assume(day), /ValidationError.*MaxSessionDuration/);
	});

	it("MFA: in the call, or in the session that makes it; a plain key and a plain session are refused", async () => {
		await operator.does(
			`aws iam create-virtual-mfa-device --virtual-mfa-device-name ann --bootstrap-method Base32StringSeed --outfile ${sandbox.directory}/seed`,
		);
		await operator.does(
			`aws iam enable-mfa-device --user-name ann --serial-number ${DEVICE} --authentication-code1 111111 --authentication-code2 222222`,
		);
		await trustIf({ Bool: { "aws:MultiFactorAuthPresent": "true" } });
		const session = async (options = "") =>
			ann.with(JSON.parse(await ann.does(`aws sts get-session-token ${options} --output json`)).Credentials);
		await ann.refused(assume(), /AccessDenied/);
		await (await session()).refused(assume(), /AccessDenied/);
		await ann.assume(ROLE, CODE);
		await (await session(CODE)).assume(ROLE);
		await ann.refused(`aws sts get-session-token --serial-number ${DEVICE}x --token-code 123456`, /MultiFactorAuth/);
	});

	it("MFA does not go on into the role's session", async () => {
		await identity({ ...listUsers, Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } });
		const session = await ann.assume(ROLE, CODE);
		await session.refused("aws iam list-users", /AccessDenied/);
		await identity({ ...listUsers, Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } });
		await session.does("aws iam list-users");
	});

	it("the time of the token: what revokes sessions ends the old ones, but no policy refuses GetCallerIdentity", async () => {
		await trustIf({});
		await identity(listUsers);
		const old = await ann.assume(ROLE);
		await old.does("aws iam list-users");
		const before = { DateLessThan: { "aws:TokenIssueTime": new Date().toISOString() } };
		await identity(listUsers, { Effect: "Deny", Action: "*", Resource: "*", Condition: before });
		await old.refused("aws iam list-users", /AccessDenied/);
		await old.does("aws sts get-caller-identity");
		await (await ann.assume(ROLE)).does("aws iam list-users");
	});

	it("SSO and pipeline sessions come with a home of their own", async () => {
		const sam = new Shell(await sandbox.environmentOf("sam"));
		await sam.does("aws eks update-kubeconfig --name prod-eks-cluster");
		const role = `assumed-role/AWSReservedSSO_ReadOnly_\\w{16}/sam@example.com`;
		assert.match(await sam.does("aws sts get-caller-identity"), new RegExp(role));
		await sam.refused("kubectl get pods", /Unauthorized|must be logged in/);
		await sam.refused("aws iam create-user --user-name x", /AccessDenied/);
		const ci = new Shell(await sandbox.environmentOf("ci"));
		assert.match(await ci.does("aws sts get-caller-identity"), /assumed-role\/github-deploy\/GitHubActions/);
	});
});
