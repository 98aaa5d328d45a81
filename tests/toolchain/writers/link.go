package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// command runs in a folder; what it says goes with its error.
func command(folder, name string, arguments ...string) error {
	line := exec.Command(name, arguments...)
	line.Dir = folder
	said, err := line.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, said)
	}
	return nil
}

func linkGo(folder, sdk string) error {
	text, err := os.ReadFile(filepath.Join(folder, sdk, "go.mod"))
	if err != nil {
		return err
	}
	return command(folder, "go", "mod", "edit", "-replace="+modfile.ModulePath(text)+"=./"+sdk)
}

func linkNode(folder, sdk string) error {
	name, err := exec.Command("npm", "--prefix", filepath.Join(folder, sdk), "pkg", "get", "name").Output()
	if err != nil {
		return err
	}
	plain := strings.Trim(strings.TrimSpace(string(name)), `"`)
	return command(folder, "npm", "pkg", "set", "dependencies."+plain+"=file:"+sdk)
}

func linkPython(folder, sdk string) error {
	path := filepath.Join(folder, "requirements.txt")
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if slices.Contains(lines, sdk) {
		return nil
	}
	return os.WriteFile(path, []byte(strings.Join(append(lines, sdk), "\n")+"\n"), 0o644)
}
