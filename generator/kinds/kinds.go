// Package kinds lists the kinds of resources, and walks them: what readers are told of spellings, what workloads get and are told,
// what the platform makes, what an apply would lose.
//
// A kind itself is a package below this one, and what one is made of is package kind. What concerns several kinds at once stands
// here: labels, names that a key has to admit, variables that two of them would set.
package kinds

import (
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/metric"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/source"
)

// All lists the kinds in the order messages and diagrams show them. A new kind is a package of its own and a line here.
var All = []kind.Kind{
	database.Kind,
	topic.Kind,
	topic.Subscriptions,
	objects.Kind,
	cache.Kind,
	cache.Keyspaces,
	secret.Kind,
	cron.Kind,
	metric.Kind,
}

// Named returns the kind of that name; false when there is none.
func Named(name string) (kind.Kind, bool) {
	for _, k := range All {
		if k.Name == name {
			return k, true
		}
	}
	return kind.Kind{}, false
}

// GoSpellings is the table the Go reader is given.
func GoSpellings() []source.GoSpelling {
	var spellings []source.GoSpelling
	for _, k := range All {
		for _, spelling := range k.Go {
			spelling.Kind, spelling.Noun = k.Name, k.Noun
			spellings = append(spellings, spelling)
		}
	}
	return spellings
}

// TypeScriptSpellings is the table the TypeScript reader is given.
func TypeScriptSpellings() []source.TypeScriptSpelling {
	var spellings []source.TypeScriptSpelling
	for _, k := range All {
		for _, spelling := range k.TypeScript {
			spelling.Kind, spelling.Noun = k.Name, k.Noun
			spellings = append(spellings, spelling)
		}
	}
	return spellings
}

// ManifestSpellings is the table the manifest reader is given.
func ManifestSpellings() []source.ManifestSpelling {
	var spellings []source.ManifestSpelling
	for _, k := range All {
		for _, spelling := range k.Manifest {
			spelling.Kind, spelling.Noun = k.Name, k.Noun
			spellings = append(spellings, spelling)
		}
	}
	return spellings
}

// MetadataSpellings is the table the reader of Encore's metadata is given.
func MetadataSpellings() []source.MetadataSpelling {
	var spellings []source.MetadataSpelling
	for _, k := range All {
		spelling := k.Metadata
		spelling.Kind, spelling.Noun = k.Name, k.Noun
		spellings = append(spellings, spelling)
	}
	return spellings
}
