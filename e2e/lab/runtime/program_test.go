package main

import (
	"context"
	"maps"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// parcels is an application with a server of gRPC, a worker, and jobs: one in the server's image and one in its own.
func parcels(t *testing.T) string {
	t.Helper()
	app := &needs.Needs{Language: needs.Container, Services: []needs.Service{
		{Name: "tracking", Program: &needs.Program{Listens: needs.GRPC, Files: []string{"/bin/tracking", "/bin/grpc_health_probe"}}},
		{Name: "notifier", Program: &needs.Program{Listens: needs.Nowhere, Files: []string{"/bin/notifier"}, Asks: []string{"/bin/notifier", "alive"}}},
		{Name: "statements", Secrets: []needs.Secret{{Name: "Key"}}, Program: &needs.Program{Listens: needs.Nowhere, Job: true, Image: "tracking", Command: []string{"/bin/tracking", "statements"}}},
		{Name: "repair", Program: &needs.Program{Listens: needs.Nowhere, Job: true}},
	}}
	path := filepath.Join(t.TempDir(), "needs.json")
	if err := app.Write(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// freeAddress is one of this machine that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestJobs runs jobs to their end, and command lines that are none.
func TestJobs(t *testing.T) {
	file := parcels(t)
	for _, test := range []struct {
		name, image, command string
		variables            map[string]string
		code                 int
		want                 string
	}{
		{"in the image of another", "tracking", "/bin/tracking statements", map[string]string{"KEY": "x"}, 0, "job statements: done"},
		{"a need that does not work", "tracking", "/bin/tracking statements", nil, 1, `secret "Key" is not set`},
		{"in its own image", "repair", "/app", nil, 0, "job repair: done"},
		{"told to fail", "repair", "/app", map[string]string{"LAB_RUN": "fail"}, 3, "told to fail"},
		{"no command of the image", "tracking", "/bin/tracking statement", nil, 1, "no command of this image"},
		{"no service", "nobody", "/app", nil, 1, "names no service"},
		{"a server without a port", "tracking", "/bin/tracking", nil, 1, "PORT is not set"},
		{"a server that does not run", "tracking", "/bin/grpc_health_probe -addr=" + freeAddress(t), nil, 1, "does not serve"},
		{"a worker that does not run", "notifier", "/bin/notifier alive", map[string]string{"LAB_ORDERS": freeAddress(t)}, 1, "connection refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			variables := map[string]string{"LAB_NEEDS": file, "LAB_SPEED": "100", "LAB_SERVICE": test.image}
			maps.Copy(variables, test.variables)
			stop, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			said := &lockedOutput{}
			if code := runProcess(stop, strings.Fields(test.command), variables, said); code != test.code || !strings.Contains(said.String(), test.want) {
				t.Errorf("ended with %d, want %d and %q:\n%s", code, test.code, test.want, said)
			}
		})
	}
}

// TestHealthCommands asks a server of gRPC and a worker for their health by the commands of their images, and lets them end.
func TestHealthCommands(t *testing.T) {
	file := parcels(t)
	_, port, _ := net.SplitHostPort(freeAddress(t))
	for name, test := range map[string]struct {
		image, command, ask string
		variables           map[string]string
		code                int
	}{
		"gRPC":          {"tracking", "/bin/tracking", "/bin/grpc_health_probe -addr=127.0.0.1:" + port, map[string]string{"PORT": port}, 0},
		"sick gRPC":     {"tracking", "/bin/tracking", "/bin/grpc_health_probe -addr=127.0.0.1:" + port, map[string]string{"PORT": port, "LAB_MISBEHAVES": "unhealthy"}, 1},
		"a worker":      {"notifier", "/bin/notifier", "/bin/notifier alive", nil, 0},
		"a sick worker": {"notifier", "/bin/notifier", "/bin/notifier alive", map[string]string{"LAB_MISBEHAVES": "unhealthy"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			variables := map[string]string{"LAB_NEEDS": file, "LAB_SPEED": "100", "LAB_SERVICE": test.image, "LAB_ORDERS": freeAddress(t)}
			maps.Copy(variables, test.variables)
			stop, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			said, ended := &lockedOutput{}, make(chan int, 1)
			go func() { ended <- runProcess(stop, strings.Fields(test.command), maps.Clone(variables), said) }()
			for !strings.Contains(said.String(), "working") && !strings.Contains(said.String(), "serving on") {
				if stop.Err() != nil {
					t.Fatalf("it never began:\n%s", said)
				}
				time.Sleep(5 * time.Millisecond)
			}
			asked := &lockedOutput{}
			if code := runProcess(stop, strings.Fields(test.ask), maps.Clone(variables), asked); code != test.code {
				t.Errorf("%s ended with %d, want %d:\n%s", test.ask, code, test.code, asked)
			}
			cancel()
			if code := <-ended; code != 0 {
				t.Errorf("it ended with %d:\n%s", code, said)
			}
		})
	}
}
