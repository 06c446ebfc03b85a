// Package settings reads HCL of literals by a table of what may be written, says what is wrong with a file, and documents
// the table. Nothing is computed, so that whoever reads a file sees what there is.
//
// The tables are data of those whose files they describe. The package must not know those: what a setting means is theirs.
package settings

import (
	"slices"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Type is the type of a setting.
type Type int

const (
	String Type = iota
	Integer
	Number
	Bool
	// Duration is a string that Table.Duration takes.
	Duration
	StringList
	IntegerList
	StringMap
	// Object has members, which are settings of their own: "scale.min" is one of "scale".
	Object
)

// typeWords are the words for each type: in documentation, which has Terraform's, and in messages after "must be" and "as in".
var typeWords = [...]struct{ documented, wanted, example string }{
	String:      {"string", "a string", `"text"`},
	Integer:     {"number", "an integer", "512"},
	Number:      {"number", "a number", "0.5"},
	Bool:        {"true or false", "true or false", ""},
	Duration:    {"duration", "a duration", `"30s", "5m" or "7 days"`},
	StringList:  {"list(string)", "a list of strings", `["a", "b"]`},
	IntegerList: {"list(number)", "a list of integers", "[443]"},
	StringMap:   {"map(string)", "a map of strings", `{ name = "value" }`},
	Object:      {"object", "an object", "{ name = value }"},
}

// elements are the types of what lists and maps hold.
var elements = map[Type]Type{StringList: String, IntegerList: Integer, StringMap: String}

// Setting is one setting of a block.
type Setting struct {
	// Name is "scale.min" for the member min of the object scale, which needs no row of its own.
	Name string
	Type Type
	// Required says that it must be written, a member where its object is; Default is what holds otherwise, as the documentation prints it.
	Required bool
	Default  string
	Meaning  string
	// Only is the scope the setting is for; nil for every one.
	Only *Scope
	// Words are strings that stand for an integer: "infinite" for a number of retries.
	Words map[string]int
	// Check returns what is wrong with a value of the right type, in whole sentences, and the remedy; "" when nothing is.
	Check func(value any) (detail, hint string)
	// Remedy is the hint for an element or entry that is an object, "" where an example of the type says enough.
	Remedy string
}

// wanted completes "must be".
func (s *Setting) wanted() string {
	words := []string{typeWords[s.Type].wanted}
	for word := range s.Words {
		words = append(words, strconv.Quote(word))
	}
	slices.Sort(words[1:])
	return diagnostic.Or(words)
}

// example completes "write".
func (s *Setting) example() string {
	if example := typeWords[s.Type].example; example != "" && s.Words == nil {
		return typeWords[s.Type].wanted + ", as in " + example
	}
	return s.wanted()
}

// Scope is a group of files that a setting or a block may be for, and for no others.
type Scope struct {
	// Summary, Hint and Detail are the message about it in a file of another scope. Detail has %s for "setting" or "block"
	// and %q for its name.
	Summary, Hint, Detail string
	// Note is what the documentation adds to the meaning.
	Note string
}

// Repeat says how often blocks of a type may stand in one place.
type Repeat int

const (
	// Distinct is once for each label, and once without one.
	Distinct Repeat = iota
	// Once is once whatever the label.
	Once
	// Repeated is any number of times: the owner of the table compares them.
	Repeated
)

// Grammar is what may stand in a block.
type Grammar struct {
	Type string
	// Label is what the block's label is called, "" for a block without one.
	Label string
	// Meaning is the text of the documentation, Title its heading where that is not the block's own. A block without a
	// meaning has no section.
	Meaning, Title string
	Only           *Scope
	Repeat         Repeat
	// Free is a block with one label or more, which are joined by spaces, and settings of any name and type.
	Free     bool
	Settings []Setting
	// Like is a block whose settings this one has as well. They are documented there.
	Like   *Grammar
	Blocks []*Grammar
}

// Table is what may stand in a file.
type Table struct {
	// File is the block around everything, which has no type.
	File *Grammar
	// Page is the documentation, for hints.
	Page string
	// Advice are hints about settings that people look for here and that are called otherwise, or belong elsewhere.
	Advice map[string]string
	// Duration reports whether a string is a duration; needed by settings of that type.
	Duration func(text string) bool
}

// all are the settings of a block, those it shares included.
func (g *Grammar) all() []Setting {
	if g.Like == nil {
		return g.Settings
	}
	return slices.Concat(g.Settings, g.Like.all())
}

// setting is the row of a name, an object without one when only its members have rows, nil when there is neither.
func (g *Grammar) setting(name string) *Setting {
	list := g.all()
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	if len(g.names(name+".", nil)) > 0 {
		return &Setting{Name: name, Type: Object}
	}
	return nil
}

// names are the names of settings that begin with prefix, without it and without what follows a dot. Those of another scope
// are left out, unless scope is nil.
func (g *Grammar) names(prefix string, scope *Scope) []string {
	var names []string
	for _, s := range g.all() {
		rest, inside := strings.CutPrefix(s.Name, prefix)
		name, _, _ := strings.Cut(rest, ".")
		if inside && !s.Only.excludes(scope) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// excludes reports whether what is for one scope makes no sense in another; nil is every scope.
func (s *Scope) excludes(other *Scope) bool { return s != nil && other != nil && s != other }

// block is the grammar of an inner block, nil when there is none.
func (g *Grammar) block(typ string) *Grammar {
	if i := slices.IndexFunc(g.Blocks, func(b *Grammar) bool { return b.Type == typ }); i >= 0 {
		return g.Blocks[i]
	}
	return nil
}

// example is how a block is written.
func (g *Grammar) example() string {
	if g.Label == "" {
		return g.Type + " { ... }"
	}
	return g.Type + ` "` + g.Label + `" { ... }`
}

// having are the types of the blocks in a block, and of itself, for which a condition holds; each once.
func (g *Grammar) having(scope *Scope, condition func(*Grammar) bool) []string {
	var found []string
	if g.Type != "" && condition(g) {
		found = append(found, g.Type)
	}
	for _, inner := range g.Blocks {
		if inner.Only.excludes(scope) {
			continue
		}
		for _, typ := range inner.having(scope, condition) {
			if !slices.Contains(found, typ) {
				found = append(found, typ)
			}
		}
	}
	return found
}

// withSetting are the types of the blocks that have a setting.
func (t *Table) withSetting(name string, scope *Scope) []string {
	return t.File.having(scope, func(g *Grammar) bool { return slices.Contains(g.names("", scope), name) })
}
