package api

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// TestOrders gives orders through the gateway, here and beyond it.
func TestOrders(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := closed.Addr().String()
	closed.Close()
	for _, language := range []string{needs.Go, needs.TypeScript} {
		gateway, orders, users := split(t, language, true, map[string]string{needs.Go: "", needs.TypeScript: "users"}[language])
		for _, test := range []struct {
			name, method, path, body string
			status                   int
			want                     exercise.Answer
		}{
			{"a need", "POST", "/lab/users/do", `{"need": {"kind": "secret", "name": "SessionKey"}}`, 200, exercise.Answer{Result: exercise.Done}},
			{"a need of another process", "POST", "/lab/orders/do", `{"need": {"kind": "call", "name": "users.Get"}}`, 200, exercise.Answer{Result: exercise.Done}},
			{"what is not configured", "POST", "/lab/orders/do", `{"need": {"kind": "database", "name": "x"}}`, 500, exercise.Answer{Result: exercise.Failed, How: "not configured"}},
			{"dial", "POST", "/lab/orders/do", `{"attempt": {"kind": "dial", "address": "` + strings.TrimPrefix(users, "http://") + `"}}`, 200, exercise.Answer{Result: exercise.Done}},
			{"dial in vain", "POST", "/lab/orders/do", `{"attempt": {"kind": "dial", "address": "` + refusing + `"}}`, 200, exercise.Answer{Result: exercise.Refused, How: "connection refused"}},
			{"unknown host", "POST", "/lab/orders/do", `{"attempt": {"kind": "dial", "address": "nobody.invalid:80"}}`, 200, exercise.Answer{Result: exercise.Refused, How: "dns"}},
			{"call unsigned", "POST", "/lab/orders/do", `{"attempt": {"kind": "call", "address": "` + users + `", "path": "/users/1"}}`, 200, exercise.Answer{Result: exercise.Refused, How: "404"}},
			{"call signed", "POST", "/lab/orders/do", `{"attempt": {"kind": "call", "address": "` + users + `", "path": "/users/1", "signed": true}}`, 200, exercise.Answer{Result: exercise.Done}},
			{"an unknown attempt", "POST", "/lab/orders/do", `{"attempt": {"kind": "magic"}}`, 200, exercise.Answer{Result: exercise.Failed, How: "error"}},
			{"no order", "POST", "/lab/orders/do", `{}`, 400, exercise.Answer{}},
			{"two orders", "POST", "/lab/orders/do", `{"need": {"kind": "secret", "name": "x"}, "attempt": {"kind": "dial"}}`, 400, exercise.Answer{}},
			{"an unknown service", "POST", "/lab/nobody/do", `{}`, 404, exercise.Answer{}},
		} {
			t.Run(test.name+" "+language, func(t *testing.T) {
				status, said := ask(t, test.method, gateway+test.path, test.body)
				var got exercise.Answer
				if err := json.Unmarshal([]byte(said), &got); err != nil {
					t.Fatalf("%v: %s", err, said)
				}
				if status != test.status || got.Result != test.want.Result || got.How != test.want.How {
					t.Errorf("got %d %+v, want %d %+v", status, got, test.status, test.want)
				}
			})
		}
		if status, said := ask(t, "GET", gateway+"/lab/orders/received", ""); status != 200 || strings.TrimSpace(said) != "[]" {
			t.Errorf("received: %d %s", status, said)
		}
		// A process obeys for its own services, and sends nothing on but as a gateway.
		if status, _ := ask(t, "POST", orders+"/lab/users/do", `{"need": {"kind": "secret", "name": "SessionKey"}}`); status != 404 {
			t.Errorf("%s: orders obeys for users: %d", language, status)
		}
	}
}

