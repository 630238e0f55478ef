import { runCommand, tail } from "./command";
import type { Environment } from "./environment";

/** An EC2 instance of the node group. */
export interface Instance {
	instanceId: string;
	/** EC2's private DNS name, which is the node's name and, after `system:node:`, its user. */
	name: string;
	instanceType: string;
	availabilityZone: string;
}

const INSTANCE_TYPE = "m5.large";

/** The authenticator asks EC2 for the private DNS name of the instance whose id is the session's name: so there must be one. */
export async function launchInstance(environment: Environment): Promise<Instance> {
	const answer = await aws<{ Instances: [Ec2Instance] }>(
		["ec2", "run-instances", "--image-id", "ami-0abcdef1234567890", "--instance-type", INSTANCE_TYPE],
		environment,
	);
	const [instance] = answer.Instances;
	return {
		instanceId: instance.InstanceId,
		name: instance.PrivateDnsName,
		instanceType: INSTANCE_TYPE,
		availabilityZone: instance.Placement.AvailabilityZone,
	};
}

interface Ec2Instance {
	InstanceId: string;
	PrivateDnsName: string;
	Placement: { AvailabilityZone: string };
}

async function aws<T>(args: string[], environment: Environment): Promise<T> {
	const { code, stdout, output } = await runCommand("aws", [...args, "--output", "json"], { env: environment });
	if (code !== 0) throw new Error(`\`aws ${args.join(" ")}\` fails in the sandbox's AWS account:\n${tail(output)}`);
	return JSON.parse(stdout) as T;
}
