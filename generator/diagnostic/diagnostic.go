// Package diagnostic makes the messages about what a user wrote: where it stands, a noun phrase, whole sentences, and the
// remedy. It must not know anything else of the project.
package diagnostic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// hints are the remedies of a diagnostic, in its field Extra: hcl has no field for them.
type hints []string

// Error is a diagnostic that ends a run. Summary is a noun phrase, detail whole sentences in fmt's format, hint the remedy in
// the imperative; an empty hint is none. A range without a file name is no place.
func Error(at hcl.Range, summary, hint, detail string, args ...any) *hcl.Diagnostic {
	return made(hcl.DiagError, at, summary, hint, fmt.Sprintf(detail, args...))
}

// Warning is a diagnostic about what the user may mean, and may not.
func Warning(at hcl.Range, summary, hint, detail string, args ...any) *hcl.Diagnostic {
	return made(hcl.DiagWarning, at, summary, hint, fmt.Sprintf(detail, args...))
}

func made(severity hcl.DiagnosticSeverity, at hcl.Range, summary, hint, detail string) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: severity, Summary: summary, Detail: detail}
	if at.Filename != "" {
		d.Subject = &at
	}
	return WithHint(d, hint)
}

// WithHint adds one more remedy to a diagnostic, none when it is empty, and returns the diagnostic.
func WithHint(d *hcl.Diagnostic, hint string) *hcl.Diagnostic {
	if hint != "" {
		d.Extra = hints(append(slices.Clip(Hints(d)), hint))
	}
	return d
}

// Hints are the remedies of a diagnostic, none when hcl made it.
func Hints(d *hcl.Diagnostic) []string {
	list, _ := d.Extra.(hints)
	return list
}

// Text is the detail of a diagnostic and its remedies, each of which has a line of its own.
func Text(d *hcl.Diagnostic) string {
	text := d.Detail
	for _, hint := range Hints(d) {
		text += "\nhint: " + hint
	}
	return text
}

// Sort sorts by position; what concerns no place comes first.
func Sort(diags hcl.Diagnostics) {
	slices.SortStableFunc(diags, func(x, y *hcl.Diagnostic) int {
		if x.Subject == nil || y.Subject == nil {
			return cmp.Compare(rank(x.Subject), rank(y.Subject))
		}
		return ComparePlaces(*x.Subject, *y.Subject)
	})
}

func rank(subject *hcl.Range) int {
	if subject == nil {
		return 0
	}
	return 1
}

// ComparePlaces orders ranges by file, line and column.
func ComparePlaces(x, y hcl.Range) int {
	return cmp.Or(cmp.Compare(x.Filename, y.Filename), cmp.Compare(x.Start.Line, y.Start.Line), cmp.Compare(x.Start.Column, y.Start.Column))
}

// Place spells where something stands the way editors and terminals follow: file:line:column.
func Place(at hcl.Range) string {
	return fmt.Sprintf("%s:%d:%d", at.Filename, at.Start.Line, at.Start.Column)
}

// Capitalized begins a text with a capital.
func Capitalized(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
