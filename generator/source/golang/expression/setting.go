package expression

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
	"github.com/groundplan/groundplan/generator/source/golang/vocabulary"
)

// literals reads settings: literals whose value is known without running the program, as Encore demands.
type literals struct {
	p        *facts.Package
	file     *facts.File
	language *vocabulary.Table
	spelling *source.GoSpelling
}

// Settings reads the config argument of a constructor; false when something of it is not known, which is reported.
func Settings(p *facts.Package, file *facts.File, language *vocabulary.Table, spelling *source.GoSpelling, e ast.Expr) (source.Value, bool) {
	return literals{p: p, file: file, language: language, spelling: spelling}.object(e)
}

// object reads a config argument: a composite literal with named fields.
func (l literals) object(e ast.Expr) (source.Value, bool) {
	literal, ok := e.(*ast.CompositeLit)
	if !ok {
		l.p.ErrorOn(l.file, e, "Settings are not a literal",
			fmt.Sprintf("write them here as %s{...} literal", withArticle(facts.LastElement(l.spelling.Package)+"."+l.spelling.ConfigType)),
			"The settings are read without running the program, and %s has to be run to be known.", DescribeExpr(e))
		return source.Value{}, false
	}
	return l.fields(literal)
}

func (l literals) fields(literal *ast.CompositeLit) (source.Value, bool) {
	value := source.Value{Kind: source.Object, At: l.file.At(facts.SpanOf(literal))}
	ok := true
	for _, element := range literal.Elts {
		pair, isPair := element.(*ast.KeyValueExpr)
		if !isPair {
			l.p.ErrorOn(l.file, element, "Setting without a name", "write it as Name: value", "Settings are read by name, and this one has none.")
			ok = false
			continue
		}
		key, isName := pair.Key.(*ast.Ident)
		if !isName {
			l.p.ErrorOn(l.file, pair.Key, "Setting without a name", "write the setting as Name: value", "Settings are read by name, and %s is none.", DescribeExpr(pair.Key))
			ok = false
			continue
		}
		field, fieldOK := l.field(key.Name, pair.Value)
		ok = ok && fieldOK
		value.Fields = append(value.Fields, source.Field{Name: key.Name, Value: field, At: l.file.At(facts.SpanOf(key))})
	}
	return value, ok
}

func (l literals) field(name string, e ast.Expr) (source.Value, bool) {
	if slices.Contains(l.spelling.Opaque, name) || slices.Contains(l.spelling.References, name) || name == l.spelling.Handler && name != "" {
		value := source.Value{Kind: source.Opaque, At: l.file.At(facts.SpanOf(e))}
		if target, ok := TypeName(l.file, ast.Unparen(e)); ok && target.String() == "nil" {
			value.Kind = source.Nil
		} else if ok {
			// The linker fills in the package once it knows which folder the name leads to.
			value.Kind, value.Text = source.Reference, target.Name
		}
		return value, true
	}
	value, ok := l.value(e)
	if !ok {
		l.p.ErrorOn(l.file, e, "Setting is not a constant",
			"write a literal, or arithmetic on literals and units as in 30 * time.Second",
			"%s is set to %s.", name, l.notConstant(e))
	}
	return value, ok
}

// notConstant says what an expression is that has no value before the program runs.
func (l literals) notConstant(e ast.Expr) string {
	if own, isName := ast.Unparen(e).(*ast.Ident); isName && l.p.Symbols[own.Name] == token.CONST {
		return "the constant " + own.Name + ", and constants of your own are not looked up"
	}
	named := false
	ast.Inspect(e, func(node ast.Node) bool {
		name, isName := node.(*ast.Ident)
		named = named || isName && name.Name != "true" && name.Name != "false"
		return true
	})
	if !named {
		return DescribeExpr(e) + ", which gives no value that a setting can hold"
	}
	return DescribeExpr(e) + ", which only the running program knows; constants of your own are not looked up"
}

func (l literals) value(e ast.Expr) (source.Value, bool) {
	at := l.file.At(facts.SpanOf(e))
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		if array, ok := e.Type.(*ast.ArrayType); ok {
			return l.list(array, e)
		}
		return l.fields(e)
	case *ast.UnaryExpr:
		if literal, ok := e.X.(*ast.CompositeLit); ok && e.Op == token.AND {
			value, ok := l.fields(literal)
			value.At = at
			return value, ok
		}
	case *ast.Ident:
		if e.Name == "nil" && l.p.Symbols["nil"] == 0 {
			return source.Value{Kind: source.Nil, At: at}, true
		}
	case *ast.SelectorExpr:
		if value, ok := l.named(e); ok {
			value.At = at
			return value, true
		}
	}
	result, ok := l.constant(e)
	if !ok {
		return source.Value{At: at}, false
	}
	value, ok := constantValue(result)
	value.At = at
	return value, ok
}

func (l literals) list(_ *ast.ArrayType, literal *ast.CompositeLit) (source.Value, bool) {
	value := source.Value{Kind: source.List, At: l.file.At(facts.SpanOf(literal))}
	for _, element := range literal.Elts {
		item, ok := l.value(element)
		if !ok {
			return value, false
		}
		value.Fields = append(value.Fields, source.Field{Value: item, At: item.At})
	}
	return value, true
}

