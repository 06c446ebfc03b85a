package platform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

func registryComment(application *app.App) string {
	if application.Containers() {
		return fmt.Sprintf("Images of %s", application.Name)
	}
	return fmt.Sprintf("Images of %s: one image holds every service", application.Name)
}

func registry(d *deploy.Deployment, s *stack.Stack) {
	s.Module(stack.Call{File: "registry.tf", Label: "registry", Module: "registry", Of: app.Registry, Says: "Where images are pushed to and pulled from.", Exports: []string{"repository_arn", "repository_url"},
		Why: []string{registryComment(d.App)},
		Args: []value.Field{
			value.Arg("name", value.String(deploy.RegistryName(d.Env))),
			value.Arg("key_arn", kind.KeyARN()),
			value.Arg("keep_images", value.Int(d.Env.KeepImages)),
			value.Arg("tag_prefixes", value.Strings(d.TagPrefixes())),
			value.Arg("push_role_arns", value.Strings(d.Env.DeployRoleARNs)),
			value.Arg("pull_role_arns", value.Strings(pullRoles(d))),
			value.Arg("force_delete", value.Bool(!d.Env.DeletionProtection)),
		}})
}

// pullRoles are the roles that may pull from the registry, as patterns: the execution roles of the environment's processes,
// which the services stack makes after the registry and more of with every service, and those the settings name.
func pullRoles(d *deploy.Deployment) []string {
	var units []string
	for _, w := range d.Workloads {
		units = append(units, w.UnitName())
	}
	// A name that had to be shortened no longer begins with application and environment.
	stem := names.Of(names.Unit, d.Env.App, d.Env.Name) + "-"
	outside := slices.DeleteFunc(units, func(unit string) bool { return strings.HasPrefix(unit, stem) })
	patterns := []string{stem}
	if len(outside) > 0 {
		patterns = append(patterns, commonStart(outside))
	}
	// Roles of another account are none the repository lets in, whatever they are called.
	account := cmp.Or(d.Env.AccountID, "*")
	roles := make([]string, 0, len(patterns)+len(d.Env.PullRoleARNs))
	for _, pattern := range patterns {
		roles = append(roles, "arn:aws:iam::"+account+":role"+d.Env.IAMPath+pattern+"*-execution")
	}
	return append(roles, d.Env.PullRoleARNs...)
}

func commonStart(list []string) string {
	start := list[0]
	for _, text := range list[1:] {
		for !strings.HasPrefix(text, start) {
			start = start[:len(start)-1]
		}
	}
	return start
}

// maxTagRules is how many prefixes a lifecycle policy has room for: it has 50 rules (Amazon ECR service quotas), one for images
// without a tag and one for all other tags.
const maxTagRules = 48

// CheckRegistry finds images that the registry could not keep.
func CheckRegistry(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if prefixes := d.TagPrefixes(); d.Env.KeepImages > 0 && len(prefixes) > maxTagRules {
		diags = append(diags, diagnostic.Error(d.Env.At, "Too many images for one registry",
			fmt.Sprintf("set keep_images = 0 in %s, which keeps them all, or let services that are built together share a tag_prefix and tell them apart by command", environment.Filename),
			"In environment %q the registry holds images under %d prefixes, and ECR counts at most %d by themselves: images that run would expire.", d.Env.Name, len(prefixes), maxTagRules))
	}
	for _, service := range d.App.Services {
		if service.Container == nil || d.Env.KeepImages == 0 {
			continue
		}
		if digest := deploy.KeptTag(d.Env, service.Container.Image); strings.Contains(digest, ":") {
			diags = append(diags, diagnostic.Error(service.At, "Image that would expire", "name it by its tag, set keep_images = 0, or move it to a registry of its own",
				"The image of service %q is in the registry of environment %q, whose images expire by their tags: named by its digest, it would go while the service runs it.", service.Name, d.Env.Name))
		}
	}
	if digest := deploy.KeptTag(d.Env, d.Env.HelperImage); strings.Contains(digest, ":") && d.Env.KeepImages > 0 {
		diags = append(diags, diagnostic.Error(d.Env.At, "Image that would expire", "copy it to a repository of its own, as the README in the output shows",
			"The helper image of environment %q is in the environment's own registry, whose images expire by their tags: named by its digest, it would go while every process runs it.", d.Env.Name))
	}
	return diags
}
