package syntax

// startsArrowHere is longer than a function should be: it is one decision, in the order TypeScript makes it.

// certainty is what the first tokens say about a ( or <: whether they begin an arrow function.
type certainty uint8

const (
	never certainty = iota
	always
	perhaps
)

// arrow reads an arrow function with parentheses or async in front; nil, with nothing read, when there is none.
func (p *parser) arrow(returnType bool) Expression {
	at := p.tok.start
	switch p.startsArrow() {
	case never:
		return nil
	case always:
		f := p.arrowHead()
		p.expect(tArrow, "=> of the arrow function")
		return p.finishArrow(at, f, true)
	}
	if p.notArrow[at] || p.err != nil {
		return nil
	}
	m := p.mark()
	f := p.arrowHead()
	if p.err == nil && p.is(tArrow) {
		p.next()
		if returnType || f.Returns == nil {
			return p.finishArrow(at, f, returnType)
		}
		// a ? (b): c => d, where (b): c => d is an arrow function only if a colon is left for the conditional.
		e := p.finishArrow(at, f, false)
		if p.err == nil && p.is(tColon) {
			return e
		}
	}
	p.reset(m)
	if p.notArrow == nil {
		p.notArrow = map[int]bool{}
	}
	p.notArrow[at] = true
	return nil
}

func (p *parser) startsArrow() certainty {
	if p.err != nil {
		return never
	}
	pos, prev, tok := p.pos, p.prev, p.tok
	c := p.startsArrowHere()
	p.pos, p.prev, p.tok, p.err = pos, prev, tok, nil
	return c
}

// startsArrowHere is startsArrow without returning to where it began.
func (p *parser) startsArrowHere() certainty {
	if p.accept(kAsync) {
		switch {
		case p.tok.newline:
			return never
		case p.tok.kind.isName():
			p.next()
			if p.is(tArrow) {
				return always
			}
			return never
		case !p.is(tOpenParen) && !p.is(tLess):
			return never
		}
	}
	if p.accept(tLess) {
		if !p.tok.kind.isName() && !p.is(kConst) {
			return never
		}
		if !p.jsx {
			return perhaps
		}
		// In a file with JSX only <T, and <T extends U begin type parameters.
		p.accept(kConst)
		p.next()
		if p.accept(kExtends) {
			if p.is(tAssign) || p.is(tGreater) || p.is(tSlash) {
				return never
			}
			return always
		}
		if p.is(tComma) || p.is(tAssign) {
			return always
		}
		return never
	}
	p.next()
	first := p.tok.kind
	switch {
	case first == tCloseParen:
		p.next()
		if p.is(tArrow) || p.is(tColon) || p.is(tOpenBrace) {
			return always
		}
		return never
	case first == tOpenBracket || first == tOpenBrace || first == tAt:
		return perhaps
	case first == tDotDotDot:
		return always
	case !first.isName() && first != kThis:
		return never
	}
	p.next()
	if modifierOf(first) != 0 && first != kAsync && p.tok.kind.isName() {
		if p.is(kAs) {
			return never
		}
		return always
	}
	switch p.tok.kind {
	case tColon:
		return always
	case tQuestion:
		p.next()
		if p.is(tColon) || p.is(tComma) || p.is(tAssign) || p.is(tCloseParen) {
			return always
		}
	case tComma, tAssign, tCloseParen:
		return perhaps
	}
	return never
}

// arrowHead reads an arrow function up to its arrow.
func (p *parser) arrowHead() *Function {
	f := &Function{Form: FunctionArrow}
	if p.accept(kAsync) {
		f.Modifiers = Async
		if p.tok.kind.isName() {
			id := p.word()
			f.Parameters = []*Parameter{{Span: id.Span, Target: id}}
			return f
		}
	}
	f.Generics = p.typeParameters()
	saved := p.enterFunction(f.Modifiers.Has(Async), p.inYield)
	f.Parameters = p.parameters()
	p.leaveFunction(saved)
	if p.accept(tColon) {
		f.Returns = p.returnType()
	}
	return f
}

func (p *parser) finishArrow(start int, f *Function, returnType bool) Expression {
	p.arrowBodyAfter(f, returnType)
	f.Span = p.from(start)
	return f
}

func (p *parser) arrowBody(f *Function, returnType bool) {
	p.expect(tArrow, "=>")
	p.arrowBodyAfter(f, returnType)
}

func (p *parser) arrowBodyAfter(f *Function, returnType bool) {
	async := f.Modifiers.Has(Async)
	if p.is(tOpenBrace) {
		saved := p.enterFunction(async, false)
		f.Body = p.block()
		p.leaveFunction(saved)
		return
	}
	saved := context{p.inAwait, p.inYield, p.topLevel, p.noIn, p.inDecorator}
	p.inAwait, p.topLevel, p.inDecorator = async, false, false
	f.Result = p.assignment(returnType)
	p.leaveFunction(saved)
}

// context is what a function sets anew for its parameters and body.
type context struct{ inAwait, inYield, topLevel, noIn, inDecorator bool }

func (p *parser) enterFunction(async, generator bool) context {
	saved := context{p.inAwait, p.inYield, p.topLevel, p.noIn, p.inDecorator}
	p.inAwait, p.inYield, p.topLevel, p.noIn, p.inDecorator = async, generator, false, false, false
	return saved
}

