// Package holdings keeps a change of settings or declarations from destroying data without being named.
//
// The lock remembers, for everything that holds data, the values that cannot change without replacing it. Judge compares
// them with those of a run: what would be replaced or destroyed is refused, with the safe way, unless the user names it. It
// knows what each kind of thing loses and how that is avoided; it must not know source languages or HCL output.
package holdings

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/database"
)

// Record is what the lock remembers: the facts of each holding by logical id ("secret StripeKey"), by environment.
type Record map[string]map[string]map[string]string

// RememberSide puts what locks once had apart of an environment's load balancer with what else is held, unless it is there.
func (r Record) RememberSide(environment string, internal, protected bool) {
	if facts := r[environment][app.LoadBalancer.String()]; facts != nil && facts[kinds.InternalFact] == "" {
		facts[kinds.InternalFact], facts[kinds.ProtectedFact] = strconv.FormatBool(internal), strconv.FormatBool(protected)
	}
}

// EnvironmentID is the logical id under which an environment keeps facts of its own. To the user its id is the
// environment's name alone.
const EnvironmentID = "environment"

// Facts of an environment: they decide what everything in it is called and where it is.
const (
	AppFact     = "app"
	RegionFact  = "region"
	AccountFact = "account_id"
	PathFact    = "iam_path"
	StateFact   = "state"
	// NATFact lists the zones with a NAT gateway: each has an address that others may have let in.
	NATFact = "nat_zones"
)

// Environment is what an environment holds in this run.
type Environment struct {
	Name string
	// At is where it is declared, the zero range for the one that needs no file.
	At hcl.Range
	// AccountID is "" when any account is accepted.
	AccountID string
	Holdings  map[string]map[string]string
	// Places is where a holding, or one of its facts ("secret StripeKey/name"), is declared or set.
	Places map[string]hcl.Range
}

// place is the range of the first path that has one, else where the environment is declared.
func (e Environment) place(paths ...string) hcl.Range {
	for _, path := range paths {
		if at, known := e.Places[path]; known && at.Filename != "" {
			return at
		}
	}
	return e.At
}

// Consent is what the user names: ids as messages show them, "production/secret StripeKey" or "production".
type Consent struct {
	// Accept is what may be replaced or destroyed with what it holds, Forget what leaves the code and stays on AWS.
	Accept, Forget []string
	// Only limits the judgement to one environment; "" for all of them.
	Only string
}

// Verdict is what Judge finds.
type Verdict struct {
	Diagnostics hcl.Diagnostics
	// Forgotten are the logical ids of what is forgotten in this run, by environment.
	Forgotten map[string][]string
}

// Judge compares what an earlier run left with what this one wants. earlier are the environments of that run: a record
// keeps those that were removed as well, for they may come back.
func Judge(record Record, earlier []string, current []Environment, consent Consent) Verdict {
	consent.Accept, consent.Forget = slices.Clone(consent.Accept), slices.Clone(consent.Forget)
	for _, list := range [][]string{consent.Accept, consent.Forget} {
		for i := range list {
			list[i] = strings.TrimSuffix(list[i], "/"+EnvironmentID) // as the lock spells it
		}
	}
	j := &judge{consent: consent, used: map[string]bool{}, verdict: Verdict{Forgotten: map[string][]string{}}}
	j.renamed(record, earlier, current)
	for _, e := range current {
		if before := record[e.Name]; before != nil && (consent.Only == "" || consent.Only == e.Name) {
			j.environment(before, e)
		}
	}
	j.verdict.Diagnostics = append(j.verdict.Diagnostics, j.refused()...)
	j.verdict.Diagnostics = append(j.verdict.Diagnostics, j.unused(record, current)...)
	return j.verdict
}

// judge collects what is refused while it walks the environments.
type judge struct {
	consent  Consent
	used     map[string]bool // ids of the consent that were needed
	refusals []refusal
	verdict  Verdict
}

// refusal is one change that would lose data, in one environment or, said once, in several.
type refusal struct {
	id           string // of the holding, EnvironmentID for the environment itself
	environments []string
	at           hcl.Range
	summary      string
	// detail says what changes and what is lost; the environment is said in front of it.
	detail string
	ways   []string
	// forgettable says that the holding leaves the code, and may stay on AWS.
	forgettable bool
}

// qualifiedID is a holding's id as the user writes it.
func qualifiedID(environment, id string) string {
	if id == EnvironmentID {
		return environment
	}
	return environment + "/" + id
}

// accepts reports whether the user names a holding, and notes that it was needed.
func (j *judge) accepts(environment, id string) bool {
	named := qualifiedID(environment, id)
	if slices.Contains(j.consent.Accept, named) {
		j.used[named] = true
		return true
	}
	return false
}

