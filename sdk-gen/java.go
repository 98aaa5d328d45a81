package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/pulumi/pulumi-java/pkg/codegen/java"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// Pulumi's generator writes a Gradle build. This one is for Maven, which is what Java users of Pulumi mostly have.
var mavenTemplate = template.Must(template.New("pom").Parse(`<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>{{.Group}}</groupId>
  <artifactId>{{.Artifact}}</artifactId>
  <version>{{.Version}}</version>
  <name>{{.Name}}</name>
  <description>{{.Description}}</description>
  <licenses>
    <license>
      <name>{{.Licence}}</name>
    </license>
  </licenses>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
{{- range .Dependencies}}
    <dependency>
      <groupId>{{.Group}}</groupId>
      <artifactId>{{.Artifact}}</artifactId>
      <version>{{.Version}}</version>
    </dependency>
{{- end}}
  </dependencies>
</project>
`))

type mavenArtifact struct{ Group, Artifact, Version string }

// mavenProject: the build file, and the two resources that Gradle's build would make.
func mavenProject(pkg *schema.Package) (files, error) {
	info, ok := pkg.Language["java"].(*java.PackageInfo)
	if !ok {
		return nil, fmt.Errorf("language.java of the schema is %T", pkg.Language["java"])
	}
	group := strings.TrimSuffix(info.BasePackageOrDefault(), ".")
	var dependencies []mavenArtifact
	for name, version := range info.Dependencies {
		dependencyGroup, artifact, found := strings.Cut(name, ":")
		if !found {
			return nil, fmt.Errorf("dependency %q is not group:artifact", name)
		}
		dependencies = append(dependencies, mavenArtifact{dependencyGroup, artifact, version})
	}
	slices.SortFunc(dependencies, func(a, b mavenArtifact) int { return strings.Compare(a.Artifact, b.Artifact) })
	var pom bytes.Buffer
	err := mavenTemplate.Execute(&pom, map[string]any{
		"Group":        group,
		"Artifact":     pkg.Name,
		"Version":      pkg.Version.String(),
		"Name":         pkg.DisplayName,
		"Description":  pkg.Description,
		"Licence":      pkg.License,
		"Dependencies": dependencies,
	})
	if err != nil {
		return nil, err
	}
	plugin, err := json.MarshalIndent(map[string]any{
		"resource": true, "name": pkg.Name, "version": pkg.Version.String(),
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	resources := "src/main/resources/" + strings.ReplaceAll(group, ".", "/") + "/" + pkg.Name + "/"
	return files{
		"pom.xml":                 pom.Bytes(),
		resources + "version.txt": []byte(pkg.Version.String()),
		resources + "plugin.json": append(plugin, '\n'),
	}, nil
}
