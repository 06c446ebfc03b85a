// Package allocation spreads the services and the gateway of an application over the processes of an environment, and gives
// each process its size: the profile's, over it what the blocks of groundplan.hcl say.
package allocation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/settings"
)

const (
	// soleProcess is the name of the process that hosts everything.
	soleProcess = "app"
	// gatewayProcess hosts the gateway alone. A service may have the same name: the gateway then gets Encore's own name
	// for it, so that the service, which has data and callers, keeps its name.
	gatewayProcess      = "gateway"
	gatewayProcessAside = "api-gateway"
)

// Processes spreads services and gateway over processes and gives each its size.
func Processes(e *environment.Environment, b *settings.Block, profile int, application *app.App) hcl.Diagnostics {
	var diags hcl.Diagnostics
	switch groups := b.All("process"); {
	case application.Containers():
		diags = append(diags, separateContainers(e, b, groups, application)...)
	case len(groups) > 0:
		if a, ok := b.Attribute("process_allocation"); ok {
			diags = append(diags, diagnostic.Error(a.At, "Two process allocations", "remove process_allocation, or the process blocks",
				"The process blocks already say which services share a process."))
		}
		e.ProcessAllocation = "groups"
		diags = append(diags, groupProcesses(e, b, groups, application)...)
	case e.ProcessAllocation == "all_in_one":
		if len(application.Services) > 0 {
			e.Processes = []environment.Process{{Name: soleProcess, Services: serviceNames(application), Gateway: exposed(application)}}
		}
	default:
		diags = append(diags, splitProcesses(e, application)...)
	}
	slices.SortFunc(e.Processes, func(a, b environment.Process) int { return strings.Compare(a.Name, b.Name) })
	placeAuthHandler(e.Processes, application)
	diags = append(diags, sizeProcesses(e, b, profile, application)...)
	if application.Containers() {
		return diags // every service has an image of its own
	}
	return append(diags, checkArchitectures(e, b)...)
}

// separateContainers makes a process of every service, whatever the profile: containers share none.
func separateContainers(e *environment.Environment, b *settings.Block, groups []*settings.Block, application *app.App) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, group := range groups {
		diags = append(diags, diagnostic.Error(group.At, "Containers in one process", "size each service in a service block of its own",
			"The application runs plain containers, and each of them is a process of its own."))
	}
	if a, ok := b.Attribute("process_allocation"); ok && e.ProcessAllocation != "one_per_service" {
		diags = append(diags, diagnostic.Error(a.At, "Containers in one process", "remove process_allocation",
			"The application runs plain containers, and each of them is a process of its own."))
	}
	e.ProcessAllocation = "one_per_service"
	for i, s := range application.Services {
		if e.NAT == "none" && s.Container != nil && s.Container.Image != "" && !pulledWithoutNAT(s.Container.Image, e.Region) {
			diags = append(diags, diagnostic.Error(application.Services[i].At, "Image out of reach", "copy it to a private ECR registry in "+e.Region+" and name it there",
				"In environment %q, which has no NAT, the image %s of service %q cannot be pulled.", e.Name, s.Container.Image, s.Name))
		}
		c := s.Container
		e.Processes = append(e.Processes, environment.Process{Name: s.Name, Services: []string{s.Name}, Public: c != nil && c.Public, Worker: c != nil && c.Worker, Job: c != nil && c.Job})
	}
	return diags
}

// checkArchitectures: one image holds every service, and an image is built for one architecture.
func checkArchitectures(e *environment.Environment, b *settings.Block) hcl.Diagnostics {
	for _, p := range e.Processes {
		if p.Architecture != e.Processes[0].Architecture {
			return hcl.Diagnostics{diagnostic.Error(b.At, "Two architectures", "set architecture once, in a task block of the environment",
				"Process %q runs on %s and process %q on %s, but one image holds every service.",
				e.Processes[0].Name, e.Processes[0].Architecture, p.Name, p.Architecture)}
		}
	}
	return nil
}

// pulledWithoutNAT reports whether tasks reach an image by the interface endpoints of ECR alone.
func pulledWithoutNAT(image, region string) bool {
	private := rule.IsPrivateImage().FindStringSubmatch(image)
	return private != nil && private[1] == region
}

// exposed reports whether the gateway has anything to route to.
func exposed(application *app.App) bool {
	return slices.ContainsFunc(application.Services, func(s app.Service) bool {
		return slices.ContainsFunc(s.Endpoints, app.Endpoint.Exposed)
	})
}

func serviceNames(application *app.App) []string {
	list := make([]string, len(application.Services))
	for i, s := range application.Services {
		list[i] = s.Name
	}
	slices.Sort(list)
	return list
}

