// Package environment prepares what the laboratory runs: an environment of a fixture, generated, and applied by the real
// terraform to an account of its own. What was applied once is kept under .tools/lab, so that the next start takes seconds.
package environment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/reading"
)

// Trial is an environment that can be applied anywhere: nothing in it resists being destroyed, it needs no domain of anybody's,
// and each service is a process with a role of its own.
const Trial = `environment "trial" {
  profile            = "dev"
  process_allocation = "one_per_service"
}
`

// AllInOne is Trial with one process for all services.
const AllInOne = `environment "trial" {
  profile            = "dev"
  process_allocation = "all_in_one"
}
`

// Secure is an environment for what Trial cannot have: a name, which load balancers want for gRPC, workers that are scaled by the
// length of their queue, and jobs on Spot. The zone of the name is made before it is applied.
const Secure = `environment "trial" {
  profile          = "dev"
  domain           = "parcels.example.com"
  hosted_zone_id   = "Z0123456789ABCDEFGHIJ"
  alarm_topic_arns = ["arn:aws:sns:us-east-1:123456789012:operations"]

  service "notifier" {
    scale = { min = 1, max = 3, messages_per_task = 20 }
  }

  job "statements" {
    spot = true
  }

  job "repair" {
    read_only_root = true
    writable_paths = ["/tmp"]
  }
}
`

// Stacks are the two of an environment, in the order in which they are applied.
func Stacks() []string { return []string{"platform", "services"} }

// Options say what is prepared.
type Options struct {
	Fixture  string    // a folder under fixtures/
	Settings string    // the text of groundplan.hcl, or "" for the fixture's own; the first environment is prepared
	Earlier  bool      // the fixture is e2e/testdata/earlier/<Fixture>.tar.gz: source, and what an earlier groundplan made of it
	OpenTofu bool      // applied by OpenTofu instead of Terraform
	Progress io.Writer // what takes time is told here; nil is silence
}

// Environment is an application in an account of its own, as far as the emulator runs anything. Its folder is a copy: whatever
// is done to it and to the account, the next Prepare starts with what was applied.
type Environment struct {
	Application *app.App
	Settings    environment.Environment
	Source      string // the folder of the application
	Folder      string // of the environment, with platform/ and services/, each with its state and its last plan
	Cloud       *emulator.Cloud
	Resources   map[string]map[string]any // what was applied and read, attributes by address, of both stacks
	Modules     map[string]string         // logical id ("topic orders") -> address of its module ("module.topic_orders")
	Drift       []string                  // what a second plan wanted to change, which should be nothing

	root   string
	engine emulator.Engine
}

// Close ends the account and removes the folders.
func (e *Environment) Close() error {
	if e.Cloud != nil {
		e.Cloud.Close()
	}
	return os.RemoveAll(e.root)
}

// Out is the folder that groundplan writes to.
func (e *Environment) Out() string { return filepath.Dir(e.Folder) }

// Stack is the folder of a stack.
func (e *Environment) Stack(name string) string { return filepath.Join(e.Folder, name) }

// Terraform is the real one in the folder of a stack, or OpenTofu where that applied it, pointed at the account.
func (e *Environment) Terraform(stack string) (emulator.Terraform, error) {
	return e.engine.In(filepath.Join(e.Folder, stack), e.root, e.Cloud.Environment())
}

// Prepare generates a fixture and applies its platform and services, or restores what an earlier Prepare applied of the same
// files with the same emulator. Whoever prepares the same at the same time waits.
func Prepare(ctx context.Context, options Options) (*Environment, error) {
	if options.Progress == nil {
		options.Progress = io.Discard
	}
	root, err := os.MkdirTemp("", "lab-")
	if err != nil {
		return nil, err
	}
	prepared := &Environment{root: root, engine: emulator.TerraformEngine}
	if options.OpenTofu {
		prepared.engine = emulator.OpenTofuEngine
	}
	if err := prepared.prepare(ctx, options); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare %s: %w", options.Fixture, err), prepared.Close())
	}
	return prepared, nil
}

func (e *Environment) prepare(ctx context.Context, options Options) error {
	start := time.Now()
	files, err := e.generate(options)
	if err != nil {
		return err
	}
	entry, release, err := reserve(files, e.engine)
	if err != nil {
		return err
	}
	defer release()
	if !entry.complete() {
		fmt.Fprintf(options.Progress, "%s: apply, which takes minutes once\n", options.Fixture)
		if err := e.apply(ctx, entry, options); err != nil {
			return err
		}
		fmt.Fprintf(options.Progress, "%s: applied in %.0f s\n", options.Fixture, time.Since(start).Seconds())
	}
	start = time.Now()
	if err := e.restore(ctx, entry); err != nil {
		return err
	}
	fmt.Fprintf(options.Progress, "%s: restored in %.1f s\n", options.Fixture, time.Since(start).Seconds())
	return nil
}

// generate writes the fixture and what groundplan makes of it into the folder of this environment, as a user would.
func (e *Environment) generate(options Options) (map[string][]byte, error) {
	repository, err := emulator.Repository()
	if err != nil {
		return nil, err
	}
	e.Source = filepath.Join(e.root, options.Fixture)
	out := filepath.Join(e.root, "infra")
	if options.Earlier {
		archive := filepath.Join(repository, "e2e", "testdata", "earlier", options.Fixture+".tar.gz")
		return e.unpack(archive, out)
	}
	if err := os.CopyFS(e.Source, os.DirFS(filepath.Join(repository, "fixtures", options.Fixture))); err != nil {
		return nil, err
	}
	if settings := filepath.Join(e.Source, environment.Filename); options.Settings != "" {
		if err := errors.Join(os.RemoveAll(settings), os.WriteFile(settings, []byte(options.Settings), 0o644)); err != nil {
			return nil, err
		}
	}
	output, environments, diagnostics, err := generator.FromSource(generator.Options{Root: e.Source, Out: out})
	if err != nil {
		return nil, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	for name, content := range output.Files {
		file := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return nil, err
		}
	}
	e.Modules = map[string]string{}
	for _, stack := range Stacks() {
		maps.Copy(e.Modules, output.Lock.Addresses[environments[0].Name+"/"+stack])
	}
	return output.Files, e.read(out, environments[0])
}

// read keeps what is in the source and where the environment is generated to.
func (e *Environment) read(out string, settings environment.Environment) error {
	application, diagnostics, err := reading.FromSource(e.Source)
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return diagnostics
	}
	e.Application, e.Settings, e.Folder = application, settings, filepath.Join(out, settings.Name)
	return nil
}
