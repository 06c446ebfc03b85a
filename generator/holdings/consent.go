package holdings

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// refused are the changes that nobody named, each with the safe way and the words that accept it.
func (j *judge) refused() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range j.refusals {
		d := diagnostic.Error(r.at, r.summary, "", "%s", inEnvironments(r.environments)+r.detail)
		for _, way := range r.ways {
			d = diagnostic.WithHint(d, way)
		}
		if r.forgettable {
			d = diagnostic.WithHint(d, "to leave it on AWS as it is, and out of terraform's hands: groundplan generate"+flags("forget", r))
		}
		diags = append(diags, diagnostic.WithHint(d, "to go on all the same: groundplan generate"+flags("accept-replacement", r)))
	}
	return diags
}

func inEnvironments(names []string) string {
	quoted := diagnostic.Quoted(names)
	if len(quoted) == 1 {
		return "In the environment " + quoted[0] + " "
	}
	return "In the environments " + diagnostic.And(quoted) + " "
}

func flags(flag string, r refusal) string {
	var out strings.Builder
	for _, environment := range r.environments {
		fmt.Fprintf(&out, " --%s %q", flag, qualifiedID(environment, r.id))
	}
	return out.String()
}

// unused finds what is named and was not needed: a misspelling is an error, and what stays as it is a warning, since the
// same words would accept a change to come.
func (j *judge) unused(record Record, current []Environment) hcl.Diagnostics {
	known := map[string]bool{}
	for environment, holdings := range record {
		known[environment] = true
		for id := range holdings {
			known[qualifiedID(environment, id)] = true
		}
	}
	for _, e := range current {
		for id := range e.Holdings {
			known[qualifiedID(e.Name, id)] = true
		}
	}
	names := slices.Sorted(maps.Keys(known))
	var diags hcl.Diagnostics
	for _, list := range []struct {
		flag  string
		given []string
	}{{"accept-replacement", j.consent.Accept}, {"forget", j.consent.Forget}} {
		for _, given := range list.given {
			switch {
			case j.used[given]:
			case !known[given]:
				hint := cmp.Or(diagnostic.DidYouMean(given, names), "write the id as the message shows it; groundplan inspect lists what there is")
				diags = append(diags, diagnostic.Error(hcl.Range{}, "Unknown id", hint, "--%s %q: nothing of that name holds data.", list.flag, given))
			case list.flag == "forget":
				diags = append(diags, diagnostic.Error(hcl.Range{}, "Nothing to forget", "leave the flag out", "--forget %q: it does not leave the code, or cannot stay without it.", given))
			default:
				diags = append(diags, diagnostic.Warning(hcl.Range{}, "Nothing to accept", "leave the flag out: it would accept a later change unseen", "--accept-replacement %q: nothing of it is replaced.", given))
			}
		}
	}
	return diags
}
