//go:build validate

package e2e_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
)

// signerDriver runs the function of modules/cron out of the archive Lambda is given, with stand-ins for what only Lambda
// has: the SDK, the context, and a clock that may be wrong. Each event of a list is one run of the same warm function.
const signerDriver = `
import json, sys, time, types
order = json.load(sys.stdin)
sys.path.insert(0, order["archive"])
if order["keys"]:
    class Client:
        def get_secret_value(self, SecretId):
            assert SecretId == "arn:secret", SecretId
            return {"SecretString": order["keys"].pop(0)}
    sys.modules["boto3"] = types.SimpleNamespace(client=lambda service, config: Client())
    sys.modules["botocore"] = types.ModuleType("botocore")
    sys.modules["botocore.config"] = types.SimpleNamespace(Config=lambda **settings: settings)
clock, time.time = time.time, lambda: clock() + order["clock"]
pauses = []
time.sleep = pauses.append
import signer
class Context:
    aws_request_id = "request-1"
    def get_remaining_time_in_millis(self):
        return order["milliseconds"] - 1000 * sum(pauses)
results = []
for event in order["events"]:
    pauses.clear()
    try:
        results.append({"Report": signer.handler(event, Context())})
    except Exception as problem:
        results.append({"Failure": type(problem).__name__ + ": " + str(problem)})
    results[-1]["Pauses"] = pauses[:]
print(json.dumps(results))
`

// signerOrder is what signerDriver reads.
type signerOrder struct {
	Archive      string              `json:"archive"`
	Events       []map[string]string `json:"events"`
	Keys         []string            `json:"keys"` // one for each run; none: there is no SDK at all
	Clock        int                 `json:"clock"`
	Milliseconds int                 `json:"milliseconds"`
}

// signerResult is one run: what it returned, or why it failed.
type signerResult struct {
	Report  map[string]any
	Failure string
	Pauses  []int // seconds before each repetition
}

const (
	signerKey = "a-key-of-which-every-byte-counts"
	// What the schedule of the module passes, the words in angle brackets replaced.
	signerRun = "shop-production-cleanup/2026-03-01T04:00:00Z"
)

func runSigner(t *testing.T, settings map[string]string, order signerOrder) []signerResult {
	t.Helper()
	archive, err := filepath.Abs(filepath.Join(repository, "modules", "cron", "signer", "signer.zip"))
	if err != nil {
		t.Fatal(err)
	}
	order.Archive = archive
	if order.Milliseconds == 0 {
		order.Milliseconds = 30_000
	}
	input, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, tool(t, "python", "bin", "python3"), "-B", "-c", signerDriver)
	command.Stdin = bytes.NewReader(input)
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		command.Env = append(command.Env, name+"="+settings[name])
	}
	var problems strings.Builder
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &problems)
	}
	// The runs report as they go; the last line is the driver's.
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	var results []signerResult
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &results); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return results
}

// signerSettings is the function's environment, as modules/cron writes it.
func signerSettings(signature, url string) map[string]string {
	settings := map[string]string{
		"METHOD": "POST", "URL": url, "ENDPOINT_PATH": "/shop.Cleanup", "SIGNATURE": signature, "ANSWER_SECONDS": "300", "REPEATS": "0",
	}
	if signature != "none" {
		settings["AUTH_SECRET_ARN"] = "arn:secret"
		settings["AUTH_KEY_ID"] = "258"
	}
	if signature == "typescript" {
		settings["APP_ID"] = "shop"
		settings["ENV_NAME"] = "production"
	}
	return settings
}

// fakeEndpoint is the called process: it remembers what came in, checks it as the language's runtime does, and takes each run
// once.
type fakeEndpoint struct {
	check func(*http.Request) error

	lock     sync.Mutex
	requests []*http.Request
	refusals []string
	seen     map[string]bool
}

func (e *fakeEndpoint) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	e.lock.Lock()
	defer e.lock.Unlock()
	e.requests = append(e.requests, request)
	if err := e.check(request); err != nil {
		e.refusals = append(e.refusals, err.Error())
		http.Error(writer, err.Error(), http.StatusUnauthorized)
		return
	}
	run := cmp.Or(request.Header.Get("X-Encore-Cron-Execution"), request.Header.Get("Idempotency-Key"))
	if e.seen[run] {
		http.Error(writer, "replayed", http.StatusConflict)
		return
	}
	e.seen[run] = true
}

