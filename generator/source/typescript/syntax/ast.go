package syntax

// Span is a range of byte offsets into the source: Start is the first byte, End the one after the last. Comments and
// white space around a node are not part of it.
type Span struct{ Start, End int }

// Extent returns the span itself; it makes every struct that embeds a Span a Node.
func (s Span) Extent() Span { return s }

// Node is any part of the tree.
type Node interface{ Extent() Span }

// Expression is a part of the tree that has a value.
type Expression interface {
	Node
	expression()
}

// Statement is a statement or a declaration.
type Statement interface {
	Node
	statement()
}

// Pattern is what a declaration binds: an *Identifier, an *ObjectPattern or an *ArrayPattern.
type Pattern interface {
	Node
	pattern()
}

// File is one source file.
type File struct {
	Span
	// Name is the name given to Parse. It decides the dialect (see Parse) and is otherwise only carried along.
	Name   string
	Source string
	// Statements are the top-level statements, in source order.
	Statements []Statement
	// Imports are all places that load another module by name, in source order: import statements, import x =
	// require("m"), and import("m") anywhere in the file. `export ... from "m"` is in Exports.
	Imports []*Import
	// Exports has one element per exported name, in source order. Exports of nested namespaces are not among them.
	Exports []*Export
	lines   []int // offset of the first byte of each line
}

// ImportForm is the way a module is loaded.
type ImportForm uint8

const (
	// ImportStatement is import ... from "m" or import "m".
	ImportStatement ImportForm = iota
	// ImportRequire is import x = require("m"); x is in Namespace.
	ImportRequire
	// ImportDynamic is import("m") in an expression. Nothing is bound.
	ImportDynamic
)

// Import is one place that loads a module. One without Default, Namespace and Named runs it for its side effects.
type Import struct {
	Span
	Form   ImportForm
	Module *String
	// TypeOnly marks `import type`; a single name can be marked instead, see ImportName.
	TypeOnly bool
	// Phase is "" or the word of a deferred or source import: "defer", "source".
	Phase     string
	Default   *Identifier
	Namespace *Identifier
	Named     []*ImportName
	// Braces tells `import {} from "m"` from `import "m"`.
	Braces bool
	// Attributes is the object after `with`, nil when absent.
	Attributes *Object
	// Exported marks export import x = require("m").
	Exported bool
}

// ImportName is one name in braces: {Imported as Local}.
type ImportName struct {
	Span
	// Imported is the name in the other module; it may be "default".
	Imported   string
	ImportedAt Span
	// Local is the name in this file; without `as` it stands where Imported stands.
	Local    *Identifier
	TypeOnly bool
}

// Export is one exported name.
type Export struct {
	Span
	// Name is the exported name: "default" for export default, "=" for export =, "" for export * from "m".
	Name   string
	NameAt Span
	// Local is the binding of this file that is exported: the declared name, or x in export {x as y}. It is nil for
	// re-exports, for default exports of expressions and for names written as strings.
	Local *Identifier
	// From is the module a re-export loads, Imported the name there; "*" for export * and export * as ns.
	From     *String
	Imported string
	// Value is the expression of export default and export =; nil otherwise.
	Value Expression
	// Declaration is the exported declaration: *Variables, *Function, *Class, *Enum, *Namespace, *Interface,
	// *TypeAlias, *Import or *ImportAlias; nil otherwise.
	Declaration Statement
	TypeOnly    bool
}

// Modifiers are the words in front of a declaration, a member or a parameter.
type Modifiers uint32

const (
	Exported Modifiers = 1 << iota
	Default
	Declare
	Abstract
	Async
	Const
	Public
	Private
	Protected
	Static
	Readonly
	Override
	Accessor
	In
	Out
)

// Has reports whether all of m are present.
func (s Modifiers) Has(m Modifiers) bool { return s&m == m }

// VariableKind is the word that declares variables.
type VariableKind uint8

const (
	VariableVar VariableKind = iota
	VariableLet
	VariableConst
	VariableUsing
	VariableAwaitUsing
)

// Variables is one declaration of variables: const a = 1, {b} = f().
type Variables struct {
	Span
	Modifiers   Modifiers
	Kind        VariableKind
	Declarators []*Declarator
}

