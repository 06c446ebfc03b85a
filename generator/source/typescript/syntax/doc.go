// Package syntax turns the text of one TypeScript file into a tree with positions, and says what its names mean.
//
// Parse reads a file: every import and export, every declaration, statement and expression with its byte offsets. Of
// types it keeps what is written where they are arguments (names, intersections, unions, literals, object types) and
// of the others their extent. It reads what the TypeScript compiler reads, JSX and decorators included, and decides
// the ambiguous places (type arguments or comparison, arrow function or parentheses, regular expression or division)
// by the compiler's rules; what it cannot read is an *Error with its position. Resolve binds each identifier to the
// import, declaration or parameter it refers to.
//
// The package must not know anything else of the project: which module a name leads to, and what its value is, is for the
// caller to say. It evaluates nothing and checks no types. It does not refuse everything the compiler refuses: a file
// that parses may still be wrong in ways only a type checker sees.
//
// A recursive descent parser for a language of this size is a long package; it is split by what is read (parse_*.go),
// with the tokens in scan*.go and token.go, the tree in ast.go, expressions.go and types.go.
package syntax
