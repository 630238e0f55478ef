package main

import (
	"example.com/pulumi-eks-access/sdk/go/eksaccess"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(giveAccess)
}

// giveAccess gives the developers jane and joe access to the namespaces prod, uat and dev.
func giveAccess(ctx *pulumi.Context) error {
	access, err := eksaccess.NewEksAccess(ctx, "access", &eksaccess.EksAccessArgs{
		Cluster: pulumi.String(config.Require(ctx, "cluster")),
		Teams: []eksaccess.TeamArgs{{
			Name:       "k8s-devs",
			Username:   pulumi.StringRef("developer"),
			Namespaces: []any{"prod", "uat", "dev"},
			Users:      []any{"jane", "joe"},
		}},
	})
	if err != nil {
		return err
	}
	ctx.Export("roleArns", access.RoleArns)
	ctx.Export("updateKubeconfigCommands", access.UpdateKubeconfigCommands)
	ctx.Export("kubeconfigs", access.Kubeconfigs)
	ctx.Export("accessMatrix", access.AccessMatrix)
	return nil
}
