//go:build linux

// Package balancer runs the load balancer of an environment.
package balancer

import (
	"context"
	"errors"
	"net/http"
	"net/netip"

	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
)

// Options say what to run.
type Options struct {
	Network   *vpc.Network
	Resources state.State
	Speed     float64 // by which all durations are divided; 0 counts as 1
}

// Balancer is a running load balancer.
type Balancer struct {
	Name    string // its DNS name
	Address string // of the front door to its first listener's port, on 127.0.0.1 of the host
}

// Health is what the balancer thinks of a target, with what it sent there.
type Health struct {
	Address  netip.AddrPort
	State    string // initial, healthy, unhealthy, draining
	Reason   string
	Requests int
	Failures map[int]int // answers that the balancer gave in the target's stead, by status
}

// Start starts the load balancer of the state.
func Start(ctx context.Context, options Options) (*Balancer, error) {
	return nil, errors.ErrUnsupported
}

// Register adds a target to a target group.
func (b *Balancer) Register(targetGroupARN string, target netip.AddrPort) error {
	return errors.ErrUnsupported
}

// Deregister drains a target.
func (b *Balancer) Deregister(targetGroupARN string, target netip.AddrPort) error {
	return errors.ErrUnsupported
}

// Health is the targets of a group.
func (b *Balancer) Health(targetGroupARN string) []Health { return nil }

// Client calls the load balancer whatever the URL's host is, as a client outside, and trusts the public authority.
func (b *Balancer) Client() *http.Client { return nil }

// Close stops it.
func (b *Balancer) Close() error { return nil }
