package syntax

// Type is a type as written. Only the forms below are told apart; every other one is an *OpaqueType with its extent.
type Type interface {
	Node
	typeNode()
}

// TypeReference is a named type, Path[0].Path[1]<Arguments>. Predefined types such as string and undefined are
// references with one name as well.
type TypeReference struct {
	Span
	// Path has at least one name; the first is a reference that Resolve binds.
	Path      []*Identifier
	Arguments []Type
}

// ImportType is import("Module").Path<Arguments>, with Typeof in front or not.
type ImportType struct {
	Span
	Typeof    bool
	Module    *String // nil when the argument is no string literal
	Path      []string
	Arguments []Type
}

// TypeQuery is typeof Path[0].Path[1]<Arguments>, the type of a value. The first name is a reference to a value.
type TypeQuery struct {
	Span
	Path      []*Identifier
	Arguments []Type
}

// LiteralType is a string, number, true, false, null or a template without placeholders used as a type.
type LiteralType struct {
	Span
	// Value is a *String, *Number (Text with its sign), *Boolean, *Null or *Template.
	Value Expression
}

// CombinedType is A | B, or A & B with Intersection. Types has at least one element.
type CombinedType struct {
	Span
	Intersection bool
	Types        []Type
}

// ArrayType is Element[].
type ArrayType struct {
	Span
	Element Type
}

// TupleType is [A, b: B, ...C]; labels and optional marks are not kept.
type TupleType struct {
	Span
	Elements []Type
}

// ParenType is (Type).
type ParenType struct {
	Span
	Type Type
}

// ObjectType is {a: A; b(): B}.
type ObjectType struct {
	Span
	Members []*TypeMember
}

// OpaqueType is any other type: function types, conditional and mapped types, indexed access, type operators,
// templates with placeholders, predicates.
type OpaqueType struct{ Span }

// TypeMember is one member of an interface or an object type.
type TypeMember struct {
	Span
	Form     MemberForm
	Name     PropertyName // empty for signatures
	Readonly bool
	Optional bool
	// Type is the type of a property, the result of a method or getter; nil when not written.
	Type Type
}

// TypeParameter is one name between angle brackets of a declaration.
type TypeParameter struct {
	Span
	Modifiers  Modifiers
	Name       *Identifier
	Constraint Type // nil when absent
	Default    Type // nil when absent
}

func (*TypeReference) typeNode() {}
func (*ImportType) typeNode()    {}
func (*TypeQuery) typeNode()     {}
func (*LiteralType) typeNode()   {}
func (*CombinedType) typeNode()  {}
func (*ArrayType) typeNode()     {}
func (*TupleType) typeNode()     {}
func (*ParenType) typeNode()     {}
func (*ObjectType) typeNode()    {}
func (*OpaqueType) typeNode()    {}
