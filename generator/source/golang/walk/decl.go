package walk

import (
	"cmp"
	"fmt"
	"go/ast"
	"strings"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/expression"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// declReader reads one constructor call.
type declReader struct {
	w        *walker
	call     *ast.CallExpr
	name     *ast.SelectorExpr
	function vocabulary.Function
	typeArgs []ast.Expr
	symbol   string
}

func (d *declReader) read() {
	w := d.w
	spelling := &w.language.Spellings[d.function.Spelling]
	decl := &facts.Decl{
		Decl: source.Decl{
			Kind: spelling.Kind, Symbol: d.symbol, Package: w.p.Dir,
			Reference: d.function.Role == vocabulary.RoleNamed, Constructor: d.name.Sel.Name, At: w.file.At(facts.SpanOf(d.call)),
		},
		File: w.file, Spelling: int(d.function.Spelling),
	}
	if d.symbol == "" {
		decl.Holders = w.holders
	}
	if d.symbol != "" {
		w.p.Followed[d.symbol] = true
	}
	if decl.Reference {
		d.readNamed(decl, spelling)
		w.p.Named = append(w.p.Named, decl)
		return
	}
	decl.Invalid = !d.readArgs(decl, spelling)
	w.p.Decls = append(w.p.Decls, decl)
}

func (d *declReader) readNamed(decl *facts.Decl, spelling *source.GoSpelling) {
	decl.Invalid = true
	if len(d.call.Args) != 1 {
		d.w.p.ErrorOn(d.w.file, d.call, "Wrong number of arguments", "it takes one, the name of the "+spelling.Noun, "%s was given %d arguments.", expression.DescribeExpr(d.name), len(d.call.Args))
		return
	}
	decl.Invalid = !d.readName(decl, spelling, d.call.Args[0], source.AnyName)
}

func (d *declReader) readArgs(decl *facts.Decl, spelling *source.GoSpelling) bool {
	w := d.w
	want := max(spelling.ParentArg, spelling.NameArg, spelling.ConfigArg) + 1
	if len(d.call.Args) != want {
		w.p.ErrorOn(w.file, d.call, "Wrong number of arguments", "", "%s takes %d arguments and was given %d.", expression.DescribeExpr(d.name), want, len(d.call.Args))
		return false
	}
	ok := true
	if spelling.ParentArg >= 0 {
		ok = d.readParent(decl, spelling, d.call.Args[spelling.ParentArg])
	}
	if spelling.ConfigArg >= 0 {
		ok = d.readConfig(decl, spelling, d.call.Args[spelling.ConfigArg]) && ok
	}
	decl.Readable = ok
	if spelling.NameArg >= 0 {
		ok = d.readName(decl, spelling, d.call.Args[spelling.NameArg], spelling.Grammar) && ok
	}
	if spelling.MessageTag != "" && len(d.typeArgs) > 0 {
		ok = d.readMessage(decl, spelling) && ok
	}
	return ok
}

func (d *declReader) readParent(decl *facts.Decl, spelling *source.GoSpelling, arg ast.Expr) bool {
	name, ok := expression.TypeName(d.w.file, arg)
	if ok && (name.Qualifier == "" || d.w.file.ImportPath(name.Qualifier) != spelling.Package) {
		decl.ParentName = &name
		return true
	}
	d.w.p.ErrorOn(d.w.file, arg, "Not a declared "+spelling.ParentKind,
		"give the package-level variable that does",
		"%[2]s is no variable that declares a %[1]s.", spelling.ParentKind, expression.DescribeExpr(arg))
	return false
}

func (d *declReader) readName(decl *facts.Decl, spelling *source.GoSpelling, arg ast.Expr, grammar source.Grammar) bool {
	decl.NameAt = d.w.file.At(facts.SpanOf(arg))
	name, ok := expression.StringLiteral(arg)
	if !ok {
		decl.Name = cmp.Or(d.symbol, "without a name")
		d.w.p.ErrorAt(decl.NameAt, "Name is not a string literal",
			"write it as a string literal",
			"Names are read without running the program, and the name of this %s is %s.", spelling.Noun, expression.DescribeExpr(arg))
		return false
	}
	decl.Name = strings.TrimSpace(name)
	if problem, hint := source.CheckName(grammar, decl.Name); problem != "" {
		d.w.p.ErrorAt(decl.NameAt, "Invalid name", hint, "%q is no name for a %s: %s.", decl.Name, spelling.Noun, problem)
		return false
	}
	return true
}

func (d *declReader) readConfig(decl *facts.Decl, spelling *source.GoSpelling, arg ast.Expr) bool {
	config, ok := expression.Settings(d.w.p, d.w.file, d.w.language, spelling, arg)
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
		d.w.p.ErrorAt(handler.At, "Missing handler", fmt.Sprintf("set %s to a function of the service", spelling.Handler), "The %s says nowhere what is called.", spelling.Noun)
		return false
	}
	return ok
}