var signerKeys = []encoreauth.Key{{ID: 258, Text: signerKey}}

// checkService is what an endpoint of a TypeScript application asks: a signature, by a caller that private endpoints
// admit.
func checkService(header http.Header, now time.Time) error {
	service := encoreauth.Service{TypeScript: true, Application: "shop", Environment: "production", Keys: signerKeys}
	if err := service.Verify(header, now); err != nil {
		return err
	}
	if signedBy := header.Get(encoreauth.Caller); !encoreauth.Internal(signedBy) {
		return fmt.Errorf("caller %q", signedBy)
	}
	return nil
}

// newEndpoint listens on 127.0.0.1 and checks as the runtime of a language does: go, typescript, or none.
func newEndpoint(t *testing.T, signature string) (*fakeEndpoint, string) {
	t.Helper()
	called := &fakeEndpoint{seen: map[string]bool{}}
	switch signature {
	case "go":
		called.check = func(request *http.Request) error {
			return encoreauth.VerifyPlatform(request.Header, request.URL.Path, signerKeys, time.Now())
		}
	case "typescript":
		called.check = func(request *http.Request) error {
			return checkService(request.Header, time.Now())
		}
	default:
		called.check = func(*http.Request) error { return nil }
	}
	server := httptest.NewServer(called)
	t.Cleanup(server.Close)
	return called, server.URL
}

func signerEvents(runs ...string) []map[string]string {
	var events []map[string]string
	for _, run := range runs {
		events = append(events, map[string]string{"execution": run})
	}
	return events
}

// TestJ1_SignedRequestsAreAccepted calls each kind of endpoint the way the schedule does.
func TestJ1_SignedRequestsAreAccepted(t *testing.T) {
	for _, signature := range []string{"go", "typescript", "none"} {
		t.Run(signature, func(t *testing.T) {
			called, url := newEndpoint(t, signature)
			order := signerOrder{Events: signerEvents(signerRun)}
			if signature != "none" {
				order.Keys = []string{signerKey}
			}
			result := runSigner(t, signerSettings(signature, url), order)[0]
			if result.Failure != "" || result.Report["status"] != 200.0 || result.Report["execution"] != signerRun {
				t.Fatalf("the run ended with %+v", result)
			}
			request := called.requests[0]
			if request.Method != http.MethodPost || request.URL.Path != "/shop.Cleanup" || request.ContentLength != 0 {
				t.Errorf("called was %s %s with %d bytes", request.Method, request.URL, request.ContentLength)
			}
			encores, neutral := signerRun, ""
			if signature == "none" {
				encores, neutral = "", signerRun
			}
			if got := request.Header.Get("X-Encore-Cron-Execution"); got != encores {
				t.Errorf("X-Encore-Cron-Execution is %q", got)
			}
			if got := request.Header.Get("Idempotency-Key"); got != neutral {
				t.Errorf("Idempotency-Key is %q", got)
			}
			for name := range request.Header {
				if signature == "none" && strings.Contains(strings.ToLower(name), "encore") {
					t.Errorf("what is not Encore's is sent %s", name)
				}
			}
			if signed := request.Header.Get("X-Encore-Auth") != ""; signed != (signature == "go") {
				t.Errorf("signed for Encore's platform: %t", signed)
			}
			if signed := request.Header.Get("X-Encore-Meta-Svc-Auth") != ""; signed != (signature == "typescript") {
				t.Errorf("signed as a call between services: %t", signed)
			}
		})
	}
}

