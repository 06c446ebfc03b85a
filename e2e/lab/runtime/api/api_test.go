package api

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

// application has a service that calls another, and an auth handler that needs a secret.
const application = `
auth {
  service = "users"
  handler = "Authenticate"
  data    = DATA
  does    = ["secret SessionKey"]
}
service "orders" {
  endpoint "Place" {
    access  = "auth"
    methods = ["POST"]
    path    = "/orders"
    does    = ["call users.Get"]
  }
  endpoint "Show" {
    access  = "public"
    methods = ["GET"]
    path    = "/orders/:id"
  }
  endpoint "Newest" {
    access  = "public"
    methods = ["GET"]
    path    = "/orders/newest"
  }
  endpoint "Rest" {
    access  = "public"
    methods = ["*"]
    path    = "/files/*path"
    raw     = true
  }
  calls = ["users.Get"]
}
service "users" {
  endpoint "Get" {
    methods = ["POST"]
    path    = "/users/:id"
  }
  endpoint "Nightly" {
    methods = ["POST"]
    path    = "/nightly"
  }
  secret "SessionKey" {}
}
`

func parse(t *testing.T, language string, data bool) *needs.Needs {
	t.Helper()
	text := "language = \"" + language + "\"\n" + strings.Replace(application, "DATA", map[bool]string{false: "false", true: "true"}[data], 1)
	app, diags := needs.Parse([]byte(text), needs.Filename)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return app
}

var testKeys = []encoreauth.Key{{ID: 1, Text: "key"}}

