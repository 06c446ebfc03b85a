// Package guard says what a plan of terraform must not do unasked, and what somebody should know before saying yes. Each guard
// is a function of a plan and of the blueprint of what was planned; none asks AWS anything. What is made for the first time is
// no finding: nobody loses by it.
package guard

import (
	"cmp"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform/change"
)

// The rules.
const (
	// DataLost: something that holds data is destroyed or made anew. It refuses, unless the address is allowed.
	DataLost = "data-lost"
	// DataShrinks: AWS deletes data in place, because of another value. It refuses, unless the address is allowed.
	DataShrinks = "data-shrinks"
	// NetRemoved: nothing is lost yet, but what would have saved it later is gone: a last snapshot, older versions.
	NetRemoved = "net-removed"
	// Widened: somebody may do more than before.
	Widened = "iam-widened"
	// Exposed: something can be reached from the internet, or by everybody.
	Exposed = "exposed"
	// Weakened: encryption or protection is less than it was.
	Weakened = "weakened"
	// WrongPlace: the plan is for another account or region. It refuses.
	WrongPlace = "wrong-place"
	// MuchDestroyed: more of the stack goes than a change usually takes. It refuses, unless the stack is allowed.
	MuchDestroyed = "much-destroyed"
	// StateMoved: the state is not the one that was planned with. It refuses.
	StateMoved = "state-moved"
)

// Finding is one thing that a guard found.
type Finding struct {
	Rule string
	// Address is that of the resource, "" for what is about the whole stack.
	Address string
	// Component is the title of what it belongs to: "database server main".
	Component string
	// Reason says what happens: "replaced, because storage_encrypted changes (forces replacement)".
	Reason string
	// Hints are what to do about it.
	Hints []string
	// Refuses: an apply must not go on. Otherwise it is only called out.
	Refuses bool
}

// State is which state of a stack something is about.
type State struct {
	Lineage string
	Serial  uint64
}

// Options are what guards have to know besides the plan.
type Options struct {
	// AllowDestroy names what may go: addresses of resources, or of module calls with all that is in them. The name of the stack
	// allows to destroy much of it, and nothing that holds data.
	AllowDestroy []string
	// Account and Region are those that terraform works in, "" where nobody asked.
	Account, Region string
	// Destroy: the whole stack is to go.
	Destroy bool
	// Share is how much of what the stack holds may be destroyed, from 0 to 1; 0 is DefaultShare.
	Share float64
	// Planned is the state that the plan was made with, and Current the one there is now. Both or none.
	Planned, Current *State
}

// Check asks every guard. What refuses comes first, then by rule and address.
func Check(env *blueprint.Environment, stack string, plan *tfjson.Plan, options Options) []Finding {
	p := plannedChange{env: env, stack: stack, plan: plan, options: options, configured: change.ConfiguredOf(plan)}
	var findings []Finding
	for _, guard := range []func(plannedChange) []Finding{dataLost, dataShrinks, netRemoved, widened, exposed, weakened, wrongPlace, muchDestroyed, stateMoved} {
		findings = append(findings, guard(p)...)
	}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Address, b.Address))
	})
	return findings
}

func order(f Finding) int {
	if f.Refuses {
		return 0
	}
	return 1
}

// Refused reports whether any finding refuses.
func Refused(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Refuses })
}

// plannedChange is what a guard sees.
type plannedChange struct {
	env        *blueprint.Environment
	stack      string
	plan       *tfjson.Plan
	options    Options
	configured change.Configured
}

// changes are the managed resources of the plan that change.
func (p plannedChange) changes() []*tfjson.ResourceChange {
	var found []*tfjson.ResourceChange
	for _, r := range p.managed() {
		if !r.Change.Actions.NoOp() {
			found = append(found, r)
		}
	}
	return found
}

// managed are the managed resources of the plan.
func (p plannedChange) managed() []*tfjson.ResourceChange {
	var found []*tfjson.ResourceChange
	for _, r := range p.plan.ResourceChanges {
		if r.Change != nil && r.Mode == tfjson.ManagedResourceMode {
			found = append(found, r)
		}
	}
	return found
}

// goes reports whether what there is now is destroyed: it is deleted, or made anew.
func goes(r *tfjson.ResourceChange) bool {
	return r.Change.Actions.Delete() || r.Change.Actions.Replace()
}

// stays reports whether there is something before and after: it is changed, or made anew.
func stays(r *tfjson.ResourceChange) bool {
	return r.Change.Actions.Update() || r.Change.Actions.Replace()
}

// allowed reports whether an address may go: it is named, or what it is in is.
func (p plannedChange) allowed(address string) bool {
	return slices.ContainsFunc(p.options.AllowDestroy, func(named string) bool {
		if address == named {
			return true
		}
		rest, in := strings.CutPrefix(address, named)
		return in && strings.HasPrefix(named, "module.") && (rest[0] == '.' || rest[0] == '[')
	})
}

// finding is one about a resource.
func (p plannedChange) finding(rule string, r *tfjson.ResourceChange, reason string, hints ...string) Finding {
	owner := change.Owner(p.env, p.stack, r.ModuleAddress)
	return Finding{Rule: rule, Address: r.Address, Component: owner.Title(), Reason: reason, Hints: hints}
}

// get is what is at a path of a value, nil for none. A step is a name, or an index of a list.
func get(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

func textAt(value any, path ...any) string {
	text, _ := get(value, path...).(string)
	return text
}

// setAt reports whether a bool is true; what is not there is not.
func setAt(value any, path ...any) bool {
	set, _ := get(value, path...).(bool)
	return set
}

// numberAt is a number; the bool is false for none.
func numberAt(value any, path ...any) (float64, bool) {
	switch number := get(value, path...).(type) {
	case float64:
		return number, true
	case interface{ Float64() (float64, error) }: // json.Number
		f, err := number.Float64()
		return f, err == nil
	}
	return 0, false
}

// unknownAt reports whether a value is known after the apply alone.
func unknownAt(r *tfjson.ResourceChange, path ...any) bool {
	mask := r.Change.AfterUnknown
	for _, step := range path {
		if whole, _ := mask.(bool); whole {
			return true
		}
		mask = get(mask, step)
	}
	whole, _ := mask.(bool)
	return whole
}
