import assert from "node:assert/strict";
import { reportMarkdown, reportText } from "../../cli/output/report";
import type { Holder } from "../../cli/verify/questions/assumers";
import { answerTo, type Facts, isSomebody } from "../../cli/who-can";
import { type Entrance, entrancesOf } from "../../cli/who-can/entrances";
import type { Question } from "../../cli/who-can/question";
import { reportJson, reportOf } from "../../cli/who-can/report";
import type { LiveAccessEntry } from "../../core/aws/reader";
import type { LiveBinding } from "../../core/rbac/live-bindings";

const ACCOUNT = { partition: "aws", accountId: "123456789012" };
const IAM = "arn:aws:iam::123456789012";
const holder = (name: string, created = 1): Holder => ({
	name,
	arn: `${IAM}:${name}`,
	createdAt: new Date(created),
	policies: [],
});
const entrance = (name: string, more: Partial<Entrance> = {}): Entrance => ({
	...{ arn: `${IAM}:${name}`, layer: "access-entries", where: "access entry", username: name, groups: [] },
	policies: new Map(),
	...more,
});
const bind = (name: string, namespace: string | undefined, role: string, kind: string, whom: string): LiveBinding => ({
	metadata: { name, namespace },
	roleRef: { kind: "ClusterRole", name: role },
	subjects: [{ kind, name: whom, namespace: kind === "ServiceAccount" ? "kube-system" : undefined }],
});
const ROLES = [
	{ metadata: { name: "view" }, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }] },
	{ metadata: { name: "cluster-admin" }, rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] },
	{
		metadata: { name: "one" },
		rules: [{ apiGroups: [""], resources: ["pods"], resourceNames: ["web"], verbs: ["get"] }],
	},
];
const PODS: Question = { verb: "get", group: "", resource: "pods", namespace: "dev" };

function facts(entrances: Entrance[], bindings: LiveBinding[]): Facts {
	const holders = entrances.map(({ arn }) => holder(arn.slice(IAM.length + 1)));
	const cluster = { bindings, clusterRoles: ROLES, roles: [] };
	return { account: ACCOUNT, stack: "p/prod", holders, entrances, cluster, notes: [], isIncomplete: false };
}

const can = (question: Question, ...given: Parameters<typeof facts>) =>
	answerTo(question, facts(...given)).lines.map(({ path, grant }) => `${path.who} ${grant.by}`);

describe("eks-access who-can", () => {
	it("by a group, by the username and by what a session may be called; in the namespace and in the cluster", () => {
		const people = [
			entrance("user/a", { groups: ["shop"] }),
			entrance("user/b", { username: "dev:{{SessionName}}" }),
			entrance("user/c"),
		];
		const bindings = [
			bind("x", "dev", "view", "Group", "shop"),
			bind("y", undefined, "view", "User", "dev:jane"),
			bind("z", "prod", "view", "User", "user/c"),
		];
		assert.deepEqual(can(PODS, people, bindings), ["user/a group shop", "user/b user dev:jane"]);
		assert.deepEqual(can({ ...PODS, namespace: undefined }, people, bindings), ["user/b user dev:jane"]);
		assert.deepEqual(can({ ...PODS, verb: "delete" }, people, bindings), []);
	});

	it("a rule for one object is for that one only", () => {
		const given = [[entrance("user/a", { groups: ["g"] })], [bind("x", "dev", "one", "Group", "g")]] as const;
		assert.deepEqual(can({ ...PODS, name: "web" }, [...given[0]], [...given[1]]), ["user/a group g"]);
		assert.deepEqual(can({ ...PODS, name: "db" }, [...given[0]], [...given[1]]), []);
	});

	it("without a name, who may do it with one object can too, but nobody creates by name or administers so", () => {
		const named = (...verbs: string[]) => [{ apiGroups: ["*"], resources: ["*"], resourceNames: ["web"], verbs }];
		const ask = (question: Question, ...verbs: string[]) => {
			const all = facts([entrance("user/a", { groups: ["g"] })], [bind("x", undefined, "named", "Group", "g")]);
			const clusterRoles = [{ metadata: { name: "named" }, rules: named(...verbs) }];
			return answerTo(question, { ...all, cluster: { ...all.cluster, clusterRoles } });
		};
		const [line] = ask(PODS, "*").lines;
		assert.match(JSON.stringify(line?.grant), /"resourceNames":\["web"\].*"isAdministrator":false/);
		assert.equal(ask({ ...PODS, verb: "create" }, "create").lines.length, 0);
		assert.equal(ask({ ...PODS, verb: "deletecollection" }, "*").lines.length, 0);
		assert.equal(ask({ ...PODS, verb: "create", subresource: "exec" }, "create").lines.length, 1);
	});

	it("by an access policy, in namespaces by pattern, and by system:masters without a binding", () => {
		const people = [
			entrance("user/a", { policies: new Map([["AmazonEKSViewPolicy", ["de*"]]]) }),
			entrance("user/b", { policies: new Map([["AmazonEKSClusterAdminPolicy", ["*"]]]) }),
			entrance("role/c", { groups: ["system:masters"] }),
			entrance("user/d", { policies: new Map([["AmazonEKSUnheardOfPolicy", ["*"]]]) }),
		];
		assert.deepEqual(can(PODS, people, []), [
			"user/a access policy AmazonEKSViewPolicy",
			"user/b access policy AmazonEKSClusterAdminPolicy",
			"role/c group system:masters",
		]);
		assert.deepEqual(can({ verb: "get", path: "/metrics" }, people.slice(0, 2), []), [
			"user/b access policy AmazonEKSClusterAdminPolicy",
		]);
		assert.match(answerTo(PODS, facts(people, [])).notes.join(), /not known: .*AmazonEKSUnheardOfPolicy/);
	});

	it("everybody, components and groups that nobody is in are told apart, and administrators are not somebody", () => {
		const ask = (...bindings: LiveBinding[]) => answerTo(PODS, facts([], bindings));
		const everybody = ask(bind("x", "dev", "view", "Group", "system:authenticated"));
		assert.equal(everybody.general.length, 1);
		assert.ok(isSomebody(everybody));
		const others = ask(bind("y", undefined, "view", "ServiceAccount", "gc"), bind("z", "dev", "view", "Group", "ops"));
		assert.deepEqual([others.components.length, others.unreached.length], [2, 1]);
		assert.ok(!isSomebody(others));
		assert.ok(others.isIncomplete);
		const admin = [entrance("user/a", { groups: ["ops"] })];
		const bound = (namespace?: string) => [bind("x", namespace, "cluster-admin", "Group", "ops")];
		assert.ok(!isSomebody(answerTo(PODS, facts(admin, bound()))));
		assert.ok(isSomebody(answerTo(PODS, facts(admin, bound("dev")))));
	});

	it("is printed by person and by way, in every format", () => {
		const people = [entrance("user/a", { groups: ["g"] }), entrance("user/b", { groups: ["g"] })];
		const answer = answerTo(PODS, facts(people, [bind("x", "dev", "view", "Group", "g")]));
		const heading = { stack: "p/prod", cluster: "c" };
		const text = reportText(reportOf(answer, heading), (_, each) => each);
		assert.match(text, /^2 can get pods in namespace dev:/);
		assert.match(
			text,
			/user\/a +access entry as user\/a +group g, RoleBinding dev\/x, ClusterRole view +get, list of pods/,
		);
		assert.match(
			reportMarkdown(reportOf(answer, heading, true)),
			/arn:aws:iam::123456789012:user\/b by its access entry/,
		);
		const { question, ways } = reportJson(answer, heading) as { question: Question; ways: Record<string, unknown>[] };
		assert.deepEqual(question, PODS);
		assert.deepEqual(
			ways.map(({ who, by, binding }) => [who, by, binding]),
			["user/a", "user/b"].map((who) => [who, "group g", "RoleBinding dev/x"]),
		);
	});

	it("who is not in IAM any more can do nothing, and is named", () => {
		const all = { ...facts([entrance("user/a", { groups: ["system:masters"] })], []), holders: [] };
		const { lines, notes } = answerTo(PODS, all);
		assert.deepEqual(lines, []);
		assert.match(notes.join(), /user\/a is not in IAM: whoever makes/);
	});
});

