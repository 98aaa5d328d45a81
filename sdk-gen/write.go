package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// writeFiles makes the folder anew with exactly these files. Paths that would leave it are refused before anything is touched.
func writeFiles(folder string, content files) error {
	for path := range content {
		if !filepath.IsLocal(path) {
			return fmt.Errorf("%s is not inside %s", path, folder)
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
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
