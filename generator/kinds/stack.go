package kinds

import (
	"maps"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// Stack is a root module of a deployment.
type Stack struct {
	*Deployment
	*stack.Stack
}

// NewStack returns an empty stack, which reads the outputs of another one unless that is nil. settled is what no override can
// set of the modules that every environment has.
func NewStack(name string, d *Deployment, settled map[string]map[string]stack.Settled, reads *Stack) *Stack {
	tags := map[string]string{"application": d.Env.App, "environment": d.Env.Name, "managed-by": "groundplan"}
	maps.Copy(tags, d.Env.Tags)
	all := maps.Clone(settled)
	for _, kind := range All {
		maps.Copy(all, kind.Settled)
	}
	settings := stack.Settings{
		Environment: d.Env.Name, Region: d.Env.Region, AccountID: d.Env.AccountID, Tags: tags, State: d.Env.State,
		Overrides: d.Env.Overrides, Settled: all,
	}
	if reads == nil {
		return &Stack{d, stack.New(name, settings, nil)}
	}
	return &Stack{d, stack.New(name, settings, reads.Stack)}
}

// Module adds a call of a bundled module: see stack.Call.
func (s *Stack) Module(file, label, module string, id app.ID, comments []string, args ...value.Field) {
	s.Stack.Module(stack.Call{File: file, Label: label, Module: module, Of: id, Why: comments, Args: args})
}

// Arg is an argument of a module call.
func Arg(name string, v value.Value) value.Field { return value.Arg(name, v) }

// quoted names a resource in comments and messages.
func quoted(name string) string { return `"` + name + `"` }
