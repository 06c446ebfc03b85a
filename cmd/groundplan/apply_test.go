package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/apply"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/engine"
	"github.com/groundplan/groundplan/terraform/guard"
	"github.com/groundplan/groundplan/terraform/saved"
)

// applying runs a function as apply would, with flags, and returns what it says and the error.
func applying(t *testing.T, flags []string, do func(*cli.Context, *target) error) (string, *outcome) {
	t.Helper()
	var said bytes.Buffer
	verb := applyVerb()
	verb.Action = func(c *cli.Context) error {
		return do(c, &target{root: ".", out: "infra", printer: newPrinter(&said, "."), blueprint: &blueprint.Blueprint{}, environment: &blueprint.Environment{
			Name: "staging", Registry: blueprint.Registry{Name: "shop-staging"}, Secrets: []blueprint.Secret{{ID: "secret Key", Name: "shop/staging/Key", Fill: blueprint.Value, NeededBy: []string{"orders"}}},
		}})
	}
	program := &cli.App{Commands: []*cli.Command{verb}, ExitErrHandler: func(*cli.Context, error) {}, ErrWriter: &said, Reader: strings.NewReader("")}
	var o *outcome
	if err := program.Run(append([]string{"groundplan", "apply"}, flags...)); err != nil && !errors.As(err, &o) {
		t.Fatal(err)
	}
	return said.String(), o
}

func TestAgreed(t *testing.T) {
	for line, code := range map[string]int{"staging\n": 0, " staging \r\n": 0, "production\n": codeRefused, "yes\n": codeRefused, "\n": codeRefused, "": codeRefused} {
		_, o := applying(t, nil, func(_ *cli.Context, t *target) error { return t.agreed(line) })
		if code == 0 && o != nil || code != 0 && (o == nil || o.code != code) {
			t.Errorf("%q: %v", line, o)
		}
	}
}

func TestAskNameWithoutTerminal(t *testing.T) {
	_, o := applying(t, nil, func(c *cli.Context, t *target) error { return t.askName(c, "Apply platform?") })
	if o == nil || o.code != codeError || len(o.hints) != 1 || o.hints[0] != `--yes answers "Apply platform?" with yes` {
		t.Errorf("%+v", o)
	}
}

func TestAgain(t *testing.T) {
	for line, want := range map[string]string{
		"--env staging --yes --image-tag v1":                                          "groundplan apply --env staging --image-tag v1 --yes",
		"--allow-destroy module.a[\"x\"].b --stack platform --engine tofu --stale-ok": `groundplan apply --stack platform --allow-destroy 'module.a["x"].b' --engine tofu --stale-ok`,
		"--plan saved --out code --yes":                                               "groundplan plan --in code --out saved, and apply that",
	} {
		got := ""
		_, o := applying(t, strings.Fields(line), func(c *cli.Context, _ *target) error { got = applyAgain(c); return nil })
		if o != nil {
			t.Error(o)
		}
		if got != want {
			t.Errorf("%s: %s", line, got)
		}
	}
}

// An apply that did not get to its end says what was done, what still serves and how to go on.
func TestFailedApply(t *testing.T) {
	stack := &blueprint.Stack{Name: "services", Folder: "staging/services"}
	tally := apply.NewTally(change.Set{Components: []change.Component{
		{ID: "process orders", Noun: "service", Resources: []change.Resource{{Address: "a", Action: change.Create}}},
		{ID: "process billing", Noun: "service", Resources: []change.Resource{{Address: "b", Action: change.Create}}},
		{ID: "process users", Noun: "service", Resources: []change.Resource{{Address: "c", Action: change.Create}}},
		{ID: "process mails", Noun: "service", Resources: []change.Resource{{Address: "d", Action: change.Create}}},
	}})
	for _, event := range []engine.Event{
		{Kind: engine.Started, Address: "a"}, {Kind: engine.Complete, Address: "a"}, {Kind: engine.Started, Address: "b"}, {Kind: engine.Errored, Address: "b"}, {Kind: engine.Started, Address: "c"},
	} {
		tally.Event(event)
	}
	workspace := (&engine.Engine{Name: "terraform", Path: "terraform"}).In("infra/staging/services")
	failed := &apply.FailedError{
		StackError: &terraform.StackError{Stack: stack, Doing: "apply", Workspace: workspace, Err: &engine.FailedError{Command: "terraform apply", Said: "boom", Code: 1}},
		Tally:      tally,
		Rollouts: []apply.Rollout{
			{
				Workload: blueprint.Workload{Name: "billing", LogGroup: "/shop/billing"}, Serving: "1.dkr.ecr.eu-west-1.amazonaws.com/shop-staging:v1", Running: 2, Reason: "tasks failed to start",
				Stopped: []string{"Essential container in task exited", "app: exit code 1"}, Stream: "app/app/t", Lines: []string{"no database\x1b[2J"},
			},
			{Workload: blueprint.Workload{Name: "users"}},
			{Workload: blueprint.Workload{Name: "mails"}, Unknown: errors.New("no answer")},
		},
	}
	said, o := applying(t, []string{"--env", "staging", "--image-tag", "v2"}, func(c *cli.Context, t *target) error { return t.applyError(c, failed) })
	want := `groundplan: the deployment of billing failed; image tag v1 still serves, in 2 tasks
groundplan:   ECS says: tasks failed to start
groundplan:   its last task stopped: Essential container in task exited
groundplan:   container: app: exit code 1
groundplan:   the last lines of its log, app/app/t in /shop/billing:
    no database?[2J
groundplan: the deployment of users failed, and no task of it serves
groundplan: what became of the deployment of mails is not known: no answer
groundplan: done of services: service orders
groundplan: failed of services: service billing
groundplan: begun, and not finished of services: service users
groundplan: not begun of services: service mails
`
	if strings.ReplaceAll(said, "process ", "service ") != want {
		t.Errorf("got\n%s", said)
	}
	if o == nil || o.code != codeError || o.hints[len(o.hints)-1] != "go on, once that is mended: groundplan apply --env staging --image-tag v2" {
		t.Errorf("%+v", o)
	}
	failed.Err = &engine.InterruptedError{Command: "terraform apply", Program: "terraform", Locks: true}
	_, o = applying(t, []string{"--yes"}, func(c *cli.Context, t *target) error { return t.applyError(c, failed) })
	if o == nil || fmt.Sprint(o.hints) != "[go on: groundplan apply --yes]" {
		t.Errorf("%+v", o)
	}
}

