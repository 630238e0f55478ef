import assert from "node:assert/strict";
import { reportOf } from "../../cli/migrate";
import { commandsOf } from "../../cli/migrate/commands";
import { type Known, type Move, planOf } from "../../cli/migrate/plan";

const ACCOUNT = "123456789012";
const IAM = `arn:aws:iam::${ACCOUNT}`;
const OTHER = "arn:aws:iam::999999999999:role";
const CLUSTER = { mode: "API_AND_CONFIG_MAP", region: "eu-west-1", cluster: "c" };
const known = (given: Partial<Known> = {}): Known => ({
	...{ mode: CLUSTER.mode, accountId: ACCOUNT, roles: new Map(), entries: [] },
	...given,
});
const own = (...names: string[]) =>
	known({ roles: new Map(names.map((name) => [name.toLowerCase(), `${IAM}:role/${name}`])) });
const role = (arn: string, username: string, ...groups: string[]) =>
	`- {rolearn: "${arn}", username: "${username}", groups: ${JSON.stringify(groups)}}\n`;
const user = (arn: string) => `- {userarn: "${arn}", username: "x"}\n`;
const brief = (move: Move) =>
	"entry" in move ? `${move.entry.type} ${move.entry.principalArn}` : "stays" in move ? move.stays : move.unneeded;
function assertAll(moves: readonly Move[], expected: readonly (string | RegExp)[]): void {
	assert.equal(moves.length, expected.length);
	for (const [at, move] of moves.entries()) {
		const wanted = expected[at] as string | RegExp;
		assert.match(brief(move), typeof wanted === "string" ? new RegExp(`^${wanted}$`) : wanted);
	}
}

