"""Access to the namespaces prod, uat and dev for the developers jane and joe."""

import pulumi
from pulumi_eks_access import EksAccess, TeamArgs

config = pulumi.Config()

access = EksAccess(
    "access",
    cluster=config.require("cluster"),
    teams=[
        TeamArgs(
            name="k8s-devs",
            username="developer",
            namespaces=["prod", "uat", "dev"],
            users=["jane", "joe"],
        ),
    ],
)

pulumi.export("roleArns", access.role_arns)
pulumi.export("updateKubeconfigCommands", access.update_kubeconfig_commands)
pulumi.export("kubeconfigs", access.kubeconfigs)
pulumi.export("accessMatrix", access.access_matrix)
