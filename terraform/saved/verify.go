package saved

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Lifetime is how long a plan may wait for its approval. What it was made from goes on changing, and not all of that shows in the
// state.
const Lifetime = 24 * time.Hour

// Verify says why plans must not be applied any more, and nothing where they may be: what they were made for and from is what there
// is now. Of now, the stacks are those that are in the file; Made is the time.
func Verify(planned, now Manifest) []*RefusedError {
	again := "make another: groundplan plan --out FILE"
	refusals := foreign(planned, now)
	refuse := func(hint, format string, arguments ...any) {
		refusals = append(refusals, &RefusedError{fmt.Sprintf(format, arguments...), hint})
	}
	switch age := now.Made.Sub(planned.Made); {
	case age > Lifetime:
		refuse(again, "the plan is %s old, and holds for %s", age.Round(time.Minute), Lifetime)
	case age < -5*time.Minute:
		refuse("set the clock", "the plan was made %s from now: a clock is wrong", -age.Round(time.Minute))
	}
	for _, was := range planned.Stacks {
		is := now.Stack(was.Name)
		if is == nil {
			refuse(again, "there is no stack %s any more", was.Name)
			continue
		}
		if was.Configuration != is.Configuration {
			refuse("take the code that was planned, or "+again, "the code of %s is not the code that was planned", was.Name)
		}
		for _, message := range otherProviders(was, *is) {
			refuse("terraform init takes the versions that "+lockFile+" names: keep it with the code", "%s", message)
		}
		switch {
		case was.Lineage == is.Lineage && was.Serial == is.Serial:
		case was.Lineage == "":
			refuse(again, "%s has a state now, and had none when it was planned: this plan was applied, or another", was.Name)
		case is.Lineage == "":
			refuse("look whether it was moved or deleted", "the state of %s is gone", was.Name)
		case was.Lineage != is.Lineage:
			refuse("look at the backend in terraform.tf", "%s has another state than it was planned with: lineage %s, and the plan's is %s", was.Name, is.Lineage, was.Lineage)
		default:
			refuse(again, "the state of %s has changed since it was planned, from serial %d to %d: this plan was applied, or another", was.Name, was.Serial, is.Serial)
		}
	}
	return refusals
}

// lockFile is what keeps the versions of providers.
const lockFile = ".terraform.lock.hcl"

// foreign says what else the plans were made for or with.
func foreign(planned, now Manifest) []*RefusedError {
	var refusals []*RefusedError
	for _, binding := range []struct{ what, was, is, hint string }{
		{"application", planned.App, now.App, "is this the right folder? --app DIR"},
		{"environment", planned.Environment, now.Environment, "name the plan's: --env " + planned.Environment},
		{"account", planned.Account, now.Account, "AWS_PROFILE chooses other credentials"},
		{"region", planned.Region, now.Region, "make another: groundplan plan --out FILE"},
		{"program", planned.Engine, now.Engine, "take the plan's: --engine " + planned.Engine},
		{"version of " + planned.Engine, planned.EngineVersion, now.EngineVersion, "install the plan's, or make another plan with this one"},
		{"groundplan", planned.Groundplan, now.Groundplan, "install the plan's, or make another plan with this one"},
	} {
		if binding.what == "version of "+planned.Engine && planned.Engine != now.Engine {
			continue // which was said
		}
		if binding.was != binding.is {
			refusals = append(refusals, &RefusedError{fmt.Sprintf("the plan was made for another %s: %s, and this is %s", binding.what, binding.was, binding.is), binding.hint})
		}
	}
	return refusals
}

// otherProviders says which providers are not those of the plan.
func otherProviders(was, is Stack) []string {
	var messages []string
	for _, source := range slices.Sorted(maps.Keys(was.Providers)) {
		if is.Providers[source] != was.Providers[source] {
			messages = append(messages, fmt.Sprintf("%s was planned with %s %s, and has %s now", was.Name, source, was.Providers[source], cmp.Or(is.Providers[source], "none")))
		}
	}
	for _, source := range slices.Sorted(maps.Keys(is.Providers)) {
		if _, known := was.Providers[source]; !known {
			messages = append(messages, fmt.Sprintf("%s was planned without %s, and has %s now", was.Name, source, is.Providers[source]))
		}
	}
	return messages
}
