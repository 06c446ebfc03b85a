//go:build validate

package e2e_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// programFolder is where groundplan is built for the tests that run it, once; "" until one does. TestMain takes it away.
var programFolder string

var buildProgram = sync.OnceValues(func() (path string, err error) {
	if programFolder, err = os.MkdirTemp("", "groundplan-program-"); err != nil {
		return "", err
	}
	path = filepath.Join(programFolder, "groundplan")
	command := exec.Command("go", "build", "-o", path, "./cmd/groundplan")
	command.Dir = repository
	output, err := command.CombinedOutput()
	if err != nil {
		return "", errors.New(string(output))
	}
	return path, nil
})

// program is groundplan as it is built, with an environment of its own.
type program struct {
	path        string
	environment []string
}

// newProgram builds groundplan, and has it talk to an address in place of AWS.
func newProgram(t *testing.T, address string, extra ...string) program {
	t.Helper()
	path, err := buildProgram()
	if err != nil {
		t.Fatal(err)
	}
	environment := append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "NO_COLOR=1"}, emulator.Environment(address)...)
	return program{path, append(environment, extra...)}
}

// programAnswer is what a run of groundplan came to.
type programAnswer struct {
	code           int
	stdout, stderr string
}

// run runs groundplan to its end.
func (p program) run(t *testing.T, input io.Reader, arguments ...string) programAnswer {
	t.Helper()
	command := exec.CommandContext(t.Context(), p.path, arguments...)
	command.Env = p.environment
	command.Stdin = input
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return programAnswer{command.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// expect runs groundplan and holds the exit code and parts of what it said against what is wanted.
func (p program) expect(t *testing.T, code int, parts []string, arguments ...string) {
	t.Helper()
	got := p.run(t, nil, arguments...)
	if got.code != code {
		t.Fatalf("groundplan %s: exit code %d, want %d\n%s%s", strings.Join(arguments, " "), got.code, code, got.stdout, got.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(got.stdout+got.stderr, part) {
			t.Errorf("groundplan %s does not say %q:\n%s%s", strings.Join(arguments, " "), part, got.stdout, got.stderr)
		}
	}
}

// witness stands in front of an emulator and remembers what was asked. Whoever asks there is of one account.
type witness struct {
	address  string
	lock     sync.Mutex
	requests []*http.Request
}

func startWitness(t *testing.T, cloud *emulator.Cloud, owner string) *witness {
	t.Helper()
	target, err := url.Parse(cloud.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
		r.Out.Header.Set("X-Moto-Account-Id", owner)
	}}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.lock.Lock()
		w.requests = append(w.requests, r.Clone(r.Context()))
		w.lock.Unlock()
		proxy.ServeHTTP(out, r)
	}))
	t.Cleanup(server.Close)
	w.address = server.URL
	return w
}

// take returns what was asked since the last time.
func (w *witness) take() []*http.Request {
	w.lock.Lock()
	defer w.lock.Unlock()
	taken := w.requests
	w.requests = nil
	return taken
}
