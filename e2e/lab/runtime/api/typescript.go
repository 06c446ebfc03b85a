package api

import (
	"net/http"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// serveTypeScript answers as a process of Encore's TypeScript runtime. Signatures of the platform are nothing to it, and
// only a gateway runs the auth handler, which it has in its own process.
func (p *Process) serveTypeScript(writer http.ResponseWriter, request *http.Request) {
	if request.URL.Path == healthPath {
		p.serveHealth(writer)
		return
	}
	internal := false
	if caller := request.Header.Get(encoreauth.Caller); caller != "" {
		if err := p.signer(p.Config.Keys).Verify(request.Header, p.Now()); err == nil {
			if p.serveCall(writer, request) {
				return
			}
			internal = encoreauth.Internal(caller)
		} else if !p.Config.Gateway {
			fail(writer, http.StatusUnauthorized, "unauthenticated", "verifying service auth: "+err.Error())
			return
		}
	}
	if !p.Config.Gateway {
		p.serveUnsigned(writer, request)
		return
	}
	if internal {
		// The gateway lets such a caller through to private endpoints, under its own name.
		if found := match(p.App, request.Method, request.URL.Path, anyEndpoint); found != nil {
			p.forward(writer, request, found.service.Name, request.Header.Get(encoreauth.Caller), found.service.Name+"."+found.endpoint.Name)
			return
		}
	}
	withoutMeta(request.Header)
	p.answer(writer, request, exposed, p.authenticateHere)
}

// serveUnsigned answers whoever comes to a service's own port without a signature.
func (p *Process) serveUnsigned(writer http.ResponseWriter, request *http.Request) {
	found := match(p.App, request.Method, request.URL.Path, p.hostedExposed)
	switch {
	case found == nil:
		notFound(writer)
	case found.endpoint.Access == needs.Auth:
		fail(writer, http.StatusUnauthorized, "unauthenticated", "endpoint requires auth but none provided")
	default:
		withoutMeta(request.Header)
		p.run(writer, request, found)
	}
}
