//go:build validate

package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/e2e/emulator"
	driver "github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/engine"
)

// smallest is a stack of nothing but what terraform has built in.
const smallest = `terraform {
  backend "local" {}
}

variable "word" { type = string }

resource "terraform_data" "word" { input = var.word }

resource "terraform_data" "slow" {
  input = "slow"

  provisioner "local-exec" { command = "echo begun; sleep ${var.word == "slow" ? 20 : 0}; test ${var.word} != bad" }
}

output "word" { value = terraform_data.word.output }

output "hidden" {
  value     = "hunter2"
  sensitive = true
}
`

// smallestStack is a stack with an engine as groundplan finds it, a folder for its plans, and what is printed of it.
func smallestStack(t *testing.T, name string) (w *engine.Workspace, private string, talk *bytes.Buffer) {
	t.Helper()
	path, err := emulator.Tool("bin", name)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("CHECKPOINT_DISABLE", "1")
	t.Setenv("TF_CLI_CONFIG_FILE", os.DevNull)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(smallest), 0o600); err != nil {
		t.Fatal(err)
	}
	talk = &bytes.Buffer{}
	e, err := engine.Find(t.Context(), path, nil, talk)
	if err != nil {
		t.Fatal(err)
	}
	if e.Name != name {
		t.Fatalf("%s is taken for %s", name, e.Name)
	}
	return e.In(folder), t.TempDir(), talk
}

// TestEngines leads a stack through its life with each engine: planned, applied with its events, read, interrupted, failed, destroyed.
func TestEngines(t *testing.T) {
	for _, name := range []string{engine.Terraform, engine.OpenTofu} {
		t.Run(name, func(t *testing.T) {
			w, private, talk := smallestStack(t, name)
			plan := func(words ...string) (string, bool) {
				t.Helper()
				p := engine.Planning{Out: filepath.Join(private, "saved.tfplan"), Destroy: words[0] == "destroy", RefreshOnly: words[0] == "refresh", Variables: map[string]string{"word": words[len(words)-1]}}
				changes, warnings, err := w.Plan(t.Context(), p)
				if err != nil || len(warnings) > 0 {
					t.Fatalf("%v, %v\n%s", warnings, err, talk)
				}
				return p.Out, changes
			}
			if state, err := w.State(t.Context()); err != nil || state.Lineage != "" || state.Serial != 0 {
				t.Errorf("state of nothing: %+v, %v", state, err)
			}
			saved, changes := plan("plan", "first")
			if info, err := os.Stat(saved); err != nil || !changes || info.Mode() != 0o600 {
				t.Errorf("%v, %v, changes %v", info, err, changes)
			}
			if described, _, err := w.Show(t.Context(), saved); err != nil || len(described.ResourceChanges) != 2 {
				t.Errorf("%+v, %v", described, err)
			}
			var text bytes.Buffer
			if err := w.ShowText(t.Context(), saved, &text, false); err != nil || !strings.Contains(text.String(), "# terraform_data.word will be created\n") {
				t.Errorf("%v\n%s", err, &text)
			}
			applyFirst(t, w, saved)
			if err := w.Apply(t.Context(), saved, nil); err == nil || !strings.Contains(err.Error(), "Saved plan is stale") {
				t.Errorf("a plan that was applied already: %v", err)
			}
			if _, changes := plan("plan", "first"); changes {
				t.Error("the second plan has changes")
			}
			if _, changes := plan("refresh", "first"); changes {
				t.Error("a plan that only reads has changes")
			}
			interruptApply(t, w, plan, talk)
			saved, _ = plan("destroy", "first")
			if err := w.Apply(t.Context(), saved, nil); err != nil {
				t.Error(err)
			}
			if state, err := w.State(t.Context()); err != nil || len(state.Resources) != 0 {
				t.Errorf("after all is destroyed: %+v, %v", state, err)
			}
		})
	}
}

// applyFirst applies the first plan of a stack, and reads what it left.
func applyFirst(t *testing.T, w *engine.Workspace, saved string) {
	t.Helper()
	var events []string
	err := w.Apply(t.Context(), saved, func(e engine.Event) {
		if e.Address == "terraform_data.word" || e.Kind == engine.Summary {
			events = append(events, strings.TrimSpace(string(e.Kind)+" "+e.Address+" "+e.Action))
		}
	})
	want := []string{"apply_start terraform_data.word create", "apply_complete terraform_data.word create", "change_summary"}
	if err != nil || !slices.Equal(events, want) {
		t.Fatalf("%v, %q", err, events)
	}
	outputs, err := w.Outputs(t.Context())
	if err != nil || string(outputs["word"].Value) != `"first"` || outputs["word"].Sensitive || !outputs["hidden"].Sensitive {
		t.Errorf("%+v, %v", outputs, err)
	}
	state, err := w.State(t.Context())
	if err != nil || state.Lineage == "" || state.Serial == 0 || state.Version == "" || len(state.Resources) != 2 || state.Resources[0].Type != "terraform_data" {
		t.Errorf("%+v, %v", state, err)
	}
}

