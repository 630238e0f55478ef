// Package kubernetes holds what the provider uses of its Go SDK, whose 26 MB take minutes to compile: a few types for
// resources that make others from YAML or a Helm chart. The sandbox uses none of these.
package kubernetes

import "reflect"

// UntypedArgs are the properties of any Kubernetes object.
type UntypedArgs map[string]interface{}

// ElementType makes it a pulumi.Input.
func (UntypedArgs) ElementType() reflect.Type {
	return reflect.TypeOf(map[string]interface{}{})
}
