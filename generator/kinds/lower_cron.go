package kinds

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// ServicePort is the port a process of Encore's listens on, by default, and what the network's rules let through.
const ServicePort = 8080

// DiscoveryName is the DNS label under which other processes find this one.
func DiscoveryName(process environment.Process) string {
	return names.Of(names.DiscoveryName, process.Name)
}

// ProcessLabel is the Terraform label of a process.
func (d *Deployment) ProcessLabel(process string) string {
	if p := d.Host(process); p != nil && p.Job {
		return JobPrefix + d.Label("process", "", process)
	}
	return ServicePrefix + d.Label("process", "", process)
}

// What the Terraform labels of processes begin with: those that serve, and those that run to their end.
const (
	ServicePrefix = "service_"
	JobPrefix     = "job_"
)

// CronLabel is the Terraform label of a cron job.
func (d *Deployment) CronLabel(name string) string { return "cron_" + d.Label("cron", "", name) }

// cronName is the physical name of a cron job: its function's, and what its roles and queue are called after.
func (d *Deployment) cronName(r app.Resource) string {
	return names.Of(names.Schedule, d.Env.App, d.Env.Name, r.Name)
}

// cronLogs are the names of the functions that call the endpoints of cron jobs.
func cronLogs(d *Deployment) []string {
	var names []string
	for _, r := range d.Of("cron") {
		names = append(names, d.cronName(r))
	}
	return names
}

// lowerCrons makes a schedule and a signer per job. They stand in the services stack: a job calls a process, which is
// there, and its schedule changes with the code.
func lowerCrons(s *Stack, crons []app.Resource) {
	for _, r := range crons {
		spec := r.Spec.(*Cron)
		target, endpoint := s.Host(spec.Service), s.endpoint(spec)
		expressions := s.CronExpressions(spec)
		if target == nil || len(expressions) == 0 || spec.StartsJob {
			continue
		}
		args := []value.Field{
			Arg("name", value.String(s.cronName(r))),
			Arg("network", value.Traversal("local.platform.network")),
			Arg("connection", value.Row(
				Arg("security_group_id", value.Traversal("module."+s.ProcessLabel(target.Name)+".security_group_id")),
				Arg("port", value.Int(target.Port())),
			)),
			Arg("key_arn", value.Traversal("local.platform.key_arn")),
			Arg("schedule_expressions", value.Strings(expressions)),
			Arg("url", BaseURL(target)),
			Arg("path", value.String(endpoint.Path)),
			Arg("method", value.String(cronMethod(endpoint.Methods))),
			Arg("log_retention_days", value.Int(s.Env.LogRetentionDays)),
			Arg("alarm_topic_arns", value.Strings(s.Env.AlarmTopicARNs)),
			Arg("iam", IAM(s.Env, "cron")),
			Arg("signature", s.signature()),
		}
		s.Module("schedules.tf", s.CronLabel(r.Name), "cron", "cron "+r.Name,
			[]string{fmt.Sprintf("Cron job %s calls %s.%s, in %s", quoted(r.Name), spec.Service, spec.Endpoint, r.At.Filename)}, args...)
	}
}

// CronExpressions are the expressions of the schedules a job gets: none for one that never runs, or that has nothing to put
// into the path it calls. Who reads and checks jobs says so.
func (d *Deployment) CronExpressions(job *Cron) []string {
	endpoint := d.endpoint(job)
	if !job.StartsJob && (endpoint == nil || hasPathParameters(endpoint.Path)) {
		return nil
	}
	expressions, err := job.Expressions()
	if err != nil {
		return nil
	}
	return expressions
}

// signature is how the requests of cron jobs prove where they come from. Encore's Go runtime believes whoever signs as
// its platform does; the TypeScript runtime is never told a platform's key, and believes a service that signs. A plain container verifies nothing:
// that nobody else reaches it is its security group's business.
func (s *Stack) signature() value.Value {
	if s.App.Containers() {
		return value.Map()
	}
	fields := []value.Field{
		Arg("type", value.String(s.App.Runtime.String())),
		Arg("secret_arn", value.Traversal("local.platform."+serviceAuthLabel+"_arn")),
		Arg("key_id", value.Int(serviceAuthKeyID)),
	}
	if s.App.Runtime == app.EncoreTypeScript {
		fields = append(fields, Arg("app_id", value.String(s.App.ID)), Arg("env_name", value.String(s.Env.Name)))
	}
	return Said("cron", "signature", fields...)
}

// IAM is where roles stand and what bounds them, for a module that takes both as one.
func IAM(env *environment.Environment, module string) value.Value {
	return Said(module, "iam", Arg("path", value.String(env.IAMPath)), Arg("permissions_boundary_arn", value.String(env.PermissionsBoundary)))
}

func (d *Deployment) endpoint(cron *Cron) *app.Endpoint {
	service := d.Service(cron.Service)
	if service == nil {
		return nil
	}
	for i := range service.Endpoints {
		if service.Endpoints[i].Name == cron.Endpoint {
			return &service.Endpoints[i]
		}
	}
	return nil
}

// cronMethod is the method a job calls an endpoint by: POST where it is taken, since a job is there to do something.
func cronMethod(methods []string) string {
	if slices.Contains(methods, "POST") || slices.Contains(methods, "*") || len(methods) == 0 {
		return "POST"
	}
	return methods[0]
}

// checkCrons reports schedules that AWS cannot keep, and jobs whose requests would be turned away.
func checkCrons(d *Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("cron") {
		spec := r.Spec.(*Cron)
		if _, err := spec.Expressions(); err != nil {
			diags = append(diags, diagnostic.Error(r.At, "Schedule not available on AWS", "write two cron jobs, one for the days of the month and one for the days of the week",
				"EventBridge Scheduler cannot run cron job %q: %s.", r.Name, err))
		}
		endpoint := d.endpoint(spec)
		if endpoint != nil && endpoint.Access == "auth" {
			diags = append(diags, diagnostic.Warning(r.At, "Cron job without a user", "call a private endpoint that does the same",
				"Cron job %q calls %s.%s, which needs an authenticated user, and a schedule has none: every run would be refused.", r.Name, spec.Service, spec.Endpoint))
		}
	}
	return diags
}
