package holdings

import (
	"cmp"
	"maps"
	"slices"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/database"
)

// Held is one line of what is held: what a user may have to name.
type Held struct {
	// ID is what --accept-replacement and --forget take.
	ID          string
	Environment string
	// Kind is what it is ("secret"), Name what AWS calls it, or the range, server or id by which it is told.
	Kind, Name string
	// Forgettable reports whether --forget takes it once it is no longer in the code.
	Forgettable bool
}

// List is what a record remembers, by environment and id.
func List(record Record) []Held {
	var list []Held
	for _, environment := range slices.Sorted(maps.Keys(record)) {
		account := record[environment][EnvironmentID][AccountFact]
		for _, id := range slices.Sorted(maps.Keys(record[environment])) {
			facts := record[environment][id]
			kind := app.ParseID(id).Kind
			told := kinds.PhysicalName(facts, account)
			if id == EnvironmentID {
				told = facts[RegionFact]
			}
			list = append(list, Held{
				ID: qualifiedID(environment, id), Environment: environment, Kind: kind, Forgettable: forgettable(kind),
				Name: cmp.Or(told, facts["cidr"], facts[database.ServerFact], facts[kinds.OwnFact]),
			})
		}
	}
	slices.SortStableFunc(list, func(a, b Held) int { return cmp.Or(cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.ID, b.ID)) })
	return list
}
