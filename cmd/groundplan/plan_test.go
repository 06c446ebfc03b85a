package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/engine"
	"github.com/groundplan/groundplan/terraform/guard"
)

// someFindings are as guards make them.
var someFindings = []stackFinding{
	{"platform", guard.Finding{Rule: guard.DataLost, Address: "module.db.aws_db_instance.this", Component: "database server main", Reason: "replaced, because storage_encrypted changes", Hints: []string{"snapshot it"}, Refuses: true}},
	{"services", guard.Finding{Rule: guard.MuchDestroyed, Reason: "9 of 12 resources go", Refuses: true}},
	{"services", guard.Finding{Rule: guard.Widened, Address: "module.service_orders.aws_iam_role_policy.this", Component: "service orders", Reason: "may also *write*\x1b[31m"}},
}

func TestFindingsText(t *testing.T) {
	const want = `
An apply refuses this:
  database server main: replaced, because storage_encrypted changes
    module.db.aws_db_instance.this
    hint: snapshot it
  services: 9 of 12 resources go

Mind this:
  service orders: may also *write*?[31m
    module.service_orders.aws_iam_role_policy.this
`
	var out bytes.Buffer
	findingsText(&out, someFindings)
	if out.String() != want {
		t.Errorf("got\n%s", &out)
	}
}

func TestFindingsMarkdown(t *testing.T) {
	const want = `
**An apply refuses this**

- database server main: replaced, because storage\_encrypted changes (<code>module.db.aws_db_instance.this</code>)
  - snapshot it
- services: 9 of 12 resources go

**Mind this**

- service orders: may also \*write\*?\[31m (<code>module.service_orders.aws_iam_role_policy.this</code>)
`
	var out bytes.Buffer
	if err := findingsMarkdown(&out, someFindings); err != nil || out.String() != want {
		t.Errorf("%v, got\n%s", err, &out)
	}
}

// TestPlanJSONIsDocumented holds docs/driving.md against what is printed.
func TestPlanJSONIsDocumented(t *testing.T) {
	var out bytes.Buffer
	if err := planJSON(&out, "staging", []change.Set{{Stack: "platform"}}, someFindings); err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(out.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	printed := map[string]bool{}
	for name, value := range document {
		if name == "version" || name == "stacks" { // which package change documents
			continue
		}
		printed[name] = true
		list, _ := value.([]any)
		for _, element := range list {
			for member := range element.(map[string]any) {
				printed[name+"[]."+member] = true
			}
		}
	}
	page, err := os.ReadFile("../../docs/driving.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n### Members of its JSON\n")
	section, _, _ = strings.Cut(section, "\n## ")
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(section, -1) {
		documented[row[1]] = true
	}
	for name := range printed {
		if !documented[name] {
			t.Errorf("docs/driving.md does not tell of `%s`", name)
		}
	}
	for name := range documented {
		if !printed[name] {
			t.Errorf("docs/driving.md tells of `%s`, which is not printed", name)
		}
	}
	if document["version"] != float64(change.Version) || len(document["stacks"].([]any)) != 1 {
		t.Errorf("%s", &out)
	}
}

func TestPlanOutcome(t *testing.T) {
	for _, test := range []struct {
		name    string
		planned []terraform.Planned
		code    int
		message string
	}{
		{"nothing", []terraform.Planned{{File: "a"}, {File: "b"}}, 0, ""},
		{"changes", []terraform.Planned{{File: "a"}, {File: "b", Acts: true}}, codeDiffers, ""},
		{"from the code", []terraform.Planned{{File: "a"}, {Changes: change.Set{Components: make([]change.Component, 1)}}}, codeDiffers, ""},
		{"called out", []terraform.Planned{{File: "a", Acts: true, Findings: []guard.Finding{someFindings[2].Finding}}}, codeDiffers, ""},
		{"refused", []terraform.Planned{{File: "a", Acts: true, Findings: []guard.Finding{someFindings[0].Finding, someFindings[0].Finding}}}, codeRefused, "refused: this plan destroys data"},
		{"refused twice", []terraform.Planned{{File: "a", Acts: true, Findings: []guard.Finding{someFindings[0].Finding, someFindings[1].Finding}}}, codeRefused, "refused: this plan destroys data, and this plan destroys much of a stack"},
	} {
		err := planOutcome(test.planned)
		var ended *outcome
		switch {
		case test.code == 0 && err == nil:
		case !errors.As(err, &ended) || ended.code != test.code || ended.message != test.message:
			t.Errorf("%s: %#v", test.name, err)
		}
	}
}

// TestEveryRefusalHasItsWords: a rule that refuses says so in one line.
func TestEveryRefusalHasItsWords(t *testing.T) {
	for _, rule := range []string{guard.DataLost, guard.DataShrinks, guard.WrongPlace, guard.MuchDestroyed, guard.StateMoved} {
		if refusals[rule] == "" {
			t.Errorf("nothing is said of %s", rule)
		}
	}
}

// failing is a target in a folder, a stack of it, and what is printed.
func failing(t *testing.T) (*target, *terraform.StackError, *bytes.Buffer) {
	t.Helper()
	root := t.TempDir()
	folder := filepath.Join(root, "infra", "staging", "platform")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "topics.tf"), []byte("module \"topic_signups\" {\n  name = 3\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := &blueprint.Environment{Name: "staging", Stacks: []blueprint.Stack{{
		Name: "platform", Folder: "staging/platform",
		Components: []blueprint.Component{{ID: "topic signups", Noun: "topic", Address: "module.topic_signups"}},
	}}}
	var said bytes.Buffer
	e := &engine.Engine{Name: "tofu", Path: "tofu"}
	at := &terraform.StackError{Stack: &env.Stacks[0], Doing: "plan", Workspace: e.In("infra/staging/platform")}
	return &target{root: root, out: filepath.Join(root, "infra"), environment: env, printer: newPrinter(&said, root)}, at, &said
}

