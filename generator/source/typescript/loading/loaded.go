package loading

import (
	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/trail"
	"github.com/groundplan/groundplan/generator/source/typescript/vocabulary"
)

// Loaded finds the files that processes load, given modules that know their services: the entry file of the whole application imports those that
// declare an endpoint with a handler, a subscription, a gateway, a service or a metric, and they import others, some of
// them only when a function runs. Files that only tests, scripts or nobody imports are none of them.
func Loaded(files *trail.Trail, modules []*facts.Module) map[*facts.Module]bool {
	loaded := make(map[*facts.Module]bool)
	var queue []*facts.Module
	load := func(m *facts.Module) {
		if m != nil && !loaded[m] {
			loaded[m] = true
			queue = append(queue, m)
		}
	}
	for _, m := range modules {
		if m.Service != "" && isEntry(m, files.Language) {
			load(m)
		}
	}
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		for _, imported := range m.Imports {
			if imported.Runs {
				load(files.ByPath[imported.Module])
			}
		}
	}
	return loaded
}

// isEntry reports whether Encore's entry file imports a file.
func isEntry(m *facts.Module, language *vocabulary.Language) bool {
	if len(m.Gateways) > 0 || len(m.Services) > 0 {
		return true
	}
	for _, endpoint := range m.Endpoints {
		if endpoint.Static == "" {
			return true
		}
	}
	for _, decl := range m.Decls {
		if spelling := &language.Spellings[decl.Spelling]; spelling.Root || spelling.Registered && decl.Symbol != "" {
			return true
		}
	}
	return false
}
