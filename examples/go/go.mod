module cluster-access

go 1.25

require (
	example.com/pulumi-eks-access/sdk/go v0.0.0
	github.com/pulumi/pulumi/sdk/v3 v3.269.0
)

// `pulumi install` generates it.
replace example.com/pulumi-eks-access/sdk/go => ./sdks/eks-access
