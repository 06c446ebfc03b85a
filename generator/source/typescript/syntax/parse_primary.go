package syntax

// primary is longer than a function should be: it is one switch over the tokens that begin an expression.

func (p *parser) primary() Expression {
	at := Span{p.tok.start, p.tok.end}
	text := p.tok.text
	switch p.tok.kind {
	case tIdentifier:
		return p.word()
	case tString:
		p.next()
		return &String{at, text}
	case tNumber, tBigInt:
		big := p.is(tBigInt)
		p.next()
		return &Number{at, text, big}
	case tTemplate, tTemplateHead:
		return p.template()
	case kTrue, kFalse:
		value := p.is(kTrue)
		p.next()
		return &Boolean{at, value}
	case kNull:
		p.next()
		return &Null{at}
	case kThis:
		p.next()
		return &This{at}
	case tOpenParen:
		p.next()
		value := p.withIn(p.expression)
		p.expect(tCloseParen, ")")
		return &Paren{p.from(at.Start), value}
	case tOpenBracket:
		p.next()
		elements := p.elements(tCloseBracket, true)
		p.expect(tCloseBracket, ", or ] after an element")
		return &Array{p.from(at.Start), elements}
	case tOpenBrace:
		return p.object()
	case kFunction:
		return p.functionExpression(at.Start, 0)
	case kAsync:
		if next := p.peek(); next.kind == kFunction && !next.newline {
			p.next()
			return p.functionExpression(at.Start, Async)
		}
	case kClass, tAt:
		decorators := p.decorators()
		if !p.is(kClass) {
			p.unexpected("class")
			return p.bad()
		}
		return p.class(at.Start, decorators, 0)
	case kNew:
		return p.newExpression()
	case tSlash, tSlashAssign:
		p.rescanRegex()
		at.End = p.tok.end
		p.next()
		return &Regex{at, p.src[at.Start:at.End]}
	case tPrivate:
		p.next()
		return &PrivateName{at, text}
	case kImport:
		// Only new import.meta.x gets here.
		return p.importExpression()
	}
	return p.identifier("an expression")
}

// template reads a template from its first piece.
func (p *parser) template() *Template {
	t := &Template{Span: Span{p.tok.start, p.tok.end}, Texts: []string{p.tok.text}}
	if p.accept(tTemplate) {
		return t
	}
	if !p.is(tTemplateHead) {
		p.unexpected("a template")
		return t
	}
	for p.err == nil {
		p.next()
		t.Values = append(t.Values, p.withIn(p.expression))
		last := p.templatePiece()
		t.Texts = append(t.Texts, p.tok.text)
		if last {
			p.next()
			break
		}
	}
	t.Span = p.from(t.Start)
	return t
}

// templatePiece reads on behind the brace that closes a placeholder; true when the template ends with this piece.
func (p *parser) templatePiece() bool {
	if !p.is(tCloseBrace) {
		p.unexpected("} after the placeholder of a template")
		return true
	}
	p.pos = p.tok.end
	p.scanTemplate(tTemplate, tTemplateHead)
	return p.tok.kind != tTemplateHead
}

func (p *parser) newExpression() Expression {
	start := p.tok.start
	p.next()
	if p.accept(tDot) {
		if p.tok.text != "target" || !p.tok.kind.isWord() {
			p.unexpected("target after new.")
		}
		p.next()
		return &Meta{p.from(start), "new.target"}
	}
	if !p.enter() {
		return p.bad()
	}
	calleeStart := p.tok.start
	callee := p.members(calleeStart, p.primary(), false)
	p.leave()
	n := &New{Callee: callee, Bare: !p.is(tOpenParen)}
	if i, ok := callee.(*Instantiation); ok {
		n.Callee, n.Types = i.Value, i.Types
	}
	if p.is(tQuestionDot) {
		p.unexpected("arguments; new takes no optional chain")
	}
	if !n.Bare {
		n.Arguments = p.arguments()
	}
	n.Span = p.from(start)
	return n
}

func (p *parser) object() Expression {
	o := &Object{Span: Span{Start: p.tok.start}}
	p.next()
	for !p.is(tCloseBrace) && p.err == nil {
		o.Properties = append(o.Properties, p.property())
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tCloseBrace, ", or } after a property")
	o.Span = p.from(o.Start)
	return o
}

func (p *parser) property() *Property {
	start := p.tok.start
	q := &Property{}
	if p.accept(tDotDotDot) {
		q.Form, q.Value = MemberSpread, p.withIn(p.value)
		q.Span = p.from(start)
		return q
	}
	var modifiers Modifiers
	if p.is(kAsync) {
		if next := p.peek(); !next.newline && canFollowModifier(next.kind) {
			modifiers = Async
			p.next()
		}
	}
	q.Form = MemberProperty
	if p.is(kGet) || p.is(kSet) {
		q.Form = p.accessor()
	}
	generator := p.accept(tStar)
	shorthand := p.tok.kind.isName() || p.tok.escaped
	q.Name = p.propertyName()
	if p.is(tQuestion) || p.is(tExclamation) {
		p.unexpected(": after the name of a property")
	}
	switch {
	case q.Form != MemberProperty:
		q.Value = p.method(start, modifiers, generator)
	case p.is(tOpenParen), p.is(tLess), generator, modifiers != 0:
		q.Form = MemberMethod
		q.Value = p.method(start, modifiers, generator)
	case shorthand && !p.is(tColon):
		q.Form = MemberShorthand
		q.Value = &Identifier{Span: q.Name.Span, Name: q.Name.Text}
		if p.accept(tAssign) {
			q.Default = p.withIn(p.value)
		}
	default:
		p.expect(tColon, ": after the name of a property")
		q.Value = p.withIn(p.value)
	}
	q.Span = p.from(start)
	return q
}

// accessor moves over get or set where it begins an accessor; MemberProperty where it is a name itself.
func (p *parser) accessor() MemberForm {
	form := MemberGetter
	if p.is(kSet) {
		form = MemberSetter
	}
	if next := p.peek().kind; !next.isLiteralName() && next != tOpenBracket && next != tPrivate {
		return MemberProperty
	}
	p.next()
	return form
}

// decorators reads @a @b(c).
func (p *parser) decorators() []Expression {
	var list []Expression
	for p.is(tAt) && p.err == nil {
		p.next()
		saved := p.inDecorator
		p.inDecorator = true
		list = append(list, p.leftHandSide())
		p.inDecorator = saved
	}
	return list
}