// refuse notes a change, unless it is accepted.
func (j *judge) refuse(environment string, r refusal) {
	if j.accepts(environment, r.id) {
		return
	}
	if named := qualifiedID(environment, r.id); r.forgettable && slices.Contains(j.consent.Forget, named) {
		j.used[named] = true
		j.verdict.Forgotten[environment] = append(j.verdict.Forgotten[environment], r.id)
		return
	}
	for i, other := range j.refusals {
		if other.id == r.id && other.summary == r.summary && other.detail == r.detail {
			j.refusals[i].environments = append(other.environments, environment)
			return
		}
	}
	r.environments = []string{environment}
	j.refusals = append(j.refusals, r)
}

// renamed refuses an environment that takes the place of another: it would begin empty, and the other would run on
// without code.
func (j *judge) renamed(record Record, earlier []string, current []Environment) {
	has := func(name string) bool {
		return slices.ContainsFunc(current, func(e Environment) bool { return e.Name == name })
	}
	i := slices.IndexFunc(current, func(e Environment) bool { return record[e.Name] == nil && !slices.Contains(earlier, e.Name) })
	if i < 0 || j.consent.Only != "" {
		return
	}
	for _, gone := range slices.Sorted(slices.Values(earlier)) {
		if record[gone] == nil || has(gone) {
			continue
		}
		j.refuse(gone, environmentRenamed(gone, current[i], record[gone]))
	}
}

// environment compares one environment.
func (j *judge) environment(before map[string]map[string]string, e Environment) {
	was, is := before[EnvironmentID], e.Holdings[EnvironmentID]
	moved := false
	for _, fact := range []string{AppFact, RegionFact, AccountFact} {
		if was[fact] == "" || is[fact] == "" || was[fact] == is[fact] {
			continue // not recorded, or an account that is no longer demanded
		}
		moved = true
		j.refuse(e.Name, environmentMoved(fact, was[fact], is[fact], e, before))
	}
	if moved {
		return // every name in it changes, which was said once
	}
	j.verdict.Diagnostics = append(j.verdict.Diagnostics, environmentWarnings(was, e)...)
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if id != EnvironmentID {
			j.holding(before, id, e)
		}
	}
}

// holding compares one holding with what becomes of it.
func (j *judge) holding(before map[string]map[string]string, id string, e Environment) {
	was := before[id]
	is, stays := e.Holdings[id]
	of := app.ParseID(id)
	switch {
	case of.Kind == database.Kind.Name:
		if !stays {
			j.verdict.Diagnostics = append(j.verdict.Diagnostics, databaseLeft(of.Name, was, e)...)
		} else if was[database.ServerFact] != is[database.ServerFact] {
			j.refuse(e.Name, databaseMoved(id, of.Name, was, is, e))
		}
	case !stays:
		j.refuse(e.Name, holdingGone(id, was, e))
	case of == app.EncryptionKey:
		if was[kinds.OwnFact] != is[kinds.OwnFact] {
			j.refuse(e.Name, anotherKey(was, e, before))
		}
	case of == app.Network:
		for _, r := range anotherNetwork(was, is, e) {
			j.refuse(e.Name, r)
		}
	default:
		j.changed(before, id, was, is, e)
	}
}

// changed compares the facts of a holding that stays.
func (j *judge) changed(before map[string]map[string]string, id string, was, is map[string]string, e Environment) {
	for _, fact := range slices.Sorted(maps.Keys(is)) {
		if was[fact] == "" || was[fact] == is[fact] {
			continue
		}
		switch {
		case fact == "engine_version":
			r, warning := anotherVersion(id, was, is, e)
			if warning != nil {
				j.verdict.Diagnostics = append(j.verdict.Diagnostics, warning)
			} else if r != nil {
				j.refuse(e.Name, *r)
			}
		case fact == kinds.InternalFact:
			j.verdict.Diagnostics = append(j.verdict.Diagnostics, anotherSide(was, is, e))
		case fact == kinds.ProtectedFact:
			// A switch that replaces nothing.
		case follows(before, id, fact, e):
			// What it follows was refused, or accepted with it.
		default:
			j.refuse(e.Name, anotherValue(id, fact, was, is, e))
		}
		if fact == database.EngineFact {
			return // versions of two engines do not compare
		}
	}
}

// follows reports whether a fact changes because that of the parent does: a subscription becomes FIFO, or ceases to be, with its
// topic.
func follows(before map[string]map[string]string, id, fact string, e Environment) bool {
	of := app.ParseID(id)
	kind, _ := kinds.Named(of.Kind)
	parent := app.ID{Kind: kind.Holds.Follows[fact], Name: of.Parent}.String()
	was, is := before[parent][fact], e.Holdings[parent][fact]
	return was != "" && is != "" && was != is
}
