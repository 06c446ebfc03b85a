package modules_test

import (
	"io/fs"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/modules"
)

// TestF1_TheProbeHoldsTheSignalBack runs the command of the container that ECS stops before the application: it has to
// take the time it is given, however often it is told, and then to end well.
func TestF1_TheProbeHoldsTheSignalBack(t *testing.T) {
	for _, test := range []struct {
		drain    int64
		min, max time.Duration
	}{{0, 0, 900 * time.Millisecond}, {1, 900 * time.Millisecond, 5 * time.Second}} {
		command := exec.Command("sh", "-c", probeCommand(t, test.drain))
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- command.Wait() }()
		time.Sleep(300 * time.Millisecond) // until the trap is set
		began := time.Now()
		for range 2 {
			if err := command.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case err := <-ended:
			if took := time.Since(began); err != nil || took < test.min || took > test.max {
				t.Errorf("with %d seconds to wait it ended after %s: %v", test.drain, took, err)
			}
		case <-time.After(10 * time.Second):
			_ = command.Process.Kill()
			t.Fatal("it does not end")
		}
	}
}

// probeCommand is what the probe container of fargate-service runs.
func probeCommand(t *testing.T, drain int64) string {
	t.Helper()
	const path = "fargate-service/main.tf"
	text, err := fs.ReadFile(modules.FS(), path)
	if err != nil {
		t.Fatal(err)
	}
	file, diags := hclsyntax.ParseConfig(text, path, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	scope := &hcl.EvalContext{Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{
		"shutdown": cty.ObjectVal(map[string]cty.Value{"drain_seconds": cty.NumberIntVal(drain)}),
	})}}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		probe, found := block.Body.Attributes["probe_container"]
		if !found {
			continue
		}
		for _, item := range probe.Expr.(*hclsyntax.ObjectConsExpr).Items {
			if hcl.ExprAsKeyword(item.KeyExpr) == "command" {
				value, diags := item.ValueExpr.Value(scope)
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				return value.Index(cty.NumberIntVal(0)).AsString()
			}
		}
	}
	t.Fatal("no probe container")
	return ""
}
