// Command sdk-gen writes the provider's SDKs with Pulumi's own generators. What they need to know (package names, import
// paths, namespaces, README) is in the schema, so the stock command `pulumi package gen-sdk` writes the same. With
// --examples it writes the programs of the documentation in every language instead.
//
//	sdk-gen --schema schema.json --licence LICENSE --out FOLDER [language ...]
//	sdk-gen --schema schema.json --examples provider/docs --out FOLDER
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
	examples := flag.String("examples", "", "folder of example programs in YAML: write these in every language, and no SDK")
	out := flag.String("out", "", "folder that gets one folder a language, or a cloud; each is written anew")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: sdk-gen [flags] [%s]\n", strings.Join(languageNames(), "|"))
		flag.PrintDefaults()
	}
	flag.Parse()
	var err error
	if *examples != "" {
		err = runExamples(*schemaPath, *examples, *out)
	} else {
		err = run(*schemaPath, *licencePath, *out, flag.Args())
	}
	if err != nil {
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

func runExamples(schemaPath, folder, out string) error {
	if out == "" {
		return fmt.Errorf("--out is missing")
	}
	spec, err := readSpec(schemaPath)
	if err != nil {
		return err
	}
	count, err := writeExamples(spec, folder, out)
	if err != nil {
		return err
	}
	fmt.Printf("examples: %d files\n", count)
	return nil
}
