// Package encoremeta reads the metadata that Encore's own parser prints of an application.
package encoremeta

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/tailscale/hujson"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/encoreapp"
)

// Read reads what `encore debug meta -f json` prints: the description of an application that Encore's own parser
// made, in Go or in TypeScript. name is what positions call the text; encore is the encore.app beside it, which says what
// metadata leaves out, the application's id and its cross-origin policy. It is nil when there is none.
//
// It takes what any version of Encore prints: fields in snake case or camel case, in any order, absent when they hold
// the default; words of an enumeration in any spelling, or as numbers; 64-bit numbers as texts or as numbers. Fields it
// does not know are left alone. What matters and cannot be understood, such as an operation on objects of a later
// version, is an error at its place.
//
// Metadata says less than the source. An endpoint, the auth handler and middleware carry their place in the source;
// everything else has the place in the metadata. It lists no imports, so that nobody knows which service brings in a
// package outside every service. The uses that Encore does not see are not there: in Go a database belongs to the
// services that declare or name it, whoever reaches it through their variables; in TypeScript uses in files outside
// every service are lost. A database that no service uses is therefore warned about. A reference to an endpoint looks
// like a call. Which service declares a topic, database, cache or store of objects is not said, nor, in Go, whether a database
// that is named is used.
func Read(name string, text []byte, encore *encoreapp.File, spellings []source.MetadataSpelling) (*source.Application, hcl.Diagnostics) {
	text = source.DecodeMetadata(text)
	if pointer := source.CheckPointer(name, text); pointer != nil {
		return nil, hcl.Diagnostics{pointer}
	}
	if problem := recognizeMetadata(name, text); problem != nil {
		return nil, hcl.Diagnostics{problem}
	}
	value, err := hujson.Parse(text)
	if err != nil {
		offset, what := encoreapp.JSONProblem(text, err)
		return nil, hcl.Diagnostics{diagnostic.Error(source.TextRange(name, text, offset, offset+1), "Invalid JSON", metadataHint(text, offset),
			"The metadata cannot be read: %s.", what)}
	}
	r := &metadataReader{
		metadataSyntax: metadataSyntax{name: name, text: text, lines: lineStarts(text)},
		result:         &source.Application{Origin: source.FromMetadata},
		services:       map[string]string{}, owners: map[string]string{}, declared: map[[2]string]bool{}, missed: map[hcl.Range]bool{},
	}
	root := metadataNode{&value}
	if !r.known(root) {
		return nil, r.diags
	}
	r.application(root, spellings)
	if encore != nil {
		r.result.ID, r.result.IDAt, r.result.CORS, r.result.ProcessPerService = encore.ID, encore.IDAt, encore.CORS, encore.ProcessPerService
		if runtime, known := encore.Runtime(); !known || runtime != r.result.Runtime {
			written := languageName(runtime)
			if !known {
				written = strconv.Quote(encore.Language)
			}
			r.fail(r.within(root, "language"), "Metadata of another application", "print it in the application's folder: "+metadataCommand,
				"The metadata describes an application in %s, and %s says that this one is in %s.", languageName(r.result.Runtime), encoreapp.Filename, written)
		}
	}
	diagnostic.Sort(r.diags)
	return r.result, r.diags
}

// metadataCommand is how one gets what this file reads.
const metadataCommand = "encore debug meta -f json > meta.json"

// maxMetadataDepth bounds how deep values nest: the parser recurses. Encore's own are some twenty deep.
const maxMetadataDepth = 1000

// recognizeMetadata refuses what is no JSON at all: most of all the binary form, which is what the command prints when
// it is not asked for another.
func recognizeMetadata(name string, text []byte) *hcl.Diagnostic {
	start := source.TextRange(name, nil, 0, 0)
	unprintable := bytes.IndexFunc(text, func(c rune) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' })
	switch trimmed := bytes.TrimSpace(text); {
	case len(trimmed) == 0:
		return diagnostic.Error(start, "Empty metadata", "print it again and see what the command says: "+metadataCommand, "There is nothing in the metadata.")
	case trimmed[0] != '{' && (unprintable >= 0 || !utf8.Valid(text)):
		return diagnostic.Error(start, "Binary metadata", "ask for JSON: "+metadataCommand,
			"This is no JSON. It looks like the binary form of the metadata, which Encore prints unless it is asked for JSON.")
	case !utf8.Valid(text):
		return diagnostic.Error(start, "Invalid metadata", "print it again: "+metadataCommand, "The metadata is not UTF-8, as JSON is.")
	}
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxMetadataDepth {
				return diagnostic.Error(source.TextRange(name, text, i, i+1), "Invalid metadata", "print it again: "+metadataCommand, "Values nest more than %d deep here.", maxMetadataDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// metadataHint is the remedy for text that is no JSON.
func metadataHint(text []byte, offset int) string {
	switch {
	case len(bytes.TrimSpace(text[min(offset, len(text)):])) == 0:
		return "the text ends too early, so print it again: " + metadataCommand
	case bytes.TrimSpace(text)[0] != '{':
		return "nothing but the metadata may stand in the file, so print it again: " + metadataCommand
	}
	return "print it again rather than mend it: " + metadataCommand
}

// metadataSections are the lists the metadata of every application has, empty or not. Encore's own formats leave out
// what is empty, so that one is enough to know it by.
var metadataSections = []string{"module_path", "svcs", "pkgs", "gateways", "decls", "sql_databases", "pubsub_topics"}

// known reports whether the text is metadata of an application, and reports when it is not.
func (r *metadataReader) known(root metadataNode) bool {
	if _, object := root.members(); !object {
		r.fail(r.at(root), "Not an application's metadata", "name the output of "+metadataCommand, "The metadata of an application is one JSON object.")
		return false
	}
	for _, section := range metadataSections {
		if root.member(section).value != nil {
			return true
		}
	}
	r.fail(r.at(root), "Not an application's metadata", "name the output of "+metadataCommand,
		"The object has nothing that Encore's metadata has: neither svcs nor pkgs, nor any other of its lists.")
	return false
}

// lineStarts are the offsets at which lines begin.
func lineStarts(text []byte) []int {
	starts := []int{0}
	for i, c := range text {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// lineOf is the index of the line that holds an offset.
func lineOf(starts []int, offset int) int {
	line, exact := slices.BinarySearch(starts, offset)
	if !exact {
		line--
	}
	return line
}

func languageName(runtime app.Runtime) string {
	if runtime == app.EncoreGo {
		return "Go"
	}
	return "TypeScript"
}
