package loading

import (
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
	"github.com/groundplan/groundplan/generator/source/typescript/trail"
)

// valuesOf are the functions, classes and objects that an expression could stand for. What the program computes in
// other ways is not known, and nothing.
func (w *walk) valuesOf(file *scope.File, e syntax.Expression, self syntax.Node) []callable {
	if e == nil {
		return nil
	}
	if values, ok := w.values[e]; ok {
		return values
	}
	w.values[e] = nil // what leads back to itself adds nothing
	if w.depth++; w.depth <= maxDepth {
		w.values[e] = w.evaluate(file, e, self)
	}
	w.depth--
	return w.values[e]
}

func (w *walk) evaluate(file *scope.File, e syntax.Expression, self syntax.Node) []callable {
	switch e := syntax.Unwrap(e).(type) {
	case *syntax.Function, *syntax.Class, *syntax.Object:
		return []callable{{file: file, node: e, self: self}}
	case *syntax.Identifier:
		return w.named(file, e.Binding)
	case *syntax.This, *syntax.Super:
		if self != nil {
			return []callable{{file: file, node: self, made: true, self: self}}
		}
	case *syntax.Await:
		return w.valuesOf(file, e.Value, self)
	case *syntax.Member:
		return w.members(file, e.Object, e.Name, self)
	case *syntax.Index:
		if key, ok := e.Key.(*syntax.String); ok {
			return w.members(file, e.Object, key.Value, self)
		}
	case *syntax.Conditional:
		return append(w.valuesOf(file, e.Then, self), w.valuesOf(file, e.Else, self)...)
	case *syntax.Binary:
		if e.Operator == "||" || e.Operator == "??" || e.Operator == "&&" {
			return append(w.valuesOf(file, e.Left, self), w.valuesOf(file, e.Right, self)...)
		}
	case *syntax.Assign:
		return w.valuesOf(file, e.Value, self)
	case *syntax.Sequence:
		return w.valuesOf(file, e.Values[len(e.Values)-1], self)
	case *syntax.New:
		return w.made(file, e, self)
	case *syntax.Call:
		return w.returned(file, e, self)
	}
	return nil
}

// made is what new makes: an instance of a class of the application, a resource, or something of others.
func (w *walk) made(file *scope.File, n *syntax.New, self syntax.Node) []callable {
	var made []callable
	for _, value := range w.valuesOf(file, n.Callee, self) {
		if class, ok := value.node.(*syntax.Class); ok {
			made = append(made, callable{file: value.file, node: class, made: true, self: class})
		}
	}
	if made == nil {
		return []callable{{file: file, node: n}}
	}
	return made
}

// returned are the values that a call returns. A function that is not of the application can return what it was given,
// as those do that remember results.
func (w *walk) returned(file *scope.File, call *syntax.Call, self syntax.Node) []callable {
	if index, ok := file.Dynamic[call]; ok {
		return w.imported(file, index)
	}
	this := []callable{{file: file, node: call}}
	if w.isFramework(file, call.Callee) {
		return this
	}
	callees := w.valuesOf(file, call.Callee, self)
	var values []callable
	for _, callee := range callees {
		function, ok := callee.node.(*syntax.Function)
		if !ok {
			values = append(values, callee) // what is made of it
			continue
		}
		if function.Result != nil {
			values = append(values, w.valuesOf(callee.file, function.Result, callee.self)...)
		}
		if function.Body == nil {
			continue
		}
		syntax.Walk(function.Body, func(n syntax.Node, _ []syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Function, *syntax.Class:
				return false
			case *syntax.Return:
				values = append(values, w.valuesOf(callee.file, n.Value, callee.self)...)
			}
			return true
		})
	}
	if len(callees) > 0 {
		return values
	}
	for _, argument := range call.Arguments {
		for _, value := range w.valuesOf(file, argument, self) {
			if _, ok := value.node.(*syntax.Function); ok {
				this = append(this, value)
			}
		}
	}
	return this
}

// named are the values behind a name of a file.
func (w *walk) named(file *scope.File, binding *syntax.Binding) []callable {
	if binding == nil {
		return nil
	}
	switch n := binding.Node.(type) {
	case *syntax.Function, *syntax.Class:
		return []callable{{file: file, node: n}}
	case *syntax.Parameter:
		path, ok := scope.PatternPath(n.Target, binding)
		switch {
		case !ok || len(path) > 1:
		case len(path) == 1:
			return []callable{{file: file, node: n, member: path[0]}}
		default:
			return []callable{{file: file, node: n}}
		}
	case *syntax.Declarator:
		values := w.assigned(file, binding)
		path, ok := scope.PatternPath(n.Target, binding)
		if !ok || n.Value == nil {
			return values
		}
		found := w.valuesOf(file, n.Value, nil)
		for _, name := range path {
			var members []callable
			for _, value := range found {
				members = append(members, w.member(value, name)...)
			}
			found = members
		}
		return append(found, values...)
	case *syntax.Import, *syntax.ImportName:
		if index, ok := file.Indexes[binding]; ok {
			return w.imported(file, index)
		}
	}
	return nil
}

// assigned are the values that are given to a variable after its declaration.
func (w *walk) assigned(file *scope.File, binding *syntax.Binding) []callable {
	if w.assignments[file] == nil {
		assigned := make(map[*syntax.Binding][]syntax.Expression)
		w.assignments[file] = assigned
		syntax.Walk(file.Syntax, func(n syntax.Node, _ []syntax.Node) bool {
			if assign, ok := n.(*syntax.Assign); ok {
				if id, ok := assign.Target.(*syntax.Identifier); ok && id.Binding != nil {
					assigned[id.Binding] = append(assigned[id.Binding], assign.Value)
				}
			}
			return true
		})
	}
	var values []callable
	for _, value := range w.assignments[file][binding] {
		values = append(values, w.valuesOf(file, value, nil)...)
	}
	return values
}

