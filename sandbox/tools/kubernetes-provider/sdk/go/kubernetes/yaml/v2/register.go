// Package v2 refuses to register the objects of a YAML text.
package v2

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RegisterResource is an error: the sandbox's provider is built without the types that it needs.
func RegisterResource(_ *pulumi.Context, apiVersion, kind, name string, _ pulumi.Input,
	_ ...pulumi.ResourceOption) (pulumi.CustomResource, error) {
	return nil, fmt.Errorf("%s %s %s: this sandbox's kubernetes provider has no ConfigGroup, ConfigFile or Chart of YAML v2 "+
		"and Helm v4; install the released provider (pulumi plugin install resource kubernetes)", apiVersion, kind, name)
}
