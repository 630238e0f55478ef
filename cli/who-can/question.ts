import type { ApiServer } from "../../core/kubernetes/api-server";
import type { PolicyRule } from "../../core/rbac/policy-rules";
import { allows, opens, type ResourceRequest } from "../../core/rbac/rule-matcher";
import { Failure } from "../errors/failure";

/** What somebody wants to do: with a resource, or with a path that is none, such as `/metrics`. */
export type Question = ({ verb: string; path: string } | ResourceRequest) & {
	/** Undefined: in the whole cluster. */
	namespace?: string;
};

/** As `kubectl auth can-i` takes them. */
export interface Asked {
	verb: string;
	/** `pods`, `deploy`, `deployments.apps`, `pods/exec`, `*`, or a path: `/metrics`. */
	resource: string;
	name?: string;
	namespace?: string;
}

interface ResourceList {
	resources?: { name: string; singularName?: string; shortNames?: string[]; namespaced?: boolean }[];
}

interface GroupList {
	groups?: { name: string; preferredVersion?: { groupVersion?: string } }[];
}

/** The question in the API server's terms, which knows short names and the group of each resource. */
export async function questionOf(server: ApiServer, { verb, resource, name, namespace }: Asked): Promise<Question> {
	if (resource.startsWith("/")) {
		return { verb, path: resource };
	}
	const [path = "", subresource] = resource.split("/");
	const [wanted = "", ...group] = path.split(".");
	const common = { verb, ...(subresource ? { subresource } : {}), ...(name ? { name } : {}) };
	if (wanted === "*") {
		return { ...common, group: group.join(".") || "*", resource: "*", namespace };
	}
	const found = await resourceOf(server, wanted, group.length > 0 ? group.join(".") : undefined);
	if (!found) {
		const list = "kubectl api-resources lists what it has";
		throw new Failure("cli-usage", `${resource}: the cluster has no such resource; ${list}`);
	}
	// The API server takes a namespace for an object within itself.
	const own = found.resource === "namespaces" && found.group === "" ? name : undefined;
	const { isNamespaced, ...of } = found;
	return { ...common, ...of, namespace: isNamespaced ? namespace : own };
}

interface Found {
	group: string;
	resource: string;
	isNamespaced: boolean;
}

async function resourceOf(server: ApiServer, wanted: string, ofGroup: string | undefined): Promise<Found | undefined> {
	const what = "the resources of the cluster";
	const read = async (path: string, group: string): Promise<Found | undefined> => {
		const list = await server.get<ResourceList>(what, path);
		const is = list?.resources?.find(
			({ name, singularName, shortNames = [] }) =>
				!name.includes("/") && [name, singularName, ...shortNames].includes(wanted.toLowerCase()),
		);
		return is && { group, resource: is.name, isNamespaced: is.namespaced ?? false };
	};
	const core = ofGroup === undefined ? await read("/api/v1", "") : undefined;
	if (core) {
		return core;
	}
	const groups = (await server.get<GroupList>(what, "/apis"))?.groups ?? [];
	const failures: unknown[] = [];
	const found = await Promise.all(
		groups
			.filter(({ name }) => ofGroup === undefined || name === ofGroup)
			.map(({ name, preferredVersion }) =>
				// A group whose own server does not answer, such as metrics.k8s.io, is seldom the one that is wanted.
				read(`/apis/${preferredVersion?.groupVersion}`, name).catch((error) => {
					failures.push(error);
					return undefined;
				}),
			),
	);
	const first = found.find((each) => each !== undefined);
	if (!first && failures.length > 0) {
		throw failures[0];
	}
	return first;
}

/** The first rule that allows it; without a name, one for some objects too, if none is for all. */
export function ruleFor(rules: readonly PolicyRule[], question: Question): PolicyRule | undefined {
	if ("path" in question) {
		return rules.find((rule) => opens(rule, question.path, question.verb));
	}
	const { verb, name, subresource } = question;
	// What the API server is not told the name of, no rule with names allows.
	const isNameless = verb === "deletecollection" || (verb === "create" && !subresource);
	const forSome = (rule: PolicyRule) =>
		name === undefined && !isNameless && allows([{ ...rule, resourceNames: [] }], question);
	return rules.find((rule) => allows([rule], question)) ?? rules.find(forSome);
}

/** `delete pods named web in namespace dev`. */
export function describeQuestion(question: Question): string {
	const { verb, namespace } = question;
	if ("path" in question) {
		return `${verb} ${question.path}`;
	}
	const { group, resource, subresource, name } = question;
	const what =
		[resource, ...(group && group !== "*" ? [group] : [])].join(".") + (subresource ? `/${subresource}` : "");
	const where = namespace === undefined ? "in the whole cluster" : `in namespace ${namespace}`;
	return `${verb} ${what}${name ? ` named ${name}` : ""} ${where}`;
}
