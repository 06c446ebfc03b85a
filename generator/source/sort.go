package source

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
)

// Sort puts the lists of an application in order, so that they do not depend on the order in which anything
// was read.
func Sort(result *Application) {
	slices.SortStableFunc(result.Services, func(a, b app.Service) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(result.Endpoints, func(a, b app.Endpoint) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Name, b.Name), CompareRanges(a.At, b.At))
	})
	slices.SortFunc(result.Middleware, func(a, b app.Middleware) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), CompareRanges(a.At, b.At))
	})
	slices.SortFunc(result.Packages, func(a, b Package) int { return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Part, b.Part)) })
	slices.SortFunc(result.Decls, func(a, b Decl) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), CompareRanges(a.At, b.At), cmp.Compare(a.Kind, b.Kind))
	})
	slices.SortFunc(result.Invalid, func(a, b Decl) int { return CompareRanges(a.At, b.At) })
	slices.SortFunc(result.Uses, compareUses)
	slices.SortFunc(result.Loads, compareUses)
	result.Uses = slices.Compact(result.Uses)
	slices.SortFunc(result.Calls, compareCalls)
	slices.SortFunc(result.LoadCalls, compareCalls)
}

func compareCalls(a, b Call) int {
	return cmp.Or(cmp.Compare(a.TargetService, b.TargetService), cmp.Compare(a.Endpoint, b.Endpoint), CompareRanges(a.At, b.At))
}

func compareUses(a, b Use) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), CompareRanges(a.At, b.At), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Parent, b.Parent), cmp.Compare(a.Operation, b.Operation))
}

// CompareRanges orders by file and offset.
func CompareRanges(a, b hcl.Range) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Start.Byte, b.Start.Byte), cmp.Compare(a.End.Byte, b.End.Byte))
}