// TestJ1_ForgedRequestsAreRefused wants each of the two checks to refuse what it must, and the run to fail by it: that is
// what makes a dead letter of it.
func TestJ1_ForgedRequestsAreRefused(t *testing.T) {
	for _, test := range []struct {
		name, signature string
		order           signerOrder
		change          map[string]string
		want            string
	}{
		{"go, sixteen minutes late", "go", signerOrder{Clock: -16 * 60}, nil, "expired"},
		{"go, sixteen minutes early", "go", signerOrder{Clock: 16 * 60}, nil, "expired"},
		{"go, another key", "go", signerOrder{Keys: []string{signerKey + "x"}}, nil, "wrong signature"},
		{"go, an unknown key", "go", signerOrder{}, map[string]string{"AUTH_KEY_ID": "2"}, "unknown key 2"},
		{"go, unsigned", "go", signerOrder{}, map[string]string{"SIGNATURE": "none"}, "X-Encore-Auth is"},
		{"typescript, three minutes late", "typescript", signerOrder{Clock: -3 * 60}, nil, "expired"},
		{"typescript, three minutes early", "typescript", signerOrder{Clock: 3 * 60}, nil, "expired"},
		{"typescript, another key", "typescript", signerOrder{Keys: []string{signerKey + "x"}}, nil, "wrong signature"},
		{"typescript, an unknown key", "typescript", signerOrder{}, map[string]string{"AUTH_KEY_ID": "2"}, "unknown key 2"},
		{"typescript, unsigned", "typescript", signerOrder{}, map[string]string{"SIGNATURE": "none"}, "version"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, url := newEndpoint(t, test.signature)
			settings := signerSettings(test.signature, url)
			maps.Copy(settings, test.change)
			test.order.Events = signerEvents(signerRun)
			if test.order.Keys == nil {
				test.order.Keys = []string{signerKey}
			}
			result := runSigner(t, settings, test.order)[0]
			if !strings.HasPrefix(result.Failure, "RuntimeError: POST /shop.Cleanup answered 401: ") || !strings.Contains(result.Failure, test.want) {
				t.Errorf("the run ended with %+v, want a refusal with %q", result, test.want)
			}
		})
	}
}

// TestJ1_SignatureIsForOneRequest takes the headers of a good run and uses them for something else.
func TestJ1_SignatureIsForOneRequest(t *testing.T) {
	headers := func(signature string) http.Header {
		called, url := newEndpoint(t, signature)
		runSigner(t, signerSettings(signature, url), signerOrder{Events: signerEvents(signerRun), Keys: []string{signerKey}})
		return called.requests[0].Header
	}
	platform, service := headers("go"), headers("typescript")
	changed := func(name, value string) http.Header {
		header := service.Clone()
		header.Set(name, value)
		return header
	}
	now := time.Now()
	for name, err := range map[string]error{
		"another path":             encoreauth.VerifyPlatform(platform, "/shop.DeleteEverything", signerKeys, now),
		"a quarter of an hour":     encoreauth.VerifyPlatform(platform, "/shop.Cleanup", signerKeys, now.Add(16*time.Minute)),
		"two minutes":              checkService(service, now.Add(3*time.Minute)),
		"another run":              checkService(changed("X-Correlation-Id", "shop-production-cleanup/2026-03-02T04:00:00Z"), now),
		"another caller":           checkService(changed("X-Encore-Meta-Caller", "encore:admin"), now),
		"a user nobody logged":     checkService(changed("X-Encore-Meta-Userid", "root"), now),
		"another environment":      checkService(changed("X-Encore-Meta-Svc-Auth", strings.Replace(service.Get("X-Encore-Meta-Svc-Auth"), "/production/", "/staging/", 1)), now),
		"another application":      checkService(changed("X-Encore-Meta-Svc-Auth", strings.Replace(service.Get("X-Encore-Meta-Svc-Auth"), "/shop/", "/shoe/", 1)), now),
		"a date moved by a minute": checkService(changed("X-Encore-Meta-Date", now.Add(time.Minute).UTC().Format(http.TimeFormat)), now),
	} {
		if err == nil {
			t.Errorf("the signature serves for %s", name)
		}
	}
	for name, err := range map[string]error{
		"go":         encoreauth.VerifyPlatform(platform, "/shop.Cleanup", signerKeys, now),
		"typescript": checkService(service, now),
	} {
		if err != nil {
			t.Errorf("%s: the signature does not serve for what it was made for: %v", name, err)
		}
	}
}

