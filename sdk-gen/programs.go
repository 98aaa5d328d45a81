package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/blang/semver"
	"github.com/hashicorp/hcl/v2"
	dotnet "github.com/pulumi/pulumi-dotnet/pulumi-language-dotnet/v3/codegen"
	"github.com/pulumi/pulumi-java/pkg/codegen/java"
	"github.com/pulumi/pulumi-yaml/pkg/pulumiyaml"
	yamlgen "github.com/pulumi/pulumi-yaml/pkg/pulumiyaml/codegen"
	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// A dialect: a language of a Markdown code block, what writes a program in it, and what has to be set right in the result.
type dialect struct {
	fence    string
	generate func(*pcl.Program) (map[string][]byte, hcl.Diagnostics, error)
	correct  func(*schema.Package, []byte) []byte
}

var dialects = []dialect{
	{"typescript", nodejs.GenerateProgram, nil},
	{"python", python.GenerateProgram, nil},
	{"go", golang.GenerateProgram, correctGo},
	{"csharp", dotnet.GenerateProgram, nil},
	{"java", java.GenerateProgram, correctJava},
}

var (
	javaInvoke = regexp.MustCompile(`(?m)^\s*final var (\w+) = \w+Functions\.get[A-Z]\w*\(`)
	javaNested = `\b%s\.(\w+)\(\)\.(\w+)\(\)`
	javaItem   = `\b%s\.(\w+)\(\)\[(\d+)\]\.(\w+)\(\)`
	javaResult = `\b%s\.(\w+)\(\)`
)

// correctJava: the generator imports input types from the package that a schema without `basePackage` would have, and takes
// an optional object for an object and what a function will return for what it returned.
func correctJava(pkg *schema.Package, text []byte) []byte {
	if info, ok := pkg.Language["java"].(java.PackageInfo); ok {
		right := fmt.Sprintf("import %s%s.", info.BasePackageOrDefault(), pkg.Name)
		text = bytes.ReplaceAll(text, []byte("import com.pulumi."+pkg.Name+"."), []byte(right))
	}
	for _, invoke := range javaInvoke.FindAllSubmatch(text, -1) {
		name := string(invoke[1])
		item := regexp.MustCompile(fmt.Sprintf(javaItem, name))
		text = item.ReplaceAll(text, []byte(name+".applyValue(it -> it.${1}().get(${2}).${3}().orElseThrow())"))
		nested := regexp.MustCompile(fmt.Sprintf(javaNested, name))
		text = nested.ReplaceAll(text, []byte(name+".applyValue(it -> it.${1}().flatMap(${1} -> ${1}.${2}()).orElseThrow())"))
		result := regexp.MustCompile(fmt.Sprintf(javaResult, name))
		text = result.ReplaceAll(text, []byte(name+".applyValue(it -> it.${1}())"))
	}
	return text
}

var (
	goInvoke     = regexp.MustCompile(`(?m)^\s*(\w+), err := \w+\.(?:Get|Lookup)[A-Z]\w*\(`)
	goEnumValue  = regexp.MustCompile(`(:\s+)(\w+\.Get[A-Z]\w+)(,\n)`)
	goExport     = `(ctx\.Export\("\w+", )(%s\.[^\n]+)(\)\n)`
	goItemMember = `pulumi\.String\((%s\.\w+\[\d+\]\.\w+)\)`
)

// correctGo: the generator takes what a function returned for an output, and optional texts for texts. What it returned is
// exported as it is; members of items are pointers; enum values among plain arguments become texts.
func correctGo(_ *schema.Package, text []byte) []byte {
	text = goEnumValue.ReplaceAll(text, []byte("${1}pulumi.StringRef(string(${2}))${3}"))
	for _, invoke := range goInvoke.FindAllSubmatch(text, -1) {
		export := regexp.MustCompile(fmt.Sprintf(goExport, invoke[1]))
		text = export.ReplaceAll(text, []byte("${1}pulumi.Any(${2})${3}"))
		member := regexp.MustCompile(fmt.Sprintf(goItemMember, invoke[1]))
		text = member.ReplaceAll(text, []byte("pulumi.StringPtrFromPtr(${1})"))
	}
	return text
}

// onlyPackage loads the one package that the examples use, from memory.
type onlyPackage struct{ pkg *schema.Package }

func (loader onlyPackage) find(name string) (*schema.Package, error) {
	if name != loader.pkg.Name {
		return nil, fmt.Errorf("examples use %s only, not %s", loader.pkg.Name, name)
	}
	return loader.pkg, nil
}

func (loader onlyPackage) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	return loader.find(name)
}

func (loader onlyPackage) LoadPackageV2(_ context.Context, wanted *schema.PackageDescriptor) (*schema.Package, error) {
	return loader.find(wanted.Name)
}

func (loader onlyPackage) LoadPackageReference(name string, _ *semver.Version) (schema.PackageReference, error) {
	pkg, err := loader.find(name)
	if err != nil {
		return nil, err
	}
	return pkg.Reference(), nil
}

func (loader onlyPackage) LoadPackageReferenceV2(
	_ context.Context, wanted *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return loader.LoadPackageReference(wanted.Name, nil)
}

// convert: a YAML program in one other language. Generators change the package they are given, so each dialect needs one
// of its own.
func convert(pkg *schema.Package, source []byte, to dialect) ([]byte, error) {
	template, notes, err := pulumiyaml.LoadYAMLBytes("Pulumi.yaml", source)
	if err != nil {
		return nil, err
	}
	if len(notes) > 0 {
		return nil, notes
	}
	program, diagnostics, err := yamlgen.EjectProgram(template, onlyPackage{pkg})
	if err = strict(diagnostics, err); err != nil {
		return nil, err
	}
	written, diagnostics, err := to.generate(program)
	if err = strict(diagnostics, err); err != nil {
		return nil, err
	}
	if len(written) != 1 {
		return nil, fmt.Errorf("the generator wrote %d files, not one", len(written))
	}
	for _, text := range written {
		if to.correct != nil {
			text = to.correct(pkg, text)
		}
		return withoutTrailingBlanks(text), nil
	}
	return nil, errors.New("nothing was written")
}

func withoutTrailingBlanks(text []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	for i, line := range lines {
		lines[i] = bytes.TrimRight(line, " \t")
	}
	return append(bytes.Join(lines, []byte("\n")), '\n')
}

// strict: what is not understood completely is not documentation.
func strict(diagnostics hcl.Diagnostics, err error) error {
	if err != nil {
		return err
	}
	if len(diagnostics) > 0 {
		return diagnostics
	}
	return nil
}
