package linking

import (
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/typescript/loading"
)

// linkLoads tells of what is used while modules load.
func (l *linker) linkLoads() {
	if len(l.result.Decls)+len(l.result.Calls) == 0 {
		return
	}
	uses, calls := loading.Walk(l.trail, l.modules, l.clients, l.sources)
	for call, at := range calls {
		l.result.LoadCalls = append(l.result.LoadCalls, source.Call{
			Package: at.File, Service: l.trail.ByPath[at.File].Service, TargetService: call.Service, Endpoint: call.Endpoint, At: l.trail.ByPath[at.File].At(at.Span),
		})
	}
	for use, at := range uses {
		l.result.Loads = append(l.result.Loads, source.Use{
			Kind: use.Decl.Kind, Name: use.Decl.Name, Parent: use.Decl.Parent, Operation: use.Operation,
			Package: at.File, Service: l.trail.ByPath[at.File].Service, At: l.trail.ByPath[at.File].At(at.Span),
		})
	}
}
