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
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/quota"
	"github.com/groundplan/groundplan/modules"
)

// The stacks of an environment on Fargate. A service cannot start before its image, its database and its cluster
// exist, so there are two, each with its own state.
const (
	platformStack = "platform"
	servicesStack = "services"
)

// Generate returns what the application becomes in each environment. previous is the lock of the output folder: what
// was granted once stays, and what holds data stays unless the consent names it. The environments' address ranges are filled in.
func Generate(application *app.App, environments []environment.Environment, previous *Lock, consent holdings.Consent) (*Output, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	cidrs, problem := environment.GrantCIDRs(environments, previous.CIDRs)
	if problem != nil {
		return nil, diags.Append(problem)
	}
	if diags = append(diags, checkRanges(environments, cidrs)...); diags.HasErrors() {
		return nil, diags
	}
	output := &Output{Files: map[string][]byte{}, Lock: &Lock{
		Version: lockVersion, App: application.Name, Files: map[string]string{}, Addresses: map[string]map[string]string{},
		CIDRs: cidrs, Modules: map[string]string{}, Priorities: maps.Clone(previous.Priorities), LoadBalancers: sides(environments),
	}}
	diags = append(diags, checkSides(environments, previous.LoadBalancers)...)
	if output.Lock.Priorities == nil {
		output.Lock.Priorities = map[string]map[int]string{}
	}
	var forgotten []string
	for i := range environments {
		forgotten = append(forgotten, toForget(&environments[i], previous, consent)...)
	}
	labels, reported := assignLabels(application, previous, distinct(forgotten)), map[string]bool{}
	var built []stacks
	var all []holdings.Environment
	for i := range environments {
		env := &environments[i]
		granted := application
		if env.StrictAccess {
			granted = withoutReach(application)
		}
		deployment := kinds.NewDeployment(granted, env)
		deployment.Labels = withProcesses(labels, env, previous)
		deployment.Forgotten = toForget(env, previous, consent)
		output.Lock.Priorities[env.Name] = grantPriorities(deployment, previous)
		wire(deployment)
		diags = append(diags, once(check(deployment), reported)...)
		output.Needs = append(output.Needs, quota.Of(deployment))
		both := stacks{deployment, kinds.NewStack(deployment), kinds.NewStack(deployment)}
		lowerPlatform(both.platform)
		lowerServices(both.services)
		diags = append(diags, kinds.CheckOverrides(env, both.platform, both.services)...)
		built, all = append(built, both), append(all, held(deployment, both.platform, both.services))
	}
	verdict := judge(output.Lock, previous, all, consent)
	diags = append(diags, verdict.Diagnostics...)
	diags = append(diags, printStacks(output, previous, built, verdict)...)
	diags = append(diags, checkSharedNames(deployments(built))...)
	output.Lock.Labels = labelsWithoutAddress(labels, output.Lock)
	diags = append(diags, sayVariables(application, labels)...)
	output.Files["README.md"] = readme(application, deployments(built))
	output.Files[gitAttributesName] = gitAttributes
	for path, content := range output.Files {
		output.Lock.Files[path] = hash(content)
	}
	return output, diags
}

// stacks are those of one environment.
type stacks struct {
	deployment         *kinds.Deployment
	platform, services *kinds.Stack
}

func deployments(built []stacks) []*kinds.Deployment {
	var list []*kinds.Deployment
	for _, both := range built {
		list = append(list, both.deployment)
	}
	return list
}

// printStacks puts the files of all stacks into the output, and their addresses into its lock.
func printStacks(output *Output, previous *Lock, built []stacks, verdict holdings.Verdict) hcl.Diagnostics {
	var diags hcl.Diagnostics
	used := map[string]bool{}
	for _, both := range built {
		env := both.deployment.Env
		if configured(both.deployment) {
			output.Files[env.Name+"/"+buildConfigName] = buildConfig(both.deployment)
		}
		diags = append(diags, forget(both.platform, output.Lock, previous, verdict.Forgotten[env.Name])...)
		for _, s := range []struct {
			name  string
			stack *kinds.Stack
		}{{platformStack, both.platform}, {servicesStack, both.services}} {
			folder := env.Name + "/" + s.name
			move(s.stack, folder, output.Lock, previous)
			frame(s.stack, s.name)
			diags = append(diags, printStack(output, folder, s.stack)...)
			for file, text := range s.stack.Texts {
				output.Files[folder+"/"+file] = text
			}
			output.Lock.Addresses[folder] = s.stack.Addresses
			maps.Copy(used, s.stack.Modules)
		}
		diags = append(diags, checkSizes(both.deployment, output.Files)...)
	}
	vendor(output, used)
	return diags
}

// gitAttributes keep a checkout on Windows as the files were written: terraform takes line ends for a part of texts that span
// lines. Archives are told by their content. Nothing is marked as generated: hosts would hide it in a review, for which it is made.
const gitAttributesName = ".gitattributes"

var gitAttributes = []byte("# Code generated by groundplan. DO NOT EDIT.\n\n* text=auto eol=lf\n")

// check asks what is wrong with a deployment.
func check(d *kinds.Deployment) hcl.Diagnostics {
	diags := slices.Concat(checkShownDomains(d), checkRoutedDomains(d), checkNames(d), checkSupervisor(d), checkProtocols(d), checkRegistry(d), kinds.CheckEnvironmentVariables(d))
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
		text := d.Error() + diagnostic.Text(d)
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
			diags = append(diags, diagnostic.Error(hcl.Range{}, "Text that HCL cannot hold", "", "%s/%s: %s.", folder, file, err))
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
