package syntax

// precedence is the binding strength of binary operators; 0 for every other token.
var precedence = [256]uint8{
	tQuestionQuestion:   1,
	tBarBar:             2,
	tAmpersandAmpersand: 3,
	tBar:                4,
	tCaret:              5,
	tAmpersand:          6,
	tEqual:              7, tNotEqual: 7, tEqualStrict: 7, tNotEqualStrict: 7,
	tLess: 8, tGreater: 8, tLessEqual: 8, tGreaterEqual: 8, kInstanceof: 8, kIn: 8, kAs: 8, kSatisfies: 8,
	tShiftLeft: 9, tShiftRight: 9, tShiftRightZero: 9,
	tPlus: 10, tMinus: 10,
	tStar: 11, tSlash: 11, tPercent: 11,
	tStarStar: 12,
}

// expression reads an expression with commas.
func (p *parser) expression() Expression {
	start := p.tok.start
	first := p.assignment(true)
	if !p.is(tComma) {
		return first
	}
	values := []Expression{first}
	for p.accept(tComma) {
		values = append(values, p.assignment(true))
	}
	return &Sequence{p.from(start), values}
}

func (p *parser) value() Expression { return p.assignment(true) }

// assignment reads an expression without commas. returnType reports whether an arrow function may have a result type
// without doubt: between the ? and the : of a conditional it has one only when another : follows.
func (p *parser) assignment(returnType bool) Expression {
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	start := p.tok.start
	switch p.tok.kind {
	case kYield:
		if p.isYield() {
			return p.yield()
		}
	case tOpenParen, tLess, kAsync:
		if arrow := p.arrow(returnType); arrow != nil {
			return arrow
		}
	}
	left := p.binary(0)
	if id, ok := left.(*Identifier); ok && p.is(tArrow) {
		parameter := &Parameter{Span: id.Span, Target: id}
		f := &Function{Form: FunctionArrow, Parameters: []*Parameter{parameter}}
		p.arrowBody(f, returnType)
		f.Span = p.from(start)
		return f
	}
	if operator := p.rescanGreater(); operator.isAssignment() && isTarget(left) {
		text := p.src[p.tok.start:p.tok.end]
		p.next()
		right := p.assignment(returnType)
		return &Assign{p.from(start), text, left, right}
	}
	return p.conditional(start, left, returnType)
}

// isTarget reports whether an assignment operator may follow; whether the assignment makes sense is not for a parser.
func isTarget(e Expression) bool {
	switch e := e.(type) {
	case *Binary, *Await, *Yield, *Conditional:
		return false
	case *Unary:
		return false
	case *Cast:
		return e.Form == CastNonNull
	}
	return true
}

func (p *parser) conditional(start int, condition Expression, returnType bool) Expression {
	if !p.accept(tQuestion) {
		return condition
	}
	then := p.withIn(func() Expression { return p.assignment(false) })
	p.expect(tColon, ": of the conditional expression")
	otherwise := p.assignment(returnType)
	return &Conditional{p.from(start), condition, then, otherwise}
}

func (p *parser) isYield() bool {
	if p.inYield {
		return true
	}
	next := p.peek()
	return !next.newline && (next.kind.isWord() || next.kind == tString || next.kind == tNumber || next.kind == tBigInt || next.kind == tTemplate)
}

func (p *parser) yield() Expression {
	y := &Yield{Span: Span{Start: p.tok.start}}
	p.next()
	if !p.tok.newline && (p.is(tStar) || p.startsExpression()) {
		y.Delegate = p.accept(tStar)
		y.Value = p.assignment(true)
	}
	y.Span = p.from(y.Start)
	return y
}

// binary reads operators that bind more strongly than least.
func (p *parser) binary(least uint8) Expression {
	start := p.tok.start
	left := p.unary()
	for links := 0; ; {
		k := p.rescanGreater()
		strength := precedence[k]
		if strength <= least && !(k == tStarStar && strength == least) || k == kIn && p.noIn {
			return left
		}
		if k == kAs || k == kSatisfies {
			if p.tok.newline {
				return left
			}
			p.next()
			form := CastAs
			if k == kSatisfies {
				form = CastSatisfies
			}
			t := p.parseType()
			left = &Cast{p.from(start), form, left, t}
		} else {
			operator := p.src[p.tok.start:p.tok.end]
			p.next()
			right := p.binary(strength)
			left = &Binary{p.from(start), operator, left, right}
		}
		if !p.chain(&links) {
			return left
		}
	}
}

