import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksAccess } from "../../components/eks-access";
import type { CheckedEksAccessArgs } from "../../components/eks-access-args";
import { MockCluster } from "./mock-cluster";
import { type Answers, ENTRY, type LastState, MockEngine } from "./mock-engine";

export const AWS_AUTH = "kubernetes:core/v1:ConfigMapPatch";
export const GET_ENTRY = "aws:eks/getAccessEntry:getAccessEntry";
export const GET_ROLES = "aws:iam/getRoles:getRoles";
/** The role of the one permission set that the account has. */
export const DEVS =
	"arn:aws:iam::293759796572:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Devs_0123456789abcdef";
export const SHOP = { name: "shop", namespaces: ["dev"], users: ["jane"] };

interface Contents {
	/** What AWS says the cluster's mode is; undefined: AWS does not show it. */
	mode?: string;
	/** ARN -> its access entry. */
	entries?: Record<string, object>;
	answers?: Answers;
	isPreview?: boolean;
	config?: Record<string, string>;
	cluster?: Parameters<typeof MockCluster.start>[0];
	/** What the last update left. */
	last?: LastState;
}

/** An account and a cluster, in which `EksAccess.create` finds what a test puts there. */
export class AccessWorld {
	/** Of the last creation. */
	declare engine: MockEngine;
	cluster?: MockCluster;

	async create(args: Partial<CheckedEksAccessArgs>, contents: Contents = {}): Promise<EksAccess> {
		const { mode = "API_AND_CONFIG_MAP", entries = {}, answers, ...options } = contents;
		await this.end();
		this.cluster = await MockCluster.start(contents.cluster);
		this.engine = await MockEngine.start({
			...options,
			answers: {
				"aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
				"aws:index/getRegion:getRegion": () => ({ region: "eu-west-1" }),
				"aws:eks/getCluster:getCluster": ({ name }) => ({
					name,
					endpoint: this.cluster?.url,
					certificateAuthorities: [],
					accessConfigs: [{ authenticationMode: mode }],
				}),
				[GET_ROLES]: () => ({ arns: [DEVS] }),
				"aws:iam/getRole:getRole": ({ name }) => {
					if (!DEVS.endsWith(`/${name}`)) {
						throw new Error(`reading IAM Role (${name}): couldn't find resource`);
					}
					return { arn: DEVS, name };
				},
				[GET_ENTRY]: ({ clusterName, principalArn }) => {
					if (!entries[principalArn]) {
						throw new Error("couldn't find resource");
					}
					return { clusterName, principalArn, ...entries[principalArn] };
				},
				...answers,
			},
		});
		const { kubeconfig } = this.cluster;
		const access = await EksAccess.create("access", { cluster: "prod", teams: [SHOP], kubeconfig, ...args });
		await this.engine.settled();
		return access;
	}

	/** That nothing was registered, and that people are told without a stack trace. */
	async refused(args: Partial<CheckedEksAccessArgs>, contents: Contents, says: RegExp): Promise<void> {
		await assert.rejects(this.create(args, contents), (error: Error) => {
			assert.match(error.message, says);
			assert.ok(pulumi.RunError.isInstance(error), "it is shown without a stack trace");
			return true;
		});
		await this.engine.settled();
		assert.deepEqual(this.engine.registered, []);
	}

	/** What people come in by, of what was registered. */
	waysIn(): string {
		return [
			this.engine.only(AWS_AUTH).length > 0 ? "aws-auth" : "",
			this.engine.only(ENTRY).length > 0 ? "access entries" : "",
		]
			.filter((way) => way)
			.join(", ");
	}

	async end(): Promise<void> {
		await this.cluster?.stop();
	}
}
