//go:build linux

package laboratory

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/awscli"
	"github.com/groundplan/groundplan/e2e/lab/ecs"
	"github.com/groundplan/groundplan/e2e/lab/exercise"
)

// Job is a container that runs to its end, when a schedule starts it or somebody does.
type Job struct {
	Process
	Service    string // of the needs
	Definition string // ARN
	// Schedules start runs, by name.
	Schedules []Schedule
}

// Schedule is what EventBridge Scheduler knows of a schedule: as it stands in the account, not in a state.
type Schedule struct {
	Name, Group string
	GroupARN    string
	Role        string
	Disabled    bool
	DeadLetters string         // ARN of the queue for runs that could not be started
	Run         map[string]any // the parameters of RunTask
}

// Jobs are the jobs of the environment, by name.
func (l *Laboratory) Jobs() []Job { return l.jobs }

// readJobs asks the account for its jobs, before anybody needs rights there: the emulator does not believe the signature of an address
// with parameters.
func (l *Laboratory) readJobs() ([]Job, error) {
	var found []Job
	for _, process := range l.Environment.Settings.Processes {
		if !process.Job {
			continue
		}
		definition, is := l.resource("process "+process.Name, "aws_ecs_task_definition")
		if !is {
			return nil, fmt.Errorf("job %s has no task definition", process.Name)
		}
		job := Job{Service: process.Name, Definition: definition.Text("arn"), Process: Process{Name: definition.Text("family"), Hosts: []string{process.Name}}}
		for _, resource := range l.resources("process "+process.Name, "aws_scheduler_schedule") {
			schedule, err := l.schedule(resource.Text("name"), resource.Text("group_name"))
			if err != nil {
				return nil, err
			}
			job.Schedules = append(job.Schedules, schedule)
		}
		found = append(found, job)
	}
	return found, nil
}

// scheduleTarget is a target of a schedule, as far as the laboratory knows it.
type scheduleTarget struct {
	ARN   string `json:"Arn"`
	Role  string `json:"RoleArn"`
	Input string
	ECS   *struct {
		TaskDefinition string `json:"TaskDefinitionArn"`
		Count          int    `json:"TaskCount"`
		LaunchType     string
		Platform       string `json:"PlatformVersion"`
		ManagedTags    bool   `json:"EnableECSManagedTags"`
		Tags           string `json:"PropagateTags"`
		Strategy       []any  `json:"CapacityProviderStrategy"`
		Network        struct {
			VPC struct {
				Subnets []string
				Groups  []string `json:"SecurityGroups"`
				Public  string   `json:"AssignPublicIp"`
			} `json:"awsvpcConfiguration"`
		} `json:"NetworkConfiguration"`
	} `json:"EcsParameters"`
	DeadLetters struct {
		ARN string `json:"Arn"`
	} `json:"DeadLetterConfig"`
}

// schedule reads a schedule that starts a task. Its input are the overrides of the run: Amazon EventBridge Scheduler User Guide,
// "Using templated targets".
func (l *Laboratory) schedule(name, group string) (Schedule, error) {
	answer, err := l.Call("scheduler", "GetSchedule", map[string]any{"Name": name, "GroupName": group})
	if err != nil {
		return Schedule{}, err
	}
	of, err := l.Call("scheduler", "GetScheduleGroup", map[string]any{"Name": group})
	if err != nil {
		return Schedule{}, err
	}
	var read scheduleTarget
	text, err := json.Marshal(answer["Target"])
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	if err != nil || read.ECS == nil {
		return Schedule{}, fmt.Errorf("schedule %s starts no task: %s, %w", name, text, err)
	}
	run := map[string]any{
		"cluster": read.ARN, "taskDefinition": read.ECS.TaskDefinition, "count": max(read.ECS.Count, 1), "startedBy": "chronos-schedule/" + name,
		"enableECSManagedTags": read.ECS.ManagedTags,
		"networkConfiguration": map[string]any{"awsvpcConfiguration": map[string]any{
			"subnets": read.ECS.Network.VPC.Subnets, "securityGroups": read.ECS.Network.VPC.Groups, "assignPublicIp": read.ECS.Network.VPC.Public,
		}},
	}
	for field, value := range map[string]string{"launchType": read.ECS.LaunchType, "platformVersion": read.ECS.Platform, "propagateTags": read.ECS.Tags} {
		if value != "" {
			run[field] = value
		}
	}
	if len(read.ECS.Strategy) > 0 {
		run["capacityProviderStrategy"] = read.ECS.Strategy
	}
	if read.Input != "" {
		var overrides map[string]any
		if err := json.Unmarshal([]byte(read.Input), &overrides); err != nil {
			return Schedule{}, fmt.Errorf("the input of schedule %s: %w", name, err)
		}
		run["overrides"] = overrides
	}
	arn, _ := of["Arn"].(string)
	return Schedule{
		Name: name, Group: group, GroupARN: arn, Role: read.Role, Disabled: answer["State"] == "DISABLED", DeadLetters: read.DeadLetters.ARN, Run: run,
	}, nil
}

