package kinds

import (
	"maps"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/stack"
)

// Platform adds what the application's resources become to the platform stack.
func Platform(d *deploy.Deployment, s *stack.Stack) {
	for _, kind := range bindable() {
		if kind.Platform != nil && (!kind.OfRuntime || d.App.Runtime != app.Containers) {
			kind.Platform(d, s, d.Of(kind.Name))
		}
	}
}

// Outputs are the lengths of what modules that kinds become put out: see sizes.Stacks.
func Outputs() kind.Outputs {
	all := kind.Outputs{}
	for _, kind := range All {
		maps.Copy(all, kind.Outputs)
	}
	return all
}

// Settled are the arguments of the modules that kinds become which no override can set: see stack.Settings.
func Settled() map[string]map[string]stack.Settled {
	all := map[string]map[string]stack.Settled{}
	for _, kind := range All {
		maps.Copy(all, kind.Settled)
	}
	return all
}
