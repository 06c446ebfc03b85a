// Package directive reads the lines that begin with //encore: and the declarations they mark: endpoints, auth handlers,
// middleware and service structs, with their signatures. It looks into no function, and knows neither services nor other
// packages.
package directive

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source/golang/facts"
)

// marking is a line such as //encore:api public path=/users/:id tag:slow.
type marking struct {
	name    string
	options []piece
	fields  []piece
	tags    []piece // values without "tag:"
	at      facts.Span
	// invalid says that a word of it is wrong: what it marks is known all the same, so that nothing else is reported
	// for want of it.
	invalid bool
}

// piece is one word of a directive; key is set for key=value.
type piece struct {
	key, value string
	at         facts.Span // of the whole word
}

// valueAt is the place of the text after key=.
func (w piece) valueAt() facts.Span {
	return facts.Span{Start: w.at.End - int32(len(w.value)), End: w.at.End}
}

func (d marking) field(key string) (piece, bool) {
	i := slices.IndexFunc(d.fields, func(w piece) bool { return w.key == key })
	if i < 0 {
		return piece{}, false
	}
	return d.fields[i], true
}

// reader finds the declarations that directives mark.
type reader struct {
	p    *facts.Package
	file *facts.File
}

// Read adds what the directives of a file mark to its package: endpoints, auth handlers, middleware and service
// structs. The names of the whole package must be known.
func Read(p *facts.Package, file *facts.File, tree *ast.File) {
	d := reader{p: p, file: file}
	d.read(tree)
}

// CheckServiceInit checks the functions in a file that make a service struct. The directives of the whole package must
// have been read.
func CheckServiceInit(p *facts.Package, file *facts.File, tree *ast.File) {
	d := reader{p: p, file: file}
	d.serviceInit(tree)
}

const directivePrefix = "encore:"

func (d *reader) read(tree *ast.File) {
	used := make(map[*ast.CommentGroup]bool)
	for _, decl := range tree.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc == nil {
				continue
			}
			used[decl.Doc] = true
			if directive, ok := d.parse(decl.Doc); ok {
				d.function(decl, directive)
			}
		case *ast.GenDecl:
			if decl.Tok != token.TYPE || decl.Doc == nil {
				continue
			}
			used[decl.Doc] = true
			if directive, ok := d.parse(decl.Doc); ok {
				d.typeDecl(decl, directive)
			}
		}
	}
	for _, group := range tree.Comments {
		if !used[group] {
			d.orphan(group)
		}
	}
}

// orphan warns about a directive that stands on nothing: Encore passes over it without a word. Other words behind
// encore: are people's own.
func (d *reader) orphan(group *ast.CommentGroup) {
	for _, comment := range group.List {
		rest, ok := strings.CutPrefix(comment.Text, "//"+directivePrefix)
		name, _, _ := strings.Cut(rest, " ")
		if !ok || !slices.Contains([]string{"api", "authhandler", "middleware", "service"}, name) {
			continue
		}
		d.p.Diags = append(d.p.Diags, diagnostic.Warning(d.file.At(facts.SpanOf(comment)), "Directive without effect", "remove what stands between them, or the directive",
			"The directive does not stand directly above a function or a type, so Encore ignores it."))
	}
}

func (d *reader) function(decl *ast.FuncDecl, directive marking) {
	switch directive.name {
	case "api":
		d.endpoint(decl, directive)
	case "authhandler":
		d.authHandler(decl, directive)
	case "middleware":
		d.middleware(decl, directive)
	default:
		d.misplaced(directive, "a function")
	}
}

func (d *reader) typeDecl(decl *ast.GenDecl, directive marking) {
	if directive.name != "service" {
		d.misplaced(directive, "a type")
		return
	}
	d.serviceStruct(decl, directive)
}

func (d *reader) misplaced(directive marking, on string) {
	d.errorAt(directive.at, "Unexpected directive",
		"functions take encore:api, encore:authhandler and encore:middleware, types encore:service",
		"encore:%s has no meaning on %s.", directive.name, on)
}

func (d *reader) errorAt(at facts.Span, summary, hint, detail string, args ...any) {
	d.p.ErrorAt(d.file.At(at), summary, hint, detail, args...)
}

// parse finds the directive of a doc comment: //encore:name or, as older code has it, // encore:name.
func (d *reader) parse(doc *ast.CommentGroup) (marking, bool) {
	lines := directiveLines(doc, "//"+directivePrefix)
	if len(lines) == 0 {
		lines = directiveLines(doc, "// "+directivePrefix)
	}
	if len(lines) == 0 {
		return marking{}, false
	}
	if len(lines) > 1 {
		d.errorAt(lines[1].at, "Several directives", "remove one of them", "A declaration takes one directive, and there is one above already.")
		return marking{}, false
	}
	return d.words(lines[0])
}

