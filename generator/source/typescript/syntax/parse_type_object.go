package syntax

// objectTypeMembers reads {a: A; b(): B} of object types and interfaces.
func (p *parser) objectTypeMembers() []*TypeMember {
	p.expect(tOpenBrace, "{")
	saved := p.noConditionalTypes
	p.noConditionalTypes = false
	var list []*TypeMember
	for !p.is(tCloseBrace) && p.err == nil {
		list = append(list, p.typeMember())
	}
	p.noConditionalTypes = saved
	p.expect(tCloseBrace, "}")
	return list
}

func (p *parser) typeMember() *TypeMember {
	m := &TypeMember{}
	start := p.tok.start
	if p.is(tOpenParen) || p.is(tLess) {
		m.Form = MemberCall
		p.signature(m)
		m.Span = p.from(start)
		return m
	}
	if p.is(kNew) {
		if next := p.peek().kind; next == tOpenParen || next == tLess {
			p.next()
			m.Form = MemberConstruct
			p.signature(m)
			m.Span = p.from(start)
			return m
		}
	}
	m.Readonly = p.modifiers(0).Has(Readonly)
	m.Form = MemberProperty
	if p.is(kGet) || p.is(kSet) {
		m.Form = p.accessor()
	}
	if p.is(tOpenBracket) && m.Form == MemberProperty && p.startsIndexSignature() {
		c := &ClassMember{}
		p.indexSignature(c)
		m.Form, m.Type = MemberIndex, c.Type
		m.Span = p.from(start)
		return m
	}
	m.Name = p.propertyName()
	m.Optional = p.accept(tQuestion)
	switch {
	case p.is(tOpenParen), p.is(tLess):
		if m.Form == MemberProperty {
			m.Form = MemberMethod
		}
		p.signature(m)
	default:
		if p.accept(tColon) {
			m.Type = p.parseType()
		}
		if p.accept(tAssign) {
			// Not allowed here, but TypeScript reads on as well.
			p.withIn(p.value)
		}
		p.memberEnd()
	}
	m.Span = p.from(start)
	return m
}

// signature reads <T>(a: A): B and the end of the member.
func (p *parser) signature(m *TypeMember) {
	p.typeParameters()
	saved := p.enterFunction(false, false)
	p.parameters()
	p.leaveFunction(saved)
	if p.accept(tColon) {
		m.Type = p.returnType()
	}
	if p.is(tOpenBrace) && m.Form >= MemberGetter && m.Form <= MemberSetter {
		p.unexpected("; (an accessor of a type has no body)")
	}
	p.memberEnd()
}

func (p *parser) startsMappedType() bool {
	m := p.mark()
	p.next()
	var found bool
	if p.is(tPlus) || p.is(tMinus) {
		p.next()
		found = p.is(kReadonly)
	} else {
		p.accept(kReadonly)
		if p.accept(tOpenBracket) && p.tok.kind.isName() {
			p.next()
			found = p.is(kIn)
		}
	}
	p.reset(m)
	return found
}

// mappedType reads {readonly [K in T as U]?: V}.
func (p *parser) mappedType() {
	saved := p.noConditionalTypes
	p.noConditionalTypes = false
	p.next()
	if !p.accept(tPlus) {
		p.accept(tMinus)
	}
	p.accept(kReadonly)
	p.expect(tOpenBracket, "[ of the mapped type")
	p.identifier("the name of the mapped type's key")
	p.expect(kIn, "in")
	p.parseType()
	if p.accept(kAs) {
		p.parseType()
	}
	p.expect(tCloseBracket, "] of the mapped type")
	if !p.accept(tPlus) {
		p.accept(tMinus)
	}
	p.accept(tQuestion)
	if p.accept(tColon) {
		p.parseType()
	}
	if !p.accept(tComma) {
		p.semicolon()
	}
	for !p.is(tCloseBrace) && p.err == nil {
		p.typeMember()
	}
	p.noConditionalTypes = saved
	p.expect(tCloseBrace, "} of the mapped type")
}

func (p *parser) tupleType() Type {
	t := &TupleType{Span: Span{Start: p.tok.start}}
	p.next()
	for !p.is(tCloseBracket) && p.err == nil {
		start := p.tok.start
		rest := p.accept(tDotDotDot)
		labelled := false
		if p.tok.kind.isWord() {
			m := p.mark()
			p.next()
			if p.accept(tQuestion) {
				labelled = p.is(tColon)
			} else {
				labelled = p.is(tColon)
			}
			if labelled {
				p.next()
			} else {
				p.reset(m)
			}
		}
		element := p.parseType()
		if p.accept(tQuestion); rest && !labelled {
			element = &OpaqueType{p.from(start)}
		}
		t.Elements = append(t.Elements, element)
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tCloseBracket, ", or ] in a tuple")
	t.Span = p.from(t.Start)
	return t
}

// templateType reads a template literal with types in its placeholders.
func (p *parser) templateType() {
	for p.err == nil {
		p.next()
		p.parseType()
		if p.templatePiece() {
			p.next()
			return
		}
	}
}
