import assert from "node:assert/strict";
import https from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { POD_SECURITY } from "../../core/teams/namespaces";
import type { TeamObject } from "../../core/teams/objects";
import { changesOf, formOf, type Json, type Place, type Planted } from "./live-changes";

interface Metadata {
	name: string;
	namespace?: string;
	labels?: Record<string, string>;
	annotations?: Record<string, string>;
	resourceVersion?: string;
}
export type LiveObject = { kind: string; metadata: Metadata; [key: string]: unknown };

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
const PLACES: Record<string, [api: string, plural: string, layer: string]> = {
	Namespace: ["/api/v1", "namespaces", "namespaces"],
	ResourceQuota: ["/api/v1", "resourcequotas", "namespaces"],
	LimitRange: ["/api/v1", "limitranges", "namespaces"],
	NetworkPolicy: ["/apis/networking.k8s.io/v1", "networkpolicies", "namespaces"],
	ValidatingAdmissionPolicy: [ADMISSION, "validatingadmissionpolicies", "namespaces"],
	ValidatingAdmissionPolicyBinding: [ADMISSION, "validatingadmissionpolicybindings", "namespaces"],
	ClusterRole: [RBAC, "clusterroles", "rbac"],
	RoleBinding: [RBAC, "rolebindings", "rbac"],
	ClusterRoleBinding: [RBAC, "clusterrolebindings", "rbac"],
};
/** Of these some fields cannot be changed: somebody deletes the object and makes it anew. */
const MADE_ANEW = ["RoleBinding", "ClusterRoleBinding", "ResourceQuota"];

/** Objects of the cluster, as its administrator reads and writes them. */
export class LiveObjects {
	private readonly options: https.RequestOptions = {};
	private constructor(private readonly server: string) {}

	static async open(kubeconfig: string): Promise<LiveObjects> {
		const config = new KubeConfig();
		config.loadFromFile(kubeconfig);
		const objects = new LiveObjects(config.getCurrentCluster()?.server as string);
		await config.applyToHTTPSOptions(objects.options);
		return objects;
	}

	async read(of: LiveObject | TeamObject): Promise<LiveObject | undefined> {
		const { status, body } = await this.send("GET", pathOf(of));
		assert.ok([200, 404].includes(status), JSON.stringify(body));
		return status === 200 ? (body as LiveObject) : undefined;
	}

	create(object: LiveObject): Promise<{ status: number; body: unknown }> {
		return this.send("POST", pathOf(object, ""), object);
	}

	async delete(of: LiveObject): Promise<void> {
		const { status, body } = await this.send("DELETE", pathOf(of));
		assert.ok(status < 300 || status === 404, JSON.stringify(body));
	}

	/** Makes an object be like this one, if the API server takes it. */
	async write(object: LiveObject): Promise<void> {
		const live = await this.read(object);
		if (!live) {
			const { status, body } = await this.create(object);
			assert.ok(status < 300, JSON.stringify(body));
		} else if (MADE_ANEW.includes(object.kind)) {
			await this.delete(object);
			const { status } = await this.create(object);
			if (status >= 300) {
				await this.create(plain(live));
			}
		} else {
			const { resourceVersion } = live.metadata;
			await this.send("PUT", pathOf(object), { ...object, metadata: { ...object.metadata, resourceVersion } });
		}
	}

	/** A busy API server is asked again. */
	private async send(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
		for (let tries = 1; ; tries++) {
			const answer = await this.ask(method, path, body);
			if ((answer.status < 500 && answer.status !== 429) || tries === 5) {
				return answer;
			}
			await delay(500);
		}
	}

	private ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
		const headers = { ...this.options.headers, "Content-Type": "application/json" };
		return new Promise((resolve, reject) => {
			const request = https.request(new URL(this.server + path), { ...this.options, method, headers }, (response) => {
				let text = "";
				response.setEncoding("utf8").on("data", (chunk) => {
					text += chunk;
				});
				response.on("end", () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
			});
			request.on("error", reject).end(body && JSON.stringify(body));
		});
	}
}

function pathOf({ kind, metadata: { name, namespace } }: LiveObject | TeamObject, last = `/${name}`): string {
	const [api, plural] = PLACES[kind] as [string, string, string];
	return `${api}${namespace ? `/namespaces/${namespace}` : ""}/${plural}${last}`;
}

