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
	Address: fargateAddress, Platform: fargatePlatform, Workload: fargateWorkload, Schedule: fargateSchedule, Files: fargateFiles, Logs: fargateLogs, Settled: fargateSettled, Moved: fargateMoved,
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
			arg("name", value.String(names.Of(names.Cluster, d.Env.App, d.Env.Name))),
			arg("vpc_id", value.Of(app.Network, "vpc_id")),
			arg("namespace", value.String(names.Of(names.DiscoveryName, d.Env.App, d.Env.Name)+".internal")),
			arg("key_arn", value.Of(app.EncryptionKey, "arn")),
			arg("log_retention_days", value.Int(d.Env.LogRetentionDays)),
			arg("container_insights", value.Bool(d.Env.ContainerInsights)),
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
			arg("spot", value.Bool(w.Size.Spot)),
			arg("stop_timeout_seconds", value.Int(w.Size.StopTimeoutSeconds)),
			arg("alarm_topic_arns", value.Strings(d.Env.AlarmTopicARNs)),
			arg("schedules", fargateStarts(w)),
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
		arg("name", value.String(w.UnitName())),
		arg("cluster", value.Of(app.Cluster, "")),
		arg("network", value.Of(app.Network, "")),
		arg("key_arn", value.Of(app.EncryptionKey, "arn")),
		arg("image", image),
		arg("registry", registry),
		arg("command", value.Strings(w.Command)),
		arg("task", stack.Said("fargate-service", "task",
			arg("cpu", value.Int(w.Size.CPU)), arg("memory", value.Int(w.Size.Memory)), arg("architecture", value.String(w.Size.Architecture)))),
		arg("log_retention_days", value.Int(d.Env.LogRetentionDays)),
		arg("firewall", stack.Said("fargate-service", "firewall",
			arg("outbound_ports", value.Ints(d.Env.OutboundPorts)), arg("security_group_ids", value.Strings(w.Size.SecurityGroupIDs)))),
		arg("helper_image", value.String(d.Env.HelperImage)),
		arg("iam", fargateIAM(d)),
		arg("security", fargateSecurity(w.Size)),
		arg("environment", fargateVariables(w)),
		arg("secrets", fargateSecrets(w)),
		arg("permissions", fargatePermissions(w)),
		arg("connections", fargateConnections(w)),
	}
}

// fargateServiceArgs are those of a service, beside the ones that a job has as well.
func fargateServiceArgs(w *deploy.Workload) []value.Field {
	listen := []value.Field{arg("port", value.Int(w.Port)), arg("protocol", value.String(fargateProtocols[w.Protocol]))}
	if w.Called() {
		listen = append(listen, arg("discovery_name", value.String(discoveryName(w))))
	}
	var health []value.Field
	if w.Health.Path != "" {
		health = append(health, arg("path", value.String(w.Health.Path)))
	}
	health = append(health, arg("command", value.Strings(w.Health.Command)), arg("grace_seconds", value.Int(w.Size.HealthCheckGraceSeconds)))
	args := []value.Field{
		arg("scale", fargateScale(w)),
		arg("listen", stack.Said("fargate-service", "listen", listen...)),
		arg("health", stack.Said("fargate-service", "health", health...)),
		arg("shutdown", stack.Said("fargate-service", "shutdown",
			arg("drain_seconds", value.Int(w.Size.DrainSeconds)), arg("stop_timeout_seconds", value.Int(w.Size.StopTimeoutSeconds)))),
		arg("routes", fargateRoutes(w)),
	}
	if len(w.Told.Config.Fields) > 0 {
		args = append(args, arg("infra_config", value.Call("jsonencode", w.Told.Config)))
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
		arg("repository_arn", value.String(image.Repository())), arg("credentials_arn", image.Credentials))
}

// fargateIAM is where roles stand, and what bounds them.
func fargateIAM(d *deploy.Deployment) value.Value {
	return stack.Said("fargate-service", "iam", arg("path", value.String(d.Env.IAMPath)), arg("permissions_boundary_arn", value.String(d.Env.PermissionsBoundary)))
}

// fargateScale is how many tasks there are, and what that follows.
func fargateScale(w *deploy.Workload) value.Value {
	s := w.Size.Scale
	return stack.Said("fargate-service", "scale",
		arg("min", value.Int(s.Min)),
		arg("max", value.Int(s.Max)),
		arg("cpu_percent", value.Int(s.CPUPercent)),
		arg("memory_percent", value.Int(s.MemoryPercent)),
		arg("spot_percent", value.Int(s.SpotPercent)),
		arg("on_demand", value.Int(s.OnDemand)),
		arg("queues", fargateQueues(w)),
	)
}

// fargateSecurity is what the application's container may do.
func fargateSecurity(t environment.Task) value.Value {
	members := []value.Field{arg("user", value.String(t.User)), arg("read_only_root", value.Bool(t.ReadOnlyRoot))}
	if t.ReadOnlyRoot {
		members = append(members, arg("writable_paths", value.Strings(t.WritablePaths)))
	}
	return stack.Said("fargate-service", "security", append(members, arg("keep_capabilities", value.Strings(t.KeepCapabilities)))...)
}

