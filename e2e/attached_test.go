//go:build validate

package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// placeProvider is an account, and a folder with an engine that plans it.
type placeProvider struct {
	account, environment string
	engine               emulator.Engine
	attached, alone      terraform
}

// TestAttached plans one folder for two accounts at once, with two configurations of the provider each, and wants of the provider
// that all commands here are given exactly what an engine gets that starts the provider itself, be it a plan or a refusal.
func TestAttached(t *testing.T) {
	var places []*placeProvider
	for _, p := range []*placeProvider{
		{account: account, environment: "first", engine: emulator.TerraformEngine},
		{account: "210987654321", environment: "second", engine: emulator.OpenTofuEngine},
	} {
		cloud := startEmulator(t, p.account)
		folder := t.TempDir()
		copyFolder(t, filepath.Join("testdata", "configured"), folder)
		p.attached = newEngine(t, p.engine, folder, cloud.Environment())
		p.alone = terraform{p.attached.Alone()}
		p.attached.run(t, "init", "-input=false", "-no-color")
		places = append(places, p)
	}

	attached, failed := make([]string, len(places)), make([]error, len(places))
	var group sync.WaitGroup
	for i, p := range places {
		group.Go(func() { _, attached[i], failed[i] = p.attached.Plan(t.Context(), "-var=environment="+p.environment) })
	}
	group.Wait()
	for i, p := range places {
		if failed[i] != nil {
			t.Fatal(failed[i])
		}
		for name, want := range map[string]string{
			"here":  fmt.Sprintf(`%s eu-west-1 {"environment":%q,"where":"here"}`, p.account, p.environment),
			"there": fmt.Sprintf(`%s us-east-1 {"environment":%q}`, p.account, p.environment+"-there"),
		} {
			if got := plannedOutput(t, attached[i], name); got != want {
				t.Errorf("%s: got %s, want %s", name, got, want)
			}
		}
		if p != places[0] {
			continue // it is the same door
		}
		_, alone := p.alone.plan(t, "-var=environment="+p.environment)
		if diff := cmp.Diff(untimed(t, alone), untimed(t, attached[i])); diff != "" {
			t.Errorf("%s plans otherwise where it is attached (-alone +attached):\n%s", p.engine, diff)
		}
	}

	places[0].refuses(t)
}

// refuses wants every refusal of the provider in a validation, alone and attached, and in a plan.
func (p *placeProvider) refuses(t *testing.T) {
	wrong := filepath.Join(p.attached.Folder(), "wrong.tf")
	write := func(content string) {
		if err := os.WriteFile(wrong, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(tf terraform, arguments ...string) string {
		_, err := tf.try(arguments...)
		if err == nil {
			t.Errorf("%v passes", arguments)
			return ""
		}
		return err.Error()
	}
	want := func(said string, wants ...string) {
		for _, want := range wants {
			if !strings.Contains(said, want) {
				t.Errorf("want %q in what is refused, got\n%s", want, said)
			}
		}
	}

	validate, plan := []string{"validate", "-no-color"}, []string{"plan", "-input=false", "-no-color", "-var=environment=x"}

	// A configuration, which is looked at once for all who have the same.
	write(`
provider "aws" {
  alias = "wrong"

  assume_role {
    role_arn = "nobody"
  }
}

data "aws_region" "wrong" {
  provider = aws.wrong
}
`)
	said := refused(p.attached, validate...)
	want(said, "(nobody) is an invalid ARN")
	if again := refused(p.attached, validate...); again != said {
		t.Errorf("the second time it says\n%s", again)
	}
	if diff := cmp.Diff(refused(p.alone, validate...), said); diff != "" {
		t.Errorf("otherwise where it is attached (-alone +attached):\n%s", diff)
	}
	want(refused(p.attached, plan...), "(nobody) is an invalid ARN")

	// A value. Nothing is planned of a queue whose count is 0: what is wrong with it shows that a plan validates first.
	write("resource \"aws_sqs_queue\" \"wrong\" {\n  count = 0\n\n  visibility_timeout_seconds = 43201\n}\n")
	want(refused(p.attached, validate...), "0 - 43200")
	want(refused(p.attached, plan...), "0 - 43200")

	// What has no schema, and a part of them is all that is handed out.
	write("resource \"aws_sqs_queue\" \"wrong\" {\n  label = \"x\"\n}\n\nresource \"aws_sqs_line\" \"wrong\" {\n}\n")
	want(refused(p.attached, validate...), "Unsupported argument", "Invalid resource type")
}

// plannedOutput is the value that an output will have, from a plan's description.
func plannedOutput(t *testing.T, plan, name string) string {
	t.Helper()
	var described struct {
		Planned struct {
			Outputs map[string]struct{ Value string }
		} `json:"planned_values"`
	}
	if err := json.Unmarshal([]byte(plan), &described); err != nil {
		t.Fatal(err)
	}
	return described.Planned.Outputs[name].Value
}

// untimed is a plan's description without the time at which it was made, and what engines list in an order of chance.
func untimed(t *testing.T, plan string) map[string]any {
	t.Helper()
	var described map[string]any
	if err := json.Unmarshal([]byte(plan), &described); err != nil {
		t.Fatal(err)
	}
	delete(described, "timestamp")
	delete(described, "relevant_attributes")
	return described
}
