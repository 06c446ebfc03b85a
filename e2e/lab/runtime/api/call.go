package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
	"github.com/groundplan/groundplan/e2e/lab/grpchealth"
	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

// newTransport pools connections, in Go until they are idle for long. TypeScript looks a name up for every request, takes
// the first address and no other, and pools by address.
func newTransport(language string) http.RoundTripper {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	pool := &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 100, IdleConnTimeout: 90 * time.Second}
	if language != needs.TypeScript {
		return pool
	}
	return firstAddress{pool}
}

// firstAddress sends each request to the first address that its host has at that moment.
type firstAddress struct{ pool *http.Transport }

func (f firstAddress) RoundTrip(request *http.Request) (*http.Response, error) {
	host, port := request.URL.Hostname(), request.URL.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[request.URL.Scheme]
	}
	addresses, err := net.DefaultResolver.LookupHost(request.Context(), host)
	if err != nil {
		return nil, err
	}
	sent := request.Clone(request.Context())
	if sent.Host == "" {
		sent.Host = request.URL.Host
	}
	sent.URL.Host = net.JoinHostPort(addresses[0], port)
	return f.pool.RoundTrip(sent)
}

// forward sends a request on to another service, in the name of a caller.
func (p *Process) forward(writer http.ResponseWriter, request *http.Request, service, caller, callee string) {
	peer, known := p.Config.Discovery[service]
	if !known {
		fail(writer, http.StatusInternalServerError, "internal", fmt.Sprintf("service %q not found", service))
		return
	}
	base, err := url.Parse(peer.URL)
	if err != nil {
		fail(writer, http.StatusInternalServerError, "internal", err.Error())
		return
	}
	proxy := &httputil.ReverseProxy{
		Transport: p.client.Transport,
		ErrorLog:  p.Log,
		Rewrite: func(proxied *httputil.ProxyRequest) {
			user := proxied.In.Header.Get(encoreauth.UserID)
			proxied.SetURL(base) // which may have a path
			proxied.SetXForwarded()
			withoutMeta(proxied.Out.Header)
			proxied.Out.Header.Set(encoreauth.Caller, caller)
			proxied.Out.Header.Set(encoreauth.Callee, callee)
			if user != "" {
				proxied.Out.Header.Set(encoreauth.UserID, user)
			}
			p.signer(peer.Keys).Sign(proxied.Out.Header, p.Now())
		},
		ErrorHandler: func(writer http.ResponseWriter, _ *http.Request, err error) {
			p.Log.Printf("forwarding to %s: %v", service, err)
			fail(writer, http.StatusBadGateway, "unavailable", err.Error())
		},
	}
	proxy.ServeHTTP(writer, request)
}

// Call calls an endpoint for a service: here where this process hosts it, or where the configuration says it is.
func (p *Process) Call(ctx context.Context, caller, reference string) (string, error) {
	service, endpoint := p.App.Endpoint(reference)
	if service == nil {
		return "", fmt.Errorf("no endpoint %q", reference)
	}
	if p.Config.Services[service.Name] && p.App.Language != needs.Container {
		if _, err := p.Set.All(ctx, service, service.Select(endpoint.Does), resource.Scenario{Request: true}); err != nil {
			return "", fmt.Errorf("%s: %w", reference, err)
		}
		return "in this process", nil
	}
	peer, known := p.Config.Discovery[service.Name]
	if !known {
		return "", fmt.Errorf("service %q not found: %w", service.Name, resource.ErrNotConfigured)
	}
	method, path := http.MethodGet, service.HealthPath
	if endpoint != nil {
		method, path = target(endpoint)
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(peer.URL, "/")+path, http.NoBody)
	if err != nil {
		return "", err
	}
	if p.App.Language != needs.Container {
		request.Header.Set(encoreauth.Caller, "api:"+caller+".Lab")
		request.Header.Set(encoreauth.Callee, reference)
		if endpoint.Access == needs.Auth {
			request.Header.Set(encoreauth.UserID, "lab")
		}
		p.signer(peer.Keys).Sign(request.Header, p.Now())
	}
	if service.Listens() == needs.GRPC {
		return p.ask(request.Context(), request.URL.String())
	}
	return p.send(request, reference)
}

// ask calls a server of gRPC, which answers to nothing but HTTP/2.
func (p *Process) ask(ctx context.Context, url string) (string, error) {
	status, well, err := grpchealth.Ask(ctx, p.grpc, url)
	if err != nil {
		return "", err
	}
	if !well {
		return "", fmt.Errorf("%s is not well: status %s", url, status)
	}
	return "status " + status, nil
}

func (p *Process) send(request *http.Request, reference string) (string, error) {
	result, err := p.client.Do(request)
	if err != nil {
		return "", err
	}
	defer result.Body.Close()
	said, err := io.ReadAll(io.LimitReader(result.Body, 1000))
	if err != nil {
		return "", err
	}
	if result.StatusCode >= 300 {
		return "", errors.New(reference + " answered " + result.Status + ": " + string(said))
	}
	return result.Status, nil
}

// target is how an endpoint is called, with something in the place of its parameters.
func target(endpoint *needs.Endpoint) (method, path string) {
	method = endpoint.Methods[0]
	if method == "*" {
		method = http.MethodPost
	}
	segments := strings.Split(endpoint.Path, "/")
	for i, segment := range segments {
		if strings.ContainsAny(segment, ":*!") {
			segments[i] = "1"
		}
	}
	return method, strings.Join(segments, "/")
}
