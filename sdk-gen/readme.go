package main

import (
	"fmt"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// pythonReadme: pyproject.toml names it beside itself, Pulumi's generator writes it into the package alone.
func pythonReadme(pkg *schema.Package) (files, error) {
	info, ok := pkg.Language["python"].(python.PackageInfo)
	if !ok {
		return nil, fmt.Errorf("language.python of the schema is %T", pkg.Language["python"])
	}
	return files{"README.md": []byte(info.Readme)}, nil
}

// goReadme: Pulumi's generator writes none for Go.
func goReadme(pkg *schema.Package) (files, error) {
	info, ok := pkg.Language["go"].(golang.GoPackageInfo)
	if !ok {
		return nil, fmt.Errorf("language.go of the schema is %T", pkg.Language["go"])
	}
	text := fmt.Sprintf("# %s for Pulumi, Go\n\n%s\n\n```go\nimport \"%s/hf\"\n```\n\n%s Licence: %s.\n",
		pkg.DisplayName, pkg.Description, info.ImportBasePath, pkg.Attribution, pkg.License)
	return files{"README.md": []byte(text)}, nil
}