func TestApplyRefusals(t *testing.T) {
	_, o := applying(t, nil, func(c *cli.Context, t *target) error {
		return t.applyError(c, &apply.RefusedError{Findings: []guard.Finding{{Rule: guard.DataLost, Refuses: true}}})
	})
	if o == nil || o.code != codeRefused || o.message != "refused: this plan destroys data" {
		t.Errorf("%+v", o)
	}
	said, o := applying(t, nil, func(_ *cli.Context, t *target) error {
		return t.refusePlan("saved", []*saved.RefusedError{{Message: "it is old", Hint: "make another"}, {Message: "of another account", Hint: "make another"}})
	})
	if o == nil || o.code != codeRefused || len(o.hints) != 1 || said != "groundplan: refused: it is old\ngroundplan: refused: of another account\n" {
		t.Errorf("%+v\n%s", o, said)
	}
	said, o = applying(t, []string{"--image-tag", "v1"}, func(c *cli.Context, t *target) error {
		return t.applyError(c, &apply.UnreadyError{Wanting: []*apply.WantingError{{Message: "a", Hints: []string{"do a"}}, {Message: "b"}}})
	})
	if o == nil || o.code != codeError || o.hints[0] != "then go on: groundplan apply --image-tag v1" || said != "groundplan: a\nhint: do a\ngroundplan: b\n" {
		t.Errorf("%+v\n%s", o, said)
	}
}

// Secrets that nobody needs stop nothing; one that is needed and has no value does.
func TestSecretsPresent(t *testing.T) {
	answer := `{"Name":"shop/staging/Key"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	client, err := aws.Open(t.Context(), "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	for given, missing := range map[string]bool{
		`{"Name":"shop/staging/Key"}`:                                            true,
		`{"Name":"shop/staging/Key","VersionIdsToStages":{"v1":["AWSCURRENT"]}}`: false,
	} {
		answer = given
		out := t.TempDir()
		_, o := applying(t, nil, func(c *cli.Context, on *target) error {
			return on.applyError(c, deployOnce(t, out, on, func(deployment *apply.Run) apply.Phase { return on.secretsPresent(c, deployment, client) }))
		})
		if missing != (o != nil && len(o.hints) > 0 && strings.HasPrefix(o.hints[0], "then go on")) {
			t.Errorf("%s: %+v", given, o)
		}
	}
}

// deployOnce runs an apply of saved plans with one phase before the services, up to their apply, which fails.
func deployOnce(t *testing.T, out string, on *target, phase func(*apply.Run) apply.Phase) error {
	t.Helper()
	stack := &blueprint.Stack{Name: blueprint.Services, Folder: "staging/services"}
	folder := filepath.Join(out, "staging", "services")
	for _, made := range []string{filepath.Join(folder, ".terraform"), filepath.Join(out, "modules")} {
		if err := os.MkdirAll(made, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(out, "terraform")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n[ \"$1\" = version ] && { echo 'Terraform v1.11.4'; exit; }\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var talk bytes.Buffer
	found, err := engine.Find(t.Context(), filepath.ToSlash(path), nil, &talk)
	if err != nil {
		t.Fatal(err)
	}
	deployment := &apply.Run{
		Environment: &terraform.Environment{Environment: on.environment, Out: out, Engine: found, Talk: &talk}, Yes: true,
		Approved: []terraform.Planned{{Stack: stack, Workspace: found.In(folder), File: filepath.Join(out, "plan"), Acts: true}},
		Screen:   &apply.Screen{Out: &talk, Width: 80}, Show: func([]terraform.Planned) error { return nil },
	}
	deployment.Phases = []apply.Phase{phase(deployment)}
	err = deployment.Do(t.Context())
	if err == nil {
		t.Error("a failing terraform is no failure")
	}
	return err
}
