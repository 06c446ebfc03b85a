package syntax

import (
	"slices"
	"strings"
)

// maxDepth bounds how deep a file may nest, and maxChain how many links a chain such as a.b.c or 1 + 2 + 3 may have:
// both are far beyond what people and bundlers write, and keep hostile input from using up the stack.
const (
	maxDepth = 1500
	maxChain = 100_000
)

// parser reads a file by recursive descent. Where TypeScript decides by trying, it tries as well: mark, parse, reset.
type parser struct {
	scanner
	jsx bool
	// The context a part is read in, as the grammar's parameters of the same names.
	noIn               bool
	inAwait            bool
	inYield            bool
	inDecorator        bool
	noConditionalTypes bool
	topLevel           bool
	depth              int
	imports            []*Import
	// notArrow and notTypes hold the offsets of ( and < that were tried and found to begin no arrow function and no
	// type arguments: without them nested tries would take exponential time.
	notArrow map[int]bool
	notTypes map[int]bool
}

// Parse reads a file. The name decides the dialect: .tsx, .jsx and .js files may hold JSX, in all others <T>x is a
// cast. Any error is an *Error; it is the first one, and nothing is returned for the rest of the file.
func Parse(name, source string) (*File, error) {
	p := &parser{scanner: scanner{src: source}, topLevel: true, inAwait: true}
	p.jsx = strings.HasSuffix(name, ".tsx") || strings.HasSuffix(name, ".jsx") || strings.HasSuffix(name, ".js")
	p.next()
	statements := p.statementsUntil(tEOF)
	if p.err == nil && p.tok.kind != tEOF {
		p.unexpected("a statement")
	}
	file := &File{Span: Span{0, len(source)}, Name: name, Source: source, Statements: statements, lines: lineStarts(source)}
	if p.err != nil {
		p.err.File = name
		p.err.Line, p.err.Column = file.Position(p.err.Start)
		return nil, p.err
	}
	for _, s := range statements {
		if i, ok := s.(*Import); ok {
			p.imports = append(p.imports, i)
		}
	}
	slices.SortStableFunc(p.imports, func(a, b *Import) int { return a.Start - b.Start })
	file.Imports = p.imports
	file.Exports = exportsOf(statements)
	return file, nil
}

// mark is a place to return to.
type mark struct {
	pos, prev, imports int
	tok                token
	noIn, inAwait      bool
	inYield            bool
	noConditionalTypes bool
	inDecorator        bool
	topLevel           bool
	depth              int
}

func (p *parser) mark() mark {
	return mark{p.pos, p.prev, len(p.imports), p.tok, p.noIn, p.inAwait, p.inYield, p.noConditionalTypes, p.inDecorator, p.topLevel, p.depth}
}

// reset returns to a mark that was set when there was no error.
func (p *parser) reset(m mark) {
	p.pos, p.prev, p.tok, p.imports, p.err = m.pos, m.prev, m.tok, p.imports[:m.imports], nil
	p.noIn, p.inAwait, p.inYield, p.noConditionalTypes = m.noIn, m.inAwait, m.inYield, m.noConditionalTypes
	p.inDecorator, p.topLevel, p.depth = m.inDecorator, m.topLevel, m.depth
}

// peek returns the token after the current one.
func (p *parser) peek() token {
	if p.err != nil {
		return p.tok
	}
	pos, prev, tok := p.pos, p.prev, p.tok
	p.next()
	next := p.tok
	if p.err != nil {
		p.err, next = nil, token{kind: tEOF, start: p.pos, end: p.pos}
	}
	p.pos, p.prev, p.tok = pos, prev, tok
	return next
}

func (p *parser) from(start int) Span { return Span{start, max(start, p.prev)} }

func (p *parser) is(k tokenKind) bool { return p.tok.kind == k }

