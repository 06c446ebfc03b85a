package terraform

import (
	"context"
	"os"
	"path/filepath"

	"github.com/groundplan/groundplan/terraform/saved"
)

// Archive is what was planned with what binds it, to be saved. Of the manifest, the account, the program's version and the time are
// the caller's. Stacks without a plan are left out.
func (e *Environment) Archive(ctx context.Context, planned []Planned, manifest saved.Manifest) (saved.Archive, error) {
	archive := saved.Archive{Manifest: e.Manifest(manifest), Stacks: map[string]saved.Contents{}}
	for _, p := range planned {
		if p.File == "" {
			continue
		}
		bound, err := e.bind(ctx, p)
		if err != nil {
			return saved.Archive{}, &StackError{p.Stack, "save the plan of", p.Workspace, err}
		}
		plan, err := os.ReadFile(p.File)
		if err != nil {
			return saved.Archive{}, err
		}
		archive.Manifest.Stacks = append(archive.Manifest.Stacks, bound)
		archive.Stacks[p.Stack.Name] = saved.Contents{Plan: plan, JSON: p.JSON}
	}
	return archive, nil
}

// Manifest fills in what the environment and its engine are, of what the caller knows: account, version and time.
func (e *Environment) Manifest(known saved.Manifest) saved.Manifest {
	known.Format, known.App, known.Environment, known.Region = saved.Format, e.App, e.Name, e.Region
	known.Engine, known.EngineVersion = e.Engine.Name, e.Engine.Version
	return known
}

// bind is what a plan of a stack is bound to now.
func (e *Environment) bind(ctx context.Context, p Planned) (saved.Stack, error) {
	configuration, err := saved.Configuration(p.Workspace.Folder, filepath.Join(e.Out, "modules"))
	if err != nil {
		return saved.Stack{}, err
	}
	providers, err := saved.Providers(p.Workspace.Folder)
	if err != nil {
		return saved.Stack{}, err
	}
	state, err := p.Workspace.State(ctx)
	if err != nil {
		return saved.Stack{}, err
	}
	return saved.Stack{
		Name: p.Stack.Name, Configuration: configuration, Providers: providers, Lineage: state.Lineage, Serial: state.Serial,
		Variables: p.Variables, Changes: p.Acts,
	}, nil
}
