//go:build validate

package e2e_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/generator/source/typescript"
)

// describeTypeScript prints the tree in the lines of testdata/typescript/oracle.cjs.
func describeTypeScript(file *typescript.File, names bool) []string {
	d := &describer{file: file, names: names}
	d.imports()
	d.exports()
	typescript.Walk(file, d.visit)
	return d.lines
}

type describer struct {
	file  *typescript.File
	names bool
	lines []string
}

func (d *describer) add(format string, arguments ...any) {
	d.lines = append(d.lines, strings.TrimRight(fmt.Sprintf(format, arguments...), " "))
}

func extent(n typescript.Node) string {
	s := n.Extent()
	return strconv.Itoa(s.Start) + " " + strconv.Itoa(s.End)
}

func extents[N typescript.Node](list []N) string {
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
			if f, ok := e.Declaration.(*typescript.Function); ok {
				for _, s := range d.file.Statements {
					if o, ok := s.(*typescript.Function); ok && o != f && o.Modifiers.Has(typescript.Exported) && o.Body == nil &&
						!o.Modifiers.Has(typescript.Declare) && exportName(o) == e.Name && o.Start < f.Start {
						d.add("export %s declared", e.Name)
					}
				}
			}
		default:
			d.add("export %s  %s%s", e.Name, d.localName(e), when(e.TypeOnly, "type"))
		}
	}
}

func exportName(f *typescript.Function) string {
	if f.Modifiers.Has(typescript.Default) || f.Name == nil {
		return "default"
	}
	return f.Name.Name
}

func (d *describer) localName(e *typescript.Export) string {
	if e.Local != nil {
		return e.Local.Name
	}
	return ""
}

// visit prints one node. Types are not compared, except as arguments of calls.
func (d *describer) visit(n typescript.Node, ancestors []typescript.Node) bool {
	switch n := n.(type) {
	case typescript.Type, *typescript.TypeParameter, *typescript.Import, *typescript.ImportAlias:
		return false
	case *typescript.Export:
		return n.Value != nil
	case *typescript.Interface, *typescript.TypeAlias:
		d.add("%s %s", words[fmt.Sprintf("%T", n)], extent(n))
		return false
	case *typescript.Identifier:
		d.identifier(n, ancestors[len(ancestors)-1])
	case *typescript.ExpressionStatement, *typescript.Variables:
		switch parent := ancestors[len(ancestors)-1].(type) {
		case *typescript.For:
			if parent.Init == n {
				return true
			}
		case *typescript.ForEach:
			if parent.Target == n {
				return true
			}
		}
		d.add("%s %s", words[fmt.Sprintf("%T", n)], extent(n))
	case *typescript.Spread:
		// {...x} between the tags of an element is another node there.
		if _, ok := ancestors[len(ancestors)-1].(*typescript.JSX); !ok {
			d.add("spread %s", extent(n))
		}
	case *typescript.Meta:
		if n.Name != "import" || n.End-n.Start > len("import") {
			d.add("meta %s", extent(n))
		}
	case *typescript.ClassMember:
		if n.Form == typescript.MemberProperty {
			d.add("field %s", extent(n))
		}
	case *typescript.Property:
		if n.Form != typescript.MemberMethod && n.Form != typescript.MemberGetter && n.Form != typescript.MemberSetter {
			d.add("prop %s", extent(n))
		}
	case *typescript.Function:
		if m, ok := ancestors[len(ancestors)-1].(*typescript.ClassMember); ok && m.Form == typescript.MemberStaticBlock {
			return true
		}
		d.add("function %s %d%s%s%s", extent(n), len(n.Parameters), when(n.Body != nil || n.Result != nil, "body"),
			when(n.Modifiers.Has(typescript.Async), "async"), when(n.Generator, "generator"))
	case typescript.Expression:
		d.expression(n)
	default:
		if word := words[fmt.Sprintf("%T", n)]; word != "" {
			d.add("%s %s", word, extent(n))
		}
	}
	return true
}