// named returns a constant of the framework or of package time. One of the framework that the spellings do not list is
// still a constant, known by its name.
func (l literals) named(e *ast.SelectorExpr) (source.Value, bool) {
	x, ok := e.X.(*ast.Ident)
	if !ok || l.p.Symbols[x.Name] != 0 {
		return source.Value{}, false
	}
	importPath := l.file.ImportPath(x.Name)
	known, isFramework := l.language.Constants[importPath]
	if value, ok := known[e.Sel.Name]; ok {
		return value, true
	}
	if isFramework && importPath != "time" {
		return source.Value{Kind: source.Constant, Text: importPath + "." + e.Sel.Name}, true
	}
	return source.Value{}, false
}

// constant evaluates an expression as the compiler would; false when it is not constant for a reader without types.
func (l literals) constant(e ast.Expr) (constant.Value, bool) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return l.constant(e.X)
	case *ast.BasicLit:
		value := constant.MakeFromLiteral(e.Value, e.Kind, 0)
		return value, value.Kind() != constant.Unknown && e.Kind != token.IMAG
	case *ast.Ident:
		if (e.Name == "true" || e.Name == "false") && l.p.Symbols[e.Name] == 0 {
			return constant.MakeBool(e.Name == "true"), true
		}
	case *ast.SelectorExpr:
		value, ok := l.named(e)
		if !ok {
			return nil, false
		}
		return valueConstant(value)
	case *ast.CallExpr:
		return l.conversion(e)
	case *ast.UnaryExpr:
		x, ok := l.constant(e.X)
		if !ok || !isNumber(x) || e.Op != token.SUB && e.Op != token.ADD {
			return nil, false
		}
		return constant.UnaryOp(e.Op, x, 0), true
	case *ast.BinaryExpr:
		x, okX := l.constant(e.X)
		y, okY := l.constant(e.Y)
		if !okX || !okY {
			return nil, false
		}
		return binary(x, e.Op, y)
	}
	return nil, false
}

// conversion sees through time.Duration(x) and cron.Duration(x).
func (l literals) conversion(call *ast.CallExpr) (constant.Value, bool) {
	target, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) != 1 || target.Sel.Name != "Duration" {
		return nil, false
	}
	x, ok := target.X.(*ast.Ident)
	if !ok || l.p.Symbols[x.Name] != 0 {
		return nil, false
	}
	if _, known := l.language.Constants[l.file.ImportPath(x.Name)]; !known {
		return nil, false
	}
	return l.constant(call.Args[0])
}

func isNumber(v constant.Value) bool { return v.Kind() == constant.Int || v.Kind() == constant.Float }

func binary(x constant.Value, op token.Token, y constant.Value) (constant.Value, bool) {
	if x.Kind() == constant.String && y.Kind() == constant.String && op == token.ADD {
		return constant.BinaryOp(x, op, y), true
	}
	if !isNumber(x) || !isNumber(y) {
		return nil, false
	}
	integers := x.Kind() == constant.Int && y.Kind() == constant.Int
	switch op {
	case token.ADD, token.SUB, token.MUL:
		return constant.BinaryOp(x, op, y), true
	case token.QUO, token.REM:
		if constant.Sign(y) == 0 || op == token.REM && !integers {
			return nil, false
		}
		if op == token.QUO && integers {
			op = token.QUO_ASSIGN // truncates, as typed integers do
		}
		return constant.BinaryOp(x, op, y), true
	case token.AND, token.OR, token.XOR, token.AND_NOT:
		if integers {
			return constant.BinaryOp(x, op, y), true
		}
	case token.SHL, token.SHR:
		// The bound keeps a typing error from asking for gigabytes.
		if shift, exact := constant.Uint64Val(y); integers && exact && shift < 64 {
			return constant.Shift(x, op, uint(shift)), true
		}
	}
	return nil, false
}

func constantValue(v constant.Value) (source.Value, bool) {
	switch v.Kind() {
	case constant.Bool:
		return source.Value{Kind: source.Bool, Bool: constant.BoolVal(v)}, true
	case constant.String:
		return source.Value{Kind: source.String, Text: constant.StringVal(v)}, true
	case constant.Int:
		n, exact := constant.Int64Val(v)
		return source.Value{Kind: source.Int, Int: n}, exact
	case constant.Float:
		if n, exact := constant.Int64Val(constant.ToInt(v)); exact && constant.ToInt(v).Kind() == constant.Int {
			return source.Value{Kind: source.Int, Int: n}, true
		}
		f, _ := constant.Float64Val(v)
		return source.Value{Kind: source.Float, Float: f}, !math.IsInf(f, 0)
	}
	return source.Value{}, false
}

func valueConstant(v source.Value) (constant.Value, bool) {
	switch v.Kind {
	case source.Int:
		return constant.MakeInt64(v.Int), true
	case source.Float:
		return constant.MakeFloat64(v.Float), true
	case source.String:
		return constant.MakeString(v.Text), true
	case source.Bool:
		return constant.MakeBool(v.Bool), true
	}
	return nil, false
}

// StringLiteral is the text of a plain string literal; concatenations and constants do not count, as for Encore.
func StringLiteral(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

// withArticle puts a or an before a noun, by its first letter.
func withArticle(noun string) string {
	if noun != "" && strings.IndexByte("aeiou", noun[0]) >= 0 {
		return "an " + noun
	}
	return "a " + noun
}
