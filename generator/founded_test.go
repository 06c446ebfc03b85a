package generator_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/modules"
	"github.com/groundplan/groundplan/modules/modulestest"
)

// watched holds log groups and alarms against what the modules make of the calls in a stack.
func (f *founded) watched(stack blueprint.Stack) {
	calls, err := modulestest.Literals([]byte(f.code[stack.Folder]))
	if err != nil {
		f.problem(stack.Folder, err.Error())
		return
	}
	said := map[string]*blueprint.Component{}
	for i, c := range stack.Components {
		label := strings.TrimPrefix(c.Address, "module.")
		if known := said[label]; known == nil || len(known.LogGroups)+len(known.Alarms) == 0 {
			said[label] = &stack.Components[i]
		} else if len(c.LogGroups)+len(c.Alarms) > 0 {
			f.problem(c.ID, "and", known.ID, "both have the alarms or log groups of", c.Address)
		}
	}
	for label, arguments := range calls {
		module := regexp.MustCompile(`module "` + label + `" \{\n  source = "\.\./\.\./modules/([a-z-]+)"`).FindStringSubmatch(f.code[stack.Folder])
		if module == nil || said[label] == nil {
			f.problem("module", label, "is of nothing")
			continue
		}
		made, err := modulestest.Call(module[1], arguments)
		if err != nil {
			f.problem(label, err.Error())
			continue
		}
		for _, part := range []struct {
			resource, argument string
			said               []string
		}{{"aws_cloudwatch_log_group", "name", said[label].LogGroups}, {"aws_cloudwatch_metric_alarm", "alarm_name", said[label].Alarms}} {
			names, err := made.Named(part.resource, part.argument)
			if d := cmp.Diff(names, part.said, cmpopts.EquateEmpty()); err != nil || d != "" {
				f.problem(label, "has other", part.resource, d)
			}
		}
	}
}

// handed holds outputs against those in the code.
func (f *founded) handed(stack blueprint.Stack) {
	text := f.code[stack.Folder]
	var names []string
	for _, output := range stack.Outputs {
		names = append(names, output.Name)
		block := blockOf(text, `output "`+output.Name+`"`)
		if !strings.Contains(block, "description = "+strconv.Quote(output.Description)) {
			f.problem("output", output.Name, "is described in other words")
		}
		if output.Component != "" {
			f.leads = append(f.leads, output.Component)
			var attributes []string
			for _, found := range regexp.MustCompile(`(?m)(?:^    |\{ )(\w+) += `).FindAllStringSubmatch(block, -1) {
				attributes = append(attributes, found[1])
			}
			if d := cmp.Diff(attributes, output.Attributes); d != "" {
				f.problem("output", output.Name, "has other attributes:", d)
			}
		}
	}
	if d := cmp.Diff(labelled(text, "output"), names); d != "" {
		f.problem(stack.Folder, "has other outputs:", d)
	}
}

// forPeople are the outputs of the services that commands read by name.
func (f *founded) forPeople() {
	jobs := slices.ContainsFunc(f.env.Workloads, func(w blueprint.Workload) bool { return w.Kind == blueprint.Job })
	for name, want := range map[string]bool{blueprint.URL: f.env.LoadBalancer != nil, blueprint.Jobs: jobs} {
		if slices.Contains(labelled(f.services, "output"), name) != want {
			f.problem("the services have the output", name, "or lack it")
		}
	}
}

// argument is a literal argument of the module call of a component, as text; the default of its module where the call says nothing.
func (f *founded) argument(id, name string) string {
	c := f.env.Component(id)
	if c == nil {
		return ""
	}
	for _, stack := range f.env.Stacks {
		if !slices.ContainsFunc(stack.Components, func(other blueprint.Component) bool { return other.ID == id }) {
			continue
		}
		block := blockOf(f.code[stack.Folder], `module "`+strings.TrimPrefix(c.Address, "module.")+`"`)
		if found := regexp.MustCompile(`(?m)^  ` + name + ` += (.+)$`).FindStringSubmatch(block); found != nil {
			return strings.Trim(found[1], `"`)
		}
		if module := regexp.MustCompile(`"\.\./\.\./modules/([a-z-]+)"`).FindStringSubmatch(block); module != nil {
			return strings.Trim(modules.Default(module[1], name), `"`)
		}
	}
	return ""
}

// says reports when a module call has another argument than the blueprint says.
func (f *founded) says(id, name, want string) {
	if got := f.argument(id, name); got != want {
		f.problem(id, "has", name, strconv.Quote(got)+", and is said to have", strconv.Quote(want))
	}
}

