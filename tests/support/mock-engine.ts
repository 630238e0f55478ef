import { mock } from "node:test";
import { EKS } from "@aws-sdk/client-eks";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine was asked for it. */
export interface Registered {
	urn: string;
	type: string;
	name: string;
	// biome-ignore lint/suspicious/noExplicitAny: tests look into inputs of many types
	inputs: Record<string, any>;
	/** What a component registered at its end. */
	// biome-ignore lint/suspicious/noExplicitAny: as above
	outputs?: Record<string, any>;
	/** URN. */
	parent: string;
	/** URNs. */
	dependsOn: string[];
	provider: string;
	importId: string;
	ignoreChanges: string[];
	retainOnDelete: boolean;
	protect: boolean;
	/** URN. */
	deletedWith: string;
	/** URNs. */
	aliases: string[];
	deleteBeforeReplace: boolean;
	replacementTrigger: unknown;
}

/**
 * Answers of functions (`aws:eks/getCluster:getCluster`), and of the AWS SDK by action (`ListRolePolicies`), from their arguments and the
 * SDK's client.
 */
// biome-ignore lint/suspicious/noExplicitAny: arguments of many functions
export type Answers = Record<string, (inputs: any, client?: any) => object | Promise<object>>;

/** Resources of the last update, by URN. */
export type LastState = Record<string, { type: string; outputs: Record<string, unknown> }>;

/** Whoever runs the program. */
export const OPERATOR = "arn:aws:iam::293759796572:user/operator";
export const ACCOUNT = { partition: "aws", accountId: "293759796572" };
export const ROLE = "aws:iam/role:Role";
export const MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership";
export const ENTRY = "aws:eks/accessEntry:AccessEntry";
export const ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
export const NAMESPACE = "kubernetes:core/v1:NamespacePatch";
export const CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
export const SHARED_CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRolePatch";
export const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
export const CLUSTER_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";

/** Pulumi's mocks, and what they do not show: a resource's options, what a component registers, what is said to people. */
export class MockEngine {
	readonly registered: Registered[] = [];
	readonly calls: { token: string; inputs: Record<string, unknown>; provider: string }[] = [];
	/** Messages for people. */
	readonly said: string[] = [];

	static async start(
		options: {
			answers?: Answers;
			/** Of resources, by type. */
			outputs?: Record<string, object>;
			last?: LastState;
			isPreview?: boolean;
			config?: Record<string, string>;
		} = {},
	): Promise<MockEngine> {
		const engine = new MockEngine();
		const answers: Answers = {
			"pulumi:pulumi:readStackResourceOutputs": () => ({ outputs: options.last ?? {} }),
			"aws:iam/getRole:getRole": ({ name }) => missing(`reading IAM Role (${name}): couldn't find resource`),
			"aws:iam/getGroup:getGroup": ({ groupName }) => missing(`reading IAM Group (${groupName}): NoSuchEntity`),
			"aws:iam/getUser:getUser": ({ userName }) => ({ arn: `arn:aws:iam::${ACCOUNT.accountId}:user/${userName}` }),
			"aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT.accountId, arn: OPERATOR }),
			"aws:index/getRegion:getRegion": () => ({ region: "eu-west-1" }),
			GetCallerIdentity: () => ({ Arn: OPERATOR }),
			...options.answers,
		};
		pulumi.runtime.setAllConfig(options.config ?? {});
		await pulumi.runtime.setMocks(
			{
				newResource: ({ type, name, inputs, id }) => ({
					id: id || `${name}-id`,
					state: { ...inputs, ...outputsOf(type, name, inputs), ...options.outputs?.[type] },
				}),
				call: ({ token, inputs, provider = "" }) => {
					engine.calls.push({ token, inputs, provider });
					if (!answers[token]) {
						throw new Error(`unexpected call of ${token}`);
					}
					try {
						return answers[token](inputs);
					} catch (error) {
						// What gRPC calls the message.
						throw Object.assign(error as Error, { details: (error as Error).message });
					}
				},
			},
			"eks-access",
			"test",
			options.isPreview ?? false,
			"acme",
		);
		engine.watch();
		answerSdk(answers);
		return engine;
	}

