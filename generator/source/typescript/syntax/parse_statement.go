package syntax

func (p *parser) statementsUntil(end tokenKind) []Statement {
	var list []Statement
	for !p.is(end) && !p.is(tEOF) && p.err == nil {
		list = append(list, p.statement())
	}
	return list
}

func (p *parser) block() *Block {
	b := &Block{Span: Span{Start: p.tok.start}}
	p.expect(tOpenBrace, "{")
	b.Statements = p.statementsUntil(tCloseBrace)
	p.expect(tCloseBrace, "}")
	b.Span = p.from(b.Start)
	return b
}

func (p *parser) statement() Statement {
	if !p.enter() {
		return &Empty{}
	}
	defer p.leave()
	start := p.tok.start
	switch p.tok.kind {
	case tSemicolon:
		p.next()
		return &Empty{p.from(start)}
	case kDebugger:
		p.next()
		p.semicolon()
		return &Empty{p.from(start)}
	case tOpenBrace:
		return p.block()
	case kIf:
		return p.ifStatement()
	case kFor:
		return p.forStatement()
	case kWhile:
		p.next()
		condition := p.condition()
		body := p.statement()
		return &While{p.from(start), false, condition, body}
	case kDo:
		p.next()
		body := p.statement()
		p.expect(kWhile, "while after the body of do")
		condition := p.condition()
		p.accept(tSemicolon)
		return &While{p.from(start), true, condition, body}
	case kSwitch:
		return p.switchStatement()
	case kTry:
		return p.tryStatement()
	case kReturn, kThrow, kBreak, kContinue:
		return p.jump()
	case kWith:
		p.next()
		object := p.condition()
		body := p.statement()
		return &With{p.from(start), object, body}
	}
	if d := p.declaration(start); d != nil {
		return d
	}
	return p.expressionStatement(start)
}

func (p *parser) expressionStatement(start int) Statement {
	e := p.withIn(p.expression)
	if id, ok := e.(*Identifier); ok && p.accept(tColon) {
		body := p.statement()
		return &Labeled{p.from(start), id.Name, body}
	}
	p.semicolon()
	return &ExpressionStatement{p.from(start), e}
}

// condition reads an expression in parentheses.
func (p *parser) condition() Expression {
	p.expect(tOpenParen, "(")
	e := p.withIn(p.expression)
	p.expect(tCloseParen, ")")
	return e
}

func (p *parser) ifStatement() Statement {
	s := &If{Span: Span{Start: p.tok.start}}
	p.next()
	s.Condition = p.condition()
	s.Then = p.statement()
	if p.accept(kElse) {
		s.Else = p.statement()
	}
	s.Span = p.from(s.Start)
	return s
}

func (p *parser) forStatement() Statement {
	start := p.tok.start
	p.next()
	await := p.accept(kAwait)
	p.expect(tOpenParen, "( after for")
	var init Statement
	if !p.is(tSemicolon) {
		saved := p.noIn
		p.noIn = true
		at := p.tok.start
		if kind, words := p.variableKind(true); words > 0 {
			init = p.variables(at, kind, words, 0)
		} else {
			e := p.expression()
			init = &ExpressionStatement{p.from(at), e}
		}
		p.noIn = saved
	}
	if init != nil && (p.is(kOf) || p.is(kIn) && !await) {
		f := &ForEach{Of: p.is(kOf), Await: await, Target: init}
		p.next()
		if f.Of {
			f.Over = p.withIn(p.value)
		} else {
			f.Over = p.withIn(p.expression)
		}
		p.expect(tCloseParen, ") after for")
		f.Body = p.statement()
		f.Span = p.from(start)
		return f
	}
	f := &For{Init: init}
	p.expect(tSemicolon, "; in for")
	if !p.is(tSemicolon) {
		f.Condition = p.withIn(p.expression)
	}
	p.expect(tSemicolon, "; in for")
	if !p.is(tCloseParen) {
		f.Update = p.withIn(p.expression)
	}
	p.expect(tCloseParen, ") after for")
	f.Body = p.statement()
	f.Span = p.from(start)
	return f
}

