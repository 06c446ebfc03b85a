package syntax

// BindingKind is what a name was declared as.
type BindingKind uint8

const (
	BindingImport BindingKind = iota
	BindingVariable
	BindingParameter
	BindingCatch
	BindingFunction
	BindingClass
	BindingEnum
	BindingEnumMember
	BindingNamespace
	BindingInterface
	BindingTypeAlias
	BindingTypeParameter
)

// Binding is one declared name. Declarations that TypeScript merges (overloads, a class and its namespace, repeated
// var) are one Binding.
type Binding struct {
	Name string
	Kind BindingKind
	// At is the name where it is declared first.
	At Span
	// Node declares it: *Import, *ImportName, *ImportAlias, *Declarator, *Parameter, *Try, *Function (of overloads the
	// one with the body), *Class, *Enum, *EnumMember, *Namespace, *Interface, *TypeAlias or *TypeParameter.
	Node Node
	// TopLevel marks what every part of the file can see.
	TopLevel bool
	// References are the places that name it, in source order, without its declarations. Those inside an OpaqueType
	// are not known.
	References []*Identifier
}

// Names are the names of a file.
type Names struct {
	// Values and Types are the top-level names. A class, an enum, a namespace and an import is in both.
	Values map[string]*Binding
	Types  map[string]*Binding
	// All are the bindings of the file, top level and local, in the order their scopes begin.
	All []*Binding
}

// Resolve decides what every identifier of the file means, by the rules of the language: blocks, functions and their
// parameters shadow, var and function declarations are visible before they stand. It fills Identifier.Binding.
// Identifiers that no declaration of the file explains (globals) keep nil. Not modelled: what one block of a namespace
// exports to another block of the same name.
func Resolve(f *File) *Names {
	r := &resolver{}
	r.visitFunc = r.visit
	top := r.push()
	top.top = true
	r.hoist(f.Statements, top)
	r.declareAll(f.Statements)
	for _, s := range f.Statements {
		r.visit(s)
	}
	return &Names{Values: top.values, Types: top.types, All: r.all}
}

// scope holds the names of one block. Maps are made on first use: most blocks declare nothing.
type scope struct {
	outer  *scope
	values map[string]*Binding
	types  map[string]*Binding
	top    bool
}

type resolver struct {
	scope     *scope
	all       []*Binding
	visitFunc func(Node)
}

func (r *resolver) push() *scope {
	r.scope = &scope{outer: r.scope}
	return r.scope
}

func (r *resolver) pop() { r.scope = r.scope.outer }

// spaces a name can live in.
const (
	inValues = 1 << iota
	inTypes
)

func (r *resolver) declare(s *scope, id *Identifier, kind BindingKind, node Node, spaces int) {
	if id == nil {
		return
	}
	if b := s.merge(id.Name, kind, node, spaces); b != nil {
		id.Binding = b
		return
	}
	b := &Binding{Name: id.Name, Kind: kind, At: id.Span, Node: node, TopLevel: s.top}
	r.all = append(r.all, b)
	id.Binding = b
	s.put(b, spaces)
}

func (s *scope) put(b *Binding, spaces int) {
	if spaces&inValues != 0 {
		if s.values == nil {
			s.values = map[string]*Binding{}
		}
		if s.values[b.Name] == nil {
			s.values[b.Name] = b
		}
	}
	if spaces&inTypes != 0 {
		if s.types == nil {
			s.types = map[string]*Binding{}
		}
		if s.types[b.Name] == nil {
			s.types[b.Name] = b
		}
	}
}

// merge returns the binding that a further declaration of name belongs to, nil for a new one.
func (s *scope) merge(name string, kind BindingKind, node Node, spaces int) *Binding {
	var b *Binding
	if spaces&inValues != 0 {
		b = s.values[name]
	}
	if b == nil && spaces&inTypes != 0 {
		b = s.types[name]
		// const X beside type X are two; class X beside interface X is one.
		if b != nil && spaces&inValues != 0 {
			s.put(b, inValues)
		}
	}
	if b == nil {
		return nil
	}
	s.put(b, spaces)
	if (b.Kind == BindingInterface || b.Kind == BindingNamespace) && kind >= BindingFunction && kind <= BindingEnum {
		// What has a value says more than what was merged with it.
		b.Kind, b.Node = kind, node
	}
	if f, ok := node.(*Function); ok && f.Body != nil {
		if old, ok := b.Node.(*Function); ok && old.Body == nil {
			b.Node = f
		}
	}
	return b
}

