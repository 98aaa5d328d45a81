package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const packageName = "inference"

// loader: the one package, from its file; no plugin is started or looked for.
type loader struct {
	pkg *schema.Package
}

func newLoader(path string) (loader, error) {
	var spec schema.PackageSpec
	text, err := os.ReadFile(path)
	if err != nil {
		return loader{}, err
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		return loader{}, fmt.Errorf("%s: %w", path, err)
	}
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return loader{}, err
	}
	if diagnostics.HasErrors() {
		return loader{}, diagnostics
	}
	return loader{pkg}, nil
}

func (l loader) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	if name != packageName {
		return nil, fmt.Errorf("no schema of %q", name)
	}
	return l.pkg, nil
}

func (l loader) LoadPackageV2(_ context.Context, wanted *schema.PackageDescriptor) (*schema.Package, error) {
	return l.LoadPackage(wanted.Name, wanted.Version)
}

func (l loader) LoadPackageReference(name string, version *semver.Version) (schema.PackageReference, error) {
	pkg, err := l.LoadPackage(name, version)
	if err != nil {
		return nil, err
	}
	return pkg.Reference(), nil
}

func (l loader) LoadPackageReferenceV2(
	_ context.Context, wanted *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return l.LoadPackageReference(wanted.Name, wanted.Version)
}
