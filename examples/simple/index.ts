import { EksAccess } from "pulumi-eks-access";

/** Who may do what, in the namespaces of one cluster. */
export = async () => {
	const access = await EksAccess.create("access", {
		cluster: "prod-eks-cluster",
		teams: [{ name: "k8s-devs", username: "developer", namespaces: ["prod", "uat", "dev"], users: ["jane", "joe"] }],
	});
	return {
		/** Team -> the command with which its members get their kubeconfig. */
		updateKubeconfigCommands: access.updateKubeconfigCommands,
		accessMatrix: access.accessMatrix,
	};
};