func (p *parser) unary() Expression {
	start := p.tok.start
	switch p.tok.kind {
	case tPlus, tMinus, tTilde, tExclamation, kDelete, kTypeof, kVoid:
		operator := p.src[p.tok.start:p.tok.end]
		p.next()
		return &Unary{Operator: operator, Value: p.operand(), Span: p.from(start)}
	case tPlusPlus, tMinusMinus:
		operator := p.src[p.tok.start:p.tok.end]
		p.next()
		value := p.leftHandSide()
		return &Unary{Operator: operator, Value: value, Span: p.from(start)}
	case tLess:
		if p.jsx {
			return p.jsxElement(true)
		}
		p.next()
		t := p.parseType()
		p.expect(tGreater, ">")
		value := p.operand()
		return &Cast{p.from(start), CastAngle, value, t}
	case kAwait:
		if p.isAwait() {
			p.next()
			value := p.operand()
			return &Await{p.from(start), value}
		}
	}
	return p.postfix(start, p.leftHandSide())
}

func (p *parser) operand() Expression {
	if !p.enter() {
		return p.bad()
	}
	e := p.unary()
	p.leave()
	return e
}

func (p *parser) isAwait() bool {
	next := p.peek()
	if p.inAwait {
		if !p.topLevel {
			return true
		}
		// Outside functions await is a name in scripts and an operator in modules: what follows decides.
		switch next.kind {
		case tPlus, tMinus, tLess, tOpenBracket:
			return !next.newline && next.kind != tLess
		case tSlash, tSlashAssign:
			return false
		}
		return next.kind.isWord() && next.kind != kIn && next.kind != kInstanceof && next.kind != kAs && next.kind != kOf && next.kind != kSatisfies ||
			next.kind >= tNumber && next.kind <= tPrivate || next.kind == tOpenParen || next.kind == tOpenBrace ||
			next.kind == tExclamation || next.kind == tTilde
	}
	return !next.newline && (next.kind.isWord() || next.kind == tString || next.kind == tNumber || next.kind == tBigInt || next.kind == tTemplate)
}

func (p *parser) postfix(start int, e Expression) Expression {
	if (p.is(tPlusPlus) || p.is(tMinusMinus)) && !p.tok.newline {
		operator := p.src[p.tok.start:p.tok.end]
		p.next()
		return &Unary{p.from(start), operator, true, e}
	}
	return e
}

// leftHandSide reads a primary expression with its members, calls and templates.
func (p *parser) leftHandSide() Expression {
	start := p.tok.start
	switch p.tok.kind {
	case kImport:
		return p.leftHandSideOf(start, p.importExpression())
	case kSuper:
		p.next()
		super := &Super{p.from(start)}
		if !p.is(tOpenParen) && !p.is(tDot) && !p.is(tOpenBracket) && !p.is(tLess) {
			p.unexpected("a member or a call after super")
		}
		return p.leftHandSideOf(start, super)
	}
	return p.leftHandSideOf(start, p.primary())
}

// importExpression reads the import of import("m"), import.meta and import.defer("m").
func (p *parser) importExpression() Expression {
	start := p.tok.start
	p.next()
	if p.accept(tDot) {
		name := "import." + p.tok.text
		switch {
		case !p.tok.kind.isWord():
			p.unexpected("meta")
		case name != "import.meta" && name != "import.defer" && name != "import.source":
			p.unexpected("meta")
		}
		p.next()
		if name == "import.meta" {
			return &Meta{p.from(start), name}
		}
	}
	if !p.is(tOpenParen) && !p.is(tLess) {
		p.unexpected("( of an import expression")
	}
	return &Meta{p.from(start), "import"}
}

func (p *parser) leftHandSideOf(start int, e Expression) Expression {
	for links := 0; p.chain(&links); {
		e = p.members(start, e, true)
		optional := p.accept(tQuestionDot)
		var types []Type
		if optional && (p.is(tLess) || p.is(tShiftLeft)) {
			types, _ = p.typeArgumentsInExpression()
			if p.is(tTemplate) || p.is(tTemplateHead) {
				e = p.tagged(start, e, types)
				continue
			}
		}
		if types == nil && !p.is(tOpenParen) {
			if optional {
				p.unexpected("a name, [ or ( after ?.")
			}
			return e
		}
		if i, ok := e.(*Instantiation); ok && !optional {
			e, types = i.Value, i.Types
		}
		arguments := p.arguments()
		call := &Call{p.from(start), e, types, arguments, optional}
		p.noteImport(call)
		e = call
	}
	return e
}

// noteImport records import("m").
func (p *parser) noteImport(call *Call) {
	meta, ok := call.Callee.(*Meta)
	if !ok || meta.Name != "import" || len(call.Arguments) == 0 {
		return
	}
	dynamic := &Import{Span: call.Span, Form: ImportDynamic}
	switch m := call.Arguments[0].(type) {
	case *String:
		dynamic.Module = m
	case *Template:
		if len(m.Values) > 0 {
			return
		}
		dynamic.Module = &String{m.Span, m.Texts[0]}
	default:
		return
	}
	if meta.End-meta.Start > len("import") {
		dynamic.Phase = p.src[meta.Start+len("import.") : meta.End]
	}
	p.imports = append(p.imports, dynamic)
}

