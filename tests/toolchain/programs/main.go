// Command programs writes the programs of imported resources, as `pulumi import` would write them if the language host at
// hand could generate code. It is Pulumi's own importer and its own program generators, run on an exported stack.
//
//	pulumi stack export | PULUMI_CONFIG_PASSPHRASE=... programs --schema schema.json --out FOLDER
//
// FOLDER gets a folder for each language, with the program's files in it.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/pulumi/pulumi/pkg/v3/backend/secrets"
	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/importer"
	"github.com/pulumi/pulumi/pkg/v3/resource"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

type generator func(*pcl.Program) (map[string][]byte, hcl.Diagnostics, error)

var languages = map[string]generator{
	"typescript": nodejs.GenerateProgram,
	"python":     python.GenerateProgram,
	"go":         golang.GenerateProgram,
}

func main() {
	schemaPath := flag.String("schema", "schema.json", "the package schema")
	out := flag.String("out", "", "folder that gets a folder for each language")
	flag.Parse()
	if err := run(*schemaPath, *out, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "programs:", err)
		os.Exit(1)
	}
}

func run(schemaPath, out string, export io.Reader) error {
	snapshot, err := readSnapshot(export)
	if err != nil {
		return err
	}
	for language, generate := range languages {
		loader, err := newLoader(schemaPath)
		if err != nil {
			return err
		}
		if err := writeProgram(filepath.Join(out, language), loader, generate, snapshot); err != nil {
			return fmt.Errorf("%s: %w", language, err)
		}
	}
	return nil
}

func readSnapshot(export io.Reader) (*deploy.Snapshot, error) {
	var deployment apitype.UntypedDeployment
	if err := json.NewDecoder(export).Decode(&deployment); err != nil {
		return nil, err
	}
	return stack.DeserializeUntypedDeployment(context.Background(), &deployment, secrets.DefaultProvider)
}

// imported: the resources of our package, in the order of the state.
func imported(snapshot *deploy.Snapshot) []*resource.State {
	var found []*resource.State
	for _, state := range snapshot.Resources {
		if state.Type.Package() == packageName {
			found = append(found, state)
		}
	}
	return found
}

func writeProgram(folder string, loader loader, generate generator, snapshot *deploy.Snapshot) error {
	write := func(_ io.Writer, program *pcl.Program) error {
		files, diagnostics, err := generate(program)
		if err != nil {
			return err
		}
		if diagnostics.HasErrors() {
			return diagnostics
		}
		return writeFiles(folder, files)
	}
	return importer.GenerateLanguageDefinitions(io.Discard, loader, write, imported(snapshot), snapshot.Resources, nil)
}

func writeFiles(folder string, files map[string][]byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(name)), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
