//go:build tools

// Package engine pins a Pulumi CLI; scripts/bump-engines wrote it.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
