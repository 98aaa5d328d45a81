// A provider to compare with: Pulumi's own framework for providers in Go, and one resource with the
// inputs of a small endpoint. It asks nobody.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-go-provider/infer"
)

type place struct {
	Vendor string `pulumi:"vendor"`
	Region string `pulumi:"region"`
}

type compute struct {
	Accelerator  string `pulumi:"accelerator"`
	InstanceType string `pulumi:"instanceType"`
	InstanceSize string `pulumi:"instanceSize"`
}

type model struct {
	Repository string `pulumi:"repository"`
	Framework  string `pulumi:"framework"`
}

type endpointArgs struct {
	Name          string  `pulumi:"name"`
	Namespace     string  `pulumi:"namespace"`
	CloudProvider place   `pulumi:"cloudProvider"`
	Compute       compute `pulumi:"compute"`
	Model         model   `pulumi:"model"`
}

type endpointState struct {
	endpointArgs
	URL string `pulumi:"url"`
}

// Endpoint is the resource.
type Endpoint struct{}

// Create makes nothing.
func (Endpoint) Create(
	_ context.Context, request infer.CreateRequest[endpointArgs],
) (infer.CreateResponse[endpointState], error) {
	state := endpointState{endpointArgs: request.Inputs, URL: "https://peer.example"}
	return infer.CreateResponse[endpointState]{ID: request.Inputs.Name, Output: state}, nil
}

func main() {
	provider, err := infer.NewProviderBuilder().WithResources(infer.Resource(Endpoint{})).Build()
	if err == nil {
		err = provider.Run(context.Background(), "peer", "0.1.0")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
