package generator

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/value"
)

// lowerServices builds the stack that changes with each deploy: one module call per process, each in a file of its
// own, wired from the uses of the services it hosts.
func lowerServices(s *kinds.Stack) {
	for _, process := range s.Processes {
		lowerProcess(s, process)
	}
	for _, kind := range kinds.All {
		if kind.LowerServices != nil {
			kind.LowerServices(s, s.Of(kind.Name))
		}
	}
	outputJobs(s)
	if s.Env.Exposed() {
		s.Output("url", "Where the application answers.", value.Traversal("local.platform.load_balancer.url"))
	}
	if !s.App.DeploysByTag() {
		return
	}
	s.Add("variables.tf", emit.Block{Type: "variable", Labels: []string{"image_tag"}, Args: []value.Field{
		{Name: "description", Value: value.String("Tag of the image to run, as pushed to the registry of the platform stack.")},
		{Name: "type", Value: value.Traversal("string")},
		{Name: "nullable", Value: value.Bool(false)},
	}})
}

// wire collects what every process of a deployment gets.
func wire(d *kinds.Deployment) {
	for _, p := range d.Processes {
		if !d.App.Containers() {
			kinds.WireServiceAuth(p)
		}
		for _, kind := range kinds.All {
			if kind.Wire != nil && runs(d.App, kind) {
				kind.Wire(p)
			}
		}
		discover(p)
		if d.App.Containers() {
			kinds.WireContainer(p)
		}
		kinds.WireVariables(p)
	}
}

// runs says whether a kind has a part in an application: what Encore's runtimes do by themselves, containers do not.
func runs(application *app.App, kind kinds.Kind) bool {
	return !kind.OfRuntime || !application.Containers()
}

func lowerProcess(s *kinds.Stack, p *kinds.Process) {
	process := p.Process
	if process.Job {
		lowerJob(s, p)
		return
	}
	args := []value.Field{
		kinds.Arg("name", value.String(kinds.UnitName(s.Env, process.Name))),
		kinds.Arg("cluster", value.Traversal("local.platform.cluster")),
		kinds.Arg("network", value.Traversal("local.platform.network")),
		kinds.Arg("key_arn", value.Traversal("local.platform.key_arn")),
		kinds.Arg("task", taskSize(process.Task)),
		kinds.Arg("scale", scale(p)),
		kinds.Arg("listen", listen(p)),
		kinds.Arg("health", health(p)),
		kinds.Arg("shutdown", kinds.Said("fargate-service", "shutdown",
			kinds.Arg("drain_seconds", value.Int(process.DrainSeconds)), kinds.Arg("stop_timeout_seconds", value.Int(process.StopTimeoutSeconds)))),
		kinds.Arg("log_retention_days", value.Int(s.Env.LogRetentionDays)),
		kinds.Arg("firewall", firewall(s.Env, process)),
		kinds.Arg("helper_image", value.String(s.Env.HelperImage)),
		kinds.Arg("iam", kinds.IAM(s.Env, "fargate-service")),
		kinds.Arg("security", security(process.Task)),
		kinds.Arg("environment", variableArgs(p)),
		kinds.Arg("secrets", secretArgs(p)),
		kinds.Arg("permissions", permissionArgs(p)),
		kinds.Arg("connections", connectionArgs(p)),
	}
	if s.App.Containers() {
		args = append(args, containerArgs(s, p)...)
	} else {
		args = append(args,
			kinds.Arg("image", value.Template("", "local.platform.registry.repository_url", ":", "var.image_tag")),
			kinds.Arg("registry", value.Traversal("local.platform.registry")),
			kinds.Arg("routes", routes(s, process)),
			value.Field{Name: "infra_config", Value: value.Call("jsonencode", infraConfig(p)), Comments: []string{"What the Encore runtime of this process is told"}},
		)
	}
	s.Module(processFile(s.Label("process", "", process.Name)), s.ProcessLabel(process.Name), "fargate-service", "process "+process.Name,
		processComments(p), args...)
}

