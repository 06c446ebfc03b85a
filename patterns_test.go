package groundplan_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// lazyExpressions returns the regular expressions of a Go file that are compiled when they are needed, and what is wrong with
// how they are written. They are literals, here for this test and there for the reader; generator/environment/rule wraps
// those of its settings, in a function that takes the literal first.
func lazyExpressions(path string, content []byte) (found, wrong []string) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, content, parser.SkipObjectResolution)
	if err != nil {
		return nil, []string{err.Error()}
	}
	const wrapper = "matches"
	for _, declared := range file.Decls {
		if function, is := declared.(*ast.FuncDecl); is && function.Name.Name == wrapper && file.Name.Name == "rule" {
			continue
		}
		ast.Inspect(declared, func(node ast.Node) bool {
			call, is := node.(*ast.CallExpr)
			if !is || len(call.Args) == 0 {
				return true
			}
			selected, qualified := call.Fun.(*ast.SelectorExpr)
			name, plain := call.Fun.(*ast.Ident)
			lazy := qualified && fmt.Sprint(selected.X) == "pattern" && selected.Sel.Name == "Lazy"
			if !lazy && !(plain && name.Name == wrapper && file.Name.Name == "rule") {
				return true
			}
			at := files.Position(call.Pos())
			literal, is := call.Args[0].(*ast.BasicLit)
			if !is {
				wrong = append(wrong, fmt.Sprintf("%s:%d: a regular expression is written as a literal", at.Filename, at.Line))
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err == nil {
				_, err = regexp.Compile(text)
			}
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("%s:%d: %v", at.Filename, at.Line, err))
			}
			found = append(found, text)
			return true
		})
	}
	return found, wrong
}

// TestExpressionsCompile does for generator/pattern what the start of the program does for regexp.MustCompile.
func TestExpressionsCompile(t *testing.T) {
	count := 0
	for _, linked := range goList(t, "-deps", "./cmd/...") {
		if linked.Module == nil || linked.Module.Path != module {
			continue
		}
		folder := strings.TrimPrefix(linked.ImportPath, module+"/")
		for _, name := range linked.GoFiles {
			content, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			found, wrong := lazyExpressions(folder+"/"+name, content)
			count += len(found)
			for _, line := range wrong {
				t.Error(line)
			}
		}
	}
	if count < 70 {
		t.Errorf("%d regular expressions were found, where there are more", count)
	}
}

func TestExpressionsCompileFires(t *testing.T) {
	found, wrong := lazyExpressions("rule.go", []byte("package rule\n\nvar (\n\ta = pattern.Lazy(`a+`)\n\tb = pattern.Lazy(`(`)\n\tc = pattern.Lazy(`a` + d)\n\td = matches(`[`, \"x\", \"y\")\n)\n"+
		"\nfunc matches(expression string) { pattern.Lazy(`^` + expression) }\n"))
	if want := []string{"a+", "(", "["}; !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	var lines []string
	for _, line := range wrong {
		lines = append(lines, strings.SplitAfterN(line, ": ", 2)[0])
	}
	if want := []string{"rule.go:5: ", "rule.go:6: ", "rule.go:7: "}; !slices.Equal(lines, want) {
		t.Errorf("got %q", wrong)
	}
}
