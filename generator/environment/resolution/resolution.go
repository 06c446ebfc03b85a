// Package resolution makes every environment of groundplan.hcl concrete for an application: the defaults of the profile,
// over them what the file sets; database servers and caches for what the application declares; what exists in
// place of what would be made. What is wrong between two values, or between the file and the application, it reports. It
// must not know source languages, what kinds are made of, modules or HCL output.
package resolution

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/allocation"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/settings"
)

// Resolve makes every environment of the file concrete: the profile's defaults, over them every value set in the file,
// checked against each other and against the application. Environments come sorted by name, nil with an error. All
// problems are reported at once.
func Resolve(file *table.File, application *app.App) ([]environment.Environment, hcl.Diagnostics) {
	name, diags := checkedAppName(file, application)
	blocks := slices.Clone(file.Environments)
	slices.SortFunc(blocks, func(a, b *settings.Block) int { return strings.Compare(a.Label, b.Label) })
	var list []environment.Environment
	for _, b := range blocks {
		resolved, more := resolveOne(name, file.App, b, application)
		resolved.Places = table.Places(b)
		if file.App != nil {
			resolved.AppAt = file.App.LabelAt
		}
		diags = append(diags, more...)
		list = append(list, resolved)
	}
	diags = append(checkTags(file.App), append(diags, compareEnvironments(blocks, list)...)...)
	if diags.HasErrors() {
		return nil, diags
	}
	return list, diags
}

// checkedAppName is the name the file gives, else the model's, which has to pass the same rule.
func checkedAppName(file *table.File, application *app.App) (string, hcl.Diagnostics) {
	if file.AppName != "" {
		return file.AppName, nil
	}
	bad := rule.IsAppName(application.Name)
	if bad == rule.Fine {
		return application.Name, nil
	}
	hint := fmt.Sprintf("give it another name in %s: app %q {}", environment.Filename, rule.NameInAWS(application.Name))
	var at hcl.Range
	for _, b := range file.Environments {
		if b.At.Filename != "" {
			at = b.At
			break
		}
	}
	return application.Name, hcl.Diagnostics{diagnostic.Error(at, "Invalid application name", hint, "%s", bad.Detail)}
}

func resolveOne(appName string, shared, b *settings.Block, application *app.App) (environment.Environment, hcl.Diagnostics) {
	e := environment.Environment{App: appName, Name: b.Label, At: b.At}
	profile := slices.Index(table.Profiles, table.DefaultProfile)
	if text := b.Text("profile"); text != "" {
		profile = slices.Index(table.Profiles, text)
	}
	table.SetDefaults(&e, table.EnvironmentSettings, profile)
	table.Override(&e, table.EnvironmentSettings, b)

	resolveOverrides(&e, b)
	var diags hcl.Diagnostics
	diags = append(diags, resolveTags(&e, shared, b)...)
	diags = append(diags, resolveZones(&e, b)...)
	diags = append(diags, resolveDomain(&e, b)...)
	diags = append(diags, resolveAliases(&e, b)...)
	diags = append(diags, checkDomain(&e, b)...)
	diags = append(diags, checkIdleTimeout(&e, b, application)...)
	diags = append(diags, checkCertifiable(&e, b)...)
	diags = append(diags, resolveMetrics(&e, b, profile)...)
	diags = append(diags, resolveEndpoints(&e, b, application)...)
	diags = append(diags, resolveState(&e, b)...)
	diags = append(diags, allocation.Processes(&e, b, profile, application)...)
	diags = append(diags, resolveDatabaseServers(&e, b, profile, application)...)
	diags = append(diags, resolveCaches(&e, b, profile, application)...)
	diags = append(diags, resolveExisting(&e, b, application)...)
	diags = append(diags, checkCertificates(&e, b)...)
	return e, diags
}

// checkCertificates refuses a database server whose certificate nobody could trust.
func checkCertificates(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	i := slices.IndexFunc(e.DatabaseServers, func(s environment.DatabaseServer) bool { return s.Existing == nil || s.Existing.CACertificate == "" })
	if i < 0 || slices.Contains(rule.Regions, e.Region) {
		return nil
	}
	return hcl.Diagnostics{diagnostic.Error(b.Where("region"), "Region without database certificates",
		"choose one of "+strings.Join(rule.Regions, ", ")+", or name a server that exists, with its ca_certificate",
		"Database server %q would be in %s, and the modules carry no certificate by which processes could trust it.", e.DatabaseServers[i].Name, e.Region)}
}