// TestJ1_ARunKeepsItsID wants the retry of a run to be known as such by its id, and the next run to be another.
func TestJ1_ARunKeepsItsID(t *testing.T) {
	for _, signature := range []string{"go", "typescript", "none"} {
		called, url := newEndpoint(t, signature)
		next := "shop-production-cleanup/2026-03-02T04:00:00Z"
		order := signerOrder{Events: append(signerEvents(signerRun, signerRun, next), map[string]string{}), Keys: slices.Repeat([]string{signerKey}, 4)}
		if signature == "none" {
			order.Keys = nil
		}
		results := runSigner(t, signerSettings(signature, url), order)
		if results[0].Failure != "" || results[2].Failure != "" {
			t.Errorf("%s: runs of their own failed: %+v", signature, results)
		}
		if !strings.Contains(results[1].Failure, "answered 409: replayed") {
			t.Errorf("%s: the replayed run ended with %+v", signature, results[1])
		}
		// Invoked by hand, without an event of the schedule.
		if got := cmp.Or(called.requests[3].Header.Get("X-Encore-Cron-Execution"), called.requests[3].Header.Get("Idempotency-Key")); got != "request-1" {
			t.Errorf("%s: a run without an id is called %q", signature, got)
		}
	}
}

// TestJ1_ANewKeyIsNoticed runs a function that stayed warm over a change of the key.
func TestJ1_ANewKeyIsNoticed(t *testing.T) {
	_, url := newEndpoint(t, "go")
	order := signerOrder{Events: signerEvents("a", "b"), Keys: []string{"the key before", signerKey}}
	if results := runSigner(t, signerSettings("go", url), order); results[0].Failure == "" || results[1].Failure != "" {
		t.Errorf("the runs ended with %+v", results)
	}
}

// TestJ1_PathsAreSignedAsDecoded calls an endpoint whose path has escapes: the runtime checks what they stand for.
func TestJ1_PathsAreSignedAsDecoded(t *testing.T) {
	called, url := newEndpoint(t, "go")
	settings := signerSettings("go", url)
	settings["ENDPOINT_PATH"] = "/caf%C3%A9/nightly%20run"
	result := runSigner(t, settings, signerOrder{Events: signerEvents(signerRun), Keys: []string{signerKey}})[0]
	if result.Failure != "" || called.requests[0].URL.Path != "/café/nightly run" {
		t.Errorf("the run ended with %+v, called was %q", result, called.requests[0].URL.Path)
	}
}

