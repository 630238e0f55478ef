import assert from "node:assert/strict";
import { entryObservations } from "../../cli/doctor/checks/access-entries";
import { problemOf } from "../../cli/doctor/checks/iam";
import type { LiveAccessEntry } from "../../core/aws/reader";

const ROLE = "arn:aws:iam::123456789012:role/teams/shop";
const entry = (given: Partial<LiveAccessEntry> = {}): LiveAccessEntry => ({
	...{ principalArn: ROLE, type: "STANDARD", username: "shop", groups: [], policies: new Map() },
	...given,
});
const codes = (given: Partial<LiveAccessEntry>, inAwsAuth: string[] = []) => {
	const subjects = [{ kind: "Group", name: "bound" }];
	const bindings = [{ metadata: { name: "x" }, roleRef: { kind: "ClusterRole", name: "view" }, subjects }];
	const found = entryObservations(entry(given), { bindings, inAwsAuth, options: "--cluster-name c" });
	return found.map(({ code }) => code);
};
const policies = (name: string, ...scope: string[]) => new Map([[name, scope]]);

describe("eks-access doctor on access entries", () => {
	it("an entry that is in order has no findings", () => {
		const given = { groups: ["bound"], policies: policies("AmazonEKSViewPolicy", "dev", "shop-*") };
		assert.deepEqual(codes(given, ["arn:aws:iam::123456789012:role/other"]), []);
	});

	it("groups that nothing binds; not those of nodes", () => {
		assert.deepEqual(codes({ groups: ["bound", "lost"] }), ["EKS602"]);
		assert.deepEqual(codes({ type: "EC2_LINUX", groups: ["system:nodes"] }), []);
	});

	it("an entry in aws-auth beside it, which tells no path", () => {
		assert.deepEqual(codes({}, ["arn:aws:iam::123456789012:role/shop"]), ["EKS603"]);
	});

	it("administrators, policies in the whole cluster, and policies of nodes, but for those of EKS' components", () => {
		assert.deepEqual(codes({ policies: policies("AmazonEKSClusterAdminPolicy", "*") }), ["EKS604"]);
		assert.deepEqual(codes({ policies: policies("AmazonEKSAdminViewPolicy", "*") }), ["EKS605"]);
		assert.deepEqual(codes({ type: "EC2_LINUX", policies: policies("AmazonEKSViewPolicy", "*") }), ["EKS606"]);
		assert.deepEqual(codes({ type: "EC2", policies: policies("AmazonEKSAutoNodePolicy", "*") }), []);
		assert.deepEqual(codes({ policies: policies("AmazonEKSComputePolicy", "*") }), []);
	});

	it("an ARN in a command is one word of the shell", () => {
		const arn = "arn:aws:iam::123456789012:user/$(id)/jane";
		const given = entry({ principalArn: arn, policies: policies("AmazonEKSClusterAdminPolicy", "*") });
		const [found] = entryObservations(given, { bindings: [], inAwsAuth: [], options: "--cluster-name c" });
		assert.ok(found?.fix.includes(`--cluster-name c --principal-arn '${arn}' --policy-arn`), found?.fix);
	});

	it("principals that are gone, elsewhere or created again", () => {
		const made = (at: number) => ({ arn: ROLE, createdAt: new Date(at) });
		const of = (found: Parameters<typeof problemOf>[1]) =>
			problemOf({ arn: ROLE, entryMade: new Date(5) }, found)?.code;
		assert.equal(of(undefined), "EKS501");
		assert.equal(of({ arn: "arn:aws:iam::123456789012:role/shop" }), "EKS501");
		assert.equal(of(made(6)), "EKS601");
		assert.equal(of(made(4)), undefined);
	});
});
