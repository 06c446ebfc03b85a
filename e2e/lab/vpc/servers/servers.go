//go:build linux

// Package servers runs the databases and caches of an environment: a real PostgreSQL for each database server, a real
// Redis for each cache, each at an interface of its own in the storage subnets and over TLS alone.
package servers

import (
	"context"
	"errors"

	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
)

// Call makes one call to AWS as somebody who may do everything.
type Call func(service, operation string, parameters map[string]any) (map[string]any, error)

// Options say what to run.
type Options struct {
	Network     *vpc.Network
	Resources   state.State
	Environment string // name, whose section of the README is meant
	Guide       string // text of the generated infra/README.md
	Call        Call
}

// Servers are the running servers of an environment.
type Servers struct{}

// Start starts all servers and makes what the guide says.
func Start(ctx context.Context, options Options) (*Servers, error) {
	return nil, errors.ErrUnsupported
}

// Run runs SQL in a database as the master user, over TLS, as an operator does who applies migrations.
func (s *Servers) Run(ctx context.Context, server, database, sql string) (string, error) {
	return "", errors.ErrUnsupported
}

// Close stops the servers and removes their data.
func (s *Servers) Close() error { return nil }