// Declarator is one binding with its initial value. Type and Value may be nil.
type Declarator struct {
	Span
	Target Pattern
	Type   Type
	Value  Expression
}

// ObjectPattern is {a, b: c = 1, ...rest}.
type ObjectPattern struct {
	Span
	Properties []*PatternProperty
	// Rest is the pattern after the dots, nil when absent.
	Rest Pattern
}

// PatternProperty is one property of an ObjectPattern. For {a}, Name is "a" and Target the identifier a.
type PatternProperty struct {
	Span
	Name    PropertyName
	Target  Pattern
	Default Expression // nil when absent
}

// ArrayPattern is [a, , b = 1, ...rest].
type ArrayPattern struct {
	Span
	// Elements has a nil for every hole.
	Elements []*PatternElement
	Rest     Pattern // nil when absent
}

// PatternElement is one element of an ArrayPattern.
type PatternElement struct {
	Span
	Target  Pattern
	Default Expression // nil when absent
}

// FunctionForm says what a Function is written as.
type FunctionForm uint8

const (
	FunctionDeclaration FunctionForm = iota
	FunctionExpression
	FunctionArrow
	// FunctionMethod is a method of a class or of an object literal, and what belongs to a constructor or accessor.
	FunctionMethod
)

// Function is a function in any form: declaration (a Statement), expression, arrow, method.
type Function struct {
	Span
	Form       FunctionForm
	Modifiers  Modifiers
	Generator  bool
	Name       *Identifier // nil for arrows, methods and anonymous functions
	Generics   []*TypeParameter
	Parameters []*Parameter
	// Returns is the declared result, nil when there is none.
	Returns Type
	// Body is nil for overloads, ambient declarations and arrows that are an expression, which is then in Result.
	Body   *Block
	Result Expression
}

// Parameter is one parameter. A parameter named `this` is an identifier like any other.
type Parameter struct {
	Span
	Decorators []Expression
	Modifiers  Modifiers
	Rest       bool
	Target     Pattern
	Optional   bool
	Type       Type       // nil when absent
	Default    Expression // nil when absent
}

// Class is a class declaration (a Statement) or expression.
type Class struct {
	Span
	Decorators []Expression
	Modifiers  Modifiers
	Name       *Identifier // nil when anonymous
	Generics   []*TypeParameter
	// Base is the expression after extends, nil when absent; BaseArguments are its type arguments.
	Base          Expression
	BaseArguments []Type
	Implements    []Type
	Members       []*ClassMember
}

// MemberForm says what a member of a class, an object or an object type is.
type MemberForm uint8

const (
	MemberProperty MemberForm = iota
	MemberShorthand
	MemberMethod
	MemberGetter
	MemberSetter
	MemberConstructor
	MemberStaticBlock
	MemberIndex
	MemberSpread
	// MemberCall and MemberConstruct are call and construct signatures of object types.
	MemberCall
	MemberConstruct
)

// ClassMember is one member of a class.
type ClassMember struct {
	Span
	Form       MemberForm
	Decorators []Expression
	Modifiers  Modifiers
	Name       PropertyName // empty for static blocks and index signatures
	Optional   bool
	Type       Type       // of a property or an index signature
	Value      Expression // initial value of a property
	// Function is set for methods, accessors and constructors; its Body is nil for overloads. A static block is a
	// function without parameters.
	Function *Function
}

// NameForm says how a property is named.
type NameForm uint8

const (
	NameIdentifier NameForm = iota
	NameString
	NameNumber
	NamePrivate
	NameComputed
)

// PropertyName names a property. Text is the name without quotes, "" for computed names that are no literal.
type PropertyName struct {
	Span
	Form     NameForm
	Text     string
	Computed Expression // nil unless computed
}

// Enum is an enum declaration.
type Enum struct {
	Span
	Modifiers Modifiers
	Name      *Identifier
	Members   []*EnumMember
}

// EnumMember is one member; Value is nil when it has none.
type EnumMember struct {
	Span
	Name  PropertyName
	Value Expression
}

