// Command pulumi-converter-terraform is a converter plugin for the real CLI (`pulumi convert --from terraform`), made of
// the converter that the Terraform bridge carries: no released plugin can be had from a package registry.
//
// Its arguments (behind `--`) are languages of the bridge's own generators: what they make of the program goes into a
// folder for each, beside the program in Pulumi's own notation.
//
//	pulumi-converter-terraform --names FILE    every attribute in a mapping, and what the bridge calls it
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	tfconvert "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tf2pulumi/convert"
	"github.com/pulumi/pulumi/pkg/v3/codegen/convert"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/spf13/afero"
	"google.golang.org/grpc"
)

type converter struct{}

func (converter) Close() error { return nil }

func (converter) ConvertState(
	context.Context, *plugin.ConvertStateRequest,
) (*plugin.ConvertStateResponse, error) {
	return nil, errors.New("only programs are converted")
}

func (converter) ConvertProgram(
	_ context.Context, request *plugin.ConvertProgramRequest,
) (*plugin.ConvertProgramResponse, error) {
	mapper, err := convert.NewMapperClient(request.MapperTarget)
	if err != nil {
		return nil, err
	}
	loader, err := schema.NewLoaderClient(request.LoaderTarget)
	if err != nil {
		return nil, err
	}
	options := tfconvert.Options{
		Root:               afero.NewBasePathFs(afero.NewOsFs(), request.SourceDirectory),
		Loader:             schema.NewCachedLoader(loader),
		ProviderInfoSource: mappings{mapper},
	}
	response := &plugin.ConvertProgramResponse{}
	targets := map[string]string{tfconvert.LanguagePulumi: request.TargetDirectory}
	for _, language := range request.Args {
		targets[language] = filepath.Join(request.TargetDirectory, language)
	}
	for language, directory := range targets {
		options.TargetLanguage = language
		diagnostics, err := write(options, directory)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", language, err)
		}
		if language == tfconvert.LanguagePulumi || diagnostics.HasErrors() {
			response.Diagnostics = append(response.Diagnostics, diagnostics...)
		}
	}
	return response, nil
}

// write puts the program in one language into a directory.
func write(options tfconvert.Options, directory string) (hcl.Diagnostics, error) {
	files, diagnostics, err := tfconvert.Convert(options)
	if err != nil || diagnostics.All.HasErrors() {
		return diagnostics.All, err
	}
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return nil, err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(directory, name), text, 0o600); err != nil {
			return nil, err
		}
	}
	return diagnostics.All, nil
}

func serve() error {
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterConverterServer(server, plugin.NewConverterServer(converter{}))
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}

func main() {
	run := serve
	if len(os.Args) == 3 && os.Args[1] == "--names" {
		run = func() error { return names(os.Args[2]) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
