// Package compute is where workloads run: one file for each target.
//
// A target turns workloads, schedules and what they hang on into module calls. What a workload needs stands in package deploy, and is the same
// whatever runs it; a target must not know kinds of resources, nor what an application is written in.
package compute

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/quota"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// Target is one thing that runs workloads, as functions.
type Target struct {
	// Name is what the setting compute calls it.
	Name string
	// Address is where other workloads of the environment reach one, a base URL.
	Address func(w *deploy.Workload) value.Value
	// Platform adds to the long-lived stack what workloads need before any of them can start.
	Platform func(d *deploy.Deployment, s *stack.Stack)
	// Workload adds one workload to the stack that changes with each deployment, and Schedule what starts or calls one.
	Workload func(d *deploy.Deployment, s *stack.Stack, w *deploy.Workload)
	Schedule func(d *deploy.Deployment, s *stack.Stack, schedule deploy.Schedule)
	// Files adds to that stack what all its workloads have in common, once they are there.
	Files func(d *deploy.Deployment, s *stack.Stack)
	// Logs are the names that stand in those of the log groups that the target makes, beside those of workloads: the environment's
	// key has to admit them.
	Logs func(d *deploy.Deployment) []string
	// Runs is what a workload is there, Calls what a schedule is that calls one.
	Runs  func(w *deploy.Workload) Running
	Calls func(d *deploy.Deployment, schedule deploy.Schedule) Running
	// Watched is what calls of its modules make in CloudWatch, by module.
	Watched map[string]func(stack.Call) Watched
	// Takes is what it takes of what the account has.
	Takes func(d *deploy.Deployment) quota.Taken
	// Settled are the arguments of its modules that no override can set: see stack.Settings.
	Settled map[string]map[string]stack.Settled
	// Moved are the arguments of its modules that have another name by now: see stack.Settings.
	Moved map[string]map[string]string
}

// Running is what a workload or a schedule is where it runs, by the names that AWS knows.
type Running struct {
	// Unit is what is deployed of a workload, "" for a schedule. Function is what a schedule calls its target by, "" for a workload.
	Unit, Function string
	LogGroup       string
	// Failures is the queue of runs that failed for good, "" where there is none.
	Failures string
}

// Watched is what a module call makes in CloudWatch, by name.
type Watched struct {
	LogGroups, Alarms []string
}

// Settled are the arguments that no override can set of whatever runs an environment's workloads.
func Settled(d *deploy.Deployment) map[string]map[string]stack.Settled {
	all := maps.Clone(Of(d).Settled)
	maps.Copy(all, balancerSettled)
	return all
}

// Targets are all there are. A new one is a file and a line here.
var Targets = []Target{Fargate}

// Of is the target that an environment asks for. Settings know no other names.
func Of(d *deploy.Deployment) Target {
	i := slices.IndexFunc(Targets, func(t Target) bool { return t.Name == d.Env.Compute })
	if i < 0 {
		panic(fmt.Sprintf("compute: no target is called %q", d.Env.Compute))
	}
	return Targets[i]
}

// lines are the comment above something: none where there is nothing to say.
func lines(why string) []string {
	if why == "" {
		return nil
	}
	return []string{why}
}

// workloadFile names the file of a workload. Terraform reads override.tf and *_override.tf as patches of other files,
// and the stack has files of its own; on Windows some names are devices, whatever extension they have, and a checkout with such a
// file fails there. A workload of such a name gets a suffix.
func workloadFile(w *deploy.Workload) string {
	name := w.Deployment.Label(w.ID.Kind, "", w.ID.Name)
	taken := []string{"outputs", "override", "platform", "providers", "runtime", "terraform", "variables"}
	if slices.Contains(taken, name) || names.IsDevice(name) || strings.HasSuffix(name, "_override") {
		name += "_process"
	}
	return name + ".tf"
}
