import { z } from "zod";
import { show } from "../errors/problem";
import { LEVEL_NAMES } from "../rbac/access-levels";
import { COMPONENT_POLICIES, POLICIES_BY_NAME } from "../rbac/access-policies";
import { CLUSTER_ADMIN_POLICY } from "../rbac/policy-rules";
import {
	checked,
	labelKey,
	labelled,
	labelValue,
	listOf,
	mapOf,
	namespaceName,
	objectOf,
	oneOf,
	pathSegment,
	quantity,
	text,
	texts,
} from "./values";

const resource = checked("a resource", "deployments", (name) =>
	name.trim() === "" || name.endsWith("/*")
		? `${show(name)} matches nothing; allowed is a resource such as pods, pods/log, */scale, or * for all`
		: undefined,
);

const ruleSchema = objectOf(
	{
		apiGroups: listOf(text('""'), "API groups", '["", apps]').optional(),
		resources: listOf(resource, "resources", "[deployments]").optional(),
		resourceNames: texts("object name", "web").optional(),
		nonResourceURLs: texts("URL path", "/metrics").optional(),
		verbs: texts("verb", "get").min(1, "found an empty list; list the verbs, for example [get, list]"),
	},
	"{apiGroups, resources, verbs}",
).check(({ value, issues }) => {
	// As the API server has it, which would refuse the rule when half of the stack is made.
	const isOf = (list: unknown) => Array.isArray(list) && list.length > 0;
	const isOfUrls = isOf(value.nonResourceURLs);
	const add = (key: string, message: string) => issues.push({ code: "custom", input: value, path: [key], message });
	if (isOfUrls && (isOf(value.resources) || isOf(value.apiGroups))) {
		add("nonResourceURLs", "stands beside resources; give each a rule of its own");
	} else if (!isOfUrls && !isOf(value.resources)) {
		add("resources", "is missing or empty; list the resources, for example [deployments]");
	} else if (!isOfUrls && !isOf(value.apiGroups)) {
		add(
			"apiGroups",
			'is missing or empty; list the API groups, for example [apps], or [""] for pods, services and the like',
		);
	}
});

const accessPolicy = checked("an access policy of EKS", "AmazonEKSAdminViewPolicy", (name) => {
	if (name === CLUSTER_ADMIN_POLICY) {
		return `${name} makes cluster administrators. If that is meant, set admin: true instead`;
	}
	const why = COMPONENT_POLICIES.includes(name)
		? `${name} is for components of EKS, to whose entries EKS itself gives it, and of no use to people`
		: `${show(name)} is no access policy that is known here`;
	return POLICIES_BY_NAME.includes(name) ? undefined : `${why}; allowed is ${POLICIES_BY_NAME.join(", ")}`;
});

const WORDS = [...LEVEL_NAMES].reverse().join(", ");
export const LEVELS = `${WORDS}, {clusterRole: <name>}, {rules: [{apiGroups, resources, verbs}]} or {policy: <access policy>}`;
export const accessSchema = z.union(
	[
		z.enum(LEVEL_NAMES),
		z.strictObject({ clusterRole: pathSegment("ClusterRole") }),
		z.strictObject({
			rules: listOf(ruleSchema, "rules", "[{apiGroups: [apps], resources: [deployments], verbs: [get]}]").min(
				1,
				"found an empty list; list the rules, or leave the namespace out",
			),
		}),
		z.strictObject({ policy: accessPolicy }),
	],
	{ error: ({ input }) => `found ${show(input)}; allowed is ${LEVELS}` },
);

const quantities = mapOf(quantity as unknown as z.ZodType<string, string>, '{cpu: "500m", memory: 256Mi}');

export const namespaceSettings = {
	labels: labelled(labelValue, "{team: shop}")
		.optional()
		.meta({ description: "labels of the namespace, for example `{team: shop}`" }),
	annotations: labelled(text("shop"), "{owner: shop}")
		.optional()
		.meta({ description: "annotations of the namespace, for example `{owner: shop}`" }),
	podSecurity: oneOf(["privileged", "baseline", "restricted"]).optional().meta({
		description: "Pod Security Standard for new pods: `privileged`, `baseline` or `restricted`",
	}),
	quota: mapOf(quantity as unknown as z.ZodType<string, string>, '{"requests.cpu": "4", pods: "20"}')
		.optional()
		.meta({
			description: 'limits (`hard`) of the ResourceQuota `eks-access`, for example `{requests.cpu: "4", pods: "20"}`',
		}),
	limits: objectOf(
		{
			default: quantities.optional(),
			defaultRequest: quantities.optional(),
			max: quantities.optional(),
			min: quantities.optional(),
		},
		'{default: {cpu: "500m"}, defaultRequest: {cpu: "100m"}}',
	)
		.optional()
		.meta({
			description:
				"LimitRange `eks-access` for containers: `default`, `defaultRequest`, `max`, `min`, each a map such as `{cpu: 500m, memory: 256Mi}`",
		}),
	networkPolicy: oneOf(["default-deny"]).optional().meta({
		description: "`default-deny`: the NetworkPolicy `eks-access` allows only DNS and traffic within the namespace",
	}),
};

/** RBAC objects have such names, with colons for example. */
export const bindingName = pathSegment("RoleBinding");

export const namespaceShape = {
	name: namespaceName.meta({
		description:
			"its name: up to 63 lower-case letters, digits and hyphens; with `*`, all namespaces that match, those to come too, if `authentication` is `access-entries`",
		fallback: "required",
	}),
	access: accessSchema.optional().meta({
		description: `level of the team in the namespace: \`${LEVELS}\``,
		fallback: "the team's `access`",
	}),
	binding: bindingName.optional().meta({
		description: "name of the team's RoleBinding in the namespace, if one exists under another name",
		fallback: "the team's `binding`",
	}),
	...namespaceSettings,
};

export const namespaceSchema = z.union([namespaceName, objectOf(namespaceShape, "a name or {name, access, …}")], {
	error: ({ input }) =>
		`found ${show(input)}; allowed is a namespace's name, or {name, access, …}` +
		(["number", "boolean"].includes(typeof input) ? "; write a name in quotes in Pulumi.<stack>.yaml" : ""),
});

export const labelSelector = objectOf(
	{
		matchLabels: labelled(labelValue, "{team: shop}").optional(),
		matchExpressions: listOf(
			objectOf(
				{
					key: labelKey,
					operator: oneOf(["In", "NotIn", "Exists", "DoesNotExist"]),
					values: listOf(labelValue, "values", "[shop]").optional(),
				},
				"{key, operator, values}",
			).check(({ value, issues }) => {
				const { operator, values = [] } = value;
				const takesValues = operator === "In" || operator === "NotIn";
				if (takesValues !== values.length > 0) {
					const message = takesValues
						? `is missing or empty; list what ${operator} compares with, for example [shop]`
						: `stands beside ${operator}, which takes none; remove it`;
					issues.push({ code: "custom", input: value, path: ["values"], message });
				}
			}),
			"{key, operator, values}",
			"[{key: team, operator: In, values: [shop]}]",
		).optional(),
	},
	"{matchLabels: {team: shop}}",
);
