package deploy

import (
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
)

// Why says why a workload has something: what it is about, what is done there, and which code asks for it. String is the one
// printer of all comments above grants, paths, secrets and variables.
type Why struct {
	// Of is what it is about, as a comment names it: `bucket "avatars"`. "" where Does says it.
	Of string
	// Does is what is done there, in words: "reads and writes". "" where the name is enough.
	Does string
	// Places are where in the code; none for what no code asks for.
	Places []Place
}

// Place is a file that uses something. It has no line, which would churn.
type Place struct {
	File string
	// Through is what leads to the thing where the code does not name it itself, "" where it does.
	Through string
	Origin  app.Origin
}

// Places are where uses stand.
func Places(edges []app.Edge) []Place {
	places := make([]Place, len(edges))
	for i, e := range edges {
		places[i] = Place{File: e.At.Filename, Through: e.Through, Origin: e.Origin}
	}
	return places
}

// String is the place in words.
func (p Place) String() string {
	switch {
	case p.File == "":
		return ""
	case p.Origin == app.Loaded && strings.HasSuffix(p.File, ".go"):
		return p.File + ", while packages load"
	case p.Origin == app.Loaded:
		return p.File + ", while modules load"
	case p.Origin == app.Reached:
		return p.File + ", reached through " + p.Through
	case p.Through != "":
		return p.File + " through " + p.Through
	}
	return p.File
}

// String is the comment: what it is about, a colon, what is done, and where, each file once and in order.
func (w Why) String() string {
	text := w.Of
	if text != "" && w.Does != "" {
		text += ": "
	}
	text += w.Does
	if files := w.Files(); files != "" {
		text += ", in " + files
	}
	return text
}

// Files are the places in words, each once and sorted.
func (w Why) Files() string {
	var files []string
	for _, place := range w.Places {
		if text := place.String(); text != "" {
			files = append(files, text)
		}
	}
	slices.Sort(files)
	return strings.Join(slices.Compact(files), ", ")
}

// Whys are several reasons for one thing.
type Whys []Why

// String is all reasons, the way they stand above one entry.
func (all Whys) String() string {
	texts := make([]string, len(all))
	for i, why := range all {
		texts[i] = why.String()
	}
	return strings.Join(texts, "; ")
}