func resolveZones(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	if e.Zones != nil || b.First("network") != nil {
		return nil
	}
	e.Zones = rule.DefaultZones(e.Region)
	if e.Zones != nil {
		return nil
	}
	return hcl.Diagnostics{diagnostic.Error(b.Where("region"), "Zones not known",
		"set zones to letters that this prints: aws ec2 describe-availability-zones --region "+e.Region+" --query 'AvailabilityZones[].[ZoneName,ZoneId]' --output text",
		"An account does not have all the zones of %s, and the letters of those it has differ from account to account.", e.Region)}
}

// resolveEndpoints makes sure that tasks reach what they cannot start without when there is no NAT.
func resolveEndpoints(e *environment.Environment, b *settings.Block, application *app.App) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if e.NAT == "none" && e.InterfaceEndpoints == nil {
		e.InterfaceEndpoints = slices.Clone(rule.NeededEndpoints)
		if e.Sessions() {
			e.InterfaceEndpoints = append(e.InterfaceEndpoints, rule.SessionEndpoints...)
		}
	}
	slices.Sort(e.InterfaceEndpoints)
	if e.NAT != "none" || b.First("network") != nil {
		return nil
	}
	messages := slices.ContainsFunc(application.Resources, func(r app.Resource) bool { return r.Kind == "topic" || r.Kind == "subscription" })
	var missing []string
	for _, name := range rule.NeededEndpoints {
		if (name == "sns" || name == "sqs") && !messages || name == "monitoring" && e.Metrics.Destination != "cloudwatch" {
			continue
		}
		if !slices.Contains(e.InterfaceEndpoints, name) {
			missing = append(missing, name)
		}
	}
	why := ""
	for _, name := range rule.SessionEndpoints {
		if e.Sessions() && !slices.Contains(e.InterfaceEndpoints, name) {
			missing = append(missing, name)
			why = fmt.Sprintf(" An override lets sessions into tasks: what answers them there calls %s.", diagnostic.And(diagnostic.Quoted(rule.SessionEndpoints)))
		}
	}
	if len(missing) > 0 {
		diags = append(diags, diagnostic.Error(b.Where("interface_endpoints"), "Interface endpoints missing", "add "+diagnostic.And(diagnostic.Quoted(missing))+", or remove interface_endpoints to get all that are needed",
			"Without NAT processes reach AWS through interface endpoints only, and the list lacks %s.%s", diagnostic.And(diagnostic.Quoted(missing)), why))
	}
	image := rule.IsPrivateImage().FindStringSubmatch(e.HelperImage)
	if image == nil || image[1] != e.Region {
		diags = append(diags, diagnostic.Error(b.Where("helper_image", "nat"), "Helper image out of reach", "copy it to a private ECR registry in "+e.Region+" and set helper_image to its name there",
			"Without NAT the image %s cannot be pulled.", e.HelperImage))
	}
	return diags
}

// compareEnvironments finds what two environments must not share. blocks and list run in parallel.
func compareEnvironments(blocks []*settings.Block, list []environment.Environment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i := range list {
		for j := range list[:i] {
			later, earlier := &list[i], &list[j]
			diags = append(diags, compareDomains(earlier, later, blocks[i])...)
			if environment.RangesOverlap(later.CIDR, earlier.CIDR) {
				diags = append(diags, diagnostic.Error(blocks[i].Where("cidr"), "Address ranges overlap", "give each a range of its own, or remove cidr to have one chosen",
					"The environments %q and %q have the ranges %s and %s: networks that overlap can never be connected.", earlier.Name, later.Name, earlier.CIDR, later.CIDR))
			}
			diags = append(diags, compareStates(earlier, later, blocks[i])...)
			diags = append(diags, compareExisting(earlier, later, blocks[i])...)
		}
	}
	return diags
}
