import type * as pulumi from "@pulumi/pulumi";

/** What the SDK takes to send the requests for a component's children once it has the component's URN, and some more. */
const SENDING_MS = 30;

/**
 * When the engine has been asked for what is in a component. It then starts their plugins, for half a second, in which this process is
 * idle: the time to load the Kubernetes client, which takes a third of a second and keeps everything else waiting.
 */
export async function whenUnderWay(component: pulumi.Resource): Promise<void> {
	await new Promise((registered) => component.urn.apply(registered));
	await new Promise((sent) => setTimeout(sent, SENDING_MS));
}
