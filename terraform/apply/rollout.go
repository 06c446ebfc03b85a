package apply

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/blueprint"
)

// Rollout is a service whose deployment failed.
type Rollout struct {
	Workload blueprint.Workload
	// Serving is the image that tasks of it still run, "" for none; Running is how many tasks do.
	Serving string
	Running int
	// Reason is why ECS gave the deployment up, Stopped why the last task of it stopped, by task and by container.
	Reason  string
	Stopped []string
	// Stream is where Lines, the last that the task logged, are from.
	Stream string
	Lines  []string
	// Unknown is why more is not known.
	Unknown error
}

// lastLines is how much of a log is shown.
const lastLines = 20

// rollouts are the services whose deployment failed, with what AWS knows of each. What cannot be found out is no reason to fail for
// another reason.
func (r *Run) rollouts(ctx context.Context, diagnostics []tfjson.Diagnostic, tally *Tally) []Rollout {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	var found []Rollout
	for _, workload := range r.failedServices(diagnostics, tally.Broken()) {
		rollout := Rollout{Workload: workload}
		rollout.Unknown = r.look(ctx, &rollout)
		found = append(found, rollout)
	}
	return found
}

// failedServices are the workloads whose service of ECS terraform could not bring up: it says so of the resource, or, once the
// deployment was rolled back, by the check in the module that names the service.
func (r *Run) failedServices(diagnostics []tfjson.Diagnostic, broken []string) []blueprint.Workload {
	stack := r.Stack(blueprint.Services)
	if stack == nil {
		return nil
	}
	addresses := slices.Clone(broken)
	for _, d := range diagnostics {
		addresses = append(addresses, d.Address)
	}
	var failed []blueprint.Workload
	for _, workload := range r.Workloads {
		i := slices.IndexFunc(stack.Components, func(c blueprint.Component) bool { return c.ID == workload.ID })
		if workload.Kind == blueprint.Job || i < 0 {
			continue
		}
		service := stack.Components[i].Address + ".aws_ecs_service."
		byAddress := slices.ContainsFunc(addresses, func(address string) bool { return strings.HasPrefix(address, service) })
		byCheck := slices.ContainsFunc(diagnostics, func(d tfjson.Diagnostic) bool {
			return strings.Contains(strings.Join(strings.Fields(d.Detail), " "), "The deployment of "+workload.Unit+" failed")
		})
		if byAddress || byCheck {
			failed = append(failed, workload)
		}
	}
	return failed
}

// look asks AWS what became of a deployment.
func (r *Run) look(ctx context.Context, rollout *Rollout) error {
	unit := rollout.Workload.Unit
	service, err := r.AWS.FindService(ctx, r.Cluster.Name, unit)
	if err != nil || !service.There {
		return err
	}
	gaveUp := ""
	if answering := serving(service.Deployments); answering != nil {
		images, err := r.AWS.DefinitionImages(ctx, answering.Definition)
		if err != nil {
			return err
		}
		rollout.Serving, rollout.Running = images["app"], answering.Running
	}
	for _, deployment := range service.Deployments {
		if deployment.State == "FAILED" || deployment.Primary && deployment.State != "COMPLETED" {
			gaveUp, rollout.Reason = deployment.Definition, deployment.Reason
			break
		}
		if deployment.Primary { // it was rolled back to this one
			rollout.Reason = deployment.Reason
		}
	}
	return r.lastTask(ctx, rollout, gaveUp)
}

// serving is the deployment whose tasks answer: one that is complete before one that is under way.
func serving(deployments []aws.Deployment) *aws.Deployment {
	running := slices.DeleteFunc(slices.Clone(deployments), func(d aws.Deployment) bool { return d.Running == 0 || d.State == "FAILED" })
	if len(running) == 0 {
		return nil
	}
	rank := func(d aws.Deployment) int {
		switch {
		case d.State == "COMPLETED":
			return 0
		case !d.Primary:
			return 1 // the one before, which is being replaced
		}
		return 2
	}
	slices.SortStableFunc(running, func(a, b aws.Deployment) int { return cmp.Compare(rank(a), rank(b)) })
	return &running[0]
}

// lastTask is how the last task of a deployment ended, and what it logged. Without a definition it is the last task that did not end
// well.
func (r *Run) lastTask(ctx context.Context, rollout *Rollout, definition string) error {
	tasks, err := r.AWS.StoppedTasks(ctx, r.Cluster.Name, rollout.Workload.Unit)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if definition != "" && task.Definition != definition || definition == "" && len(task.Containers) == 0 {
			continue
		}
		rollout.Stopped = append([]string{task.Reason}, task.Containers...)
		// The log driver names streams by a prefix, the container and the task (ECS's guide, "awslogs-stream-prefix").
		rollout.Stream = "app/app/" + task.ID
		rollout.Lines, err = r.AWS.LastLines(ctx, rollout.Workload.LogGroup, rollout.Stream, lastLines)
		return err
	}
	return nil
}
