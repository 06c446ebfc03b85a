package source

import "strings"

// IsGoSource reports whether Encore reads the file by its name: not tests, not its own generated code.
func IsGoSource(name string) bool {
	return strings.HasSuffix(name, ".go") && name[0] != '.' && name[0] != '_' &&
		!strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "encore.gen.go")
}

// TypeScriptExtensions are those of modules, in the order they are tried for a name without one.
var TypeScriptExtensions = []string{".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"}

// IsForeignTypeScript reports whether Encore's TypeScript parser passes over a file or folder of the name: what is hidden,
// dependencies, generated code, tests.
func IsForeignTypeScript(name string) bool {
	if name[0] == '.' || name == "node_modules" || name == "encore.gen" || name == "__tests__" {
		return true
	}
	for _, suffix := range []string{".test.ts", ".spec.ts", ".test.js", ".spec.js"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}
