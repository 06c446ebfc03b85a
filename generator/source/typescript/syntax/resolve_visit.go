package syntax

// visit resolves n and everything below it in the current scope.
func (r *resolver) visit(n Node) {
	switch n := n.(type) {
	case *Identifier:
		r.reference(n, inValues)
	case *TypeReference:
		r.reference(n.Path[0], inTypes)
		walkTypes(r.visitFunc, n.Arguments...)
	case *TypeQuery:
		r.reference(n.Path[0], inValues)
		walkTypes(r.visitFunc, n.Arguments...)
	case *ImportAlias:
		if len(n.Path) > 0 {
			r.reference(n.Path[0], inValues|inTypes)
		}
	case *Import:
	case *Export:
		if n.From == nil && n.Declaration == nil {
			if n.Local != nil {
				r.reference(n.Local, inValues|inTypes)
			}
			expressions(r.visitFunc, n.Value)
		}
	case *Function:
		r.function(n)
	case *Class:
		r.class(n)
	case *Enum:
		r.enum(n)
	case *Namespace:
		r.push()
		for _, id := range n.Path[min(1, len(n.Path)):] {
			r.declare(r.scope, id, BindingNamespace, n, inValues|inTypes)
			r.push()
		}
		r.body(n.Body)
		for range n.Path[min(1, len(n.Path)):] {
			r.pop()
		}
		r.pop()
	case *Interface:
		r.push()
		r.generics(n.Generics)
		walkTypes(r.visitFunc, n.Extends...)
		each(n.Members, r.visitFunc)
		r.pop()
	case *TypeAlias:
		r.push()
		r.generics(n.Generics)
		r.visit(n.Type)
		r.pop()
	case Statement:
		r.statement(n)
	default:
		children(n, r.visitFunc)
	}
}

// statement opens the scopes of statements that have one.
func (r *resolver) statement(n Statement) {
	switch n := n.(type) {
	case *Block:
		r.push()
		r.declareAll(n.Statements)
		walkStatements(r.visitFunc, n.Statements...)
		r.pop()
	case *For, *ForEach:
		r.push()
		if f, ok := n.(*For); ok && f.Init != nil {
			r.declareStatement(f.Init)
		} else if f, ok := n.(*ForEach); ok {
			r.declareStatement(f.Target)
		}
		children(n, r.visitFunc)
		r.pop()
	case *Switch:
		r.visit(n.Value)
		r.push()
		for _, c := range n.Cases {
			r.declareAll(c.Statements)
		}
		each(n.Cases, r.visitFunc)
		r.pop()
	case *Try:
		r.visit(n.Body)
		if n.Catch != nil {
			r.push()
			if n.Parameter != nil {
				eachName(n.Parameter, func(id *Identifier) { r.declare(r.scope, id, BindingCatch, n, inValues) })
				r.visit(n.Parameter)
			}
			r.visit(n.Catch)
			r.pop()
		}
		if n.Finally != nil {
			r.visit(n.Finally)
		}
	default:
		children(n, r.visitFunc)
	}
}

// body resolves the statements of a function or a namespace, whose scope is the current one.
func (r *resolver) body(list []Statement) {
	r.hoist(list, r.scope)
	r.declareAll(list)
	walkStatements(r.visitFunc, list...)
}

func (r *resolver) generics(list []*TypeParameter) {
	for _, t := range list {
		r.declare(r.scope, t.Name, BindingTypeParameter, t, inTypes)
	}
	for _, t := range list {
		walkTypes(r.visitFunc, t.Constraint, t.Default)
	}
}

func (r *resolver) function(f *Function) {
	for _, a := range f.Parameters {
		expressions(r.visitFunc, a.Decorators...)
	}
	// The name of a function expression is visible in it alone, and its parameters shadow it.
	r.push()
	if f.Form == FunctionExpression {
		r.declare(r.scope, f.Name, BindingFunction, f, inValues)
	}
	r.push()
	r.generics(f.Generics)
	for _, a := range f.Parameters {
		eachName(a.Target, func(id *Identifier) { r.declare(r.scope, id, BindingParameter, a, inValues) })
	}
	for _, a := range f.Parameters {
		r.visit(a.Target)
		walkTypes(r.visitFunc, a.Type)
		expressions(r.visitFunc, a.Default)
	}
	walkTypes(r.visitFunc, f.Returns)
	expressions(r.visitFunc, f.Result)
	if f.Body != nil {
		r.push()
		r.body(f.Body.Statements)
		r.pop()
	}
	r.pop()
	r.pop()
}

func (r *resolver) class(c *Class) {
	expressions(r.visitFunc, c.Decorators...)
	r.push()
	if c.Name != nil && c.Name.Binding == nil {
		r.declare(r.scope, c.Name, BindingClass, c, inValues|inTypes)
	}
	r.generics(c.Generics)
	expressions(r.visitFunc, c.Base)
	walkTypes(r.visitFunc, c.BaseArguments...)
	walkTypes(r.visitFunc, c.Implements...)
	each(c.Members, r.visitFunc)
	r.pop()
}

// enum makes the members visible to each other's values.
func (r *resolver) enum(e *Enum) {
	r.push()
	for _, m := range e.Members {
		if m.Name.Form == NameIdentifier {
			r.declare(r.scope, &Identifier{Span: m.Name.Span, Name: m.Name.Text}, BindingEnumMember, m, inValues)
		}
	}
	each(e.Members, r.visitFunc)
	r.pop()
}
