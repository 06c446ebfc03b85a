package app

import (
	"fmt"
	"slices"
	"strings"
)

// ID names what an application has, and what an environment has beside that: a resource, a service, a process, the network.
type ID struct {
	// Kind is that of a resource, or of one of the things that component.go lists.
	Kind string
	// Parent is the resource that this one belongs to, "" for most kinds.
	Parent string
	// Name is "" for what an environment has one of.
	Name string
}

// parentKinds are the kinds whose names are unique within another resource alone, with the kind of that.
var parentKinds = map[string]string{"subscription": "topic", "keyspace": "cache"}

// String is the id as the lock and overrides spell it: "bucket files", "subscription mail of topic signups", "network".
func (id ID) String() string {
	switch parent, has := parentKinds[id.Kind]; {
	case id.Name == "":
		return id.Kind
	case has:
		return id.Kind + " " + id.Name + " of " + parent + " " + id.Parent
	}
	return id.Kind + " " + id.Name
}

// Quoted is the id in a message: bucket "files", subscription "mail" of topic "signups", network.
func (id ID) Quoted() string {
	switch parent, has := parentKinds[id.Kind]; {
	case id.Name == "":
		return id.Kind
	case has:
		return fmt.Sprintf("%s %q of %s %q", id.Kind, id.Name, parent, id.Parent)
	}
	return fmt.Sprintf("%s %q", id.Kind, id.Name)
}

// ParseID is what String printed. It takes any text, as a lock that somebody edited may hold any: what is no id is one that
// nothing has.
func ParseID(text string) ID {
	kind, name, _ := strings.Cut(text, " ")
	for _, longer := range kindsOfWords {
		if rest, is := strings.CutPrefix(text, longer); is && (rest == "" || rest[0] == ' ') {
			kind, name = longer, strings.TrimPrefix(rest, " ")
		}
	}
	if parent, has := parentKinds[kind]; has {
		name, of, _ := strings.Cut(name, " of "+parent+" ")
		return ID{Kind: kind, Parent: of, Name: name}
	}
	return ID{Kind: kind, Name: name}
}

// Owner is the resource that the one of the id belongs to; false when there is none.
func (id ID) Owner() (ID, bool) {
	kind, has := parentKinds[id.Kind]
	return ID{Kind: kind, Name: id.Parent}, has
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
