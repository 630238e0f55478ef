import assert from "node:assert/strict";
import {
	FIELD_MANAGER,
	fieldManagerOf,
	type LiveConfigMap,
	recordKeyOf,
	releaseFromAwsAuth,
} from "../../../core/aws-auth/ownership-record";
import { instanceOf, planAwsAuth } from "../../../core/aws-auth/plan";
import {
	ARN,
	applied,
	DEVS,
	desire,
	edited,
	fresh,
	JANE,
	NODES,
	QA,
	recordOf,
	STACK,
} from "../../support/aws-auth-in-steps";

describe("the plan for aws-auth", () => {
	it("is the live text with our entries, and the record of them", () => {
		const plan = planAwsAuth(fresh(), desire());
		assert.ok(plan.data.mapRoles?.startsWith(NODES));
		assert.deepEqual(Object.keys(plan.data), ["mapRoles"]);
		assert.deepEqual(recordOf(plan), {
			stack: STACK,
			roles: [ARN],
			users: [],
			baseVersion: "1",
			release: "release-1",
		});
	});

	it("repeats text and record where nothing changed, also with other keys of the ConfigMap changed", () => {
		const first = planAwsAuth(fresh(), desire());
		const live = applied(fresh(), first);
		const busy = {
			...live,
			metadata: { ...live.metadata, resourceVersion: "99" },
			data: { ...live.data, mapAccounts: "[]" },
		};
		for (const found of [live, busy]) {
			const again = planAwsAuth(found, desire());
			assert.deepEqual(again.data, first.data);
			assert.deepEqual(recordOf(again), recordOf(first));
		}
	});

	it("has a new record with every change", () => {
		const live = applied(fresh(), planAwsAuth(fresh(), desire()));
		assert.equal(recordOf(planAwsAuth(live, desire({ roles: [DEVS, QA] }))).baseVersion, "2");
		assert.equal(recordOf(planAwsAuth(live, desire({ release: "release-2" }))).baseVersion, "2");
	});

	it("puts an entry back that somebody removed by hand, and keeps what he added", () => {
		const live = applied(fresh(), planAwsAuth(fresh(), desire()));
		const plan = planAwsAuth(edited(live, `${NODES}- rolearn: new\n`), desire());
		assert.match(plan.data.mapRoles as string, /rolearn: new\n- groups:\n {2}- k8s-devs/);
		assert.notEqual(recordOf(plan).baseVersion, "1");
	});

	it("of a second stack leaves the first one's entries and record", () => {
		const second = "acme/eks-access/qa";
		const other = desire({ instance: instanceOf(second, "aws-auth"), stack: second, roles: [QA] });
		const first = applied(fresh(), planAwsAuth(fresh(), desire()));
		const both = applied(first, planAwsAuth(first, other));
		assert.ok(both.data?.mapRoles?.startsWith(first.data?.mapRoles as string));
		const again = planAwsAuth(both, desire());
		assert.equal(again.data.mapRoles, both.data?.mapRoles);
		assert.equal(recordOf(again).baseVersion, "1");
	});

	it("has mapUsers only where a user is or was wanted, and never drops a key once it is ours", () => {
		const live = applied(fresh(), planAwsAuth(fresh(), desire({ users: [JANE] })));
		assert.match(live.data?.mapUsers as string, /user\/jane/);
		const without = planAwsAuth(live, desire());
		assert.equal(without.data.mapUsers, "[]\n");
		const settled = applied(live, without);
		assert.equal(planAwsAuth(settled, desire()).data.mapUsers, "[]\n");
	});

	it("removes exactly what is no longer wanted", () => {
		const live = applied(fresh(), planAwsAuth(fresh(), desire({ roles: [DEVS, QA] })));
		assert.equal(planAwsAuth(live, desire({ roles: [] })).data.mapRoles, NODES);
	});

	it("refuses an ARN that another stack's record has, and names the stack", () => {
		const other = desire({ instance: instanceOf("acme/eks-access/qa", "aws-auth"), stack: "acme/eks-access/qa" });
		const live = applied(fresh(), planAwsAuth(fresh(), other));
		assert.throws(() => planAwsAuth(live, desire()), /belongs to the stack acme\/eks-access\/qa/);
	});

	it("of a renamed component takes its entries over unchanged; its old name then releases none of them", () => {
		const live = applied(fresh(), planAwsAuth(fresh(), desire()));
		const renamed = desire({ instance: instanceOf(STACK, "renamed"), release: "release-2" });
		const plan = planAwsAuth(live, renamed);
		assert.equal(plan.data.mapRoles, live.data?.mapRoles);
		const both = applied(live, plan);
		const released = releaseFromAwsAuth(both, { instance: desire().instance, release: "release-1" });
		assert.equal(released?.data.mapRoles, live.data?.mapRoles);
		assert.equal(released?.annotations[recordKeyOf(desire().instance)], undefined);
		assert.ok(released?.annotations[recordKeyOf(renamed.instance)]);
	});

	for (const [what, live, owner] of [
		[
			"another Pulumi program",
			edited(fresh(), NODES, "pulumi-kubernetes-0a1b2c3d"),
			/another Pulumi program.*pulumi-kubernetes-0a1b2c3d/,
		],
		["an older Pulumi program", edited(fresh(), NODES, "pulumi-resource-kubernetes"), /another Pulumi program/],
		["Terraform", edited(fresh(), NODES, "Terraform"), /Terraform/],
		["Terraform's older provider", edited(fresh(), NODES, "HashiCorp"), /Terraform/],
		[
			"a label of Pulumi",
			{ ...fresh(), metadata: { ...fresh().metadata, labels: { "app.kubernetes.io/managed-by": "pulumi" } } },
			/label/,
		],
		[
			"a patch of another Pulumi program",
			{ ...fresh(), metadata: { ...fresh().metadata, annotations: { [FIELD_MANAGER]: "mine" } } },
			/mine/,
		],
	] as [string, LiveConfigMap, RegExp][]) {
		it(`refuses an aws-auth that ${what} manages, unless told to take it over`, () => {
			assert.throws(() => planAwsAuth(live, desire()), { message: owner });
			assert.throws(() => planAwsAuth(live, desire()), /roleMappings.*takeOver/s);
			assert.match(planAwsAuth(live, desire({ takeOver: true })).data.mapRoles as string, /k8s-devs-role/);
		});
	}

	it("fails closed where nothing was read", () => {
		assert.throws(() => planAwsAuth({}, desire()), /was not read from a cluster/);
		assert.throws(
			() => planAwsAuth({ metadata: {}, data: { mapRoles: NODES } }, desire()),
			/was not read from a cluster/,
		);
	});

	it("refuses a damaged record of ours, and says how to mend it", () => {
		const live = applied(fresh(), planAwsAuth(fresh(), desire()));
		const annotations = { ...live.metadata?.annotations, [recordKeyOf(desire().instance)]: "{" };
		assert.throws(
			() => planAwsAuth({ ...live, metadata: { ...live.metadata, annotations } }, desire()),
			/was damaged.*kubectl annotate/s,
		);
	});

	it("keeps the whole ConfigMap below 1 MiB, binary data included", () => {
		const live = { ...fresh(), binaryData: { blob: Buffer.alloc(1024 * 1024 - 200).toString("base64") } };
		assert.throws(() => planAwsAuth(live, desire()), /Kubernetes allows 1048576/);
	});

	it("leaves foreign keys out of what it writes", () => {
		const live = fresh({ mapRoles: NODES, mapAccounts: "- '012345678901'\n", other: "x" });
		assert.deepEqual(Object.keys(planAwsAuth(live, desire()).data), ["mapRoles"]);
	});
});

