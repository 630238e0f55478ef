import { EksAccess, readStackConfig } from "pulumi-eks-access";

/** What the config of the stack says: keys that begin with `eks-access:`, all of them checked. */
export = async () => {
	const access = await EksAccess.create("access", readStackConfig());
	return { updateKubeconfigCommands: access.updateKubeconfigCommands, accessMatrix: access.accessMatrix };
};
