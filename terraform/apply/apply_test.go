package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/engine"
	"github.com/groundplan/groundplan/terraform/guard"
)

// stage is a run whose terraform is a script of a test: what each plan comes to, and what each apply does.
type stage struct {
	*Run
	talk *bytes.Buffer
	// planned are the stacks of each call of plan, carried the stacks that were applied, asked the questions.
	planned, carried, asked []string
	// plans are what each stack comes to, one after the other; the last one stays.
	plans map[string][]terraform.Planned
	fails map[string]error
	deny  error
}

func newStage(t *testing.T) *stage {
	t.Helper()
	out := t.TempDir()
	s := &stage{talk: &bytes.Buffer{}, plans: map[string][]terraform.Planned{}, fails: map[string]error{}}
	if err := os.MkdirAll(filepath.Join(out, "modules"), 0o700); err != nil {
		t.Fatal(err)
	}
	environment := &blueprint.Environment{
		Name: "staging", Region: "eu-west-1", Cluster: blueprint.Cluster{Name: "shop-staging"}, Registry: blueprint.Registry{Name: "shop-staging"},
		Stacks: []blueprint.Stack{{Name: "platform", Folder: "staging/platform"}, {Name: "services", Folder: "staging/services", Components: []blueprint.Component{
			{ID: "process orders", Noun: "service", Address: "module.service_orders"}, {ID: "process billing", Noun: "service", Address: "module.service_billing"},
		}}},
		Workloads: []blueprint.Workload{
			{ID: "process billing", Name: "billing", Kind: blueprint.Service, Unit: "shop-staging-billing", LogGroup: "/shop/billing"},
			{ID: "process orders", Name: "orders", Kind: blueprint.Service, Unit: "shop-staging-orders", LogGroup: "/shop/orders"},
		},
	}
	s.Run = &Run{
		Environment: &terraform.Environment{App: "shop", Environment: environment, Out: out, Engine: &engine.Engine{Name: "terraform"}, Talk: s.talk},
		Account:     "123456789012", Screen: &Screen{Out: s.talk, Width: 80},
		Show: func(planned []terraform.Planned) error { return nil },
		Ask: func(question string) error {
			s.asked = append(s.asked, question)
			return s.deny
		},
	}
	for i := range environment.Stacks {
		stack := &environment.Stacks[i]
		if err := os.MkdirAll(filepath.Join(s.Workspace(stack).Folder, ".terraform"), 0o700); err != nil {
			t.Fatal(err)
		}
		s.plans[stack.Name] = []terraform.Planned{s.comes(stack.Name)}
	}
	s.plan = func(_ context.Context, p terraform.Planning) ([]terraform.Planned, error) {
		var all []terraform.Planned
		for _, stack := range environment.Stacks {
			if len(p.Stacks) > 0 && !slices.Contains(p.Stacks, stack.Name) {
				continue
			}
			s.planned = append(s.planned, stack.Name)
			next := s.plans[stack.Name]
			all = append(all, next[0])
			s.plans[stack.Name] = next[min(1, len(next)-1):]
		}
		return all, nil
	}
	s.carry = func(_ context.Context, p terraform.Planned, _ func(engine.Event)) error {
		s.carried = append(s.carried, p.Stack.Name+" "+p.File)
		return s.fails[p.Stack.Name]
	}
	return s
}

// comes is a plan of a stack that creates resources at addresses; with none there is nothing to do.
func (s *stage) comes(stack string, addresses ...string) terraform.Planned {
	p := terraform.Planned{Stack: s.Stack(stack), File: stack + ".tfplan", Plan: &tfjson.Plan{}, Acts: len(addresses) > 0}
	p.Workspace = s.Workspace(p.Stack)
	p.Changes = change.Set{Stack: stack}
	for _, address := range addresses {
		p.Changes.Components = append(p.Changes.Components, change.Component{ID: "topic " + address, Noun: "topic", Resources: []change.Resource{{Address: address, Action: change.Create}}})
	}
	return p
}

func (s *stage) unplanned() terraform.Planned {
	p := s.comes("services")
	p.File, p.Plan, p.Changes.Unplanned = "", nil, "platform does not exist yet"
	return p
}

