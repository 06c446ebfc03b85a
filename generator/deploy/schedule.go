package deploy

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/value"
)

// Schedule is what happens at certain times: a workload is started, or an endpoint of one is called.
type Schedule struct {
	Of app.ID
	// Target is the workload that is started or called.
	Target *Workload
	// Expressions are those of EventBridge Scheduler, one or more; TimeZone is what they are read in, a name of the IANA's.
	Expressions []string
	TimeZone    string
	// Call is what is called, nil for a schedule that starts its target.
	Call *Call
	Why  Why
}

// Call is a request to an endpoint.
type Call struct {
	Path, Method string
	Signature    Signature
}

// Signature is how a request proves that it comes from the environment's schedules.
type Signature struct {
	// Runtime is whose way of signing it is; app.Containers for no signature.
	Runtime app.Runtime
	// Key is the ARN of the secret that holds the key, KeyID the key's number.
	Key   value.Value
	KeyID int
}

// Starts reports whether the schedule starts its target, rather than calling it.
func (s Schedule) Starts() bool { return s.Call == nil }

// ScheduleName is the physical name of a schedule that calls something, after which all that is made for it is called.
func ScheduleName(env *environment.Environment, schedule string) string {
	return names.Of(names.Schedule, env.App, env.Name, schedule)
}

// Name is the schedule's physical name.
func (s Schedule) Name(env *environment.Environment) string { return ScheduleName(env, s.Of.Name) }

// Starting are the schedules that start a workload.
func (d *Deployment) Starting(w *Workload) []Schedule {
	var list []Schedule
	for _, s := range d.Schedules {
		if s.Starts() && s.Target == w {
			list = append(list, s)
		}
	}
	return list
}

// Calls are the schedules that call something.
func (d *Deployment) Calls() []Schedule {
	var list []Schedule
	for _, s := range d.Schedules {
		if !s.Starts() {
			list = append(list, s)
		}
	}
	return list
}