// declareAll declares what the statements of a block declare for the whole block.
func (r *resolver) declareAll(list []Statement) {
	for _, s := range list {
		r.declareStatement(s)
	}
}

func (r *resolver) declareStatement(s Statement) {
	switch s := s.(type) {
	case *Variables:
		if s.Kind != VariableVar {
			r.declareVariables(s, r.scope)
		}
	case *Function:
		r.declare(r.scope, s.Name, BindingFunction, s, inValues)
	case *Class:
		r.declare(r.scope, s.Name, BindingClass, s, inValues|inTypes)
	case *Enum:
		r.declare(r.scope, s.Name, BindingEnum, s, inValues|inTypes)
	case *Namespace:
		if len(s.Path) > 0 {
			r.declare(r.scope, s.Path[0], BindingNamespace, s, inValues|inTypes)
		}
	case *Interface:
		r.declare(r.scope, s.Name, BindingInterface, s, inTypes)
	case *TypeAlias:
		r.declare(r.scope, s.Name, BindingTypeAlias, s, inTypes)
	case *ImportAlias:
		r.declare(r.scope, s.Name, BindingImport, s, inValues|inTypes)
	case *Import:
		r.declare(r.scope, s.Default, BindingImport, s, inValues|inTypes)
		r.declare(r.scope, s.Namespace, BindingImport, s, inValues|inTypes)
		for _, n := range s.Named {
			r.declare(r.scope, n.Local, BindingImport, n, inValues|inTypes)
		}
	case *Labeled:
		r.declareStatement(s.Body)
	}
}

func (r *resolver) declareVariables(v *Variables, s *scope) {
	for _, d := range v.Declarators {
		eachName(d.Target, func(id *Identifier) { r.declare(s, id, BindingVariable, d, inValues) })
	}
}

// hoist declares the var declarations of a function body, or of the file, wherever they stand in it.
func (r *resolver) hoist(list []Statement, s *scope) {
	for _, statement := range list {
		r.hoistStatement(statement, s)
	}
}

func (r *resolver) hoistStatement(statement Statement, s *scope) {
	switch n := statement.(type) {
	case *Variables:
		if n.Kind == VariableVar {
			r.hoistVariables(n, s)
		}
	case *Block:
		r.hoist(n.Statements, s)
	case *If:
		r.hoistStatement(n.Then, s)
		r.hoistStatement(n.Else, s)
	case *For:
		r.hoistStatement(n.Init, s)
		r.hoistStatement(n.Body, s)
	case *ForEach:
		r.hoistStatement(n.Target, s)
		r.hoistStatement(n.Body, s)
	case *While:
		r.hoistStatement(n.Body, s)
	case *Switch:
		for _, c := range n.Cases {
			r.hoist(c.Statements, s)
		}
	case *Try:
		r.hoist(n.Body.Statements, s)
		if n.Catch != nil {
			r.hoist(n.Catch.Statements, s)
		}
		if n.Finally != nil {
			r.hoist(n.Finally.Statements, s)
		}
	case *Labeled:
		r.hoistStatement(n.Body, s)
	case *With:
		r.hoistStatement(n.Body, s)
	}
}

// hoistVariables declares var names. A var that repeats a parameter is the parameter.
func (r *resolver) hoistVariables(v *Variables, s *scope) {
	for _, d := range v.Declarators {
		eachName(d.Target, func(id *Identifier) {
			if s.outer != nil && !s.top {
				if b := s.outer.values[id.Name]; b != nil && b.Kind == BindingParameter {
					id.Binding = b
					return
				}
			}
			r.declare(s, id, BindingVariable, d, inValues)
		})
	}
}

func (r *resolver) reference(id *Identifier, spaces int) {
	if id.Binding != nil {
		return
	}
	for s := r.scope; s != nil; s = s.outer {
		var b *Binding
		if spaces&inValues != 0 {
			b = s.values[id.Name]
		}
		if b == nil && spaces&inTypes != 0 {
			b = s.types[id.Name]
		}
		if b != nil {
			id.Binding = b
			b.References = append(b.References, id)
			return
		}
	}
}