// interruptApply interrupts an apply in the middle of a resource, and fails one.
func interruptApply(t *testing.T, w *engine.Workspace, plan func(...string) (string, bool), talk *bytes.Buffer) {
	t.Helper()
	replace := func(word string) string {
		t.Helper()
		t.Setenv("TF_CLI_ARGS_plan", "-replace=terraform_data.slow") // which is the user's, and has to work
		saved, changes := plan("plan", word)
		t.Setenv("TF_CLI_ARGS_plan", "")
		if !changes {
			t.Fatal("TF_CLI_ARGS_plan does not reach the engine")
		}
		return saved
	}
	creating := func(e engine.Event) bool {
		return e.Kind == engine.Started && e.Address == "terraform_data.slow" && e.Action == "create"
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := w.Apply(ctx, replace("slow"), func(e engine.Event) {
		if creating(e) {
			cancel()
		}
	})
	var stopped *engine.InterruptedError
	if !errors.As(err, &stopped) || stopped.Killed {
		t.Errorf("%#v", err)
	}
	if !strings.Contains(talk.String(), "it first finishes terraform_data.slow (create, 0s)") {
		t.Errorf("it does not say what it waits for:\n%s", talk)
	}

	var failed *engine.FailedError
	if err := w.Apply(t.Context(), replace("bad"), nil); !errors.As(err, &failed) || failed.Error() != "local-exec provisioner error" {
		t.Errorf("%#v", err)
	}

	if _, changes := plan("plan", "first"); !changes {
		t.Error("what failed is not planned again")
	}
}

// TestServicesAheadOfTheirPlatform: code that asks the platform for what it does not have yet, in the words of each engine.
func TestServicesAheadOfTheirPlatform(t *testing.T) {
	const (
		platform = "terraform {\n  backend \"local\" {}\n}\n\nresource \"terraform_data\" \"account\" {}\n"
		services = `terraform {
  backend "local" {}
}

data "terraform_remote_state" "platform" {
  backend = "local"
  config  = { path = "${path.module}/../platform/terraform.tfstate" }
}

locals {
  platform = data.terraform_remote_state.platform.outputs
}

resource "terraform_data" "orders" {
  input = jsonencode(merge({ a = 1 }, {
    topics = [
      local.platform.topic.arn,
    ]
  }))
}
`
	)
	for _, name := range []string{engine.Terraform, engine.OpenTofu} {
		t.Run(name, func(t *testing.T) {
			w, private, talk := smallestStack(t, name)
			env := &blueprint.Environment{Name: "staging", Stacks: []blueprint.Stack{{Name: "platform", Folder: "platform"}, {
				Name: "services", Folder: "services", Components: []blueprint.Component{{ID: "process orders", Noun: "service", Address: "module.service_orders"}},
			}}}
			put := func(stack, code string) {
				t.Helper()
				folder := filepath.Join(w.Folder, stack)
				if err := os.MkdirAll(folder, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(code), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			put("platform", platform)
			put("services", services)
			e := &driver.Environment{App: "shop", Environment: env, Out: w.Folder, Engine: w.Engine, Private: private, Talk: talk}
			plan := func() []driver.Planned {
				t.Helper()
				both, err := e.Plan(t.Context(), driver.Planning{})
				if err != nil || len(both) != 2 {
					t.Fatalf("%v\n%s", err, talk)
				}
				return both
			}
			both := plan()
			if got := both[1].Changes.Unplanned; got != "platform does not exist yet" {
				t.Errorf("without a platform: %q", got)
			}
			if err := both[0].Workspace.Apply(t.Context(), both[0].File, nil); err != nil {
				t.Fatal(err)
			}
			put("platform", platform+"\noutput \"topic\" { value = { arn = terraform_data.account.id } }\n")
			both = plan()
			if got := both[1].Changes; got.Unplanned != "platform has to be applied before" || len(got.Components) != 1 {
				t.Errorf("with a platform of before: %+v", got)
			}
			if err := both[0].Workspace.Apply(t.Context(), both[0].File, nil); err != nil {
				t.Fatal(err)
			}
			if both = plan(); both[1].File == "" || both[0].Acts || !both[1].Acts {
				t.Errorf("with the platform: %+v", both[1].Changes)
			}
		})
	}
}
