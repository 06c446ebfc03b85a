//go:build validate

package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// TestI1_GoFixturesCompile has the Go compiler and go vet look at every Go fixture, against the shapes of Encore's API in
// testdata/encore.dev: our own reader takes no notice of types, and a fixture that Encore could not build proves nothing.
func TestI1_GoFixturesCompile(t *testing.T) {
	files, err := filepath.Glob("../fixtures/*/go.mod")
	if err != nil || len(files) == 0 {
		t.Fatal("no Go fixture", err)
	}
	var folders []string
	for _, file := range files {
		folders = append(folders, filepath.Dir(file))
	}
	if output, err := compileGo(t, folders...); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

// TestI1_GoFixturesCompileNotices shows that a fixture that is wrong fails: by a name that does not exist, by a type, and by
// what go vet knows.
func TestI1_GoFixturesCompileNotices(t *testing.T) {
	for want, code := range map[string]string{
		"entry.Object undefined": "for entry := range Files.List(ctx, &objects.Query{}) { _ = entry.Object }",
		"cannot use 3":           "_, err := Placed.Publish(ctx, 3); return err",
		"wrong type":             `_ = fmt.Sprintf("%d", "three")`,
		"":                       `for entry, err := range Files.List(ctx, &objects.Query{}) { if err == nil { _ = fmt.Sprint(entry.Name) } }`,
	} {
		folder := t.TempDir()
		for name, text := range map[string]string{
			"go.mod": "module wrong\n\ngo 1.24\n\nrequire encore.dev v1.52.0\n",
			"svc/svc.go": "package svc\n\nimport (\n\"context\"\n\"fmt\"\n\n\"encore.dev/pubsub\"\n\"encore.dev/storage/objects\"\n)\n\n" +
				"var Files = objects.NewBucket(\"files\", objects.BucketConfig{})\nvar Placed = pubsub.NewTopic[*Event](\"placed\", pubsub.TopicConfig{})\n\ntype Event struct{}\n\n" +
				"func Do(ctx context.Context) error {\n" + code + "\nreturn fmt.Errorf(\"no\")\n}\n",
		} {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		output, err := compileGo(t, folder)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(output, want)) {
			t.Errorf("%s: %v\n%s", code, err, output)
		}
	}
}

// compileGo runs go vet, which compiles, over modules that require encore.dev and nothing else that is not the standard
// library: in a workspace, without a network.
func compileGo(t *testing.T, folders ...string) (output string, err error) {
	t.Helper()
	stub, err := filepath.Abs("testdata/encore.dev")
	if err != nil {
		t.Fatal(err)
	}
	workspace := "go 1.24\n\nuse " + stub + "\n"
	arguments := []string{"vet"}
	for _, folder := range folders {
		absolute, err := filepath.Abs(folder)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(folder, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		module := modfile.ModulePath(text)
		if slices.Contains(arguments, module+"/...") {
			t.Fatalf("two fixtures are the module %s", module)
		}
		workspace += fmt.Sprintf("use %s\n", absolute)
		arguments = append(arguments, module+"/...")
	}
	work := filepath.Join(t.TempDir(), "go.work")
	if err := os.WriteFile(work, []byte(workspace), 0o600); err != nil {
		t.Fatal(err)
	}
	arguments = slices.Insert(arguments, 1, "-overlay="+generatedGo(t, folders))
	command := exec.CommandContext(t.Context(), "go", arguments...)
	command.Dir = filepath.Dir(work)
	command.Env = append(os.Environ(), "GOWORK="+work, "GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local", "CGO_ENABLED=0")
	combined, err := command.CombinedOutput()
	return string(combined), err
}

// generatedGo is an overlay with what Encore generates into packages: a function for each endpoint that is a method of a
// service struct, so that other packages can call it.
func generatedGo(t *testing.T, folders []string) (overlay string) {
	t.Helper()
	replace, dir := map[string]string{}, t.TempDir()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := generatedFor(path)
			if err != nil || text == nil {
				return err
			}
			absolute, err := filepath.Abs(strings.TrimSuffix(path, ".go") + "_encore.gen.go")
			if err != nil {
				return err
			}
			file := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
			replace[absolute] = file
			return os.WriteFile(file, text, 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}

// generatedFor is the text of the functions for a file's methods that are typed endpoints; nil when it has none.
func generatedFor(path string) ([]byte, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, decl := range file.Decls {
		function, ok := decl.(*ast.FuncDecl)
		if !ok || function.Recv == nil || function.Doc == nil || !strings.Contains(directives(function.Doc), "//encore:api ") || strings.Contains(directives(function.Doc), " raw") {
			continue
		}
		var signature bytes.Buffer
		if err := format.Node(&signature, set, function.Type); err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "func %s%s { panic(\"generated\") }\n", function.Name.Name, strings.TrimPrefix(signature.String(), "func"))
	}
	if out.Len() == 0 {
		return nil, nil
	}
	header := "package " + file.Name.Name + "\n"
	for _, spec := range file.Imports {
		name := strings.Trim(spec.Path.Value, `"`)
		name = name[strings.LastIndexByte(name, '/')+1:]
		alias := ""
		if spec.Name != nil {
			name, alias = spec.Name.Name, spec.Name.Name+" "
		}
		if strings.Contains(out.String(), name+".") {
			header += "import " + alias + spec.Path.Value + "\n"
		}
	}
	return []byte(header + out.String()), nil
}

func directives(doc *ast.CommentGroup) (text string) {
	for _, comment := range doc.List {
		text += comment.Text + "\n"
	}
	return text
}