describe("eks-access migrate", () => {
	it("of a cluster that does not read aws-auth nothing moves, and there are no commands", () => {
		const mapRoles = role(`${IAM}:role/admin`, "admin", "system:masters") + role(`${IAM}:role/gone`, "gone");
		const moves = planOf({ mapRoles, mapAccounts: `["${ACCOUNT}"]` }, { ...own("admin"), mode: "API" });
		const stays = "the cluster does not read aws-auth, so this lets nobody in";
		assertAll(moves, [stays, stays, stays]);
		assert.deepEqual(commandsOf(moves, { ...CLUSTER, mode: "API" }), []);
	});

	it("an ARN is one word of the shell", () => {
		const mapUsers = user(`${IAM}:user/$(id)/\`id\`;&|/jane`);
		const [command] = commandsOf(planOf({ mapUsers }, known()), CLUSTER);
		assert.ok(command?.includes(` --principal-arn '${IAM}:user/$(id)/\`id\`;&|/jane' --type`), command);
	});

	it("nodes have the type of their groups and username, and stay with groups that their access entry would not have", () => {
		const node = "system:node:{{EC2PrivateDNSName}}";
		const session = "system:node:{{SessionName}}";
		const nodes = ["system:bootstrappers", "system:nodes"];
		const mapRoles =
			role(`${IAM}:role/linux`, node, ...nodes) +
			role(`${IAM}:role/windows`, node, ...nodes, "eks:kube-proxy-windows") +
			role(`${IAM}:role/fargate`, session, ...nodes, "system:node-proxier") +
			role(`${IAM}:role/hybrid`, session, ...nodes) +
			role(`${IAM}:role/admin`, node, ...nodes, "system:masters", "shop") +
			role(`${OTHER}/node`, node, ...nodes) +
			role(`${IAM}:user/jane`, node, ...nodes);
		assertAll(planOf({ mapRoles }, own("linux", "windows", "fargate", "hybrid", "admin")), [
			`EC2_LINUX ${IAM}:role/linux`,
			`EC2_WINDOWS ${IAM}:role/windows`,
			`FARGATE_LINUX ${IAM}:role/fargate`,
			`HYBRID_LINUX ${IAM}:role/hybrid`,
			"an access entry of nodes has no other groups, and this one gives system:masters, shop too: .*",
			"an access entry of nodes is for a role of the cluster's account",
			"an access entry of nodes is for a role of the cluster's account",
		]);
	});

	it("roles of other accounts move with a note, or stay where they have a path or an access entry", () => {
		const mapRoles =
			role(`${OTHER}/ci`, "ci") +
			role(`${OTHER}/AWSReservedSSO_Admin_0123456789abcdef`, "sso") +
			role(`${OTHER}/shop`, "shop");
		const moves = planOf({ mapRoles }, known({ entries: [`${OTHER}/teams/shop`] }));
		assertAll(moves, [
			`STANDARD ${OTHER}/ci`,
			"write its path, which aws-auth does not tell",
			"it has an access entry already, which EKS takes instead",
		]);
		const note = "of another account: if the role has a path, write it, or the entry matches nobody";
		const [command] = commandsOf(moves, CLUSTER);
		assert.match(command ?? "", new RegExp(`^# ${OTHER}/ci is ${note}\naws eks create-access-entry`));
		assert.match(JSON.stringify(reportOf({ moves, commands: [] }, "c")), new RegExp(`as ci; ${note}`));
	});

	it("who has an access entry, comes in by another line or by none needs nothing, and does not count as one who stays", () => {
		const mapRoles = ["shop", "gone", "build", "build"].map((name) => role(`${IAM}:role/${name}`, name)).join("");
		const mapUsers = user(`${IAM}:role/build`) + user(`${IAM}:root`);
		const moves = planOf({ mapRoles, mapUsers }, { ...own("shop", "build"), entries: [`${IAM}:role/shop`] });
		const what = moves.map((move) => ["entry", "stays", "unneeded"].find((key) => key in move));
		assert.deepEqual(what, ["unneeded", "unneeded", "unneeded", "entry", "unneeded", "stays"]);
		const said = "Entries of aws-auth: 6. 1 can become access entries, 1 cannot, 4 need none.";
		assert.ok(JSON.stringify(reportOf({ moves, commands: [] }, "c")).includes(said));
	});

	it("service-linked roles stay as such, though they are not among the account's roles, and in any case of letters", () => {
		const mapRoles =
			role(`${IAM}:role/AWSServiceRoleForAmazonEMRContainers`, "emr") +
			role(`${OTHER}/awsservicerolefor-batch`, "batch");
		const stays = "EKS takes no service-linked roles";
		assertAll(planOf({ mapRoles }, known()), [stays, stays]);
	});

	it("an entry is for what its ARN is, in either map and in any case of letters; mapRoles come first", () => {
		const mapRoles =
			role(`${IAM}:user/jane`, "jane") +
			role(`${IAM}:root`, "root") +
			role(`arn:aws:sts::${ACCOUNT}:federated-user/joe`, "joe") +
			role(`ARN:aws:IAM::${ACCOUNT}:Role/SHOP`, "shop") +
			role(`${IAM}:group/devs`, "devs");
		const mapUsers = user(`${IAM}:role/build`) + user(`${IAM}:USER/Jane`) + user(`${IAM}:role/gone`);
		assertAll(planOf({ mapRoles, mapUsers }, own("shop", "build")), [
			`STANDARD ${IAM}:user/jane`,
			"it lets in the account's root user, .*",
			"it lets in a federated user, .*",
			`STANDARD ${IAM}:role/shop`,
			"it lets nobody in: this is not the ARN of a role or user",
			`STANDARD ${IAM}:role/build`,
			"the authenticator looks in mapRoles first, which has this ARN in line 1",
			"it lets nobody in: IAM has no such role",
		]);
	});

	it("the commands for nodes are last, with a note after a change of mode that EKS makes entries itself", () => {
		const mapRoles = role(`${IAM}:role/node`, "x", "system:nodes") + role(`${IAM}:role/shop`, "shop");
		const moves = planOf({ mapRoles }, own("node", "shop"));
		const principals = (commands: string[]) => commands.map((each) => /role\/\w+/.exec(each)?.[0]);
		assert.deepEqual(principals(commandsOf(moves, CLUSTER)), ["role/shop", "role/node"]);
		const commands = commandsOf(moves, { ...CLUSTER, mode: "CONFIG_MAP" });
		assert.deepEqual(principals(commands), [undefined, undefined, "role/shop", "role/node"]);
		assert.match(commands[0] ?? "", /^aws eks update-cluster-config .* && aws eks wait cluster-active /);
		assert.match(commands[1] ?? "", /^# EKS has now made .*creator.*nodes.*ResourceInUseException/);
	});
});
