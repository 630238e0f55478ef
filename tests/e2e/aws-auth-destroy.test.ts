import assert from "node:assert/strict";
import { AwsAuth } from "../../components";
import { AWS_AUTH } from "./aws-auth-by-hand";
import { contestedAwsAuth, mapping, NODES } from "./contested-aws-auth";

const FOREIGN_USER = "- userarn: arn:aws:iam::293759796572:user/ops\n  username: ops\n  groups: [ops]";
/** What is in aws-auth before the stack. */
const CONTENTS: Record<string, Record<string, string> | undefined> = {
	"no key mapUsers": { mapRoles: NODES },
	"an empty mapUsers": { mapRoles: NODES, mapUsers: "" },
	"an empty list without a line end": { mapRoles: NODES, mapUsers: "[]" },
	"an empty list with a line end": { mapRoles: NODES, mapUsers: "[]\n" },
	"nothing but a comment": { mapRoles: NODES, mapUsers: "# nobody yet\n" },
	"entries of others, also without a line end": { mapRoles: `${NODES}\n`, mapUsers: FOREIGN_USER },
	"null for roles": { mapRoles: "null # nobody\n", mapUsers: `${FOREIGN_USER}\n`, mapAccounts: '- "012345678901"\n' },
	"no key at all": undefined,
};

describe("destroy leaves aws-auth byte for byte as it was", function () {
	this.timeout("30m");
	const awsAuth = contestedAwsAuth();
	const annotations = { "example.com/owner": "platform" };

	for (const [what, data] of Object.entries(CONTENTS)) {
		it(`with ${what}`, async () => {
			const { core } = awsAuth.sandbox;
			await core.deleteNamespacedConfigMap(AWS_AUTH);
			const { namespace } = AWS_AUTH;
			await core.createNamespacedConfigMap({ namespace, body: { metadata: { ...AWS_AUTH, annotations }, data } });
			const project = await awsAuth.stackOf([], {
				program: async () => {
					const users = [{ userArn: "arn:aws:iam::293759796572:user/jane", username: "jane", groups: ["devs"] }];
					new AwsAuth("access", { roles: [mapping("devs")], users, kubeconfig: awsAuth.kubeconfig });
				},
			});
			await project.up();
			const { mapRoles, mapUsers } = await awsAuth.live();
			assert.match(mapRoles ?? "", /role\/devs/);
			assert.match(mapUsers ?? "", /user\/jane/);
			await project.destroy();
			const after = await core.readNamespacedConfigMap(AWS_AUTH);
			assert.deepEqual(after.data, data);
			assert.deepEqual(after.metadata?.annotations, annotations);
		});
	}
});