// TestJ1_WhatIsNotASuccessFails wants every other end of a run to be a failure of the function.
func TestJ1_WhatIsNotASuccessFails(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		switch request.URL.Path {
		case "/fails":
			http.Error(writer, strings.Repeat("x", 10_000), http.StatusInternalServerError)
		case "/moves":
			http.Redirect(writer, request, "/works", http.StatusTemporaryRedirect)
		case "/hangs":
			<-release
		case "/works":
			writer.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	for _, test := range []struct {
		path, url string
		seconds   int
		want      string
	}{
		{"/works", server.URL, 30, ""},
		{"/fails", server.URL, 30, "RuntimeError: POST /fails answered 500: " + strings.Repeat("x", 500)},
		{"/moves", server.URL, 30, "RuntimeError: POST /moves answered 307: "},
		{"/hangs", server.URL, 4, "Unanswered: POST /hangs gave no answer in 1 seconds and may still be at work: it is not called again"},
		{"/works", server.URL, 2, "TimeoutError: no time is left for the call: raise timeout_seconds"},
		{"/works", "http://127.0.0.1:1", 30, "ConnectionRefusedError: "},
	} {
		settings := signerSettings("none", test.url)
		settings["ENDPOINT_PATH"] = test.path
		result := runSigner(t, settings, signerOrder{Events: signerEvents(signerRun), Milliseconds: test.seconds * 1000})[0]
		if (test.want == "") != (result.Failure == "") || !strings.HasPrefix(result.Failure, test.want) || len(result.Failure) > 600 {
			t.Errorf("%s: the run ended with %+v, want %q", test.path, result, test.want)
		}
	}
	settings := signerSettings("none", server.URL)
	settings["SIGNATURE"] = "rust"
	settings["AUTH_SECRET_ARN"] = "arn:secret"
	if result := runSigner(t, settings, signerOrder{Events: signerEvents(signerRun), Keys: []string{signerKey}})[0]; !strings.HasPrefix(result.Failure, "ValueError: SIGNATURE is 'rust'") {
		t.Errorf("an unknown signature ended with %+v", result)
	}
}

// TestJ1_WhatFailedIsRepeated calls endpoints whose run ended without success, so that nothing of it is still at work: it is
// called again after one minute and after two more, under the same name, signed anew, as long as there is time.
func TestJ1_WhatFailedIsRepeated(t *testing.T) {
	for _, test := range []struct {
		name     string
		repeats  string
		seconds  int
		failures int // before the endpoint succeeds
		end      func(http.ResponseWriter)
		pauses   []int
		succeeds bool
	}{
		{"an answer of failure, twice", "2", 900, 2, refuse, []int{60, 120}, true},
		{"an answer of failure, always", "2", 900, 9, refuse, []int{60, 120}, false},
		{"a connection that ends without an answer", "2", 900, 1, hangUp, []int{60}, true},
		{"once at most", "1", 900, 9, refuse, []int{60}, false},
		{"not at all", "0", 900, 1, refuse, []int{}, false},
		{"no time for the second", "2", 180, 9, refuse, []int{60}, false},
		{"no time for the first", "2", 60, 9, refuse, []int{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var lock sync.Mutex
			var dates, runs []string
			server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
				lock.Lock()
				defer lock.Unlock()
				runs = append(runs, request.Header.Get("X-Encore-Cron-Execution"))
				dates = append(dates, request.Header.Get("X-Encore-Auth"))
				if len(runs) <= test.failures {
					test.end(writer)
				}
			}))
			t.Cleanup(server.Close)
			settings := signerSettings("go", server.URL)
			settings["REPEATS"] = test.repeats
			keys := []string{"first", "second", "third"} // a new one for each call
			result := runSigner(t, settings, signerOrder{Events: signerEvents(signerRun), Keys: keys, Milliseconds: test.seconds * 1000})[0]
			if (result.Failure == "") != test.succeeds || !slices.Equal(result.Pauses, test.pauses) {
				t.Errorf("the run ended with %+v, want pauses %v", result, test.pauses)
			}
			if len(runs) != len(test.pauses)+1 || slices.ContainsFunc(runs, func(run string) bool { return run != signerRun }) {
				t.Errorf("called were %q", runs)
			}
			if slices.Sort(dates); len(slices.Compact(dates)) != len(runs) {
				t.Errorf("a signature was used again: %q", dates)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		settings := signerSettings("none", "http://127.0.0.1:1")
		settings["REPEATS"] = "2"
		result := runSigner(t, settings, signerOrder{Events: signerEvents(signerRun), Milliseconds: 900_000})[0]
		if !strings.HasPrefix(result.Failure, "ConnectionRefusedError: ") || !slices.Equal(result.Pauses, []int{60, 120}) {
			t.Errorf("the run ended with %+v", result)
		}
	})
}

func refuse(writer http.ResponseWriter) { writer.WriteHeader(http.StatusServiceUnavailable) }

// hangUp closes the connection of a request that was read, as a process does that is killed.
func hangUp(writer http.ResponseWriter) {
	connection, _, err := http.NewResponseController(writer).Hijack()
	if err == nil {
		connection.Close()
	}
}

// TestJ1_WhatMayStillBeAtWorkIsNotCalledAgain calls an endpoint that takes longer than it may: it is called once, however many
// repetitions there are.
func TestJ1_WhatMayStillBeAtWorkIsNotCalledAgain(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"no answer": func(http.ResponseWriter) {},
		"half an answer": func(writer http.ResponseWriter) {
			_, _ = writer.Write([]byte("so far"))
			_ = http.NewResponseController(writer).Flush()
		},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			release := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				answer(writer)
				<-release
			}))
			t.Cleanup(server.Close)
			t.Cleanup(func() { close(release) })
			settings := signerSettings("none", server.URL)
			settings["REPEATS"], settings["ANSWER_SECONDS"] = "2", "1"
			result := runSigner(t, settings, signerOrder{Events: signerEvents(signerRun), Milliseconds: 900_000})[0]
			if !strings.HasPrefix(result.Failure, "Unanswered: POST /shop.Cleanup gave no answer in 1 seconds") || calls.Load() != 1 || len(result.Pauses) != 0 {
				t.Errorf("the run ended with %+v after %d calls", result, calls.Load())
			}
		})
	}
}