// member is a member of an argument that is an object, as text; the module's default where none is written.
func (f *founded) member(id, argument, name string) string {
	text := f.argument(id, argument)
	if text == "{" {
		text = "{ " + strings.Join(strings.Fields(blockOf(blockOf(f.services, `module "`+strings.TrimPrefix(f.env.Component(id).Address, "module.")+`"`), "\n  "+argument+" ")), " ")
	}
	if found := regexp.MustCompile(`\b` + name + ` += (\w+)`).FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return modules.MemberDefault("fargate-service", argument, name)
}

// sizes are what the blueprint says of how things are made, beside what they are called.
func (f *founded) sizes() {
	for _, server := range f.env.Servers {
		if server.Existing != nil {
			continue
		}
		f.says(server.ID, "engine_version", server.EngineVersion)
		if server.Engine == "aurora" {
			f.says(server.ID, "instances", strconv.Itoa(server.Instances))
			if server.InstanceClass != "db.serverless" {
				f.problem(server.ID, "has instances of a class")
			}
		} else {
			f.says(server.ID, "instance_class", server.InstanceClass)
		}
	}
	for _, cache := range f.env.Caches {
		f.says(cache.ID, "engine_version", cache.EngineVersion)
		f.says(cache.ID, "node_type", cache.NodeType)
	}
	for _, topic := range f.env.Topics {
		if topic.ARN == "" {
			f.says(topic.ID, "fifo", strconv.FormatBool(topic.FIFO))
		}
		for _, subscription := range topic.Subscriptions {
			f.says(subscription.ID, "fifo", strconv.FormatBool(subscription.FIFO))
		}
	}
	for _, secret := range f.env.Secrets {
		of := secret.ID
		if of == "" {
			of = f.cacheOf(secret.Name)
		}
		f.says(of, "recovery_window_days", strconv.Itoa(secret.RecoveryDays))
	}
	if f.env.Network.VPCID == "" {
		f.says("network", "name", f.env.Network.Name)
	}
	if f.env.Key.ARN == "" {
		f.says("encryption key", "name", strings.TrimPrefix(f.env.Key.Alias, "alias/"))
		f.says("encryption key", "deletion_window_days", strconv.Itoa(f.env.Key.DeletionDays))
	}
}

// cacheOf is the id of the cache whose secrets begin with the start of a name.
func (f *founded) cacheOf(secret string) string {
	for _, cache := range f.env.Caches {
		if prefix := f.argument(cache.ID, "secret_prefix"); prefix != "" && strings.HasPrefix(secret, prefix+"/") {
			return cache.ID
		}
	}
	return ""
}

// scales holds how workloads scale, and on what they run, against their calls.
func (f *founded) scales() {
	for _, w := range f.env.Workloads {
		f.leads = append(f.leads, w.ScalesOn...)
		if w.Kind == blueprint.Job {
			f.says(w.ID, "spot", strconv.FormatBool(w.SpotPercent == 100))
			continue
		}
		f.says(w.ID, "exec", strconv.FormatBool(w.Exec))
		for name, want := range map[string]int{
			"min": w.MinTasks, "max": w.MaxTasks, "cpu_percent": w.CPUPercent, "memory_percent": w.MemoryPercent, "spot_percent": w.SpotPercent, "on_demand": w.OnDemand,
		} {
			if got := f.member(w.ID, "scale", name); got != strconv.Itoa(want) {
				f.problem(w.ID, "has", name, got, "and not", strconv.Itoa(want))
			}
		}
		block := blockOf(f.services, `module "`+strings.TrimPrefix(f.env.Component(w.ID).Address, "module.")+`"`)
		if n := strings.Count(block, "messages_per_task = "+strconv.Itoa(w.MessagesPerTask)); n != len(w.ScalesOn) {
			f.problem(w.ID, "scales on", strconv.Itoa(n), "queues")
		}
	}
}

