package golang

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// goPackage is what the first phase keeps of a package: facts, no syntax.
type goPackage struct {
	dir  string
	name string
	// service is the service around the package, filled in by the linker; "" when there is none.
	service string
	// nameAt is a package clause, the place of what the folder itself declares.
	nameAt  hcl.Range
	files   []*goFile
	subdirs []string
	// broken says that a file does not parse, so that declarations may be missing.
	broken bool
	// likelyService is Encore's guess, from the text alone, whether an implicit resource counts here.
	likelyService bool

	// symbols are the package-level names: token.VAR, CONST, TYPE or FUNC. Nil after the first phase.
	symbols map[string]token.Token
	types   map[string]*goType
	// followed are the package-level names whose every reference is recorded. Nil after the first phase.
	followed map[string]bool

	decls        []*goDecl
	named        []*goDecl
	endpoints    []*goEndpoint
	authHandlers []*goAuthHandler
	middleware   []*goMiddleware
	structs      []*goServiceStruct
	configLoads  []goConfigLoad
	implicit     []goImplicitUse
	diags        hcl.Diagnostics
	goParts
}

// goFile is what the first phase keeps of a file.
type goFile struct {
	name  string // relative to the root, slashes
	lines []int32
	// text is nil when the file is ASCII: positions then need nothing but lines.
	text    []byte
	imports []goImport
	refs    []goRef
}

// goConfigLoad is a call of config.Load; symbol is the variable it is bound to, "" when none.
type goConfigLoad struct {
	symbol string
	at     hcl.Range
}

// goImport is one import; name is "" when the file gives none.
type goImport struct {
	name string
	path string
	// dir is the folder of an import of the application itself, inApp whether it is one.
	dir   string
	inApp bool
	at    goSpan
}

// goSpan is a stretch of a file, in bytes.
type goSpan struct{ start, end int32 }

// goName is a package-level name as a file spells it: own, or through an import.
type goName struct {
	file      *goFile
	qualifier string // the import's name; "" for the package's own
	name      string
	at        goSpan
}

func (n goName) String() string {
	if n.qualifier == "" {
		return n.name
	}
	return n.qualifier + "." + n.name
}

func spanOf(node ast.Node) goSpan {
	// Every file has its own file set, so that a position is an offset plus one. Broken syntax may end before it
	// starts.
	start, end := int32(node.Pos())-1, int32(node.End())-1
	return goSpan{max(start, 0), max(end, start, 0)}
}

func (f *goFile) at(span goSpan) hcl.Range {
	return hcl.Range{
		Filename: f.name,
		Start:    source.TextPos(f.lines, f.text, int(span.start)),
		End:      source.TextPos(f.lines, f.text, int(span.end)),
	}
}