/** An object without what the API server keeps about it. */
function plain({ status: _, ...object }: LiveObject): LiveObject {
	const { name, namespace, labels = {}, annotations = {} } = object.metadata;
	return { ...object, metadata: { name, namespace, labels, annotations } };
}

/** What a finding about an object is called. */
export function findingOf({ kind, metadata: { name, namespace } }: LiveObject): string {
	const [, , layer] = PLACES[kind] as [string, string, string];
	return `${layer} ${kind === "Namespace" ? "namespace" : kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

/** An object of the stack's, with everything that somebody can do to it. */
export async function placeOf(objects: LiveObjects, wanted: TeamObject): Promise<Place> {
	const found = await objects.read(wanted);
	assert.ok(found, `${wanted.kind} ${wanted.metadata.name}`);
	const before = plain(found);
	const essence = (object: LiveObject | undefined) => object && formOf(essenceOf(object, wanted));
	const plant = async (write: () => Promise<unknown>): Promise<Planted> => {
		await write();
		const alters = essence(await objects.read(before)) !== essence(before);
		return { alters, undo: () => objects.write(before) };
	};
	const changed = (object: LiveObject) => () => plant(() => objects.write(object));
	const changes = changesOf(essenceOf(before, wanted)).map(({ what, value }) => ({
		what,
		plant: changed(withEssence(before, value as Record<string, Json>)),
	}));
	const metadata = (labels: object, annotations: object) =>
		changed({ ...before, metadata: { ...before.metadata, ...labels, ...annotations } });
	const own = wanted.metadata as Metadata;
	const foreign = [
		{ what: "foreign label: new", plant: metadata({ labels: { ...before.metadata.labels, "other.io/x": "y" } }, {}) },
		{
			what: "foreign annotation: new",
			plant: metadata({}, { annotations: { ...before.metadata.annotations, "other.io/x": "y" } }),
		},
		{
			what: "our marks: gone",
			plant: metadata({ labels: own.labels ?? {} }, { annotations: own.annotations ?? {} }),
		},
	];
	const gone = { what: "object: gone", plant: () => plant(() => objects.delete(before)) };
	// A namespace takes everything in it along.
	const all = [...changes, ...foreign, ...(before.kind === "Namespace" ? namespaceChanges() : [gone])];
	const guard = before.kind === "ValidatingAdmissionPolicy" ? [`${findingOf(before).replace(/[^.]*$/, "")}*`] : [];
	return { names: [findingOf(before), ...guard], changes: all };

	function namespaceChanges() {
		const key = `${POD_SECURITY}enforce-version`;
		const version = (value: string) => metadata({ labels: { ...before.metadata.labels, [key]: value } }, {});
		return ["v1.20", "latest"].map((each) => ({ what: `enforce-version.${each}: new`, plant: version(each) }));
	}
}

/** What of an object gives access, or bounds it. */
function essenceOf(object: LiveObject, wanted: TeamObject): Record<string, Json> {
	const { apiVersion: _, kind, metadata, status: __, ...content } = object;
	if (kind !== "Namespace") {
		return content as Record<string, Json>;
	}
	const { labels = {}, annotations = {} } = wanted.metadata as Metadata;
	const holds = Object.keys(labels).some((key) => key.startsWith(POD_SECURITY));
	const among = (all: Record<string, string> = {}, keys: Record<string, string>) =>
		Object.fromEntries(
			Object.entries(all).filter(
				([key, value]) =>
					key in keys || (holds && key.startsWith(POD_SECURITY) && key.endsWith("-version") && value !== "latest"),
			),
		);
	return { labels: among(metadata.labels, labels), annotations: among(metadata.annotations, annotations) };
}

function withEssence(object: LiveObject, essence: Record<string, Json>): LiveObject {
	if (object.kind !== "Namespace") {
		const { apiVersion, kind, metadata } = object;
		return { apiVersion, kind, metadata, ...essence };
	}
	const { labels, annotations } = object.metadata;
	const merged = (all: object = {}, own: Json) => ({ ...all, ...(own as object) });
	const known = essence as { labels?: Json; annotations?: Json };
	return {
		...object,
		metadata: {
			...object.metadata,
			labels: known.labels === undefined ? {} : merged(labels, known.labels),
			annotations: known.annotations === undefined ? {} : merged(annotations, known.annotations),
		},
	} as LiveObject;
}
