package diagnostic

import (
	"cmp"

	"github.com/hashicorp/hcl/v2"
)

// UnknownName is about a name that the application does not have. remove says what to take out when it has none at all.
func UnknownName(at hcl.Range, what, name string, known []string, remove string) *hcl.Diagnostic {
	if len(known) == 0 {
		return Error(at, "Unknown "+what, remove, "The application has no %s %q, nor any other.", what, name)
	}
	hint := cmp.Or(DidYouMean(name, known), "the application has "+And(Quoted(known)))
	return Error(at, "Unknown "+what, hint, "The application has no %s %q.", what, name)
}
