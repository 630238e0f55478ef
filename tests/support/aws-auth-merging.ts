import { mergeMap, type RoleMapping } from "../../core/aws-auth/map";

export const ARN = "arn:aws:iam::293759796572:role/k8s-devs-role";
export const DEVS: RoleMapping = { roleArn: ARN, username: "developer", groups: ["k8s-devs"] };
export const OTHER: RoleMapping = {
	roleArn: "arn:aws:iam::293759796572:role/other",
	username: "other",
	groups: ["view"],
};
export const NODES = `- groups:
  - system:bootstrappers
  - system:nodes
  rolearn: arn:aws:iam::293759796572:role/node-role
  username: system:node:{{EC2PrivateDNSName}}
`;
export const ARTICLE = `- groups:
  - k8s-devs
  rolearn: ${ARN}
  username: developer
`;

/** The text with these entries in it. */
export const add = (text: string | undefined, ...desired: RoleMapping[]): string =>
	mergeMap(text, { key: "mapRoles", remove: new Set(), desired });
/** The text without the entries of these ARNs, which were ours, and with the desired ones. */
export const change = (text: string, remove: string[], ...desired: RoleMapping[]): string =>
	mergeMap(text, { key: "mapRoles", remove: new Set(remove), desired });
