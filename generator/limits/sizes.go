package limits

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/sizes"
	"github.com/groundplan/groundplan/modules"
)

// Sizes finds what AWS would refuse in the middle of an apply because it is too long: policies of a role, and task
// definitions. files are the output's, printed.
func Sizes(d *deploy.Deployment, files map[string][]byte) hcl.Diagnostics {
	stacks := sizes.Stacks{
		Platform: map[string][]byte{}, Services: map[string][]byte{}, Region: d.Env.Region,
		Certificate: len(modules.Files()["database-server"]["certificates/"+d.Env.Region+".pem"]),
		Outputs:     kinds.Outputs(),
	}
	for path, text := range files {
		if name, is := strings.CutPrefix(path, d.Env.Name+"/"+blueprint.Platform+"/"); is {
			stacks.Platform[name] = text
		}
		if name, is := strings.CutPrefix(path, d.Env.Name+"/"+blueprint.Services+"/"); is {
			stacks.Services[name] = text
		}
	}
	processes := map[string]*deploy.Workload{}
	for _, p := range d.Workloads {
		processes[deploy.UnitName(d.Env, p.ID.Name)] = p
	}
	split := fmt.Sprintf("split it, by process blocks in %s", environment.Filename)
	if d.App.Containers() {
		split = "split the service"
	}
	var diags hcl.Diagnostics
	for _, measured := range sizes.Measure(stacks) {
		p := processes[measured.Name]
		if p == nil {
			continue // of a name that groundplan.hcl sets: Terraform compares the same limits when it plans
		}
		report := func(summary, hint, detail string, args ...any) {
			at := p.Env.At
			if service := p.Service(firstOf(p.Services)); service != nil && service.At.Filename != "" {
				at = service.At
			}
			diags = append(diags, diagnostic.Error(at, summary, hint, detail, args...))
		}
		if n := measured.ExecutionPolicy; n > sizes.MaxRolePolicies {
			report("Too many secrets for a role", "keep several values in one secret, give them shorter names, or "+split,
				"The %d secrets of process %q make a policy of %d characters in environment %q, and all policies of a role have %d.", measured.Secrets, p.ID.Name, n, d.Env.Name, sizes.MaxRolePolicies)
		}
		if n := measured.TaskPolicy; n > sizes.MaxRolePolicies {
			report("Too many permissions for a role", split,
				"The %d permissions of process %q make a policy of %d characters in environment %q, and all policies of a role have %d.", measured.Statements, p.ID.Name, n, d.Env.Name, sizes.MaxRolePolicies)
		}
		if n := measured.TaskDefinition; n > sizes.MaxTaskDefinition {
			report("Task definition too large", "have the process use less, keep large values in a secret, or "+split,
				"What process %q is told makes a task definition of at least %d characters in environment %q, and ECS takes %d.", p.ID.Name, n, d.Env.Name, sizes.MaxTaskDefinition)
		}
	}
	return diags
}

func firstOf(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}
