import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";

new PolicyPack("eks-access", {
	displayName: "EKS access",
	description: "Guard rails for access to EKS clusters, for programs that do not use eks-access' components",
	enforcementLevel: "mandatory",
	policies,
});
