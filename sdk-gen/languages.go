package main

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-java/pkg/codegen/java"
	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "sdk-gen"

type files = map[string][]byte

// A language: its name (also its folder), its generator, and what the SDK has beside the generator's files.
type language struct {
	name     string
	generate func(*schema.Package) (files, error)
	extra    func(*schema.Package) (files, error)
}

var languages = []language{
	{"nodejs", func(pkg *schema.Package) (files, error) {
		return nodejs.GeneratePackage(tool, pkg, nil, nil, false, nil)
	}, nil},
	{"python", func(pkg *schema.Package) (files, error) {
		return python.GeneratePackage(tool, pkg, nil, nil)
	}, pythonReadme},
	{"go", func(pkg *schema.Package) (files, error) {
		return golang.GeneratePackage(tool, pkg, nil)
	}, goReadme},
	{"java", func(pkg *schema.Package) (files, error) {
		return java.GeneratePackage(tool, pkg, nil, nil, false, false)
	}, mavenProject},
	{"dotnet", generateDotnet, nil},
}

func languageNames() []string {
	var names []string
	for _, language := range languages {
		names = append(names, language.name)
	}
	return names
}

// chooseLanguages: those that are named, all when none is.
func chooseLanguages(names []string) ([]language, error) {
	if len(names) == 0 {
		return languages, nil
	}
	var chosen []language
	for _, name := range names {
		index := slices.IndexFunc(languages, func(one language) bool { return one.name == name })
		if index < 0 {
			return nil, fmt.Errorf("no language %q; there are %v", name, languageNames())
		}
		chosen = append(chosen, languages[index])
	}
	return chosen, nil
}

// generate: the whole content of one SDK by path.
func generate(spec schema.PackageSpec, language language, licence []byte) (files, error) {
	pkg, err := bind(spec)
	if err != nil {
		return nil, err
	}
	result, err := language.generate(pkg)
	if err != nil {
		return nil, err
	}
	result["LICENSE"] = licence
	if language.extra != nil {
		extra, err := language.extra(pkg)
		if err != nil {
			return nil, err
		}
		for path, content := range extra {
			if _, taken := result[path]; taken {
				return nil, fmt.Errorf("the generator writes %s itself", path)
			}
			result[path] = content
		}
	}
	return result, nil
}
