package change

import (
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
)

// Environment is the id of the component that has what no module call makes: the check of the account, what is moved or
// removed at the root.
const Environment = "environment"

// componentOwners are the components of a stack by the address of their module call.
type componentOwners map[string][]blueprint.Component

// dependent are the nouns of components that live in what another one of the same address is.
var dependent = []string{"database", "cron job"}

func ownersOf(env *blueprint.Environment, stack string) componentOwners {
	found := componentOwners{}
	planned := env.Stack(stack)
	if planned == nil {
		return found
	}
	for _, component := range planned.Components {
		if !component.Existing {
			found[component.Address] = append(found[component.Address], component)
		}
	}
	for _, sharing := range found {
		// What the others live in comes first.
		slices.SortStableFunc(sharing, func(a, b blueprint.Component) int {
			return rank(a) - rank(b)
		})
	}
	return found
}

func rank(component blueprint.Component) int {
	if slices.Contains(dependent, component.Noun) {
		return 1
	}
	return 0
}

// of is the address of the module call that a module is in, the longest one that a component has. For a module of none it is
// that of its outermost call, and "" at the root.
func (o componentOwners) of(module string) string {
	best := ""
	for address := range o {
		if within(module, address) && len(address) > len(best) {
			best = address
		}
	}
	if best != "" || module == "" {
		return best
	}
	return outermost(module)
}

// within reports whether a module is a call or in one, whatever instance of it.
func within(module, call string) bool {
	rest, found := strings.CutPrefix(module, call)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// outermost is the first module call of an address: a key in brackets may hold dots of its own.
func outermost(module string) string {
	name := strings.TrimPrefix(module, "module.")
	if end := strings.IndexAny(name, ".["); end >= 0 {
		name = name[:end]
	}
	return "module." + name
}

// named is the component of an address, without what happens to it.
func (o componentOwners) named(address string) Component {
	sharing := o[address]
	switch {
	case address == "":
		return Component{ID: Environment, Noun: Environment}
	case len(sharing) == 0:
		return Component{ID: address, Gone: true}
	}
	component := Component{ID: sharing[0].ID, Noun: sharing[0].Noun, DeclaredIn: sharing[0].DeclaredIn, HoldsData: sharing[0].HoldsData}
	for _, other := range sharing[1:] {
		component.With = append(component.With, other.ID)
		component.HoldsData = component.HoldsData || other.HoldsData
	}
	return component
}

func (o componentOwners) component(address string, resources []Resource, whole bool) Component {
	component := o.named(address)
	for i := range resources {
		resources[i].Risk = resources[i].risk(component)
	}
	slices.SortStableFunc(resources, func(a, b Resource) int {
		if a.Risk != b.Risk {
			return int(b.Risk - a.Risk)
		}
		if first, second := isMain(a), isMain(b); first != second {
			if first {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Address, b.Address)
	})
	component.Resources = resources
	for _, resource := range resources {
		component.Risk = max(component.Risk, resource.Risk)
	}
	component.Summary = summarize(component, whole)
	return component
}

func isMain(r Resource) bool {
	kind, _ := resourceNoun(r.Type)
	return kind.main
}

// Owner is the component that an address of a plan belongs to, without what happens to it.
func Owner(env *blueprint.Environment, stack, moduleAddress string) Component {
	all := ownersOf(env, stack)
	return all.named(all.of(moduleAddress))
}

func deferredOf(plan *tfjson.Plan, owners componentOwners) []Deferred {
	var found []Deferred
	for _, deferred := range plan.DeferredChanges {
		if deferred.ResourceChange == nil {
			continue
		}
		owner := owners.named(owners.of(deferred.ResourceChange.ModuleAddress))
		found = append(found, Deferred{deferred.ResourceChange.Address, owner.ID, strings.ReplaceAll(deferred.Reason, "_", " ")})
	}
	return found
}

// driftOf is what was changed behind terraform's back, without what only looks so: what is empty in one way and in another, and
// what the code does not set, such as the policy of a queue, which another resource writes and the queue reads back.
func driftOf(plan *tfjson.Plan, owners componentOwners, configured Configured) []Component {
	changes := map[string][]Resource{}
	for _, drifted := range plan.ResourceDrift {
		if drifted.Change == nil || drifted.Mode != tfjson.ManagedResourceMode {
			continue
		}
		resource, acts := resourceOf(drifted, configured)
		resource.Attributes = slices.DeleteFunc(resource.Attributes, func(a Attribute) bool {
			top, _, _ := a.names()
			return !configured.Sets(drifted.Address, top)
		})
		resource.notes = resource.say(drifted)
		if !acts || resource.Action == Keep || resource.Action == Update && len(resource.notes) == 0 {
			continue
		}
		owner := owners.of(drifted.ModuleAddress)
		changes[owner] = append(changes[owner], resource)
	}
	var found []Component
	for owner, resources := range changes {
		found = append(found, owners.component(owner, resources, false))
	}
	sortComponents(found)
	return found
}

func outputsOf(plan *tfjson.Plan) []Output {
	var found []Output
	for _, name := range slices.Sorted(maps.Keys(plan.OutputChanges)) {
		change := plan.OutputChanges[name]
		if change == nil || change.Actions.NoOp() || len(change.Actions) == 0 {
			continue
		}
		found = append(found, Output{
			Name: name, Action: string(change.Actions[0]), Unknown: anyTrue(change.AfterUnknown),
			Sensitive: anyTrue(change.BeforeSensitive) || anyTrue(change.AfterSensitive),
		})
	}
	return found
}

// anyTrue reports whether a mask of a plan marks anything.
func anyTrue(mask any) bool {
	switch mask := mask.(type) {
	case bool:
		return mask
	case []any:
		return slices.ContainsFunc(mask, anyTrue)
	case map[string]any:
		for _, part := range mask {
			if anyTrue(part) {
				return true
			}
		}
	}
	return false
}