func (p *goPackage) errorAt(at hcl.Range, summary, hint, detail string, args ...any) {
	p.diags = append(p.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

func (p *goPackage) error(f *goFile, node ast.Node, summary, hint, detail string, args ...any) {
	p.errorAt(f.at(spanOf(node)), summary, hint, detail, args...)
}

// goPackageReader runs the first phase for one package after another; each worker has its own.
type goPackageReader struct {
	root     string
	language *goLanguage
	build    build.Context
}

// goSyntax is a file with its tree, which lives only as long as its package is read.
type goSyntax struct {
	*goFile
	tree *ast.File
}

// read turns the files of dir into facts; nil when Encore passes over the folder: it has no file for the build, or
// holds a command.
func (r *goPackageReader) read(dir goDir) (*goPackage, error) {
	p := &goPackage{
		dir: dir.path, subdirs: dir.subdirs,
		symbols: make(map[string]token.Token), types: make(map[string]*goType), followed: make(map[string]bool),
	}
	p.beginParts()
	var files []goSyntax
	for _, name := range dir.files {
		text, err := source.ReadPlain(r.root, path.Join(dir.path, name))
		if err != nil {
			return nil, fmt.Errorf("read source: %w", err)
		}
		if pointer := source.CheckPointer(path.Join(dir.path, name), text); pointer != nil {
			p.broken, p.diags = true, append(p.diags, pointer)
			continue
		}
		if !r.inBuild(name, text) {
			continue
		}
		if file, ok := r.parse(p, path.Join(dir.path, name), text); ok {
			files = append(files, file)
			p.files = append(p.files, file.goFile)
		}
		p.likelyService = p.likelyService || looksLikeService(text)
	}
	if len(files) == 0 && !p.broken || p.name == "main" {
		return nil, nil
	}
	r.collect(p, files)
	p.symbols, p.followed = nil, nil // they have served; packages with many names make them large
	p.endParts()
	return p, nil
}

// looksLikeService follows Encore's own test of the raw text, which decides whether a migrations folder declares a
// database before services are known.
func looksLikeService(text []byte) bool {
	for _, mark := range []string{"encore:api", "pubsub.NewSubscription", "encore:authhandler", "encore:service"} {
		if bytes.Contains(text, []byte(mark)) {
			return true
		}
	}
	return false
}

// inBuild applies build constraints, in the name and in the text, as the go command does.
func (r *goPackageReader) inBuild(name string, text []byte) bool {
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

func (r *goPackageReader) parse(p *goPackage, name string, text []byte) (goSyntax, bool) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	file := &goFile{name: name}
	if tree != nil && tree.FileStart.IsValid() {
		lines := set.File(tree.FileStart).Lines()
		file.lines = make([]int32, len(lines))
		for i, line := range lines {
			file.lines[i] = int32(line)
		}
	}
	if slices.ContainsFunc(text, func(c byte) bool { return c >= 0x80 }) {
		file.text = text
	}
	if err != nil {
		if tree == nil || tree.Name == nil || tree.Name.Name != "main" { // commands are no part of the application
			p.broken = true
			p.syntaxErrors(name, text, err)
		}
		return goSyntax{}, false
	}
	switch p.name {
	case tree.Name.Name:
	case "":
		p.name, p.nameAt = tree.Name.Name, file.at(spanOf(tree.Name))
	default:
		p.error(file, tree.Name, "Two packages in one folder",
			"move one of them to a folder of its own",
			"This file says package %s, another file of the folder says package %s.", tree.Name.Name, p.name)
		return goSyntax{}, false
	}
	return goSyntax{file, tree}, true
}

// maxSyntaxErrors is how many errors of syntax a file is told of.
const maxSyntaxErrors = 10

func (p *goPackage) syntaxErrors(name string, text []byte, err error) {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		p.errorAt(source.TextRange(name, text, 0, 0), "Syntax error", fmt.Sprintf("gofmt -e %s shows what it lacks", name), "The file does not parse: %s.", err)
		return
	}
	// As the Go compiler does: one for each line, and not more of them than anybody reads before mending the first.
	list.RemoveMultiples()
	for _, e := range list[:min(len(list), maxSyntaxErrors)] {
		offset := min(e.Pos.Offset, len(text))
		end := min(offset+1, len(text))
		p.errorAt(source.TextRange(name, text, offset, end), "Syntax error", syntaxHint(name, e.Msg), "The file does not parse: %s.", e.Msg)
	}
}

// syntaxHint is the remedy for what the Go parser complains about.
func syntaxHint(file, message string) string {
	if strings.HasSuffix(message, "found 'EOF'") {
		return "the file ends too early: close what is still open"
	}
	return "correct it here or just above; gofmt -e " + file + " complains about the same"
}

// collect goes over a package's trees: names first, since a reference means something only once every file's names are
// known, then directives, then every expression.
func (r *goPackageReader) collect(p *goPackage, files []goSyntax) {
	for _, file := range files {
		r.collectImports(p, file)
		collectNames(p, file)
	}
	var spelled []goVar
	for _, file := range files {
		d := goDirectiveReader{p: p, file: file.goFile, language: r.language}
		d.read(file.tree)
		spelled = append(spelled, r.collectVars(p, file)...)
	}
	followVars(p, spelled)
	for _, file := range files {
		d := goDirectiveReader{p: p, file: file.goFile, language: r.language}
		d.serviceInit(file.tree)
		w := &goWalker{p: p, file: file.goFile, language: r.language}
		w.walk(file.tree)
	}
}

func (r *goPackageReader) collectImports(p *goPackage, file goSyntax) {
	for _, spec := range file.tree.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		found := goImport{path: importPath, at: spanOf(spec)}
		found.dir, found.inApp = r.language.appDir(importPath)
		if spec.Name != nil {
			found.name = spec.Name.Name
		}
		if found.name == "." {
			if _, framework := r.language.calls[importPath]; framework || found.inApp {
				p.error(file.goFile, spec, "Dot import",
					"import the package under its name",
					"Encore does not follow names that come from a dot import, so what they declare and use would be lost.")
			}
			continue
		}
		file.imports = append(file.imports, found)
	}
}

