// Package lifecycle serves until a process is told to stop, and then stops it as Encore's runtimes do: each language on a
// timeline of its own.
package lifecycle

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

// Timeline is what happens after SIGTERM; every time counts from it.
type Timeline struct {
	Accept   time.Duration // until then new connections are accepted
	Cancel   time.Duration // then handlers are told to give up
	Leave    time.Duration // the process stays at least until then, and ends as soon as nothing is in flight
	Deadline time.Duration // then it ends with code 1, whatever is in flight
}

// What runtimes take where the configuration is silent.
const (
	totalUnset      = 5 * time.Second
	leastForce      = 500 * time.Millisecond
	forceGrace      = time.Second
	containerAccept = 10 * time.Second
	containerTotal  = 20 * time.Second
)

// Plan is the timeline of a process.
func Plan(language string, settings infra.Shutdown) Timeline {
	total := totalUnset
	if settings.Total != nil {
		total = *settings.Total
	}
	keep := max(0, settings.Grace-total)
	switch language {
	case needs.Go:
		force := totalUnset
		if settings.Total != nil {
			force = max(total-time.Second, leastForce)
		}
		handlers := max(0, force-time.Second)
		if settings.Handlers != nil {
			handlers = *settings.Handlers
		}
		return Timeline{Accept: keep, Cancel: keep + handlers, Leave: keep, Deadline: keep + force + forceGrace}
	case needs.TypeScript:
		// It means to go on accepting, and says so, but its listeners are closed at once.
		if settings.Total == nil && settings.Handlers == nil {
			keep = 0
		}
		return Timeline{Cancel: keep + total, Leave: keep, Deadline: keep + total}
	}
	return Timeline{Accept: containerAccept, Cancel: containerTotal, Leave: containerAccept, Deadline: containerTotal}
}

// Worker is the timeline of a container that listens nowhere: it takes no more messages, and ends with the last that it has.
var Worker = Timeline{Cancel: containerTotal, Deadline: containerTotal}

// Options say what is served.
type Options struct {
	Listener net.Listener
	Handler  http.Handler
	HTTP2    bool // and nothing else, as servers of gRPC
	Timeline Timeline
	Speed    float64         // by which every duration is divided
	Stop     context.Context // done: SIGTERM
	Stopping func()          // called at SIGTERM: the health check fails from then on
	Cancel   func()          // handlers are told to give up
	Idle     <-chan struct{} // closed when no message is being handled any more
	Log      *log.Logger
}

// Serve serves until told to stop and returns the exit code.
func Serve(options Options) int {
	inFlight := newFlights()
	server := &http.Server{Handler: options.Handler, Protocols: &http.Protocols{}, ConnState: inFlight.note}
	server.Protocols.SetHTTP1(!options.HTTP2)
	server.Protocols.SetUnencryptedHTTP2(true)
	defer func() { _ = server.Close() }() // what is still open is cut off with the process
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(options.Listener) }()
	select {
	case err := <-failed:
		options.Log.Printf("serving: %v", err)
		return infra.CodeError
	case <-options.Stop.Done():
	}
	options.Log.Printf("stopping: %+v", options.Timeline)
	options.Stopping()
	after := func(duration time.Duration) <-chan time.Time {
		return time.After(time.Duration(float64(duration) / options.Speed))
	}
	leave, cancel, deadline := after(options.Timeline.Leave), after(options.Timeline.Cancel), after(options.Timeline.Deadline)
	go func() { <-cancel; options.Cancel() }()
	if options.Timeline.Accept > 0 {
		<-after(options.Timeline.Accept)
	}
	// Shutdown closes listeners and idle connections before it waits, and goes on closing those that become idle.
	go func() {
		if err := server.Shutdown(context.Background()); err != nil && !errors.Is(err, http.ErrServerClosed) {
			options.Log.Printf("stopping: %v", err)
		}
	}()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		inFlight.land()
		<-options.Idle
	}()
	select {
	case <-drained:
	case <-deadline:
		options.Log.Print("stopping: the deadline has passed with work in flight")
		return infra.CodeError
	}
	<-leave
	return 0
}
