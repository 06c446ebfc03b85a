package syntax

// importStatement reads an import that is no expression.
func (p *parser) importStatement(start int, modifiers Modifiers) Statement {
	p.next()
	i := &Import{Form: ImportStatement, Exported: modifiers.Has(Exported)}
	if p.is(tString) {
		i.Module = p.stringLiteral("the name of the module")
		p.importEnd(start, i)
		return i
	}
	var name *Identifier
	if p.tok.kind.isName() {
		name = p.word()
		switch name.Name {
		case "type":
			if p.marksTypes() {
				i.TypeOnly = true
				name = p.optionalName()
			}
		case "defer", "source":
			phase := !p.is(tComma) && !p.is(tAssign)
			if p.is(kFrom) {
				phase = p.peek().kind != tString
			}
			if phase {
				i.Phase = name.Name
				name = p.optionalName()
			}
		}
	}
	if name != nil && p.accept(tAssign) {
		return p.importEquals(start, modifiers, i, name)
	}
	i.Default = name
	if name == nil || p.accept(tComma) {
		switch {
		case p.accept(tStar):
			p.expect(kAs, "as after *")
			i.Namespace = p.identifier("a name after as")
		case p.is(tOpenBrace):
			p.importNames(i)
		default:
			p.unexpected("a name, * or { after import")
		}
	}
	p.expect(kFrom, "from")
	i.Module = p.stringLiteral("the name of the module in quotes")
	p.importEnd(start, i)
	return i
}

// marksTypes reports whether the `type` just read is the mark, and not the name of the default import.
func (p *parser) marksTypes() bool {
	if p.is(tStar) || p.is(tOpenBrace) {
		return true
	}
	if !p.tok.kind.isName() {
		return false
	}
	if p.is(kFrom) {
		next := p.peek().kind
		return next == kFrom || next == tAssign
	}
	return true
}

func (p *parser) optionalName() *Identifier {
	if p.tok.kind.isName() {
		return p.word()
	}
	return nil
}

// importEnd reads the attributes and the end of an import.
func (p *parser) importEnd(start int, i *Import) {
	i.Attributes = p.attributes()
	p.semicolon()
	i.Span = p.from(start)
}

// attributes reads with {type: "json"}, also with the older word assert; nil when there are none.
func (p *parser) attributes() *Object {
	if p.is(kWith) || p.is(tIdentifier) && p.tok.text == "assert" && !p.tok.newline {
		p.next()
		if p.is(tOpenBrace) {
			o, _ := p.object().(*Object)
			return o
		}
		p.unexpected("{ of the import attributes")
	}
	return nil
}

// importEquals reads import x = require("m") and import x = a.b behind the sign.
func (p *parser) importEquals(start int, modifiers Modifiers, i *Import, name *Identifier) Statement {
	if p.is(kRequire) && p.peek().kind == tOpenParen {
		p.next()
		p.next()
		i.Form, i.Namespace = ImportRequire, name
		i.Module = p.stringLiteral("the name of the module in quotes")
		p.expect(tCloseParen, ") of require")
		p.semicolon()
		i.Span = p.from(start)
		return i
	}
	a := &ImportAlias{Name: name, TypeOnly: i.TypeOnly, Modifiers: modifiers}
	a.Path = p.path("the name of a namespace, or require")
	p.semicolon()
	a.Span = p.from(start)
	return a
}

// specifier is one name in the braces of an import or export.
type specifier struct {
	Span
	name, as token // as equals name when it is not renamed
	typeOnly bool
}

// specifiers reads {a, b as c, type d}.
func (p *parser) specifiers() []specifier {
	p.expect(tOpenBrace, "{")
	var list []specifier
	for !p.is(tCloseBrace) && p.err == nil {
		list = append(list, p.specifier())
		if !p.accept(tComma) {
			break
		}
	}
	p.expect(tCloseBrace, ", or } after a name")
	return list
}

