package main

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/needs"
)

// lockedOutput is what a process said.
type lockedOutput struct {
	lock sync.Mutex
	text strings.Builder
}

func (o *lockedOutput) Write(text []byte) (int, error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.text.Write(text)
}

func (o *lockedOutput) String() string {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.text.String()
}

var _ io.Writer = (*lockedOutput)(nil)

// TestRun runs whole processes: what they end with, and that a good one serves until it is told to stop.
func TestRun(t *testing.T) {
	for _, test := range []struct {
		name, language string
		config         map[string]any
		variables      map[string]string
		code           int
		want           string
	}{
		{"Go", needs.Go, map[string]any{"secrets": map[string]any{"Key": "x"}, "hosted_services": []string{"s"}}, nil, 0, "serving on"},
		{"TypeScript", needs.TypeScript, map[string]any{"hosted_services": []string{"s"}}, nil, 0, "serving on"},
		{"Go without a secret", needs.Go, map[string]any{"hosted_services": []string{"s"}}, nil, 2, "secrets are not defined: Key"},
		{"TypeScript without a config", needs.TypeScript, nil, map[string]string{"ENCORE_INFRA_CONFIG_PATH": ""}, 1, "failed to read"},
		{"a bad image", needs.TypeScript, map[string]any{}, map[string]string{"LAB_MISBEHAVES": "exit"}, 1, "ends at once"},
		{"a bad speed", needs.TypeScript, map[string]any{}, map[string]string{"LAB_SPEED": "0"}, 1, "LAB_SPEED"},
		{"no needs", needs.TypeScript, map[string]any{}, map[string]string{"LAB_NEEDS": "/nowhere"}, 1, "/nowhere"},
		{"a port that is taken by nobody", needs.TypeScript, map[string]any{}, map[string]string{"ENCORE_LISTEN_ADDR": "nowhere:x"}, 1, "listen"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			variables := map[string]string{
				"LAB_NEEDS": filepath.Join(folder, "needs.json"), "LAB_SPEED": "100", "ENCORE_LISTEN_ADDR": "127.0.0.1:0",
				"ENCORE_INFRA_CONFIG_PATH": filepath.Join(folder, "config.json"),
			}
			maps.Copy(variables, test.variables)
			app := &needs.Needs{Language: test.language, Services: []needs.Service{{Name: "s", Secrets: []needs.Secret{{Name: "Key"}}}}}
			if err := app.Write(filepath.Join(folder, "needs.json")); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(test.config)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "config.json"), text, 0o600); err != nil {
				t.Fatal(err)
			}
			stop, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			said, ended := &lockedOutput{}, make(chan int, 1)
			go func() { ended <- runProcess(stop, nil, variables, said) }()
			if test.code == 0 {
				for !strings.Contains(said.String(), "serving on") && stop.Err() == nil {
					time.Sleep(5 * time.Millisecond)
				}
				cancel()
			}
			if code := <-ended; code != test.code || !strings.Contains(said.String(), test.want) {
				t.Errorf("ended with %d, want %d and %q:\n%s", code, test.code, test.want, said)
			}
		})
	}
}
