package kind

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
)

// Inspection is how `groundplan inspect` shows the resources of a kind, and what services do with them. Whatever is left out
// shows in the list of all uses alone.
type Inspection struct {
	// List is the list of all resources in JSON, and Entry one of them there: a struct with names for JSON. Nil for a kind that
	// shows within another.
	List  string
	Entry func(a *app.App, r app.Resource) any
	// OfService are the lists of one service in JSON. It is asked of every service, for lists are never null; edges are those that
	// Encore's metadata attributes to the service, sorted. Nil for a kind that has none.
	OfService func(resources map[app.ID]*app.Resource, edges []app.Edge) []List

	// Own is what the text says of a resource that belongs to the application as a whole: it has a line of its own, whoever uses
	// it. Nil for one that shows with the services that use it.
	Own func(r *app.Resource) string
	// Under is the kind of its parent, "" for a kind that shows under its own name: who subscribes to a topic has to do with the
	// topic, and AsPart is what the line says of the part.
	Under  string
	AsPart func(r *app.Resource) string

	// Node is the shape of one in the diagram, with <name> for its name. Empty for a kind that is not drawn.
	Node string
	// Together is what all of one service are called where a single node stands for them, "" where each has its own.
	Together string
	// Starts is the service that a resource calls or starts by itself, and when. Nil for a kind that does neither.
	Starts func(r *app.Resource) (service, when string)
}

// List is one list in JSON, or a map of lists.
type List struct {
	Name     string
	Contents any
}

// Used is the list of a service that names what it uses, each once. Edges come sorted, so the list is sorted.
func Used(list string) func(map[app.ID]*app.Resource, []app.Edge) []List {
	return func(_ map[app.ID]*app.Resource, edges []app.Edge) []List {
		return []List{{Name: list, Contents: UsedResources(edges)}}
	}
}

// UsedResources are the names of what edges lead to, each once. It is never nil.
func UsedResources(edges []app.Edge) []string {
	names := []string{}
	for _, e := range edges {
		if !slices.Contains(names, e.Resource) {
			names = append(names, e.Resource)
		}
	}
	return names
}

// FileLine is a place as inspect prints it: "orders/orders.go:15".
func FileLine(at hcl.Range) string { return fmt.Sprintf("%s:%d", at.Filename, at.Start.Line) }
