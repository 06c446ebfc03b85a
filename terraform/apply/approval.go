package apply

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/groundplan/groundplan/terraform"
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
	return a, nil
}

// covers reports whether all of what is asked for was approved, lately and for the same thing.
func (a *approval) covers(asked approval, now time.Time) bool {
	if a == nil || now.Sub(a.Made) > saved.Lifetime || now.Before(a.Made.Add(-time.Minute)) {
		return false
	}
	if a.Account != asked.Account || a.Region != asked.Region || a.Engine != asked.Engine || a.Configuration != asked.Configuration || !maps.Equal(a.Variables, asked.Variables) {
		return false
	}
	within := func(asked, approved map[string]string) bool {
		return !slices.ContainsFunc(slices.Collect(maps.Keys(asked)), func(name string) bool { return approved[name] != asked[name] })
	}
	return within(asked.Resources, a.Resources) && within(asked.Outputs, a.Outputs)
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
