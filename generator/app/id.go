package app

import "slices"

// ID names what an application has: a resource, a service, a process it runs in.
type ID struct {
	// Kind is that of a resource, "service" or "process".
	Kind string
	// Parent is the resource that this one belongs to, "" for most kinds.
	Parent, Name string
}

// ID names the resource.
func (r Resource) ID() ID { return ID{r.Kind, r.Parent, r.Name} }

// To names what the edge leads to.
func (e Edge) To() ID { return ID{e.Kind, e.Parent, e.Resource} }

// Hidden reports whether Encore's metadata does not show the use.
func (e Edge) Hidden() bool { return e.Origin == Across || e.Origin == Reached }

// Plain leaves out roundabout ways to do what the service does in its own tree as well.
func Plain(edges []Edge) []Edge {
	type act struct {
		service   string
		to        ID
		operation string
	}
	visible := map[act]bool{}
	of := func(e Edge) act { return act{e.Service, e.To(), e.Operation} }
	for _, e := range edges {
		if !e.Hidden() {
			visible[of(e)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(edges), func(e Edge) bool { return e.Hidden() && visible[of(e)] })
}
