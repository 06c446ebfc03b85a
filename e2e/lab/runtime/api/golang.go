package api

import (
	"net/http"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// serveGo answers as a process of Encore's Go runtime: signed calls of services and of the platform reach everything it
// hosts, everybody else what is exposed; a gateway reaches beyond its process.
func (p *Process) serveGo(writer http.ResponseWriter, request *http.Request) {
	switch request.URL.Path {
	case healthPath:
		p.serveHealth(writer)
		return
	case authHandlerPath:
		p.serveAuthHandler(writer, request)
		return
	}
	if request.Header.Get(encoreauth.Platform) != "" {
		p.servePlatform(writer, request)
		return
	}
	if request.Header.Get(encoreauth.Caller) != "" && len(p.Config.Services) > 0 {
		if err := p.signer(p.Config.Keys).Verify(request.Header, p.Now()); err != nil {
			fail(writer, http.StatusInternalServerError, "unauthenticated", "verifying service auth: "+err.Error())
			return
		}
		if p.serveCall(writer, request) {
			return
		}
	}
	withoutMeta(request.Header)
	admitted := p.hostedExposed
	if p.Config.Gateway {
		admitted = exposed
	}
	p.answer(writer, request, admitted, p.authenticateGo)
}

// servePlatform lets a request of the platform reach every endpoint, here or behind the gateway.
func (p *Process) servePlatform(writer http.ResponseWriter, request *http.Request) {
	if err := encoreauth.VerifyPlatform(request.Header, request.URL.Path, p.Config.Keys, p.Now()); err != nil {
		fail(writer, http.StatusUnauthorized, "unauthenticated", "invalid request signature: "+err.Error())
		return
	}
	withoutMeta(request.Header)
	admitted := p.hosted
	if p.Config.Gateway {
		admitted = anyEndpoint
	}
	if found := match(p.App, request.Method, request.URL.Path, admitted); found != nil {
		p.deliver(writer, request, found)
		return
	}
	notFound(writer)
}

// serveCall answers a call whose signature holds, if this process hosts the endpoint. Gateways reach what is exposed.
func (p *Process) serveCall(writer http.ResponseWriter, request *http.Request) bool {
	admitted := p.hosted
	if !encoreauth.Internal(request.Header.Get(encoreauth.Caller)) {
		admitted = p.hostedExposed
	}
	found := match(p.App, request.Method, request.URL.Path, admitted)
	if found == nil {
		return false
	}
	if found.endpoint.Access == needs.Auth && request.Header.Get(encoreauth.UserID) == "" {
		fail(writer, http.StatusUnauthorized, "unauthenticated", "endpoint requires auth but none provided")
		return true
	}
	p.run(writer, request, found)
	return true
}

// answer delivers a request from outside to the endpoint of its path, once its user is known where the endpoint asks for one.
func (p *Process) answer(writer http.ResponseWriter, request *http.Request, admitted func(*needs.Service, *needs.Endpoint) bool,
	authenticate func(*http.Request) (string, *requestRefusal)) {
	found := match(p.App, request.Method, request.URL.Path, admitted)
	if found == nil {
		notFound(writer)
		return
	}
	if found.endpoint.Access == needs.Auth {
		user, refusal := authenticate(request)
		if refusal != nil {
			fail(writer, refusal.status, refusal.code, refusal.message)
			return
		}
		request.Header.Set(encoreauth.UserID, user)
	}
	p.deliver(writer, request, found)
}

// deliver runs an endpoint here, or sends the request on to its service.
func (p *Process) deliver(writer http.ResponseWriter, request *http.Request, found *route) {
	if p.Config.Services[found.service.Name] {
		p.run(writer, request, found)
		return
	}
	p.forward(writer, request, found.service.Name, "gateway:api-gateway", found.service.Name+"."+found.endpoint.Name)
}
