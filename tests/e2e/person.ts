import { AuthenticationV1Api, AuthorizationV1Api, KubeConfig } from "@kubernetes/client-node";
import type { Person, Sandbox } from "../../sandbox/sandbox";
import { Shell } from "./sandbox-shell";

/** What is asked of the API server: `create deployments.apps`, in a namespace or (without one) of the whole cluster. */
export interface Question {
	verb: string;
	/** `<resource>.<group>`, with `/<subresource>` behind the resource: `pods/exec`, `deployments.apps`. */
	resource: string;
	namespace?: string;
	name?: string;
}

/** Somebody with a token that the AWS CLI has made, as their kubectl would have it. */
export class SignedIn {
	private constructor(private readonly config: KubeConfig) {}

	/** @param role Name or path and name of a role that the person assumes for the token; default: none. */
	static async as(sandbox: Sandbox, person: Person, role?: string): Promise<SignedIn> {
		const environment = await sandbox.environmentOf(person);
		return new SignedIn(kubeConfigOf(sandbox, await tokenOf(sandbox, environment, role)));
	}

	/** With credentials of one's own, such as a session that began before. */
	static async with(sandbox: Sandbox, environment: NodeJS.ProcessEnv): Promise<SignedIn> {
		return new SignedIn(kubeConfigOf(sandbox, await tokenOf(sandbox, environment)));
	}

	/** The API server's answer to a SelfSubjectAccessReview. Throws where it does not let the person in. */
	async may({ verb, resource, namespace, name }: Question): Promise<boolean> {
		const [path = "", ...group] = resource.split(".");
		const [kind, subresource] = path.split("/");
		const resourceAttributes = { verb, resource: kind, subresource, group: group.join("."), namespace, name };
		const review = await this.config
			.makeApiClient(AuthorizationV1Api)
			.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } });
		return review.status?.allowed ?? false;
	}

	/** Who the API server takes the person for. */
	async whoAmI(): Promise<{ username: string; groups: string[] }> {
		const review = await this.config.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} });
		return { username: review.status?.userInfo?.username ?? "", groups: review.status?.userInfo?.groups ?? [] };
	}
}

async function tokenOf(sandbox: Sandbox, environment: NodeJS.ProcessEnv, role?: string): Promise<string> {
	const assume = role ? ` --role-arn arn:aws:iam::${sandbox.accountId}:role/${role}` : "";
	const command = `aws eks get-token --cluster-name ${sandbox.clusterName}${assume} --output json`;
	return JSON.parse(await new Shell(environment).does(command)).status.token;
}

function kubeConfigOf(sandbox: Sandbox, token: string): KubeConfig {
	const config = new KubeConfig();
	config.loadFromOptions({
		clusters: [{ name: "sandbox", server: sandbox.endpoint, caData: sandbox.certificateAuthority }],
		users: [{ name: "person", token }],
		contexts: [{ name: "sandbox", cluster: "sandbox", user: "person" }],
		currentContext: "sandbox",
	});
	return config;
}

/** A shell with a kubeconfig of one's own, made as the team's members make it. */
export async function loggedIn(sandbox: Sandbox, person: Person, role: string): Promise<Shell> {
	const KUBECONFIG = `${sandbox.directory}/${person}-${role}.yaml`;
	const shell = new Shell({ ...(await sandbox.environmentOf(person)), KUBECONFIG });
	const arn = `arn:aws:iam::${sandbox.accountId}:role/${role}`;
	await shell.does(
		`aws eks --region ${sandbox.region} update-kubeconfig --name ${sandbox.clusterName} --role-arn ${arn}`,
	);
	return shell;
}

/** A shell as a service account, with the token that somebody who may make it makes. */
export async function asServiceAccount(
	sandbox: Sandbox,
	maker: Shell,
	namespace: string,
	name: string,
): Promise<Shell> {
	const token = await maker.does(`kubectl create token ${name} -n ${namespace}`);
	const KUBECONFIG = `${sandbox.directory}/${namespace}-${name}.yaml`;
	const admin = new Shell(sandbox.adminEnvironment);
	const kubectl = `kubectl config --kubeconfig=${KUBECONFIG}`;
	await admin.does(`cp ${sandbox.adminKubeconfig} ${KUBECONFIG}`);
	await admin.does(
		`${kubectl} set-credentials ${name} --token=${token} && ${kubectl} set-context --current --user=${name}`,
	);
	return new Shell({ ...maker.environment, KUBECONFIG });
}