func directiveLines(doc *ast.CommentGroup, prefix string) []piece {
	var lines []piece
	for _, comment := range doc.List {
		if rest, ok := strings.CutPrefix(comment.Text, prefix); ok {
			lines = append(lines, piece{value: rest, at: facts.SpanOf(comment)})
		}
	}
	return lines
}

func (d *reader) words(line piece) (marking, bool) {
	directive := marking{at: line.at}
	seen := make(map[string]bool)
	start := int(line.valueAt().Start)
	for offset := 0; offset < len(line.value); {
		rest := line.value[offset:]
		text := strings.TrimLeft(rest, " \t\r\v\f")
		offset += len(rest) - len(text)
		if end := strings.IndexAny(text, " \t\r\v\f"); end >= 0 {
			text = text[:end]
		}
		if text == "" {
			break
		}
		word := piece{value: text, at: facts.Span{Start: int32(start + offset), End: int32(start + offset + len(text))}}
		offset += len(text)
		if directive.name == "" {
			directive.name = text
			continue
		}
		if !d.addWord(&directive, word, seen) {
			directive.invalid = true
			break // what follows may be a comment
		}
	}
	if directive.name == "" {
		d.errorAt(line.at, "Directive without a name", "say which directive it is, as in //encore:api", "The line says encore: and no more.")
		return marking{}, false
	}
	return directive, true
}

func (d *reader) addWord(directive *marking, word piece, seen map[string]bool) bool {
	key, value, isField := strings.Cut(word.value, "=")
	tag, isTag := strings.CutPrefix(word.value, "tag:")
	identity := word.value
	switch {
	case isTag:
		if !isTagName(tag) {
			d.errorAt(word.at, "Invalid tag", "use lower case letters, digits, - and _, beginning with a letter and ending with a letter or digit", "%q is no tag.", tag)
			return false
		}
		directive.tags = append(directive.tags, piece{value: tag, at: word.at})
	case isField:
		identity = key + "="
		if value == "" {
			d.errorAt(word.at, "Directive field without a value", "write it right behind the equals sign", "The field %s has no value.", key)
			return false
		}
		if !isLowerWord(key) {
			d.errorAt(word.at, "Invalid directive field", "write it like path=/users", "%q is no field: fields consist of lower case letters.", key)
			return false
		}
		directive.fields = append(directive.fields, piece{key: key, value: value, at: word.at})
	default:
		if !isLowerWord(word.value) {
			d.errorAt(word.at, "Invalid directive option", "a comment cannot stand on the line of a directive; move it above", "%q is no option: options consist of lower case letters.", word.value)
			return false
		}
		if !seen[identity] { // one mistake, one message
			directive.options = append(directive.options, word)
		}
	}
	if seen[identity] {
		d.errorAt(word.at, "Said twice", "remove one", "%q stands twice in this directive.", strings.TrimSuffix(identity, "="))
		return false
	}
	seen[identity] = true
	return true
}

// allow reports words of the directive that its kind does not have: the first option, for several may be a comment,
// and every field.
func (d *reader) allow(directive marking, options, fields []string) bool {
	allowed := true
	for _, word := range directive.options {
		if !slices.Contains(options, word.value) {
			d.unknownWord(directive, word.at, "option", word.value, options)
			allowed = false
			break
		}
	}
	for _, word := range directive.fields {
		if !slices.Contains(fields, word.key) {
			d.unknownWord(directive, word.at, "field", word.key, fields)
			allowed = false
		}
	}
	return allowed
}

func (d *reader) unknownWord(directive marking, at facts.Span, what, name string, known []string) {
	if len(known) == 0 {
		d.errorAt(at, "Invalid directive "+what, "remove it", "encore:%s takes no %ss, so %q means nothing.", directive.name, what, name)
		return
	}
	d.errorAt(at, "Invalid directive "+what, "it has "+strings.Join(known, ", "), "encore:%s has no %s %q.", directive.name, what, name)
}

func isLowerWord(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return s != ""
}

func isTagName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter, digit := 'a' <= c && c <= 'z', '0' <= c && c <= '9'
		if i == 0 && !letter || !letter && !digit && c != '-' && c != '_' {
			return false
		}
	}
	return s != "" && s[len(s)-1] != '-' && s[len(s)-1] != '_'
}
