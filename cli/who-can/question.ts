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
	const found = await Promise.all(
		groups
			.filter(({ name }) => ofGroup === undefined || name === ofGroup)
			.map(({ name, preferredVersion }) => read(`/apis/${preferredVersion?.groupVersion}`, name)),
	);
	return found.find((each) => each !== undefined);
}

/** The first rule that allows it. */
export function ruleFor(rules: readonly PolicyRule[], question: Question): PolicyRule | undefined {
	return rules.find((rule) =>
		"path" in question ? opens(rule, question.path, question.verb) : allows([rule], question),
	);
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