// splitProcesses makes a process of every service, and one for the gateway when anything is exposed.
func splitProcesses(e *environment.Environment, application *app.App) hcl.Diagnostics {
	services := serviceNames(application)
	for _, name := range services {
		e.Processes = append(e.Processes, environment.Process{Name: name, Services: []string{name}})
	}
	if !exposed(application) {
		return nil
	}
	name := gatewayProcess
	if slices.Contains(services, name) {
		name = gatewayProcessAside
	}
	if i := slices.IndexFunc(application.Services, func(s app.Service) bool { return s.Name == name }); i >= 0 {
		return hcl.Diagnostics{diagnostic.Error(application.Services[i].At, "No name left for the gateway", "rename one of them, or name the processes yourself by process blocks in "+environment.Filename,
			"Services are called %q and %q, so that the process of the API gateway can have neither name.", gatewayProcess, gatewayProcessAside)}
	}
	e.Processes = append(e.Processes, environment.Process{Name: name, Gateway: true})
	return nil
}

// groupProcesses makes the processes the user described, and checks that they cover the application exactly once.
func groupProcesses(e *environment.Environment, b *settings.Block, groups []*settings.Block, application *app.App) hcl.Diagnostics {
	var diags hcl.Diagnostics
	known := serviceNames(application)
	servedBy := map[string]*settings.Block{}
	var gateway *settings.Block
	for _, group := range groups {
		p := environment.Process{Name: group.Label}
		table.Override(&p, table.ProcessSettings, group)
		slices.Sort(p.Services)
		e.Processes = append(e.Processes, p)
		diags = append(diags, checkGroup(p, group, known, servedBy)...)
		if !p.Gateway {
			continue
		}
		diags = append(diags, checkGatewayGroup(p, group, gateway, len(groups), application)...)
		gateway = group
	}
	var left []string
	for _, name := range known {
		if servedBy[name] == nil {
			left = append(left, name)
		}
	}
	if len(left) > 0 {
		diags = append(diags, diagnostic.Error(b.At, "Services without process", "add each to the services of one process", "The process blocks leave out %s.", diagnostic.And(diagnostic.Quoted(left))))
	}
	if gateway == nil && exposed(application) {
		diags = append(diags, diagnostic.Error(b.At, "Gateway without process", `add gateway = true to one process block, or a block of its own: process "gateway" { gateway = true }`,
			"The application has endpoints that are called from outside, and no process hosts the gateway."))
	}
	return diags
}

// checkGroup checks one process block by itself and its services against the groups before it, which servedBy holds;
// it adds the services of this one.
func checkGroup(p environment.Process, group *settings.Block, known []string, servedBy map[string]*settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if bad := rule.IsKebab("a process", p.Name, rule.MaxProcessName); bad != rule.Fine {
		diags = append(diags, diagnostic.Error(group.LabelAt, "Invalid process name", bad.Hint, "%s", bad.Detail))
	}
	if len(p.Services) == 0 && !p.Gateway {
		diags = append(diags, diagnostic.Error(group.At, "Empty process", "add services = [...], or remove the block", "The process %q has no services and no gateway.", p.Name))
	}
	for _, part := range group.Parts("services") {
		name := part.Text
		switch other := servedBy[name]; {
		case !slices.Contains(known, name):
			diags = append(diags, diagnostic.UnknownName(part.At, "service", name, known, "remove the line"))
		case other != nil:
			diags = append(diags, diagnostic.Error(part.At, "Service in two processes", "remove it from one of them", "The service %q is already in the process %q, at %s.", name, other.Label, diagnostic.Place(other.At)))
		default:
			servedBy[name] = group
		}
	}
	return diags
}

// checkGatewayGroup checks a process block that hosts the gateway; earlier is another one that does, nil for none.
func checkGatewayGroup(p environment.Process, group, earlier *settings.Block, groups int, application *app.App) hcl.Diagnostics {
	switch {
	case earlier != nil:
		return hcl.Diagnostics{diagnostic.Error(group.Where("gateway"), "Two gateways", "remove gateway = true from one of them", "The process %q already hosts the gateway, at %s.", earlier.Label, diagnostic.Place(earlier.At))}
	case !exposed(application):
		return hcl.Diagnostics{diagnostic.Error(group.Where("gateway"), "Nothing to expose", "remove gateway = true", "The application has no endpoint that can be called from outside, so that it needs no gateway.")}
	case application.Runtime == app.EncoreTypeScript && len(p.Services) > 0 && groups > 1:
		return hcl.Diagnostics{diagnostic.Error(group.Where("services"), "Services beside the gateway", fmt.Sprintf("move the services of %q to another process; the auth handler is added by itself", p.Name),
			"In a TypeScript application the process of the gateway cannot serve other processes: services in it listen on its loopback address only.")}
	}
	return nil
}

