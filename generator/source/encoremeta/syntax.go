package encoremeta

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/tailscale/hujson"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// metadataNode is a value in the metadata; the zero value stands for one that is not there.
type metadataNode struct{ value *hujson.Value }

// members are the members of an object; false for any other value.
func (n metadataNode) members() ([]hujson.ObjectMember, bool) {
	if n.value == nil {
		return nil, false
	}
	object, ok := n.value.Value.(*hujson.Object)
	if !ok {
		return nil, false
	}
	return object.Members, true
}

// member is the value of a member, absent when there is none or it is null. Names compare without regard to case and
// underscores, because Encore's formats differ in them.
func (n metadataNode) member(name string) metadataNode {
	members, _ := n.members()
	for i := range members {
		if literal, ok := members[i].Name.Value.(hujson.Literal); ok && literal.Kind() == '"' && source.SameName(literal.String(), name) {
			if value, ok := members[i].Value.Value.(hujson.Literal); ok && value.Kind() == 'n' {
				return metadataNode{}
			}
			return metadataNode{&members[i].Value}
		}
	}
	return metadataNode{}
}

// literal is a value that is neither object nor list; false for those and for one that is not there.
func (n metadataNode) literal() (hujson.Literal, bool) {
	if n.value == nil {
		return nil, false
	}
	literal, ok := n.value.Value.(hujson.Literal)
	return literal, ok
}

// text is a value as text, "" for any other.
func (n metadataNode) text() string {
	if literal, ok := n.literal(); ok && literal.Kind() == '"' {
		return literal.String()
	}
	return ""
}

// metadataSyntax reads values as what they should be, and reports those that are something else.
type metadataSyntax struct {
	name  string
	text  []byte
	lines []int // offsets of line starts
	diags hcl.Diagnostics

	// marks are positions found in line, ascending: text without line breaks is one long line, and counting its characters
	// from the beginning each time would take forever.
	line  int
	marks []metadataMark
}

// metadataMark says that a byte of a line stands in a column.
type metadataMark struct{ offset, column int }

func (s *metadataSyntax) fail(at hcl.Range, summary, hint, detail string, args ...any) {
	s.diags = append(s.diags, diagnostic.Error(at, summary, hint, detail, args...))
}

// at is the place of a value: all of a literal, the bracket of an object or a list. A value that is not there is at the
// beginning.
func (s *metadataSyntax) at(n metadataNode) hcl.Range {
	if n.value == nil {
		return source.TextRange(s.name, nil, 0, 0)
	}
	start, end := n.value.StartOffset, n.value.StartOffset+1
	if _, ok := n.literal(); ok {
		end = n.value.EndOffset
	}
	return hcl.Range{Filename: s.name, Start: s.position(start), End: s.position(end)}
}

func (s *metadataSyntax) position(offset int) hcl.Pos {
	line := lineOf(s.lines, offset)
	if line != s.line || len(s.marks) == 0 {
		s.line, s.marks = line, []metadataMark{{s.lines[line], 1}}
	}
	i, found := slices.BinarySearchFunc(s.marks, offset, func(m metadataMark, offset int) int { return m.offset - offset })
	if !found {
		before := s.marks[i-1]
		// Every value begins and ends at a byte of ASCII, so that no character is cut in two.
		s.marks = slices.Insert(s.marks, i, metadataMark{offset, before.column + source.Characters(s.text[before.offset:offset])})
	}
	return hcl.Pos{Line: line + 1, Column: s.marks[i].column, Byte: offset}
}

// within is the place of a member, or of what it is missing from.
func (s *metadataSyntax) within(n metadataNode, member string) hcl.Range {
	if found := n.member(member); found.value != nil {
		return s.at(found)
	}
	return s.at(n)
}

// wrong reports a value of another type than it should have; name is what holds it, as in "the field svcs".
func (s *metadataSyntax) wrong(n metadataNode, name, want string) {
	s.fail(s.at(n), "Invalid metadata", "print it again rather than mend it: "+metadataCommand, "%s is %s, where Encore's metadata has %s.", diagnostic.Capitalized(name), describeMetadata(n), want)
}

func describeMetadata(n metadataNode) string {
	literal, ok := n.literal()
	if !ok {
		if _, object := n.members(); object {
			return "an object"
		}
		return "a list"
	}
	switch literal.Kind() {
	case '"':
		return fmt.Sprintf("the string %q", literal.String())
	case '0':
		return "the number " + string(literal)
	}
	return string(literal)
}

// list is the elements of a list; none when it is not there. Elements that are null are left out.
func (s *metadataSyntax) list(n metadataNode, name string) []metadataNode {
	found := n.member(name)
	if found.value == nil {
		return nil
	}
	array, ok := found.value.Value.(*hujson.Array)
	if !ok {
		s.wrong(found, "the field "+name, "a list")
		return nil
	}
	nodes := make([]metadataNode, 0, len(array.Elements))
	for i := range array.Elements {
		if literal, ok := array.Elements[i].Value.(hujson.Literal); !ok || literal.Kind() != 'n' {
			nodes = append(nodes, metadataNode{&array.Elements[i]})
		}
	}
	return nodes
}

