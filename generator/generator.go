// Package generator turns an application's source into a folder of Terraform code.
//
// Generate is pure: it reads the application, and returns files and diagnostics. Only output.go and disk.go change
// files. It must not know how to run terraform.
package generator

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/modules"
)

// The stacks of an environment on Fargate. A service cannot start before its image, its database and its cluster
// exist, so there are two, each with its own state.
const (
	platformStack = "platform"
	servicesStack = "services"
)

// Generate returns what the application becomes in each environment. previous is the lock of the output folder: what
// was granted once stays. The environments' address ranges are filled in.
func Generate(application *app.App, environments []environment.Environment, previous *Lock) (*Output, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	cidrs, err := environment.GrantCIDRs(environments, previous.CIDRs)
	if err != nil {
		return nil, diags.Append(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "No address range for an environment", Detail: err.Error()})
	}
	if diags = append(diags, checkRanges(environments, cidrs)...); diags.HasErrors() {
		return nil, diags
	}
	output := &Output{Files: map[string][]byte{}, Lock: &Lock{
		Version: lockVersion, App: application.Name, Files: map[string]string{}, Addresses: map[string]map[string]string{},
		CIDRs: cidrs, Modules: map[string]string{},
	}}
	labels := assignLabels(application, previous)
	used, reported := map[string]bool{}, map[string]bool{}
	var deployments []*kinds.Deployment
	for i := range environments {
		env := &environments[i]
		granted := application
		if env.StrictAccess {
			granted = withoutReach(application)
		}
		deployment := kinds.NewDeployment(granted, env)
		deployment.Labels = withProcesses(labels, env, previous)
		wire(deployment)
		diags = append(diags, once(check(deployment), reported)...)
		if configured(deployment) {
			output.Files[env.Name+"/"+buildConfigName] = buildConfig(deployment)
		}
		deployments = append(deployments, deployment)
		platform, services := kinds.NewStack(deployment), kinds.NewStack(deployment)
		lowerPlatform(platform)
		lowerServices(services)
		for _, s := range []struct {
			name  string
			stack *kinds.Stack
		}{{platformStack, platform}, {servicesStack, services}} {
			frame(s.stack, s.name)
			diags = append(diags, printStack(output, env.Name+"/"+s.name, s.stack)...)
			for file, text := range s.stack.Texts {
				output.Files[env.Name+"/"+s.name+"/"+file] = text
			}
			output.Lock.Addresses[env.Name+"/"+s.name] = s.stack.Addresses
			for module := range s.stack.Modules {
				used[module] = true
			}
		}
		diags = append(diags, kinds.CheckOverrides(env, platform, services)...)
	}
	output.Lock.Labels = labelsWithoutAddress(labels, output.Lock)
	diags = append(diags, sayVariables(application, labels)...)
	vendor(output, used)
	output.Files["README.md"] = readme(application, deployments)
	for path, content := range output.Files {
		output.Lock.Files[path] = hash(content)
	}
	return output, diags
}

// check asks what is wrong with a deployment.
func check(d *kinds.Deployment) hcl.Diagnostics {
	diags := slices.Concat(checkRules(d), checkAddresses(d.Env), checkShownDomains(d), checkSupervisor(d), checkProtocols(d), checkRegistry(d), kinds.CheckEnvironmentVariables(d))
	for _, kind := range kinds.All {
		if kind.Check != nil {
			diags = append(diags, kind.Check(d)...)
		}
	}
	return append(diags, warnLoads(d)...)
}

// once leaves out what was reported of an environment before, and notes the rest.
func once(diags hcl.Diagnostics, reported map[string]bool) hcl.Diagnostics {
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		text := d.Error()
		known := reported[text]
		reported[text] = true
		return known
	})
}

// Within limits an Output to one environment: its own files, and those every environment shares.
func Within(env string) func(path string) bool {
	return func(path string) bool {
		return strings.HasPrefix(path, env+"/") || strings.HasPrefix(path, modulesFolder) || !strings.Contains(path, "/")
	}
}

// printStack puts a stack's files into the output.
func printStack(output *Output, folder string, s *kinds.Stack) hcl.Diagnostics {
	s.Sort()
	if len(s.Outputs) > 0 {
		s.Files["outputs.tf"] = s.Outputs
	}
	files := slices.Sorted(maps.Keys(s.Files))
	contents, problems := make([][]byte, len(files)), make([]error, len(files))
	eachInParallel(len(files), func(i int) { contents[i], problems[i] = emit.Print(s.Files[files[i]]) })
	var diags hcl.Diagnostics
	for i, file := range files {
		if err := problems[i]; err != nil {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Text that HCL cannot hold", Detail: fmt.Sprintf("%s/%s: %s.", folder, file, err)})
		}
		output.Files[folder+"/"+file] = contents[i]
	}
	return diags
}

// eachInParallel calls do for 0 to n-1, on as many processors as there are.
func eachInParallel(n int, do func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	workers.Wait()
}

// vendor copies the modules in use into the output.
func vendor(output *Output, used map[string]bool) {
	files := modules.Files()
	for module := range used {
		paths := make([]string, 0, len(files[module]))
		for path := range files[module] {
			paths = append(paths, path)
		}
		sort.Strings(paths)
		var sums strings.Builder
		for _, path := range paths {
			content := files[module][path]
			output.Files[modulesFolder+module+"/"+path] = content
			fmt.Fprintf(&sums, "%s %s\n", hash(content), path)
		}
		output.Lock.Modules[module] = hash([]byte(sums.String()))
	}
}
