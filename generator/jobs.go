package generator

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// lowerJob makes what a container needs that runs to its end: everything that a service has but the service, and the
// schedules that start it.
func lowerJob(s *kinds.Stack, p *kinds.Process) {
	process, c := p.Process, p.Service(p.Name).Container
	image, registry := containerImage(s.Deployment, c)
	label := s.ProcessLabel(p.Name)
	s.Module(processFile(s.Label("process", "", p.Name)), label, "fargate-job", "process "+p.Name,
		[]string{fmt.Sprintf("Job %q, in %s: each run is a task that ends by itself", p.Name, p.Service(p.Name).At.Filename)},
		kinds.Arg("name", value.String(kinds.UnitName(s.Env, p.Name))),
		kinds.Arg("cluster", value.Traversal("local.platform.cluster")),
		kinds.Arg("network", value.Traversal("local.platform.network")),
		kinds.Arg("image", image),
		kinds.Arg("registry", registry),
		kinds.Arg("key_arn", value.Traversal("local.platform.key_arn")),
		kinds.Arg("task", taskSize(process.Task)),
		kinds.Arg("spot", value.Bool(process.Spot)),
		kinds.Arg("stop_timeout_seconds", value.Int(process.StopTimeoutSeconds)),
		kinds.Arg("log_retention_days", value.Int(s.Env.LogRetentionDays)),
		kinds.Arg("command", value.Strings(c.Command)),
		kinds.Arg("security", security(process.Task)),
		kinds.Arg("firewall", firewall(s.Env, process)),
		kinds.Arg("alarm_topic_arns", value.Strings(s.Env.AlarmTopicARNs)),
		kinds.Arg("helper_image", value.String(s.Env.HelperImage)),
		kinds.Arg("iam", kinds.IAM(s.Env, "fargate-job")),
		kinds.Arg("environment", variableArgs(p)),
		kinds.Arg("secrets", secretArgs(p)),
		kinds.Arg("permissions", permissionArgs(p)),
		kinds.Arg("connections", connectionArgs(p)),
		kinds.Arg("schedules", scheduleArgs(s, p, label)),
	)
}

// scheduleArgs are the schedules that start a job. Each is a declaration of its own, whose address is the job's.
func scheduleArgs(s *kinds.Stack, p *kinds.Process, label string) value.Value {
	var fields []value.Field
	for _, r := range s.Of(kinds.Crons.Name) {
		cron := r.Spec.(*kinds.Cron)
		expressions := s.CronExpressions(cron)
		if !cron.StartsJob || cron.Service != p.Name || len(expressions) == 0 {
			continue
		}
		schedule := []value.Field{kinds.Arg("expressions", value.Strings(expressions))}
		if cron.TimeZone != "UTC" {
			schedule = append(schedule, kinds.Arg("time_zone", value.String(cron.TimeZone)))
		}
		fields = append(fields, value.Field{Name: names.Of(names.JobSchedule, r.Name), Value: value.Object(schedule...),
			Comments: []string{fmt.Sprintf("Cron job %q, in %s", r.Name, r.At.Filename)}})
		s.Addresses["cron "+r.Name] = "module." + label
	}
	return value.Map(fields...)
}

// outputJobs shows how jobs are started by hand.
func outputJobs(s *kinds.Stack) {
	var fields []value.Field
	for _, p := range s.Processes {
		if p.Job {
			fields = append(fields, kinds.Arg(p.Name, value.Traversal("module."+s.ProcessLabel(p.Name)+".run_command")))
		}
	}
	if len(fields) > 0 {
		s.Output("jobs", "Commands that start a run of each job.", value.Map(fields...))
	}
}

// queueArgs are the queues whose length adds tasks, where the process is to have as many as its messages ask for.
func queueArgs(p *kinds.Process) value.Value {
	var fields []value.Field
	for _, queue := range p.Queues {
		if p.Scale.MessagesPerTask > 0 {
			fields = append(fields, value.Field{Name: queue.Name, Comments: []string{queue.Comment}, Value: value.Object(
				kinds.Arg("queue_arn", queue.ARN), kinds.Arg("messages_per_task", value.Int(p.Scale.MessagesPerTask)))})
		}
	}
	return value.Map(fields...)
}
