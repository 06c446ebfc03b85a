package app

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Paths is a set of paths no two of which can match the same request. Encore routes without precedence: at one
// position a literal, a :parameter and a *wildcard exclude each other, and only a !fallback may stand beside any of
// them. The zero value is an empty set.
type Paths struct {
	// byMethod holds one tree per method; "*" is the tree of paths that take every method.
	byMethod map[string]*pathNode
}

// pathNode is where the segments so far lead. Without conflicts its children are literals, or one parameter, or one
// wildcard, and perhaps a fallback beside them.
type pathNode struct {
	literals map[string]*pathNode
	others   map[byte]*pathNode // by segmentType
	first    *pathNode          // the first child that is no fallback
	owner    string             // who added the path that ends here; "" when none ends here
	path     string
}

// Add adds a path for a method ("*" for all). It returns who added the path it conflicts with and that path, or two
// empty strings when it conflicts with none; a path that conflicts is not added.
func (p *Paths) Add(method, path, owner string) (otherOwner, otherPath string) {
	if p.byMethod == nil {
		p.byMethod = map[string]*pathNode{}
	}
	against := []string{"*"}
	if method == "*" {
		against = against[:0]
		for m := range p.byMethod {
			if m != "*" {
				against = append(against, m)
			}
		}
		sort.Strings(against)
		against = append(against, "*")
	}
	var segments []string // none for the root
	if trimmed := strings.TrimPrefix(path, "/"); trimmed != "" {
		segments = strings.Split(trimmed, "/")
	}
	for _, m := range against {
		if other := p.byMethod[m].conflict(segments); other != nil {
			return other.owner, other.path
		}
	}
	if other := p.byMethod[method].conflict(segments); other != nil {
		return other.owner, other.path
	}
	if p.byMethod[method] == nil {
		p.byMethod[method] = &pathNode{}
	}
	p.byMethod[method].insert(segments, owner, path)
	return "", ""
}

// conflict returns the end of a path of the tree that could match what the segments match; nil when there is none.
func (n *pathNode) conflict(segments []string) *pathNode {
	if n == nil {
		return nil
	}
	if len(segments) == 0 {
		if n.owner != "" {
			return n
		}
		return nil
	}
	switch kind := segmentType(segments[0]); {
	case kind == '!':
		return n.others['!'].end()
	case kind == 0 && n.others[':'] == nil && n.others['*'] == nil:
		return n.literals[segments[0]].conflict(segments[1:])
	case kind == ':' && n.others[':'] != nil:
		return n.others[':'].conflict(segments[1:])
	}
	return n.first.end()
}

func (n *pathNode) insert(segments []string, owner, path string) {
	for _, segment := range segments {
		n = n.child(segment)
	}
	n.owner, n.path = owner, path
}

// child returns the child a segment leads to, a new one if need be. The names of parameters do not matter.
func (n *pathNode) child(segment string) *pathNode {
	kind := segmentType(segment)
	child := n.others[kind]
	if kind == 0 {
		child = n.literals[segment]
	}
	if child != nil {
		return child
	}
	child = &pathNode{}
	switch {
	case kind != 0 && n.others == nil:
		n.others = map[byte]*pathNode{kind: child}
	case kind != 0:
		n.others[kind] = child
	case n.literals == nil:
		n.literals = map[string]*pathNode{segment: child}
	default:
		n.literals[segment] = child
	}
	if kind != '!' && n.first == nil {
		n.first = child
	}
	return child
}

// end returns the first path that ends at or below the node, nil for no node.
func (n *pathNode) end() *pathNode {
	for n != nil && n.owner == "" {
		if n.first == nil {
			return n.others['!'].end()
		}
		n = n.first
	}
	return n
}

// segmentType is ':', '*' or '!', and 0 for a literal.
func segmentType(segment string) byte {
	if segment != "" && (segment[0] == ':' || segment[0] == '*' || segment[0] == '!') {
		return segment[0]
	}
	return 0
}

// checkPaths reports endpoints that could answer the same request, at the later one. A Go application shares one set
// of paths between its services; those of other applications have one each.
func checkPaths(a *App) hcl.Diagnostics {
	type routed struct {
		Endpoint
		service string
	}
	var endpoints []routed
	for _, s := range a.Services {
		for _, e := range s.Endpoints {
			endpoints = append(endpoints, routed{e, s.Name})
		}
	}
	slices.SortStableFunc(endpoints, func(x, y routed) int {
		return cmp.Or(cmp.Compare(x.At.Filename, y.At.Filename), cmp.Compare(x.At.Start.Line, y.At.Start.Line),
			cmp.Compare(x.At.Start.Column, y.At.Start.Column))
	})
	var diags hcl.Diagnostics
	sets := map[string]func(method, path, owner string) string{}
	byPlace := map[string]routed{}
	for _, e := range endpoints {
		if sets[e.service] == nil {
			sets[e.service] = set(a, sets)
		}
		byPlace[diagnostic.Place(e.At)] = e
		said := false
		for _, method := range e.Methods {
			place := sets[e.service](method, e.Path, diagnostic.Place(e.At))
			if place == "" || said {
				continue
			}
			said = true
			other := byPlace[place]
			diags = append(diags, diagnostic.Error(e.At, "Conflicting paths", "change the path or the methods of one of them",
				"Endpoints %s.%s (%s) and %s.%s (%s, at %s) both answer %s.",
				e.service, e.Name, e.Path, other.service, other.Name, other.Path, place, methodsInCommon(e.Methods, other.Methods)))
		}
	}
	return diags
}

// set is where a service's paths are added: the one of all services in Go, one of its own elsewhere.
func set(a *App, sets map[string]func(method, path, owner string) string) func(method, path, owner string) string {
	if a.Runtime == EncoreTypeScript {
		return (&Routes{}).Add
	}
	if a.Runtime == EncoreGo {
		for _, shared := range sets {
			return shared
		}
	}
	paths := &Paths{}
	return func(method, path, owner string) string {
		place, _ := paths.Add(method, path, owner)
		return place
	}
}

// methodsInCommon says in words which methods two endpoints have in common; "*" is every method.
func methodsInCommon(a, b []string) string {
	both := a
	if slices.Contains(a, "*") {
		both = b
	} else if !slices.Contains(b, "*") {
		both = slices.DeleteFunc(slices.Clone(a), func(method string) bool { return !slices.Contains(b, method) })
	}
	if slices.Contains(both, "*") {
		return "every method"
	}
	return diagnostic.And(both)
}