func (p *parser) specifier() specifier {
	s := specifier{Span: Span{Start: p.tok.start}}
	s.name = p.moduleName()
	if s.name.kind == kType && p.startsModuleName() {
		// type may be the mark, the name itself, or both, and so may as behind it.
		first := p.moduleName()
		switch {
		case first.kind != kAs:
			s.typeOnly, s.name = true, first
		case p.is(kAs):
			second := p.moduleName()
			if p.startsModuleName() {
				s.typeOnly, s.name, s.as = true, first, p.moduleName()
			} else {
				s.as = second
			}
		case p.startsModuleName():
			s.as = p.moduleName()
		default:
			s.typeOnly, s.name = true, first
		}
	}
	if s.as.end == 0 {
		s.as = s.name
		if p.accept(kAs) {
			s.as = p.moduleName()
		}
	}
	s.Span = p.from(s.Start)
	return s
}

func (p *parser) startsModuleName() bool { return p.tok.kind.isWord() || p.is(tString) }

// moduleName reads a name that a module exports: any word or a string.
func (p *parser) moduleName() token {
	t := p.tok
	if !p.startsModuleName() {
		p.unexpected("a name")
	}
	p.next()
	return t
}

func (t token) identifier() *Identifier {
	return &Identifier{Span: Span{t.start, t.end}, Name: t.text}
}

func (p *parser) importNames(i *Import) {
	i.Braces = true
	for _, s := range p.specifiers() {
		if p.err == nil && !s.as.kind.isName() {
			p.fail(Span{s.as.start, s.as.end}, "expected a name of this file after as, found "+quote(p.src[s.as.start:s.as.end]))
		}
		name := &ImportName{Span: s.Span, Imported: s.name.text, ImportedAt: Span{s.name.start, s.name.end}, TypeOnly: s.typeOnly}
		name.Local = s.as.identifier()
		i.Named = append(i.Named, name)
	}
}

// exportStatement reads everything that begins with export; decorators are those in front of it.
func (p *parser) exportStatement(start int, decorators []Expression) Statement {
	p.next()
	typeOnly := false
	if p.is(kType) {
		if next := p.peek().kind; next == tOpenBrace || next == tStar {
			p.next()
			typeOnly = true
		}
	}
	switch {
	case decorators != nil || p.is(tAt):
		return p.exportedClass(start, decorators)
	case p.is(kDefault):
		return p.exportDefault(start)
	case p.is(tStar):
		return p.exportAll(start, typeOnly)
	case p.is(tOpenBrace):
		return p.exportNames(start, typeOnly)
	case p.is(tAssign):
		at := Span{p.tok.start, p.tok.end}
		p.next()
		value := p.withIn(p.value)
		p.semicolon()
		span := p.from(start)
		return &ExportStatement{Span: span, Exports: []*Export{{Span: span, Name: "=", NameAt: at, Value: value}}}
	case p.is(kAs):
		p.next()
		p.expect(kNamespace, "namespace after export as")
		name := p.identifier("the name of the namespace")
		p.semicolon()
		return &ExportStatement{Span: p.from(start), Namespace: name}
	case p.is(kImport):
		return p.importStatement(start, Exported)
	}
	d := p.plainDeclaration(start, Exported)
	if d == nil {
		p.unexpected("a declaration, default, { or * after export")
		return &Empty{}
	}
	return d
}

func (p *parser) exportedClass(start int, decorators []Expression) Statement {
	modifiers := Exported
	if p.accept(kDefault) {
		modifiers |= Default
	}
	decorators = append(decorators, p.decorators()...)
	return p.decoratedClass(start, decorators, modifiers)
}

func (p *parser) exportDefault(start int) Statement {
	at := Span{p.tok.start, p.tok.end}
	p.next()
	modifiers := Exported | Default
	next := p.peek()
	switch {
	case p.is(tAt):
		return p.exportedClassDefault(start)
	case p.is(kFunction), p.is(kClass):
		return p.plainDeclaration(start, modifiers)
	case p.is(kAsync) && next.kind == kFunction && !next.newline, p.is(kAbstract) && next.kind == kClass && !next.newline,
		p.is(kInterface) && next.kind.isName() && !next.newline:
		return p.plainDeclaration(start, modifiers)
	}
	value := p.withIn(p.value)
	p.semicolon()
	span := p.from(start)
	return &ExportStatement{Span: span, Exports: []*Export{{Span: span, Name: "default", NameAt: at, Value: value}}}
}

