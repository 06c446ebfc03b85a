package golang

import (
	"go/ast"
	"strconv"
	"strings"
)

// goType is a named type, as far as rules ask about it.
type goType struct {
	file   *goFile
	at     goSpan
	shape  goShape
	target goName // what an alias or a defined type is made from, when that is a named type
	// embeds are an interface's embedded types; plain says that it has nothing else, no method and no type list.
	embeds []goName
	plain  bool
	fields []goField
	// generic says that the type has type parameters.
	generic bool
}

type goShape int

const (
	shapeOther goShape = iota
	shapeStruct
	shapeInterface
	shapeNamed
)

// goField is a field of a struct; name is "" when it is embedded.
type goField struct {
	name  string
	tag   string
	at    goSpan
	tagAt goSpan // the whole literal; empty when there is none
}

func describeType(file *goFile, spec *ast.TypeSpec) *goType {
	described := &goType{file: file, at: spanOf(spec.Name), generic: spec.TypeParams != nil}
	switch t := ast.Unparen(spec.Type).(type) {
	case *ast.StructType:
		described.shape = shapeStruct
		described.fields = describeFields(t)
	case *ast.InterfaceType:
		described.shape, described.plain = shapeInterface, true
		for _, element := range t.Methods.List {
			name, ok := typeName(file, element.Type)
			if len(element.Names) > 0 || !ok {
				described.plain = false
				continue
			}
			described.embeds = append(described.embeds, name)
		}
	default:
		if name, ok := typeName(file, t); ok {
			described.shape, described.target = shapeNamed, name
		}
	}
	return described
}

func describeFields(t *ast.StructType) []goField {
	var fields []goField
	for _, field := range t.Fields.List {
		described := goField{at: spanOf(field.Type)}
		if field.Tag != nil {
			described.tag, _ = strconv.Unquote(field.Tag.Value)
			described.tagAt = spanOf(field.Tag)
		}
		if len(field.Names) == 0 {
			fields = append(fields, described)
		}
		for _, name := range field.Names {
			described.name, described.at = name.Name, spanOf(name)
			fields = append(fields, described)
		}
	}
	return fields
}

// typeName reads a type that is a name, with or without type arguments.
func typeName(file *goFile, t ast.Expr) (goName, bool) {
	name := goName{file: file, at: spanOf(t)}
	switch indexed := t.(type) {
	case *ast.IndexExpr:
		t = indexed.X
	case *ast.IndexListExpr:
		t = indexed.X
	}
	switch t := t.(type) {
	case *ast.Ident:
		name.name = t.Name
		return name, true
	case *ast.SelectorExpr:
		x, ok := t.X.(*ast.Ident)
		if !ok {
			return goName{}, false
		}
		name.qualifier, name.name = x.Name, t.Sel.Name
		return name, true
	}
	return goName{}, false
}

// pointedName is like typeName for a type that may be a pointer; it counts the stars.
func pointedName(file *goFile, t ast.Expr) (name goName, stars int, ok bool) {
	for {
		t = ast.Unparen(t)
		star, isStar := t.(*ast.StarExpr)
		if !isStar {
			break
		}
		stars++
		t = star.X
	}
	name, ok = typeName(file, t)
	return name, stars, ok
}

// isImported reports whether the type is the named one of an imported package whose name is its path's last element.
func isImported(file *goFile, t ast.Expr, importPath, typ string) bool {
	name, ok := typeName(file, t)
	return ok && name.name == typ && name.qualifier != "" && file.importPath(name.qualifier) == importPath
}

// describeExpr is the expression as a message shows it.
func describeExpr(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return describeExpr(e.X) + "." + e.Sel.Name
	case *ast.StarExpr:
		return "*" + describeExpr(e.X)
	case *ast.ParenExpr:
		return "(" + describeExpr(e.X) + ")"
	case *ast.BasicLit:
		return e.Value
	case *ast.IndexExpr:
		return describeExpr(e.X) + "[" + describeExpr(e.Index) + "]"
	case *ast.ArrayType:
		return "[]" + describeExpr(e.Elt)
	case *ast.MapType:
		return "map[" + describeExpr(e.Key) + "]" + describeExpr(e.Value)
	case *ast.CallExpr:
		return describeExpr(e.Fun) + "(...)"
	case *ast.FuncLit:
		return "a function literal"
	case *ast.FuncType:
		return "a function type"
	case *ast.InterfaceType:
		return "an interface"
	case *ast.StructType:
		return "an inline struct"
	case *ast.CompositeLit:
		if e.Type != nil {
			return describeExpr(e.Type) + "{...}"
		}
		return "a composite literal"
	case *ast.UnaryExpr:
		return e.Op.String() + describeExpr(e.X)
	case *ast.BinaryExpr:
		return describeExpr(e.X) + " " + e.Op.String() + " " + describeExpr(e.Y)
	}
	return "this expression"
}

// hasType says of which type something is: "is of type int", "is an inline struct".
func hasType(t ast.Expr) string {
	described := describeExpr(t)
	if strings.HasPrefix(described, "a ") || strings.HasPrefix(described, "an ") {
		return "is " + described
	}
	return "is of type " + described
}

// withArticle puts a or an before a noun, by its first letter.
func withArticle(noun string) string {
	if noun != "" && strings.IndexByte("aeiou", noun[0]) >= 0 {
		return "an " + noun
	}
	return "a " + noun
}

// tagValue returns the name in a struct tag's value, without options.
func tagValue(tag, key string) (string, bool) {
	for tag != "" {
		tag = strings.TrimLeft(tag, " ")
		name, rest, ok := strings.Cut(tag, `:"`)
		if !ok {
			return "", false
		}
		end := 0
		for end < len(rest) && rest[end] != '"' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(rest) {
			return "", false
		}
		if name == key {
			value, _, _ := strings.Cut(rest[:end], ",")
			return value, true
		}
		tag = rest[end+1:]
	}
	return "", false
}
