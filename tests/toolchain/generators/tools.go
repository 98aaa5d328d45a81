//go:build tools

// Package generators pins the language hosts that write SDKs (`pulumi package gen-sdk`) and, the one for Java, run programs.
package generators

import (
	_ "github.com/pulumi/pulumi-dotnet/pulumi-language-dotnet/v3"
	_ "github.com/pulumi/pulumi-java/pkg/cmd/pulumi-language-java"
)