// fargateVariables are the environment variables of a task, with a comment where what they are about begins.
func fargateVariables(w *deploy.Workload) value.Value {
	fields := make([]value.Field, 0, len(w.Told.Variables))
	last := ""
	for _, v := range w.Told.Variables {
		field := arg(v.Name, v.Value)
		if why := v.Why.String(); why != last {
			field.Comments, last = lines(why), why
		}
		field.Comments = append(field.Comments, lines(v.Note)...)
		fields = append(fields, field)
	}
	return value.Map(fields...)
}

func fargateSecrets(w *deploy.Workload) value.Value {
	fields := make([]value.Field, 0, len(w.Told.Secrets))
	for _, secret := range w.Told.Secrets {
		fields = append(fields, value.Field{Name: secret.Variable, Value: secret.ARN, Comments: lines(secret.Why.String())})
	}
	return value.Map(fields...)
}

func fargatePermissions(w *deploy.Workload) value.Value {
	fields := make([]value.Field, 0, len(w.Grants))
	for _, grant := range w.Grants {
		statement := []value.Field{arg("actions", value.Strings(grant.Actions)), arg("resources", value.List(grant.Resources...))}
		var conditions []value.Value
		for _, c := range grant.Conditions {
			conditions = append(conditions, value.Object(
				arg("test", value.String(c.Test)), arg("variable", value.String(c.Variable)), arg("values", value.Strings(c.Values))))
		}
		if len(conditions) > 0 {
			statement = append(statement, arg("conditions", value.List(conditions...)))
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
			arg("security_group_id", value.Of(path.To, "security_group_id")),
			arg("port", path.Port),
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
				arg("queue_arn", queue.ARN), arg("messages_per_task", value.Int(w.Size.Scale.MessagesPerTask)))})
		}
	}
	return value.Map(fields...)
}

// fargateRoutes are the rules by which the load balancer sends requests to a workload.
func fargateRoutes(w *deploy.Workload) value.Value {
	var routes []value.Field
	for _, route := range w.Routes {
		fields := []value.Field{
			arg("listener_arn", value.Of(app.LoadBalancer, "listener_arn")),
			arg("security_group_id", value.Of(app.LoadBalancer, "security_group_id")),
			{Name: "priority", Value: value.Int(w.Priorities[w.ID.Name]), Comments: []string{"follows from the name, and is kept in groundplan.lock.json"}},
			arg("hosts", value.Strings(route.Hosts)),
		}
		if len(route.Paths) > 0 {
			fields = append(fields, arg("paths", value.Strings(route.Paths)))
		}
		if route.StickySeconds > 0 {
			fields = append(fields, arg("sticky_seconds", value.Int(route.StickySeconds)))
		}
		routes = append(routes, arg(route.Name, value.Object(fields...)))
	}
	return value.Map(routes...)
}

// fargateStarts are the schedules that start a job. Each is a declaration of its own, whose address is the job's.
func fargateStarts(w *deploy.Workload) value.Value {
	var fields []value.Field
	for _, schedule := range w.Starting(w) {
		members := []value.Field{arg("expressions", value.Strings(schedule.Expressions))}
		if schedule.TimeZone != "UTC" {
			members = append(members, arg("time_zone", value.String(schedule.TimeZone)))
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
		arg("name", value.String(schedule.Name(d.Env))),
		arg("network", value.Of(app.Network, "")),
		arg("connection", value.Row(
			arg("security_group_id", value.Of(w.ID, "security_group_id")),
			arg("port", value.Int(w.Port)),
		)),
		arg("key_arn", value.Of(app.EncryptionKey, "arn")),
		arg("schedule_expressions", value.Strings(schedule.Expressions)),
		arg("url", w.Address),
		arg("path", value.String(schedule.Call.Path)),
		arg("method", value.String(schedule.Call.Method)),
		arg("log_retention_days", value.Int(d.Env.LogRetentionDays)),
		arg("alarm_topic_arns", value.Strings(d.Env.AlarmTopicARNs)),
		arg("iam", fargateIAM(d)),
		arg("signature", fargateSignature(d, schedule.Call.Signature)),
	}
	s.Module(stack.Call{File: "schedules.tf", Label: "cron_" + d.Label(schedule.Of.Kind, "", schedule.Of.Name), Module: "cron", Of: schedule.Of, Why: []string{schedule.Why.String()}, Args: args})
}

// fargateSignature is how the function signs its requests.
func fargateSignature(d *deploy.Deployment, signature deploy.Signature) value.Value {
	if signature.Runtime == app.Containers {
		return value.Map()
	}
	members := []value.Field{arg("type", value.String(signature.Runtime.String())), arg("secret_arn", signature.Key), arg("key_id", value.Int(signature.KeyID))}
	if signature.Runtime == app.EncoreTypeScript {
		members = append(members, arg("app_id", value.String(d.App.ID)), arg("env_name", value.String(d.Env.Name)))
	}
	return stack.Said("cron", "signature", members...)
}

// fargateFiles says once what services have in common, and shows how jobs are started by hand.
func fargateFiles(d *deploy.Deployment, s *stack.Stack) {
	share(s, "fargate-service", d.Workloads)
	var fields []value.Field
	for _, w := range d.Workloads {
		if w.Ends {
			fields = append(fields, arg(w.ID.Name, value.Of(w.ID, "run_command")))
		}
	}
	if len(fields) > 0 {
		s.Output("jobs", "Commands that start a run of each job.", value.Map(fields...))
	}
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