func (p *parser) switchStatement() Statement {
	s := &Switch{Span: Span{Start: p.tok.start}}
	p.next()
	s.Value = p.condition()
	p.expect(tOpenBrace, "{ of the switch")
	for !p.is(tCloseBrace) && p.err == nil {
		c := &Case{Span: Span{Start: p.tok.start}}
		if p.accept(kCase) {
			c.Value = p.withIn(p.expression)
		} else {
			p.expect(kDefault, "case or default")
		}
		p.expect(tColon, ": of the case")
		for !p.is(kCase) && !p.is(kDefault) && !p.is(tCloseBrace) && p.err == nil {
			c.Statements = append(c.Statements, p.statement())
		}
		c.Span = p.from(c.Start)
		s.Cases = append(s.Cases, c)
	}
	p.expect(tCloseBrace, "} of the switch")
	s.Span = p.from(s.Start)
	return s
}

func (p *parser) tryStatement() Statement {
	s := &Try{Span: Span{Start: p.tok.start}}
	p.next()
	s.Body = p.block()
	if p.accept(kCatch) {
		if p.accept(tOpenParen) {
			s.Parameter = p.binding("the name of the caught value")
			if p.accept(tColon) {
				p.parseType()
			}
			p.expect(tCloseParen, ") after catch")
		}
		s.Catch = p.block()
	}
	if s.Catch == nil || p.is(kFinally) {
		p.expect(kFinally, "catch or finally")
		s.Finally = p.block()
	}
	s.Span = p.from(s.Start)
	return s
}

// jump reads return, throw, break and continue.
func (p *parser) jump() Statement {
	start, word := p.tok.start, p.tok.kind
	p.next()
	switch word {
	case kReturn, kThrow:
		var value Expression
		if !p.canEnd() {
			value = p.withIn(p.expression)
		} else if word == kThrow {
			p.unexpected("an expression on the same line as throw")
		}
		p.semicolon()
		if word == kReturn {
			return &Return{p.from(start), value}
		}
		return &Throw{p.from(start), value}
	}
	label := ""
	if !p.canEnd() {
		label = p.identifier("a label").Name
	}
	p.semicolon()
	return &Jump{p.from(start), word == kContinue, label}
}

// variableKind says which declaration of variables begins here and how many words it takes; 0 when none does.
func (p *parser) variableKind(inFor bool) (VariableKind, int) {
	switch p.tok.kind {
	case kVar:
		return VariableVar, 1
	case kConst:
		return VariableConst, 1
	case kLet:
		if next := p.peek().kind; next.isName() || next == tOpenBrace || next == tOpenBracket {
			return VariableLet, 1
		}
	case kUsing:
		if p.startsUsing(inFor) {
			return VariableUsing, 1
		}
	case kAwait:
		if next := p.peek(); next.kind == kUsing && !next.newline {
			m := p.mark()
			p.next()
			found := p.startsUsing(inFor)
			p.reset(m)
			if found {
				return VariableAwaitUsing, 2
			}
		}
	}
	return 0, 0
}

func (p *parser) startsUsing(inFor bool) bool {
	next := p.peek()
	return !next.newline && next.kind.isName() && !(inFor && next.kind == kOf)
}

// variables reads declarators behind the words that announce them. It leaves the semicolon.
func (p *parser) variables(start int, kind VariableKind, words int, modifiers Modifiers) *Variables {
	v := &Variables{Kind: kind, Modifiers: modifiers}
	for range words {
		p.next()
	}
	for p.err == nil {
		d := &Declarator{Span: Span{Start: p.tok.start}}
		d.Target = p.binding("the name of a variable")
		if p.is(tExclamation) && !p.tok.newline {
			p.next()
		}
		if p.accept(tColon) {
			d.Type = p.parseType()
		}
		if p.accept(tAssign) {
			d.Value = p.assignment(true)
		}
		d.Span = p.from(d.Start)
		v.Declarators = append(v.Declarators, d)
		if !p.accept(tComma) {
			break
		}
	}
	v.Span = p.from(start)
	return v
}
