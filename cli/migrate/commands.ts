import { quoted } from "../../core/errors/escape";
import type { ClusterMode } from "../../core/kubernetes/authentication-mode";
import { accessPolicyArn } from "../../core/rbac/policy-rules";
import type { Move } from "./plan";

/** What a change of mode does by itself. */
const OWN_ENTRIES =
	"# EKS has now made entries itself, for the cluster's creator and for nodes that it manages. Where create-access-entry ends with " +
	"ResourceInUseException, there is one: go on with the next command. Those for nodes are last.";

/** AWS CLI commands that make the access entries; lines with # are notes. Those for nodes are last, as EKS may have made them itself. */
export function commandsOf(
	moves: readonly Move[],
	{ mode, region, cluster }: { mode: ClusterMode; region: string; cluster: string },
): string[] {
	const at = `--region ${quoted(region)}`;
	const name = quoted(cluster);
	const change =
		`aws eks update-cluster-config ${at} --name ${name} --access-config authenticationMode=API_AND_CONFIG_MAP` +
		` && aws eks wait cluster-active ${at} --name ${name}`;
	const commands = (ofNodes: boolean) =>
		moves
			.filter((move) => "entry" in move && (move.entry.type !== "STANDARD") === ofNodes)
			.flatMap((move) => commandsFor(move, `${at} --cluster-name ${name}`));
	return [...(mode === "CONFIG_MAP" ? [change, OWN_ENTRIES] : []), ...commands(false), ...commands(true)];
}

function commandsFor(move: Move, options: string): string[] {
	if (!("entry" in move)) {
		return [];
	}
	const { principalArn, type, username, groups, policies } = move.entry;
	const principal = `${options} --principal-arn ${quoted(principalArn)}`;
	const note = move.note ? `# ${principalArn} is ${move.note}\n` : "";
	const named = username ? ` --username ${quoted(username)}` : "";
	const grouped = groups.length > 0 ? ` --kubernetes-groups ${groups.map(quoted).join(" ")}` : "";
	const associate = (policy: string) =>
		`aws eks associate-access-policy ${principal} --access-scope type=cluster --policy-arn ${accessPolicyArn(principalArn.split(":")[1] as string, policy)}`;
	return [
		`${note}aws eks create-access-entry ${principal} --type ${type}${named}${grouped}`,
		...policies.map(associate),
	];
}
