package compute

import (
	"reflect"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// runtimeFile holds what every service of an environment has in common.
const runtimeFile = "runtime.tf"

// shared are the arguments of which services have entries in common, with the local value that says those once.
var shared = []struct{ argument, local, why string }{
	{"infra_config", "runtime", "What the Encore runtime of every process is told"},
	{"secrets", "secrets", "What every process reads from Secrets Manager when it starts"},
	{"permissions", "permissions", "What every process may do"},
	{"environment", "environment", "Environment variables of every process"},
}

// share says once, in runtime.tf, what all calls of a module say alike: each keeps what is its own, and merges it with that. What
// terraform makes of the arguments stays the same to the byte. Two calls at least have to agree; overrides are in them already.
// What follows from a use in the code stays with the call, beside the comment that names the place.
func share(s *stack.Stack, module string, workloads []*deploy.Workload) {
	calls := callsOf(s, module)
	if len(calls) < 2 {
		return
	}
	used := fromUses(workloads)
	var locals []value.Field
	for _, part := range shared {
		var objects []*value.Value
		for _, call := range calls {
			if object := objectOf(call, part.argument); object != nil {
				objects = append(objects, object)
			}
		}
		if len(objects) < len(calls) {
			continue
		}
		common := slices.DeleteFunc(inCommon(objects), func(field value.Field) bool { return used[[2]string{part.argument, field.Name}] })
		if len(common) == 0 {
			continue
		}
		locals = append(locals, value.Field{Name: part.local, Value: value.Object(common...), Comments: []string{part.why}})
		for _, object := range objects {
			*object = merged(value.Traversal("local."+part.local), object, common)
		}
	}
	if len(locals) > 0 {
		s.Add(runtimeFile, emit.Block{Type: "locals", Args: locals})
	}
}

// fromUses are the entries, by argument and name, that some workload has because of a use in the code.
func fromUses(workloads []*deploy.Workload) map[[2]string]bool {
	used := map[[2]string]bool{}
	note := func(argument, name string, why deploy.Why) {
		if len(why.Places) > 0 {
			used[[2]string{argument, name}] = true
		}
	}
	for _, w := range workloads {
		for _, secret := range w.Rendered.Secrets {
			note("secrets", secret.Variable, secret.Why)
		}
		for _, variable := range w.Rendered.Variables {
			note("environment", variable.Name, variable.Why)
		}
		for _, grant := range w.Grants {
			note("permissions", grant.Name, grant.Why)
		}
	}
	return used
}

// callsOf are the calls of a module, with arguments that may be changed.
func callsOf(s *stack.Stack, module string) []*emit.Block {
	var calls []*emit.Block
	for _, blocks := range s.Files {
		for i := range blocks {
			if blocks[i].Type == "module" && strings.HasSuffix(blocks[i].Source, "/"+module) {
				blocks[i].Args = slices.Clone(blocks[i].Args)
				calls = append(calls, &blocks[i])
			}
		}
	}
	return calls
}

// objectOf is the object that an argument of a call is, or that it hands to jsonencode; nil when it is neither.
func objectOf(call *emit.Block, argument string) *value.Value {
	for i := range call.Args {
		v := &call.Args[i].Value
		if call.Args[i].Name != argument {
			continue
		}
		if v.Kind == value.CallKind && v.Text == "jsonencode" {
			v.Items = slices.Clone(v.Items)
			v = &v.Items[0]
		}
		if v.Kind == value.ObjectKind {
			return v
		}
	}
	return nil
}

// inCommon are the fields that all objects have alike, comments included.
func inCommon(objects []*value.Value) []value.Field {
	var common []value.Field
	for _, field := range objects[0].Fields {
		alike := func(object *value.Value) bool {
			i := slices.IndexFunc(object.Fields, func(other value.Field) bool { return other.Name == field.Name })
			return i >= 0 && reflect.DeepEqual(object.Fields[i], field)
		}
		if !slices.ContainsFunc(objects[1:], func(object *value.Value) bool { return !alike(object) }) {
			common = append(common, field)
		}
	}
	return common
}

// merged is an object without the fields that are said elsewhere, joined with those.
func merged(elsewhere value.Value, object *value.Value, common []value.Field) value.Value {
	own := slices.DeleteFunc(slices.Clone(object.Fields), func(field value.Field) bool {
		return slices.ContainsFunc(common, func(other value.Field) bool { return other.Name == field.Name })
	})
	if len(own) == 0 {
		return elsewhere
	}
	return value.Call("merge", elsewhere, value.Object(own...))
}