// placeAuthHandler puts a copy of the auth handler's service beside the gateway. Encore's TypeScript runtime runs the
// handler inside the gateway. The Go runtime can ask the service for it, but then every token of a handler that returns
// nothing but a user id is an internal error: there is no data to decode the answer into. Both ask the handler about
// requests to public endpoints too, when they carry a token. The service keeps its own process: in TypeScript because services that share a process with a gateway listen on its loopback address only, in Go
// because its subscriptions and calls from inside are not for what stands in front of everything.
func placeAuthHandler(processes []environment.Process, application *app.App) {
	if application.Auth == nil || application.Containers() {
		return
	}
	for i := range processes {
		p := &processes[i]
		if p.Gateway && !slices.Contains(p.Services, application.Auth.Service) {
			p.AuthService = application.Auth.Service
		}
	}
}

// sizeProcesses gives every process its size: the profile, over it the task block, over it the process's own block.
func sizeProcesses(e *environment.Environment, b *settings.Block, profile int, application *app.App) hcl.Diagnostics {
	var diags hcl.Diagnostics
	task := b.First("task")
	used := map[*settings.Block]bool{}
	for i := range e.Processes {
		p := &e.Processes[i]
		own := ownBlock(e, b, *p)
		used[own] = true
		table.SetDefaults(&p.Task, table.TaskSettings, profile)
		table.Override(&p.Task, table.TaskSettings, task)
		containerSecurity(&p.Task, containerOf(application, *p))
		table.Override(&p.Task, table.TaskSettings, own)
		table.Override(&p.Task, table.JobSettings, own)
		diags = append(diags, settleTask(e, p, own, task, application)...)
		p.VariablesAt = variablePlaces(task, own)
		diags = append(diags, checkTask(fmt.Sprintf("process %q", p.Name), p.Task, b.At, own, task)...)
	}
	for _, unused := range slices.Concat(b.All("service"), b.All("gateway"), b.All("job")) {
		known := unitNames(application, unused.Type)
		switch {
		case used[unused]:
		case unused.Type != "gateway" && !slices.Contains(known, unused.Label):
			diags = append(diags, diagnostic.UnknownName(unused.LabelAt, unused.Type, unused.Label, known, "remove the block"))
		case unused.Type == "gateway" && !exposed(application):
			diags = append(diags, diagnostic.Error(unused.At, "Nothing to expose", "remove the block", "The application has no endpoint that can be called from outside, so that it has no gateway."))
		default:
			diags = append(diags, diagnostic.Error(unused.At, "Size without process", sizeRemedy(e), "%s has no process of its own in the environment %q, so that these settings have no effect.", unused.Describe(), e.Name))
		}
	}
	return diags
}

// containerOf is what the manifest says of the process's only service; nil for a process of Encore's.
func containerOf(application *app.App, p environment.Process) *app.Container {
	if len(p.Services) == 1 {
		for _, s := range application.Services {
			if s.Name == p.Services[0] {
				return s.Container
			}
		}
	}
	return nil
}

// containerSecurity takes over what the manifest says of an image: closer than what holds for all processes of an environment,
// further away than the block of the process itself.
func containerSecurity(t *environment.Task, c *app.Container) {
	if c == nil {
		return
	}
	t.User = cmp.Or(c.User, t.User)
	if c.ReadOnlyRoot != nil {
		t.ReadOnlyRoot = *c.ReadOnlyRoot
	}
	if c.WritablePaths != nil {
		t.WritablePaths = c.WritablePaths
	}
	if c.KeepCapabilities != nil {
		t.KeepCapabilities = c.KeepCapabilities
	}
}

// variablePlaces says where each environment variable of a process is set; the last of the blocks wins.
func variablePlaces(blocks ...*settings.Block) map[string]hcl.Range {
	var places map[string]hcl.Range
	for _, b := range blocks {
		keys := b.Keys("variables")
		if places == nil {
			places = keys
			continue
		}
		maps.Copy(places, keys)
	}
	return places
}

func sizeRemedy(e *environment.Environment) string {
	if e.ProcessAllocation == "groups" {
		return "move them into the process block that lists it"
	}
	return `move them into a task block, or set process_allocation = "one_per_service"`
}

// ownBlock is the block that sizes one process and nothing else; nil when there is none.
func ownBlock(e *environment.Environment, b *settings.Block, p environment.Process) *settings.Block {
	typ, label := "service", p.Name
	switch {
	case e.ProcessAllocation == "groups":
		typ = "process"
	case e.ProcessAllocation == "all_in_one":
		return nil
	case p.Gateway:
		typ, label = "gateway", ""
	case p.Job:
		typ = "job"
	}
	for _, candidate := range b.All(typ) {
		if candidate.Label == label {
			return candidate
		}
	}
	return nil
}
