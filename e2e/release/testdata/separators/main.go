// Command separators looks at paths as the tests of groundplan see them when they run with Windows' separators.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if os.Args[1] == "forgets" {
		relative, err := filepath.Rel(filepath.Join("infra"), filepath.Join("infra", "production/platform", "main.tf"))
		if err != nil {
			panic(err)
		}
		fmt.Println("the name in the lock is", relative)
		return
	}
	folder, err := os.MkdirTemp("", "separators")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	inside := filepath.Join(folder, "a", "b")
	if err := os.MkdirAll(inside, 0o755); err != nil {
		panic(err)
	}
	found, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil || len(found) != 1 || found[0] != inside {
		panic(fmt.Sprint(found, err))
	}
	for path, local := range map[string]bool{`a\b`: true, `..\a`: false, `a\..\..\b`: false, `\a`: false, "/a": false, "a/b": true} {
		if filepath.IsLocal(path) != local {
			panic(path)
		}
	}
	if filepath.Join("a", "b/c") != `a\b\c` || filepath.ToSlash(`a\b`) != "a/b" || filepath.Base(`a\b`) != "b" || !filepath.IsAbs(inside) {
		panic("slashes")
	}
	fmt.Println("ok")
}
