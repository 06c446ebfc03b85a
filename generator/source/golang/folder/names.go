package folder

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"

	"github.com/groundplan/groundplan/generator/source/golang/directive"
	"github.com/groundplan/groundplan/generator/source/golang/expression"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
	"github.com/groundplan/groundplan/generator/source/golang/walk"
)

// collect goes over a package's trees: names first, since a reference means something only once every file's names are
// known, then directives, then every expression.
func (r *Reader) collect(p *facts.Package, files []syntax) {
	for _, file := range files {
		r.collectImports(p, file)
		collectNames(p, file)
	}
	var spelled []variable
	for _, file := range files {
		directive.Read(p, file.File, file.tree)
		spelled = append(spelled, r.collectVars(p, file)...)
	}
	followVars(p, spelled)
	for _, file := range files {
		directive.CheckServiceInit(p, file.File, file.tree)
		walk.File(p, file.File, r.language, file.tree)
	}
}

func (r *Reader) collectImports(p *facts.Package, file syntax) {
	for _, spec := range file.tree.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		found := facts.Import{Path: importPath, At: facts.SpanOf(spec)}
		found.Dir, found.InApp = r.language.AppDir(importPath)
		if spec.Name != nil {
			found.Name = spec.Name.Name
		}
		if found.Name == "." {
			if _, framework := r.language.Calls[importPath]; framework || found.InApp {
				p.ErrorOn(file.File, spec, "Dot import",
					"import the package under its name",
					"Encore does not follow names that come from a dot import, so what they declare and use would be lost.")
			}
			continue
		}
		file.Imports = append(file.Imports, found)
	}
}

func collectNames(p *facts.Package, file syntax) {
	for _, decl := range file.tree.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				p.Symbols[decl.Name.Name] = token.FUNC
			}
			declareFunc(p, file.File, decl)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						p.Symbols[name.Name] = decl.Tok
						if decl.Tok == token.VAR {
							p.Declare(file.File, name.Name, facts.SpanOf(name))
						}
					}
				case *ast.TypeSpec:
					p.Symbols[spec.Name.Name] = token.TYPE
					p.Declare(file.File, spec.Name.Name, facts.SpanOf(spec.Name))
					p.Types[spec.Name.Name] = describeType(file.File, spec)
				}
			}
		}
	}
	delete(p.Symbols, "_")
}

func declareFunc(p *facts.Package, file *facts.File, decl *ast.FuncDecl) {
	switch {
	case decl.Recv != nil:
		receiver := ""
		if len(decl.Recv.List) > 0 {
			if name, _, ok := expression.PointedName(file, decl.Recv.List[0].Type); ok {
				receiver = name.Name
			}
		}
		p.DeclareMethod(file, receiver, decl.Name.Name, facts.SpanOf(decl.Name))
	case decl.Name.Name != "init" && decl.Name.Name != "_":
		p.Declare(file, decl.Name.Name, facts.SpanOf(decl.Name))
	}
}

// variable is a package-level variable and what its initial value mentions.
type variable struct {
	names    []string
	mentions []string
	follow   bool
}

// collectVars finds the package-level variables that may lead to a resource: bound to a constructor, or set from an
// expression that mentions another package of the application.
func (r *Reader) collectVars(p *facts.Package, file syntax) []variable {
	var vars []variable
	for _, decl := range file.tree.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, spec := range gen.Specs {
			spec := spec.(*ast.ValueSpec)
			for _, name := range spec.Names {
				if r.language.StructVar(name.Name) >= 0 {
					p.Followed[name.Name] = true
				}
			}
			for i, value := range spec.Values {
				found := variable{}
				for n, name := range spec.Names {
					if name.Name != "_" && (n == i || len(spec.Values) == 1) {
						found.names = append(found.names, name.Name)
					}
				}
				if len(found.names) > 0 {
					found.inspect(p, r.language, file.File, value)
					vars = append(vars, found)
				}
			}
		}
	}
	return vars
}

// inspect looks at an initial value, but not into function literals: calling a function is not holding a resource.
func (v *variable) inspect(p *facts.Package, language *vocabulary.Table, file *facts.File, value ast.Expr) {
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
			if p.Symbols[x.Name] != 0 {
				v.mentions = append(v.mentions, x.Name)
				return false
			}
			switch kind, importPath := file.ImportKind(language, x.Name); kind {
			case facts.ImportFramework:
				v.follow = v.follow || language.Calls[importPath][node.Sel.Name].Role != vocabulary.RoleNone
			case facts.ImportApp:
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
func followVars(p *facts.Package, vars []variable) {
	for changed := true; changed; {
		changed = false
		for i := range vars {
			v := &vars[i]
			v.follow = v.follow || slices.ContainsFunc(v.mentions, func(name string) bool { return p.Followed[name] && p.Symbols[name] == token.VAR })
			if !v.follow {
				continue
			}
			for _, name := range v.names {
				if !p.Followed[name] {
					p.Followed[name] = true
					changed = true
				}
			}
		}
	}
}

func describeType(file *facts.File, spec *ast.TypeSpec) *facts.Type {
	described := &facts.Type{File: file, At: facts.SpanOf(spec.Name), Generic: spec.TypeParams != nil}
	switch t := ast.Unparen(spec.Type).(type) {
	case *ast.StructType:
		described.Shape = facts.ShapeStruct
		described.Fields = describeFields(t)
	case *ast.InterfaceType:
		described.Shape, described.Plain = facts.ShapeInterface, true
		for _, element := range t.Methods.List {
			name, ok := expression.TypeName(file, element.Type)
			if len(element.Names) > 0 || !ok {
				described.Plain = false
				continue
			}
			described.Embeds = append(described.Embeds, name)
		}
	default:
		if name, ok := expression.TypeName(file, t); ok {
			described.Shape, described.Target = facts.ShapeNamed, name
		}
	}
	return described
}

func describeFields(t *ast.StructType) []facts.Field {
	var fields []facts.Field
	for _, field := range t.Fields.List {
		described := facts.Field{At: facts.SpanOf(field.Type)}
		if field.Tag != nil {
			described.Tag, _ = strconv.Unquote(field.Tag.Value)
			described.TagAt = facts.SpanOf(field.Tag)
		}
		if len(field.Names) == 0 {
			fields = append(fields, described)
		}
		for _, name := range field.Names {
			described.Name, described.At = name.Name, facts.SpanOf(name)
			fields = append(fields, described)
		}
	}
	return fields
}
