import assert from "node:assert/strict";
import { type AccessChange, losesLastAdministrator, lossOfOperator } from "../../../core/aws-auth/operator-access";
import type { Principal } from "../../../core/teams/principal-kinds";

const OPS = "arn:aws:iam::123456789012:role/ops";
const DEVS = "arn:aws:iam::123456789012:role/devs";
const OPERATOR = { username: "ops:ada", groups: ["system:masters", "system:authenticated"], arn: OPS };

const principal = (arn: string, more: Partial<Principal> = {}) => ({
	...{ arn, key: arn, source: { arn }, type: "role" as const, username: "shop", groups: ["shop"], admin: false },
	...{ policies: [], ...more },
});
const entry = (arn: string, groups: string, username = "ops:{{SessionName}}") =>
	`- rolearn: ${arn}\n  username: ${username}\n  groups: [${groups}]\n`;
const record = (...roles: string[]) => ({ stack: "s", roles, users: [], baseVersion: "1", release: "r" });

function change(more: Partial<AccessChange> & { mapRoles?: string } = {}): AccessChange {
	const { mapRoles = "", ...rest } = more;
	const live = { data: { mapRoles } };
	return { wanted: [], ended: [], live, ownEntries: [], ownAdministrators: [], accessEntries: false, ...rest };
}

describe("an update takes the operator's access", () => {
	const loss = (more: Parameters<typeof change>[0], operator: Parameters<typeof lossOfOperator>[0] = OPERATOR) =>
		lossOfOperator(operator, change(more));

	it("where a team lists their role and gives it less", () => {
		assert.equal(loss({ wanted: [principal(OPS)] }), "less");
		const withPath = "arn:aws:iam::123456789012:role/teams/OPS";
		assert.equal(loss({ wanted: [principal(withPath)] }), "less", "however the role is written");
	});

	it("not where the team administers the cluster, or gives them the groups that they have", () => {
		assert.equal(loss({ wanted: [principal(OPS, { admin: true })] }), undefined);
		const operator = { ...OPERATOR, groups: ["shop", "system:authenticated"] };
		assert.equal(loss({ wanted: [principal(OPS)] }, operator), undefined);
	});

	it("where it takes the administrator's policy away that this stack has given", () => {
		const operator = { ...OPERATOR, groups: ["shop", "system:authenticated"] };
		const own = { ownEntries: [OPS], ownAdministrators: [OPS], accessEntries: true };
		assert.equal(loss({ ...own, wanted: [principal(OPS)] }, operator), "less");
		assert.equal(loss({ ...own, wanted: [principal(OPS, { admin: true })] }, operator), undefined);
	});

	it("where it removes their entry, in aws-auth or of the access entries", () => {
		assert.equal(loss({ mapRoles: entry(OPS, "system:masters"), record: record(OPS) }), "removed");
		assert.equal(loss({ ownEntries: [OPS], accessEntries: true }), "removed");
	});

	it("not where somebody else's entry lets them in, or they come in another way", () => {
		const mapRoles = entry(OPS, "system:masters");
		assert.equal(loss({ mapRoles, record: record(DEVS) }), undefined);
		assert.equal(loss({ mapRoles, ownEntries: [OPS], accessEntries: true }), undefined, "aws-auth counts then");
		const byEntry = { ...OPERATOR, username: OPS };
		assert.equal(loss({ mapRoles, record: record(OPS) }, byEntry), undefined, "an access entry counts before");
		assert.equal(loss({ mapRoles, record: record(OPS) }, { ...OPERATOR, arn: undefined }), undefined);
		assert.equal(loss({ mapRoles: "a: b", wanted: [principal(DEVS)] }), undefined);
	});
});

describe("an update takes the last administrator", () => {
	const mapRoles = entry(DEVS, "system:masters");
	const last = (more: Parameters<typeof change>[0]) => losesLastAdministrator(change(more));

	it("where all that it leaves are none", () => {
		assert.ok(last({ mapRoles, record: record(DEVS) }));
		assert.ok(last({ mapRoles, record: record(DEVS), wanted: [principal(DEVS)] }));
		assert.ok(last({ ownEntries: [DEVS], ownAdministrators: [DEVS] }));
		assert.ok(
			last({ mapRoles: mapRoles + entry(OPS, "system:masters"), record: record(DEVS), wanted: [principal(OPS)] }),
			"somebody else's is taken over",
		);
	});

	it("where those that it leaves can let nobody in any more", () => {
		const leaves = { wanted: [principal(OPS, { admin: true })], ended: [OPS] };
		const both = mapRoles + entry(OPS, "system:masters");
		assert.ok(last({ mapRoles: both, record: record(DEVS, OPS), ...leaves }));
		assert.ok(last({ ownEntries: [DEVS, OPS], ownAdministrators: [DEVS, OPS], ...leaves }));
		assert.ok(!last({ mapRoles: entry(OPS, "system:masters"), record: record(OPS), ...leaves }), "it takes none away");
		assert.ok(!last({ ownEntries: [OPS], ownAdministrators: [OPS], ...leaves }), "nor here");
	});

	it("not where somebody else's is left, another is let in, or there was none of its own", () => {
		assert.ok(!last({ mapRoles: mapRoles + entry(OPS, "system:masters"), record: record(DEVS) }));
		assert.ok(!last({ mapRoles, record: record(DEVS), wanted: [principal(OPS, { admin: true })] }));
		assert.ok(!last({ mapRoles }));
		assert.ok(!last({}));
	});
});
