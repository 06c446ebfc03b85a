package loading

import (
	"slices"

	"github.com/groundplan/groundplan/generator/source/typescript/facts"
	"github.com/groundplan/groundplan/generator/source/typescript/scope"
	"github.com/groundplan/groundplan/generator/source/typescript/syntax"
)

// callEndpoint records the call of an endpoint by a generated client.
func (w *walk) callEndpoint(file *scope.File, callee syntax.Expression) {
	var members []string
	for {
		switch e := syntax.Unwrap(callee).(type) {
		case *syntax.Member:
			members = append(members, e.Name)
			callee = e.Object
			continue
		case *syntax.Identifier:
			index, named := file.Indexes[e.Binding]
			if !named || e.Binding == nil {
				return
			}
			slices.Reverse(members)
			for _, entity := range w.trail.Follow(file.Module, facts.Target{Name: index, Path: members}) {
				if entity.Clients && len(entity.Rest) > 1 {
					w.recordCall(entity.Rest, placeOf(file, e))
				}
			}
		}
		return
	}
}

func (w *walk) recordCall(client []string, at Place) {
	service := w.clients[client[0]]
	if service == nil || w.trail.ByPath[at.File].Service == "" {
		return // an error, told where calls are linked
	}
	call := Call{service.Name, client[1]}
	if known, ok := w.calls[call]; !ok || at.before(known) {
		w.calls[call] = at
	}
}
