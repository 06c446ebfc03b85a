package survey

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
)

func kindOf(p environment.Process) string {
	switch {
	case p.Gateway:
		return blueprint.Gateway
	case p.Job:
		return blueprint.Job
	case p.Worker:
		return blueprint.Worker
	}
	return blueprint.Service
}

func (s *survey) workloads() []blueprint.Workload {
	list := make([]blueprint.Workload, 0, len(s.Processes))
	for _, p := range s.Processes {
		unit := kinds.UnitName(s.Env, p.Name)
		workload := blueprint.Workload{
			ID: kinds.ID("process", "", p.Name), Name: p.Name, Kind: kindOf(p.Process), Public: p.Gateway || p.Public, Services: p.Services, AuthService: p.AuthService,
			Unit: unit, LogGroup: workloadLogs(unit), Reaches: s.reaches(p), Uses: s.uses(p),
		}
		if p.Job {
			workload.Failures = jobFailures(unit)
		} else {
			workload.MinTasks, workload.MaxTasks = p.Scale.Min, p.Scale.Max
		}
		list = append(list, workload)
	}
	return list
}

// reaches are the components that a process has a network path to.
func (s *survey) reaches(p *kinds.Process) []string {
	list := make([]string, 0, len(p.Connections))
	for label := range p.Connections {
		list = append(list, cmp.Or(s.labels[label], label))
	}
	slices.Sort(list)
	return list
}

// uses are the components that a process uses. What a copy of the auth handler's service would receive from a topic arrives
// where that service is served.
func (s *survey) uses(p *kinds.Process) []string {
	used := map[string]bool{}
	for _, e := range p.Edges {
		if e.Kind != kinds.Subscriptions.Name || e.Service != p.AuthService {
			used[kinds.ID(e.Kind, e.Parent, e.Resource)] = true
		}
	}
	for _, name := range s.needs[p.Name] {
		used[kinds.ID(kinds.Secrets.Name, "", name)] = true
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(used)), func(id string) bool { return !s.components[id] })
}

// images are what tasks run: one that holds every service of Encore's, or those of the containers; and the helper image.
func (s *survey) images() []blueprint.Image {
	helper := blueprint.Image{Reference: s.Env.HelperImage, Private: s.private(s.Env.HelperImage)}
	if !s.App.Containers() {
		image := blueprint.Image{Architecture: architecture(s.Processes), Workloads: workloadNames(s.Processes)}
		if s.App.Configured() {
			image.BuildConfig = s.Env.Name + "/" + kinds.BuildConfigName
		}
		return []blueprint.Image{image, helper}
	}
	running := map[[2]string][]*kinds.Process{}
	for _, p := range s.Processes {
		c := p.Service(p.Name).Container
		key := [2]string{c.Image, ""}
		if c.Image == "" {
			key[1] = c.TagPrefix
		}
		running[key] = append(running[key], p)
	}
	list := []blueprint.Image{helper}
	for key, processes := range running {
		image := blueprint.Image{Reference: key[0], TagPrefix: key[1], Private: s.private(key[0]), Workloads: workloadNames(processes)}
		if c := processes[0].Service(processes[0].Name).Container; c.ImageCredentials != "" {
			image.Credentials = kinds.SecretName(s.Env, c.ImageCredentials)
		}
		if image.Reference == "" {
			image.Architecture = architecture(processes)
			if len(processes) == 1 {
				image.Folder = processes[0].Service(processes[0].Name).Dir
			}
		}
		list = append(list, image)
	}
	slices.SortFunc(list, func(a, b blueprint.Image) int {
		return cmp.Or(strings.Compare(a.Reference, b.Reference), strings.Compare(a.TagPrefix, b.TagPrefix), len(b.Workloads)-len(a.Workloads))
	})
	return list
}

// private reports whether an image is in a registry of ECR whose owner has to let tasks pull.
func (s *survey) private(image string) bool {
	return kinds.PrivateImage.MatchString(image) && kinds.KeptTag(s.Env, image) == ""
}

// architecture is what images of processes are built for, as Docker and Encore call it.
func architecture(processes []*kinds.Process) string {
	if slices.ContainsFunc(processes, func(p *kinds.Process) bool { return p.Architecture == "ARM64" }) {
		return "arm64"
	}
	return "amd64"
}

func workloadNames(processes []*kinds.Process) []string {
	list := make([]string, 0, len(processes))
	for _, p := range processes {
		list = append(list, p.Name)
	}
	return list
}

func (s *survey) schedules() []blueprint.Schedule {
	var list []blueprint.Schedule
	for _, r := range s.Of(kinds.Crons.Name) {
		cron := r.Spec.(*kinds.Cron)
		schedule := blueprint.Schedule{
			ID: kinds.ID(r.Kind, "", r.Name), Name: r.Name, Label: s.CronLabel(r.Name), Starts: cron.StartsJob, Expressions: s.CronExpressions(cron), TimeZone: cron.TimeZone,
		}
		if host := s.Host(cron.Service); host != nil {
			schedule.Workload = host.Name
		}
		if !cron.StartsJob && schedule.Workload != "" && len(schedule.Expressions) > 0 {
			schedule.Function = names.Of(names.Schedule, s.Env.App, s.Env.Name, r.Name)
			schedule.LogGroup, schedule.DeadLetters = functionLogs(schedule.Function), functionDeadLetters(schedule.Function)
		}
		list = append(list, schedule)
	}
	return list
}
