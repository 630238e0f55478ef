import assert from "node:assert/strict";
import fc from "fast-check";
import { commandsOf } from "../../cli/migrate/commands";
import { type Known, type Move, planOf } from "../../cli/migrate/plan";
import { AwsAuthTextError, readEntries } from "../../core/aws-auth/map";
import { awsAuthContent } from "../support/aws-auth-contents";

const IAM = "arn:aws:iam::123456789012";
const known = (roles: string[] = [], entries: string[] = []): Known => ({
	...{ mode: "CONFIG_MAP", accountId: "123456789012" },
	roles: new Map(roles.map((arn) => [(arn.split("/").at(-1) as string).toLowerCase(), arn])),
	entries,
});
const line = (name: string, username: string, ...groups: string[]) =>
	`- {rolearn: "${IAM}:role/${name}", username: "${username}", groups: [${groups.map((group) => `"${group}"`).join()}]}\n`;
const whyNot = (move: Move) => ("stays" in move ? move.stays : "unneeded" in move ? move.unneeded : "");
const brief = (move: Move) => ("entry" in move ? move.entry.type : whyNot(move));

describe("eks-access migrate: the plan", () => {
	const RUNS = Number(process.env.AWS_AUTH_CONTENTS || 1_000);

	it("of every aws-auth each entry is moved or explained, none is missing, and what EKS refuses is not planned", () => {
		const seen = { moves: 0, stays: 0 };
		fc.assert(
			fc.property(awsAuthContent, ({ text }) => {
				const moves = planOf({ mapRoles: text }, known());
				let count = 1;
				try {
					count = readEntries(text, "mapRoles").length;
				} catch (error) {
					assert.ok(error instanceof AwsAuthTextError);
				}
				assert.equal(moves.length, count);
				for (const move of moves) {
					seen["entry" in move ? "moves" : "stays"]++;
					if ("entry" in move) {
						const { username = "", groups } = move.entry;
						assert.doesNotMatch([username, ...groups].join("\n"), /^(?:system|eks|aws|amazon|iam):/m);
						assert.ok(!groups.some((group) => group.includes("{{")));
					} else {
						assert.ok(whyNot(move).length > 10);
					}
				}
				assert.equal(
					new Set(moves.flatMap((move) => ("entry" in move ? move.entry.principalArn.toLowerCase() : []))).size,
					moves.filter((move) => "entry" in move).length,
				);
			}),
			{ numRuns: RUNS },
		);
		assert.ok(seen.moves > RUNS / 10 && seen.stays > RUNS / 10, JSON.stringify(seen));
	});

	it("gives roles their path, administrators the access policy, nodes their type, and groups and usernames as they are", () => {
		const roles = [`${IAM}:role/teams/Shop`, `${IAM}:role/admin`, `${IAM}:role/node`];
		const mapRoles =
			line("shop", "dev:{{SessionName}}", "shop", "of-{{AccountID}}") +
			line("admin", "admin", "system:masters") +
			line("node", "system:node:{{EC2PrivateDNSName}}", "system:nodes");
		const moves = planOf({ mapRoles }, known(roles));
		assert.deepEqual(
			moves.map((move) => "entry" in move && move.entry),
			[
				{
					...{ principalArn: roles[0], type: "STANDARD", username: "dev:{{SessionName}}" },
					...{ groups: ["shop", "of-123456789012"], policies: [] },
				},
				{
					...{ principalArn: roles[1], type: "STANDARD", username: "admin", groups: [] },
					policies: ["AmazonEKSClusterAdminPolicy"],
				},
				{ principalArn: roles[2], type: "EC2_LINUX", groups: [], policies: [] },
			],
		);
		const commands = commandsOf(moves, { mode: "API_AND_CONFIG_MAP", region: "eu-west-1", cluster: "c" });
		assert.equal(commands.length, 4);
		assert.match(commands[0] ?? "", /--username 'dev:\{\{SessionName\}\}' --kubernetes-groups shop of-123456789012$/);
	});

	it("explains duplicates, system: groups, templates, service-linked roles, roles that are gone, accounts and existing entries", () => {
		const roles = ["a", "c", "d", "AWSServiceRoleForX", "h"].map((name) => `${IAM}:role/${name}`);
		const mapRoles =
			line("a", "one") +
			line("A", "two") +
			line("c", "x", "system:viewers") +
			line("d", "{{SessionName}}") +
			line("AWSServiceRoleForX", "x") +
			line("gone", "x") +
			line("p/g", "x") +
			line("h", "x");
		const moves = planOf({ mapRoles, mapAccounts: '- "111122223333"' }, known(roles, [`${IAM}:role/h`]));
		const expected = [
			...[/last entry of an ARN, which is in line 2/, /^STANDARD$/, /begins with system:/, /colon before/],
			...[/service-linked/, /no such role/, /knows no role's path/, /has an access entry already/, /one identity/],
		];
		assert.equal(moves.length, expected.length);
		for (const [at, move] of moves.entries()) assert.match(brief(move), expected[at] as RegExp);
	});
});