// members reads .name, [key], templates, ! and type arguments; optional reports whether ?. may stand there.
func (p *parser) members(start int, e Expression, optional bool) Expression {
	for links := 0; p.chain(&links); {
		questionDot, dot := false, false
		if optional && p.is(tQuestionDot) {
			switch next := p.peek(); {
			case next.kind.isWord(), next.kind == tPrivate:
				questionDot, dot = true, true
				p.next()
			case next.kind == tOpenBracket, next.kind == tTemplate, next.kind == tTemplateHead:
				questionDot = true
				p.next()
			}
		} else {
			dot = p.accept(tDot)
		}
		switch {
		case dot:
			if !p.tok.kind.isWord() && !p.is(tPrivate) {
				p.unexpected("a name after the dot")
				return e
			}
			name, at := p.tok.text, Span{p.tok.start, p.tok.end}
			p.next()
			e = &Member{p.from(start), e, name, at, questionDot}
		case p.is(tOpenBracket) && (questionDot || !p.inDecorator):
			p.next()
			key := p.withIn(p.expression)
			p.expect(tCloseBracket, "]")
			e = &Index{p.from(start), e, key, questionDot}
		case p.is(tTemplate), p.is(tTemplateHead):
			var types []Type
			if i, ok := e.(*Instantiation); ok && !questionDot {
				e, types = i.Value, i.Types
			}
			e = p.tagged(start, e, types)
		case p.is(tExclamation) && !p.tok.newline && !questionDot:
			p.next()
			e = &Cast{Span: p.from(start), Form: CastNonNull, Value: e}
		case p.is(tLess), p.is(tShiftLeft):
			types, ok := p.typeArgumentsInExpression()
			if !ok {
				return e
			}
			e = &Instantiation{p.from(start), e, types}
		default:
			return e
		}
	}
	return e
}

func (p *parser) tagged(start int, tag Expression, types []Type) Expression {
	t := p.template()
	return &TaggedTemplate{p.from(start), tag, types, t}
}

func (p *parser) arguments() []Expression {
	p.expect(tOpenParen, "( of the arguments")
	list := p.elements(tCloseParen, false)
	p.expect(tCloseParen, ", or ) after an argument")
	return list
}

// elements reads arguments or the elements of an array up to, and without, the closing token.
func (p *parser) elements(end tokenKind, holes bool) []Expression {
	var list []Expression
	for !p.is(end) && p.err == nil {
		start := p.tok.start
		switch {
		case p.is(tComma) && holes:
			list = append(list, nil)
		case p.accept(tDotDotDot):
			value := p.withIn(p.value)
			list = append(list, &Spread{p.from(start), value})
		default:
			list = append(list, p.withIn(p.value))
		}
		if !p.accept(tComma) {
			break
		}
	}
	return list
}

// typeArgumentsInExpression reads <T> after an expression; false, with nothing read, when the < is a comparison.
func (p *parser) typeArgumentsInExpression() ([]Type, bool) {
	at := p.tok.start
	if p.err != nil || p.notTypes[at] {
		return nil, false
	}
	m := p.mark()
	p.rescanLess()
	types := p.typeArguments()
	if p.err == nil && p.canFollowTypeArguments() {
		return types, true
	}
	p.reset(m)
	if p.notTypes == nil {
		p.notTypes = map[int]bool{}
	}
	p.notTypes[at] = true
	return nil, false
}

// canFollowTypeArguments decides f<T> x against f < T > x as TypeScript does.
func (p *parser) canFollowTypeArguments() bool {
	switch p.tok.kind {
	case tOpenParen, tTemplate, tTemplateHead:
		return true
	case tLess, tGreater, tPlus, tMinus:
		return false
	}
	return p.tok.newline || precedence[p.tok.kind] > 0 && !(p.noIn && p.is(kIn)) || !p.startsExpression()
}

// startsExpression reports whether the current token can begin an expression.
func (p *parser) startsExpression() bool {
	switch p.tok.kind {
	case kThis, kSuper, kNull, kTrue, kFalse, tNumber, tBigInt, tString, tTemplate, tTemplateHead, tOpenParen, tOpenBracket, tOpenBrace,
		kFunction, kClass, kNew, tSlash, tSlashAssign, tPlus, tMinus, tTilde, tExclamation, kDelete, kTypeof, kVoid, tPlusPlus, tMinusMinus,
		tLess, tPrivate, tAt:
		return true
	case kImport:
		next := p.peek().kind
		return next == tOpenParen || next == tLess || next == tDot
	}
	return p.tok.kind.isName() || precedence[p.tok.kind] > 0 && !(p.noIn && p.is(kIn))
}
