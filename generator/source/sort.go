package source

import (
	"cmp"
	"slices"
)

// sortApplication puts the lists of an application in order, so that they do not depend on the order in which anything
// was read.
func sortApplication(result *Application) {
	slices.SortStableFunc(result.Services, func(a, b Service) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(result.Endpoints, func(a, b Endpoint) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Name, b.Name), compareRanges(a.At, b.At))
	})
	slices.SortFunc(result.Middleware, func(a, b Middleware) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), compareRanges(a.At, b.At))
	})
	slices.SortFunc(result.Packages, func(a, b Package) int { return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Part, b.Part)) })
	slices.SortFunc(result.Decls, func(a, b Decl) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), compareRanges(a.At, b.At), cmp.Compare(a.Kind, b.Kind))
	})
	slices.SortFunc(result.Invalid, func(a, b Decl) int { return compareRanges(a.At, b.At) })
	slices.SortFunc(result.Uses, compareUses)
	slices.SortFunc(result.Loads, compareUses)
	result.Uses = slices.Compact(result.Uses)
	slices.SortFunc(result.Calls, compareCalls)
	slices.SortFunc(result.LoadCalls, compareCalls)
}

func compareCalls(a, b Call) int {
	return cmp.Or(cmp.Compare(a.TargetService, b.TargetService), cmp.Compare(a.Endpoint, b.Endpoint), compareRanges(a.At, b.At))
}

func compareUses(a, b Use) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), compareRanges(a.At, b.At), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Parent, b.Parent), cmp.Compare(a.Operation, b.Operation))
}