describe("names of a component on aws-auth", () => {
	it("are valid, stable, and unique to stack and component", () => {
		const names = [
			instanceOf(STACK, "aws-auth"),
			instanceOf(STACK, "aws-auth2"),
			instanceOf("acme/eks-access/prod2", "aws-auth"),
			instanceOf("other/eks-access/prod", "aws-auth"),
			instanceOf("a/b/c", `${"long".repeat(50)}1`),
			instanceOf("a/b/c", `${"long".repeat(50)}2`),
			instanceOf("a/@ü/_", "ö"),
		];
		for (const name of names) {
			assert.match(name, /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])$/);
			assert.ok(fieldManagerOf(name).length <= 128);
		}
		assert.equal(new Set(names).size, names.length);
		assert.equal(instanceOf(STACK, "aws-auth"), names[0]);
	});
});

describe("the entry of a node role", () => {
	it("is taken over by nobody, not even with adoptExisting", () => {
		const arn = "arn:aws:iam::111122223333:role/nodes";
		const mapRoles = `- groups:\n  - system:nodes\n  rolearn: ${arn}\n  username: system:node:{{EC2PrivateDNSName}}\n`;
		const live = { metadata: { resourceVersion: "1" }, data: { mapRoles } };
		const roles = [{ roleArn: arn, username: "ci", groups: ["ci"] }];
		const desire = { instance: "i", stack: "o/p/s", release: "r", roles, adoptExisting: true };
		assert.throws(() => planAwsAuth(live, desire), /lets nodes in \(line 1 of mapRoles\)/);
	});
});
