package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"gopkg.in/yaml.v3"
)

// Examples are written once, as Pulumi YAML: FOLDER/<cloud>/<resource or function>.yaml holds one program a document, its
// `description` the title. Beside each such file goes a Markdown file with the same programs in every language, in the
// form that Pulumi's registry and SDK generators read.

const exampleMark = "\n---\n"

// renderExamples: Markdown by path below the folder, for every YAML file in it.
func renderExamples(spec schema.PackageSpec, folder string) (files, error) {
	sources, err := filepath.Glob(filepath.Join(folder, "*", "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(sources) == 0 {
		return nil, fmt.Errorf("%s has no examples", folder)
	}
	packages := map[string]*schema.Package{}
	for _, dialect := range dialects {
		if packages[dialect.fence], err = bind(spec); err != nil {
			return nil, err
		}
	}
	result := files{}
	for _, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			return nil, err
		}
		rendered, err := renderFile(packages, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source, err)
		}
		path, err := filepath.Rel(folder, source)
		if err != nil {
			return nil, err
		}
		result[strings.TrimSuffix(path, ".yaml")+".md"] = rendered
	}
	return result, nil
}

func renderFile(packages map[string]*schema.Package, text []byte) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("{{% examples %}}\n## Example Usage\n")
	for _, program := range strings.Split(string(text), exampleMark) {
		if err := renderExample(&out, packages, strings.TrimSpace(program)+"\n"); err != nil {
			return nil, err
		}
	}
	out.WriteString("{{% /examples %}}\n")
	return out.Bytes(), nil
}

func renderExample(out *bytes.Buffer, packages map[string]*schema.Package, program string) error {
	var header struct{ Name, Description, Runtime string }
	if err := yaml.Unmarshal([]byte(program), &header); err != nil {
		return err
	}
	if header.Name == "" || header.Description == "" || header.Runtime != "yaml" {
		return fmt.Errorf("a program needs name, description and `runtime: yaml`:\n%s", program)
	}
	_, body, found := strings.Cut(program, "\nruntime: yaml\n")
	if !found {
		return fmt.Errorf("%s: `runtime: yaml` is not the last line of the header", header.Name)
	}
	fmt.Fprintf(out, "{{%% example %%}}\n### %s\n\n```yaml\n%s```\n", header.Description, body)
	for _, dialect := range dialects {
		text, err := convert(packages[dialect.fence], []byte(program), dialect)
		if err != nil {
			return fmt.Errorf("%s in %s: %w", header.Name, dialect.fence, err)
		}
		fmt.Fprintf(out, "```%s\n%s```\n", dialect.fence, text)
	}
	out.WriteString("{{% /example %}}\n")
	return nil
}

// writeExamples puts the Markdown files where they differ into `out`, and leaves no other there.
func writeExamples(spec schema.PackageSpec, folder, out string) (int, error) {
	rendered, err := renderExamples(spec, folder)
	if err != nil {
		return 0, err
	}
	former, err := filepath.Glob(filepath.Join(out, "*", "*.md"))
	if err != nil {
		return 0, err
	}
	for _, path := range former {
		if err := os.Remove(path); err != nil {
			return 0, err
		}
	}
	for path, text := range rendered {
		target := filepath.Join(out, path)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(target, text, 0o644); err != nil {
			return 0, err
		}
	}
	return len(rendered), nil
}