describe("eks-access who-can: the entries that count", () => {
	const entry = (name: string, created = 2): LiveAccessEntry => ({
		principalArn: `${IAM}:${name}`,
		...{ type: "STANDARD", username: "e", groups: [], createdAt: new Date(created), policies: new Map() },
	});
	const read = (mapRoles: string, entries: LiveAccessEntry[] = [], holders: Holder[] = [], mapUsers = "") =>
		entrancesOf({
			...{ entries, awsAuth: { data: { mapRoles, mapUsers } }, holders, own: [`${IAM}:role/own`], stack: "p/prod" },
		});
	const map = (arn: string, username: string, field = "rolearn") =>
		`- {${field}: "${arn}", username: ${username}, groups: []}\n`;
	const line = (name: string, username: string) => map(`${IAM}:role/${name}`, username);

	it("of one ARN the last line, unless it has an access entry, with its path too; and no ARN with a path", () => {
		const map = line("a", "one") + line("A", "two") + line("p/b", "three") + line("c", "four");
		assert.deepEqual(
			read(map, [entry("role/x/c")]).entrances.map(({ where, username }) => `${where} ${username}`),
			["access entry e", "mapRoles line 2 two"],
		);
	});

	it("whatever identity either map names, without regard to case; in both maps, mapRoles counts", () => {
		const session = "arn:aws:sts::123456789012:federated-user/x";
		const roles = map(`${IAM}:user/p/jane`, "one") + map(`${IAM}:root`, "two") + map(`${IAM}:group/g`, "none");
		const users =
			map(`${IAM}:USER/p/Jane`, "three", "userarn") +
			map(`${IAM}:role/a`, "four", "userarn") +
			map(session, "five", "userarn") +
			map(`${IAM}:role/p/a`, "none", "userarn");
		const { entrances } = read(roles, [], [], users);
		assert.deepEqual(entrances.map(({ where, username }) => `${where} ${username}`).sort(), [
			"mapRoles line 1 one",
			"mapRoles line 2 two",
			"mapUsers line 2 four",
			"mapUsers line 3 five",
		]);
		const bindings = entrances.map(({ username }) => bind(username, "dev", "view", "User", username));
		const all = { ...facts(entrances, bindings), holders: [holder("role/a"), holder("user/p/jane")] };
		const { lines, notes } = answerTo(PODS, all);
		assert.deepEqual(lines.map(({ path }) => path.who).sort(), [
			"federated-user/x",
			"role/a",
			"the account's root user",
			"user/p/jane",
		]);
		assert.deepEqual(notes, []);
	});

	it("not an entry that is older than its role, and nothing of a map that cannot be read", () => {
		const { entrances, notes } = read(
			"- [",
			[entry("role/a"), entry("role/own", 5)],
			[holder("role/a", 3), holder("role/own", 3)],
		);
		assert.deepEqual(
			entrances.map(({ arn, owner }) => [arn, owner]),
			[[`${IAM}:role/own`, "this stack"]],
		);
		assert.match(notes.join("\n"), /role\/a was made again after its access entry.*\nnobody comes in by mapRoles/);
	});
});
