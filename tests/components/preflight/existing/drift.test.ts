import assert from "node:assert/strict";
import { readBindings } from "../../../../components/preflight/existing/bindings";
import { warnOfDrift } from "../../../../components/preflight/existing/drift";
import { apiServer, MockCluster } from "../../../support/mock-cluster";
import { BINDING, type LastState, MockEngine, ROLE } from "../../../support/mock-engine";
import { teamsOf } from "../../../support/team-problems";

const GROUP = "aws:iam/group:Group";
const MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership";

describe("what somebody has removed since the last update", () => {
	const binding = (name: string, component = "access-namespaces"): LastState => ({
		[`urn:pulumi:test::eks-access::${BINDING}::${component}-shop.${name}`]: {
			type: BINDING,
			outputs: { metadata: { name, namespace: "shop" }, roleRef: { name: "dev-full-access" } },
		},
	});
	const inIam: LastState = {
		role: { type: ROLE, outputs: { name: "shop-role" } },
		group: { type: GROUP, outputs: { name: "shop" } },
		membership: { type: MEMBERSHIP, outputs: { user: "jane", groups: ["shop"] } },
	};

	async function said(last: LastState, bindings: object[], isPreview = true, users: string[] = []): Promise<string[]> {
		const cluster = await MockCluster.start({ bindings });
		const members = users.map((userName) => ({ userName }));
		const answers = { "aws:iam/getGroup:getGroup": () => ({ path: "/", users: members }) };
		const engine = await MockEngine.start({ last, answers, isPreview });
		try {
			const { kubeconfig, requests } = cluster;
			const server = apiServer(kubeconfig);
			await warnOfDrift(teamsOf({}), "access", server, {}, await readBindings(server));
			const lists = requests.map((each) => each.replace(/\?.*/, ""));
			assert.deepEqual([...new Set(lists)], lists, "each kind is listed once");
			return engine.said;
		} finally {
			await cluster.stop();
		}
	}

	it("is told with the command that makes it anew", async () => {
		const [warning] = await said({ ...binding("shop"), ...inIam }, []);
		assert.match(
			warning ?? "",
			/RoleBinding shop\/shop, the IAM role shop-role, the membership of jane in the IAM group shop/,
		);
		assert.match(warning ?? "", /pulumi up --refresh --run-program$/);
	});

	it("AWS is asked in a preview only", async () => {
		assert.deepEqual(await said(inIam, [], false), []);
	});

	it("is nothing where all is there, is to go, or belongs to another component", async () => {
		const live = { metadata: { name: "shop", namespace: "shop" } };
		assert.deepEqual(await said(binding("shop"), [live]), []);
		assert.deepEqual(await said(binding("shop:view"), []), []);
		assert.deepEqual(await said(binding("shop", "other-namespaces"), []), []);
	});
});
