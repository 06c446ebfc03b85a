package syntax

// Identifier is a name: of a binding where it is declared, a reference to one where it is an expression. Names after
// a dot, of properties and of labels are plain strings.
type Identifier struct {
	Span
	Name string
	// Binding is what the name means here, set by Resolve for references and for the declared names themselves; nil
	// for names that the file does not declare.
	Binding *Binding
}

// String is a string literal in quotes; Value has the escapes resolved.
type String struct {
	Span
	Value string
}

// Template is a template literal. Values are the expressions in it, Texts the cooked text around them, one more than
// there are Values. Without Values it stands for a constant string.
type Template struct {
	Span
	Texts  []string
	Values []Expression
}

// TaggedTemplate is Tag`...`, with type arguments when it has some.
type TaggedTemplate struct {
	Span
	Tag      Expression
	Types    []Type
	Template *Template
}

// Number is a number or, with Big, a bigint; Text is as written.
type Number struct {
	Span
	Text string
	Big  bool
}

// Float returns the value of a number, with separators and prefixes understood; false for what is none.
func (n *Number) Float() (float64, bool) { return parseNumber(n.Text) }

// Boolean is true or false.
type Boolean struct {
	Span
	Value bool
}

// Null is null. undefined is an Identifier.
type Null struct{ Span }

// Regex is a regular expression literal, Text as written.
type Regex struct {
	Span
	Text string
}

// This is this, Super is super.
type (
	This  struct{ Span }
	Super struct{ Span }
)

// Meta is import.meta, new.target or the import in import("m"); Name is "import.meta", "new.target" or "import".
type Meta struct {
	Span
	Name string
}

// PrivateName is #name in front of in.
type PrivateName struct {
	Span
	Name string
}

// Member is Object.Name and Object?.Name; Name starts with # for private names.
type Member struct {
	Span
	Object   Expression
	Name     string
	NameAt   Span
	Optional bool
}

// Index is Object[Key] and Object?.[Key].
type Index struct {
	Span
	Object   Expression
	Key      Expression
	Optional bool
}

// Call is Callee(Arguments), with type arguments when it has some. The Callee of import("m") is a *Meta.
type Call struct {
	Span
	Callee    Expression
	Types     []Type
	Arguments []Expression // a *Spread for ...x
	Optional  bool         // Callee?.()
}

// New is new Callee(Arguments).
type New struct {
	Span
	Callee    Expression
	Types     []Type
	Arguments []Expression
	// Bare marks new Callee without parentheses.
	Bare bool
}

// Instantiation is f<T> that is not called.
type Instantiation struct {
	Span
	Value Expression
	Types []Type
}

// Spread is ...Value in an array or in arguments.
type Spread struct {
	Span
	Value Expression
}

// Object is an object literal.
type Object struct {
	Span
	Properties []*Property
}

// Property is one property of an object literal.
type Property struct {
	Span
	Form MemberForm
	Name PropertyName // empty for a spread
	// Value is the value, the *Identifier of a shorthand, the operand of a spread, the *Function of a method.
	Value Expression
	// Default is x in {a = x}, which is legal only where the object is assigned to; nil otherwise.
	Default Expression
}

// Array is an array literal; Elements has a nil for every hole.
type Array struct {
	Span
	Elements []Expression
}

// Paren is an expression in parentheses.
type Paren struct {
	Span
	Value Expression
}

// Unary is Operator Value, or Value Operator with Postfix: + - ~ ! ++ -- typeof void delete.
type Unary struct {
	Span
	Operator string
	Postfix  bool
	Value    Expression
}

// Binary is Left Operator Right; the comma has a Sequence and assignment an Assign of its own.
type Binary struct {
	Span
	Operator string
	Left     Expression
	Right    Expression
}

// Assign is Target Operator Value, Operator "=" or a compound one. Patterns are *Object and *Array here.
type Assign struct {
	Span
	Operator string
	Target   Expression
	Value    Expression
}

// Sequence is a, b, c.
type Sequence struct {
	Span
	Values []Expression
}

// Conditional is Condition ? Then : Else.
type Conditional struct {
	Span
	Condition Expression
	Then      Expression
	Else      Expression
}

// Await is await Value.
type Await struct {
	Span
	Value Expression
}

// Yield is yield Value, with a nil Value for a bare yield and Delegate for yield*.
type Yield struct {
	Span
	Delegate bool
	Value    Expression
}

// CastForm says how a Cast is written.
type CastForm uint8

const (
	// CastAs is x as T, CastSatisfies is x satisfies T, CastAngle is <T>x, CastNonNull is x! (without a Type).
	CastAs CastForm = iota
	CastSatisfies
	CastAngle
	CastNonNull
)

// Cast is an expression whose type alone is changed: its value is that of Value.
type Cast struct {
	Span
	Form  CastForm
	Value Expression
	Type  Type // nil for CastNonNull
}

// JSX is an element or, without a Tag, a fragment.
type JSX struct {
	Span
	// Tag is an *Identifier or *Member for components; nil for fragments and for elements of the page such as div,
	// whose name is in Element.
	Tag        Expression
	Element    string
	Types      []Type
	Attributes []*JSXAttribute
	// Children are elements and the expressions in braces; text is dropped.
	Children []Expression
}

// JSXAttribute is Name=Value, a bare Name with nil Value, or {...Value} with an empty Name.
type JSXAttribute struct {
	Span
	Name  string
	Value Expression
}

// Unwrap returns the expression without parentheses and casts, which do not change its value.
func Unwrap(e Expression) Expression {
	for {
		switch x := e.(type) {
		case *Paren:
			e = x.Value
		case *Cast:
			e = x.Value
		default:
			return e
		}
	}
}

func (*Identifier) expression()     {}
func (*String) expression()         {}
func (*Template) expression()       {}
func (*TaggedTemplate) expression() {}
func (*Number) expression()         {}
func (*Boolean) expression()        {}
func (*Null) expression()           {}
func (*Regex) expression()          {}
func (*This) expression()           {}
func (*Super) expression()          {}
func (*Meta) expression()           {}
func (*PrivateName) expression()    {}
func (*Member) expression()         {}
func (*Index) expression()          {}
func (*Call) expression()           {}
func (*New) expression()            {}
func (*Instantiation) expression()  {}
func (*Spread) expression()         {}
func (*Object) expression()         {}
func (*Array) expression()          {}
func (*Paren) expression()          {}
func (*Function) expression()       {}
func (*Class) expression()          {}
func (*Unary) expression()          {}
func (*Binary) expression()         {}
func (*Assign) expression()         {}
func (*Sequence) expression()       {}
func (*Conditional) expression()    {}
func (*Await) expression()          {}
func (*Yield) expression()          {}
func (*Cast) expression()           {}
func (*JSX) expression()            {}