func collectNames(p *goPackage, file goSyntax) {
	for _, decl := range file.tree.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				p.symbols[decl.Name.Name] = token.FUNC
			}
			p.declareFunc(file.goFile, decl)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						p.symbols[name.Name] = decl.Tok
						if decl.Tok == token.VAR {
							p.declare(file.goFile, name)
						}
					}
				case *ast.TypeSpec:
					p.symbols[spec.Name.Name] = token.TYPE
					p.declare(file.goFile, spec.Name)
					p.types[spec.Name.Name] = describeType(file.goFile, spec)
				}
			}
		}
	}
	delete(p.symbols, "_")
}

// goVar is a package-level variable and what its initial value mentions.
type goVar struct {
	names    []string
	mentions []string
	follow   bool
}

// collectVars finds the package-level variables that may lead to a resource: bound to a constructor, or set from an
// expression that mentions another package of the application.
func (r *goPackageReader) collectVars(p *goPackage, file goSyntax) []goVar {
	var vars []goVar
	for _, decl := range file.tree.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, spec := range gen.Specs {
			spec := spec.(*ast.ValueSpec)
			for _, name := range spec.Names {
				if r.language.structVar(name.Name) >= 0 {
					p.followed[name.Name] = true
				}
			}
			for i, value := range spec.Values {
				found := goVar{}
				for n, name := range spec.Names {
					if name.Name != "_" && (n == i || len(spec.Values) == 1) {
						found.names = append(found.names, name.Name)
					}
				}
				if len(found.names) > 0 {
					found.inspect(p, r.language, file.goFile, value)
					vars = append(vars, found)
				}
			}
		}
	}
	return vars
}

// inspect looks at an initial value, but not into function literals: calling a function is not holding a resource.
func (v *goVar) inspect(p *goPackage, language *goLanguage, file *goFile, value ast.Expr) {
	ast.Inspect(value, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.KeyValueExpr:
			v.inspect(p, language, file, node.Value)
			return false
		case *ast.SelectorExpr:
			x, ok := node.X.(*ast.Ident)
			if !ok {
				return true
			}
			if p.symbols[x.Name] != 0 {
				v.mentions = append(v.mentions, x.Name)
				return false
			}
			switch kind, importPath := file.importKind(language, x.Name); kind {
			case importFramework:
				v.follow = v.follow || language.calls[importPath][node.Sel.Name].role != roleNone
			case importApp:
				v.follow = true
			}
			return false
		case *ast.Ident:
			v.mentions = append(v.mentions, node.Name)
		}
		return true
	})
}

// followVars marks the variables to follow, those that mention a followed one included.
func followVars(p *goPackage, vars []goVar) {
	for changed := true; changed; {
		changed = false
		for i := range vars {
			v := &vars[i]
			v.follow = v.follow || slices.ContainsFunc(v.mentions, func(name string) bool { return p.followed[name] && p.symbols[name] == token.VAR })
			if !v.follow {
				continue
			}
			for _, name := range v.names {
				if !p.followed[name] {
					p.followed[name] = true
					changed = true
				}
			}
		}
	}
}

type goImportKind int

const (
	importOther goImportKind = iota
	// importFramework is a package some spelling knows.
	importFramework
	// importApp is, or may be, a package of the application.
	importApp
)

// importKind says what a file's identifier names as an import. A package's name need not be the last element of its
// path, so an unknown name may be any import of the application that has no explicit name; the second phase, which
// knows the packages, settles it.
func (f *goFile) importKind(language *goLanguage, name string) (goImportKind, string) {
	maybeApp, known := false, false
	for i := range f.imports {
		found := &f.imports[i]
		_, framework := language.calls[found.path]
		matches := found.name == name || found.name == "" && lastElement(found.path) == name
		switch {
		case !matches:
			maybeApp = maybeApp || found.inApp && found.name == ""
		case framework:
			return importFramework, found.path
		case found.inApp:
			return importApp, found.path
		default:
			known = true
		}
	}
	if maybeApp && !known {
		return importApp, ""
	}
	return importOther, ""
}

// importPath is the path of the import an identifier names, for packages whose name is their path's last element; ""
// when there is none.
func (f *goFile) importPath(name string) string {
	for _, found := range f.imports {
		if found.name == name || found.name == "" && lastElement(found.path) == name {
			return found.path
		}
	}
	return ""
}

func lastElement(importPath string) string {
	return importPath[strings.LastIndexByte(importPath, '/')+1:]
}

// structVar returns the spelling whose resources are the fields of a package variable of this name, -1 when none.
func (l *goLanguage) structVar(name string) int {
	return slices.IndexFunc(l.spellings, func(s source.GoSpelling) bool { return s.StructVar != "" && s.StructVar == name })
}
