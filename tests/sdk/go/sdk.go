// Package sdk pins what the generated Go SDK and the example programs are built with: go.sum fixes it.
package sdk

import (
	_ "github.com/pulumi-inference/pulumi-inference/sdk/go/inference"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)
