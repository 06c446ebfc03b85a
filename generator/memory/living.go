// Package memory keeps from one run to the next what must not change: labels of blocks, which are addresses in somebody's
// state, priorities of rules, and what holds data (package holdings judges it). What was granted once is in the lock; a run
// looks there first, and what moves or leaves the code gets a block that keeps its state.
package memory

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/output"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// What an earlier run left decides what this one may do: nothing that holds data is replaced or destroyed unless it is
// named, and what changes its address or leaves the code keeps its state (package holdings, Lock).

// Judge compares what the deployments hold with what the lock remembers, and puts what they hold now into the new lock.
func Judge(lock, previous *output.Lock, held []holdings.Environment, consent holdings.Consent) holdings.Verdict {
	var earlier []string
	for stack := range previous.Addresses {
		name, _, _ := strings.Cut(stack, "/")
		earlier = append(earlier, name)
	}
	slices.Sort(earlier)
	verdict := holdings.Judge(previous.Holdings, slices.Compact(earlier), held, consent)
	lock.Holdings = maps.Clone(previous.Holdings)
	if lock.Holdings == nil {
		lock.Holdings = holdings.Record{}
	}
	for _, e := range held {
		if account := previous.Holdings[e.Name][holdings.EnvironmentID][holdings.AccountFact]; e.AccountID == "" && account != "" {
			e.Holdings[holdings.EnvironmentID][holdings.AccountFact] = account // no longer demanded, and still where everything is
		}
		lock.Holdings[e.Name] = e.Holdings
	}
	return verdict
}

// Held is what an environment holds, with where that is declared or set.
func Held(d *deploy.Deployment, stacks ...*stack.Stack) holdings.Environment {
	env := d.Env
	state := "local files"
	if env.State != nil {
		state = env.State.URL()
	}
	e := holdings.Environment{Name: env.Name, At: env.At, AccountID: env.AccountID, Places: places(d), Holdings: map[string]map[string]string{
		holdings.EnvironmentID: {holdings.AppFact: env.App, holdings.RegionFact: env.Region, holdings.PathFact: env.IAMPath, holdings.StateFact: state},
	}}
	if env.AccountID != "" {
		e.Holdings[holdings.EnvironmentID][holdings.AccountFact] = env.AccountID
	}
	if zones := natZones(env); len(zones) > 0 {
		e.Holdings[holdings.EnvironmentID][holdings.NATFact] = strings.Join(zones, ", ")
	}
	for id, facts := range kinds.Held(d, stacks...) {
		e.Holdings[id.String()] = facts
	}
	return e
}

// natZones are the zones in which the module network puts a NAT gateway.
func natZones(env *environment.Environment) []string {
	switch {
	case env.Network != nil || env.NAT == "none" || len(env.Zones) == 0:
		return nil
	case env.NAT == "single":
		return env.Zones[:1]
	}
	return env.Zones
}

// places is where everything that an environment holds is declared in the source or set in groundplan.hcl, by logical id and
// fact.
func places(d *deploy.Deployment) map[string]hcl.Range {
	env, found := d.Env, map[string]hcl.Range{}
	for _, r := range d.App.Resources {
		found[r.ID().String()] = r.At
	}
	if found[holdings.EnvironmentID+"/"+holdings.AppFact] = env.AppAt; env.AppAt.Filename == "" {
		found[holdings.EnvironmentID+"/"+holdings.AppFact] = d.App.IDAt
	}
	for path, setting := range map[string]string{
		"environment/region": "region", "environment/account_id": "account_id", "environment/iam_path": "iam_path", "environment/state": "state",
		"environment/nat_zones":    "zones",
		app.EncryptionKey.String(): "key_arn", app.MetricsSecret.String(): "metrics/destination",
		app.Network.String(): "network", app.Network.String() + "/vpc_id": "network/vpc_id", app.Network.String() + "/cidr": "cidr", app.Network.String() + "/zones": "zones",
	} {
		found[path] = env.Places[setting]
	}
	for _, server := range env.DatabaseServers {
		block, id := "database_server "+server.Name, app.DatabaseServerID(server.Name).String()
		found[id] = env.Places[block]
		for _, setting := range []string{"engine", "engine_version", "existing"} {
			found[id+"/"+setting] = env.Places[block+"/"+setting]
		}
		for _, name := range server.Databases {
			if at, listed := env.Places[block+"/databases/"+name]; listed {
				found[app.ID{Kind: database.Kind.Name, Name: name}.String()] = at
			}
		}
	}
	for path, at := range env.Places {
		id, existing := strings.CutSuffix(path, "/existing")
		if _, declared := kinds.Named(app.ParseID(id).Kind); existing && declared {
			found[path] = at
		}
	}
	for _, o := range env.Overrides {
		for _, a := range o.Arguments {
			found[o.ID+"/"+a.Name] = a.NameAt
		}
	}
	return found
}