	only(type: string): Registered[] {
		return this.registered.filter((resource) => resource.type === type);
	}

	/** The one resource of a type, or of a type and a name. */
	the(type: string, name?: string): Registered {
		const [found, ...more] = this.only(type).filter((resource) => name === undefined || resource.name === name);
		if (!found || more.length > 0) {
			const there = this.registered.map((resource) => `${resource.type} ${resource.name}`).join("\n");
			throw new Error(`${found ? more.length + 1 : 0} resources are ${type} ${name ?? ""}; there are:\n${there}`);
		}
		return found;
	}

	/** How many resources there are of each type. */
	counts(): Record<string, number> {
		return Object.fromEntries(this.registered.map(({ type }) => [type, this.only(type).length]));
	}

	called(token: string): boolean {
		return this.calls.some((call) => call.token === token);
	}

	/** Waits until everything is registered. */
	async settled(): Promise<this> {
		await pulumi.runtime.disconnect();
		return this;
	}

	private watch(): void {
		// biome-ignore lint/suspicious/noExplicitAny: the mocks' monitor has no public type
		const monitor = pulumi.runtime.getMonitor() as any;
		const register = monitor.registerResource.bind(monitor);
		monitor.registerResource = (request: Request, answer: Answer) =>
			register(request, (error: unknown, response: { getUrn(): string }) => {
				if (response) {
					this.registered.push(asRegistered(response.getUrn(), request));
				}
				answer(error, response);
			});
		const complete = monitor.registerResourceOutputs.bind(monitor);
		monitor.registerResourceOutputs = (request: Request, answer: Answer) => {
			const resource = this.registered.find(({ urn }) => urn === request.getUrn());
			if (resource) {
				resource.outputs = pulumi.runtime.deserializeProperties(request.getOutputs());
			}
			complete(request, answer);
		};
		mock.restoreAll();
		for (const level of ["info", "warn"] as const) {
			mock.method(pulumi.log, level, async (message: string) => {
				this.said.push(message);
			});
		}
	}
}

/** What has no answer is an empty list. */
function answerSdk(answers: Answers): void {
	for (const client of [EKS, IAM, STS]) {
		async function send(this: unknown, command: { input: object }) {
			return (await answers[command.constructor.name.replace(/Command$/, "")]?.(command.input, this)) ?? {};
		}
		mock.method(client.prototype, "send", send as never);
	}
}

/** The value of an output. */
export function resolved<T>(output: pulumi.Output<T>): Promise<T> {
	return new Promise((resolve) => pulumi.unsecret(output).apply((value) => resolve(value as T)));
}

// biome-ignore lint/suspicious/noExplicitAny: a protocol buffer's message
type Request = any;
type Answer = (error: unknown, response: unknown) => void;

function asRegistered(urn: string, request: Request): Registered {
	return {
		urn,
		type: request.getType(),
		name: request.getName(),
		inputs: pulumi.runtime.deserializeProperties(request.getObject()),
		parent: request.getParent(),
		dependsOn: request.getDependenciesList(),
		provider: request.getProvider(),
		importId: request.getImportid(),
		ignoreChanges: request.getIgnorechangesList(),
		retainOnDelete: request.getRetainondelete(),
		protect: request.getProtect(),
		deletedWith: request.getDeletedwith(),
		aliases: request.getAliasurnsList(),
		deleteBeforeReplace: request.getDeletebeforereplace(),
		replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
	};
}

function missing(message: string): never {
	throw new Error(message);
}

/** What AWS adds. */
function outputsOf(type: string, name: string, { name: given = name, path = "/" }: Record<string, string>): object {
	const kind = type.split("/")[1]?.split(":")[0];
	return {
		name: given,
		arn: `arn:aws:iam::${ACCOUNT.accountId}:${kind}${path}${given}`,
		...(type === ROLE ? { uniqueId: `AROA-${given}` } : {}),
	};
}
