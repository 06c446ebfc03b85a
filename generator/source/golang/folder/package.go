package folder

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// syntax is a file with its tree, which lives only as long as its package is read.
type syntax struct {
	*facts.File
	tree *ast.File
}

// Read turns the files of dir into facts; nil when Encore passes over the folder: it has no file for the build, or
// holds a command.
func (r *Reader) Read(dir Dir) (*facts.Package, error) {
	p := &facts.Package{
		Dir: dir.Path, Subdirs: dir.subdirs,
		Symbols: make(map[string]token.Token), Types: make(map[string]*facts.Type), Followed: make(map[string]bool),
	}
	p.BeginParts()
	var files []syntax
	for _, name := range dir.Files {
		text, err := source.ReadPlain(r.root, path.Join(dir.Path, name))
		if err != nil {
			return nil, fmt.Errorf("read source: %w", err)
		}
		if pointer := source.CheckPointer(path.Join(dir.Path, name), text); pointer != nil {
			p.Broken, p.Diags = true, append(p.Diags, pointer)
			continue
		}
		if !r.inBuild(name, text) {
			continue
		}
		if file, ok := r.parse(p, path.Join(dir.Path, name), text); ok {
			files = append(files, file)
			p.Files = append(p.Files, file.File)
		}
		p.LikelyService = p.LikelyService || looksLikeService(text)
	}
	if len(files) == 0 && !p.Broken || p.Name == "main" {
		return nil, nil
	}
	r.collect(p, files)
	p.Symbols, p.Followed = nil, nil // they have served; packages with many names make them large
	p.EndParts()
	return p, nil
}

// looksLikeService follows Encore's own test of the raw text, which decides whether a migrations folder declares a
// database before services are known.
func looksLikeService(text []byte) bool {
	if bytes.Contains(text, []byte("pubsub.NewSubscription")) {
		return true
	}
	// One search is enough for most files, which have no directive at all.
	directive := []byte("encore:")
	for at := bytes.Index(text, directive); at >= 0; at = bytes.Index(text, directive) {
		text = text[at+len(directive):]
		for _, name := range []string{"api", "authhandler", "service"} {
			if bytes.HasPrefix(text, []byte(name)) {
				return true
			}
		}
	}
	return false
}

// inBuild applies build constraints, in the name and in the text, as the go command does.
func (r *Reader) inBuild(name string, text []byte) bool {
	constrained := bytes.Contains(text, []byte("//go:build")) || bytes.Contains(text, []byte("+build")) || bytes.Contains(text, []byte(`"C"`))
	if !constrained && !strings.Contains(name, "_") {
		return true
	}
	if !constrained {
		// Only the name can speak against the file; a short text spares the parser.
		text = []byte("package p\n")
	}
	r.build.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	matched, err := r.build.MatchFile(".", name)
	return matched || err != nil // a file that does not parse is for the parser to report
}

func (r *Reader) parse(p *facts.Package, name string, text []byte) (syntax, bool) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	file := &facts.File{Name: name}
	if tree != nil && tree.FileStart.IsValid() {
		lines := set.File(tree.FileStart).Lines()
		file.Lines = make([]int32, len(lines))
		for i, line := range lines {
			file.Lines[i] = int32(line)
		}
	}
	if slices.ContainsFunc(text, func(c byte) bool { return c >= 0x80 }) {
		file.Text = text
	}
	if err != nil {
		if tree == nil || tree.Name == nil || tree.Name.Name != "main" { // commands are no part of the application
			p.Broken = true
			syntaxErrors(p, name, text, err)
		}
		return syntax{}, false
	}
	switch p.Name {
	case tree.Name.Name:
	case "":
		p.Name, p.NameAt = tree.Name.Name, file.At(facts.SpanOf(tree.Name))
	default:
		p.ErrorOn(file, tree.Name, "Two packages in one folder",
			"move one of them to a folder of its own",
			"This file says package %s, another file of the folder says package %s.", tree.Name.Name, p.Name)
		return syntax{}, false
	}
	return syntax{file, tree}, true
}

// maxSyntaxErrors is how many errors of syntax a file is told of.
const maxSyntaxErrors = 10

func syntaxErrors(p *facts.Package, name string, text []byte, err error) {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		p.ErrorAt(source.TextRange(name, text, 0, 0), "Syntax error", fmt.Sprintf("gofmt -e %s shows what it lacks", name), "The file does not parse: %s.", err)
		return
	}
	// As the Go compiler does: one for each line, and not more of them than anybody reads before mending the first.
	list.RemoveMultiples()
	for _, e := range list[:min(len(list), maxSyntaxErrors)] {
		offset := min(e.Pos.Offset, len(text))
		end := min(offset+1, len(text))
		p.ErrorAt(source.TextRange(name, text, offset, end), "Syntax error", syntaxHint(name, e.Msg), "The file does not parse: %s.", e.Msg)
	}
}

// syntaxHint is the remedy for what the Go parser complains about.
func syntaxHint(file, message string) string {
	if strings.HasSuffix(message, "found 'EOF'") {
		return "the file ends too early: close what is still open"
	}
	return "correct it here or just above; gofmt -e " + file + " complains about the same"
}