// spoiledSizes are blueprints of the shop that say something else of how things are made.
func spoiledSizes() map[string]func(*blueprint.Environment) {
	component := func(id string, change func(*blueprint.Component)) func(*blueprint.Environment) {
		return func(e *blueprint.Environment) { change(e.Component(id)) }
	}
	return map[string]func(*blueprint.Environment){
		"alarm":            func(e *blueprint.Environment) { e.Component(e.Caches[0].ID).Alarms = nil },
		"group":            component("network", func(c *blueprint.Component) { c.LogGroups = nil }),
		"group of cluster": component("cluster", func(c *blueprint.Component) { c.LogGroups = append(c.LogGroups, "/groundplan/other") }),
		"said twice": func(e *blueprint.Environment) {
			e.Component("database " + e.Servers[0].Databases[0].Name).LogGroups = []string{"/groundplan/other"}
		},
		"output missing":   func(e *blueprint.Environment) { e.Stacks[1].Outputs = nil },
		"output's words":   func(e *blueprint.Environment) { e.Stacks[1].Outputs[0].Description = "?" },
		"attributes":       func(e *blueprint.Environment) { e.Stacks[0].Outputs[0].Attributes = []string{"name"} },
		"handed on":        func(e *blueprint.Environment) { e.Stacks[0].Outputs[0].Component = "bucket other" },
		"balancer":         func(e *blueprint.Environment) { e.LoadBalancer.Output = "balancer" },
		"no balancer":      func(e *blueprint.Environment) { e.LoadBalancer = nil },
		"a job":            func(e *blueprint.Environment) { e.Workloads[0].Kind = blueprint.Job },
		"engine":           func(e *blueprint.Environment) { e.Servers[0].EngineVersion = "9" },
		"class":            func(e *blueprint.Environment) { e.Servers[0].InstanceClass = "db.other" },
		"cache version":    func(e *blueprint.Environment) { e.Caches[0].EngineVersion = "7" },
		"node":             func(e *blueprint.Environment) { e.Caches[0].NodeType = "" },
		"topic":            func(e *blueprint.Environment) { e.Topics[0].FIFO = true },
		"subscription":     func(e *blueprint.Environment) { e.Topics[0].Subscriptions[0].FIFO = true },
		"recovery":         func(e *blueprint.Environment) { e.Secrets[0].RecoveryDays++ },
		"cache's recovery": func(e *blueprint.Environment) { e.Secrets[len(e.Secrets)-1].RecoveryDays++ },
		"network":          func(e *blueprint.Environment) { e.Network.Name = "other" },
		"alias":            func(e *blueprint.Environment) { e.Key.Alias = "alias/other" },
		"deletion":         func(e *blueprint.Environment) { e.Key.DeletionDays++ },
		"exec":             func(e *blueprint.Environment) { e.Workloads[0].Exec = true },
		"most":             func(e *blueprint.Environment) { e.Workloads[0].MaxTasks++ },
		"cpu":              func(e *blueprint.Environment) { e.Workloads[0].CPUPercent++ },
		"memory":           func(e *blueprint.Environment) { e.Workloads[0].MemoryPercent++ },
		"spot":             func(e *blueprint.Environment) { e.Workloads[0].SpotPercent++ },
		"on demand":        func(e *blueprint.Environment) { e.Workloads[0].OnDemand++ },
		"backlog":          func(e *blueprint.Environment) { e.Workloads[0].ScalesOn = []string{"topic order-placed"} },
	}
}

// TestG1_BlueprintFollowsSettings: what settings and overrides change is what the blueprint says.
func TestG1_BlueprintFollowsSettings(t *testing.T) {
	result := lower(t, complete(), `
  alarm_topic_arns  = ["arn:aws:sns:us-east-1:123456789012:alarms"]
  container_insights = true
  task {
    scale = { min = 2, max = 8, messages_per_task = 20, spot_percent = 50, on_demand = 1 }
  }
  database_server "main" {
    engine    = "aurora"
    instances = 2
  }
  override "database" "server" "main" {
    engine_version    = "16.4"
    connections_alarm = 90
  }
  override "process" "orders" {
    exec = true
  }
  override "cache" "sessions" {
    engine_version  = "8.1"
    eviction_policy = "noeviction"
  }
  override "subscription" "ship" "of" "topic" "paid" {
    age_alarm_seconds = 900
  }
  override "secret" "StripeKey" {
    recovery_window_days = 9
  }
  override "encryption" "key" {
    deletion_window_days = 11
  }`)
	env := &result.Blueprint.Environments[0]
	for _, problem := range unfounded(env, result.Files) {
		t.Error(problem)
	}
	w, server := env.Workloads[1], env.Servers[0]
	if !w.Exec || w.SpotPercent != 50 || w.OnDemand != 1 || w.MessagesPerTask != 20 || !slices.Equal(w.ScalesOn, []string{"subscription ship of topic paid"}) {
		t.Errorf("%+v", w)
	}
	if server.EngineVersion != "16.4" || server.Instances != 2 || len(env.Component(server.ID).Alarms) != 6 {
		t.Errorf("%+v %v", server, env.Component(server.ID).Alarms)
	}
	if alarms := env.Component("subscription ship of topic paid").Alarms; len(alarms) != 2 {
		t.Error(alarms)
	}
	if env.Caches[0].EngineVersion != "8.1" || env.Secrets[0].RecoveryDays != 9 || env.Key.DeletionDays != 11 {
		t.Errorf("%+v %+v %+v", env.Caches[0], env.Secrets[0], env.Key)
	}
}