func TestHealth(t *testing.T) {
	for language, failing := range map[string]int{needs.Go: 500, needs.TypeScript: 503} {
		_, process, address := start(t, parse(t, language, true), "orders", false, nil)
		if status, _ := ask(t, "GET", address+"/__encore/healthz", ""); status != 200 {
			t.Errorf("%s: %d", language, status)
		}
		process.Stop()
		if status, _ := ask(t, "GET", address+"/__encore/healthz", ""); status != failing {
			t.Errorf("%s stops: %d", language, status)
		}
	}
}

// TestContainer has a health check of its own, answers every path, and takes orders below any.
func TestContainer(t *testing.T) {
	app, diags := needs.Parse([]byte(`
language = "container"
service "pages" {
  health_path = "/up"
  endpoint "Job" {
    methods = ["POST"]
    path    = "/jobs"
  }
  secret "Key" {}
  calls = ["pages"]
}
`), needs.Filename)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	config, process, address := start(t, app, "pages", false, nil)
	process.Service = "pages"
	connect(config, "pages", address)
	config.Secrets["Key"] = "x"
	for path, want := range map[string]string{"/up": `"code":"ok"`, "/anything": `"service":"pages"`, "/jobs": `"endpoint":"Job"`} {
		if status, said := ask(t, "POST", address+path, ""); status != 200 || !strings.Contains(said, want) {
			t.Errorf("%s: %d %s", path, status, said)
		}
	}
	for _, need := range []string{`{"need": {"kind": "secret", "name": "Key"}}`, `{"need": {"kind": "call", "name": "pages"}}`} {
		if status, said := ask(t, "POST", address+"/books/lab/pages/do", need); status != 200 {
			t.Errorf("%s: %d %s", need, status, said)
		}
	}
	process.Sick = true
	if status, _ := ask(t, "GET", address+"/up", ""); status != 500 {
		t.Errorf("a sick container: %d", status)
	}
}

// TestSleep makes an endpoint take its time, at the speed of the laboratory, until handlers are told to give up.
func TestSleep(t *testing.T) {
	_, process, address := start(t, parse(t, needs.Go, true), "orders", false, nil)
	started := time.Now()
	if status, _ := ask(t, "GET", address+"/orders/1", "", Sleep, "10s"); status != 200 || time.Since(started) < 100*time.Millisecond {
		t.Errorf("%d after %v", status, time.Since(started))
	}
	work, cancel := context.WithCancel(t.Context())
	process.Work = work
	time.AfterFunc(50*time.Millisecond, cancel)
	if status, said := ask(t, "GET", address+"/orders/1", "", Sleep, "10m"); status != 500 || !strings.Contains(said, "cancelled") {
		t.Errorf("%d %s", status, said)
	}
}

// TestForwarded holds what a gateway sends on: its own headers signed, nobody else's, and the prefix of a base URL.
func TestForwarded(t *testing.T) {
	for _, language := range []string{needs.Go, needs.TypeScript} {
		var seen *http.Request
		behind := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) { seen = request }))
		t.Cleanup(behind.Close)
		config, process, gateway := start(t, parse(t, language, true), "", true, nil)
		connect(config, "orders", strings.Replace(behind.URL, "127.0.0.1", "localhost", 1)+"/prefix")
		ask(t, "GET", gateway+"/orders/7", "", encoreauth.UserID, "root", "X-Encore-Meta-Other", "x")
		if seen == nil {
			t.Fatalf("%s: nothing was sent on", language)
		}
		if seen.URL.Path != "/prefix/orders/7" || seen.Header.Get(encoreauth.UserID) != "" || seen.Header.Get("X-Encore-Meta-Other") != "" ||
			seen.Header.Get(encoreauth.Caller) != "gateway:api-gateway" || seen.Header.Get("X-Forwarded-For") == "" {
			t.Errorf("%s: %s %v", language, seen.URL, seen.Header)
		}
		if !strings.HasPrefix(seen.Host, "localhost:") {
			t.Errorf("%s: the host is %s", language, seen.Host)
		}
		if err := process.signer(testKeys).Verify(seen.Header, time.Now()); err != nil {
			t.Errorf("%s: %v", language, err)
		}
	}
}
