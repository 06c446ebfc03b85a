// Package change says what a plan of terraform comes to, in words about the application: one line for each of its components,
// riskiest first. It reads a plan and the blueprint of what was planned, and nothing else: whoever has both has the answer.
//
// What is in a value is never said where terraform calls it sensitive, and of environment variables and documents of policies
// only that they change: this is read in logs and in comments of pull requests.
package change

import (
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
)

// Risk says how bad it may get. Greater is worse.
type Risk int

// The risks, from harmless on.
const (
	// Harmless is what makes no difference on AWS: a move to another address, an import, values read.
	Harmless Risk = iota
	// Created is what was not there.
	Created
	// Changed is what goes on as it is, with another value.
	Changed
	// Access is another policy, or another rule of who reaches what.
	Access
	// Forgotten is what stays on AWS while nothing takes care of it any more.
	Forgotten
	// Replaced is what is made anew; Destroyed is what goes. Neither holds data.
	Replaced
	Destroyed
	// DataLost is what goes, or is made anew, with the data in it.
	DataLost
)

// String is the word for a risk that JSON has.
func (r Risk) String() string {
	return [...]string{"harmless", "created", "changed", "access", "forgotten", "replaced", "destroyed", "data_lost"}[r]
}

// Set is what the plan of one stack comes to.
type Set struct {
	Stack string
	// Components are those that change, riskiest first, then by id.
	Components []Component
	// Drift is what somebody else changed since the last run, by component. A plan that also undoes it has it among its changes.
	Drift []Component
	// Deferred is what terraform puts off to a later plan.
	Deferred []Deferred
	// Outputs are those that change, by name.
	Outputs []Output
	Counts  Counts
	// Incomplete: another plan will have more to do, because something was deferred or only a part was planned.
	Incomplete bool
	// Unplanned is why there is no plan yet: "platform does not exist yet". Components are what the code shows then, without resources,
	// and nothing is counted.
	Unplanned string
}

// Counts are numbers of resources, by what happens to them. One that is moved or imported counts there and, when it changes as
// well, also there.
type Counts struct {
	Create, Change, Replace, Destroy, Forget, Import, Move, Read int
}

// None reports whether nothing would happen.
func (c Counts) None() bool {
	return c.Create+c.Change+c.Replace+c.Destroy+c.Forget+c.Import+c.Move == 0
}

// Component is a component of the application, or of its environment, with what happens to it.
type Component struct {
	// ID is that of the blueprint. What no module call makes belongs to "environment". What the code has no longer is not in the
	// blueprint: it has the address of its module call, and Gone.
	ID, Noun string
	Gone     bool
	// With are the ids of others that stand or fall with it: the databases of a server, the schedules of a job.
	With []string
	// DeclaredIn is the file that declares it, "" for what no declaration names.
	DeclaredIn string
	// HoldsData is what the blueprint says of it.
	HoldsData bool
	Risk      Risk
	// Summary is what happens to it, without its name: "queue policy changes".
	Summary string
	// Resources are those that change, riskiest first.
	Resources []Resource
}

// Title is what people call it: "service orders", "database server main".
func (c Component) Title() string {
	if c.Gone {
		return strings.ReplaceAll(strings.TrimPrefix(c.ID, "module."), "_", " ")
	}
	if c.Noun == "" || strings.HasPrefix(c.ID, c.Noun) {
		return c.ID
	}
	if _, rest, _ := strings.Cut(c.ID, " "); rest != "" && rest != c.Noun {
		return c.Noun + " " + rest
	}
	return c.Noun
}

// The actions.
const (
	Create = "create"
	Update = "update"
	// Revise makes a new revision of a task definition. Terraform calls it a replacement, but the former revision stays.
	Revise = "revise"
	// Replace destroys first, ReplaceAfter makes the new one first.
	Replace      = "replace"
	ReplaceAfter = "create_then_destroy"
	Delete       = "delete"
	Forget       = "forget"
	// Keep is what does not change itself, but is moved or imported.
	Keep = "keep"
)

// Resource is one resource that changes.
type Resource struct {
	Address, Type string
	// Noun is the word for its type, with which resource of its component it is: "alarm".
	Noun   string
	Action string
	// PreviousAddress is where it was, for what is moved. ImportID is what it is imported by.
	PreviousAddress, ImportID string
	// Deposed is the key of what an earlier run left behind, which is destroyed now.
	Deposed string
	// Forces are the attributes for which it is replaced, and Because says in words why it is replaced or destroyed.
	Forces  []string
	Because string
	Risk    Risk
	// Attributes are those that change, for updates and replacements, by path.
	Attributes []Attribute
	// notes are what is said of it in a summary, and fact what is said of one that is made.
	notes []string
	fact  string
}

// Output is an output of the stack that changes.
type Output struct {
	Name, Action       string
	Unknown, Sensitive bool
}

// Deferred is what terraform cannot plan yet.
type Deferred struct {
	Address, Component, Reason string
}

// Of is what a plan of a stack of an environment comes to.
func Of(env *blueprint.Environment, stack string, plan *tfjson.Plan) Set {
	set := Set{Stack: stack, Incomplete: plan.Complete != nil && !*plan.Complete}
	owners := ownersOf(env, stack)
	configured := ConfiguredOf(plan)
	whole := map[string]bool{} // components of which something stays as it is
	changes := map[string][]Resource{}
	for _, planned := range plan.ResourceChanges {
		if planned.Change == nil || planned.Mode == "ephemeral" {
			continue
		}
		owner := owners.of(planned.ModuleAddress)
		if planned.Mode == tfjson.DataResourceMode {
			if planned.Change.Actions.Read() {
				set.Counts.Read++
			}
			continue
		}
		resource, acts := resourceOf(planned, configured)
		set.Counts.add(resource, acts)
		if !acts {
			whole[owner] = true
			continue
		}
		changes[owner] = append(changes[owner], resource)
	}
	for owner, resources := range changes {
		set.Components = append(set.Components, owners.component(owner, resources, !whole[owner]))
	}
	sortComponents(set.Components)
	set.Drift = driftOf(plan, owners, configured)
	set.Deferred = deferredOf(plan, owners)
	set.Outputs = outputsOf(plan)
	return set
}

func sortComponents(components []Component) {
	slices.SortFunc(components, func(a, b Component) int {
		if a.Risk != b.Risk {
			return int(b.Risk - a.Risk)
		}
		return strings.Compare(a.ID, b.ID)
	})
}
