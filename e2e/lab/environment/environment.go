// Package environment prepares what the laboratory runs: an environment of a fixture, generated, and applied by the real
// terraform to an account of its own.
package environment

import (
	"context"
	"io"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
)

// Options say what is prepared.
type Options struct {
	Fixture  string    // a folder under fixtures/
	Settings string    // the text of groundplan.hcl; its first environment is prepared
	Progress io.Writer // what takes time is told here; nil is silence
}

// Environment is an application in an account of its own, as far as the emulator runs anything.
type Environment struct {
	Application *app.App
	Settings    environment.Environment
	Source      string // the folder of the application
	Folder      string // of the environment, with platform/ and services/, each with its state
	Cloud       *emulator.Cloud
	Resources   map[string]map[string]any // attributes by address, with the stack in front: "platform/module.vpc.aws_vpc.this"
	Modules     map[string]string         // logical id ("topic orders") -> address of its module ("module.topic_orders")
}

// Close ends the account and removes the folders.
func (e *Environment) Close() {}

// Prepare generates a fixture and applies its platform and services.
func Prepare(ctx context.Context, options Options) (*Environment, error) {
	panic("not yet")
}