// Namespace is namespace a.b {}, module "m" {} or declare global {}.
type Namespace struct {
	Span
	Modifiers Modifiers
	// Path are the names of namespace a.b.c; empty for the other two forms.
	Path []*Identifier
	// Module is the name of an ambient module, nil for the other two forms.
	Module *String
	Body   []Statement // nil for a module without body
}

// Interface is an interface declaration.
type Interface struct {
	Span
	Modifiers Modifiers
	Name      *Identifier
	Generics  []*TypeParameter
	Extends   []Type
	Members   []*TypeMember
}

// TypeAlias is type Name = Type.
type TypeAlias struct {
	Span
	Modifiers Modifiers
	Name      *Identifier
	Generics  []*TypeParameter
	Type      Type
}

// ImportAlias is import a = b.c.
type ImportAlias struct {
	Span
	Modifiers Modifiers
	Name      *Identifier
	TypeOnly  bool
	Path      []*Identifier
}

// ExportStatement is every export that is not a modifier of a declaration; its names are in File.Exports as well
// when it stands at the top level.
type ExportStatement struct {
	Span
	Exports []*Export
	// From is set for re-exports, also for those that name nothing.
	From *String
	// Namespace is the name in export as namespace Name; nil otherwise.
	Namespace *Identifier
}

// The statements that steer what runs. Names in break and continue, and labels, are no references.
type (
	ExpressionStatement struct {
		Span
		Expression Expression
	}
	Block struct {
		Span
		Statements []Statement
	}
	If struct {
		Span
		Condition Expression
		Then      Statement
		Else      Statement // nil when absent
	}
	// For is for (Init; Condition; Update) Body; Init is a *Variables or an *ExpressionStatement, any may be nil.
	For struct {
		Span
		Init      Statement
		Condition Expression
		Update    Expression
		Body      Statement
	}
	// ForEach is for (Target in Over) and for (Target of Over); Target is a *Variables or an *ExpressionStatement.
	ForEach struct {
		Span
		Of     bool
		Await  bool
		Target Statement
		Over   Expression
		Body   Statement
	}
	// While is while (Condition) Body, and do Body while (Condition) when Do is set.
	While struct {
		Span
		Do        bool
		Condition Expression
		Body      Statement
	}
	Switch struct {
		Span
		Value Expression
		Cases []*Case
	}
	// Case is one case; Value is nil for default.
	Case struct {
		Span
		Value      Expression
		Statements []Statement
	}
	// Try has a nil Parameter for catch without one, a nil Catch or Finally where there is none.
	Try struct {
		Span
		Body      *Block
		Parameter Pattern
		Catch     *Block
		Finally   *Block
	}
	// Return has a nil Value for a bare return.
	Return struct {
		Span
		Value Expression
	}
	Throw struct {
		Span
		Value Expression
	}
	// Jump is break or continue; Label is "" when absent.
	Jump struct {
		Span
		Continue bool
		Label    string
	}
	Labeled struct {
		Span
		Label string
		Body  Statement
	}
	With struct {
		Span
		Object Expression
		Body   Statement
	}
	// Empty is a lone semicolon or a debugger statement.
	Empty struct{ Span }
)

func (*Variables) statement()           {}
func (*Function) statement()            {}
func (*Class) statement()               {}
func (*Enum) statement()                {}
func (*Namespace) statement()           {}
func (*Interface) statement()           {}
func (*TypeAlias) statement()           {}
func (*Import) statement()              {}
func (*ImportAlias) statement()         {}
func (*ExportStatement) statement()     {}
func (*ExpressionStatement) statement() {}
func (*Block) statement()               {}
func (*If) statement()                  {}
func (*For) statement()                 {}
func (*ForEach) statement()             {}
func (*While) statement()               {}
func (*Switch) statement()              {}
func (*Try) statement()                 {}
func (*Return) statement()              {}
func (*Throw) statement()               {}
func (*Jump) statement()                {}
func (*Labeled) statement()             {}
func (*With) statement()                {}
func (*Empty) statement()               {}

func (*Identifier) pattern()    {}
func (*ObjectPattern) pattern() {}
func (*ArrayPattern) pattern()  {}
