package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/guard"
	"github.com/groundplan/groundplan/terraform/saved"
)

// approval is what somebody approved: what happens to which resource, without any value, and for what.
type approval struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Engine  string `json:"engine"`
	// Configuration is a hash over the code, and Variables are what it was given: another value may come under the same address.
	Configuration string            `json:"configuration"`
	Variables     map[string]string `json:"variables,omitempty"`
	Made          time.Time         `json:"made"`
	// Resources are actions by address; what an earlier run left behind has its key behind the address.
	Resources map[string]string `json:"resources"`
	Outputs   map[string]string `json:"outputs,omitempty"`
}

// approval is what an apply of a plan needs approved.
func (r *Run) approval(p terraform.Planned) (approval, error) {
	code, err := saved.Configuration(p.Workspace.Folder, filepath.Join(r.Out, "modules"))
	if err != nil {
		return approval{}, err
	}
	a := approval{
		Account: r.Account, Region: r.Region, Engine: r.Engine.Name, Configuration: code, Variables: p.Variables, Made: time.Now().UTC(),
		Resources: map[string]string{}, Outputs: map[string]string{},
	}
	for _, component := range p.Changes.Components {
		for _, resource := range component.Resources {
			address := resource.Address
			if resource.Deposed != "" {
				address += " " + resource.Deposed
			}
			a.Resources[address] = resource.Action
		}
	}
	for _, output := range p.Changes.Outputs {
		a.Outputs[output.Name] = output.Action
	}
	if kept := r.kept(p); p.Plan != nil && kept.holds(a, time.Now()) {
		for _, resource := range p.Plan.ResourceChanges {
			if kept.halfMade(resource) {
				a.Resources[resource.Address] = change.Create
			}
		}
	}
	return a, nil
}

// holds reports whether what was approved was so lately, and for the same thing.
func (a *approval) holds(asked approval, now time.Time) bool {
	if a == nil || now.Sub(a.Made) > saved.Lifetime || now.Before(a.Made.Add(-time.Minute)) {
		return false
	}
	return a.Account == asked.Account && a.Region == asked.Region && a.Engine == asked.Engine && a.Configuration == asked.Configuration &&
		maps.Equal(a.Variables, asked.Variables)
}

// covers reports whether all of what is asked for was approved.
func (a *approval) covers(asked approval, now time.Time) bool {
	within := func(asked, approved map[string]string) bool {
		return !slices.ContainsFunc(slices.Collect(maps.Keys(asked)), func(name string) bool { return approved[name] != asked[name] })
	}
	return a.holds(asked, now) && within(asked.Resources, a.Resources) && within(asked.Outputs, a.Outputs)
}

// halfMade reports whether a resource is one that the run which was approved was to make, has begun, and not finished: it is to be
// made again.
func (a *approval) halfMade(resource *tfjson.ResourceChange) bool {
	return a.Resources[resource.Address] == change.Create && resource.Change != nil && resource.Change.Actions.Replace() &&
		resource.ActionReason == tfjson.ActionReasonReplaceBecauseTainted
}

// mended plans. What the run before has left half made and what terraform would make a second time before it destroys the first is
// taken as it is instead: two of one name there cannot be, and the plan after that finds what the first one lacks.
func (r *Run) mended(ctx context.Context, planning terraform.Planning) ([]terraform.Planned, error) {
	plans, err := r.plan(ctx, planning)
	if err != nil {
		return nil, err
	}
	again := false
	for _, p := range plans {
		if p.Plan == nil {
			continue
		}
		asked, err := r.approval(p)
		if err != nil {
			return nil, err
		}
		kept := r.kept(p)
		if !kept.holds(asked, time.Now()) {
			continue
		}
		for _, resource := range p.Plan.ResourceChanges {
			if !kept.halfMade(resource) || !resource.Change.Actions.CreateBeforeDestroy() {
				continue
			}
			if err := r.untaint(ctx, p, resource.Address); err != nil {
				return nil, &terraform.StackError{Stack: p.Stack, Doing: "go on with", Workspace: p.Workspace, Err: err}
			}
			again = true
		}
	}
	if !again {
		return plans, nil
	}
	return r.plan(ctx, planning)
}

// forgive takes guards back where what they refuse is what a run has begun that did not get to its end: what that run was to
// make and has left half made is made again, and nobody can have come to rely on it. Everything else stays refused.
func (r *Run) forgive(p terraform.Planned) ([]guard.Finding, error) {
	if p.Plan == nil || !guard.Refused(p.Findings) {
		return p.Findings, nil
	}
	asked, err := r.approval(p)
	if err != nil {
		return nil, err
	}
	kept := r.kept(p)
	if !kept.holds(asked, time.Now()) {
		return p.Findings, nil
	}
	begun := map[string]bool{} // was to be made, and is to be made still or again
	all := true                // of what goes was
	for _, resource := range p.Plan.ResourceChanges {
		if resource.Change == nil {
			continue
		}
		begun[resource.Address] = kept.halfMade(resource) || kept.Resources[resource.Address] == change.Create && resource.Change.Actions.Create()
		goes := resource.Change.Actions.Delete() || resource.Change.Actions.Replace()
		all = all && (begun[resource.Address] || !goes)
	}
	findings := slices.Clone(p.Findings)
	for i, finding := range findings {
		if begun[finding.Address] && (finding.Rule == guard.DataLost || finding.Rule == guard.DataShrinks) || finding.Rule == guard.MuchDestroyed && all {
			findings[i].Refuses, findings[i].Hints = false, nil
			findings[i].Reason += " (allowed: the run that was approved before has left it half made)"
		}
	}
	return findings, nil
}

// approvalFile is where an approval is kept until all of it is done: with what terraform keeps beside the code.
func approvalFile(p terraform.Planned) string {
	return filepath.Join(p.Workspace.Data(), "groundplan-approved.json")
}

// kept is what was approved in a run that did not get to its end, nil for nothing. A file that cannot be read approves nothing.
func (r *Run) kept(p terraform.Planned) *approval {
	text, err := os.ReadFile(approvalFile(p))
	if err != nil {
		return nil
	}
	a := &approval{}
	if json.Unmarshal(text, a) != nil {
		return nil
	}
	return a
}

// keep keeps an approval, for nobody but the caller to read or to write.
func (r *Run) keep(p terraform.Planned, a approval) error {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(approvalFile(p)), ".groundplan-approved-*") // which makes it 0600
	if err != nil {
		return fmt.Errorf("keep what was approved: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(fmt.Errorf("keep what was approved: %w", err), os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), approvalFile(p))
}

// forget forgets an approval: nothing is left of it.
func (r *Run) forget(p terraform.Planned) error {
	if err := os.Remove(approvalFile(p)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget what was approved: %w", err)
	}
	return nil
}
