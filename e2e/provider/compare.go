package provider

import (
	"fmt"
	"strings"
)

// Problem is a use that a provider does not take as it is.
type Problem struct {
	Use  Use
	What string
}

func (p Problem) String() string {
	return fmt.Sprintf("%s:%d: %s %s", p.Use.Place.Filename, p.Use.Place.Start.Line, p.Use, p.What)
}

// Compare lists what of some uses a provider does not have, wants in addition, or has deprecated.
func Compare(uses []Use, table Table) []Problem {
	var problems []Problem
	for _, use := range uses {
		for _, what := range problemsOf(use, table) {
			problems = append(problems, Problem{use, what})
		}
	}
	return problems
}

func problemsOf(use Use, table Table) []string {
	block, known := table[use.Declaration]
	if !known {
		return []string{"is not in the table"}
	}
	var what []string
	for i, name := range use.Path {
		attribute, nested, found := block.lookup(name)
		switch {
		case !found && use.Read:
			return append(what, "cannot be read: there is no such attribute")
		case !found:
			return append(what, "does not exist")
		case attribute.Deprecated:
			what = append(what, "is deprecated")
		}
		if nested != nil {
			if nested.ReadOnly && !use.Read {
				return append(what, "can only be read")
			}
			block = nested
			continue
		}
		if !use.Read && attribute.Type == "" {
			return append(what, "can only be read")
		}
		if !use.Read && use.Block {
			return append(what, "is an argument, not a block")
		}
		if i < len(use.Path)-1 && !strings.Contains(attribute.Type, "object") && !strings.HasPrefix(attribute.Type, "map(") && attribute.Type != "dynamic" {
			return append(what, "reads a part of a "+attribute.Type)
		}
		return what
	}
	if use.Block {
		what = append(what, missing(use, block)...)
	} else if !use.Read && !block.Argument {
		what = append(what, "is a block, not an argument")
	}
	return what
}

// missing is what a written block must say and does not.
func missing(use Use, block *Block) []string {
	given := map[string]bool{}
	for _, name := range use.Given {
		given[name] = true
	}
	var what []string
	for name, attribute := range block.Attributes {
		if attribute.Required && !given[name] {
			what = append(what, "lacks the required "+name)
		}
	}
	for name, nested := range block.Blocks {
		if nested.Required && !given[name] {
			what = append(what, "lacks the required block "+name)
		}
	}
	return what
}

// Retyped lists the arguments among some uses that have another type in the second table than in the first.
func Retyped(uses []Use, first, second Table) []Problem {
	var problems []Problem
	for _, use := range uses {
		if use.Read || use.Block {
			continue
		}
		if before, after := typeOf(use, first), typeOf(use, second); before != after {
			problems = append(problems, Problem{use, "was a " + before + ", is a " + after})
		}
	}
	return problems
}

func typeOf(use Use, table Table) string {
	block := table[use.Declaration]
	for _, name := range use.Path {
		if block == nil {
			return ""
		}
		attribute, nested, _ := block.lookup(name)
		if nested == nil {
			return attribute.Type
		}
		block = nested
	}
	return "block"
}