// ToForget are the logical ids that a run of an environment leaves on AWS, if Judge finds that they may: those of earlier
// runs, and those the user names.
func ToForget(env *environment.Environment, previous *output.Lock, consent holdings.Consent) []string {
	stack := env.Name + "/" + blueprint.Platform
	ids := slices.Collect(maps.Keys(previous.Forgotten[stack]))
	for _, named := range consent.Forget {
		if id, ours := strings.CutPrefix(named, env.Name+"/"); ours && previous.Addresses[stack][id] != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Forget writes the removed blocks of a stack for what leaves the code and stays on AWS, and remembers their addresses. ids
// are those of this run.
func Forget(env *environment.Environment, s *stack.Stack, lock, previous *output.Lock, ids []string) hcl.Diagnostics {
	stack, current := env.Name+"/"+blueprint.Platform, s.Addresses()
	addresses := maps.Clone(previous.Forgotten[stack])
	if addresses == nil {
		addresses = map[string]string{}
	}
	for _, id := range ids {
		addresses[id] = previous.Addresses[stack][id]
		of := app.ParseID(id)
		kind, _ := kinds.Named(of.Kind)
		if kind.Holds.Along == nil {
			continue
		}
		along := kind.Holds.Along(of)
		if before := previous.Addresses[stack][along.String()]; before != "" && current[along] == "" {
			addresses[along.String()] = before
		}
	}
	var diags hcl.Diagnostics
	for _, id := range slices.Sorted(maps.Keys(addresses)) {
		address := addresses[id]
		for other, taken := range current {
			if taken == address && (!shares(other.Kind) || other.String() == id) {
				diags = append(diags, diagnostic.WithHint(diagnostic.Error(env.At, "Forgotten and made again",
					"to use the one that is there: for a "+diagnostic.Or(mayExist())+", name it in a block existing of the environment",
					"In the environment %q the %s was left on AWS, out of terraform's hands, and now it is declared again: terraform would make a second one, and AWS has one of that name.", env.Name, holdings.Describe(id)),
					"to have terraform manage it again: take the line out of forgotten in "+output.LockName+", and terraform import what the first plan wants to make"))
			}
		}
		s.Add("removed.tf", emit.Block{
			Type: "removed", Comments: []string{diagnostic.Capitalized(holdings.Describe(id)) + " stays as it is, and terraform forgets it"},
			Args:   []value.Field{value.Arg("from", value.Traversal(address))},
			Blocks: []emit.Block{{Type: "lifecycle", Args: []value.Field{value.Arg("destroy", value.Bool(false))}}},
		})
	}
	if len(addresses) > 0 {
		if lock.Forgotten == nil {
			lock.Forgotten = map[string]map[string]string{}
		}
		lock.Forgotten[stack] = addresses
	}
	return diags
}

// shares reports whether things of a kind have no address of their own.
func shares(kind string) bool {
	k, _ := kinds.Named(kind)
	return k.Shares
}

// mayExist are the nouns of what an environment can use that is there already.
func mayExist() []string {
	var nouns []string
	for _, kind := range kinds.All {
		if kind.Holds.MayExist {
			nouns = append(nouns, kind.Noun)
		}
	}
	return append(nouns, app.DatabaseServerKind)
}

// Move writes the moved blocks of a stack: what has another address than an earlier run gave it keeps its state.
func Move(s *stack.Stack, folder string, lock, previous *output.Lock) {
	moved, addresses, current := maps.Clone(previous.Moved[folder]), s.Addresses(), map[string]bool{}
	if moved == nil {
		moved = map[string]string{}
	}
	for _, address := range addresses {
		current[address] = true
	}
	for id, address := range addresses {
		// A database has its server's address, and may change servers.
		shared := shares(id.Kind)
		if before := previous.Addresses[folder][id.String()]; before != "" && before != address && !shared && !current[before] {
			moved[before] = address
		}
	}
	for _, from := range slices.Sorted(maps.Keys(moved)) {
		if _, onward := moved[moved[from]]; current[from] || !current[moved[from]] && !onward {
			delete(moved, from) // somebody else has the address, or nothing is there any more
			continue
		}
		s.Add("moved.tf", emit.Block{Type: "moved", Args: []value.Field{value.Arg("from", value.Traversal(from)), value.Arg("to", value.Traversal(moved[from]))}})
	}
	if len(moved) > 0 {
		if lock.Moved == nil {
			lock.Moved = map[string]map[string]string{}
		}
		lock.Moved[folder] = moved
	}
}

// ByText are the addresses of a stack as the lock spells them.
func ByText(addresses map[app.ID]string) map[string]string {
	texts := make(map[string]string, len(addresses))
	for id, address := range addresses {
		texts[id.String()] = address
	}
	return texts
}
