package syntax

import "strings"

// jsxElement reads an element or a fragment from its <. An outer one ends as part of an expression: the next token is
// one of the language again; what follows an inner one is text, and the caller reads on from pos.
func (p *parser) jsxElement(outer bool) Expression {
	if !p.enter() {
		return p.bad()
	}
	defer p.leave()
	e := &JSX{Span: Span{Start: p.tok.start}}
	p.next()
	name := ""
	if !p.is(tGreater) {
		name = p.jsxName(e)
		if p.is(tLess) {
			e.Types = p.typeArguments()
		}
		p.jsxAttributes(e)
	}
	if p.is(tSlash) {
		p.next()
		p.jsxEnd(outer, e)
		return e
	}
	if !p.is(tGreater) {
		p.unexpected("an attribute, > or />")
		return e
	}
	p.pos = p.tok.end
	p.jsxChildren(e)
	// Stands at the < of the closing tag, with the slash next.
	p.next()
	p.next()
	closing := ""
	if !p.is(tGreater) {
		closing = p.jsxName(nil)
	}
	if p.err == nil && closing != name {
		p.fail(Span{e.Start, p.tok.start}, "the element "+quote("<"+name+">")+" is closed by "+quote("</"+closing+">"))
	}
	p.jsxEnd(outer, e)
	return e
}

// jsxEnd takes the last > of an element.
func (p *parser) jsxEnd(outer bool, e *JSX) {
	if !p.is(tGreater) {
		p.unexpected(">")
		return
	}
	e.Span = Span{e.Start, p.tok.end}
	if outer {
		p.next()
	} else {
		p.pos = p.tok.end
	}
}

// jsxWord extends the word at hand over dashes, which belong to names here.
func (p *parser) jsxWord() string {
	if !p.tok.kind.isWord() {
		p.unexpected("a name")
		return ""
	}
	end := p.tok.end
	for end < len(p.src) && (p.src[end] == '-' || wordPart[p.src[end]]) {
		end++
	}
	p.pos = end
	p.tok.end = end
	return p.src[p.tok.start:end]
}

// jsxName reads the name of an element and returns it as written; e may be nil.
func (p *parser) jsxName(e *JSX) string {
	start := p.tok.start
	this := p.is(kThis)
	plain := p.tok.text
	first := p.jsxWord()
	var tag Expression = &Identifier{Span: Span{start, p.tok.end}, Name: plain}
	if this {
		tag = &This{Span{start, p.tok.end}}
	}
	p.next()
	intrinsic := strings.Contains(first, "-") || first != "" && first[0] >= 'a' && first[0] <= 'z' && !this
	if p.accept(tColon) {
		intrinsic = true
		p.jsxWord()
		p.next()
	}
	for p.accept(tDot) {
		intrinsic = false
		at := Span{p.tok.start, p.tok.end}
		name := p.jsxWord()
		at.End = p.tok.end
		p.next()
		tag = &Member{p.from(start), tag, name, at, false}
	}
	text := strings.Join(strings.Fields(p.src[start:max(start, p.prev)]), "")
	if e != nil {
		if intrinsic {
			e.Element = text
		} else {
			e.Tag = tag
		}
	}
	return text
}

func (p *parser) jsxAttributes(e *JSX) {
	for !p.is(tGreater) && !p.is(tSlash) && p.err == nil {
		a := &JSXAttribute{Span: Span{Start: p.tok.start}}
		if p.accept(tOpenBrace) {
			p.expect(tDotDotDot, "... in an attribute in braces")
			a.Value = p.withIn(p.value)
			p.expect(tCloseBrace, "}")
		} else {
			a.Name = p.jsxWord()
			p.next()
			if p.accept(tColon) {
				a.Name += ":" + p.jsxWord()
				p.next()
			}
			if p.is(tAssign) {
				p.jsxValue(a)
			}
		}
		a.Span = p.from(a.Start)
		e.Attributes = append(e.Attributes, a)
	}
}

// jsxValue reads the value of an attribute from its = on. Strings have no escapes and may hold line breaks here.
func (p *parser) jsxValue(a *JSXAttribute) {
	p.skipTrivia()
	if p.err == nil && p.pos < len(p.src) && (p.src[p.pos] == '"' || p.src[p.pos] == '\'') {
		start := p.pos
		length := strings.IndexByte(p.src[start+1:], p.src[start])
		if length < 0 {
			p.fail(Span{start, start + 1}, "this string has no end; close it with "+p.src[start:start+1])
			return
		}
		a.Value = &String{Span{start, start + length + 2}, p.src[start+1 : start+1+length]}
		p.pos = start + length + 2
		p.tok.end = p.pos
		p.next()
		return
	}
	p.next()
	switch {
	case p.is(tLess):
		a.Value = p.jsxElement(true)
	case p.accept(tOpenBrace):
		if !p.is(tCloseBrace) {
			a.Value = p.withIn(p.expression)
		}
		p.expect(tCloseBrace, "}")
	default:
		p.unexpected("a string, an expression in braces or an element")
	}
}

// jsxChildren reads text, elements and expressions from pos up to the < of a closing tag.
func (p *parser) jsxChildren(e *JSX) {
	for p.err == nil {
		next := strings.IndexAny(p.src[p.pos:], "{<>}")
		if next < 0 {
			p.fail(Span{e.Start, e.Start + 1}, "this element has no closing tag")
			return
		}
		if c := p.src[p.pos+next]; c == '>' || c == '}' {
			p.fail(Span{p.pos + next, p.pos + next + 1}, "the text of an element holds no "+string(c)+"; write {'"+string(c)+"'}")
			return
		}
		p.pos += next
		p.next()
		if p.is(tOpenBrace) {
			p.next()
			start := p.tok.start
			spread := p.accept(tDotDotDot)
			if !p.is(tCloseBrace) {
				value := p.withIn(p.expression)
				if spread {
					value = &Spread{p.from(start), value}
				}
				e.Children = append(e.Children, value)
			}
			if !p.is(tCloseBrace) {
				p.unexpected("} after an expression in an element")
				return
			}
			p.pos = p.tok.end
			continue
		}
		p.rescanJSXLess()
		if p.peek().kind == tSlash {
			return
		}
		e.Children = append(e.Children, p.jsxElement(false))
	}
}

// rescanJSXLess cuts <<, <= and <<= to the < that opens a tag.
func (p *parser) rescanJSXLess() {
	if p.err == nil && p.tok.end > p.tok.start+1 {
		p.pos = p.tok.start
		p.take(tLess, 1)
	}
}
