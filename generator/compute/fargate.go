package compute

import (
	"fmt"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// Fargate runs workloads as services of ECS that have no machines of their own. They find each other by a private DNS namespace of
// Cloud Map; a load balancer sends requests from outside; EventBridge Scheduler starts tasks, and functions that call endpoints.
var Fargate = Target{
	Name:    "fargate",
	Address: fargateAddress, Platform: fargatePlatform, Workload: fargateWorkload, Schedule: fargateSchedule, Files: fargateFiles, Logs: fargateLogs,
	Runs: fargateRuns, Calls: fargateCalls, Watched: fargateWatched, Takes: fargateTakes, Settled: fargateSettled, Moved: fargateMoved,
}

// fargateAddress is the workload's name in the namespace.
func fargateAddress(w *deploy.Workload) value.Value {
	return value.Join(value.String("http://"+discoveryName(w)+"."), value.Of(app.Cluster, "namespace"), value.String(fmt.Sprintf(":%d", w.Port)))
}

// discoveryName is the DNS label under which other workloads find this one.
func discoveryName(w *deploy.Workload) string { return names.Of(names.DiscoveryName, w.ID.Name) }

func fargatePlatform(d *deploy.Deployment, s *stack.Stack) {
	s.Module(stack.Call{File: "cluster.tf", Label: "cluster", Module: "fargate-cluster", Of: app.Cluster, Exports: clusterExports, Says: "The cluster that processes run on.",
		Why: []string{"The cluster, and the private DNS namespace in which processes find each other"},
		Args: []value.Field{
			value.Arg("name", value.String(names.Of(names.Cluster, d.Env.App, d.Env.Name))),
			value.Arg("vpc_id", value.Of(app.Network, "vpc_id")),
			value.Arg("namespace", value.String(names.Of(names.DiscoveryName, d.Env.App, d.Env.Name)+".internal")),
			value.Arg("key_arn", value.Of(app.EncryptionKey, "arn")),
			value.Arg("log_retention_days", value.Int(d.Env.LogRetentionDays)),
			value.Arg("container_insights", value.Bool(d.Env.ContainerInsights)),
		}})
	if d.Env.Exposed() {
		loadBalancer(d, s)
	}
}

// clusterExports are what a workload is told of the cluster it runs on, as one value.
var clusterExports = []string{"cluster_arn", "cluster_name", "namespace_id", "namespace"}

// fargateLogs are the cluster, and the functions that call endpoints.
func fargateLogs(d *deploy.Deployment) []string {
	list := []string{names.Of(names.Cluster, d.Env.App, d.Env.Name)}
	for _, schedule := range d.Calls() {
		list = append(list, schedule.Name(d.Env))
	}
	return list
}

func fargateWorkload(d *deploy.Deployment, s *stack.Stack, w *deploy.Workload) {
	module := "fargate-service"
	args := fargateArgs(d, w)
	if w.Ends {
		module = "fargate-job"
		args = append(args,
			value.Arg("spot", value.Bool(w.Size.Spot)),
			value.Arg("stop_timeout_seconds", value.Int(w.Size.StopTimeoutSeconds)),
			value.Arg("alarm_topic_arns", value.Strings(d.Env.AlarmTopicARNs)),
			value.Arg("schedules", fargateStarts(w)),
		)
	} else {
		args = append(args, fargateServiceArgs(w)...)
	}
	s.Module(stack.Call{File: workloadFile(w), Label: w.Label(), Module: module, Of: w.ID, Why: w.Describe(), Args: args})
}

// fargateArgs are the arguments that services and jobs have in common.
func fargateArgs(d *deploy.Deployment, w *deploy.Workload) []value.Field {
	image, registry := fargateImage(w.Image)
	return []value.Field{
		value.Arg("name", value.String(w.UnitName())),
		value.Arg("cluster", value.Of(app.Cluster, "")),
		value.Arg("network", value.Of(app.Network, "")),
		value.Arg("key_arn", value.Of(app.EncryptionKey, "arn")),
		value.Arg("image", image),
		value.Arg("registry", registry),
		value.Arg("command", value.Strings(w.Command)),
		value.Arg("task", stack.Said("fargate-service", "task",
			value.Arg("cpu", value.Int(w.Size.CPU)), value.Arg("memory", value.Int(w.Size.Memory)), value.Arg("architecture", value.String(w.Size.Architecture)))),
		value.Arg("log_retention_days", value.Int(d.Env.LogRetentionDays)),
		value.Arg("firewall", stack.Said("fargate-service", "firewall",
			value.Arg("outbound_ports", value.Ints(d.Env.OutboundPorts)), value.Arg("security_group_ids", value.Strings(w.Size.SecurityGroupIDs)))),
		value.Arg("helper_image", value.String(d.Env.HelperImage)),
		value.Arg("iam", fargateIAM(d)),
		value.Arg("security", fargateSecurity(w.Size)),
		value.Arg("environment", fargateVariables(w)),
		value.Arg("secrets", fargateSecrets(w)),
		value.Arg("permissions", fargatePermissions(w)),
		value.Arg("connections", fargateConnections(w)),
	}
}

// fargateServiceArgs are those of a service, beside the ones that a job has as well.
func fargateServiceArgs(w *deploy.Workload) []value.Field {
	listen := []value.Field{value.Arg("port", value.Int(w.Port)), value.Arg("protocol", value.String(fargateProtocols[w.Protocol]))}
	if w.Called() {
		listen = append(listen, value.Arg("discovery_name", value.String(discoveryName(w))))
	}
	var health []value.Field
	if w.Health.Path != "" {
		health = append(health, value.Arg("path", value.String(w.Health.Path)))
	}
	health = append(health, value.Arg("command", value.Strings(w.Health.Command)), value.Arg("grace_seconds", value.Int(w.Size.HealthCheckGraceSeconds)))
	args := []value.Field{
		value.Arg("scale", fargateScale(w)),
		value.Arg("listen", stack.Said("fargate-service", "listen", listen...)),
		value.Arg("health", stack.Said("fargate-service", "health", health...)),
		value.Arg("shutdown", stack.Said("fargate-service", "shutdown",
			value.Arg("drain_seconds", value.Int(w.Size.DrainSeconds)), value.Arg("stop_timeout_seconds", value.Int(w.Size.StopTimeoutSeconds)))),
		value.Arg("routes", fargateRoutes(w)),
	}
	if len(w.Rendered.Config.Fields) > 0 {
		args = append(args, value.Arg("infra_config", value.Call("jsonencode", w.Rendered.Config)))
	}
	return args
}

// fargateProtocols are what the load balancer calls what a workload speaks.
var fargateProtocols = map[string]string{"": "HTTP1", "http2": "HTTP2", "grpc": "GRPC"}

// fargateImage is what a task runs, and what it pulls that by: the environment's repository, the private one of ECR that the image
// names, or the credentials for a registry outside AWS. For any other image there is nothing to permit.
func fargateImage(image deploy.Image) (pulled, registry value.Value) {
	if image.Own() {
		return value.Join(value.Of(app.Registry, "repository_url"), value.String(":"+image.TagPrefix), value.Traversal("var.image_tag")), value.Of(app.Registry, "")
	}
	return value.String(image.Name), stack.Said("fargate-service", "registry",
		value.Arg("repository_arn", value.String(image.Repository())), value.Arg("credentials_arn", image.Credentials))
}

// fargateIAM is where roles stand, and what bounds them.
func fargateIAM(d *deploy.Deployment) value.Value {
	return stack.Said("fargate-service", "iam", value.Arg("path", value.String(d.Env.IAMPath)), value.Arg("permissions_boundary_arn", value.String(d.Env.PermissionsBoundary)))
}

// fargateScale is how many tasks there are, and what that follows.
func fargateScale(w *deploy.Workload) value.Value {
	s := w.Size.Scale
	return stack.Said("fargate-service", "scale",
		value.Arg("min", value.Int(s.Min)),
		value.Arg("max", value.Int(s.Max)),
		value.Arg("cpu_percent", value.Int(s.CPUPercent)),
		value.Arg("memory_percent", value.Int(s.MemoryPercent)),
		value.Arg("spot_percent", value.Int(s.SpotPercent)),
		value.Arg("on_demand", value.Int(s.OnDemand)),
		value.Arg("queues", fargateQueues(w)),
	)
}

// fargateSecurity is what the application's container may do.
func fargateSecurity(t environment.Task) value.Value {
	members := []value.Field{value.Arg("user", value.String(t.User)), value.Arg("read_only_root", value.Bool(t.ReadOnlyRoot))}
	if t.ReadOnlyRoot {
		members = append(members, value.Arg("writable_paths", value.Strings(t.WritablePaths)))
	}
	return stack.Said("fargate-service", "security", append(members, value.Arg("keep_capabilities", value.Strings(t.KeepCapabilities)))...)
}

// fargateVariables are the environment variables of a task, with a comment where what they are about begins.
func fargateVariables(w *deploy.Workload) value.Value {
	fields := make([]value.Field, 0, len(w.Rendered.Variables))
	last := ""
	for _, v := range w.Rendered.Variables {
		field := value.Arg(v.Name, v.Value)
		if why := v.Why.String(); why != last {
			field.Comments, last = lines(why), why
		}
		field.Comments = append(field.Comments, lines(v.Note)...)
		fields = append(fields, field)
	}
	return value.Map(fields...)
}

func fargateSecrets(w *deploy.Workload) value.Value {
	fields := make([]value.Field, 0, len(w.Rendered.Secrets))
	for _, secret := range w.Rendered.Secrets {
		fields = append(fields, value.Field{Name: secret.Variable, Value: secret.ARN, Comments: lines(secret.Why.String())})
	}
	return value.Map(fields...)
}

func fargatePermissions(w *deploy.Workload) value.Value {
	fields := make([]value.Field, 0, len(w.Grants))
	for _, grant := range w.Grants {
		statement := []value.Field{value.Arg("actions", value.Strings(grant.Actions)), value.Arg("resources", value.List(grant.Resources...))}
		var conditions []value.Value
		for _, c := range grant.Conditions {
			conditions = append(conditions, value.Object(
				value.Arg("test", value.String(c.Test)), value.Arg("variable", value.String(c.Variable)), value.Arg("values", value.Strings(c.Values))))
		}
		if len(conditions) > 0 {
			statement = append(statement, value.Arg("conditions", value.List(conditions...)))
		}
		fields = append(fields, value.Field{Name: grant.Name, Comments: lines(grant.Why.String()), Value: value.Object(statement...)})
	}
	return value.Map(fields...)
}

// fargateConnections are the network paths: each is a rule in the security group of what it leads to.
func fargateConnections(w *deploy.Workload) value.Value {
	fields := make([]value.Field, 0, len(w.Paths))
	for _, path := range w.Paths {
		fields = append(fields, value.Field{Name: path.Name, Comments: lines(path.Why.String()), Value: value.Object(
			value.Arg("security_group_id", value.Of(path.To, "security_group_id")),
			value.Arg("port", path.Port),
		)})
	}
	return value.Map(fields...)
}

// fargateQueues are the queues whose length adds tasks, where the workload is to have as many as its messages ask for.
func fargateQueues(w *deploy.Workload) value.Value {
	var fields []value.Field
	for _, queue := range w.Queues {
		if w.Size.Scale.MessagesPerTask > 0 {
			fields = append(fields, value.Field{Name: queue.Name, Comments: []string{queue.Why.String()}, Value: value.Object(
				value.Arg("queue_arn", queue.ARN), value.Arg("messages_per_task", value.Int(w.Size.Scale.MessagesPerTask)))})
		}
	}
	return value.Map(fields...)
}

// fargateRoutes are the rules by which the load balancer sends requests to a workload.
func fargateRoutes(w *deploy.Workload) value.Value {
	var routes []value.Field
	for _, route := range w.Routes {
		fields := []value.Field{
			value.Arg("listener_arn", value.Of(app.LoadBalancer, "listener_arn")),
			value.Arg("security_group_id", value.Of(app.LoadBalancer, "security_group_id")),
			{Name: "priority", Value: value.Int(w.Priorities[w.ID.Name]), Comments: []string{"follows from the name, and is kept in groundplan.lock.json"}},
			value.Arg("hosts", value.Strings(route.Hosts)),
		}
		if len(route.Paths) > 0 {
			fields = append(fields, value.Arg("paths", value.Strings(route.Paths)))
		}
		if route.StickySeconds > 0 {
			fields = append(fields, value.Arg("sticky_seconds", value.Int(route.StickySeconds)))
		}
		routes = append(routes, value.Arg(route.Name, value.Object(fields...)))
	}
	return value.Map(routes...)
}

// fargateStarts are the schedules that start a job. Each is a declaration of its own, whose address is the job's.
func fargateStarts(w *deploy.Workload) value.Value {
	var fields []value.Field
	for _, schedule := range w.Starting(w) {
		members := []value.Field{value.Arg("expressions", value.Strings(schedule.Expressions))}
		if schedule.TimeZone != "UTC" {
			members = append(members, value.Arg("time_zone", value.String(schedule.TimeZone)))
		}
		fields = append(fields, value.Field{Name: names.Of(names.JobSchedule, schedule.Of.Name), Value: value.Object(members...), Comments: []string{schedule.Why.String()}})
	}
	return value.Map(fields...)
}

// fargateSchedule makes a schedule and a function that calls the endpoint. It stands in the services stack: it calls a workload,
// which is there, and it changes with the code. What starts a job stands in the call of that.
func fargateSchedule(d *deploy.Deployment, s *stack.Stack, schedule deploy.Schedule) {
	w := schedule.Target
	if schedule.Starts() {
		s.Parts[schedule.Of] = w.ID
		return
	}
	args := []value.Field{
		value.Arg("name", value.String(schedule.Name(d.Env))),
		value.Arg("network", value.Of(app.Network, "")),
		value.Arg("connection", value.Row(
			value.Arg("security_group_id", value.Of(w.ID, "security_group_id")),
			value.Arg("port", value.Int(w.Port)),
		)),
		value.Arg("key_arn", value.Of(app.EncryptionKey, "arn")),
		value.Arg("schedule_expressions", value.Strings(schedule.Expressions)),
		value.Arg("url", w.Address),
		value.Arg("path", value.String(schedule.Call.Path)),
		value.Arg("method", value.String(schedule.Call.Method)),
		value.Arg("log_retention_days", value.Int(d.Env.LogRetentionDays)),
		value.Arg("alarm_topic_arns", value.Strings(d.Env.AlarmTopicARNs)),
		value.Arg("iam", fargateIAM(d)),
		value.Arg("signature", fargateSignature(d, schedule.Call.Signature)),
	}
	s.Module(stack.Call{File: "schedules.tf", Label: "cron_" + d.Label(schedule.Of.Kind, "", schedule.Of.Name), Module: "cron", Of: schedule.Of, Why: []string{schedule.Why.String()}, Args: args})
}

// fargateSignature is how the function signs its requests.
func fargateSignature(d *deploy.Deployment, signature deploy.Signature) value.Value {
	if signature.Runtime == app.Containers {
		return value.Map()
	}
	members := []value.Field{value.Arg("type", value.String(signature.Runtime.String())), value.Arg("secret_arn", signature.Key), value.Arg("key_id", value.Int(signature.KeyID))}
	if signature.Runtime == app.EncoreTypeScript {
		members = append(members, value.Arg("app_id", value.String(d.App.ID)), value.Arg("env_name", value.String(d.Env.Name)))
	}
	return stack.Said("cron", "signature", members...)
}

// fargateFiles says once what services have in common, and shows how jobs are started by hand.
func fargateFiles(d *deploy.Deployment, s *stack.Stack) {
	share(s, "fargate-service", d.Workloads)
	var fields []value.Field
	for _, w := range d.Workloads {
		if w.Ends {
			fields = append(fields, value.Arg(w.ID.Name, value.Of(w.ID, "run_command")))
		}
	}
	if len(fields) > 0 {
		s.Output("jobs", "Commands that start a run of each job.", value.Map(fields...))
	}
}

// What the modules of the target call that which they make, after the name they are given.

func fargateLogGroup(unit string) string { return "/groundplan/" + unit }

func functionLogGroup(function string) string { return "/aws/lambda/" + function }

func jobFailures(unit string) string { return unit + "-failures" }

func functionFailures(function string) string { return function + "-dead-letters" }

// fargateRuns is a service of ECS, or the family of a job's task definitions.
func fargateRuns(w *deploy.Workload) Running {
	unit := w.UnitName()
	running := Running{Unit: unit, LogGroup: fargateLogGroup(unit)}
	if w.Ends {
		running.Failures = jobFailures(unit)
	}
	return running
}

// fargateCalls is the function that calls an endpoint.
func fargateCalls(d *deploy.Deployment, schedule deploy.Schedule) Running {
	function := schedule.Name(d.Env)
	return Running{Function: function, LogGroup: functionLogGroup(function), Failures: functionFailures(function)}
}

// fargateWatched is by module.
var fargateWatched = map[string]func(stack.Call) Watched{
	"fargate-cluster": func(c stack.Call) Watched {
		groups := []string{fargateLogGroup(c.Text("name")) + "/exec"}
		if c.Text("container_insights") == "true" {
			groups = append(groups, "/aws/ecs/containerinsights/"+c.Text("name")+"/performance")
		}
		return Watched{LogGroups: groups}
	},
	"fargate-service": func(c stack.Call) Watched {
		return Watched{LogGroups: []string{fargateLogGroup(c.Text("name"))}}
	},
	"fargate-job": func(c stack.Call) Watched {
		name := c.Text("name")
		alarms := []string{jobFailures(name), name + "-lost-by-events"}
		if c.Written("schedules") != "{}" {
			alarms = append(alarms, name+"-lost-by-scheduler")
		}
		return Watched{LogGroups: []string{fargateLogGroup(name)}, Alarms: alarms}
	},
	"cron": func(c stack.Call) Watched {
		name := c.Text("name")
		return Watched{LogGroups: []string{functionLogGroup(name)}, Alarms: []string{functionFailures(name), name + "-lost-by-lambda", name + "-lost-by-scheduler"}}
	},
}

// fargateSettled are the arguments of its modules that no override can set.
var fargateSettled = map[string]map[string]stack.Settled{
	"fargate-cluster": {
		"namespace": {Why: "processes find each other by it", Instead: "remove it"},
	},
	"fargate-service": {
		"task.architecture":    {Why: "one image holds every service", Instead: "set architecture in a task block of the environment"},
		"scale.min":            {Why: "connection pools follow from the number of tasks", Instead: inScale},
		"scale.max":            {Why: "connection pools follow from the number of tasks", Instead: inScale},
		"scale.cpu_percent":    {Why: "it is a setting", Instead: inScale},
		"scale.memory_percent": {Why: "it is a setting", Instead: inScale},
		"scale.spot_percent":   {Why: "it is a setting", Instead: inScale},
		"scale.on_demand":      {Why: "it is a setting", Instead: inScale},
		"listen":               {Why: "other processes call this one there", Instead: "remove it"},
		"shutdown": {Why: "the runtime's own deadline follows from it, and its parts are checked together",
			Instead: "set drain_seconds or stop_timeout_seconds in the block of the service or process"},
		"security": {Why: "its parts are settings", Instead: "set user, read_only_root, writable_paths or keep_capabilities in the block of the service or process"},
	},
	"fargate-job": {
		"schedules":            {Why: "they are the cron blocks of the manifest that name the job", Instead: "remove it"},
		"stop_timeout_seconds": {Why: "it is a setting", Instead: "set stop_timeout_seconds in the block of the job"},
	},
	"cron": {
		"path":       {Why: "it is the endpoint's that the job calls", Instead: "remove it"},
		"method":     {Why: "it is the endpoint's that the job calls", Instead: "remove it"},
		"connection": {Why: "it leads to the process that the job calls", Instead: "remove it"},
		"signature":  {Why: "it is what the runtime of the application verifies", Instead: "remove it"},
	},
}

// inScale is where the number of tasks is set.
const inScale = "set scale in the block of the service or process"

// fargateMoved are the arguments of its modules that are members of another now: see stack.Settings.
var fargateMoved = map[string]map[string]string{
	"fargate-service": {
		"vpc_id": "network.vpc_id", "subnet_ids": "network.compute_subnet_ids", "repository_arn": "registry.repository_arn", "image_credentials_arn": "registry.credentials_arn",
		"cpu": "task.cpu", "memory": "task.memory", "architecture": "task.architecture", "queues": "scale.queues",
		"port": "listen.port", "protocol": "listen.protocol", "discovery_name": "listen.discovery_name",
		"health_path": "health.path", "health_command": "health.command", "health_check_grace_seconds": "health.grace_seconds",
		"drain_seconds": "shutdown.drain_seconds", "stop_timeout_seconds": "shutdown.stop_timeout_seconds",
		"outbound_ports": "firewall.outbound_ports", "security_group_ids": "firewall.security_group_ids",
		"iam_path": "iam.path", "permissions_boundary_arn": "iam.permissions_boundary_arn",
	},
	"fargate-job": {
		"vpc_id": "network.vpc_id", "subnet_ids": "network.compute_subnet_ids", "repository_arn": "registry.repository_arn", "image_credentials_arn": "registry.credentials_arn",
		"cpu": "task.cpu", "memory": "task.memory", "architecture": "task.architecture",
		"outbound_ports": "firewall.outbound_ports", "security_group_ids": "firewall.security_group_ids",
		"iam_path": "iam.path", "permissions_boundary_arn": "iam.permissions_boundary_arn",
	},
	"cron": {
		"vpc_id": "network.vpc_id", "subnet_ids": "network.compute_subnet_ids", "iam_path": "iam.path", "permissions_boundary_arn": "iam.permissions_boundary_arn",
		"auth_secret_arn": "signature.secret_arn", "auth_key_id": "signature.key_id", "app_id": "signature.app_id", "env_name": "signature.env_name",
	},
}
