//go:build tools

// Package hosts pins the language hosts that run TypeScript, Python and Go programs: those of the last release of the
// SDK's module that still had all three. They run programs for newer CLIs; they generate no code.
package hosts

import (
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go"
	_ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
	_ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
)
