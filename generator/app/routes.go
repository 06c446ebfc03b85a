package app

import (
	"sort"
	"strings"
)

// Routes is a set of paths as Encore's TypeScript parser keeps them, one per service. A literal goes before a :parameter
// and a *wildcard, so that it may stand beside them; a parameter and a wildcard exclude each other. The names of
// parameters do not matter, and a !fallback is a literal to it. The zero value is an empty set.
type Routes struct {
	byMethod map[string]*routeNode
}

type routeNode struct {
	literals  map[string]*routeNode
	parameter *routeNode
	wildcard  *routeNode
	owner     string // who added the path that ends here; "" when none ends here
}

// everyMethod is what "*" stands for.
var everyMethod = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

// Add adds a path for a method ("*" for all). It returns who added a path it conflicts with, "" when it conflicts with
// none.
func (r *Routes) Add(method, path, owner string) string {
	if r.byMethod == nil {
		r.byMethod = map[string]*routeNode{}
	}
	methods := []string{method}
	if method == "*" {
		methods = everyMethod
	}
	conflict := ""
	for _, m := range methods {
		if r.byMethod[m] == nil {
			r.byMethod[m] = &routeNode{}
		}
		if other := r.byMethod[m].add(strings.Split(strings.TrimPrefix(path, "/"), "/"), owner); other != "" && conflict == "" {
			conflict = other
		}
	}
	return conflict
}

func (n *routeNode) add(segments []string, owner string) string {
	if len(segments) == 0 {
		if n.owner != "" {
			return n.owner
		}
		n.owner = owner
		return ""
	}
	segment, rest := segments[0], segments[1:]
	switch segmentType(segment) {
	case ':':
		switch {
		case n.wildcard != nil:
			return n.wildcard.any()
		case n.parameter == nil:
			n.parameter = &routeNode{}
		}
		return n.parameter.add(rest, owner)
	case '*':
		switch {
		case n.parameter != nil:
			return n.parameter.any()
		case n.wildcard != nil:
			return n.wildcard.any()
		}
		n.wildcard = &routeNode{}
		return n.wildcard.add(nil, owner)
	}
	if n.literals == nil {
		n.literals = map[string]*routeNode{}
	}
	if n.literals[segment] == nil {
		n.literals[segment] = &routeNode{}
	}
	return n.literals[segment].add(rest, owner)
}

// any is who added one of the paths that end at or below the node.
func (n *routeNode) any() string {
	if n.owner != "" {
		return n.owner
	}
	names := make([]string, 0, len(n.literals))
	for name := range n.literals {
		names = append(names, name)
	}
	sort.Strings(names)
	children := []*routeNode{n.parameter, n.wildcard}
	for _, name := range names {
		children = append(children, n.literals[name])
	}
	for _, child := range children {
		if child != nil {
			if owner := child.any(); owner != "" {
				return owner
			}
		}
	}
	return ""
}
