package survey

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/secret"
	"github.com/groundplan/groundplan/generator/kinds/topic"
)

func kindOf(w *deploy.Workload) string {
	switch {
	case w.Gateway:
		return blueprint.Gateway
	case w.Ends:
		return blueprint.Job
	case w.Port == 0:
		return blueprint.Worker
	}
	return blueprint.Service
}

func (s *survey) workloads() []blueprint.Workload {
	list := make([]blueprint.Workload, 0, len(s.Workloads))
	for _, w := range s.Workloads {
		runs, call := s.target.Runs(w), s.calls[w.ID.String()]
		workload := blueprint.Workload{
			ID: w.ID.String(), Name: w.ID.Name, Kind: kindOf(w), Public: w.Public(), Services: w.Services, AuthService: w.AuthService,
			Unit: runs.Unit, LogGroup: runs.LogGroup, Failures: runs.Failures, Uses: s.uses(w), Exec: call.Text("exec") == "true",
		}
		for _, path := range w.Paths {
			workload.Reaches = append(workload.Reaches, path.To.String())
		}
		slices.Sort(workload.Reaches)
		if !w.Ends {
			s.scale(w, &workload)
		} else if call.Text("spot") == "true" {
			workload.SpotPercent = 100
		}
		list = append(list, workload)
	}
	return list
}

// scale is how many tasks there are of a service, what their number follows, and on what they run.
func (s *survey) scale(w *deploy.Workload, to *blueprint.Workload) {
	scale := w.Size.Scale
	to.MinTasks, to.MaxTasks, to.CPUPercent, to.MemoryPercent, to.SpotPercent, to.OnDemand = scale.Min, scale.Max, scale.CPUPercent, scale.MemoryPercent, scale.SpotPercent, scale.OnDemand
	if scale.MessagesPerTask == 0 || len(w.Queues) == 0 {
		return
	}
	to.MessagesPerTask = scale.MessagesPerTask
	for _, queue := range w.Queues {
		to.ScalesOn = append(to.ScalesOn, queue.Of.String())
	}
	slices.Sort(to.ScalesOn)
}

// uses are the components that a workload uses. What a copy of the auth handler's service would receive from a topic arrives
// where that service is served.
func (s *survey) uses(w *deploy.Workload) []string {
	used := map[string]bool{}
	for _, e := range w.Edges {
		if e.Kind != topic.Subscriptions.Name || e.Service != w.AuthService {
			used[e.To().String()] = true
		}
	}
	for _, id := range neededSecrets(w) {
		if app.ParseID(id).Kind == secret.Kind.Name {
			used[id] = true
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(used)), func(id string) bool { return !s.components[id] })
}

// images are what tasks run: one that holds every service of Encore's, and those of containers; and the helper image.
func (s *survey) images() []blueprint.Image {
	running := map[[2]string][]*deploy.Workload{}
	for _, w := range s.Workloads {
		key := [2]string{w.Image.Name, w.Image.TagPrefix}
		running[key] = append(running[key], w)
	}
	list := []blueprint.Image{{Reference: s.Env.HelperImage, Private: s.private(s.Env.HelperImage)}}
	for key, workloads := range running {
		image := blueprint.Image{Reference: key[0], TagPrefix: key[1], Private: s.private(key[0]), Workloads: workloadNames(workloads)}
		for _, ref := range workloads[0].Image.Credentials.Refs() {
			image.Credentials = secret.Name(s.Env, ref.Of.Name)
		}
		if image.Reference == "" {
			image.Architecture = architecture(workloads)
			switch {
			case !s.App.Containers() && s.App.Configured():
				image.BuildConfig = s.Env.Name + "/" + kinds.BuildConfigName
			case s.App.Containers() && len(workloads) == 1 && len(workloads[0].Services) == 1:
				image.Folder = s.Service(workloads[0].Services[0]).Dir
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
	return deploy.PrivateImage().MatchString(image) && deploy.KeptTag(s.Env, image) == ""
}

// architecture is what images of processes are built for, as Docker and Encore call it.
func architecture(processes []*deploy.Workload) string {
	if slices.ContainsFunc(processes, func(p *deploy.Workload) bool { return p.Size.Architecture == "ARM64" }) {
		return "arm64"
	}
	return "amd64"
}

func workloadNames(processes []*deploy.Workload) []string {
	list := make([]string, 0, len(processes))
	for _, p := range processes {
		list = append(list, p.ID.Name)
	}
	return list
}

func (s *survey) schedules() []blueprint.Schedule {
	var list []blueprint.Schedule
	for _, r := range s.Of(cron.Kind.Name) {
		cron := r.Spec.(*cron.Spec)
		schedule := blueprint.Schedule{
			ID: r.ID().String(), Name: r.Name, Label: "cron_" + s.Label(r.Kind, "", r.Name), Starts: cron.StartsJob, TimeZone: cron.TimeZone,
		}
		for _, made := range s.Schedules {
			if made.Of != r.ID() {
				continue
			}
			schedule.Workload, schedule.Expressions = made.Target.ID.Name, made.Expressions
			if !made.Starts() {
				calls := s.target.Calls(s.Deployment, made)
				schedule.Function, schedule.LogGroup, schedule.DeadLetters = calls.Function, calls.LogGroup, calls.Failures
			}
		}
		list = append(list, schedule)
	}
	return list
}
