import assert from "node:assert/strict";
import { STS } from "@aws-sdk/client-sts";
import { clientOptions } from "../../sandbox/aws-plugin/settings";
import { AwsPluginWorld } from "../support/aws-plugin-world";

const TRUST = JSON.stringify({
	Version: "2012-10-17",
	Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "*" } },
});
const ARN = "arn:aws:iam::293759796572:role/shaped";
const CLUSTER = {
	name: "shaped",
	roleArn: ARN,
	resourcesVpcConfig: { subnetIds: ["subnet-0a1b2c3d4e5f60718"] },
};

/** Each with the shape in botocore's data/<service>/<version>/service-2.json that says so. */
describe("the sandbox's AWS refuses what botocore's model of the service does not allow", function () {
	this.timeout("5m");
	let world: AwsPluginWorld;
	let sts: STS;

	before(async () => {
		world = await AwsPluginWorld.start(0);
		sts = new STS(clientOptions());
		await createRole({ RoleName: "assumed" })();
	});

	after(() => world?.stop());

	const createRole = (given: object) => () =>
		world.iam.createRole({ RoleName: "shaped", AssumeRolePolicyDocument: TRUST, ...given });
	const assumeRole = (given: object) => () =>
		sts.assumeRole({ RoleArn: ARN.replace("shaped", "assumed"), RoleSessionName: "test", ...given });
	const createCluster = (given: object) => () => world.eks.createCluster({ ...CLUSTER, ...given });
	const refused: [shape: string, request: () => Promise<unknown>, says: RegExp][] = [
		[
			"iam roleNameType, max",
			createRole({ RoleName: "r".repeat(65) }),
			/'roleName' .*length less than or equal to 64$/,
		],
		["iam roleNameType, pattern", createRole({ RoleName: "a b" }), /Value 'a b' at 'roleName' .*regular expression/],
		["iam pathType", createRole({ Path: "teams" }), /'path' .*regular expression/],
		["iam roleMaxSessionDurationType, min", createRole({ MaxSessionDuration: 3599 }), /'maxSessionDuration' .*greater/],
		["iam roleMaxSessionDurationType, max", createRole({ MaxSessionDuration: 43201 }), /'maxSessionDuration' .*less/],
		["iam roleDescriptionType, pattern", createRole({ Description: "naïve – no" }), /'description' .*regular/],
		["iam tagKeyType, pattern", createRole({ Tags: [{ Key: "a#b", Value: "" }] }), /'tags.1.member.key' .*\\p\{L\}/],
		[
			"iam tagValueType, max",
			createRole({ Tags: [{ Key: "a", Value: "v".repeat(257) }] }),
			/'tags.1.member.value' .*256/,
		],
		[
			"iam tagListType, max",
			createRole({ Tags: Array.from({ length: 51 }, (_, at) => ({ Key: `${at}`, Value: "" })) }),
			/'tags' .*50/,
		],
		["iam arnType, min", createRole({ PermissionsBoundary: "arn:boundary" }), /'permissionsBoundary' .*20/],
		[
			"iam CreateRoleRequest, required",
			createRole({ AssumeRolePolicyDocument: undefined }),
			/Value null at 'assumeRolePolicyDocument'/,
		],
		["iam groupNameType, max", () => world.iam.createGroup({ GroupName: "g".repeat(129) }), /'groupName' .*128/],
		[
			"iam policyNameType, pattern",
			() => world.iam.createPolicy({ PolicyName: "a/b", PolicyDocument: TRUST }),
			/'policyName' .*regular/,
		],
		["iam maxItemsType, max", () => world.iam.listRoles({ MaxItems: 1001 }), /'maxItems' .*1000/],
		[
			"sts roleSessionNameType, min",
			assumeRole({ RoleSessionName: "a" }),
			/'roleSessionName' .*greater than or equal to 2/,
		],
		["sts roleSessionNameType, pattern", assumeRole({ RoleSessionName: "sam smith" }), /'roleSessionName' .*regular/],
		["sts roleDurationSecondsType, min", assumeRole({ DurationSeconds: 899 }), /'durationSeconds' .*900/],
		["eks ClusterName, pattern", createCluster({ name: "-x" }), /'name' .*regular/],
		["eks ClusterName, max", createCluster({ name: "c".repeat(101) }), /'name' .*100/],
		[
			"eks AuthenticationMode",
			createCluster({ accessConfig: { authenticationMode: "BOTH" } }),
			/'accessConfig.authenticationMode' .*enum value set: \[API, /,
		],
		["eks TagMap, min", createCluster({ tags: {} }), /'tags' .*greater than or equal to 1/],
		["eks TagKey, max", createCluster({ tags: { ["k".repeat(129)]: "" } }), /'tags' .*128/],
		[
			"eks ListAccessEntriesRequestMaxResults",
			() => world.eks.listAccessEntries({ clusterName: "shaped", maxResults: 101 }),
			/'maxResults' .*100/,
		],
		[
			"eks accessScopeType",
			() =>
				world.eks.associateAccessPolicy({
					clusterName: "shaped",
					principalArn: ARN,
					policyArn: ARN,
					accessScope: { type: "all" as never },
				}),
			/'accessScope.type' .*enum/,
		],
	];
	for (const [shape, request, says] of refused) {
		it(shape, async () => {
			const name = shape.startsWith("eks") ? "InvalidParameterException" : "ValidationError";
			await assert.rejects(request(), ({ name: found, message }: Error) => {
				assert.equal(found, name);
				assert.match(message, /^1 validation error detected: /);
				assert.match(message, says);
				return true;
			});
		});
	}

	it("says all that is wrong at once", async () => {
		await assert.rejects(
			createRole({ RoleName: "a b", Path: "x" })(),
			/2 validation errors detected: .*path.*; .*roleName/,
		);
	});

	it("and nothing else: letters of other alphabets in tags, and the longest names", async () => {
		await createRole({ RoleName: "r".repeat(64), Tags: [{ Key: "Größe/größe: +=@", Value: "пользователь 5" }] })();
		await world.iam.deleteRole({ RoleName: "r".repeat(64) });
	});
});
