package cron

import (
	"time"
	_ "time/tzdata"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/pattern"
	"github.com/groundplan/groundplan/generator/source"
)

// defaultTimeZone is that of every schedule which names none, and of all of Encore's.
const defaultTimeZone = "UTC"

// decodeCron reads the settings of a cron job; jobs and time zones are for plain containers.
func decodeCron(decl source.Decl, in kind.Input, into *containerCronSettings) hcl.Diagnostics {
	if in.Application.Runtime != app.Containers {
		return source.Decode(decl.Config, &into.cronSettings)
	}
	var flat struct {
		Title    string
		Every    time.Duration `setting:",seconds"`
		Schedule string
		Endpoint source.Value
		Job      source.Value
		TimeZone source.Value
	}
	diags := source.Decode(decl.Config, &flat)
	into.cronSettings = cronSettings{Title: flat.Title, Every: flat.Every, Schedule: flat.Schedule, Endpoint: flat.Endpoint}
	into.Job, into.TimeZone = flat.Job, flat.TimeZone
	return diags
}

// readStart reads a schedule that starts a job. That there is such a job is the manifest reader's to say.
func readStart(decl source.Decl, settings containerCronSettings, in kind.Input, cron *Spec) hcl.Diagnostics {
	var diags hcl.Diagnostics
	switch {
	case settings.Job.Kind == source.Absent:
		diags = append(diags, diagnostic.Error(kind.SettingAt(decl, settings.TimeZone), "Time zone of a call", "write the schedule in UTC, or start a job",
			"Cron job %q calls an endpoint, and such schedules are in UTC.", decl.Name))
		return append(diags, readCronEndpoint(decl, settings.Endpoint, in, cron)...)
	case settings.Endpoint.Kind != source.Absent:
		diags = append(diags, diagnostic.Error(kind.SettingAt(decl, settings.Job), "Two things to do", "remove endpoint, or job", "Cron job %q both calls an endpoint and starts a job.", decl.Name))
	}
	cron.Service, cron.StartsJob = settings.Job.Text, true
	if zone := settings.TimeZone; zone.Kind == source.String {
		cron.TimeZone = zone.Text
		if _, err := time.LoadLocation(zone.Text); err != nil || !timeZone().MatchString(zone.Text) {
			diags = append(diags, diagnostic.Error(kind.SettingAt(decl, zone), "Unknown time zone", `write the name of one, as in "Europe/Berlin"`, "There is no time zone %q.", zone.Text))
		}
	}
	return diags
}

// timeZone is the form of a time zone's name in the API of EventBridge Scheduler, without "Local", which Go knows besides.
var timeZone = pattern.Lazy(`^(UTC|[A-Za-z]+(/[A-Za-z0-9_+-]+){1,2})$`)
