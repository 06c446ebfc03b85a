// Package expression says what a single expression is without running the program: a name, a constant, the settings of a
// constructor, and how a message shows it. It knows neither where the expression stands nor what its names lead to.
package expression

import (
	"go/ast"
	"strings"

	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// TypeName reads a type that is a name, with or without type arguments.
func TypeName(file *facts.File, t ast.Expr) (facts.Name, bool) {
	name := facts.Name{File: file, At: facts.SpanOf(t)}
	switch indexed := t.(type) {
	case *ast.IndexExpr:
		t = indexed.X
	case *ast.IndexListExpr:
		t = indexed.X
	}
	switch t := t.(type) {
	case *ast.Ident:
		name.Name = t.Name
		return name, true
	case *ast.SelectorExpr:
		x, ok := t.X.(*ast.Ident)
		if !ok {
			return facts.Name{}, false
		}
		name.Qualifier, name.Name = x.Name, t.Sel.Name
		return name, true
	}
	return facts.Name{}, false
}

// PointedName is like TypeName for a type that may be a pointer; it counts the stars.
func PointedName(file *facts.File, t ast.Expr) (name facts.Name, stars int, ok bool) {
	for {
		t = ast.Unparen(t)
		star, isStar := t.(*ast.StarExpr)
		if !isStar {
			break
		}
		stars++
		t = star.X
	}
	name, ok = TypeName(file, t)
	return name, stars, ok
}

// IsImported reports whether the type is the named one of an imported package whose name is its path's last element.
func IsImported(file *facts.File, t ast.Expr, importPath, typ string) bool {
	name, ok := TypeName(file, t)
	return ok && name.Name == typ && name.Qualifier != "" && file.ImportPath(name.Qualifier) == importPath
}

// DescribeExpr is the expression as a message shows it.
func DescribeExpr(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return DescribeExpr(e.X) + "." + e.Sel.Name
	case *ast.StarExpr:
		return "*" + DescribeExpr(e.X)
	case *ast.ParenExpr:
		return "(" + DescribeExpr(e.X) + ")"
	case *ast.BasicLit:
		return e.Value
	case *ast.IndexExpr:
		return DescribeExpr(e.X) + "[" + DescribeExpr(e.Index) + "]"
	case *ast.IndexListExpr:
		var indices []string
		for _, index := range e.Indices {
			indices = append(indices, DescribeExpr(index))
		}
		return DescribeExpr(e.X) + "[" + strings.Join(indices, ", ") + "]"
	case *ast.ArrayType:
		if e.Len != nil {
			return "[" + DescribeExpr(e.Len) + "]" + DescribeExpr(e.Elt)
		}
		return "[]" + DescribeExpr(e.Elt)
	case *ast.Ellipsis:
		if e.Elt != nil {
			return "..." + DescribeExpr(e.Elt)
		}
		return "..."
	case *ast.ChanType:
		return map[ast.ChanDir]string{ast.SEND: "chan<- ", ast.RECV: "<-chan ", ast.SEND | ast.RECV: "chan "}[e.Dir] + DescribeExpr(e.Value)
	case *ast.MapType:
		return "map[" + DescribeExpr(e.Key) + "]" + DescribeExpr(e.Value)
	case *ast.CallExpr:
		return DescribeExpr(e.Fun) + "(...)"
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
			return DescribeExpr(e.Type) + "{...}"
		}
		return "a composite literal"
	case *ast.UnaryExpr:
		return e.Op.String() + DescribeExpr(e.X)
	case *ast.BinaryExpr:
		return DescribeExpr(e.X) + " " + e.Op.String() + " " + DescribeExpr(e.Y)
	}
	return "this expression"
}

// HasType says of which type something is: "is of type int", "is an inline struct".
func HasType(t ast.Expr) string {
	described := DescribeExpr(t)
	if strings.HasPrefix(described, "a ") || strings.HasPrefix(described, "an ") {
		return "is " + described
	}
	return "is of type " + described
}