// readField handles the settings that are more than a constant: functions and endpoints, folders of migrations.
func (d *declReader) readField(decl *facts.Decl, spelling *source.GoSpelling, name string, index int, value ast.Expr) bool {
	if name == spelling.MigrationsField && name != "" {
		decl.MigrationsAt = decl.Config.Fields[index].Value.At
	}
	if decl.Config.Fields[index].Value.Kind == source.Reference {
		d.w.granted = append(d.w.granted, value)
		if target, ok := expression.TypeName(d.w.file, ast.Unparen(value)); ok {
			missing := target.Qualifier == "" && d.w.p.Symbols[target.Name] == 0 && !d.w.p.Followed[target.Name]
			decl.References = append(decl.References, facts.NamedField{Field: index, Name: target, Missing: missing})
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
	if found == nil || function.Role != vocabulary.RoleMethodHandler {
		return true
	}
	if len(call.Args) == 1 {
		if method, ok := call.Args[0].(*ast.SelectorExpr); ok {
			if target, stars, ok := expression.PointedName(d.w.file, method.X); ok && stars <= 1 {
				decl.HandlerMethod = &target
				// What the linker fills in is the method's type, the folder it is declared in.
				decl.Config.Fields[index].Value.Kind, decl.Config.Fields[index].Value.Text = source.Reference, method.Sel.Name
				decl.References = append(decl.References, facts.NamedField{Field: index, Name: target, Missing: false})
				return true
			}
		}
	}
	d.w.p.ErrorOn(d.w.file, call, "Invalid method handler",
		fmt.Sprintf("it takes a method of the service struct, as in %s((*Service).Method)", expression.DescribeExpr(found)),
		"What %s is given is no method of a struct.", expression.DescribeExpr(found))
	return false
}

func (d *declReader) readMessage(decl *facts.Decl, spelling *source.GoSpelling) bool {
	name, stars, ok := expression.PointedName(d.w.file, d.typeArgs[0])
	if !ok || stars > 1 {
		d.w.p.ErrorOn(d.w.file, d.typeArgs[0], "Invalid message type",
			"declare a struct type for it",
			"A %s's messages must have a named type, and this one is %s.", spelling.Noun, expression.DescribeExpr(d.typeArgs[0]))
		return false
	}
	decl.Message = &name
	return true
}

// structVarDecl reads a variable whose fields are resources, such as secrets.
func (w *walker) structVarDecl(spelling *source.GoSpelling, index int, spec *ast.ValueSpec) {
	p, file := w.p, w.file
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
		value := facts.Span{Start: int32(literal.Lbrace) - 1, End: int32(literal.End()) - 1}
		p.ErrorAt(file.At(value), "Invalid "+spelling.StructVar+" variable",
			fmt.Sprintf("remove the value and keep the type, as in var %s struct { Name string }", spelling.StructVar),
			"The %ss are loaded from outside when the program starts, so %s can have no value.", spelling.Noun, spelling.StructVar)
		return
	case len(spec.Names) == 1 && len(spec.Values) == 0 && !inline || len(spec.Names) == 1 && spec.Type == nil:
		p.ErrorOn(file, name, "Invalid "+spelling.StructVar+" variable",
			fmt.Sprintf("write the type in place, as in var %s struct { Name string }", spelling.StructVar),
			"The fields of %s name the %ss to load, and they must be read here.", spelling.StructVar, spelling.Noun)
		return
	case len(spec.Names) != 1:
		p.ErrorOn(file, name, "Invalid "+spelling.StructVar+" variable", "declare it on its own", "%s stands in one declaration with another variable.", spelling.StructVar)
		return
	case len(spec.Values) != 0:
		p.ErrorOn(file, spec.Values[0], "Invalid "+spelling.StructVar+" variable",
			"remove the value",
			"The %ss are loaded from outside when the program starts, so %s can have no value.", spelling.Noun, spelling.StructVar)
		return
	}
	for _, field := range structure.Fields.List {
		if len(field.Names) == 0 {
			p.Diags = append(p.Diags, diagnostic.Warning(file.At(facts.SpanOf(field.Type)), "Embedded field without effect", "write its fields in place",
				"An embedded field names no %s: Encore passes over it, and what is in it stays empty.", spelling.Noun))
			continue
		}
		if t, ok := field.Type.(*ast.Ident); !ok || t.Name != "string" || p.Symbols["string"] != 0 {
			p.ErrorOn(file, field.Type, "Invalid "+spelling.Noun, "make it a string", "A %s is a string, and this one %s.", spelling.Noun, expression.HasType(field.Type))
			continue
		}
		for _, fieldName := range field.Names {
			at := file.At(facts.SpanOf(fieldName))
			p.Decls = append(p.Decls, &facts.Decl{
				Decl: source.Decl{
					Kind: spelling.Kind, Name: fieldName.Name, Symbol: spelling.StructVar, Package: p.Dir, At: at, NameAt: at,
				},
				File: file, Spelling: index,
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
