//go:build linux

package balancer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"time"
)

// silent takes what Go's server would say of clients that go away.
var silent = log.New(io.Discard, "", 0)

// answer does with a request what the rules say.
func (b *Balancer) answer(writer http.ResponseWriter, request *http.Request, node *subnetNode, scheme string, port int) {
	chosen := b.choose(port, request)
	switch {
	case chosen.fixed != nil:
		writer.Header().Set("Server", "awselb/2.0")
		if chosen.fixed.contentType != "" {
			writer.Header().Set("Content-Type", chosen.fixed.contentType)
		}
		writer.Header().Set("Content-Length", strconv.Itoa(len(chosen.fixed.body)))
		writer.WriteHeader(chosen.fixed.status)
		fmt.Fprint(writer, chosen.fixed.body) // whoever has gone reads nothing
	case chosen.redirect != nil:
		chosen.redirect.answer(writer, request, scheme, port)
	default:
		b.forward(writer, request, node, chosen.group, port)
	}
}

// canned is an answer of the load balancer's own.
func canned(writer http.ResponseWriter, status int) {
	text := fmt.Sprintf("%d %s", status, http.StatusText(status))
	writer.Header().Set("Server", "awselb/2.0")
	writer.Header().Set("Content-Type", "text/html")
	writer.WriteHeader(status)
	fmt.Fprintf(writer, "<html>\r\n<head><title>%[1]s</title></head>\r\n<body>\r\n<center><h1>%[1]s</h1></center>\r\n</body>\r\n</html>\r\n", text)
}

// empty is a body that says nothing. Go's transport would repeat a request without a body over another connection when
// the target has closed the first; a load balancer answers 502.
type empty struct{}

func (empty) Read([]byte) (int, error) { return 0, io.EOF }
func (empty) Close() error             { return nil }

// transport keeps connections from a node to a target open, as long as the load balancer may be idle.
func (b *Balancer) transport(node *subnetNode, version string) *http.Transport {
	idle := b.divided(b.idle)
	protocols := &http.Protocols{}
	protocols.SetHTTP1(version == speaksHTTP1)
	protocols.SetUnencryptedHTTP2(version != speaksHTTP1)
	return &http.Transport{
		Protocols: protocols,
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, b.divided(10*time.Second))
			defer cancel()
			return node.attachment.Dial(ctx, address)
		},
		MaxIdleConnsPerHost: 100, IdleConnTimeout: idle, ResponseHeaderTimeout: idle, DisableCompression: true,
	}
}

// incompatible is what a load balancer answers to a request that the targets' version of the protocol cannot carry.
const incompatible = 464

// takes reports whether a request can be handed to targets of the group: those that speak HTTP/2 get what came as HTTP/2, those of gRPC
// nothing but POST (Elastic Load Balancing User Guide for Application Load Balancers, "Troubleshoot", "HTTP 464").
func (g *targetGroup) takes(request *http.Request) bool {
	switch g.version {
	case speaksHTTP1:
		return true
	case speaksGRPC:
		return request.ProtoMajor == 2 && request.Method == http.MethodPost
	}
	return request.ProtoMajor == 2
}

// forward hands a request on to a target of a group.
func (b *Balancer) forward(writer http.ResponseWriter, request *http.Request, node *subnetNode, arn string, port int) {
	g, err := b.group(arn)
	if err != nil {
		canned(writer, http.StatusInternalServerError)
		return
	}
	if !g.takes(request) {
		g.count(incompatible)
		canned(writer, incompatible)
		return
	}
	chosen := g.pick()
	if chosen == nil {
		g.count(http.StatusServiceUnavailable)
		canned(writer, http.StatusServiceUnavailable)
		return
	}
	failure := 0
	defer func() { g.done(chosen, failure) }() // a copy that breaks off ends in a panic
	ctx, cancel := context.WithCancel(request.Context())
	defer cancel()
	defer context.AfterFunc(chosen.life, cancel)()
	proxy := httputil.ReverseProxy{
		Rewrite:       func(pair *httputil.ProxyRequest) { rewrite(pair, chosen.address.String(), port) },
		Transport:     chosen.transports[node],
		FlushInterval: -1,
		ErrorLog:      silent,
		ErrorHandler: func(writer http.ResponseWriter, _ *http.Request, err error) {
			if request.Context().Err() != nil {
				return // the client has gone
			}
			failure = http.StatusBadGateway
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				failure = http.StatusGatewayTimeout
			}
			canned(writer, failure)
		},
	}
	proxy.ServeHTTP(writer, request.WithContext(ctx))
}

// rewrite makes of a client's request the target's: the path as it was sent, the client's host, and where it came from.
func rewrite(pair *httputil.ProxyRequest, target string, port int) {
	out := pair.Out
	out.URL.Scheme, out.URL.Host = "http", target
	out.URL.Opaque, out.URL.RawQuery = rawPath(pair.In), pair.In.URL.RawQuery
	out.Host = pair.In.Host
	out.Header["X-Forwarded-For"] = pair.In.Header["X-Forwarded-For"]
	pair.SetXForwarded()
	out.Header.Del("X-Forwarded-Host")
	out.Header.Set("X-Forwarded-Port", strconv.Itoa(port))
	if out.Header.Get("X-Amzn-Trace-Id") == "" {
		number := make([]byte, 12)
		rand.Read(number) // never fails
		out.Header.Set("X-Amzn-Trace-Id", fmt.Sprintf("Root=1-%08x-%s", time.Now().Unix(), hex.EncodeToString(number)))
	}
	switch out.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		if out.ContentLength == 0 {
			out.Body = empty{}
		}
	}
}
