package allocation

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/settings"
)

// checkTask checks values of one process against each other. blocks are where they may be set, the closest first.
func checkTask(what string, t environment.Task, fallback hcl.Range, blocks ...*settings.Block) hcl.Diagnostics {
	var diags hcl.Diagnostics
	at := func(names ...string) hcl.Range {
		for _, b := range blocks {
			if found := b.Find(names...); found != nil {
				return *found
			}
		}
		return fallback
	}
	if bad := rule.FitsFargate(t.CPU, t.Memory); bad != rule.Fine {
		diags = append(diags, diagnostic.Error(at("memory", "cpu"), "Task size not available", bad.Hint, "%s: %s", what, bad.Detail))
	}
	if total := t.DrainSeconds + t.StopTimeoutSeconds; total > rule.MaxStopSeconds {
		diags = append(diags, diagnostic.Error(at("drain_seconds", "stop_timeout_seconds"), "Stop that takes too long", fmt.Sprintf("shorten one of them, to %d seconds together", rule.MaxStopSeconds),
			"%s: drain_seconds and stop_timeout_seconds, one after the other, are %d seconds. Fargate gives an interrupted Spot task two minutes.", what, total))
	}
	if t.Scale.Min > t.Scale.Max {
		diags = append(diags, diagnostic.Error(at("scale.min", "scale.max"), "Scale turned around", "set scale so that min is not above max",
			"%s: at least %d tasks and at most %d cannot both hold.", what, t.Scale.Min, t.Scale.Max))
	}
	return diags
}

// How the settings of a task fit the process they are for.

// settleTask makes the settings of one process concrete where they depend on what it is, and reports those that have no
// effect. own is the block that sizes it alone, task the one that sizes all; both may be nil.
func settleTask(e *environment.Environment, p *environment.Process, own, task *settings.Block, application *app.App) hcl.Diagnostics {
	if p.Job {
		p.Scale, p.DrainSeconds = environment.Scale{Min: 1, Max: 1}, 0
		return nil
	}
	var diags hcl.Diagnostics
	if p.Worker {
		if at := own.Find("drain_seconds"); at != nil {
			diags = append(diags, diagnostic.Error(*at, "Setting without effect", "remove it", "%q is a worker: it has no callers that would have to learn of its end.", p.Name))
		}
		p.DrainSeconds = 0
	}
	if at := own.Find("scale.messages_per_task"); at != nil && p.Scale.MessagesPerTask > 0 && !receives(p, application) {
		diags = append(diags, diagnostic.Error(*at, "Setting without effect", "remove it", "Nothing in %q subscribes to a topic, so that there is no queue to count messages in.", p.Name))
	}
	return append(diags, settleSpot(e, p, own, task)...)
}

// receives reports whether a process reads a queue.
func receives(p *environment.Process, application *app.App) bool {
	return slices.ContainsFunc(application.Resources, func(r app.Resource) bool { return r.Kind == "subscription" && slices.Contains(p.Services, r.Service) })
}

// settleSpot divides the tasks of a process between on demand and Spot.
func settleSpot(e *environment.Environment, p *environment.Process, own, task *settings.Block) hcl.Diagnostics {
	// A task that AWS takes away may stay registered until it has stopped: requests from outside go on coming.
	if routed := p.Gateway || p.Public; routed && own.Find("scale.spot_percent") == nil && e.ProcessAllocation != "all_in_one" {
		p.Scale.SpotPercent = 0
	}
	s := &p.Scale
	at := own.Find("scale.on_demand")
	switch {
	case s.SpotPercent == 0 && at != nil && s.OnDemand > 0:
		return hcl.Diagnostics{diagnostic.Error(*at, "Setting without effect", "set spot_percent beside it, or remove it", "Every task of %q runs on demand.", p.Name)}
	case s.SpotPercent == 0:
		s.OnDemand = 0
		return nil
	}
	if at == nil {
		at = task.Find("scale.on_demand")
	}
	where := own.Find("scale.spot_percent")
	if where == nil {
		where = task.Find("scale.spot_percent")
	}
	switch {
	case at == nil && s.SpotPercent == 100:
		s.OnDemand = 0
	case at == nil:
		s.OnDemand = s.Min
	case s.SpotPercent == 100 && s.OnDemand > 0:
		return hcl.Diagnostics{diagnostic.Error(*at, "All on Spot beside some on demand", "set spot_percent to 99 at most, or on_demand to 0", "process %q: with spot_percent = 100 nothing places tasks on demand.", p.Name)}
	}
	if s.OnDemand >= s.Max {
		return hcl.Diagnostics{diagnostic.Error(*where, "Spot that never comes", "raise scale.max, or set on_demand lower", "process %q: the first %d tasks run on demand, and there are %d at most.", p.Name, s.OnDemand, s.Max)}
	}
	return nil
}

// unitNames are the services of an application, or its jobs, by the type of block that sizes one.
func unitNames(application *app.App, typ string) []string {
	var names []string
	for _, s := range application.Services {
		if job := s.Container != nil && s.Container.Job; job == (typ == "job") {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}
