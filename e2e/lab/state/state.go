// Package state reads what terraform knows of an environment after an apply: the values of its resources by address, as
// `terraform show -json` gives them.
package state

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
)

// State is the values of resources by address, of all stacks of an environment.
type State map[string]map[string]any

// Resource is one resource, or one block of one.
type Resource struct {
	Address string // "module.network.aws_subnet.compute[\"a\"]"
	Module  string // "module.network", empty for a resource of the root
	Key     string // "a": what tells it from others of a for_each, or a number of a count
	Values  map[string]any
}

var address = regexp.MustCompile(`^((?:module\.[^.\[]+(?:\["[^"]*"\]|\[\d+\])?\.)*)([a-z0-9]+_[a-z0-9_]+)\.[A-Za-z0-9_-]+(?:\["?(.*?)"?\])?$`)

// Of lists the managed resources of a type, by address.
func (s State) Of(kind string) []Resource {
	var found []Resource
	for _, name := range slices.Sorted(maps.Keys(s)) {
		parts := address.FindStringSubmatch(name)
		if parts == nil || parts[2] != kind {
			continue
		}
		module := parts[1]
		if module != "" {
			module = module[:len(module)-1]
		}
		found = append(found, Resource{Address: name, Module: module, Key: parts[3], Values: s[name]})
	}
	return found
}

// Clone is a copy whose resources can be taken away and given other values without the first noticing.
func (s State) Clone() State {
	clone := State{}
	for name, values := range s {
		clone[name] = maps.Clone(values)
	}
	return clone
}

// Text is a string attribute, empty where there is none.
func (r Resource) Text(name string) string {
	text, _ := r.Values[name].(string)
	return text
}

// Number is a numeric attribute, 0 where there is none.
func (r Resource) Number(name string) int {
	switch number := r.Values[name].(type) {
	case float64:
		return int(number)
	case int:
		return number
	case json.Number:
		whole, _ := number.Int64()
		return int(whole)
	}
	return 0
}

// Has reports whether the attribute has a value at all.
func (r Resource) Has(name string) bool { return r.Values[name] != nil }

// Flag is a boolean attribute.
func (r Resource) Flag(name string) bool {
	flag, _ := r.Values[name].(bool)
	return flag
}

// Texts is a list or set of strings.
func (r Resource) Texts(name string) []string {
	var texts []string
	switch list := r.Values[name].(type) {
	case []string:
		return list
	case []any:
		for _, entry := range list {
			if text, is := entry.(string); is {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// Blocks is the nested blocks of a name.
func (r Resource) Blocks(name string) []Resource {
	list, _ := r.Values[name].([]any)
	var blocks []Resource
	for _, entry := range list {
		if values, is := entry.(map[string]any); is {
			blocks = append(blocks, Resource{Address: r.Address + "." + name, Module: r.Module, Values: values})
		}
	}
	return blocks
}

// Block is the first nested block of a name; one without values where there is none.
func (r Resource) Block(name string) Resource {
	if blocks := r.Blocks(name); len(blocks) > 0 {
		return blocks[0]
	}
	return Resource{Address: r.Address + "." + name}
}

// Map is an attribute of strings by name, such as the variables of a function.
func (r Resource) Map(name string) map[string]string {
	values, _ := r.Values[name].(map[string]any)
	texts := map[string]string{}
	for key, value := range values {
		if text, is := value.(string); is {
			texts[key] = text
		}
	}
	return texts
}
