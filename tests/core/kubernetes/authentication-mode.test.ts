import assert from "node:assert/strict";
import { AUTHENTICATION, type Authentication, modeProblem, waysOf } from "../../../core/kubernetes/authentication-mode";

const AWS_AUTH = { awsAuth: true, accessEntries: false };
const ENTRIES = { awsAuth: false, accessEntries: true };
const BOTH = { awsAuth: true, accessEntries: true };
const NO_AWS_AUTH =
	"cluster: prod has the authentication mode API, so it does not read aws-auth, and AWS does not let it go back. " +
	"Nothing was changed. Use access entries: pulumi config set authentication access-entries";
const NO_ENTRIES =
	"cluster: prod has the authentication mode CONFIG_MAP, so it knows no access entries. Nothing was changed. " +
	"Let it read both (AWS does not let it go back): aws eks update-cluster-config --region eu-west-1 --name prod " +
	"--access-config authenticationMode=API_AND_CONFIG_MAP";

type Mode = "CONFIG_MAP" | "API_AND_CONFIG_MAP" | "API" | undefined;
const CASES: [Authentication, Mode, ways: object, problem: string | undefined][] = [
	["auto", "CONFIG_MAP", AWS_AUTH, undefined],
	["auto", "API_AND_CONFIG_MAP", AWS_AUTH, undefined],
	["auto", "API", ENTRIES, undefined],
	["auto", undefined, AWS_AUTH, undefined],
	["aws-auth", "CONFIG_MAP", AWS_AUTH, undefined],
	["aws-auth", "API_AND_CONFIG_MAP", AWS_AUTH, undefined],
	["aws-auth", "API", AWS_AUTH, NO_AWS_AUTH],
	["aws-auth", undefined, AWS_AUTH, undefined],
	["access-entries", "CONFIG_MAP", ENTRIES, NO_ENTRIES],
	["access-entries", "API_AND_CONFIG_MAP", ENTRIES, undefined],
	["access-entries", "API", ENTRIES, undefined],
	["access-entries", undefined, ENTRIES, undefined],
	["both", "CONFIG_MAP", BOTH, NO_ENTRIES],
	["both", "API_AND_CONFIG_MAP", BOTH, undefined],
	["both", "API", BOTH, NO_AWS_AUTH],
	["both", undefined, BOTH, undefined],
];

describe("ways in", () => {
	for (const [setting, mode, expected, problem] of CASES) {
		const outcome = problem ? "is refused with what to do" : "is taken by the cluster";
		it(`authentication ${setting} on a cluster ${mode ? `in mode ${mode}` : "whose mode nobody knows"} ${outcome}`, () => {
			const ways = waysOf(setting, mode);
			assert.deepEqual(ways, expected);
			assert.equal(modeProblem(ways, { mode, cluster: "prod", region: "eu-west-1" }), problem);
		});
	}

	it("every setting makes at least one, whatever the cluster's mode", () => {
		for (const setting of AUTHENTICATION) {
			for (const mode of ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API", undefined]) {
				assert.ok(Object.values(waysOf(setting, mode)).includes(true));
			}
		}
	});

	it("auto never makes one that the cluster does not take", () => {
		for (const mode of ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API", undefined]) {
			assert.equal(modeProblem(waysOf("auto", mode), { mode, cluster: "c", region: "r" }), undefined);
		}
	});
});