// processFile names the file of a process. Terraform reads override.tf and *_override.tf as patches of other files,
// and the stack has files of its own: a process of such a name gets a suffix.
func processFile(label string) string {
	name := label
	taken := []string{"outputs", "override", "platform", "providers", "terraform", "variables"}
	if slices.Contains(taken, name) || strings.HasSuffix(name, "_override") {
		name += "_process"
	}
	return name + ".tf"
}

func processComments(process *kinds.Process) []string {
	var hosts []string
	for _, name := range process.Services {
		hosts = append(hosts, fmt.Sprintf("%q (%s)", name, folder(process.Service(name).Dir)))
	}
	noun := "Service"
	if len(hosts) > 1 {
		noun = "Services"
	}
	switch {
	case process.Worker:
		return []string{fmt.Sprintf("Worker %q, in %s: it listens on no port, and nothing can call it", process.Name, process.Service(process.Name).At.Filename)}
	case process.App.Containers():
		return []string{fmt.Sprintf("Service %q, in %s", process.Name, process.Service(process.Name).At.Filename)}
	case process.Gateway:
		comments := []string{"The API gateway: the only process that requests from outside reach"}
		if len(hosts) > 0 {
			comments = []string{fmt.Sprintf("The API gateway, and %s %s", strings.ToLower(noun), strings.Join(hosts, ", "))}
		}
		if process.AuthService != "" {
			comments = append(comments,
				fmt.Sprintf("It runs the auth handler, and with it the code of service %q (%s), all but its subscriptions", process.AuthService, folder(process.Service(process.AuthService).Dir)))
		}
		return comments
	default:
		return []string{fmt.Sprintf("%s %s", noun, strings.Join(hosts, ", "))}
	}
}

// folder is a service's directory as a reader would write it.
func folder(dir string) string {
	if dir == "." {
		return "the application's root"
	}
	return dir + "/"
}

// taskSize is how large a task is, and for which processor.
func taskSize(t environment.Task) value.Value {
	return kinds.Said("fargate-service", "task",
		kinds.Arg("cpu", value.Int(t.CPU)), kinds.Arg("memory", value.Int(t.Memory)), kinds.Arg("architecture", value.String(t.Architecture)))
}

// scale is how many tasks there are, and what that follows.
func scale(p *kinds.Process) value.Value {
	s := p.Scale
	return kinds.Said("fargate-service", "scale",
		kinds.Arg("min", value.Int(s.Min)),
		kinds.Arg("max", value.Int(s.Max)),
		kinds.Arg("cpu_percent", value.Int(s.CPUPercent)),
		kinds.Arg("memory_percent", value.Int(s.MemoryPercent)),
		kinds.Arg("spot_percent", value.Int(s.SpotPercent)),
		kinds.Arg("on_demand", value.Int(s.OnDemand)),
		kinds.Arg("queues", queueArgs(p)),
	)
}

// encoreHealthPath is where Encore's runtimes answer while a process is well.
const encoreHealthPath = "/__encore/healthz"

// listen is where a process is called, and by which name.
func listen(p *kinds.Process) value.Value {
	var fields []value.Field
	if p.App.Containers() {
		c := p.Service(p.Name).Container
		fields = append(fields, kinds.Arg("port", value.Int(modulePort(c))), kinds.Arg("protocol", value.String(protocols[c.Protocol])))
	}
	if len(p.Services) > 0 && !p.Worker {
		fields = append(fields, kinds.Arg("discovery_name", value.String(kinds.DiscoveryName(p.Process))))
	}
	return kinds.Said("fargate-service", "listen", fields...)
}

// health is how it is known that a process is well.
func health(p *kinds.Process) value.Value {
	grace := kinds.Arg("grace_seconds", value.Int(p.HealthCheckGraceSeconds))
	if !p.App.Containers() {
		return kinds.Said("fargate-service", "health", kinds.Arg("path", value.String(encoreHealthPath)), grace)
	}
	c := p.Service(p.Name).Container
	var fields []value.Field
	if !c.Worker && (c.Public || len(c.HealthCommand) == 0) { // who asks for it
		fields = append(fields, kinds.Arg("path", value.String(c.HealthPath)))
	}
	return kinds.Said("fargate-service", "health", append(fields, kinds.Arg("command", value.Strings(c.HealthCommand)), grace)...)
}

