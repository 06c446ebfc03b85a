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
	return spellings(func(k kind.Kind) []source.GoSpelling { return k.Go },
		func(s *source.GoSpelling, k kind.Kind) { s.Kind, s.Noun = k.Name, k.Noun })
}

// TypeScriptSpellings is the table the TypeScript reader is given.
func TypeScriptSpellings() []source.TypeScriptSpelling {
	return spellings(func(k kind.Kind) []source.TypeScriptSpelling { return k.TypeScript },
		func(s *source.TypeScriptSpelling, k kind.Kind) { s.Kind, s.Noun = k.Name, k.Noun })
}

// ManifestSpellings is the table the manifest reader is given.
func ManifestSpellings() []source.ManifestSpelling {
	return spellings(func(k kind.Kind) []source.ManifestSpelling { return k.Manifest },
		func(s *source.ManifestSpelling, k kind.Kind) { s.Kind, s.Noun = k.Name, k.Noun })
}

// MetadataSpellings is the table the reader of Encore's metadata is given.
func MetadataSpellings() []source.MetadataSpelling {
	return spellings(func(k kind.Kind) []source.MetadataSpelling { return []source.MetadataSpelling{k.Metadata} },
		func(s *source.MetadataSpelling, k kind.Kind) { s.Kind, s.Noun = k.Name, k.Noun })
}

// spellings are those of all kinds for one reader, each with the name of its kind.
func spellings[S any](of func(kind.Kind) []S, mark func(*S, kind.Kind)) []S {
	var all []S
	for _, k := range All {
		for _, spelling := range of(k) {
			mark(&spelling, k)
			all = append(all, spelling)
		}
	}
	return all
}
