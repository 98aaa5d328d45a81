// Command writer is a language host that writes SDKs and runs no program: Pulumi's own generators, behind the calls that
// `pulumi package add` and `pulumi install` make. Called as pulumi-language-go, -nodejs or -python it is the host of that
// language. The released hosts are in modules that no proxy serves; those of tests/toolchain/hosts write no code.
//
// It links an SDK as the released hosts do, in go.mod, package.json or requirements.txt, and installs nothing.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

type files = map[string][]byte

// A language: what its generator makes of a package, and how a program in a folder gets to use an SDK at a path in it.
type language struct {
	generate func(*schema.Package, *pulumirpc.GeneratePackageRequest, schema.ReferenceLoader) (files, error)
	link     func(folder, sdk string) error
}

var languages = map[string]language{
	"pulumi-language-go": {
		func(pkg *schema.Package, request *pulumirpc.GeneratePackageRequest, _ schema.ReferenceLoader) (files, error) {
			return golang.GeneratePackage("pulumi-language-go", pkg, request.LocalDependencies)
		},
		linkGo,
	},
	"pulumi-language-nodejs": {
		func(pkg *schema.Package, request *pulumirpc.GeneratePackageRequest, loader schema.ReferenceLoader) (files, error) {
			return nodejs.GeneratePackage("pulumi-language-nodejs", pkg, request.ExtraFiles,
				request.LocalDependencies, request.Local, loader)
		},
		linkNode,
	},
	"pulumi-language-python": {
		func(pkg *schema.Package, request *pulumirpc.GeneratePackageRequest, loader schema.ReferenceLoader) (files, error) {
			return python.GeneratePackage("pulumi-language-python", pkg, request.ExtraFiles, loader)
		},
		linkPython,
	},
}

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	language language
}

func (h host) GeneratePackage(
	_ context.Context, request *pulumirpc.GeneratePackageRequest,
) (*pulumirpc.GeneratePackageResponse, error) {
	client, err := schema.NewLoaderClient(request.LoaderTarget)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	loader := schema.NewCachedLoader(client)
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(request.Schema), &spec); err != nil {
		return nil, err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GeneratePackageResponse{Diagnostics: plugin.HclDiagnosticsToRPCDiagnostics(diagnostics)}
	if diagnostics.HasErrors() {
		return response, nil
	}
	content, err := h.language.generate(pkg, request, loader)
	if err != nil {
		return nil, err
	}
	return response, write(request.Directory, content)
}

func write(folder string, content files) error {
	for path, text := range content {
		target := filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (h host) Link(_ context.Context, request *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	for _, one := range request.Packages {
		if err := h.language.link(request.Info.ProgramDirectory, one.Path); err != nil {
			return nil, err
		}
	}
	return &pulumirpc.LinkResponse{}, nil
}

func (host) InstallDependencies(
	*pulumirpc.InstallDependenciesRequest, pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	return nil
}

func (host) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

func (host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{}, nil
}

func run(name string) error {
	language, known := languages[name]
	if !known {
		return fmt.Errorf("no language host is called %q", name)
	}
	served, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Init: func(server *grpc.Server) error {
		pulumirpc.RegisterLanguageRuntimeServer(server, host{language: language})
		return nil
	}})
	if err != nil {
		return err
	}
	fmt.Println(served.Port)
	return <-served.Done
}

func main() {
	if err := run(filepath.Base(os.Args[0])); err != nil {
		fmt.Fprintln(os.Stderr, "writer:", err)
		os.Exit(1)
	}
}
