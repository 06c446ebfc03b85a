package syntax

// modifierOf returns the modifier a word can be, 0 for none.
func modifierOf(k tokenKind) Modifiers {
	switch k {
	case kAbstract:
		return Abstract
	case kAccessor:
		return Accessor
	case kAsync:
		return Async
	case kConst:
		return Const
	case kDeclare:
		return Declare
	case kDefault:
		return Default
	case kExport:
		return Exported
	case kIn:
		return In
	case kOut:
		return Out
	case kOverride:
		return Override
	case kPrivate:
		return Private
	case kProtected:
		return Protected
	case kPublic:
		return Public
	case kReadonly:
		return Readonly
	case kStatic:
		return Static
	}
	return 0
}

// canFollowModifier reports whether the word in front of k may be a modifier: names, patterns and * follow modifiers.
func canFollowModifier(k tokenKind) bool {
	return k == tOpenBracket || k == tOpenBrace || k == tStar || k == tDotDotDot || k == tPrivate || k.isLiteralName()
}

// modifiers reads the modifiers of a parameter or a member, behind those in have, and returns all of them.
func (p *parser) modifiers(have Modifiers) Modifiers {
	for p.err == nil {
		m := modifierOf(p.tok.kind)
		if m == 0 || m == In || m == Out || m == Exported || m == Default || have.Has(m) {
			return have
		}
		next := p.peek()
		switch {
		case m == Static && next.kind == tOpenBrace:
			return have
		case m != Static && next.newline || !canFollowModifier(next.kind):
			return have
		}
		have |= m
		p.next()
	}
	return have
}

// class reads on from the word class; start is that of its first decorator or modifier.
func (p *parser) class(start int, decorators []Expression, modifiers Modifiers) *Class {
	c := &Class{Decorators: decorators, Modifiers: modifiers}
	if !p.enter() {
		return c
	}
	defer p.leave()
	p.next()
	if p.tok.kind.isName() && !(p.is(kImplements) && p.peek().kind.isWord()) {
		c.Name = p.word()
	}
	c.Generics = p.typeParameters()
	if p.accept(kExtends) {
		baseStart := p.tok.start
		c.Base = p.leftHandSide()
		if i, ok := c.Base.(*Instantiation); ok {
			c.Base, c.BaseArguments = i.Value, i.Types
		} else if p.is(tLess) {
			c.BaseArguments = p.typeArguments()
		}
		if p.prev == baseStart {
			p.unexpected("the base class")
		}
	}
	if p.accept(kImplements) {
		c.Implements = p.typeList()
	}
	p.expect(tOpenBrace, "{ of the class's body")
	saved := p.enterFunction(false, false)
	for !p.is(tCloseBrace) && p.err == nil {
		if p.accept(tSemicolon) {
			continue
		}
		c.Members = append(c.Members, p.classMember())
	}
	p.leaveFunction(saved)
	p.expect(tCloseBrace, "} of the class's body")
	c.Span = p.from(start)
	return c
}

func (p *parser) typeList() []Type {
	list := []Type{p.parseType()}
	for p.accept(tComma) {
		list = append(list, p.parseType())
	}
	return list
}

func (p *parser) classMember() *ClassMember {
	m := &ClassMember{}
	start := p.tok.start
	m.Decorators = p.decorators()
	m.Modifiers = p.modifiers(0)
	for p.is(tAt) && p.err == nil {
		m.Decorators = append(m.Decorators, p.decorators()...)
		m.Modifiers = p.modifiers(m.Modifiers)
	}
	switch {
	case p.is(kStatic) && p.peek().kind == tOpenBrace:
		p.next()
		m.Form = MemberStaticBlock
		saved := p.enterFunction(true, false)
		body := p.block()
		p.leaveFunction(saved)
		m.Function = &Function{Span: body.Span, Form: FunctionMethod, Body: body}
	case p.is(tOpenBracket) && p.startsIndexSignature():
		p.indexSignature(m)
	default:
		p.namedMember(start, m)
	}
	m.Span = p.from(start)
	return m
}

func (p *parser) namedMember(start int, m *ClassMember) {
	form := MemberProperty
	if p.is(kGet) || p.is(kSet) {
		form = p.accessor()
	}
	generator := p.accept(tStar)
	name := p.tok
	m.Name = p.propertyName()
	if form == MemberProperty && !m.Modifiers.Has(Static) && (name.kind.isWord() || name.kind == tString) && m.Name.Text == "constructor" && p.is(tOpenParen) {
		form = MemberConstructor
	}
	if form == MemberProperty {
		m.Optional = p.accept(tQuestion)
	}
	m.Form = form
	switch {
	case form != MemberProperty:
		m.Function = p.method(start, m.Modifiers, generator)
	case generator, p.is(tOpenParen), p.is(tLess):
		m.Form = MemberMethod
		m.Function = p.method(start, m.Modifiers, generator)
	default:
		if p.is(tExclamation) && !p.tok.newline {
			p.next()
		}
		if p.accept(tColon) {
			m.Type = p.parseType()
		}
		if p.accept(tAssign) {
			m.Value = p.withIn(p.expression)
		}
		p.semicolon()
	}
}

// startsIndexSignature tells [key: string] from a computed name.
func (p *parser) startsIndexSignature() bool {
	m := p.mark()
	p.next()
	found := p.is(tDotDotDot) || p.is(tCloseBracket)
	if !found {
		if modifierOf(p.tok.kind) != 0 {
			p.next()
			found = p.tok.kind.isName()
		} else if p.tok.kind.isName() {
			p.next()
		} else {
			p.reset(m)
			return false
		}
	}
	if !found {
		found = p.is(tColon) || p.is(tComma)
		if p.accept(tQuestion) {
			found = p.is(tColon) || p.is(tComma) || p.is(tCloseBracket)
		}
	}
	p.reset(m)
	return found
}

// indexSignature reads [key: K]: V.
func (p *parser) indexSignature(m *ClassMember) {
	m.Form = MemberIndex
	p.expect(tOpenBracket, "[")
	for !p.is(tCloseBracket) && p.err == nil {
		p.parameter()
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tCloseBracket, "]")
	if p.accept(tColon) {
		m.Type = p.parseType()
	}
	p.memberEnd()
}

// memberEnd ends a member of an object type.
func (p *parser) memberEnd() {
	if !p.accept(tComma) {
		p.semicolon()
	}
}
