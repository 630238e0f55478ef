// generate-sdk writes the SDK of a Pulumi package, as `pulumi package add` does, where the language's host is not there to do it. It
// refuses a schema that Pulumi's own binder does not take.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: generate-sdk <python|go> <schema.json> <folder>"))
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fail(err)
	}
}

func run(language, file, folder string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	// Nothing is loaded: a schema that refers to other packages would need their plugins.
	loader := schema.NewCachedLoaderWithEntries(nil, nil)
	pkg, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if len(diagnostics) > 0 {
		return fmt.Errorf("%s: %w", file, diagnostics)
	}
	// Local packages lie where the language's own tools expect a package.
	pkg.SupportPack = true
	files, err := generate(language, pkg)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func generate(language string, pkg *schema.Package) (map[string][]byte, error) {
	switch language {
	case "python":
		return python.GeneratePackage("generate-sdk", pkg, nil, nil)
	case "go":
		return golang.GeneratePackage("generate-sdk", pkg, nil)
	default:
		return nil, fmt.Errorf("found the language %s; allowed are python and go", language)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
