import assert from "node:assert/strict";
import { ALL_PERMISSION_SETS, findPermissionSets } from "../../../core/iam/permission-sets";
import { present } from "../../support/present";

const roleOf = (set: string, at = "eu-west-1/", hash = "0123456789abcdef") =>
	`arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/${at}AWSReservedSSO_${set}_${hash}`;
const arns = [roleOf("Developers"), roleOf("Dev_Ops", "us-west-2/"), roleOf("Dev", ""), roleOf("Developers_Read_Only")];

describe("permission sets of IAM Identity Center", () => {
	it("are found by their whole name, in whatever region they are, with a path or without", () => {
		assert.deepEqual(findPermissionSets(["Developers", "Dev_Ops", "Dev", "Developers_Read_Only"], { arns }), {
			Developers: arns[0],
			Dev_Ops: arns[1],
			Dev: arns[2],
			Developers_Read_Only: arns[3],
		});
		assert.deepEqual(findPermissionSets([], { arns }), {});
	});

	it("are looked for where AWS keeps them", () => {
		const { pathPrefix, nameRegex } = ALL_PERMISSION_SETS;
		for (const arn of arns) {
			const [, path = "", name = ""] = present(arn.split(":role")[1]).match(/^(.*\/)([^/]+)$/) ?? [];
			assert.ok(path.startsWith(pathPrefix));
			assert.match(name, new RegExp(nameRegex));
		}
	});

	it("that have no role are named, with what is there", () => {
		const message =
			"ssoPermissionSets: Ops has no role in this account; assign it to the account, or correct the name. " +
			"There are: Developers, Dev_Ops, Dev, Developers_Read_Only\nNothing was changed. [permission-set-not-found]";
		assert.throws(() => findPermissionSets(["Developers", "Ops"], { arns }), { message });
		assert.throws(() => findPermissionSets(["Ops"], { arns: [] }), { message: /There are: none/ });
	});

	it("that are like another one's beginning, or of another case, are not that one", () => {
		for (const name of ["Dev_", "developers", "Developers_Read", "Ops"]) {
			assert.throws(() => findPermissionSets([name], { arns }), { message: new RegExp(`${name} has no role`) });
		}
	});

	it("that have several roles are not guessed: the error lists them", () => {
		const two = [roleOf("Dev"), roleOf("Dev", "", "fedcba9876543210")];
		const message = `ssoPermissionSets: Dev has 2 roles: ${two.join(", ")}; list the one that is meant under roleArns\nNothing was changed. [permission-set-not-found]`;
		assert.throws(() => findPermissionSets(["Dev"], { arns: two }), { message });
	});

	it("that are wrong are named all at once", () => {
		assert.throws(() => findPermissionSets(["A", "Dev", "B"], { arns: [...arns, roleOf("Dev")] }), {
			message:
				/^ssoPermissionSets: A has no role.*\nDev has 2 roles: .*\nB has no role.*\nNothing was changed\. \[permission-set-not-found\]$/,
		});
	});

	it("are not roles that only look so", () => {
		const fakes = [
			"arn:aws:iam::123456789012:role/AWSReservedSSO_Dev",
			"arn:aws:iam::123456789012:role/xAWSReservedSSO_Dev_0123456789abcdef",
			"arn:aws:iam::123456789012:role/AWSReservedSSO_Dev_0123",
		];
		assert.throws(() => findPermissionSets(["Dev"], { arns: fakes }), { message: /Dev has no role/ });
	});
});
