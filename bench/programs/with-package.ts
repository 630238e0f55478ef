import { readFileSync } from "node:fs";
import { EksAccess } from "pulumi-eks-access";
import { readSettings } from "./settings";

const { cluster, kubeconfig, teams } = readSettings();

export = async () => {
	const access = await EksAccess.create("access", { cluster, kubeconfig: readFileSync(kubeconfig, "utf8"), teams });
	return { accessMatrix: access.accessMatrix };
};