// imported are the values behind an imported name.
func (w *walk) imported(file *scope.File, index int32) []callable {
	name := &file.Module.Names[index]
	if name.Form != facts.Imported {
		return nil
	}
	target := w.trail.ByPath[file.Module.Imports[name.Source].Module]
	if target == nil {
		return nil
	}
	if len(name.Path) == 0 {
		if whole := w.file(target.Path); whole != nil {
			return []callable{{file: whole, node: whole.Syntax}}
		}
		return nil
	}
	return w.exported(target.Path, name.Path[0], &trail.Steps{})
}

// exported are the values of an exported name of a file.
func (w *walk) exported(name, export string, steps *trail.Steps) []callable {
	file := w.file(name)
	if file == nil || !steps.Next() || steps.Again(w.trail.ByPath[name], "value "+export, 0) {
		return nil
	}
	var stars []string
	for _, e := range file.Syntax.Exports {
		from := ""
		if e.From != nil {
			from = w.sources.Resolver.Resolve(name, e.From.Value)
		}
		switch {
		case e.TypeOnly:
		case e.Name == "" && from != "":
			stars = append(stars, from)
		case e.Name != export:
		case e.From != nil && e.Imported == "*":
			if whole := w.file(from); whole != nil {
				return []callable{{file: whole, node: whole.Syntax}}
			}
		case e.From != nil:
			return w.exported(from, e.Imported, steps)
		case e.Local != nil:
			return w.named(file, e.Local.Binding)
		case e.Value != nil:
			return w.valuesOf(file, e.Value, nil)
		case e.Declaration != nil:
			return []callable{{file: file, node: e.Declaration}}
		}
	}
	for _, star := range stars {
		if values := w.exported(star, export, steps); export != "default" && values != nil {
			return values
		}
	}
	return nil
}

func (w *walk) members(file *scope.File, object syntax.Expression, name string, self syntax.Node) []callable {
	var found []callable
	for _, value := range w.valuesOf(file, object, self) {
		found = append(found, w.member(value, name)...)
	}
	return found
}

// member are the values of a member of a value.
func (w *walk) member(value callable, name string) []callable {
	switch n := value.node.(type) {
	case *syntax.File: // a module as a whole
		return w.exported(value.file.Module.Path, name, &trail.Steps{})
	case *syntax.Function:
		if name == "call" || name == "apply" || name == "bind" {
			return []callable{value}
		}
	case *syntax.Parameter:
		if value.member == "" {
			return []callable{{file: value.file, node: n, member: name}}
		}
		return []callable{value}
	case *syntax.New, *syntax.Call:
		if value.member == "" {
			value.member = name
		}
		return []callable{value}
	case *syntax.Object:
		var found []callable
		for _, property := range n.Properties {
			switch {
			case property.Form == syntax.MemberSpread:
				found = append(found, w.members(value.file, property.Value, name, value.self)...)
			case property.Name.Text != name || property.Value == nil:
			default:
				found = append(found, w.valuesOf(value.file, property.Value, n)...)
			}
		}
		return found
	case *syntax.Class:
		return w.classMember(value, n, name)
	}
	return nil
}

func (w *walk) classMember(value callable, class *syntax.Class, name string) []callable {
	for _, member := range class.Members {
		switch {
		case member.Name.Text != name || member.Form == syntax.MemberConstructor:
		// this in a static method is the class itself, and the walk does not tell the two apart.
		case !value.made && !member.Modifiers.Has(syntax.Static):
		case member.Function != nil && member.Function.Body != nil:
			return []callable{{file: value.file, node: member.Function, self: class}}
		case member.Value != nil:
			return w.valuesOf(value.file, member.Value, class)
		}
	}
	found := w.fields(value.file, class, name)
	if class.Base == nil {
		return found
	}
	for _, base := range w.valuesOf(value.file, class.Base, nil) {
		base.made = value.made
		found = append(found, w.member(base, name)...)
	}
	return found
}

// fields are the values that a constructor gives a field.
func (w *walk) fields(file *scope.File, class *syntax.Class, name string) []callable {
	constructor := w.functionOf(callable{node: class}, true)
	if constructor == nil {
		return nil
	}
	var found []callable
	for _, parameter := range constructor.Parameters {
		if id, ok := parameter.Target.(*syntax.Identifier); ok && id.Name == name && parameter.Modifiers != 0 {
			found = append(found, callable{file: file, node: parameter})
		}
	}
	syntax.Walk(constructor.Body, func(n syntax.Node, _ []syntax.Node) bool {
		if assign, ok := n.(*syntax.Assign); ok {
			if member, ok := assign.Target.(*syntax.Member); ok && member.Name == name {
				if _, isThis := member.Object.(*syntax.This); isThis {
					found = append(found, w.valuesOf(file, assign.Value, class)...)
				}
			}
		}
		return true
	})
	return found
}

// getter is the function that runs when a member of a value is read, nil for none.
func (w *walk) getter(value callable, name string) *syntax.Function {
	switch n := value.node.(type) {
	case *syntax.Object:
		for _, property := range n.Properties {
			if property.Form == syntax.MemberGetter && property.Name.Text == name {
				function, _ := property.Value.(*syntax.Function)
				return function
			}
		}
	case *syntax.Class:
		for _, member := range n.Members {
			if member.Form == syntax.MemberGetter && member.Name.Text == name && value.made != member.Modifiers.Has(syntax.Static) {
				return member.Function
			}
		}
	}
	return nil
}