// objects is a list of objects; what is none is reported and left out.
func (s *metadataSyntax) objects(n metadataNode, name string) []metadataNode {
	var nodes []metadataNode
	for _, element := range s.list(n, name) {
		if _, ok := element.members(); !ok {
			s.wrong(element, "an element of "+name, "an object")
			continue
		}
		nodes = append(nodes, element)
	}
	return nodes
}

// texts is a list of strings; what is none is reported and left out.
func (s *metadataSyntax) texts(n metadataNode, name string) []metadataNode {
	var nodes []metadataNode
	for _, element := range s.list(n, name) {
		if literal, ok := element.literal(); !ok || literal.Kind() != '"' {
			s.wrong(element, "an element of "+name, "a string")
			continue
		}
		nodes = append(nodes, element)
	}
	return nodes
}

// string is a string, "" when it is not there.
func (s *metadataSyntax) string(n metadataNode, name string) string {
	found := n.member(name)
	if found.value == nil {
		return ""
	}
	if literal, ok := found.literal(); !ok || literal.Kind() != '"' {
		s.wrong(found, "the field "+name, "a string")
		return ""
	}
	return found.text()
}

// required is a string that must be there and not be empty; false, and reported, when it is not.
func (s *metadataSyntax) required(n metadataNode, name, what string) (string, bool) {
	before := len(s.diags)
	text := s.string(n, name)
	if text == "" && len(s.diags) == before {
		s.fail(s.within(n, name), "Invalid metadata", "print it again rather than mend it: "+metadataCommand, "The %s has no %s.", what, name)
	}
	return text, text != "" && s.printable(n.member(name), text)
}

// printable reports whether a name has no line breaks and the like, which end up in files and terminals, and reports when it
// has: no version of Encore accepts such a name.
func (s *metadataSyntax) printable(n metadataNode, name string) bool {
	if !strings.ContainsFunc(name, unicode.IsControl) {
		return true
	}
	s.fail(s.at(n), "Invalid metadata", "print it again rather than mend it: "+metadataCommand, "The name %q has characters that cannot be printed.", name)
	return false
}

// flag is true or false, false when it is not there.
func (s *metadataSyntax) flag(n metadataNode, name string) bool {
	found := n.member(name)
	if found.value == nil {
		return false
	}
	if literal, ok := found.literal(); ok {
		switch literal.String() {
		case "true", "1":
			return true
		case "false", "0", "":
			return false
		}
	}
	s.wrong(found, "the field "+name, "true or false")
	return false
}

// number is an integer; false when it is not there, or is none, which is reported.
func (s *metadataSyntax) number(n metadataNode, name string) (int64, bool) {
	found := n.member(name)
	if found.value == nil {
		return 0, false
	}
	if literal, ok := found.literal(); ok && (literal.Kind() == '0' || literal.Kind() == '"') {
		text := literal.String()
		if number, err := strconv.ParseInt(text, 10, 64); err == nil {
			return number, true
		}
		if number, err := strconv.ParseFloat(text, 64); err == nil && number == math.Trunc(number) && math.Abs(number) < 1<<62 {
			return int64(number), true
		}
	}
	s.wrong(found, "the field "+name, "an integer")
	return 0, false
}

// word is the index of an enumeration's word in words, which stand in the order of their numbers. An absent one is the
// first; one that is not known is reported, and false.
func (s *metadataSyntax) word(n metadataNode, name string, words []string) (int, bool) {
	found := n.member(name)
	if found.value == nil {
		return 0, true
	}
	return s.wordOf(found, name, words)
}

func (s *metadataSyntax) wordOf(n metadataNode, name string, words []string) (int, bool) {
	literal, ok := n.literal()
	if !ok || literal.Kind() != '"' && literal.Kind() != '0' {
		s.wrong(n, "the field "+name, "a word")
		return 0, false
	}
	text := literal.String()
	if number, err := strconv.Atoi(text); err == nil && 0 <= number && number < len(words) && words[number] != "" {
		return number, true
	}
	spelled := strings.ToUpper(strings.ReplaceAll(text, "-", "_"))
	best, length := -1, 0
	for i, word := range words {
		// Generators of code put the name of the enumeration in front. Of two words that fit, the longer one is meant.
		if word != "" && (spelled == word || strings.HasSuffix(spelled, "_"+word) || strings.ReplaceAll(word, "_", "") == spelled) && len(word) > length {
			best, length = i, len(word)
		}
	}
	if best < 0 {
		s.fail(s.at(n), "Unknown word in the metadata", "use a version of groundplan that knows this version of Encore",
			"The field %s is %s; groundplan knows %s there.", name, describeMetadata(n), diagnostic.And(knownWords(words)))
		return 0, false
	}
	return best, true
}

func knownWords(words []string) []string {
	var known []string
	for _, word := range words {
		if word != "" {
			known = append(known, word)
		}
	}
	return known
}