func (p *parser) leaveFunction(c context) {
	p.inAwait, p.inYield, p.topLevel, p.noIn, p.inDecorator = c.inAwait, c.inYield, c.topLevel, c.noIn, c.inDecorator
}

// functionExpression reads on from the word function.
func (p *parser) functionExpression(start int, modifiers Modifiers) Expression {
	f := p.functionFrom(start, FunctionExpression, modifiers)
	if f.Body == nil {
		p.unexpected("{ of the function's body")
	}
	return f
}

// functionFrom reads on from the word function; a declaration may lack a body.
func (p *parser) functionFrom(start int, form FunctionForm, modifiers Modifiers) *Function {
	f := &Function{Form: form, Modifiers: modifiers}
	p.next()
	f.Generator = p.accept(tStar)
	if p.tok.kind.isName() {
		f.Name = p.word()
	} else if form == FunctionDeclaration && !modifiers.Has(Default) {
		p.unexpected("the name of the function")
	}
	p.signatureAndBody(f)
	f.Span = p.from(start)
	return f
}

// method reads a method from its type parameters on; start is where the function begins, with its modifiers.
func (p *parser) method(start int, modifiers Modifiers, generator bool) *Function {
	f := &Function{Form: FunctionMethod, Modifiers: modifiers, Generator: generator}
	p.signatureAndBody(f)
	f.Span = p.from(start)
	return f
}

func (p *parser) signatureAndBody(f *Function) {
	f.Generics = p.typeParameters()
	saved := p.enterFunction(f.Modifiers.Has(Async), f.Generator)
	f.Parameters = p.parameters()
	if p.accept(tColon) {
		f.Returns = p.returnType()
	}
	if p.is(tOpenBrace) {
		f.Body = p.block()
	} else if f.Form != FunctionExpression {
		if !p.canEnd() && !p.is(tComma) {
			p.unexpected("{ of the function's body")
		} else if !p.is(tComma) {
			p.semicolon()
		}
	}
	p.leaveFunction(saved)
}

// parameters reads parameters with their parentheses.
func (p *parser) parameters() []*Parameter {
	p.expect(tOpenParen, "( of the parameters")
	var list []*Parameter
	for !p.is(tCloseParen) && p.err == nil {
		list = append(list, p.parameter())
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tCloseParen, ", or ) after a parameter")
	return list
}

func (p *parser) parameter() *Parameter {
	a := &Parameter{}
	start := p.tok.start
	a.Decorators = p.decorators()
	a.Modifiers = p.modifiers(0)
	a.Rest = p.accept(tDotDotDot)
	if p.is(kThis) {
		a.Target = p.word()
	} else {
		a.Target = p.binding("the name of a parameter")
	}
	a.Optional = p.accept(tQuestion)
	if p.accept(tColon) {
		a.Type = p.parseType()
	}
	if p.accept(tAssign) {
		a.Default = p.withIn(p.value)
	}
	a.Span = p.from(start)
	return a
}

// binding reads what a declaration binds: a name or a pattern.
func (p *parser) binding(what string) Pattern {
	if !p.is(tOpenBrace) && !p.is(tOpenBracket) {
		return p.identifier(what)
	}
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	if p.is(tOpenBrace) {
		return p.objectPattern()
	}
	return p.arrayPattern()
}

func (p *parser) objectPattern() Pattern {
	o := &ObjectPattern{Span: Span{Start: p.tok.start}}
	p.next()
	for !p.is(tCloseBrace) && p.err == nil {
		if p.accept(tDotDotDot) {
			o.Rest = p.binding("a name after ...")
		} else {
			q := &PatternProperty{Span: Span{Start: p.tok.start}}
			name := p.tok
			q.Name = p.propertyName()
			if p.accept(tColon) {
				q.Target = p.binding("a name or a pattern")
			} else {
				if !name.kind.isName() && !name.escaped {
					p.unexpected(": after the name of a property")
				}
				q.Target = &Identifier{Span: q.Name.Span, Name: q.Name.Text}
			}
			if p.accept(tAssign) {
				q.Default = p.withIn(p.value)
			}
			q.Span = p.from(q.Start)
			o.Properties = append(o.Properties, q)
		}
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tCloseBrace, ", or } in a pattern")
	o.Span = p.from(o.Start)
	return o
}

func (p *parser) arrayPattern() Pattern {
	a := &ArrayPattern{Span: Span{Start: p.tok.start}}
	p.next()
	for !p.is(tCloseBracket) && p.err == nil {
		switch {
		case p.is(tComma):
			a.Elements = append(a.Elements, nil)
		case p.accept(tDotDotDot):
			a.Rest = p.binding("a name after ...")
		default:
			e := &PatternElement{Span: Span{Start: p.tok.start}}
			e.Target = p.binding("a name or a pattern")
			if p.accept(tAssign) {
				e.Default = p.withIn(p.value)
			}
			e.Span = p.from(e.Start)
			a.Elements = append(a.Elements, e)
		}
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tCloseBracket, ", or ] in a pattern")
	a.Span = p.from(a.Start)
	return a
}
