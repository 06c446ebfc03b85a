package syntax

// typeParameters reads <T extends U = V>; nil when there are none.
func (p *parser) typeParameters() []*TypeParameter {
	if !p.accept(tLess) {
		return nil
	}
	var list []*TypeParameter
	for !p.is(tGreater) && p.err == nil {
		t := &TypeParameter{}
		start := p.tok.start
		for p.err == nil {
			m := modifierOf(p.tok.kind)
			next := p.peek().kind
			if m == 0 || !next.isName() && next != kIn && next != kConst {
				break
			}
			t.Modifiers |= m
			p.next()
		}
		t.Name = p.identifier("the name of a type parameter")
		if p.accept(kExtends) {
			t.Constraint = p.parseType()
		}
		if p.accept(tAssign) {
			t.Default = p.parseType()
		}
		t.Span = p.from(start)
		list = append(list, t)
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tGreater, ", or > after a type parameter")
	return list
}

// typeArguments reads <A, B> where only type arguments can stand. The closing > is taken alone.
func (p *parser) typeArguments() []Type {
	p.rescanLess()
	p.expect(tLess, "<")
	list := []Type{}
	for !p.is(tGreater) && p.err == nil {
		list = append(list, p.parseType())
		if !p.accept(tComma) {
			break
		}
	}
	if p.err == nil && (!p.is(tGreater) || p.rescanGreater() != tGreater) {
		if p.is(tShiftRight) || p.is(tShiftRightZero) {
			// The > of the arguments around these.
			p.pos = p.tok.start
			p.take(tGreater, 1)
		} else {
			p.unexpected(", or > after a type argument")
		}
	}
	p.next()
	return list
}

func (p *parser) parseType() Type {
	if !p.enter() {
		return &OpaqueType{}
	}
	defer p.leave()
	start := p.tok.start
	if p.startsFunctionType() {
		p.functionType()
		return &OpaqueType{p.from(start)}
	}
	t := p.combinedType(tBar)
	if p.noConditionalTypes || p.tok.newline || !p.is(kExtends) {
		return t
	}
	p.next()
	p.withConditional(false, p.parseType)
	p.expect(tQuestion, "? of the conditional type")
	p.withConditional(true, p.parseType)
	p.expect(tColon, ": of the conditional type")
	p.withConditional(true, p.parseType)
	return &OpaqueType{p.from(start)}
}

// withConditional reads a type in which conditional types are allowed or not.
func (p *parser) withConditional(allowed bool, read func() Type) Type {
	saved := p.noConditionalTypes
	p.noConditionalTypes = !allowed
	t := read()
	p.noConditionalTypes = saved
	return t
}

// returnType reads a result type, which may be a predicate such as x is T or asserts x.
func (p *parser) returnType() Type {
	start := p.tok.start
	if p.tok.kind.isName() {
		if next := p.peek(); next.kind == kIs && !next.newline {
			p.next()
			p.next()
			p.parseType()
			return &OpaqueType{p.from(start)}
		}
	}
	return p.parseType()
}

func (p *parser) startsFunctionType() bool {
	switch p.tok.kind {
	case tLess, kNew:
		return true
	case kAbstract:
		return p.peek().kind == kNew
	case tOpenParen:
		m := p.mark()
		p.next()
		found := p.startsParameters()
		p.reset(m)
		return found
	}
	return false
}

// startsParameters tells the parameters of a function type from a type in parentheses, behind the parenthesis.
func (p *parser) startsParameters() bool {
	if p.is(tCloseParen) || p.is(tDotDotDot) {
		return true
	}
	for modifierOf(p.tok.kind) != 0 && canFollowModifier(p.peek().kind) {
		p.next()
	}
	switch {
	case p.tok.kind.isName(), p.is(kThis):
		p.next()
	case p.is(tOpenBrace), p.is(tOpenBracket):
		p.binding("a pattern")
		if p.err != nil {
			return false
		}
	default:
		return false
	}
	switch p.tok.kind {
	case tColon, tComma, tQuestion, tAssign:
		return true
	case tCloseParen:
		p.next()
		return p.is(tArrow)
	}
	return false
}

// functionType reads (a: A) => B, with new or abstract new in front of it.
func (p *parser) functionType() {
	p.accept(kAbstract)
	p.accept(kNew)
	p.typeParameters()
	saved := p.enterFunction(false, false)
	p.parameters()
	p.leaveFunction(saved)
	p.expect(tArrow, "=> of the function type")
	p.withConditional(true, p.returnType)
}

// combinedType reads a union or, with an ampersand, an intersection.
func (p *parser) combinedType(operator tokenKind) Type {
	start := p.tok.start
	leading := p.accept(operator)
	first := p.combinedPart(operator)
	if !leading && !p.is(operator) {
		return first
	}
	c := &CombinedType{Intersection: operator == tAmpersand, Types: []Type{first}}
	for p.accept(operator) {
		c.Types = append(c.Types, p.combinedPart(operator))
	}
	c.Span = p.from(start)
	return c
}

func (p *parser) combinedPart(operator tokenKind) Type {
	if p.startsFunctionType() {
		// Not allowed without parentheses, but its extent is clear.
		start := p.tok.start
		p.functionType()
		return &OpaqueType{p.from(start)}
	}
	if operator == tBar {
		return p.combinedType(tAmpersand)
	}
	return p.typeOperator()
}

