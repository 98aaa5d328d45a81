// Command sdk-gen writes the provider's SDKs with Pulumi's own generators. What they need to know (package names, import
// paths, namespaces, README) is in the schema, so the stock command `pulumi package gen-sdk` writes the same.
//
//	sdk-gen --schema schema.json --licence LICENSE --out FOLDER [language ...]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	schemaPath := flag.String("schema", "schema.json", "the package schema")
	licencePath := flag.String("licence", "LICENSE", "text that goes into every SDK")
	out := flag.String("out", "", "folder that gets one folder a language; each is written anew")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: sdk-gen [flags] [%s]\n", strings.Join(languageNames(), "|"))
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := run(*schemaPath, *licencePath, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "sdk-gen:", err)
		os.Exit(1)
	}
}

func run(schemaPath, licencePath, out string, names []string) error {
	if out == "" {
		return fmt.Errorf("--out is missing")
	}
	wanted, err := chooseLanguages(names)
	if err != nil {
		return err
	}
	spec, err := readSpec(schemaPath)
	if err != nil {
		return err
	}
	licence, err := os.ReadFile(licencePath)
	if err != nil {
		return err
	}
	for _, language := range wanted {
		files, err := generate(spec, language, licence)
		if err != nil {
			return fmt.Errorf("%s: %w", language.name, err)
		}
		if err := writeFiles(filepath.Join(out, language.name), files); err != nil {
			return err
		}
		fmt.Printf("%s: %d files\n", language.name, len(files))
	}
	return nil
}
