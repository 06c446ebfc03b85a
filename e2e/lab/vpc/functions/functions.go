//go:build linux

// Package functions runs the cron jobs of an environment as EventBridge Scheduler and Lambda do: the function's own code,
// out of the archive that Lambda is given, at an interface with the function's security groups, as the function's role,
// with its environment. A run that fails is repeated as often as Lambda is asked to, and in the end lands among the dead letters.
//
// Simplified against AWS: a schedule's time comes when a caller says so; each attempt is a cold start, of the Python
// that the emulator runs on, in which a second of sleep is as short as all others; one function has one interface; logs stay here.
package functions

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
)

//go:embed driver.py
var driver string

// Options say what to run.
type Options struct {
	Network   *vpc.Network
	Resources state.State
	Cloud     *emulator.Cloud
	Caller    *emulator.Caller
	Archive   string  // the code; empty: modules/cron/signer/signer.zip
	Speed     float64 // by which all durations are divided; 0 counts as 1
}

// Functions are the functions of an environment, with the schedules that start them.
type Functions struct {
	options   Options
	python    string
	functions map[string]*function // by ARN
	schedules map[string]*schedule // by name
}

// function is one function with what Lambda knows of it.
type function struct {
	resource    state.Resource
	attachment  *vpc.Attachment
	repeats     int           // after the first attempt
	age         time.Duration // for which an event waits
	destination string        // ARN of the queue for what failed
	single      chan struct{} // holds one value for each run that may begin; nil: any number may
}

// schedule is what EventBridge Scheduler knows.
type schedule struct {
	name, group, arn string
	disabled         bool
	role             string
	function         string // ARN
	input            string
	destination      string // ARN of the queue for what could not be handed over
}

// Attempt is one run of a function's code.
type Attempt struct {
	Report  map[string]any // what the handler returned
	Failure string         // why it failed, empty when it did not
	Log     string
}

// Run is what became of one occasion of a schedule.
type Run struct {
	Attempts   []Attempt
	DeadLetter string // why a message lies among the dead letters, empty when none does
	Lost       string // why even that failed: nobody will hear of this run
}

// Succeeded reports whether the last attempt did what it should.
func (r Run) Succeeded() bool {
	return len(r.Attempts) > 0 && r.Attempts[len(r.Attempts)-1].Failure == ""
}