func (p *parser) typeOperator() Type {
	start := p.tok.start
	switch p.tok.kind {
	case kKeyof, kUnique, kReadonly:
		if !p.startsTypeAfter() {
			break
		}
		if !p.enter() {
			return &OpaqueType{}
		}
		p.next()
		p.typeOperator()
		p.leave()
		return &OpaqueType{p.from(start)}
	case kInfer:
		if !p.peek().kind.isName() {
			break
		}
		p.next()
		p.word()
		if p.is(kExtends) {
			m := p.mark()
			p.next()
			p.withConditional(false, p.parseType)
			if p.err != nil || !p.noConditionalTypes && p.is(tQuestion) {
				p.reset(m)
			}
		}
		return &OpaqueType{p.from(start)}
	}
	return p.withConditional(true, p.postfixType)
}

// startsTypeAfter reports whether the word at hand is a type operator: whether a type follows it.
func (p *parser) startsTypeAfter() bool {
	k := p.peek().kind
	switch k {
	case tOpenBrace, tOpenBracket, tOpenParen, tString, tNumber, tBigInt, tTemplate, tTemplateHead, tMinus, tLess,
		kTypeof, kImport, kVoid, kNull, kThis, kTrue, kFalse, kNew:
		return true
	}
	return k.isName()
}

func (p *parser) postfixType() Type {
	start := p.tok.start
	t := p.primaryType()
	for links := 0; p.is(tOpenBracket) && !p.tok.newline && p.chain(&links); {
		p.next()
		if p.accept(tCloseBracket) {
			t = &ArrayType{p.from(start), t}
			continue
		}
		p.parseType()
		p.expect(tCloseBracket, "]")
		t = &OpaqueType{p.from(start)}
	}
	return t
}

func (p *parser) primaryType() Type {
	at := Span{p.tok.start, p.tok.end}
	switch p.tok.kind {
	case tString, tNumber, tBigInt, kTrue, kFalse, kNull, tTemplate:
		return &LiteralType{at, p.primary()}
	case tMinus:
		p.next()
		n := &Number{at, "-" + p.tok.text, p.is(tBigInt)}
		if !p.accept(tNumber) && !p.accept(tBigInt) {
			p.unexpected("a number after -")
		}
		n.Span = p.from(at.Start)
		return &LiteralType{n.Span, n}
	case kVoid, kConst:
		// as const names no type either, but stands where one does.
		return &TypeReference{Span: at, Path: []*Identifier{p.word()}}
	case kThis:
		p.next()
		if p.is(kIs) && !p.tok.newline {
			p.next()
			p.parseType()
		}
		return &OpaqueType{p.from(at.Start)}
	case kTypeof:
		return p.typeQuery()
	case kImport:
		return p.importType(at.Start, false)
	case tOpenBrace:
		if p.startsMappedType() {
			p.mappedType()
			return &OpaqueType{p.from(at.Start)}
		}
		members := p.objectTypeMembers()
		return &ObjectType{p.from(at.Start), members}
	case tOpenBracket:
		return p.tupleType()
	case tOpenParen:
		p.next()
		t := p.parseType()
		p.expect(tCloseParen, ") of the type")
		return &ParenType{p.from(at.Start), t}
	case tTemplateHead:
		p.templateType()
		return &OpaqueType{p.from(at.Start)}
	case kAsserts:
		if next := p.peek(); !next.newline && (next.kind.isName() || next.kind == kThis) {
			p.next()
			p.next()
			if p.accept(kIs) {
				p.parseType()
			}
			return &OpaqueType{p.from(at.Start)}
		}
	}
	t := &TypeReference{Path: p.path("a type")}
	t.Arguments = p.typeArgumentsOfName()
	t.Span = p.from(at.Start)
	return t
}

// path reads a.b.c; in types a keyword may follow a dot.
func (p *parser) path(what string) []*Identifier {
	list := []*Identifier{p.identifier(what)}
	for p.accept(tDot) {
		if !p.tok.kind.isWord() && !p.is(tPrivate) {
			p.unexpected("a name after the dot")
			break
		}
		list = append(list, p.word())
	}
	return list
}

// typeArgumentsOfName reads the type arguments behind a name in a type; nil when there are none.
func (p *parser) typeArgumentsOfName() []Type {
	if p.tok.newline || !p.is(tLess) && !p.is(tShiftLeft) {
		return nil
	}
	return p.withinArguments()
}

func (p *parser) withinArguments() []Type {
	saved := p.noConditionalTypes
	p.noConditionalTypes = false
	list := p.typeArguments()
	p.noConditionalTypes = saved
	return list
}

func (p *parser) typeQuery() Type {
	start := p.tok.start
	p.next()
	if p.is(kImport) {
		return p.importType(start, true)
	}
	q := &TypeQuery{}
	if p.is(kThis) {
		q.Path = []*Identifier{p.word()}
		for p.accept(tDot) {
			if !p.tok.kind.isWord() && !p.is(tPrivate) {
				p.unexpected("a name after the dot")
				break
			}
			q.Path = append(q.Path, p.word())
		}
	} else {
		q.Path = p.path("a name after typeof")
	}
	q.Arguments = p.typeArgumentsOfName()
	q.Span = p.from(start)
	return q
}

func (p *parser) importType(start int, typeOf bool) Type {
	t := &ImportType{Typeof: typeOf}
	p.next()
	p.expect(tOpenParen, "( of the import")
	if l, ok := p.parseType().(*LiteralType); ok {
		t.Module, _ = l.Value.(*String)
	}
	if p.accept(tComma) && p.is(tOpenBrace) {
		p.object()
		p.accept(tComma)
	}
	p.expect(tCloseParen, ") of the import")
	for p.accept(tDot) {
		if !p.tok.kind.isWord() {
			p.unexpected("a name after the dot")
			break
		}
		t.Path = append(t.Path, p.tok.text)
		p.next()
	}
	t.Arguments = p.typeArgumentsOfName()
	t.Span = p.from(start)
	return t
}
