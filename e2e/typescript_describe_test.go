//go:build validate

package e2e_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// describeTypeScript prints the tree in the lines of testdata/typescript/oracle.cjs.
func describeTypeScript(file *syntax.File, names bool) []string {
	d := &describer{file: file, names: names}
	d.imports()
	d.exports()
	syntax.Walk(file, d.visit)
	return d.lines
}

type describer struct {
	file  *syntax.File
	names bool
	lines []string
}

func (d *describer) add(format string, arguments ...any) {
	d.lines = append(d.lines, strings.TrimRight(fmt.Sprintf(format, arguments...), " "))
}

func extent(n syntax.Node) string {
	s := n.Extent()
	return strconv.Itoa(s.Start) + " " + strconv.Itoa(s.End)
}

func extents[N syntax.Node](list []N) string {
	var parts []string
	for _, n := range list {
		parts = append(parts, strings.Replace(extent(n), " ", "-", 1))
	}
	return strings.Join(parts, ",")
}

func when(condition bool, word string) string {
	if condition {
		return " " + word
	}
	return ""
}

func (d *describer) imports() {
	for _, i := range d.file.Imports {
		var parts []string
		if i.Default != nil {
			parts = append(parts, "default "+i.Default.Name)
		}
		if i.Namespace != nil {
			parts = append(parts, "* "+i.Namespace.Name)
		}
		for _, n := range i.Named {
			mark := ""
			if n.TypeOnly {
				mark = "type "
			}
			parts = append(parts, mark+n.Imported+" as "+n.Local.Name+" "+strings.Replace(extent(n), " ", "-", 1))
		}
		d.add("import %s %s%s%s [%s]", extent(i), i.Module.Value, when(i.TypeOnly, "type"), when(i.Phase != "", i.Phase), strings.Join(parts, "; "))
	}
}

func (d *describer) exports() {
	seen := map[string]bool{}
	for _, e := range d.file.Exports {
		switch {
		case e.From != nil:
			d.add("export %s %s %s%s", e.Name, e.From.Value, e.Imported, when(e.TypeOnly, "type"))
		case e.Value != nil:
			d.add("export %s %s", e.Name, extent(e))
		case e.Declaration != nil:
			// Overloads are one export here, one a line there; a name declared twice in one statement is one in both.
			key := e.Name + " " + extent(e.Declaration)
			if !seen[key] {
				seen[key] = true
				d.add("export %s declared", e.Name)
			}
			if f, ok := e.Declaration.(*syntax.Function); ok {
				for _, s := range d.file.Statements {
					if o, ok := s.(*syntax.Function); ok && o != f && o.Modifiers.Has(syntax.Exported) && o.Body == nil &&
						!o.Modifiers.Has(syntax.Declare) && exportName(o) == e.Name && o.Start < f.Start {
						d.add("export %s declared", e.Name)
					}
				}
			}
		default:
			d.add("export %s  %s%s", e.Name, d.localName(e), when(e.TypeOnly, "type"))
		}
	}
}

func exportName(f *syntax.Function) string {
	if f.Modifiers.Has(syntax.Default) || f.Name == nil {
		return "default"
	}
	return f.Name.Name
}

func (d *describer) localName(e *syntax.Export) string {
	if e.Local != nil {
		return e.Local.Name
	}
	return ""
}

// visit prints one node. Types are not compared, except as arguments of calls.
func (d *describer) visit(n syntax.Node, ancestors []syntax.Node) bool {
	switch n := n.(type) {
	case syntax.Type, *syntax.TypeParameter, *syntax.Import, *syntax.ImportAlias:
		return false
	case *syntax.Export:
		return n.Value != nil
	case *syntax.Interface, *syntax.TypeAlias:
		d.add("%s %s", wordPattern[fmt.Sprintf("%T", n)], extent(n))
		return false
	case *syntax.Identifier:
		d.identifier(n, ancestors[len(ancestors)-1])
	case *syntax.ExpressionStatement, *syntax.Variables:
		switch parent := ancestors[len(ancestors)-1].(type) {
		case *syntax.For:
			if parent.Init == n {
				return true
			}
		case *syntax.ForEach:
			if parent.Target == n {
				return true
			}
		}
		d.add("%s %s", wordPattern[fmt.Sprintf("%T", n)], extent(n))
	case *syntax.Spread:
		// {...x} between the tags of an element is another node there.
		if _, ok := ancestors[len(ancestors)-1].(*syntax.JSX); !ok {
			d.add("spread %s", extent(n))
		}
	case *syntax.Meta:
		if n.Name != "import" || n.End-n.Start > len("import") {
			d.add("meta %s", extent(n))
		}
	case *syntax.ClassMember:
		if n.Form == syntax.MemberProperty {
			d.add("field %s", extent(n))
		}
	case *syntax.Property:
		if n.Form != syntax.MemberMethod && n.Form != syntax.MemberGetter && n.Form != syntax.MemberSetter {
			d.add("prop %s", extent(n))
		}
	case *syntax.Function:
		if m, ok := ancestors[len(ancestors)-1].(*syntax.ClassMember); ok && m.Form == syntax.MemberStaticBlock {
			return true
		}
		d.add("function %s %d%s%s%s", extent(n), len(n.Parameters), when(n.Body != nil || n.Result != nil, "body"),
			when(n.Modifiers.Has(syntax.Async), "async"), when(n.Generator, "generator"))
	case syntax.Expression:
		d.expression(n)
	default:
		if word := wordPattern[fmt.Sprintf("%T", n)]; word != "" {
			d.add("%s %s", word, extent(n))
		}
	}
	return true
}