func (d *describer) expression(e typescript.Expression) {
	switch e := e.(type) {
	case *typescript.String:
		d.add("string %s %s", extent(e), hashOf(e.Value))
	case *typescript.Template:
		d.add("template %s %s", extent(e), hashOf(e.Texts...))
	case *typescript.TaggedTemplate:
		d.add("tagged %s types %s", extent(e), extents(e.Types))
	case *typescript.Member:
		d.add("member %s %s %s%s", extent(e), extent(e.NameAt), e.Name, when(e.Optional, "optional"))
	case *typescript.Index:
		d.add("index %s%s", extent(e), when(e.Optional, "optional"))
	case *typescript.Call:
		d.add("call %s callee %s types %s arguments %s%s", extent(e), extent(e.Callee), extents(e.Types), extents(e.Arguments), when(e.Optional, "optional"))
	case *typescript.New:
		d.add("new %s callee %s types %s arguments %s", extent(e), extent(e.Callee), extents(e.Types), extents(e.Arguments))
	case *typescript.Instantiation:
		d.add("instantiation %s types %s", extent(e), extents(e.Types))
	case *typescript.Array:
		d.add("array %s %d", extent(e), len(e.Elements))
	case *typescript.Binary:
		d.add("binary %s %s", extent(e), e.Operator)
	case *typescript.Assign:
		d.add("binary %s %s", extent(e), e.Operator)
	case *typescript.Class:
		d.add("class %s %d", extent(e), len(e.Members))
	default:
		if word := words[fmt.Sprintf("%T", e)]; word != "" {
			d.add("%s %s", word, extent(e))
		}
	}
}

// identifier prints references; names that are declared stand directly below the node that declares them.
func (d *describer) identifier(id *typescript.Identifier, parent typescript.Node) {
	switch parent := parent.(type) {
	case *typescript.Declarator:
		if parent.Target == id {
			return
		}
	case *typescript.Parameter:
		if parent.Target == id {
			return
		}
	case *typescript.PatternProperty:
		if parent.Target == id {
			return
		}
	case *typescript.PatternElement:
		if parent.Target == id {
			return
		}
	case *typescript.ObjectPattern, *typescript.ArrayPattern, *typescript.Namespace:
		return
	case *typescript.Function:
		if parent.Name == id {
			return
		}
	case *typescript.Class:
		if parent.Name == id {
			return
		}
	case *typescript.Enum:
		return
	case *typescript.Try:
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

var words = map[string]string{
	"*typescript.Number": "num", "*typescript.Regex": "regex", "*typescript.Boolean": "bool", "*typescript.Null": "null",
	"*typescript.This": "this", "*typescript.Super": "super", "*typescript.PrivateName": "private", "*typescript.Paren": "paren",
	"*typescript.Conditional": "cond", "*typescript.Await": "await", "*typescript.Yield": "yield", "*typescript.Cast": "cast",
	"*typescript.JSX": "jsx", "*typescript.JSXAttribute": "attr", "*typescript.Object": "object",
	"*typescript.Unary": "unary", "*typescript.ExpressionStatement": "expr", "*typescript.Block": "block", "*typescript.If": "if",
	"*typescript.For": "for", "*typescript.ForEach": "foreach", "*typescript.While": "while", "*typescript.Switch": "switch",
	"*typescript.Case": "case", "*typescript.Try": "try", "*typescript.Return": "return", "*typescript.Throw": "throw",
	"*typescript.Jump": "jump", "*typescript.Labeled": "labeled", "*typescript.With": "with", "*typescript.Empty": "empty",
	"*typescript.Variables": "vars", "*typescript.Declarator": "declarator", "*typescript.Enum": "enum", "*typescript.Namespace": "namespace",
	"*typescript.Interface": "interface", "*typescript.TypeAlias": "type", "*typescript.Parameter": "param",
}
