//go:build linux

// Package functions runs the cron jobs of an environment: EventBridge Scheduler and Lambda.
package functions

import (
	"context"
	"errors"

	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
)

// Credentials are the keys of a session of a role.
type Credentials struct{ Key, Secret, Token string }

// Call makes one call to AWS as whom the credentials say.
type Call func(who Credentials, service, operation string, parameters map[string]any) (map[string]any, error)

// Options say what to run.
type Options struct {
	Network   *vpc.Network
	Resources state.State
	Python    string // an interpreter that has AWS's SDK
	Archive   string // folder of modules/cron/signer
	Assume    func(roleARN string) (Credentials, error)
	Call      Call
	Speed     float64
}

// Functions are the functions of an environment.
type Functions struct{}

// Attempt is one run of the function's code.
type Attempt struct {
	Report  map[string]any
	Failure string
	Log     string
}

// Run is what became of one occasion of a schedule.
type Run struct {
	Attempts   []Attempt
	DeadLetter string // why it ended among the dead letters, empty when it did not
}

// Start reads the functions and attaches them.
func Start(ctx context.Context, options Options) (*Functions, error) {
	return nil, errors.ErrUnsupported
}

// Names are the names of the schedules.
func (f *Functions) Names() []string { return nil }

// Fire lets a schedule's time come, and waits until its run is over for good.
func (f *Functions) Fire(ctx context.Context, schedule string) (Run, error) {
	return Run{}, errors.ErrUnsupported
}

// Close takes the interfaces away.
func (f *Functions) Close() error { return nil }