// Started is what became of the time of a schedule.
type Started struct {
	Task       ecs.Task
	DeadLetter string // why a message lies among the runs that failed; empty when the task was started
	Lost       string // why even that failed: nobody hears of it
}

// Fire lets the time of a schedule come: the scheduler takes its role, for the group, and calls RunTask. What it cannot start it tells the
// queue, as the same role. It tries once: what is refused here is refused an hour later as well.
func (l *Laboratory) Fire(ctx context.Context, schedule Schedule) Started {
	if schedule.Disabled {
		return Started{Lost: "the schedule is disabled"}
	}
	scheduler, err := l.Environment.Cloud.Assume(ctx, schedule.Role, "scheduler.amazonaws.com", schedule.GroupARN)
	if err != nil {
		return Started{Lost: "the scheduler cannot take its role: " + err.Error()}
	}
	task, err := l.Cluster.Run(scheduler.Identity, schedule.Run)
	if err == nil {
		return Started{Task: task}
	}
	started := Started{DeadLetter: "the scheduler cannot start the task: " + err.Error()}
	parts := strings.Split(schedule.DeadLetters, ":")
	url, err := l.Call("sqs", "GetQueueUrl", map[string]any{"QueueName": parts[len(parts)-1]})
	if err == nil {
		_, err = l.Caller.Call(scheduler.Identity, "sqs", "SendMessage", map[string]any{"QueueUrl": url["QueueUrl"], "MessageBody": "{}"})
	}
	if err != nil {
		started.DeadLetter, started.Lost = "", started.DeadLetter+", nor tell of it: "+err.Error()
	}
	return started
}

// Start starts a run of a job by a command of the AWS CLI, for whoever asks.
func (l *Laboratory) Start(who emulator.Identity, arguments []string) (ecs.Task, error) {
	parameters, err := awscli.RunTask(arguments)
	if err != nil {
		return ecs.Task{}, err
	}
	return l.Cluster.Run(who, parameters)
}

// Hold starts a run of a job that takes orders instead of ending, and returns when it does. Its end is the caller's.
func (l *Laboratory) Hold(ctx context.Context, job Job, run map[string]any) (ecs.Task, error) {
	task, err := l.Cluster.Run(l.Operator, Override(run, map[string]string{exercise.RunVariable: exercise.RunHolds}))
	if err != nil {
		return task, err
	}
	err = l.Cluster.Wait(ctx, "a run of "+job.Name+" that takes orders", func() bool {
		now := l.Task(task)
		if now.Status != "RUNNING" || now.StopCode != "" {
			return now.StopCode != ""
		}
		url, err := l.insideURL(now, "/lab/"+job.Service+"/well")
		if err != nil {
			return false
		}
		response, err := l.inside(now).Get(url)
		if err != nil {
			return false
		}
		response.Body.Close()
		return true
	})
	if now := l.Task(task); err == nil && now.StopCode != "" {
		err = fmt.Errorf("%s ended: %s", job.Name, now.StopReason)
	}
	return l.Task(task), err
}

// Override is a run with further variables for the application's container.
func Override(run map[string]any, variables map[string]string) map[string]any {
	changed := map[string]any{}
	for name, value := range run {
		changed[name] = value
	}
	var environment []any
	for name, value := range variables {
		environment = append(environment, map[string]any{"name": name, "value": value})
	}
	changed["overrides"] = map[string]any{"containerOverrides": []any{map[string]any{"name": "app", "environment": environment}}}
	return changed
}

// Task is a task as it is now.
func (l *Laboratory) Task(task ecs.Task) ecs.Task {
	tasks := l.Cluster.Tasks(task.Service)
	if i := slices.IndexFunc(tasks, func(other ecs.Task) bool { return other.ID == task.ID }); i >= 0 {
		return tasks[i]
	}
	return task
}
