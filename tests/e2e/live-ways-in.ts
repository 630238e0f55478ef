import * as yaml from "yaml";
import type { AwsClients } from "../../core/aws/clients";
import { accessPolicyArn } from "../../core/rbac/policy-rules";
import type { Sandbox } from "../../sandbox/sandbox";
import { AWS_AUTH, writeAwsAuth } from "./aws-auth-by-hand";
import { changesOf, formOf, type Json, type Place, type Planted } from "./live-changes";

type Entry = { rolearn?: string; userarn?: string; username?: string; groups?: string[] };
type MapKey = "mapRoles" | "mapUsers";

/** Changes the entries of one key of aws-auth. */
async function editEntries(sandbox: Sandbox, key: MapKey, edit: (entries: Entry[]) => unknown): Promise<void> {
	const { data = {} } = await sandbox.core.readNamespacedConfigMap(AWS_AUTH);
	await writeAwsAuth(sandbox, { ...data, [key]: yaml.stringify(edit(yaml.parse(data[key] ?? "[]") ?? [])) });
}

const isOf = (arn: string) => (entry: Entry) => entry.rolearn === arn || entry.userarn === arn;

/** Somebody's entry in aws-auth, with everything that somebody can do to it. */
export async function awsAuthPlaces(sandbox: Sandbox, isOurs: (arn: string) => boolean): Promise<Place[]> {
	const { data = {} } = await sandbox.core.readNamespacedConfigMap(AWS_AUTH);
	return (["mapRoles", "mapUsers"] as const).flatMap((key) =>
		((yaml.parse(data[key] ?? "[]") ?? []) as Entry[])
			.filter(({ rolearn, userarn }) => isOurs(rolearn ?? userarn ?? ""))
			.map((entry): Place => {
				const arn = (entry.rolearn ?? entry.userarn) as string;
				const replace = (value: unknown[]) =>
					editEntries(sandbox, key, (all) => all.flatMap((each) => (isOf(arn)(each) ? value : [each])));
				const plant = (alters: boolean, value: unknown[]) => async (): Promise<Planted> => {
					await replace(value);
					return {
						alters,
						undo: () => editEntries(sandbox, key, (all) => [...all.filter((each) => !isOf(arn)(each)), entry]),
					};
				};
				const fields = { username: entry.username, groups: entry.groups } as { [key: string]: Json };
				return {
					names: [`aws-auth ${arn}`],
					changes: [
						{ what: "entry: gone", plant: plant(true, []) },
						{ what: "entry: twice", plant: plant(true, [entry, entry]) },
						{
							what: "masters: new",
							plant: plant(true, [{ ...entry, groups: [...(entry.groups ?? []), "system:masters"] }]),
						},
						...changesOf(fields).map(({ what, value }) => ({
							what,
							plant: plant(formOf(value) !== formOf(fields), [{ ...entry, ...(value as object) }]),
						})),
					],
				};
			}),
	);
}

/** An entry of others in aws-auth. */
export function foreignEntry(sandbox: Sandbox, key: MapKey, arn: string, group: string): Place {
	const groups: [string[], boolean][] = [
		[[], false],
		[["verify-others"], false],
		[[group], true],
		[["verify-others", "system:masters"], true],
	];
	const changes = groups.map(([names, alters]) => ({
		what: `${names}: new`,
		plant: async (): Promise<Planted> => {
			const entry = { [key === "mapRoles" ? "rolearn" : "userarn"]: arn, username: "somebody", groups: names };
			await editEntries(sandbox, key, (all) => [...all, entry]);
			return { alters, undo: () => editEntries(sandbox, key, (all) => all.filter((each) => !isOf(arn)(each))) };
		},
	}));
	return { names: [`aws-auth ${arn}`], changes };
}