// accept moves over a token of kind k; false when another one stands here.
func (p *parser) accept(k tokenKind) bool {
	if p.tok.kind != k {
		return false
	}
	p.next()
	return true
}

// expect moves over a token of kind k and fails where another one stands; what says what it is, in messages.
func (p *parser) expect(k tokenKind, what string) {
	if !p.accept(k) {
		p.unexpected(what)
	}
}

// unexpected fails at the current token.
func (p *parser) unexpected(wanted string) {
	if p.err != nil {
		return
	}
	at := Span{p.tok.start, p.tok.end}
	switch {
	case p.is(tEOF):
		p.fail(at, "expected "+wanted+", but the file ends here")
	default:
		p.fail(at, "expected "+wanted+", found "+quote(p.src[at.Start:at.End]))
	}
}

// enter counts a level of nesting; the caller leaves it again.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.fail(Span{p.tok.start, p.tok.end}, "this is nested too deeply to be read; split it up")
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }

// chain counts the links of a chain.
func (p *parser) chain(links *int) bool {
	*links++
	if *links > maxChain {
		p.fail(Span{p.tok.start, p.tok.end}, "this expression is too long to be read; split it up")
	}
	return p.err == nil
}

// bad stands for what could not be read; the error is recorded already.
func (p *parser) bad() *Identifier { return &Identifier{Span: Span{p.tok.start, p.tok.start}} }

// semicolon ends a statement where one stands or is inserted.
func (p *parser) semicolon() {
	switch {
	case p.accept(tSemicolon), p.is(tCloseBrace), p.is(tEOF), p.tok.newline:
	default:
		p.unexpected("a semicolon or a new line")
	}
}

func (p *parser) canEnd() bool {
	return p.is(tSemicolon) || p.is(tCloseBrace) || p.is(tEOF) || p.tok.newline
}

// identifier reads a name; what says what it names, in messages.
func (p *parser) identifier(what string) *Identifier {
	if !p.tok.kind.isName() && !(p.tok.escaped && p.tok.kind.isWord()) {
		p.unexpected(what)
		return p.bad()
	}
	return p.word()
}

// word reads any word, keywords too, as an identifier.
func (p *parser) word() *Identifier {
	id := &Identifier{Span: Span{p.tok.start, p.tok.end}, Name: p.tok.text}
	p.next()
	return id
}

func (p *parser) stringLiteral(what string) *String {
	if !p.is(tString) {
		p.unexpected(what)
		return &String{}
	}
	s := &String{Span: Span{p.tok.start, p.tok.end}, Value: p.tok.text}
	p.next()
	return s
}

// propertyName reads the name of a property of an object, a class, an object type or an enum.
func (p *parser) propertyName() PropertyName {
	n := PropertyName{Span: Span{p.tok.start, p.tok.end}, Text: p.tok.text}
	switch {
	case p.tok.kind.isWord():
		n.Form = NameIdentifier
	case p.is(tString):
		n.Form = NameString
	case p.is(tNumber), p.is(tBigInt):
		n.Form = NameNumber
	case p.is(tPrivate):
		n.Form = NamePrivate
	case p.is(tOpenBracket):
		p.next()
		n.Form = NameComputed
		n.Computed = p.withIn(p.expression)
		n.Text = ""
		switch e := Unwrap(n.Computed).(type) {
		case *String:
			n.Text = e.Value
		case *Template:
			if len(e.Values) == 0 {
				n.Text = e.Texts[0]
			}
		}
		p.expect(tCloseBracket, "]")
		n.Span = p.from(n.Start)
		return n
	default:
		p.unexpected("the name of a property")
		return n
	}
	p.next()
	return n
}

// withIn reads a part in which `in` is an operator again.
func (p *parser) withIn(read func() Expression) Expression {
	noIn, decorator := p.noIn, p.inDecorator
	p.noIn, p.inDecorator = false, false
	e := read()
	p.noIn, p.inDecorator = noIn, decorator
	return e
}