// firewall is what the tasks may reach beside what they use.
func firewall(env *environment.Environment, process environment.Process) value.Value {
	return kinds.Said("fargate-service", "firewall",
		kinds.Arg("outbound_ports", value.Ints(env.OutboundPorts)), kinds.Arg("security_group_ids", value.Strings(process.SecurityGroupIDs)))
}

// security is what the application's container may do.
func security(t environment.Task) value.Value {
	fields := []value.Field{kinds.Arg("user", value.String(t.User)), kinds.Arg("read_only_root", value.Bool(t.ReadOnlyRoot))}
	if t.ReadOnlyRoot {
		fields = append(fields, kinds.Arg("writable_paths", value.Strings(t.WritablePaths)))
	}
	return kinds.Said("fargate-service", "security", append(fields, kinds.Arg("keep_capabilities", value.Strings(t.KeepCapabilities)))...)
}

func secretArgs(p *kinds.Process) value.Value {
	fields := make([]value.Field, 0, len(p.Secrets))
	for _, secret := range p.Secrets {
		fields = append(fields, value.Field{Name: secret.Variable, Value: secret.ARN, Comments: []string{secret.Comment}})
	}
	return value.Map(fields...)
}

func permissionArgs(p *kinds.Process) value.Value {
	fields := make([]value.Field, 0, len(p.Permissions))
	for _, permission := range p.Permissions {
		statement := []value.Field{
			kinds.Arg("actions", value.Strings(permission.Actions)),
			kinds.Arg("resources", value.List(permission.Resources...)),
		}
		var conditions []value.Value
		for _, c := range permission.Conditions {
			conditions = append(conditions, value.Object(
				kinds.Arg("test", value.String(c.Test)), kinds.Arg("variable", value.String(c.Variable)), kinds.Arg("values", value.Strings(c.Values))))
		}
		if len(conditions) > 0 {
			statement = append(statement, kinds.Arg("conditions", value.List(conditions...)))
		}
		fields = append(fields, value.Field{Name: permission.Name, Comments: []string{permission.Comment}, Value: value.Object(statement...)})
	}
	return value.Map(fields...)
}

func connectionArgs(p *kinds.Process) value.Value {
	fields := make([]value.Field, 0, len(p.Connections))
	for name, connection := range p.Connections {
		fields = append(fields, value.Field{Name: name, Comments: []string{connection.Comment}, Value: value.Object(
			kinds.Arg("security_group_id", connection.SecurityGroup),
			kinds.Arg("port", connection.Port),
		)})
	}
	return value.Map(fields...)
}

func routes(s *kinds.Stack, process environment.Process) value.Value {
	if !process.Gateway {
		return value.Map()
	}
	return value.Map(kinds.Arg("gateway", value.Object(
		kinds.Arg("listener_arn", value.Traversal("local.platform.load_balancer.listener_arn")),
		kinds.Arg("security_group_id", value.Traversal("local.platform.load_balancer.security_group_id")),
		kinds.Arg("priority", value.Int(s.Priorities[process.Name])),
		kinds.Arg("hosts", value.Strings(s.Env.Answered())),
	)))
}

