import assert from "node:assert/strict";
import { assumersOf, holdersIn } from "../../cli/verify/questions/assumers";
import { present } from "../support/present";
import { teamsOf } from "./given-teams";

describe("eks-access verify: who else can assume a team's role", () => {
	const account = { partition: "aws", accountId: "123456789012" };
	const encoded = (Resource: string, Action = "sts:AssumeRole") =>
		encodeURIComponent(JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource }] }));
	const inline = (...given: Parameters<typeof encoded>) => [{ PolicyDocument: encoded(...given) }];
	const team = (name: string, role = {}) => ({ name, namespaces: ["x"], users: ["jane"], role });

	it("users by their own and their groups' policies, and roles; not the team's users, services, or what does not match", () => {
		const holders = holdersIn({
			UserDetailList: [
				{ UserName: "jane", UserPolicyList: inline("*") },
				{ UserName: "joe", GroupList: ["ops"] },
				{ UserName: "ann", UserPolicyList: inline("*", "s3:GetObject") },
				{ UserName: "eve", UserPolicyList: inline("arn:aws:iam::123456789012:role/pay-role") },
			],
			GroupDetailList: [{ GroupName: "ops", AttachedManagedPolicies: [{ PolicyArn: "arn:any" }] }],
			RoleDetailList: [
				{ RoleName: "admin", AttachedManagedPolicies: [{ PolicyArn: "arn:any" }] },
				{ RoleName: "AWSServiceRoleForX", Path: "/aws-service-role/x/", RolePolicyList: inline("*") },
			],
			Policies: [
				{
					Arn: "arn:any",
					PolicyVersionList: [
						{ IsDefaultVersion: false, Document: encoded("none") },
						{ IsDefaultVersion: true, Document: encoded("*", "*") },
					],
				},
			],
		});
		const notes = assumersOf(
			holders,
			account,
			teamsOf(team("shop"), team("web"), team("pay"), team("safe", { trust: "users" })),
		);
		assert.equal(notes.length, 2);
		assert.match(
			present(notes[0]),
			/^role\/admin, user\/joe can assume shop-role, web-role too, .*not complete: conditions/,
		);
		assert.match(present(notes[1]), /^role\/admin, user\/eve, user\/joe can assume pay-role too/);
	});
});
