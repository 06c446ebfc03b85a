package cron

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds/kind"
)

// inspected is a cron job in what inspect prints as JSON. Schedule is "every:<minutes>" or "schedule:<cron expression>", in TimeZone
// where it starts a job, which then stands in the place of service and endpoint.
type inspected struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Schedule string `json:"schedule"`
	Service  string `json:"service"`
	Endpoint string `json:"endpoint"`
	Job      string `json:"job,omitempty"`
	TimeZone string `json:"time_zone,omitempty"`
	At       string `json:"at"`
}

func inspect(_ *app.App, r app.Resource) any {
	spec := r.Spec.(*Spec)
	job := inspected{ID: r.Name, Title: spec.Title, Schedule: spec.When(), Service: spec.Service, Endpoint: spec.Endpoint, At: kind.FileLine(r.At)}
	if spec.StartsJob {
		job.Job, job.Service, job.TimeZone = spec.Service, "", spec.TimeZone
	}
	return job
}

// ownLine says when a job runs, and what it does.
func ownLine(r *app.Resource) string {
	spec := r.Spec.(*Spec)
	if spec.StartsJob {
		return fmt.Sprintf("%s -> job %s", spec.inWords(), spec.Service)
	}
	return fmt.Sprintf("%s -> %s.%s", spec.inWords(), spec.Service, spec.Endpoint)
}

// inWords spells a schedule in words where words are shorter than the expression. What reads Encore's source or metadata leaves the
// time zone to be UTC.
func (c *Spec) inWords() string {
	if c.Schedule == "" {
		return everyInWords(c.EveryMinutes)
	}
	zone := cmp.Or(c.TimeZone, defaultTimeZone)
	var minute, hour int
	if n, err := fmt.Sscanf(c.Schedule, "%d %d * * *", &minute, &hour); err == nil && n == 2 && strings.HasSuffix(c.Schedule, " * * *") {
		return fmt.Sprintf("every day at %02d:%02d %s", hour, minute, zone)
	}
	return fmt.Sprintf("at %s %s", c.Schedule, zone)
}

func everyInWords(minutes int) string {
	switch {
	case minutes == 24*60:
		return "every day at 00:00 UTC"
	case minutes == 60:
		return "every hour"
	case minutes%60 == 0:
		return fmt.Sprintf("every %d hours", minutes/60)
	case minutes == 1:
		return "every minute"
	}
	return fmt.Sprintf("every %d minutes", minutes)
}