func TestStacksInOrder(t *testing.T) {
	s := newStage(t)
	s.plans["platform"] = []terraform.Planned{s.comes("platform", "a")}
	second := s.comes("services", "b")
	second.File = "second.tfplan"
	s.plans["services"] = []terraform.Planned{s.unplanned(), second}
	var order []string
	s.Phases = []Phase{{Name: "between", Needed: func(context.Context) ([]string, error) { return []string{"x"}, nil }, Run: func(context.Context) error {
		order = append(order, strings.Join(s.carried, ","))
		return nil
	}}}
	if err := s.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.planned, s.carried, order); got != "[platform services services] [platform platform.tfplan services second.tfplan] [platform platform.tfplan]" {
		t.Error(got)
	}
	want := []string{"Apply platform to account 123456789012, eu-west-1?", "Apply services to account 123456789012, eu-west-1?"}
	if !slices.Equal(s.asked, want) {
		t.Errorf("asked %q", s.asked)
	}
	left, err := filepath.Glob(filepath.Join(s.Out, "staging", "*", ".terraform", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// A plan of the services that was made beside an unchanged platform is applied: no second plan is made behind the first one's back.
func TestServicesAloneArePlannedOnce(t *testing.T) {
	s := newStage(t)
	s.plans["services"] = []terraform.Planned{s.comes("services", "b")}
	if err := s.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.planned, s.carried); got != "[platform services] [services services.tfplan]" {
		t.Error(got)
	}
}

func TestNothingToDo(t *testing.T) {
	s := newStage(t)
	if err := s.Do(t.Context()); err != nil || len(s.asked)+len(s.carried) > 0 || !strings.Contains(s.talk.String(), "nothing to do") {
		t.Errorf("%v, asked %v, carried %v, said %s", err, s.asked, s.carried, s.talk)
	}
}

func TestRefusedByGuardsBeforeAnythingIsApplied(t *testing.T) {
	s := newStage(t)
	s.plans["platform"] = []terraform.Planned{s.comes("platform", "a")}
	refused := s.comes("services", "b")
	refused.Findings = []guard.Finding{{Rule: guard.DataLost, Address: "b", Refuses: true}, {Rule: guard.Exposed}}
	s.plans["services"] = []terraform.Planned{refused}
	s.Yes = true
	var found *RefusedError
	if err := s.Do(t.Context()); !errors.As(err, &found) || len(found.Findings) != 1 || len(s.carried) > 0 {
		t.Errorf("%v, carried %v", err, s.carried)
	}
	// A refusal that shows once the platform is there comes before the services.
	s = newStage(t)
	s.plans["platform"] = []terraform.Planned{s.comes("platform", "a")}
	s.plans["services"] = []terraform.Planned{s.unplanned(), refused}
	if err := s.Do(t.Context()); !errors.As(err, &found) || len(s.carried) != 1 {
		t.Errorf("%v, carried %v", err, s.carried)
	}
}

func TestNotAgreed(t *testing.T) {
	s := newStage(t)
	s.plans["platform"] = []terraform.Planned{s.comes("platform", "a")}
	s.deny = errors.New("no")
	if err := s.Do(t.Context()); !errors.Is(err, s.deny) || len(s.carried) > 0 {
		t.Errorf("%v, carried %v", err, s.carried)
	}
	s.Yes, s.asked = true, nil
	if err := s.Do(t.Context()); err != nil || len(s.asked) > 0 || len(s.carried) != 1 {
		t.Errorf("%v, asked %v, carried %v", err, s.asked, s.carried)
	}
}

func TestGoingOn(t *testing.T) {
	for name, test := range map[string]struct {
		left   []string
		change func(*stage)
		asks   bool
	}{
		"a part":          {left: []string{"b"}},
		"something else":  {left: []string{"b", "c"}, asks: true},
		"another action":  {left: []string{"b"}, change: func(s *stage) { s.plans["platform"][0].Changes.Components[0].Resources[0].Action = change.Replace }, asks: true},
		"another account": {left: []string{"b"}, change: func(s *stage) { s.Account = "210987654321" }, asks: true},
		"another value":   {left: []string{"b"}, change: func(s *stage) { s.plans["platform"][0].Variables = map[string]string{"image_tag": "v2"} }, asks: true},
		"another engine":  {left: []string{"b"}, change: func(s *stage) { s.Engine.Name = "tofu" }, asks: true},
		"an output": {left: []string{"b"}, change: func(s *stage) {
			s.plans["platform"][0].Changes.Outputs = []change.Output{{Name: "o", Action: "create"}}
		}, asks: true},
		"a damaged file": {left: []string{"b"}, change: func(s *stage) { s.spoil() }, asks: true},
		"other code": {left: []string{"b"}, asks: true, change: func(s *stage) {
			_ = os.WriteFile(filepath.Join(s.plans["platform"][0].Workspace.Folder, "main.tf"), []byte("# another"), 0o600)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.plans["platform"] = []terraform.Planned{s.comes("platform", "a", "b")}
			s.fails["platform"] = errors.New("throttled")
			var failed *FailedError
			if err := s.Do(t.Context()); !errors.As(err, &failed) || len(s.asked) != 1 {
				t.Fatalf("%v, asked %v", err, s.asked)
			}
			if info, err := os.Stat(approvalFile(s.comes("platform"))); err != nil || info.Mode().Perm() != 0o600 {
				t.Fatal(info, err)
			}
			s.fails, s.asked, s.changed = nil, nil, false
			s.plans["platform"] = []terraform.Planned{s.comes("platform", test.left...)}
			if test.change != nil {
				test.change(s)
			}
			if err := s.Do(t.Context()); err != nil || (len(s.asked) > 0) != test.asks {
				t.Errorf("%v, asked %v", err, s.asked)
			}
		})
	}
}

func (s *stage) spoil() {
	_ = os.WriteFile(approvalFile(s.comes("platform")), []byte("{"), 0o600)
}

func TestApprovalGrowsOld(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	a := &approval{Made: now}
	for after, want := range map[time.Duration]bool{time.Hour: true, 25 * time.Hour: false, -time.Hour: false} {
		if got := a.covers(approval{}, now.Add(after)); got != want {
			t.Errorf("after %s: %v", after, got)
		}
	}
}

// People learn of all that is missing at once, and of nothing that needs no consent is anybody asked.
func TestPhases(t *testing.T) {
	s := newStage(t)
	s.plans["services"] = []terraform.Planned{s.comes("services", "b")}
	phase := func(name string, acts bool, needed []string, err error) Phase {
		return Phase{Name: name, Acts: acts, Needed: func(context.Context) ([]string, error) { return needed, nil }, Run: func(context.Context) error {
			s.carried = append(s.carried, name)
			return err
		}}
	}
	s.Phases = []Phase{
		phase("secrets", false, []string{"x"}, &WantingError{Message: "a secret"}), phase("users", true, []string{"a user"}, nil),
		phase("done", true, nil, errors.New("not needed")), phase("images", false, []string{"y"}, &WantingError{Message: "an image"}),
	}
	var unready *UnreadyError
	if err := s.Do(t.Context()); !errors.As(err, &unready) || len(unready.Wanting) != 2 {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.carried, s.asked); got != "[secrets users images] [Do that in account 123456789012, eu-west-1?]" {
		t.Error(got)
	}
	s.deny, s.carried, s.consented = errors.New("no"), nil, false
	if err := s.Do(t.Context()); !errors.Is(err, s.deny) || fmt.Sprint(s.carried) != "[secrets]" {
		t.Errorf("%v, %v", err, s.carried)
	}
}

func TestServicesNeedAPlatform(t *testing.T) {
	s := newStage(t)
	s.Planning.Stacks = []string{"services"}
	s.plans["services"] = []terraform.Planned{s.unplanned()}
	var wanting *WantingError
	if err := s.Do(t.Context()); !errors.As(err, &wanting) || len(s.carried) > 0 {
		t.Error(err)
	}
}

func TestInterruptedBetweenStacks(t *testing.T) {
	s := newStage(t)
	s.plans["platform"] = []terraform.Planned{s.comes("platform", "a")}
	s.plans["services"] = []terraform.Planned{s.comes("services", "b")}
	ctx, cancel := context.WithCancel(t.Context())
	s.Phases = []Phase{{Name: "p", Needed: func(context.Context) ([]string, error) { cancel(); return nil, nil }}}
	if err := s.Do(ctx); !errors.Is(err, context.Canceled) || len(s.carried) != 1 {
		t.Errorf("%v, carried %v", err, s.carried)
	}
}

// Databases are named where the services are to be applied, and nowhere else.
func TestDatabasesByHand(t *testing.T) {
	s := newStage(t)
	s.Servers = []blueprint.Server{{Name: "main", Databases: []blueprint.Database{{Name: "orders", Migrations: &blueprint.Migrations{Count: 3}}}, Roles: []blueprint.Role{{}}}}
	s.Phases = []Phase{s.DatabasesByHand()}
	if err := s.Do(t.Context()); err != nil || strings.Contains(s.talk.String(), "databases") {
		t.Errorf("%v\n%s", err, s.talk)
	}
	s.plans["services"] = []terraform.Planned{s.comes("services", "b")}
	if err := s.Do(t.Context()); err != nil || !strings.Contains(s.talk.String(), "server main needs orders, with 1 roles and 3 migrations") || !strings.Contains(s.talk.String(), "section staging of") {
		t.Errorf("%v\n%s", err, s.talk)
	}
}

// What an interrupted run has left half made is made again; what else a guard refuses is refused in the middle of that as well.
func TestHalfMade(t *testing.T) {
	change := func(address, reason string, actions ...tfjson.Action) *tfjson.ResourceChange {
		return &tfjson.ResourceChange{Address: address, ActionReason: tfjson.ActionReason(reason), Change: &tfjson.Change{Actions: actions}}
	}
	again := []tfjson.Action{tfjson.ActionDelete, tfjson.ActionCreate}
	lost := guard.Finding{Rule: guard.DataLost, Address: "a", Refuses: true}
	for name, test := range map[string]struct {
		changes  []*tfjson.ResourceChange
		findings []guard.Finding
		spoil    func(*stage)
		refused  bool
	}{
		"made again":         {changes: []*tfjson.ResourceChange{change("a", string(tfjson.ActionReasonReplaceBecauseTainted), again...)}, findings: []guard.Finding{lost, {Rule: guard.MuchDestroyed, Refuses: true}}},
		"what belongs to it": {changes: []*tfjson.ResourceChange{change("a", "", tfjson.ActionCreate)}, findings: []guard.Finding{{Rule: guard.DataShrinks, Address: "a", Refuses: true}}},
		"for another reason": {changes: []*tfjson.ResourceChange{change("a", "replace_because_cannot_update", again...)}, findings: []guard.Finding{lost}, refused: true},
		"something else":     {changes: []*tfjson.ResourceChange{change("z", string(tfjson.ActionReasonReplaceBecauseTainted), again...)}, findings: []guard.Finding{{Rule: guard.DataLost, Address: "z", Refuses: true}}, refused: true},
		"destroyed":          {changes: []*tfjson.ResourceChange{change("a", "", tfjson.ActionDelete)}, findings: []guard.Finding{lost}, refused: true},
		"much besides":       {changes: []*tfjson.ResourceChange{change("a", string(tfjson.ActionReasonReplaceBecauseTainted), again...), change("z", "", tfjson.ActionDelete)}, findings: []guard.Finding{{Rule: guard.MuchDestroyed, Refuses: true}}, refused: true},
		"in another place":   {changes: []*tfjson.ResourceChange{change("a", string(tfjson.ActionReasonReplaceBecauseTainted), again...)}, findings: []guard.Finding{{Rule: guard.WrongPlace, Address: "a", Refuses: true}}, refused: true},
		"of another account": {changes: []*tfjson.ResourceChange{change("a", string(tfjson.ActionReasonReplaceBecauseTainted), again...)}, findings: []guard.Finding{lost}, spoil: func(s *stage) { s.Account = "210987654321" }, refused: true},
		"nobody knows of it": {changes: []*tfjson.ResourceChange{change("a", string(tfjson.ActionReasonReplaceBecauseTainted), again...)}, findings: []guard.Finding{lost}, spoil: func(s *stage) { s.spoil() }, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.Yes = true
			s.plans["platform"] = []terraform.Planned{s.comes("platform", "a")}
			s.fails["platform"] = errors.New("interrupted")
			if err := s.Do(t.Context()); err == nil {
				t.Fatal("it does not fail")
			}
			s.fails, s.changed = nil, false
			if test.spoil != nil {
				test.spoil(s)
			}
			p := s.comes("platform", "a")
			p.Plan.ResourceChanges, p.Findings = test.changes, test.findings
			if test.changes[0].Change.Actions.Replace() {
				p.Changes.Components[0].Resources[0].Action = "replace"
			}
			s.plans["platform"] = []terraform.Planned{p}
			var refused *RefusedError
			s.fails = map[string]error{"platform": errors.New("interrupted again")}
			for range 3 { // which it may be more than once
				s.changed = false
				if err := s.Do(t.Context()); errors.As(err, &refused) != test.refused {
					t.Error(err)
				}
			}
		})
	}
}