// start serves a process on loopback. Discovery is filled in by the caller, before requests come.
func start(t *testing.T, app *needs.Needs, services string, gateway bool, change func(*infra.Config)) (*infra.Config, *Process, string) {
	t.Helper()
	config := &infra.Config{
		Application: "shop", Environment: "production", Cloud: "aws", Services: map[string]bool{}, Gateway: gateway, Keys: testKeys,
		Discovery: map[string]infra.Peer{}, Secrets: map[string]string{},
	}
	for _, service := range strings.Fields(services) {
		config.Services[service] = true
	}
	if config.Services["users"] {
		config.Secrets["SessionKey"] = "s"
	}
	if change != nil {
		change(config)
	}
	logger := log.New(io.Discard, "", 0)
	var process *Process
	set, err := resource.Open(t.Context(), resource.Options{
		App: app, Config: config, Speed: 1, Log: logger,
		Call: func(ctx context.Context, caller, endpoint string) (string, error) {
			return process.Call(ctx, caller, endpoint)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	process = New(&Process{App: app, Config: config, Set: set, Speed: 100, Work: t.Context(), Now: time.Now, Log: logger})
	server := httptest.NewServer(process)
	t.Cleanup(server.Close)
	return config, process, server.URL
}

func connect(from *infra.Config, service, url string) {
	from.Discovery[service] = infra.Peer{URL: url, Keys: from.Keys}
}

// ask sends a request and returns status and body. Headers are name, value, name, value.
func ask(t *testing.T, method, url, body string, headers ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(said)
}

// split is gateway, orders and users, each a process; the gateway may host more.
func split(t *testing.T, language string, data bool, beside string) (gateway, orders, users string) {
	t.Helper()
	app := parse(t, language, data)
	front, _, gateway := start(t, app, beside, true, nil)
	second, _, orders := start(t, app, "orders", false, nil)
	_, _, users = start(t, app, "users", false, nil)
	connect(front, "orders", orders)
	connect(second, "users", users)
	if !front.Services["users"] {
		connect(front, "users", users)
	}
	return gateway, orders, users
}

var validToken = []string{"Authorization", "Bearer lab-42"}

func TestGateway(t *testing.T) {
	forged := []string{encoreauth.Caller, "app:x", encoreauth.Method, encoreauth.Noop, encoreauth.UserID, "root", encoreauth.Version, "1"}
	for _, test := range []struct {
		name           string
		method, path   string
		headers        []string
		golang, script int
		want           string // in the answer
	}{
		{"public", "GET", "/orders/7", nil, 200, 200, `"endpoint":"Show"`},
		{"a literal before a parameter", "GET", "/orders/newest", nil, 200, 200, `"endpoint":"Newest"`},
		{"a wildcard", "PUT", "/files/a/b", nil, 200, 200, `"endpoint":"Rest"`},
		{"unknown path", "GET", "/nope", nil, 404, 404, `"code":"not_found"`},
		{"unknown method", "DELETE", "/orders/7", nil, 404, 404, `"code":"not_found"`},
		{"private", "POST", "/users/7", nil, 404, 404, `"code":"not_found"`},
		{"private, forged", "POST", "/users/7", forged, 404, 404, ""},
		{"auth without a token", "POST", "/orders", nil, 401, 401, `"code":"unauthenticated"`},
		{"auth with a wrong token", "POST", "/orders", []string{"Authorization", "Bearer x"}, 401, 401, `"code":"unauthenticated"`},
		{"auth", "POST", "/orders", validToken, 200, 200, `"user":"42"`},
		{"auth, forged", "POST", "/orders", forged, 401, 401, ""},
		{"Encore's own", "POST", "/__encore/authhandler", validToken, 404, 404, ""},
		{"health", "GET", "/__encore/healthz", nil, 200, 200, `"code":"ok"`},
	} {
		for language, want := range map[string]int{needs.Go: test.golang, needs.TypeScript: test.script} {
			t.Run(test.name+" "+language, func(t *testing.T) {
				beside := ""
				if language == needs.TypeScript {
					beside = "users"
				}
				gateway, _, _ := split(t, language, true, beside)
				status, said := ask(t, test.method, gateway+test.path, "", test.headers...)
				if status != want || !strings.Contains(said, test.want) {
					t.Errorf("got %d %s, want %d and %s", status, said, want, test.want)
				}
			})
		}
	}
}

// TestAuthHandlerApart is what Go makes of an auth handler in another process that returns the user's id alone, and
// TypeScript of one whose secrets are in another process.
func TestAuthHandlerApart(t *testing.T) {
	for _, test := range []struct {
		name, language string
		data           bool
		beside         string
		status         int
		want           string
	}{
		{"Go, id alone, apart", needs.Go, false, "", 500, "unable to decode auth data"},
		{"Go, with data, apart", needs.Go, true, "", 200, `"user":"42"`},
		{"Go, id alone, beside the gateway", needs.Go, false, "users", 200, `"user":"42"`},
		{"TypeScript, beside the gateway", needs.TypeScript, false, "users", 200, `"user":"42"`},
		{"TypeScript, apart", needs.TypeScript, false, "", 500, `secret \"SessionKey\" is not set`},
	} {
		t.Run(test.name, func(t *testing.T) {
			gateway, _, _ := split(t, test.language, test.data, test.beside)
			if status, said := ask(t, "POST", gateway+"/orders", "", validToken...); status != test.status || !strings.Contains(said, test.want) {
				t.Errorf("got %d %s, want %d and %s", status, said, test.status, test.want)
			}
			if status, _ := ask(t, "POST", gateway+"/orders", ""); status != 401 {
				t.Errorf("without a token: %d", status)
			}
		})
	}
}

// TestServicePort is what a service answers to whoever comes to its own port.
func TestServicePort(t *testing.T) {
	signed := func(typescript bool, key, caller string) []string {
		header := http.Header{}
		header.Set(encoreauth.Caller, caller)
		encoreauth.Service{TypeScript: typescript, Application: "shop", Environment: "production", Keys: []encoreauth.Key{{ID: 1, Text: key}}}.Sign(header, time.Now())
		var list []string
		for name := range header {
			list = append(list, name, header.Get(name))
		}
		return list
	}
	noop := []string{encoreauth.Caller, "app:x", encoreauth.Method, encoreauth.Noop, encoreauth.Version, "1"}
	for _, test := range []struct {
		name           string
		users          bool // asked is users instead of orders
		method, path   string
		headers        func(typescript bool) []string
		keyless        bool
		golang, script int
	}{
		{name: "public", method: "GET", path: "/orders/7", golang: 200, script: 200},
		{name: "auth without a token", method: "POST", path: "/orders", golang: 401, script: 401},
		// Only TypeScript's gateway runs the auth handler; here Go asks for it, and it is apart.
		{name: "auth", method: "POST", path: "/orders", headers: func(bool) []string { return validToken }, golang: 200, script: 401},
		{name: "private", users: true, method: "POST", path: "/users/7", golang: 404, script: 404},
		{name: "private, signed", users: true, method: "POST", path: "/users/7", headers: func(ts bool) []string { return signed(ts, "key", "api:orders.Place") }, golang: 200, script: 200},
		{name: "private, signed as cron", users: true, method: "POST", path: "/nightly", headers: func(ts bool) []string { return signed(ts, "key", "encore:cron") }, golang: 200, script: 200},
		{name: "private, signed by a gateway", users: true, method: "POST", path: "/users/7", headers: func(ts bool) []string { return signed(ts, "key", "gateway:api-gateway") }, golang: 404, script: 404},
		{name: "private, signed with another key", users: true, method: "POST", path: "/users/7", headers: func(ts bool) []string { return signed(ts, "other", "api:orders.Place") }, golang: 500, script: 401},
		{name: "private, signed in the other language", users: true, method: "POST", path: "/users/7", headers: func(ts bool) []string { return signed(!ts, "key", "api:orders.Place") }, golang: 500, script: 401},
		{name: "private, noop", users: true, method: "POST", path: "/users/7", headers: func(bool) []string { return noop }, golang: 500, script: 401},
		{name: "private, noop, without keys", users: true, method: "POST", path: "/users/7", headers: func(bool) []string { return noop }, keyless: true, golang: 200, script: 200},
		{name: "private, of the platform", users: true, method: "POST", path: "/nightly", headers: func(bool) []string { return platform("/nightly", "key") }, golang: 200, script: 404},
		{name: "private, of a wrong platform", users: true, method: "POST", path: "/nightly", headers: func(bool) []string { return platform("/nightly", "x") }, golang: 401, script: 404},
		{name: "of another service", method: "POST", path: "/nightly", headers: func(ts bool) []string { return signed(ts, "key", "encore:cron") }, golang: 404, script: 404},
	} {
		for language, want := range map[string]int{needs.Go: test.golang, needs.TypeScript: test.script} {
			t.Run(test.name+" "+language, func(t *testing.T) {
				app := parse(t, language, true)
				keyless := func(config *infra.Config) {
					if test.keyless {
						config.Keys = nil
					}
				}
				first, _, orders := start(t, app, "orders", false, keyless)
				_, _, users := start(t, app, "users", false, keyless)
				connect(first, "users", users)
				address := orders
				if test.users {
					address = users
				}
				var headers []string
				if test.headers != nil {
					headers = test.headers(language == needs.TypeScript)
				}
				if status, said := ask(t, test.method, address+test.path, "", headers...); status != want {
					t.Errorf("got %d %s, want %d", status, said, want)
				}
			})
		}
	}
}

func platform(path, key string) []string {
	header := http.Header{}
	encoreauth.SignPlatform(header, path, encoreauth.Key{ID: 1, Text: key}, time.Now())
	return []string{"Date", header.Get("Date"), encoreauth.Platform, header.Get(encoreauth.Platform)}
}

// TestCronThroughTheGateway lets a job reach a private endpoint of another process: in Go by the signature of the platform.
func TestCronThroughTheGateway(t *testing.T) {
	gateway, _, _ := split(t, needs.Go, true, "")
	if status, said := ask(t, "POST", gateway+"/nightly", "", platform("/nightly", "key")...); status != 200 {
		t.Errorf("got %d %s", status, said)
	}
	if status, _ := ask(t, "POST", gateway+"/nightly", "", platform("/other", "key")...); status != 401 {
		t.Errorf("signed for another path: %d", status)
	}
}

// TestCalls holds what a call without discovery, and one to a process with other keys, end with.
func TestCalls(t *testing.T) {
	for _, language := range []string{needs.Go, needs.TypeScript} {
		app := parse(t, language, true)
		config, _, orders := start(t, app, "orders", false, nil)
		do := func() (int, exercise.Answer) {
			status, said := ask(t, "POST", orders+"/lab/orders/do", `{"need": {"kind": "call", "name": "users.Get"}}`)
			var answer exercise.Answer
			if err := json.Unmarshal([]byte(said), &answer); err != nil {
				t.Fatal(err)
			}
			return status, answer
		}
		if status, answer := do(); status != 500 || answer.How != "not configured" || !strings.Contains(answer.Detail, `service "users" not found`) {
			t.Errorf("%s: %d %+v", language, status, answer)
		}
		_, _, users := start(t, app, "users", false, nil)
		connect(config, "users", users+"/")
		if status, answer := do(); status != 200 || answer.Result != exercise.Done {
			t.Errorf("%s: %d %+v", language, status, answer)
		}
		_, _, others := start(t, app, "users", false, func(config *infra.Config) { config.Keys = []encoreauth.Key{{ID: 1, Text: "other"}} })
		connect(config, "users", others)
		if status, answer := do(); status != 500 || !strings.Contains(answer.Detail, "wrong signature") {
			t.Errorf("%s: %d %+v", language, status, answer)
		}
		config.Discovery["users"] = infra.Peer{URL: "http://127.0.0.1:1", Keys: testKeys}
		if status, answer := do(); status != 500 || answer.How != "connection refused" {
			t.Errorf("%s: %d %+v", language, status, answer)
		}
	}
}