func (d *describer) expression(e syntax.Expression) {
	switch e := e.(type) {
	case *syntax.String:
		d.add("string %s %s", extent(e), hashOf(e.Value))
	case *syntax.Template:
		d.add("template %s %s", extent(e), hashOf(e.Texts...))
	case *syntax.TaggedTemplate:
		d.add("tagged %s types %s", extent(e), extents(e.Types))
	case *syntax.Member:
		d.add("member %s %s %s%s", extent(e), extent(e.NameAt), e.Name, when(e.Optional, "optional"))
	case *syntax.Index:
		d.add("index %s%s", extent(e), when(e.Optional, "optional"))
	case *syntax.Call:
		d.add("call %s callee %s types %s arguments %s%s", extent(e), extent(e.Callee), extents(e.Types), extents(e.Arguments), when(e.Optional, "optional"))
	case *syntax.New:
		d.add("new %s callee %s types %s arguments %s", extent(e), extent(e.Callee), extents(e.Types), extents(e.Arguments))
	case *syntax.Instantiation:
		d.add("instantiation %s types %s", extent(e), extents(e.Types))
	case *syntax.Array:
		d.add("array %s %d", extent(e), len(e.Elements))
	case *syntax.Binary:
		d.add("binary %s %s", extent(e), e.Operator)
	case *syntax.Assign:
		d.add("binary %s %s", extent(e), e.Operator)
	case *syntax.Class:
		d.add("class %s %d", extent(e), len(e.Members))
	default:
		if word := wordPattern[fmt.Sprintf("%T", e)]; word != "" {
			d.add("%s %s", word, extent(e))
		}
	}
}

// identifier prints references; names that are declared stand directly below the node that declares them.
func (d *describer) identifier(id *syntax.Identifier, parent syntax.Node) {
	switch parent := parent.(type) {
	case *syntax.Declarator:
		if parent.Target == id {
			return
		}
	case *syntax.Parameter:
		if parent.Target == id {
			return
		}
	case *syntax.PatternProperty:
		if parent.Target == id {
			return
		}
	case *syntax.PatternElement:
		if parent.Target == id {
			return
		}
	case *syntax.ObjectPattern, *syntax.ArrayPattern, *syntax.Namespace:
		return
	case *syntax.Function:
		if parent.Name == id {
			return
		}
	case *syntax.Class:
		if parent.Name == id {
			return
		}
	case *syntax.Enum:
		return
	case *syntax.Try:
		return
	}
	if !d.names {
		d.add("reference %s", extent(id))
		return
	}
	declared := ""
	if id.Binding != nil {
		declared = strconv.Itoa(id.Binding.At.Start)
	}
	d.lines = append(d.lines, "reference "+extent(id)+" -> "+declared)
}

var wordPattern = map[string]string{
	"*syntax.Number": "num", "*syntax.Regex": "regex", "*syntax.Boolean": "bool", "*syntax.Null": "null",
	"*syntax.This": "this", "*syntax.Super": "super", "*syntax.PrivateName": "private", "*syntax.Paren": "paren",
	"*syntax.Conditional": "cond", "*syntax.Await": "await", "*syntax.Yield": "yield", "*syntax.Cast": "cast",
	"*syntax.JSX": "jsx", "*syntax.JSXAttribute": "attr", "*syntax.Object": "object",
	"*syntax.Unary": "unary", "*syntax.ExpressionStatement": "expr", "*syntax.Block": "block", "*syntax.If": "if",
	"*syntax.For": "for", "*syntax.ForEach": "foreach", "*syntax.While": "while", "*syntax.Switch": "switch",
	"*syntax.Case": "case", "*syntax.Try": "try", "*syntax.Return": "return", "*syntax.Throw": "throw",
	"*syntax.Jump": "jump", "*syntax.Labeled": "labeled", "*syntax.With": "with", "*syntax.Empty": "empty",
	"*syntax.Variables": "vars", "*syntax.Declarator": "declarator", "*syntax.Enum": "enum", "*syntax.Namespace": "namespace",
	"*syntax.Interface": "interface", "*syntax.TypeAlias": "type", "*syntax.Parameter": "param",
}