func TestDiagnosticsNameTheirComponent(t *testing.T) {
	on, at, said := failing(t)
	block := `module "topic_signups"`
	at.Err = &engine.FailedError{Diagnostics: []tfjson.Diagnostic{
		{
			Severity: tfjson.DiagnosticSeverityError, Summary: "Invalid value", Detail: "No name.",
			Range:   &tfjson.Range{Filename: "topics.tf", Start: tfjson.Pos{Line: 2, Column: 3}, End: tfjson.Pos{Line: 2, Column: 7}},
			Snippet: &tfjson.DiagnosticSnippet{Context: &block},
		},
		{Severity: tfjson.DiagnosticSeverityError, Summary: "AccessDenied", Detail: "No 100% right.", Address: "module.topic_signups.aws_sns_topic.this"},
		{Severity: tfjson.DiagnosticSeverityWarning, Summary: "Deprecated", Address: "terraform_data.account"},
	}}
	err := on.explain(at)
	const want = `infra/staging/platform/topics.tf:2:3: error: invalid value
  About topic signups.
  No name.

  2 |   name = 3
    |   ^^^^

groundplan: error: accessDenied
  About topic signups, at module.topic_signups.aws_sns_topic.this.
  No 100% right.

groundplan: warning: deprecated
  About terraform_data.account.
`
	if said.String() != want || err.Error() != "tofu cannot plan staging/platform: 2 errors" {
		t.Errorf("%v, and printed\n%s", err, said)
	}
}

func TestFailuresHaveTheirWayOn(t *testing.T) {
	locked := tfjson.Diagnostic{Severity: tfjson.DiagnosticSeverityError, Summary: "Error acquiring the state lock", Detail: "Lock Info:\n  ID:        52d6\n  Who:       ann@host\n  Operation: OperationTypeApply\n  Created:   today\n"}
	waiting := tfjson.Diagnostic{Severity: tfjson.DiagnosticSeverityError, Summary: "Unsupported attribute", Snippet: &tfjson.DiagnosticSnippet{Code: "x = local.platform.topic.arn"}}
	moved := tfjson.Diagnostic{Severity: tfjson.DiagnosticSeverityError, Summary: "Backend configuration changed"}
	for _, test := range []struct {
		stack   string
		err     error
		message string
		hint    string
	}{
		{"services", &engine.FailedError{Diagnostics: []tfjson.Diagnostic{waiting}}, "tofu cannot plan staging/platform: 1 error", "the platform lacks what services ask of it: apply it before, or plan both to see what comes (no --stack)"},
		{"platform", &engine.FailedError{Diagnostics: []tfjson.Diagnostic{locked}}, "the state of staging/platform is locked by ann@host since today (OperationTypeApply)", "where nobody works on it any more: tofu -chdir=infra/staging/platform force-unlock 52d6"},
		{"platform", &engine.FailedError{Diagnostics: []tfjson.Diagnostic{moved}}, "tofu cannot plan staging/platform: 1 error", "to move the state: tofu -chdir=infra/staging/platform init -migrate-state"},
		{"platform", &engine.FailedError{Command: "tofu plan", Said: "panic: no room\n"}, "tofu cannot plan staging/platform: panic: no room", "the command by itself says more: tofu plan"},
		{"platform", &engine.InterruptedError{Program: "tofu", Command: "tofu apply"}, "interrupted; tofu has stopped in good order, and nothing is locked", "repeat the command"},
		{"platform", &engine.InterruptedError{Program: "tofu", Command: "tofu apply", Killed: true, Locks: true, Running: []string{"module.a.x (create, 3s)"}}, "killed: tofu apply\n  it was in the middle of module.a.x (create, 3s)", "its lock of the state may still be held. The next command says so, names the lock's id, and how to release it"},
	} {
		on, at, _ := failing(t)
		at.Err = test.err
		at.Stack.Name = test.stack
		err := on.explain(at)
		var ended *outcome
		if !errors.As(err, &ended) || ended.message != test.message || !slices.Contains(ended.hints, test.hint) {
			t.Errorf("%#v", err)
		}
	}
}
