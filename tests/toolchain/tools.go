//go:build tools

// Package toolchain pins the Pulumi CLI and its YAML language host. Their modules cannot be installed
// with `go install path@version`, because their go.mod files carry replace lines; a module that imports
// the commands can build them, and its go.sum fixes every byte that goes in.
package toolchain

import (
	_ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
	_ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
)