// What has one name and is made before its predecessor goes cannot be made a second time: it is taken as it is, and planned again.
func TestHalfMadeUnderOneName(t *testing.T) {
	for actions, want := range map[tfjson.Action]string{tfjson.ActionCreate: "[a]", tfjson.ActionDelete: "[]"} {
		s := newStage(t)
		s.Yes = true
		s.plans["platform"] = []terraform.Planned{s.comes("platform", "a")}
		s.fails["platform"] = errors.New("interrupted")
		if err := s.Do(t.Context()); err == nil {
			t.Fatal("it does not fail")
		}
		s.fails, s.changed = nil, false
		half := s.comes("platform", "a")
		both := []tfjson.Action{tfjson.ActionCreate, tfjson.ActionDelete}
		if actions == tfjson.ActionDelete {
			slices.Reverse(both)
		}
		half.Plan.ResourceChanges = []*tfjson.ResourceChange{{Address: "a", ActionReason: tfjson.ActionReasonReplaceBecauseTainted, Change: &tfjson.Change{Actions: both}}}
		s.plans["platform"] = []terraform.Planned{half, s.comes("platform", "a")}
		untainted := []string{}
		s.untaint = func(_ context.Context, _ terraform.Planned, address string) error {
			untainted = append(untainted, address)
			return nil
		}
		if err := s.Do(t.Context()); err != nil || fmt.Sprint(untainted) != want {
			t.Errorf("%v: %v, %v", actions, untainted, err)
		}
	}
}
