package syntax

// plainDeclaration is longer than a function should be: it is one switch over the words that begin a declaration.

// declaration reads a declaration, an import or an export; nil, with nothing read, where an expression stands.
func (p *parser) declaration(start int) Statement {
	switch p.tok.kind {
	case tAt:
		return p.decorated(start)
	case kImport:
		if next := p.peek().kind; next == tOpenParen || next == tDot || next == tLess {
			return nil
		}
		return p.importStatement(start, 0)
	case kExport:
		return p.exportStatement(start, nil)
	}
	return p.plainDeclaration(start, 0)
}

// decorated reads a class with decorators, which may stand in front of export or behind it.
func (p *parser) decorated(start int) Statement {
	decorators := p.decorators()
	if p.is(kExport) {
		return p.exportStatement(start, decorators)
	}
	return p.decoratedClass(start, decorators, 0)
}

func (p *parser) decoratedClass(start int, decorators []Expression, modifiers Modifiers) Statement {
	for p.is(kAbstract) || p.is(kDeclare) {
		modifiers |= modifierOf(p.tok.kind)
		p.next()
	}
	if !p.is(kClass) {
		p.unexpected("the class that the decorators belong to")
		return &Empty{}
	}
	return p.class(start, decorators, modifiers)
}

// plainDeclaration reads a declaration behind the modifiers have; nil, with nothing read, where there is none.
func (p *parser) plainDeclaration(start int, have Modifiers) Statement {
	if p.is(kConst) && p.peek().kind == kEnum {
		p.next()
		return p.enum(start, have|Const)
	}
	if kind, words := p.variableKind(false); words > 0 {
		v := p.variables(start, kind, words, have)
		p.semicolon()
		v.Span = p.from(start)
		return v
	}
	switch p.tok.kind {
	case kFunction:
		return p.functionFrom(start, FunctionDeclaration, have)
	case kClass:
		return p.class(start, nil, have)
	case kEnum:
		return p.enum(start, have)
	}
	if !p.tok.kind.isName() || p.is(tIdentifier) {
		return nil
	}
	next := p.peek()
	if next.newline && !p.is(kGlobal) {
		return nil
	}
	switch p.tok.kind {
	case kAsync:
		if next.kind == kFunction {
			p.next()
			return p.functionFrom(start, FunctionDeclaration, have|Async)
		}
	case kAbstract:
		if next.kind == kClass {
			p.next()
			return p.class(start, nil, have|Abstract)
		}
	case kDeclare:
		if next.kind.isWord() {
			m := p.mark()
			p.next()
			if p.is(kImport) {
				return p.importStatement(start, have|Declare)
			}
			if d := p.plainDeclaration(start, have|Declare); d != nil {
				return d
			}
			p.reset(m)
		}
	case kInterface:
		if next.kind.isName() {
			return p.interfaceDeclaration(start, have)
		}
	case kType:
		if next.kind.isName() {
			return p.typeAlias(start, have)
		}
	case kModule, kNamespace:
		if next.kind.isName() || next.kind == tString {
			return p.namespace(start, have)
		}
	case kGlobal:
		if next.kind == tOpenBrace {
			return p.namespace(start, have)
		}
	}
	return nil
}

func (p *parser) enum(start int, modifiers Modifiers) Statement {
	e := &Enum{Modifiers: modifiers}
	p.next()
	e.Name = p.identifier("the name of the enum")
	p.expect(tOpenBrace, "{ of the enum")
	for !p.is(tCloseBrace) && p.err == nil {
		m := &EnumMember{Span: Span{Start: p.tok.start}}
		m.Name = p.propertyName()
		if p.accept(tAssign) {
			m.Value = p.withIn(p.value)
		}
		m.Span = p.from(m.Start)
		e.Members = append(e.Members, m)
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tCloseBrace, ", or } in an enum")
	e.Span = p.from(start)
	return e
}

func (p *parser) interfaceDeclaration(start int, modifiers Modifiers) Statement {
	i := &Interface{Modifiers: modifiers}
	p.next()
	i.Name = p.identifier("the name of the interface")
	i.Generics = p.typeParameters()
	if p.accept(kExtends) {
		i.Extends = p.typeList()
	}
	i.Members = p.objectTypeMembers()
	i.Span = p.from(start)
	return i
}

func (p *parser) typeAlias(start int, modifiers Modifiers) Statement {
	a := &TypeAlias{Modifiers: modifiers}
	p.next()
	a.Name = p.identifier("the name of the type")
	a.Generics = p.typeParameters()
	p.expect(tAssign, "= of the type")
	a.Type = p.parseType()
	p.semicolon()
	a.Span = p.from(start)
	return a
}

func (p *parser) namespace(start int, modifiers Modifiers) Statement {
	n := &Namespace{Modifiers: modifiers}
	word := p.tok.kind
	p.next()
	switch {
	case word == kGlobal:
	case p.is(tString):
		n.Module = p.stringLiteral("the name of the module")
		if !p.is(tOpenBrace) {
			p.semicolon()
			n.Span = p.from(start)
			return n
		}
	default:
		n.Path = p.path("the name of the namespace")
	}
	topLevel, await := p.topLevel, p.inAwait
	p.topLevel, p.inAwait = false, false
	p.expect(tOpenBrace, "{ of the namespace")
	n.Body = p.statementsUntil(tCloseBrace)
	p.expect(tCloseBrace, "} of the namespace")
	p.topLevel, p.inAwait = topLevel, await
	n.Span = p.from(start)
	return n
}
