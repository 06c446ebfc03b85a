package golang

import (
	"cmp"
	"fmt"
	"go/ast"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// goDecl is a declaration before its names are resolved.
type goDecl struct {
	source.Decl
	file     *goFile
	spelling int
	// invalid marks one with an error of its own: it keeps its variable known, so that uses of it do not add
	// errors about a name that leads nowhere, but it is not part of the result.
	invalid bool
	// readable says of an invalid one that its settings are known, and whose they are.
	readable bool
	// holders are the package variables whose initial value contains the call, when it is bound to none itself.
	holders []string
	// parent is the variable at the spelling's ParentArg, nil when there is none.
	parent *goName
	// references are the config fields that name something of the application, by index in Config.Fields.
	references []goReference
	// handlerMethod is the type of a method handler, nil when the handler is none.
	handlerMethod *goName
	message       *goName
	// migrationsAt is the migrations setting.
	migrationsAt hcl.Range
}

type goReference struct {
	field int
	name  goName
	// missing says that the package has no such name; the compiler will say so.
	missing bool
}

// goDeclReader reads one constructor call.
type goDeclReader struct {
	w        *goWalker
	call     *ast.CallExpr
	name     *ast.SelectorExpr
	function goFunction
	typeArgs []ast.Expr
	symbol   string
}

func (d *goDeclReader) read() {
	w := d.w
	spelling := &w.language.spellings[d.function.spelling]
	decl := &goDecl{
		Decl: source.Decl{
			Kind: spelling.Kind, Symbol: d.symbol, Package: w.p.dir,
			Reference: d.function.role == roleNamed, Constructor: d.name.Sel.Name, At: w.file.at(spanOf(d.call)),
		},
		file: w.file, spelling: int(d.function.spelling),
	}
	if d.symbol == "" {
		decl.holders = w.holders
	}
	if d.symbol != "" {
		w.p.followed[d.symbol] = true
	}
	if decl.Reference {
		d.readNamed(decl, spelling)
		w.p.named = append(w.p.named, decl)
		return
	}
	decl.invalid = !d.readArgs(decl, spelling)
	w.p.decls = append(w.p.decls, decl)
}

func (d *goDeclReader) readNamed(decl *goDecl, spelling *source.GoSpelling) {
	decl.invalid = true
	if len(d.call.Args) != 1 {
		d.w.p.error(d.w.file, d.call, "Wrong number of arguments", "it takes one, the name of the "+spelling.Noun, "%s was given %d arguments.", describeExpr(d.name), len(d.call.Args))
		return
	}
	decl.invalid = !d.readName(decl, spelling, d.call.Args[0], source.AnyName)
}

func (d *goDeclReader) readArgs(decl *goDecl, spelling *source.GoSpelling) bool {
	w := d.w
	want := max(spelling.ParentArg, spelling.NameArg, spelling.ConfigArg) + 1
	if len(d.call.Args) != want {
		w.p.error(w.file, d.call, "Wrong number of arguments", "", "%s takes %d arguments and was given %d.", describeExpr(d.name), want, len(d.call.Args))
		return false
	}
	ok := true
	if spelling.ParentArg >= 0 {
		ok = d.readParent(decl, spelling, d.call.Args[spelling.ParentArg])
	}
	if spelling.ConfigArg >= 0 {
		ok = d.readConfig(decl, spelling, d.call.Args[spelling.ConfigArg]) && ok
	}
	decl.readable = ok
	if spelling.NameArg >= 0 {
		ok = d.readName(decl, spelling, d.call.Args[spelling.NameArg], spelling.Grammar) && ok
	}
	if spelling.MessageTag != "" && len(d.typeArgs) > 0 {
		ok = d.readMessage(decl, spelling) && ok
	}
	return ok
}

func (d *goDeclReader) readParent(decl *goDecl, spelling *source.GoSpelling, arg ast.Expr) bool {
	name, ok := typeName(d.w.file, arg)
	if ok && (name.qualifier == "" || d.w.file.importPath(name.qualifier) != spelling.Package) {
		decl.parent = &name
		return true
	}
	d.w.p.error(d.w.file, arg, "Not a declared "+spelling.ParentKind,
		"give the package-level variable that does",
		"%[2]s is no variable that declares a %[1]s.", spelling.ParentKind, describeExpr(arg))
	return false
}

func (d *goDeclReader) readName(decl *goDecl, spelling *source.GoSpelling, arg ast.Expr, grammar source.Grammar) bool {
	decl.NameAt = d.w.file.at(spanOf(arg))
	name, ok := stringLiteral(arg)
	if !ok {
		decl.Name = cmp.Or(d.symbol, "without a name")
		d.w.p.errorAt(decl.NameAt, "Name is not a string literal",
			"write it as a string literal",
			"Names are read without running the program, and the name of this %s is %s.", spelling.Noun, describeExpr(arg))
		return false
	}
	decl.Name = strings.TrimSpace(name)
	if problem, hint := source.CheckName(grammar, decl.Name); problem != "" {
		d.w.p.errorAt(decl.NameAt, "Invalid name", hint, "%q is no name for a %s: %s.", decl.Name, spelling.Noun, problem)
		return false
	}
	return true
}

func (d *goDeclReader) readConfig(decl *goDecl, spelling *source.GoSpelling, arg ast.Expr) bool {
	literals := goLiterals{p: d.w.p, file: d.w.file, language: d.w.language, spelling: spelling}
	config, ok := literals.object(arg)
	decl.Config = config
	composite, isComposite := arg.(*ast.CompositeLit)
	if !isComposite {
		return ok
	}
	index := 0
	for _, element := range composite.Elts {
		pair, isPair := element.(*ast.KeyValueExpr)
		if !isPair {
			continue
		}
		key, isName := pair.Key.(*ast.Ident)
		if !isName {
			continue
		}
		ok = d.readField(decl, spelling, key.Name, index, pair.Value) && ok
		index++
	}
	if handler := decl.Config.Field(spelling.Handler); ok && spelling.Handler != "" && (handler.Kind == source.Absent || handler.Kind == source.Nil) {
		d.w.p.errorAt(handler.At, "Missing handler", fmt.Sprintf("set %s to a function of the service", spelling.Handler), "The %s says nowhere what is called.", spelling.Noun)
		return false
	}
	return ok
}

// readField handles the settings that are more than a constant: functions and endpoints, folders of migrations.
func (d *goDeclReader) readField(decl *goDecl, spelling *source.GoSpelling, name string, index int, value ast.Expr) bool {
	if name == spelling.MigrationsField && name != "" {
		decl.migrationsAt = decl.Config.Fields[index].Value.At
	}
	if decl.Config.Fields[index].Value.Kind == source.Reference {
		d.w.granted = append(d.w.granted, value)
		if target, ok := typeName(d.w.file, ast.Unparen(value)); ok {
			missing := target.qualifier == "" && d.w.p.symbols[target.name] == 0 && !d.w.p.followed[target.name]
			decl.references = append(decl.references, goReference{index, target, missing})
		}
		return true
	}
	if name != spelling.Handler || name == "" {
		return true
	}
	call, ok := value.(*ast.CallExpr)
	if !ok {
		return true
	}
	function, found := d.w.framework(call.Fun)
	if found == nil || function.role != roleMethodHandler {
		return true
	}
	if len(call.Args) == 1 {
		if method, ok := call.Args[0].(*ast.SelectorExpr); ok {
			if target, stars, ok := pointedName(d.w.file, method.X); ok && stars <= 1 {
				decl.handlerMethod = &target
				// What the linker fills in is the method's type, the folder it is declared in.
				decl.Config.Fields[index].Value.Kind, decl.Config.Fields[index].Value.Text = source.Reference, method.Sel.Name
				decl.references = append(decl.references, goReference{index, target, false})
				return true
			}
		}
	}
	d.w.p.error(d.w.file, call, "Invalid method handler",
		fmt.Sprintf("it takes a method of the service struct, as in %s((*Service).Method)", describeExpr(found)),
		"What %s is given is no method of a struct.", describeExpr(found))
	return false
}

func (d *goDeclReader) readMessage(decl *goDecl, spelling *source.GoSpelling) bool {
	name, stars, ok := pointedName(d.w.file, d.typeArgs[0])
	if !ok || stars > 1 {
		d.w.p.error(d.w.file, d.typeArgs[0], "Invalid message type",
			"declare a struct type for it",
			"A %s's messages must have a named type, and this one is %s.", spelling.Noun, describeExpr(d.typeArgs[0]))
		return false
	}
	decl.message = &name
	return true
}

// structVarDecl reads a variable whose fields are resources, such as secrets.
func (p *goPackage) structVarDecl(file *goFile, spelling *source.GoSpelling, index int, spec *ast.ValueSpec) {
	structure, inline := spec.Type.(*ast.StructType)
	name := spec.Names[0]
	for _, n := range spec.Names {
		if n.Name == spelling.StructVar {
			name = n
		}
	}
	literal := inlineStructLiteral(spec)
	switch {
	case literal != nil:
		value := goSpan{int32(literal.Lbrace) - 1, int32(literal.End()) - 1}
		p.errorAt(file.at(value), "Invalid "+spelling.StructVar+" variable",
			fmt.Sprintf("remove the value and keep the type, as in var %s struct { Name string }", spelling.StructVar),
			"The %ss are loaded from outside when the program starts, so %s can have no value.", spelling.Noun, spelling.StructVar)
		return
	case len(spec.Names) == 1 && len(spec.Values) == 0 && !inline || len(spec.Names) == 1 && spec.Type == nil:
		p.error(file, name, "Invalid "+spelling.StructVar+" variable",
			fmt.Sprintf("write the type in place, as in var %s struct { Name string }", spelling.StructVar),
			"The fields of %s name the %ss to load, and they must be read here.", spelling.StructVar, spelling.Noun)
		return
	case len(spec.Names) != 1:
		p.error(file, name, "Invalid "+spelling.StructVar+" variable", "declare it on its own", "%s stands in one declaration with another variable.", spelling.StructVar)
		return
	case len(spec.Values) != 0:
		p.error(file, spec.Values[0], "Invalid "+spelling.StructVar+" variable",
			"remove the value",
			"The %ss are loaded from outside when the program starts, so %s can have no value.", spelling.Noun, spelling.StructVar)
		return
	}
	for _, field := range structure.Fields.List {
		if len(field.Names) == 0 {
			p.diags = append(p.diags, diagnostic.Warning(file.at(spanOf(field.Type)), "Embedded field without effect", "write its fields in place",
				"An embedded field names no %s: Encore passes over it, and what is in it stays empty.", spelling.Noun))
			continue
		}
		if t, ok := field.Type.(*ast.Ident); !ok || t.Name != "string" || p.symbols["string"] != 0 {
			p.error(file, field.Type, "Invalid "+spelling.Noun, "make it a string", "A %s is a string, and this one %s.", spelling.Noun, hasType(field.Type))
			continue
		}
		for _, fieldName := range field.Names {
			at := file.at(spanOf(fieldName))
			p.decls = append(p.decls, &goDecl{
				Decl: source.Decl{
					Kind: spelling.Kind, Name: fieldName.Name, Symbol: spelling.StructVar, Package: p.dir, At: at, NameAt: at,
				},
				file: file, spelling: index,
			})
		}
	}
}

// inlineStructLiteral is the value of a variable that is declared by it alone, as a struct type with braces behind it;
// nil when the variable is declared another way.
func inlineStructLiteral(spec *ast.ValueSpec) *ast.CompositeLit {
	if spec.Type != nil || len(spec.Names) != 1 || len(spec.Values) != 1 {
		return nil
	}
	literal, ok := spec.Values[0].(*ast.CompositeLit)
	if !ok {
		return nil
	}
	if _, ok := literal.Type.(*ast.StructType); !ok {
		return nil
	}
	return literal
}
