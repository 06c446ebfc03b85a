package kinds

import (
	"maps"
	"strconv"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/stack"
)

// What of a module call decides whether the thing that holds data stays the same thing. The lock remembers these values,
// and a run that would change one is refused (package holdings). An apply shows which arguments they are: TestX3 under e2e/
// plans a change of each, and of all others, against what was applied.

// Fixed are the arguments that replace what holds data, by module: those of kinds, and of what every environment has. A module that is not listed holds none: processes, schedules, distributions and what runs in a cluster are made again from the
// code, logs of processes end with them, as do their generated passwords.
func Fixed() map[string][]string {
	fixed := map[string][]string{
		"encryption-key":   nil,               // aws_kms_key has no such argument: the key goes with its module call
		"generated-secret": {"name"},          // aws_secretsmanager_secret.name
		"load-balancer":    {"name"},          // the name of what holds its access logs
		"network":          {"cidr", "zones"}, // aws_vpc.cidr_block; aws_subnet of a zone: what stands in it cannot stay
		"registry":         {"name"},          // aws_ecr_repository.name
	}
	for _, kind := range All {
		maps.Copy(fixed, kind.Holds.Fixed)
	}
	return fixed
}

// Values that a holding has besides arguments of its module.
const (
	// OwnFact is the key or the network of an environment: made for it, or one that exists.
	OwnFact = "is"
	// Made is OwnFact of what is made.
	Made = "made for this environment"
	// InternalFact is "true" for a load balancer with private addresses alone, ProtectedFact for one that AWS refuses to delete.
	// Neither loses data, and a change of the one is stopped half-way by the other.
	InternalFact  = "internal"
	ProtectedFact = "deletion_protection"
	// account stands for the account's id in a name: where it is not set terraform fills it in.
	account = "<account>"
)

// Held are the values that cannot change without replacing something that holds data, of what the stacks of a deployment
// make and are given: see Fixed.
func Held(d *deploy.Deployment, stacks ...*stack.Stack) map[app.ID]map[string]string {
	held, all := map[app.ID]map[string]string{}, Fixed()
	for _, s := range stacks {
		for id, call := range s.Calls {
			// Passwords of processes end with them; the key between all processes does not.
			if fixed, holds := all[call.Module]; holds && (call.Module != "generated-secret" || id == app.ServiceAuthKey) {
				held[id] = factsOf(d.Env, call, fixed)
			}
		}
		// Whatever else is brought holds nothing that terraform could destroy.
		if s.Brought(app.EncryptionKey) {
			held[app.EncryptionKey] = map[string]string{OwnFact: d.Env.KeyARN}
		}
		if s.Brought(app.Network) {
			held[app.Network] = map[string]string{OwnFact: d.Env.Network.VPCID}
		}
	}
	for _, kind := range All {
		if kind.Holds.FactsOf != nil {
			maps.Copy(held, kind.Holds.FactsOf(d))
		}
	}
	return held
}

// factsOf are what is fixed of a module call.
func factsOf(env *environment.Environment, call stack.Call, fixed []string) map[string]string {
	facts := map[string]string{}
	for _, name := range fixed {
		facts[name] = fact(env, call.Written(name))
	}
	switch call.Module {
	case "encryption-key", "network":
		facts[OwnFact] = Made
	case "load-balancer":
		facts[InternalFact] = strconv.FormatBool(env.Internal)
		// The module protects none without a domain: its first one replaces it.
		facts[ProtectedFact] = strconv.FormatBool(env.DeletionProtection && env.Domain != "")
	}
	for _, kind := range All {
		maps.Copy(facts, kind.Holds.Facts[call.Module])
	}
	return facts
}

// fact is a printed value without the quotes of HCL, and with the account's id left out wherever it comes from.
func fact(env *environment.Environment, written string) string {
	text := strings.ReplaceAll(written, "${data.aws_caller_identity.current.account_id}", account)
	if list, is := strings.CutPrefix(text, "["); is {
		text = strings.ReplaceAll(strings.TrimSuffix(list, "]"), `"`, "") // a, b
	}
	if bare, err := strconv.Unquote(text); err == nil {
		text = bare
	}
	if id := env.AccountID; id != "" && strings.HasSuffix(text, "-"+id) {
		text = strings.TrimSuffix(text, id) + account
	}
	return text
}

// PhysicalName is the name that a holding has on AWS, with the account's id in it where that is known.
func PhysicalName(facts map[string]string, accountID string) string {
	if accountID == "" {
		accountID = account
	}
	return strings.ReplaceAll(facts["name"], account, accountID)
}