func (p *parser) exportedClassDefault(start int) Statement {
	return p.decoratedClass(start, p.decorators(), Exported|Default)
}

func (p *parser) exportAll(start int, typeOnly bool) Statement {
	e := &Export{Imported: "*", TypeOnly: typeOnly, NameAt: Span{p.tok.start, p.tok.end}}
	p.next()
	if p.accept(kAs) {
		name := p.moduleName()
		e.Name, e.NameAt = name.text, Span{name.start, name.end}
	}
	p.expect(kFrom, "from")
	e.From = p.stringLiteral("the name of the module in quotes")
	p.attributes()
	p.semicolon()
	e.Span = p.from(start)
	return &ExportStatement{Span: e.Span, Exports: []*Export{e}, From: e.From}
}

func (p *parser) exportNames(start int, typeOnly bool) Statement {
	names := p.specifiers()
	s := &ExportStatement{}
	if p.accept(kFrom) {
		s.From = p.stringLiteral("the name of the module in quotes")
		p.attributes()
	}
	p.semicolon()
	s.Span = p.from(start)
	for _, n := range names {
		e := &Export{Span: n.Span, Name: n.as.text, NameAt: Span{n.as.start, n.as.end}, TypeOnly: typeOnly || n.typeOnly, From: s.From}
		switch {
		case s.From != nil:
			e.Imported = n.name.text
		case n.name.kind.isName():
			e.Local = n.name.identifier()
		}
		s.Exports = append(s.Exports, e)
	}
	return s
}

// exportsOf lists what top-level statements export. A function with overloads is one export.
func exportsOf(statements []Statement) []*Export {
	var list []*Export
	declared := func(s Statement, name *Identifier, modifiers Modifiers, typeOnly bool) {
		if !modifiers.Has(Exported) || name == nil && !modifiers.Has(Default) {
			return
		}
		e := &Export{Span: s.Extent(), NameAt: s.Extent(), Name: "default", Local: name, Declaration: s, TypeOnly: typeOnly}
		if name != nil {
			e.NameAt = name.Span
		}
		if !modifiers.Has(Default) {
			e.Name = name.Name
		}
		if f, ok := s.(*Function); ok && len(list) > 0 && list[len(list)-1].Name == e.Name {
			if previous, ok := list[len(list)-1].Declaration.(*Function); ok && previous.Body == nil && !f.Modifiers.Has(Declare) {
				list[len(list)-1] = e
				return
			}
		}
		list = append(list, e)
	}
	for _, s := range statements {
		switch s := s.(type) {
		case *Variables:
			for _, d := range s.Declarators {
				eachName(d.Target, func(id *Identifier) { declared(s, id, s.Modifiers, false) })
			}
		case *Function:
			declared(s, s.Name, s.Modifiers, false)
		case *Class:
			declared(s, s.Name, s.Modifiers, false)
		case *Enum:
			declared(s, s.Name, s.Modifiers, false)
		case *Namespace:
			if len(s.Path) > 0 {
				declared(s, s.Path[0], s.Modifiers, false)
			}
		case *Interface:
			declared(s, s.Name, s.Modifiers, true)
		case *TypeAlias:
			declared(s, s.Name, s.Modifiers, true)
		case *ImportAlias:
			declared(s, s.Name, s.Modifiers, s.TypeOnly)
		case *Import:
			if s.Exported {
				declared(s, s.Namespace, Exported, s.TypeOnly)
			}
		case *ExportStatement:
			list = append(list, s.Exports...)
		}
	}
	return list
}

// eachName calls visit for every name that a pattern binds, in source order.
func eachName(p Pattern, visit func(*Identifier)) {
	switch p := p.(type) {
	case *Identifier:
		visit(p)
	case *ObjectPattern:
		for _, q := range p.Properties {
			eachName(q.Target, visit)
		}
		eachName(p.Rest, visit)
	case *ArrayPattern:
		for _, e := range p.Elements {
			if e != nil {
				eachName(e.Target, visit)
			}
		}
		eachName(p.Rest, visit)
	}
}