// Start reads functions and schedules, and attaches the functions to the network.
func Start(ctx context.Context, options Options) (*Functions, error) {
	if options.Speed <= 0 {
		options.Speed = 1
	}
	python, err := emulator.Tool("python", "bin", "python")
	if err != nil {
		return nil, err
	}
	if options.Archive == "" {
		repository, err := emulator.Repository()
		if err != nil {
			return nil, err
		}
		options.Archive = filepath.Join(repository, "modules", "cron", "signer", "signer.zip")
	}
	f := &Functions{options: options, python: python, functions: map[string]*function{}, schedules: map[string]*schedule{}}
	if err := errors.Join(f.readFunctions(), f.readSchedules(), ctx.Err()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *Functions) readFunctions() error {
	resources := f.options.Resources
	for _, resource := range resources.Of("aws_lambda_function") {
		entry := &function{resource: resource, repeats: 2, age: 6 * time.Hour}
		for _, config := range resources.Of("aws_lambda_function_event_invoke_config") {
			if config.Text("function_name") != resource.Text("function_name") {
				continue
			}
			if config.Has("maximum_retry_attempts") {
				entry.repeats = config.Number("maximum_retry_attempts")
			}
			if seconds := config.Number("maximum_event_age_in_seconds"); seconds > 0 {
				entry.age = time.Duration(seconds) * time.Second
			}
			entry.destination = config.Block("destination_config").Block("on_failure").Text("destination")
		}
		if reserved := resource.Number("reserved_concurrent_executions"); reserved > 0 {
			entry.single = make(chan struct{}, reserved)
		}
		place := resource.Block("vpc_config")
		subnets := place.Texts("subnet_ids")
		if len(subnets) == 0 {
			return fmt.Errorf("%s stands in no subnet", resource.Address)
		}
		slices.Sort(subnets) // a set has no order
		var err error
		entry.attachment, err = f.options.Network.Attach(vpc.Interface{
			Name: resource.Text("function_name"), SubnetID: subnets[0], SecurityGroupIDs: place.Texts("security_group_ids"),
		})
		if err != nil {
			return err
		}
		f.functions[resource.Text("arn")] = entry
	}
	return nil
}

func (f *Functions) readSchedules() error {
	resources := f.options.Resources
	groups := map[string]string{}
	for _, group := range resources.Of("aws_scheduler_schedule_group") {
		groups[group.Text("name")] = group.Text("arn")
	}
	for _, resource := range resources.Of("aws_scheduler_schedule") {
		target := resource.Block("target")
		if len(target.Blocks("ecs_parameters")) > 0 {
			continue // starts a task, which is no function
		}
		if f.functions[target.Text("arn")] == nil {
			return fmt.Errorf("%s starts %q, which is no function of the state", resource.Address, target.Text("arn"))
		}
		f.schedules[resource.Text("name")] = &schedule{
			name: resource.Text("name"), group: groups[resource.Text("group_name")], arn: resource.Text("arn"),
			disabled: resource.Text("state") == "DISABLED", role: target.Text("role_arn"), function: target.Text("arn"),
			input: target.Text("input"), destination: target.Block("dead_letter_config").Text("arn"),
		}
	}
	return nil
}

// Schedules are the names of the schedules of a module, "module.cron_nightly"; of all modules, with an empty name.
func (f *Functions) Schedules(module string) []string {
	var names []string
	for _, resource := range f.options.Resources.Of("aws_scheduler_schedule") {
		if module == "" || resource.Module == module {
			names = append(names, resource.Text("name"))
		}
	}
	return names
}

// Close takes the functions' interfaces away, and with the network whatever still runs in them.
func (f *Functions) Close() error {
	var failures []error
	for _, entry := range f.functions {
		if entry.attachment != nil {
			failures = append(failures, entry.attachment.Close())
		}
	}
	return errors.Join(failures...)
}

// Fire lets the time of a schedule come that was due at a moment, and waits until the run is over for good.
func (f *Functions) Fire(ctx context.Context, name string, due time.Time) (Run, error) {
	entry := f.schedules[name]
	if entry == nil {
		return Run{}, fmt.Errorf("no schedule %q in the state", name)
	}
	if entry.disabled {
		return Run{}, fmt.Errorf("schedule %s is disabled", name)
	}
	request := requestID()
	input := strings.NewReplacer(
		"<aws.scheduler.schedule-arn>", entry.arn, "<aws.scheduler.scheduled-time>", due.UTC().Format(time.RFC3339),
		"<aws.scheduler.execution-id>", request, "<aws.scheduler.attempt-number>", "1",
	).Replace(entry.input)
	target := f.functions[entry.function]
	if run, started := f.schedule(ctx, entry, target, input); !started {
		return run, ctx.Err()
	}
	return f.invoke(ctx, target, request, input)
}

// schedule is the scheduler's part: it hands the run over, or puts it among the dead letters.
func (f *Functions) schedule(ctx context.Context, entry *schedule, target *function, input string) (run Run, started bool) {
	scheduler, err := f.options.Cloud.Assume(ctx, entry.role, "scheduler.amazonaws.com", entry.group)
	if err != nil {
		return Run{Lost: "the scheduler cannot take its role: " + err.Error()}, false
	}
	if err := f.handOver(scheduler.Identity, target, input); err != nil {
		run.DeadLetter = "the scheduler cannot start the function: " + err.Error()
		if err := f.send(scheduler.Identity, entry.destination, input); err != nil {
			run.DeadLetter, run.Lost = "", run.DeadLetter+", nor tell of it: "+err.Error()
		}
		return run, false
	}
	return run, true
}

// handOver asks whether the scheduler may start the function: the emulator cannot.
func (f *Functions) handOver(scheduler emulator.Identity, target *function, input string) error {
	_, err := f.options.Caller.Call(scheduler, "lambda", "Invoke", map[string]any{
		"FunctionName": target.resource.Text("function_name"), "InvocationType": "DryRun", "Payload": input,
	})
	return err
}

// invoke is what Lambda does with an event that it has taken: it waits its turn, tries, and tries again after one
// minute and after two more.
func (f *Functions) invoke(ctx context.Context, target *function, request, input string) (Run, error) {
	var run Run
	deadline := time.Now().Add(f.divided(target.age))
	for {
		if target.single != nil {
			select {
			case target.single <- struct{}{}:
			case <-time.After(time.Until(deadline)):
				return f.giveUp(ctx, target, run, request, input, "EventAgeExceeded", nil), nil
			case <-ctx.Done():
				return run, ctx.Err()
			}
		}
		attempt, payload, err := f.attempt(ctx, target, request, input)
		if target.single != nil {
			<-target.single
		}
		if err != nil {
			return run, err
		}
		run.Attempts = append(run.Attempts, attempt)
		if attempt.Failure == "" {
			return run, nil
		}
		if len(run.Attempts) > target.repeats {
			return f.giveUp(ctx, target, run, request, input, "RetriesExhausted", payload), nil
		}
		wait := f.divided(time.Duration(len(run.Attempts)) * time.Minute)
		if time.Now().Add(wait).After(deadline) {
			return f.giveUp(ctx, target, run, request, input, "EventAgeExceeded", payload), nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return run, ctx.Err()
		}
	}
}

func (f *Functions) divided(duration time.Duration) time.Duration {
	return time.Duration(float64(duration) / f.options.Speed)
}

// FireAll fires all schedules of a module at once, as if they were due at one moment.
func (f *Functions) FireAll(ctx context.Context, module string, due time.Time) (map[string]Run, error) {
	var lock sync.Mutex
	var firing sync.WaitGroup
	runs, failures := map[string]Run{}, []error(nil)
	for _, name := range f.Schedules(module) {
		firing.Go(func() {
			run, err := f.Fire(ctx, name, due)
			lock.Lock()
			defer lock.Unlock()
			runs[name], failures = run, append(failures, err)
		})
	}
	firing.Wait()
	return runs, errors.Join(failures...)
}
