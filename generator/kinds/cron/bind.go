package cron

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/service"
	"github.com/groundplan/groundplan/generator/value"
)

// schedulesOfJobs are the schedules of cron jobs: none for one that never runs, that has nothing to put into the path it calls, or
// that nothing serves. Who reads and checks jobs says so.
func schedulesOfJobs(d *deploy.Deployment) []deploy.Schedule {
	var schedules []deploy.Schedule
	for _, r := range d.Of("cron") {
		job := r.Spec.(*Spec)
		expressions, err := job.Expressions()
		target, endpoint := d.Host(job.Service), endpointOf(d, job)
		if err != nil || len(expressions) == 0 || target == nil {
			continue
		}
		schedule := deploy.Schedule{
			Of: r.ID(), Target: target, Expressions: expressions, TimeZone: job.TimeZone,
			Why: deploy.Why{Does: "Cron job " + kind.Quoted(r.Name), Places: []deploy.Place{{File: r.At.Filename}}},
		}
		if !job.StartsJob {
			if endpoint == nil || hasPathParameters(endpoint.Path) {
				continue
			}
			schedule.Why.Does += fmt.Sprintf(" calls %s.%s", job.Service, job.Endpoint)
			schedule.Call = &deploy.Call{Path: endpoint.Path, Method: method(endpoint.Methods), Signature: signature(d)}
		}
		schedules = append(schedules, schedule)
	}
	return schedules
}

// signature is how the requests of cron jobs prove where they come from. Encore's Go runtime believes whoever signs as
// its platform does; the TypeScript runtime is never told a platform's key, and believes a service that signs. A plain container verifies nothing:
// that nobody else reaches it is its security group's business.
func signature(d *deploy.Deployment) deploy.Signature {
	if d.App.Containers() {
		return deploy.Signature{Runtime: app.Containers}
	}
	return deploy.Signature{Runtime: d.App.Runtime, Key: value.Of(app.ServiceAuthKey, "arn"), KeyID: service.AuthKeyID}
}

func endpointOf(d *deploy.Deployment, cron *Spec) *app.Endpoint {
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

// method is the method a job calls an endpoint by: POST where it is taken, since a job is there to do something.
func method(methods []string) string {
	if slices.Contains(methods, "POST") || slices.Contains(methods, "*") || len(methods) == 0 {
		return "POST"
	}
	return methods[0]
}

// check reports schedules that AWS cannot keep, and jobs whose requests would be turned away.
func check(d *deploy.Deployment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range d.Of("cron") {
		spec := r.Spec.(*Spec)
		if _, err := spec.Expressions(); err != nil {
			diags = append(diags, diagnostic.Error(r.At, "Schedule not available on AWS", "write two cron jobs, one for the days of the month and one for the days of the week",
				"EventBridge Scheduler cannot run cron job %q: %s.", r.Name, err))
		}
		endpoint := endpointOf(d, spec)
		if endpoint != nil && endpoint.Access == "auth" {
			diags = append(diags, diagnostic.Warning(r.At, "Cron job without a user", "call a private endpoint that does the same",
				"Cron job %q calls %s.%s, which needs an authenticated user, and a schedule has none: every run would be refused.", r.Name, spec.Service, spec.Endpoint))
		}
	}
	return diags
}