/** An access entry of the stack's, with everything that somebody can do to it. */
export async function accessEntryPlace(
	{ eks }: AwsClients,
	clusterName: string,
	principalArn: string,
	namespaces: string[],
): Promise<Place> {
	const of = { clusterName, principalArn };
	const { accessEntry } = await eks.describeAccessEntry(of);
	const before = { username: accessEntry?.username, kubernetesGroups: accessEntry?.kubernetesGroups ?? [] };
	const { associatedAccessPolicies = [] } = await eks.listAssociatedAccessPolicies(of);
	const putBack = () => eks.updateAccessEntry({ ...of, ...before });
	const update = (what: string, alters: boolean, change: Partial<typeof before>) => ({
		what,
		plant: async (): Promise<Planted> => {
			await eks.updateAccessEntry({ ...of, ...change });
			return { alters, undo: putBack };
		},
	});
	const groups = before.kubernetesGroups;
	const given = associatedAccessPolicies.map(({ policyArn }) => policyArn as string);
	const others = ["View", "Edit", "Admin", "ClusterAdmin"]
		.map((name) => accessPolicyArn("aws", `AmazonEKS${name}Policy`))
		.filter((arn) => !given.includes(arn));
	return {
		names: [`access-entries ${principalArn}`],
		changes: [
			update("username: another", true, { username: `${before.username}x` }),
			update("groups: more", true, { kubernetesGroups: [...groups, "verify-others"] }),
			update("groups: none", true, { kubernetesGroups: [] }),
			update("groups: another order", false, { kubernetesGroups: [...groups].reverse() }),
			...others.flatMap((policyArn) =>
				scopes(namespaces).map((accessScope) => ({
					what: `policies: ${policyArn}`,
					plant: async (): Promise<Planted> => {
						await eks.associateAccessPolicy({ ...of, policyArn, accessScope });
						return { alters: true, undo: () => eks.disassociateAccessPolicy({ ...of, policyArn }) };
					},
				})),
			),
			...associatedAccessPolicies.flatMap(({ policyArn, accessScope }) => [
				{
					what: "policy: gone",
					plant: async (): Promise<Planted> => {
						await eks.disassociateAccessPolicy({ ...of, policyArn });
						return { alters: true, undo: () => eks.associateAccessPolicy({ ...of, policyArn, accessScope }) };
					},
				},
				...scopes(["verify-others", ...(accessScope?.namespaces ?? [])]).map((scope) => ({
					what: "policy scope: another",
					plant: async (): Promise<Planted> => {
						await eks.associateAccessPolicy({ ...of, policyArn, accessScope: scope });
						const { type, namespaces: before = [] } = accessScope ?? {};
						const alters = formOf({ namespaces: [], ...scope }) !== formOf({ type, namespaces: before });
						return { alters, undo: () => eks.associateAccessPolicy({ ...of, policyArn, accessScope }) };
					},
				})),
			]),
		],
	};
}

function scopes(namespaces: string[]): { type: "cluster" | "namespace"; namespaces?: string[] }[] {
	return [{ type: "cluster" }, { type: "namespace", namespaces }];
}

/** An access entry of others. */
export function foreignAccessEntry(
	{ eks }: AwsClients,
	clusterName: string,
	principalArn: string,
	team: { group: string; namespace: string },
): Place {
	const of = { clusterName, principalArn };
	const make = (what: string, alters: boolean, kubernetesGroups: string[], policy?: string, namespaces?: string[]) => ({
		what,
		plant: async (): Promise<Planted> => {
			await eks.createAccessEntry({ ...of, kubernetesGroups });
			if (policy) {
				const accessScope = namespaces ? { type: "namespace" as const, namespaces } : { type: "cluster" as const };
				await eks.associateAccessPolicy({ ...of, policyArn: accessPolicyArn("aws", policy), accessScope });
			}
			return { alters, undo: () => eks.deleteAccessEntry(of) };
		},
	});
	return {
		names: [`access-entries ${principalArn}`],
		changes: [
			make("nothing: new", false, []),
			make("other group: new", false, ["verify-others"]),
			make("group: new", true, [team.group]),
			make("cluster admin: new", true, [], "AmazonEKSClusterAdminPolicy"),
			make("view everywhere: new", true, [], "AmazonEKSViewPolicy"),
			make("edit here: new", true, [], "AmazonEKSEditPolicy", [team.namespace]),
			make("view here and there: new", true, [], "AmazonEKSViewPolicy", ["verify-others", team.namespace]),
			make("edit elsewhere: new", false, [], "AmazonEKSEditPolicy", ["verify-others"]),
			make("by a pattern: new", true, [], "AmazonEKSEditPolicy", [`${team.namespace.slice(0, -1)}*`]),
		],
	};
}
