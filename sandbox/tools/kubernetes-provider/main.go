// The kubernetes provider plugin, built from the provider's published Go module.
package main

import (
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	schema := []byte(`{"name":"kubernetes","version":"4.25.0"}`)
	provider.Serve("kubernetes", version.Version, schema, []byte("{}"))
}
