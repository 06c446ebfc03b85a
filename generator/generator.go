// Package generator turns an application's source into a folder of Terraform code.
//
// Generate is pure: it reads the application, and returns files and diagnostics. Only package output changes files.
package generator

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/attribution"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/guide"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/output"
	"github.com/groundplan/groundplan/generator/parallel"
	"github.com/groundplan/groundplan/generator/quota"
	"github.com/groundplan/groundplan/modules"
)

// The stacks of an environment on Fargate. A service cannot start before its image, its database and its cluster
// exist, so there are two, each with its own state.
const (
	platformStack = "platform"
	servicesStack = "services"
)

// Output is what Generate makes: files with their lock, and what each environment takes of what AWS limits, in the order of the
// environments. Nothing has touched the disk.
type Output struct {
	output.Output
	Needs []quota.Environment
}

// Generate returns what the application becomes in each environment. previous is the lock of the output folder: what
// was granted once stays, and what holds data stays unless the consent names it. The environments' address ranges are filled in.
func Generate(application *app.App, environments []environment.Environment, previous *output.Lock, consent holdings.Consent) (*Output, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	cidrs, problem := environment.GrantCIDRs(environments, previous.CIDRs)
	if problem != nil {
		return nil, diags.Append(problem)
	}
	if diags = append(diags, checkRanges(environments, cidrs)...); diags.HasErrors() {
		return nil, diags
	}
	result := &Output{Output: output.Output{Files: map[string][]byte{}, Lock: &output.Lock{
		Version: output.LockVersion, App: application.Name, Files: map[string]string{}, Addresses: map[string]map[string]string{},
		CIDRs: cidrs, Modules: map[string]string{}, Priorities: maps.Clone(previous.Priorities),
	}}}
	if result.Lock.Priorities == nil {
		result.Lock.Priorities = map[string]map[int]string{}
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
			granted = attribution.WithoutReach(application)
		}
		deployment := kinds.NewDeployment(granted, env)
		deployment.Labels = withProcesses(labels, env, previous)
		deployment.Forgotten = toForget(env, previous, consent)
		result.Lock.Priorities[env.Name] = grantPriorities(deployment, previous)
		wire(deployment)
		diags = append(diags, once(check(deployment), reported)...)
		result.Needs = append(result.Needs, quota.Of(deployment))
		both := stacks{deployment, kinds.NewStack(deployment), kinds.NewStack(deployment)}
		lowerPlatform(both.platform)
		lowerServices(both.services)
		diags = append(diags, kinds.CheckOverrides(env, both.platform, both.services)...)
		built, all = append(built, both), append(all, held(deployment, both.platform, both.services))
	}
	verdict := judge(result.Lock, previous, all, consent)
	diags = append(diags, verdict.Diagnostics...)
	diags = append(diags, printStacks(result, previous, built, verdict)...)
	diags = append(diags, checkSharedNames(deployments(built))...)
	result.Lock.Labels = labelsWithoutAddress(labels, result.Lock)
	diags = append(diags, sayVariables(application, labels)...)
	result.Files["README.md"] = guide.Write(application, deployments(built))
	result.Files[output.GitAttributesName] = output.GitAttributes
	for path, content := range result.Files {
		result.Lock.Files[path] = output.Hash(content)
	}
	return result, diags
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
func printStacks(result *Output, previous *output.Lock, built []stacks, verdict holdings.Verdict) hcl.Diagnostics {
	var diags hcl.Diagnostics
	used := map[string]bool{}
	for _, both := range built {
		env := both.deployment.Env
		if both.deployment.App.Configured() {
			result.Files[env.Name+"/"+kinds.BuildConfigName] = kinds.BuildConfig(both.deployment)
		}
		diags = append(diags, forget(both.platform, result.Lock, previous, verdict.Forgotten[env.Name])...)
		for _, s := range []struct {
			name  string
			stack *kinds.Stack
		}{{platformStack, both.platform}, {servicesStack, both.services}} {
			folder := env.Name + "/" + s.name
			move(s.stack, folder, result.Lock, previous)
			frame(s.stack, s.name)
			diags = append(diags, printStack(result, folder, s.stack)...)
			for file, text := range s.stack.Texts {
				result.Files[folder+"/"+file] = text
			}
			result.Lock.Addresses[folder] = s.stack.Addresses
			maps.Copy(used, s.stack.Modules)
		}
		diags = append(diags, checkSizes(both.deployment, result.Files)...)
	}
	vendor(result, used)
	return diags
}

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

// printStack puts a stack's files into the output.
func printStack(result *Output, folder string, s *kinds.Stack) hcl.Diagnostics {
	s.Sort()
	if len(s.Outputs) > 0 {
		s.Files["outputs.tf"] = s.Outputs
	}
	files := slices.Sorted(maps.Keys(s.Files))
	contents, problems := make([][]byte, len(files)), make([]error, len(files))
	parallel.Each(len(files), func(i int) { contents[i], problems[i] = emit.Print(s.Files[files[i]], nil) })
	var diags hcl.Diagnostics
	for i, file := range files {
		if err := problems[i]; err != nil {
			diags = append(diags, diagnostic.Error(hcl.Range{}, "Text that HCL cannot hold", "", "%s/%s: %s.", folder, file, err))
		}
		result.Files[folder+"/"+file] = contents[i]
	}
	return diags
}

// vendor copies the modules in use into the output.
func vendor(result *Output, used map[string]bool) {
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
			result.Files[output.ModulesFolder+module+"/"+path] = content
			fmt.Fprintf(&sums, "%s %s\n", output.Hash(content), path)
		}
		result.Lock.Modules[module] = output.Hash([]byte(sums.String()))
	}
}
