package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func TestBindTakesTheSchema(t *testing.T) {
	spec, err := readSpec("../schema.json")
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := bind(spec)
	if err != nil {
		t.Fatal(err)
	}
	if pkg.Name != "inference" || len(pkg.Resources) != len(spec.Resources) || len(spec.Resources) == 0 {
		t.Fatalf("bound %s with %d of %d resources", pkg.Name, len(pkg.Resources), len(spec.Resources))
	}
}

func TestBindRefusesWhatTheSchemaCheckRefuses(t *testing.T) {
	spec, err := readSpec("../schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for token, resource := range spec.Resources {
		resource.InputProperties["dangling"] = schema.PropertySpec{
			TypeSpec: schema.TypeSpec{Ref: "#/types/inference:none:Missing"},
		}
		spec.Resources[token] = resource
	}
	_, err = bind(spec)
	if err == nil || !strings.Contains(err.Error(), "inference:none:Missing") {
		t.Fatalf("a reference to nothing gave %v", err)
	}
}

func TestChooseLanguages(t *testing.T) {
	all, err := chooseLanguages(nil)
	if err != nil || len(all) != 5 {
		t.Fatalf("all languages: %d, %v", len(all), err)
	}
	some, err := chooseLanguages([]string{"go", "nodejs"})
	if err != nil || len(some) != 2 || some[0].name != "go" || some[1].name != "nodejs" {
		t.Fatalf("two languages: %v, %v", some, err)
	}
	if _, err := chooseLanguages([]string{"cobol"}); err == nil || !strings.Contains(err.Error(), `"cobol"`) {
		t.Fatalf("cobol gave %v", err)
	}
}

func TestWriteFilesLeavesNothingOfAnEarlierRun(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out")
	if err := writeFiles(folder, files{"old/a": []byte("1")}); err != nil {
		t.Fatal(err)
	}
	if err := writeFiles(folder, files{"new/b": []byte("2")}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "old")); !os.IsNotExist(err) {
		t.Fatalf("the old file: %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, "new/b")); err != nil || string(text) != "2" {
		t.Fatalf("the new file: %q, %v", text, err)
	}
}

func TestWriteFilesStaysInItsFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out")
	if err := writeFiles(folder, files{"../outside": nil}); err == nil {
		t.Fatal("wrote outside")
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Fatalf("the folder was touched: %v", err)
	}
}
