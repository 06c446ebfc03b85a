// Package api is what a process of the laboratory answers: endpoints of services, the gateway in front of them, calls
// between services with their signatures, and the orders of the laboratory.
package api

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
	"github.com/groundplan/groundplan/e2e/lab/grpchealth"
	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

// Process is one process of an application.
type Process struct {
	App     *needs.Needs
	Config  *infra.Config
	Set     *resource.Set
	Service string // of a container
	Speed   float64
	Sick    bool            // answers its health check with a failure without end
	Work    context.Context // done: handlers are to give up
	Now     func() time.Time
	Log     *log.Logger

	stopping atomic.Bool
	client   *http.Client
	grpc     *http.Client
}

// Sleep is a header that makes an endpoint take so long, "2s".
const Sleep = "X-Lab-Sleep"

// Paths of Encore's own.
const (
	healthPath      = "/__encore/healthz"
	authHandlerPath = "/__encore/authhandler"
)

// New completes a process: calls go through a pool of connections of its own.
func New(process *Process) *Process {
	process.client = &http.Client{
		Transport:     newTransport(process.App.Language),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	process.grpc = &http.Client{Transport: grpchealth.Transport()}
	return process
}

// Stop makes the health check fail from now on.
func (p *Process) Stop() { p.stopping.Store(true) }

func (p *Process) signer(keys []encoreauth.Key) encoreauth.Service {
	return encoreauth.Service{
		TypeScript: p.App.Language == needs.TypeScript, Application: p.Config.Application, Environment: p.Config.Environment, Keys: keys,
	}
}

// ServeHTTP answers a request. A handler is cancelled when its client goes, and when the process stops for good.
func (p *Process) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	ctx, cancel := context.WithCancel(request.Context())
	defer cancel()
	defer context.AfterFunc(p.Work, cancel)()
	request = request.WithContext(ctx)
	if service, action, is := p.labPath(request.URL.Path); is {
		p.serveLab(writer, request, service, action)
		return
	}
	switch p.App.Language {
	case needs.Container:
		p.serveContainer(writer, request)
	case needs.Go:
		p.serveGo(writer, request)
	default:
		p.serveTypeScript(writer, request)
	}
}

// serveHealth fails once the process stops: with 500 in Go, with 503 in TypeScript.
func (p *Process) serveHealth(writer http.ResponseWriter) {
	status, code := http.StatusOK, "ok"
	if p.stopping.Load() || p.Sick {
		status, code = http.StatusInternalServerError, "unhealthy"
		if p.App.Language == needs.TypeScript {
			status, code = http.StatusServiceUnavailable, "shutting_down"
		}
	}
	writeAnswer(writer, status, map[string]any{"code": code})
}

// serveContainer answers health checks and, as a server of pages would, everything else.
func (p *Process) serveContainer(writer http.ResponseWriter, request *http.Request) {
	service := p.App.Service(p.Service)
	if service.Listens() == needs.GRPC {
		if request.URL.Path == grpchealth.Path {
			grpchealth.Answer(writer, !p.Sick)
		} else {
			grpchealth.Unknown(writer)
		}
		return
	}
	if request.URL.Path == service.HealthPath {
		// It stays well while it stops: nothing asks that the load balancer does not know already.
		if p.Sick {
			writeAnswer(writer, http.StatusInternalServerError, map[string]any{"code": "unhealthy"})
			return
		}
		writeAnswer(writer, http.StatusOK, map[string]any{"code": "ok"})
		return
	}
	if found := match(p.App, request.Method, request.URL.Path, func(s *needs.Service, _ *needs.Endpoint) bool { return s.Name == p.Service }); found != nil {
		p.run(writer, request, found)
		return
	}
	if p.sleep(request) {
		writeAnswer(writer, http.StatusOK, map[string]any{"service": p.Service})
	}
}

// run does what an endpoint does.
func (p *Process) run(writer http.ResponseWriter, request *http.Request, found *route) {
	if !p.sleep(request) {
		fail(writer, http.StatusInternalServerError, "canceled", "the handler was cancelled")
		return
	}
	done, err := p.Set.All(request.Context(), found.service, found.service.Select(found.endpoint.Does), resource.Scenario{Request: true})
	if err != nil {
		p.Log.Printf("%s.%s: %v", found.service.Name, found.endpoint.Name, err)
		fail(writer, http.StatusInternalServerError, "internal", err.Error())
		return
	}
	writeAnswer(writer, http.StatusOK, map[string]any{"service": found.service.Name, "endpoint": found.endpoint.Name, "done": done, "user": request.Header.Get(encoreauth.UserID)})
}

// sleep takes the time that a request asks for, and reports whether it was not cancelled.
func (p *Process) sleep(request *http.Request) bool {
	duration, err := time.ParseDuration(request.Header.Get(Sleep))
	if err != nil {
		return request.Context().Err() == nil
	}
	select {
	case <-request.Context().Done():
		return false
	case <-time.After(time.Duration(float64(duration) / p.Speed)):
		return true
	}
}

func writeAnswer(writer http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusInternalServerError)
		return
	}
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(status)
	// Whoever went away does not want to know.
	_, _ = writer.Write(append(text, '\n'))
}

// fail answers as Encore's runtimes word errors.
func fail(writer http.ResponseWriter, status int, code, message string) {
	writeAnswer(writer, status, map[string]any{"code": code, "message": message, "details": nil})
}

func notFound(writer http.ResponseWriter) {
	fail(writer, http.StatusNotFound, "not_found", "endpoint not found")
}

// withoutMeta takes the headers of calls between services off.
func withoutMeta(header http.Header) {
	for name := range header {
		if strings.HasPrefix(name, "X-Encore-Meta-") {
			header.Del(name)
		}
	}
}