// discover gives a process the addresses of the services it talks to, and the network path to each. The rules are
// those of Encore's image build: what the hosted services call; for a gateway every service.
//
// Three more are named to the runtime without a path, because the process never calls them: what hosted services only
// refer to (the endpoint of a cron job, which the schedule calls), for the build takes a reference for a call; to a gateway the
// services that offer nothing outside; and the auth handler's service, which the build demands of every process once an endpoint needs authentication, and which every Go
// process looks up at start. It is the gateway that runs the handler, in its own process, and nothing from outside comes past
// the gateway: calls between services carry a user that is authenticated.
func discover(p *kinds.Process) {
	reasons := map[string][]string{}
	for _, e := range p.Edges {
		if e.Kind == "service" && e.ReferenceOnly {
			reasons[e.Resource] = append(reasons[e.Resource], "")
		} else if e.Kind == "service" {
			reasons[e.Resource] = append(reasons[e.Resource], "called in "+e.At.Filename)
		}
	}
	if auth := p.App.Auth; auth != nil && (p.App.NeedsAuth() || p.App.Runtime == app.EncoreGo) {
		reasons[auth.Service] = append(reasons[auth.Service], "")
	}
	if p.Gateway {
		for _, service := range p.App.Services {
			why := ""
			if slices.ContainsFunc(service.Endpoints, app.Endpoint.Exposed) {
				why = "routed to by the gateway"
			}
			reasons[service.Name] = append(reasons[service.Name], why)
		}
	}
	var fields []value.Field
	targets := map[*kinds.Process][]string{}
	for service, why := range reasons {
		target := p.Host(service)
		if p.Hosts(service) || target == nil {
			continue
		}
		fields = append(fields, kinds.Arg(service, value.Object(kinds.Arg("base_url", kinds.BaseURL(target)))))
		why = slices.DeleteFunc(why, func(reason string) bool { return reason == "" })
		if len(why) > 0 {
			targets[target] = append(targets[target], fmt.Sprintf("service %q: %s", service, strings.Join(distinct(why), ", ")))
		}
	}
	for target, why := range targets {
		sort.Strings(why)
		p.Connections[p.ProcessLabel(target.Name)] = kinds.Connection{
			Comment:       strings.Join(why, "; "),
			SecurityGroup: value.Traversal("module." + p.ProcessLabel(target.Name) + ".security_group_id"),
			Port:          value.Int(target.Port()),
		}
	}
	if len(fields) > 0 {
		p.Config["service_discovery"] = value.Map(fields...)
	}
}

func distinct(list []string) []string {
	sort.Strings(list)
	return slices.Compact(list)
}

// infraConfig is the Encore infra config of a process: the sections the resources added, and those every process has.
func infraConfig(p *kinds.Process) value.Value {
	metadata := []value.Field{
		kinds.Arg("app_id", value.String(p.App.ID)),
		kinds.Arg("env_name", value.String(p.Env.Name)),
		kinds.Arg("env_type", value.String(p.Env.Type)),
		kinds.Arg("cloud", value.String("aws")),
	}
	if gateway(p.Env) != nil {
		metadata = append(metadata, kinds.Arg("base_url", value.Traversal("local.platform.load_balancer.url")))
	}
	gateways := []string{}
	if p.Gateway {
		gateways = append(gateways, app.GatewayName)
		p.Config["cors"] = cors(p.App.CORS)
	}
	p.Config["metadata"] = value.Object(metadata...)
	p.Config["hosted_services"] = value.Strings(p.HostedServices())
	p.Config["hosted_gateways"] = value.Strings(gateways)
	// The runtime's own deadline ends before ECS kills the task, so that it is the runtime that says what did not end. That
	// callers learn of the stop in time is not its business: the module holds its signal back.
	p.Config["graceful_shutdown"] = value.Object(kinds.Arg("total", value.Int(shutdownTotal(p.StopTimeoutSeconds))))
	fields := make([]value.Field, 0, len(p.Config))
	for section, v := range p.Config {
		fields = append(fields, kinds.Arg(section, v))
	}
	return value.Map(fields...)
}

// shutdownTotal is the runtime's own deadline, in seconds from its signal. Encore's TypeScript runtime goes on for up to
// three seconds after it.
func shutdownTotal(stopTimeout int) int { return stopTimeout - 5 }

func cors(c *app.CORS) value.Value {
	if c == nil {
		return value.Object()
	}
	var fields []value.Field
	if c.Debug {
		fields = append(fields, kinds.Arg("debug", value.Bool(true)))
	}
	for _, list := range []struct {
		name   string
		values []string
	}{
		{"allow_headers", c.AllowHeaders},
		{"allow_origins_with_credentials", c.AllowOriginsWithCredentials},
		{"allow_origins_without_credentials", c.AllowOriginsWithoutCredentials},
		{"expose_headers", c.ExposeHeaders},
	} {
		if len(list.values) > 0 {
			fields = append(fields, kinds.Arg(list.name, value.Strings(list.values)))
		}
	}
	return value.Object(fields...)
}
