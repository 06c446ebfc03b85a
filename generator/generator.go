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

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/attribution"
	"github.com/groundplan/groundplan/generator/build"
	"github.com/groundplan/groundplan/generator/compute"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/guide"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/limits"
	"github.com/groundplan/groundplan/generator/memory"
	"github.com/groundplan/groundplan/generator/output"
	"github.com/groundplan/groundplan/generator/platform"
	"github.com/groundplan/groundplan/generator/quota"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/survey"
	"github.com/groundplan/groundplan/modules"
)

// Output is what Generate makes: files with their lock, what stands in them, and what each environment takes of what AWS limits,
// in the order of the environments. Nothing has touched the disk.
type Output struct {
	output.Output
	// Blueprint is the lock's.
	Blueprint *blueprint.Blueprint
	Needs     []quota.Environment
}

// Generate returns what the application becomes in each environment. previous is the lock of the output folder: what
// was granted once stays, and what holds data stays unless the consent names it. The environments' address ranges are filled in.
func Generate(application *app.App, environments []environment.Environment, previous *output.Lock, consent holdings.Consent) (*Output, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	cidrs, problem := environment.GrantCIDRs(environments, previous.CIDRs)
	if problem != nil {
		return nil, diags.Append(problem)
	}
	if diags = append(diags, limits.Ranges(environments, cidrs)...); diags.HasErrors() {
		return nil, diags
	}
	result := &Output{Output: output.Output{Files: map[string][]byte{}, Lock: &output.Lock{
		Blueprint: survey.Application(application), Addresses: map[string]map[string]string{}, CIDRs: cidrs, Priorities: maps.Clone(previous.Priorities),
	}}}
	if result.Blueprint = &result.Lock.Blueprint; result.Lock.Priorities == nil {
		result.Lock.Priorities = map[string]map[int]string{}
	}
	var forgotten []string
	for i := range environments {
		forgotten = append(forgotten, memory.ToForget(&environments[i], previous, consent)...)
	}
	slices.Sort(forgotten)
	labels, reported := memory.Labels(application, previous, slices.Compact(forgotten)), map[string]bool{}
	var built []build.Stacks
	var all []holdings.Environment
	for i := range environments {
		env := &environments[i]
		granted := application
		if env.StrictAccess {
			granted = attribution.WithoutReach(application)
		}
		deployment := deploy.New(granted, env)
		deployment.Labels = memory.WithProcesses(labels, env, previous)
		for _, id := range memory.ToForget(env, previous, consent) {
			deployment.Forgotten = append(deployment.Forgotten, app.ParseID(id))
		}
		result.Lock.Priorities[env.Name] = memory.Priorities(deployment, previous)
		problems := append(build.Bind(deployment), check(deployment)...)
		diags = append(diags, once(problems, reported)...)
		result.Needs = append(result.Needs, quota.Of(deployment, compute.Of(deployment).Takes(deployment)))
		both := build.Of(deployment)
		diags = append(diags, stack.CheckOverrides(both.Platform, both.Services)...)
		built, all = append(built, both), append(all, memory.Held(deployment, both.Platform, both.Services))
	}
	verdict := memory.Judge(result.Lock, previous, all, consent)
	diags = append(diags, verdict.Diagnostics...)
	diags = append(diags, printStacks(result, previous, built, verdict, diags.HasErrors())...)
	diags = append(diags, limits.SharedNames(deployments(built))...)
	result.Lock.Labels = memory.LabelsWithoutAddress(labels, result.Lock)
	diags = append(diags, memory.SayVariables(application, labels)...)
	for i, both := range built {
		result.Blueprint.Environments = append(result.Blueprint.Environments, survey.Environment(both.Deployment, both.Platform, both.Services, result.Needs[i]))
	}
	result.Files["README.md"] = guide.Write(result.Blueprint)
	result.Files[output.GitAttributesName] = output.GitAttributes
	for path, content := range result.Files {
		if result.Lock.Files[path] == "" {
			result.Lock.Files[path] = output.Hash(content)
		}
	}
	return result, diags
}

func deployments(built []build.Stacks) []*deploy.Deployment {
	var list []*deploy.Deployment
	for _, both := range built {
		list = append(list, both.Deployment)
	}
	return list
}

// printStacks puts the files of all stacks into the output, and their addresses into its lock.
func printStacks(result *Output, previous *output.Lock, built []build.Stacks, verdict holdings.Verdict, failed bool) hcl.Diagnostics {
	var diags hcl.Diagnostics
	used := map[string]bool{}
	for _, both := range built {
		env := both.Deployment.Env
		if both.Deployment.App.Configured() {
			result.Files[env.Name+"/"+kinds.BuildConfigName] = kinds.BuildConfig(both.Deployment)
		}
		diags = append(diags, memory.Forget(env, both.Platform, result.Lock, previous, verdict.Forgotten[env.Name])...)
		for _, s := range []*stack.Stack{both.Platform, both.Services} {
			memory.Move(s, env.Name+"/"+s.Name, result.Lock, previous)
			s.Frame()
		}
		if err := stack.Link(both.Platform, both.Services); err != nil && !failed {
			diags = append(diags, diagnostic.Error(env.At, "Reference to nothing", "this is a mistake in groundplan: report it, with what the application declares", "In environment %q %s.", env.Name, err))
		}
		for _, s := range []*stack.Stack{both.Platform, both.Services} {
			folder := env.Name + "/" + s.Name
			files, problems := s.Print()
			diags = append(diags, problems...)
			for file, text := range files {
				result.Files[folder+"/"+file] = text
			}
			result.Lock.Addresses[folder] = memory.ByText(s.Addresses())
			for _, call := range s.Calls {
				used[call.Module] = true
			}
		}
		diags = append(diags, limits.Sizes(both.Deployment, result.Files)...)
	}
	vendor(result, used)
	return diags
}

// check asks what is wrong with a deployment.
func check(d *deploy.Deployment) hcl.Diagnostics {
	diags := slices.Concat(limits.Check(d), platform.CheckRegistry(d), kinds.CheckEnvironmentVariables(d))
	for _, kind := range kinds.All {
		if kind.Check != nil {
			diags = append(diags, kind.Check(d)...)
		}
	}
	return diags
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

// vendor copies the modules in use into the output, and their hashes into its lock.
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
			sum := output.Hash(content)
			result.Files[output.ModulesFolder+module+"/"+path] = content
			result.Lock.Files[output.ModulesFolder+module+"/"+path] = sum
			fmt.Fprintf(&sums, "%s %s\n", sum, path)
		}
		result.Lock.Modules[module] = output.Hash([]byte(sums.String()))
	}
}
