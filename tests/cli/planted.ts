export const NODE = `- rolearn: arn:aws:iam::111122223333:role/node
  username: system:node:{{EC2PrivateDNSName}}
  groups:
    - system:bootstrappers
    - system:nodes
`;
export const FARGATE = `- rolearn: arn:aws:iam::111122223333:role/fargate
  username: system:node:{{SessionName}}
  groups: [system:bootstrappers, system:nodes, system:node-proxier]
`;
export const TEAM = `- rolearn: arn:aws:iam::111122223333:role/shop-role
  username: shop:{{SessionName}}
  groups: [shop]
`;
export const USER = "- userarn: arn:aws:iam::111122223333:user/teams/jane\n  username: jane\n  groups: [shop]\n";

export function entry(rest: string, arn = "arn:aws:iam::111122223333:role/x"): string {
	return `- rolearn: ${arn}\n${rest.replace(/^/gm, "  ")}\n`;
}

export function configMap(data: Record<string, string>, metadata: object = {}): string {
	const named = { name: "aws-auth", namespace: "kube-system", ...metadata };
	return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: named, data });
}

export const RECORD = { stack: "o/p/s", roles: [], users: [], baseVersion: "1", release: "r" };

/** What is planted, what is found: exactly this. */
export const PLANTED: [what: string, text: string, found: string[]][] = [
	["a mapping", "rolearn: a\nusername: b", ["EKS001 error mapRoles:1:1"]],
	["a text", "hello", ["EKS001 error mapRoles:1:1"]],
	["a line out of its column", "- rolearn: a\n   username: b\n", ["EKS002 error mapRoles:2:4"]],
	["a tab", "- rolearn: a\n\tusername: b\n", ["EKS003 error mapRoles:2:1"]],
	["a template without quotes", `${NODE}- rolearn: a\n  username: {{SessionName}}\n`, ["EKS004 error mapRoles:7:13"]],
	["a second document", `${NODE}---\n${TEAM}`, ["EKS005 error mapRoles:6:1"]],
	["a list further to the left", `${NODE.replace(/^/gm, "  ").trimEnd()}\n${TEAM}`, ["EKS005 error mapRoles:6:1"]],
	["a key twice", `${NODE}  username: "system:node:{{EC2PrivateDNSName}}"\n`, ["EKS006 error mapRoles:2:3"]],
	["a key twice in other letters", `${NODE}  userName: y\n`, ["EKS006 error mapRoles:6:3"]],
	[
		"a merge key",
		`- &n\n${NODE.replace("- ", "  ")}- <<: *n\n  rolearn: arn:aws:iam::111122223333:role/b\n`,
		["EKS007 warning mapRoles:7:3"],
	],
	["a misspelt key of the ConfigMap", configMap({ mapRoles: NODE, maprole: TEAM }), ["EKS008 warning"]],
	["another ConfigMap", configMap({ mapRoles: NODE }, { namespace: "default" }), ["EKS009 warning"]],
	["a list that is no text", "kind: ConfigMap\ndata:\n  mapRoles:\n    - rolearn: a\n", ["EKS011 error"]],
	["a text as entry", `${NODE}- text\n`, ["EKS101 error mapRoles:6:1"]],
	["an empty entry", `${NODE}-\n`, ["EKS101 error mapRoles:6:1"]],
	["no ARN", `${NODE}- username: x\n`, ["EKS102 error mapRoles:6:1"]],
	["an empty ARN", `${NODE}- rolearn:\n  username: x\n`, ["EKS102 error mapRoles:6:11"]],
	["a number as ARN", `${NODE}- rolearn: 12\n  username: x\n`, ["EKS103 error mapRoles:6:12"]],
	["a number as username", entry("username: 012345678901"), ["EKS103 error mapRoles:2:13"]],
	["a boolean as username", entry("username: yes"), ["EKS103 error mapRoles:2:13"]],
	["a mapping as username", entry("username: {a: b}"), ["EKS103 error mapRoles:2:13"]],
	["no username", entry("groups: [a]"), ["EKS104 error mapRoles:1:1"]],
	["an empty username", entry('username: ""'), ["EKS104 error mapRoles:2:13"]],
	["a group that is no list", entry("username: x\ngroups: shop"), ["EKS105 error mapRoles:3:11"]],
	["a number among the groups", entry("username: x\ngroups: [shop, 12]"), ["EKS105 error mapRoles:3:11"]],
	[
		"userarn under mapRoles",
		`${NODE}- userarn: arn:aws:iam::111122223333:user/x\n  username: x\n`,
		["EKS106 error mapRoles:6:3"],
	],
	[
		"rolearn under mapUsers",
		configMap({ mapUsers: TEAM }),
		["EKS106 error mapUsers:1:3", "EKS303 error mapUsers:2:13"],
	],
	["roleARN", TEAM.replace("rolearn", "roleARN"), ["EKS110 error mapRoles:1:3"]],
	["role_arn", TEAM.replace("rolearn", "role_arn"), ["EKS102 error mapRoles:1:1", "EKS107 warning mapRoles:1:3"]],
	["a placeholder for an ARN", entry("username: x", "<ARN of the instance role>"), ["EKS209 error mapRoles:1:12"]],
	["one in an ARN", entry("username: x", "arn:aws:iam::‹111122223333›:role/x"), ["EKS209 error mapRoles:1:12"]],
	[
		"placeholders for names",
		entry("username: <name>\ngroups: [‹team›]"),
		["EKS209 error mapRoles:2:13", "EKS209 error mapRoles:3:11"],
	],
	["system:master", entry("username: x\ngroups: [system:master]"), ["EKS309 warning mapRoles:3:11"]],
	[
		"an immutable ConfigMap",
		JSON.stringify({ ...JSON.parse(configMap({ mapRoles: NODE })), immutable: true }),
		["EKS013 warning"],
	],
	["a misspelt field", entry("user-name: x"), ["EKS104 error mapRoles:1:1", "EKS107 warning mapRoles:2:3"]],
	["group", entry("username: x\ngroup: [shop]"), ["EKS107 warning mapRoles:3:3"]],
	[
		"an ARN twice",
		`${TEAM}${NODE}${TEAM.toUpperCase().replace("ROLEARN", "rolearn").replace("USERNAME", "username").replace("GROUPS", "groups").replace("{{SESSIONNAME}}", "{{SessionName}}")}`,
		["EKS108 error mapRoles:1:1"],
	],
	["the same entry twice", `${TEAM}${TEAM}`, ["EKS108 warning mapRoles:1:1"]],
	[
		"an ARN in both maps",
		configMap({ mapRoles: TEAM, mapUsers: USER.replace("user/teams/jane", "role/shop-role") }),
		["EKS109 error mapUsers:1:1", "EKS207 warning mapUsers:1:12"],
	],
	["no ARN at all", entry("username: x", "123456789012/x"), ["EKS201 error mapRoles:1:12"]],
	["an account too short", entry("username: x", "arn:aws:iam::12345:role/x"), ["EKS201 error mapRoles:1:12"]],
	["blanks around an ARN", entry("username: x", '" arn:aws:iam::111122223333:role/x"'), ["EKS201 error mapRoles:1:12"]],
	[
		"a path",
		entry("username: x", "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_1"),
		["EKS202 error mapRoles:1:12"],
	],
	[
		"a session",
		entry("username: x", "arn:aws:sts::111122223333:assumed-role/admin/jane"),
		["EKS203 error mapRoles:1:12"],
	],
	["root", entry("username: x", "arn:aws:iam::111122223333:root"), ["EKS204 warning mapRoles:1:12"]],
	["an IAM group", entry("username: x", "arn:aws:iam::111122223333:group/devs"), ["EKS205 error mapRoles:1:12"]],
	["a wildcard", entry("username: x", "arn:aws:iam::111122223333:role/dev-*"), ["EKS206 error mapRoles:1:12"]],
	[
		"a user among the roles",
		entry("username: x", "arn:aws:iam::111122223333:user/x"),
		["EKS207 warning mapRoles:1:12"],
	],
	[
		"another partition",
		`${NODE}${TEAM}${entry("username: x", "arn:aws-cn:iam::111122223333:role/y")}`,
		["EKS208 warning mapRoles:9:1"],
	],
	["system:masters", entry("username: x\ngroups:\n  - system:masters"), ["EKS301 warning mapRoles:4:5"]],
	["a name of one's own choice", entry('username: "{{SessionName}}"'), ["EKS302 warning mapRoles:2:13"]],
	["an unknown template", entry('username: "dev:{{Session}}"'), ["EKS303 error mapRoles:2:13"]],
	[
		"a session's template for a user",
		configMap({ mapUsers: USER.replace("jane\n  g", "x:{{SessionName}}\n  g") }),
		["EKS303 error mapUsers:2:13"],
	],
	["a blank at the end of a username", entry('username: "dev "'), ["EKS304 error mapRoles:2:13"]],
	["a system: username", entry("username: system:admin"), ["EKS305 warning mapRoles:2:13"]],
	["a system: group", entry("username: x\ngroups: [system:kube-scheduler]"), ["EKS305 warning mapRoles:3:11"]],
	[
		"nodes' groups for a user",
		configMap({ mapUsers: USER.replace("[shop]", "[system:nodes]") }),
		["EKS305 warning mapUsers:3:11"],
	],
	["half a node", NODE.replace("    - system:nodes\n", ""), ["EKS306 error mapRoles:3:3".replace("3:3", "4:5")]],
	["a node by another name", NODE.replace("system:node:{{EC2PrivateDNSName}}", "node"), ["EKS306 error mapRoles:2:13"]],
	["an account", configMap({ mapAccounts: '- "111122223333"\n' }), ["EKS307 warning mapAccounts:1:3"]],
	["no account", configMap({ mapAccounts: "- acme\n" }), ["EKS308 error mapAccounts:1:3"]],
	["accounts that are no list", configMap({ mapAccounts: "a: b" }), ["EKS001 error mapAccounts:1:1"]],
	["a large one", configMap({ mapRoles: TEAM, note: "x".repeat(1_000_000) }), ["EKS401 warning"]],
	["one too large", configMap({ mapRoles: TEAM, note: "x".repeat(1_100_000) }), ["EKS401 error"]],
	[
		"a damaged record",
		configMap({ mapRoles: TEAM }, { annotations: { "pulumi-eks-access/a": "{" } }),
		["EKS402 warning"],
	],
	[
		"half a record",
		configMap({ mapRoles: TEAM }, { annotations: { "pulumi-eks-access/a": '{"roles":[],"users":[]}' } }),
		["EKS402 warning"],
	],
	[
		"a recorded entry that is gone",
		configMap(
			{ mapRoles: NODE },
			{
				annotations: {
					"pulumi-eks-access/a": JSON.stringify({ ...RECORD, roles: ["arn:aws:iam::111122223333:role/x"] }),
				},
			},
		),
		["EKS403 warning"],
	],
];
