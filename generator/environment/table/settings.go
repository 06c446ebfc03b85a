// Package table is what may stand in groundplan.hcl: every setting with its type, its default in every profile, its
// meaning and its check. It is the only place a default stands: parse.go reads the file by it, package resolution makes
// the values, document.go the page docs/settings.md. Order is the order of the page. The table must not know the
// application, nor package resolution, which compares one value with another.
package table

import (
	"fmt"
	"maps"
	"slices"

	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/settings"
)

// The profiles, in the order in which perProfile takes values.
var Profiles = []string{"dev", "balanced", "ha"}

const DefaultProfile = "balanced"

// setting is one row: a setting of a block that lands in a field of T.
type setting[T any] struct {
	settings.Setting
	// values holds the default of each profile, nil when the default is derived.
	values []any
	put    func(*T, any)
}

func row[T, V any](name string, field func(*T) *V, values [3]V, meaning string, check func(V) rule.Fault) setting[T] {
	s := derived(name, field, "", meaning, check)
	s.values = []any{values[0], values[1], values[2]}
	s.Default = printedDefault(s.values)
	return s
}

// required makes a row without a default.
func required[T, V any](name string, field func(*T) *V, meaning string, check func(V) rule.Fault) setting[T] {
	s := derived(name, field, "", meaning, check)
	s.Required = true
	return s
}

// derived makes a row whose default another value decides; description says which.
func derived[T, V any](name string, field func(*T) *V, description, meaning string, check func(V) rule.Fault) setting[T] {
	var zero V
	s := setting[T]{
		Setting: settings.Setting{Name: name, Type: typeOf(zero), Default: description, Meaning: meaning},
		put:     func(target *T, value any) { *field(target) = joined(any(*field(target)), cloned(value)).(V) },
	}
	if check != nil {
		s.Check = func(value any) (detail, hint string) {
			bad := check(value.(V))
			return bad.Detail, bad.Hint
		}
	}
	return s
}

// typeOf is the type of a setting that lands in a field of zero's.
func typeOf(zero any) settings.Type {
	switch zero.(type) {
	case string:
		return settings.String
	case int:
		return settings.Integer
	case float64:
		return settings.Number
	case bool:
		return settings.Bool
	case []string:
		return settings.StringList
	case []int:
		return settings.IntegerList
	case map[string]string:
		return settings.StringMap
	}
	panic(fmt.Sprintf("no setting can hold a %T", zero))
}

// plain are the rows without the fields they land in.
func plain[T any](rows []setting[T]) []settings.Setting {
	list := make([]settings.Setting, len(rows))
	for i, r := range rows {
		list[i] = r.Setting
	}
	return list
}

// cloned keeps two environments from sharing the backing array of a default list.
func cloned(value any) any {
	switch list := value.(type) {
	case []string:
		return slices.Clone(list)
	case []int:
		return slices.Clone(list)
	case map[string]string:
		return maps.Clone(list)
	}
	return value
}

// joined lets entries of a map come from several places, the later of two with one name; every other value replaces.
func joined(before, value any) any {
	if entries, is := value.(map[string]string); is && len(before.(map[string]string)) > 0 {
		all := maps.Clone(before.(map[string]string))
		maps.Copy(all, entries)
		return all
	}
	return value
}

func same[V any](value V) [3]V { return [3]V{value, value, value} }

func perProfile[V any](dev, balanced, ha V) [3]V { return [3]V{dev, balanced, ha} }

// App is what the application's environments share.
type App struct {
	Tags map[string]string
}

var AppSettings = []setting[App]{
	row("tags", func(a *App) *map[string]string { return &a.Tags }, same(map[string]string(nil)),
		"Tags of everything that is made in any environment, beside `application`, `environment`, `managed-by` and `stack`, which are groundplan's.", nil),
}

var EnvironmentSettings = []setting[environment.Environment]{
	row("profile", func(e *environment.Environment) *string { return &e.Profile }, same(DefaultProfile),
		"Sets every default below at once: `dev` is small and cheap, and the loss of a zone may end it until AWS has the zone back; `balanced` survives the loss of a zone, by two tasks of each process, a standby of each server and a NAT gateway in each zone; `ha` keeps more in reserve.",
		rule.OneOf(Profiles...)),
	row("type", func(e *environment.Environment) *string { return &e.Type }, perProfile("development", "production", "production"),
		"What the application sees as its environment type: `production`, `development`, `ephemeral` or `test`.",
		rule.OneOf("production", "development", "ephemeral", "test")),
	row("region", func(e *environment.Environment) *string { return &e.Region }, same("us-east-1"),
		"AWS region.", rule.IsRegion),
	row("account_id", func(e *environment.Environment) *string { return &e.AccountID }, same(""),
		"The AWS account, 12 digits in quotes. When set, terraform refuses to plan and apply against another account; without it a plan refuses another account than that of the first apply, and only destroying does not.", rule.IsAccountID),
	row("tags", func(e *environment.Environment) *map[string]string { return &e.Tags }, same(map[string]string(nil)),
		"Tags of everything that is made in the environment, beside those of the `app` block; of two with one key this one counts.", nil),
	row("domain", func(e *environment.Environment) *string { return &e.Domain }, same(""),
		"Name under which the gateway, or a public container, is reached: from the internet, unless `internal` is set. Without it the load balancer is internal and speaks HTTP. Further names have an `alias` block each.", rule.IsDomain),
	row("hosted_zone_id", func(e *environment.Environment) *string { return &e.HostedZoneID }, same(""),
		"Route 53 hosted zone that holds `domain`; needed with it, unless `certificate_arn` is set and DNS is kept elsewhere. A public zone: certificates are proven there.", rule.IsHostedZoneID),
	derived("internal", func(e *environment.Environment) *bool { return &e.Internal }, "`true` without `domain`, else `false`",
		"Whether the load balancer has private addresses alone. With `domain` it speaks HTTPS all the same.", nil),
	row("private_zone_id", func(e *environment.Environment) *string { return &e.PrivateZoneID }, same(""),
		"Private Route 53 zone that exists and resolves `domain` in place of `hosted_zone_id`, when the load balancer is internal. ACM proves names in public DNS alone: without `hosted_zone_id` beside it, `certificate_arn` is needed.", rule.IsHostedZoneID),
	row("certificate_arn", func(e *environment.Environment) *string { return &e.CertificateARN }, same(""),
		"An ACM certificate that exists and covers `domain` and the names beside it. Without it one is made and renewed.", rule.IsCertificateARN),
	row("cdn_certificate_arn", func(e *environment.Environment) *string { return &e.CDNCertificateARN }, same(""),
		"An ACM certificate in us-east-1 that exists and covers `*.<domain>`, for the public buckets. Without it one is made for each.", rule.IsCDNCertificateARN),
	row("web_acl_arn", func(e *environment.Environment) *string { return &e.WebACLARN }, same(""),
		"A WAFv2 web ACL of the region that exists and filters the requests to the load balancer. None is made: its rules have to fit the application, and it has a price.", rule.IsWebACLARN),
	row("cdn_web_acl_arn", func(e *environment.Environment) *string { return &e.CDNWebACLARN }, same(""),
		"A WAFv2 web ACL of the scope CLOUDFRONT that exists and filters the requests to the public buckets.", rule.IsCDNWebACLARN),
	row("idle_timeout_seconds", func(e *environment.Environment) *int { return &e.IdleTimeoutSeconds }, same(55),
		"Seconds after which the load balancer closes a connection on which nothing happens. The application has to keep its connections open for longer, or some requests are answered 502: Encore's TypeScript runtime closes them after 60 seconds, Node.js by itself after 5.", rule.Within(1, 4000, "seconds")),
	row("key_arn", func(e *environment.Environment) *string { return &e.KeyARN }, same(""),
		"A KMS key that exists and encrypts logs, images, secrets, queues, databases, caches and the buckets that are not public; the README in the output says what its policy has to admit. Without it one is made.", rule.IsKeyARN),
	row("compute", func(e *environment.Environment) *string { return &e.Compute }, same("fargate"),
		"Where processes run: `fargate`.", rule.IsCompute),
	row("process_allocation", func(e *environment.Environment) *string { return &e.ProcessAllocation },
		perProfile("all_in_one", "one_per_service", "one_per_service"),
		"How services are spread over processes: `one_per_service`, `all_in_one`, or your own groups by `process` blocks.",
		rule.OneOf("one_per_service", "all_in_one")),
	derived("cidr", func(e *environment.Environment) *string { return &e.CIDR }, "granted once, kept in the lock file",
		"Private address range of the VPC, `/16` to `/19`.", rule.IsVPCRange),
	derived("zones", func(e *environment.Environment) *[]string { return &e.Zones }, "`[\"a\", \"b\"]`; required in ap-northeast-1 and us-west-1",
		"Letters of the availability zones, two at least. Adding one changes no existing subnet. A plan refuses a zone that the account does not have, or that lacks what an environment needs, and names the letters that work.", rule.AreZones),
	row("nat", func(e *environment.Environment) *string { return &e.NAT }, perProfile("single", "per_zone", "per_zone"),
		"NAT gateways for outgoing traffic: `none`, `single` or `per_zone`. With `single` everything outside, AWS's own services and the registry included, is lost to all zones with the first of `zones`: no task starts then. Each further gateway costs about 32 USD a month.", rule.OneOf("none", "single", "per_zone")),
	derived("interface_endpoints", func(e *environment.Environment) *[]string { return &e.InterfaceEndpoints }, "none; with `nat = \"none\"` "+quotedList(rule.NeededEndpoints)+", and "+quotedList(rule.SessionEndpoints)+" where an `override` sets `exec`",
		"AWS services reached inside the VPC instead of through NAT.", rule.AreEndpoints),
	row("outbound_ports", func(e *environment.Environment) *[]int { return &e.OutboundPorts }, same([]int{443}),
		"TCP ports that processes may reach outside the VPC.", rule.ArePorts),
	row("permissions_boundary", func(e *environment.Environment) *string { return &e.PermissionsBoundary }, same(""),
		"ARN of a policy that bounds every role that is made.", rule.IsPolicyARN),
	row("iam_path", func(e *environment.Environment) *string { return &e.IAMPath }, same("/"),
		"Path of every role that is made.", rule.IsIAMPath),
	row("deploy_role_arns", func(e *environment.Environment) *[]string { return &e.DeployRoleARNs }, same([]string(nil)),
		"Roles that may push images; when set, nobody else may.", rule.AreRoleARNs),
	row("pull_role_arns", func(e *environment.Environment) *[]string { return &e.PullRoleARNs }, same([]string(nil)),
		"Roles that may pull images besides those of the environment's processes and `deploy_role_arns`: a scanner's, or those of another environment that runs the same images. Nobody else may.", rule.AreRoleARNs),
	row("strict_access", func(e *environment.Environment) *bool { return &e.StrictAccess }, same(false),
		"Whether a service gets only what its own code uses. Without it, a service gets as well what code of others uses and calls that its own code leads to, as `inspect` lists under `reach`: a shared database module, for example. A secret that modules of a TypeScript application call while they load is needed by every process to start: with it, processes of other services get a placeholder in place of the value.", nil),
	row("alarm_topic_arns", func(e *environment.Environment) *[]string { return &e.AlarmTopicARNs }, same([]string(nil)),
		"SNS topics that are told when something needs a person, such as messages nobody could handle.", rule.AreTopicARNs),
	row("deletion_protection", func(e *environment.Environment) *bool { return &e.DeletionProtection }, perProfile(false, true, true),
		"Whether AWS refuses to delete the database servers, the load balancer once it has a domain, and a registry or buckets that are not empty. Without it, destroying buckets deletes the objects in them.", nil),
	row("container_insights", func(e *environment.Environment) *bool { return &e.ContainerInsights }, perProfile(false, true, true),
		"CloudWatch Container Insights on the cluster.", nil),
	row("helper_image", func(e *environment.Environment) *string { return &e.HelperImage }, same(rule.DefaultHelperImage),
		"Image with a shell that writes the configuration file and probes the process: busybox 1.37.0, or a copy of it, by its digest. With `nat = \"none\"` it must be in a private ECR registry of the region; the README in the output shows how to copy it there.", rule.IsDigest),
	row("log_retention_days", func(e *environment.Environment) *int { return &e.LogRetentionDays }, perProfile(14, 365, 365),
		"Days that logs of processes, cron jobs, cluster, databases and caches are kept.", rule.IsRetention),
	row("flow_log_retention_days", func(e *environment.Environment) *int { return &e.FlowLogRetentionDays }, perProfile(14, 365, 365),
		"Days that the flow logs of the VPC are kept.", rule.IsRetention),
	row("access_logs", func(e *environment.Environment) *bool { return &e.AccessLogs }, perProfile(false, false, true),
		"Whether requests to the buckets that are made, and to public ones through CloudFront, are logged, in one of their own. Requests to the load balancer always are.", nil),
	row("access_log_retention_days", func(e *environment.Environment) *int { return &e.AccessLogRetentionDays }, perProfile(30, 90, 365),
		"Days that access logs are kept: of the load balancer, and of buckets and CloudFront where `access_logs` is set.", rule.Within(1, 3653, "days")),
	row("key_deletion_days", func(e *environment.Environment) *int { return &e.KeyDeletionDays }, perProfile(7, 30, 30),
		"Days between deleting the encryption key and its loss.", rule.Within(7, 30, "days")),
	row("secret_recovery_days", func(e *environment.Environment) *int { return &e.SecretRecoveryDays }, perProfile(7, 30, 30),
		"Days in which a deleted secret can be restored; 0 deletes at once.", rule.IsRecoveryWindow),
	row("keep_images", func(e *environment.Environment) *int { return &e.KeepImages }, perProfile(20, 50, 100),
		"Images the registry keeps of each `tag_prefix`, and of all without one, the newest by when they were first pushed; 3 at least: the one that runs, the one that replaces it and the one to go back to. 0 keeps every image.", rule.IsImageCount),
}

// AliasSettings: see environment.Alias.
var AliasSettings = []setting[environment.Alias]{
	derived("hosted_zone_id", func(a *environment.Alias) *string { return &a.HostedZoneID }, "the environment's, for a name that ends in the same two labels as `domain`",
		"Public Route 53 zone that holds the name. Without one, `certificate_arn` has to cover the name, and its DNS is kept elsewhere.", rule.IsHostedZoneID),
	derived("private_zone_id", func(a *environment.Alias) *string { return &a.PrivateZoneID }, "the environment's, for a name that ends in the same two labels as `domain`",
		"Private Route 53 zone that resolves the name, when the load balancer is internal.", rule.IsHostedZoneID),
	row("redirect", func(a *environment.Alias) *bool { return &a.Redirect }, same(false),
		"Whether requests are sent on to `domain`, with their path and query, by a permanent redirect; browsers and most clients turn a POST into a GET then. Otherwise the application answers them.", nil),
}

var TaskSettings = []setting[environment.Task]{
	row("cpu", func(t *environment.Task) *int { return &t.CPU }, perProfile(256, 512, 1024),
		"CPU units of one task, 1024 for one virtual CPU.", rule.IsCPU),
	row("memory", func(t *environment.Task) *int { return &t.Memory }, perProfile(512, 1024, 2048),
		"Memory of one task in MiB; Fargate allows certain sizes for each `cpu`.", rule.Within(512, 122880, "MiB")),
	row("architecture", func(t *environment.Task) *string { return &t.Architecture }, same("X86_64"),
		"`X86_64` or `ARM64`; images must be built for it.", rule.OneOf("X86_64", "ARM64")),
	row("scale.min", func(t *environment.Task) *int { return &t.Scale.Min }, perProfile(1, 2, 3),
		"Tasks that always run.", rule.Within(1, 1000, "tasks")),
	row("scale.max", func(t *environment.Task) *int { return &t.Scale.Max }, perProfile(2, 10, 30),
		"Tasks that run at most.", rule.Within(1, 1000, "tasks")),
	row("scale.cpu_percent", func(t *environment.Task) *int { return &t.Scale.CPUPercent }, same(60),
		"Average CPU use that autoscaling aims at.", rule.Within(10, 95, "percent")),
	row("scale.memory_percent", func(t *environment.Task) *int { return &t.Scale.MemoryPercent }, same(75),
		"Average memory use that autoscaling aims at.", rule.Within(10, 95, "percent")),
	row("scale.messages_per_task", func(t *environment.Task) *int { return &t.Scale.MessagesPerTask }, same(0),
		"Messages waiting for each task that autoscaling aims at, in every queue of a subscription that the process reads; 0 for none. There are as many tasks as CPU, memory or one of the queues asks for, whichever is most. An Encore service works on `max_concurrency` messages at once in each task, so that a few times that many are some rounds of work. More tasks than a FIFO topic has message groups find nothing to do.",
		rule.Within(0, 1_000_000, "messages")),
	row("scale.spot_percent", func(t *environment.Task) *int { return &t.Scale.SpotPercent }, same(0),
		"Share of Fargate Spot among the tasks beyond `scale.on_demand`: cheaper, and taken away with two minutes' notice. When AWS has no Spot capacity these tasks do not start. What a load balancer sends requests to, the gateway or a public service, runs on Spot only if a block of its own says so (or everything is in one process): docs/deployments.md says what an interruption means there.",
		rule.Within(0, 100, "percent")),
	derived("scale.on_demand", func(t *environment.Task) *int { return &t.Scale.OnDemand }, "`scale.min`; 0 with `spot_percent = 100`",
		"Tasks that run on demand before any runs on Spot.", rule.Within(0, 1000, "tasks")),
	derived("security_group_ids", func(t *environment.Task) *[]string { return &t.SecurityGroupIDs }, "none",
		"Further security groups of the tasks, at most 4, in the VPC they run in. What their rules allow is allowed as well: their owner sees to it.", rule.AreSecurityGroups),
	row("drain_seconds", func(t *environment.Task) *int { return &t.DrainSeconds }, same(20),
		"Time a task that stops goes on serving before it gets its signal, and callers learn that it is gone (docs/deployments.md).", rule.Within(0, rule.MaxStopSeconds-rule.MinStopTimeout, "seconds")),
	row("stop_timeout_seconds", func(t *environment.Task) *int { return &t.StopTimeoutSeconds }, same(45),
		"Time a task has to finish its work, from its signal on, before it is killed. The runtime's own shutdown takes 5 seconds less. With `drain_seconds` at most 115.",
		rule.Within(rule.MinStopTimeout, rule.MaxStopSeconds, "seconds")),
	row("health_check_grace_seconds", func(t *environment.Task) *int { return &t.HealthCheckGraceSeconds }, same(60),
		"Time a starting task may fail its health check.", rule.Within(0, 300, "seconds")),
	row("user", func(t *environment.Task) *string { return &t.User }, same(""),
		"User that the image runs as, and group behind a colon, as in `1000:1000`: numbers, or names the image knows. Without it the image's own, which for Encore's images is root, without any of root's capabilities.", rule.IsUser),
	row("read_only_root", func(t *environment.Task) *bool { return &t.ReadOnlyRoot }, same(false),
		"Whether the image's files are read only, as AWS's control ECS.5 asks. What the application writes goes to `writable_paths` then, and anything else it writes fails.", nil),
	row("writable_paths", func(t *environment.Task) *[]string { return &t.WritablePaths }, same([]string{"/tmp"}),
		"Paths that can be written to with `read_only_root`: volumes of the task, empty when it starts and gone with it.", rule.AreWritable),
	row("keep_capabilities", func(t *environment.Task) *[]string { return &t.KeepCapabilities }, same([]string(nil)),
		"Capabilities of the kernel that are not taken from the container, out of those that containers usually have: `CHOWN`, `SETGID` and `SETUID` for an image that begins as root and goes on as another user.", rule.AreCapabilities),
	row("variables", func(t *environment.Task) *map[string]string { return &t.Variables }, same(map[string]string(nil)),
		"Environment variables, with values that are no secrets. Those of the block of a process join those of `task`, and both win over the manifest's `environment`.", rule.AreVariables),
}

// JobSettings are those of a container that runs to its end: nothing scales it, and nobody calls it.
var JobSettings = append(slices.DeleteFunc(slices.Clone(TaskSettings), func(s setting[environment.Task]) bool {
	return !slices.Contains([]string{
		"cpu", "memory", "architecture", "security_group_ids", "stop_timeout_seconds", "user", "read_only_root", "writable_paths", "keep_capabilities", "variables",
	}, s.Name)
}),
	row("spot", func(t *environment.Task) *bool { return &t.Spot }, same(false),
		"Whether it runs on Fargate Spot: cheaper, and a run may be ended with two minutes' notice, which counts as failed.", nil))

var DatabaseServerSettings = []setting[environment.DatabaseServer]{
	derived("databases", func(d *environment.DatabaseServer) *[]string { return &d.Databases }, "every database no other server names",
		"Databases on this server.", rule.AreDistinct),
	row("engine", func(d *environment.DatabaseServer) *string { return &d.Engine }, same("postgres"),
		"`postgres` (RDS for PostgreSQL) or `aurora` (Aurora Serverless v2).", rule.OneOf("postgres", "aurora")),
	derived("engine_version", func(d *environment.DatabaseServer) *string { return &d.EngineVersion }, "`\"18\"`; `\"17\"` with aurora",
		"Major version of PostgreSQL; AWS then chooses the minor version and keeps it current. With a minor version, as in `\"17.9\"`, nothing changes by itself. It is also the way to a higher major version where AWS refuses its own choice: modules/database-server/README.md, Upgrades.", rule.IsPostgresVersion),
	row("instance_class", func(d *environment.DatabaseServer) *string { return &d.InstanceClass }, perProfile("db.t4g.medium", "db.m5.large", "db.m5.xlarge"),
		"Instance class. `postgres` only.", rule.IsInstanceClass),
	row("storage_gb", func(d *environment.DatabaseServer) *int { return &d.StorageGB }, perProfile(20, 100, 100),
		"Storage to start with, in GiB. `postgres` only.", rule.Within(20, 65536, "GiB")),
	row("max_storage_gb", func(d *environment.DatabaseServer) *int { return &d.MaxStorageGB }, perProfile(100, 1000, 2000),
		"Storage the server grows to by itself, in GiB. `postgres` only.", rule.Within(22, 65536, "GiB")),
	row("multi_az", func(d *environment.DatabaseServer) *bool { return &d.MultiAZ }, perProfile(false, true, true),
		"A standby in a second zone that takes over. `postgres` only.", nil),
	row("min_capacity", func(d *environment.DatabaseServer) *float64 { return &d.MinCapacity }, perProfile(0.5, 0.5, 2.0),
		"Capacity units that are always there, in steps of 0.5; 0 pauses an idle server. `aurora` only.", rule.IsCapacity(0)),
	row("max_capacity", func(d *environment.DatabaseServer) *float64 { return &d.MaxCapacity }, perProfile(4.0, 16.0, 64.0),
		"Capacity units at most. `aurora` only.", rule.IsCapacity(1)),
	row("instances", func(d *environment.DatabaseServer) *int { return &d.Instances }, perProfile(1, 2, 3),
		"Instances: one writer, the rest readers that take over. `aurora` only.", rule.Within(1, 16, "instances")),
	row("backup_retention_days", func(d *environment.DatabaseServer) *int { return &d.BackupRetentionDays }, perProfile(7, 7, 14),
		"Days that daily backups are kept.", rule.Within(1, 35, "days")),
	derived("deletion_protection", func(d *environment.DatabaseServer) *bool { return &d.DeletionProtection }, "the environment's",
		"Whether AWS refuses to delete the server.", nil),
	row("final_snapshot", func(d *environment.DatabaseServer) *bool { return &d.FinalSnapshot }, perProfile(false, true, true),
		"A last snapshot when the server is deleted.", nil),
}

// NetworkSettings: see environment.ExistingNetwork.
var NetworkSettings = []setting[environment.ExistingNetwork]{
	required("vpc_id", func(n *environment.ExistingNetwork) *string { return &n.VPCID },
		"The VPC.", rule.IsVPCID),
	derived("public_subnet_ids", func(n *environment.ExistingNetwork) *[]string { return &n.PublicSubnetIDs }, "none",
		"Subnets of the load balancer, two or more, each in a zone of its own. Needed when the application has endpoints that are called from outside, unless the load balancer is internal: without them it stands in the compute subnets then, of which it needs two.", rule.AreSubnets(2)),
	required("compute_subnet_ids", func(n *environment.ExistingNetwork) *[]string { return &n.ComputeSubnetIDs },
		"Subnets of the processes.", rule.AreSubnets(1)),
	derived("storage_subnet_ids", func(n *environment.ExistingNetwork) *[]string { return &n.StorageSubnetIDs }, "none",
		"Subnets of database servers and caches, two or more, each in a zone of its own. Needed when one is made.", rule.AreSubnets(2)),
}

var ExistingTopicSettings = []setting[environment.ExistingTopic]{
	required("arn", func(t *environment.ExistingTopic) *string { return &t.ARN },
		"ARN of the topic. It ends in `.fifo` exactly when the application asks for an order or for exactly-once delivery.", rule.IsExistingTopicARN),
	derived("key_arn", func(t *environment.ExistingTopic) *string { return &t.KeyARN }, "none",
		"KMS key that encrypts the messages.", rule.IsKeyARN),
}

var ExistingServerSettings = []setting[environment.ExistingServer]{
	required("address", func(s *environment.ExistingServer) *string { return &s.Address },
		"Host name of the server.", rule.IsHost),
	row("port", func(s *environment.ExistingServer) *int { return &s.Port }, same(5432),
		"Port it listens on.", rule.Within(1, 65535, "as a TCP port")),
	required("security_group_id", func(s *environment.ExistingServer) *string { return &s.SecurityGroupID },
		"Security group of the server. Each process that uses a database there gets a rule in it.", rule.IsSecurityGroupID),
	derived("ca_certificate", func(s *environment.ExistingServer) *string { return &s.CACertificate }, "the root certificate of RDS in the region",
		"Root certificate of the server, one block of PEM.", rule.IsCACertificate),
	derived("master_secret_arn", func(s *environment.ExistingServer) *string { return &s.MasterSecretARN }, "none",
		"Secret with the master user's name and password, for the commands in the README. No process reads it.", rule.IsSecretARN),
	row("max_connections", func(s *environment.ExistingServer) *int { return &s.MaxConnections }, same(100),
		"Connections the application may open, all processes together; `SHOW max_connections` says how many the server has.", rule.Within(20, 262143, "connections")),
}

var CacheSettings = []setting[environment.Cache]{
	row("node_type", func(c *environment.Cache) *string { return &c.NodeType }, perProfile("cache.t4g.small", "cache.m6g.large", "cache.m6g.large"),
		"Size of a node.", rule.IsNodeType),
	row("replicas", func(c *environment.Cache) *int { return &c.Replicas }, perProfile(0, 1, 2),
		"Copies of the primary that serve readers and take over when it fails, 0 to 5.", rule.Within(0, 5, "replicas")),
	row("multi_az", func(c *environment.Cache) *bool { return &c.MultiAZ }, perProfile(false, true, true),
		"Whether the replicas stand in other zones than the primary.", nil),
	row("snapshot_retention_days", func(c *environment.Cache) *int { return &c.SnapshotRetentionDays }, perProfile(0, 1, 7),
		"Days that daily snapshots are kept; 0 for none.", rule.Within(0, 35, "days")),
	row("final_snapshot", func(c *environment.Cache) *bool { return &c.FinalSnapshot }, perProfile(false, true, true),
		"A last snapshot when the cluster is deleted.", nil),
}

// metricsDestinations are where Encore's runtimes can send what they measure.
var metricsDestinations = []string{"cloudwatch", "prometheus", "datadog", "none"}

var MetricsSettings = []setting[environment.Metrics]{
	row("destination", func(m *environment.Metrics) *string { return &m.Destination }, same("cloudwatch"),
		"Where measurements go: `cloudwatch`, `prometheus` (remote write, to the URL in the secret `<app>/<environment>/metrics/remote-write-url`), `datadog` (with the key in the secret `<app>/<environment>/metrics/datadog-api-key`) or `none`.",
		rule.OneOf(metricsDestinations...)),
	derived("namespace", func(m *environment.Metrics) *string { return &m.Namespace }, "`<app>/<environment>`",
		"Namespace in CloudWatch; no process may write to another. `cloudwatch` only.", rule.IsMetricNamespace),
	row("site", func(m *environment.Metrics) *string { return &m.Site }, same("datadoghq.com"),
		"Datadog's site. `datadog` only.", rule.IsDomain),
	row("interval_seconds", func(m *environment.Metrics) *int { return &m.IntervalSeconds }, same(60),
		"Time between two measurements.", rule.Within(1, 3600, "seconds")),
}

// MetricsOnlyFor names the destination a setting works with; absent: all.
var MetricsOnlyFor = map[string]string{"namespace": "cloudwatch", "site": "datadog"}

// ProcessSettings are what a `process` block has besides the settings of its task.
var ProcessSettings = []setting[environment.Process]{
	derived("services", func(p *environment.Process) *[]string { return &p.Services }, "none",
		"Services the process serves. Every service stands in exactly one `process` block.", rule.AreDistinct),
	derived("gateway", func(p *environment.Process) *bool { return &p.Gateway }, "`false`",
		"Whether the process hosts the API gateway; exactly one does.", nil),
}

// OnlyFor names the engine a setting of a database server works with; absent: both.
var OnlyFor = map[string]string{
	"instance_class": "postgres", "storage_gb": "postgres", "max_storage_gb": "postgres", "multi_az": "postgres",
	"min_capacity": "aurora", "max_capacity": "aurora", "instances": "aurora",
}

// SetDefaults puts the profile's default into every field that has one.
func SetDefaults[T any](target *T, rows []setting[T], profile int) {
	for _, r := range rows {
		if r.values != nil {
			r.put(target, r.values[profile])
		}
	}
}

// Override puts every value that is set in the block; a nil block sets none.
func Override[T any](target *T, rows []setting[T], b *settings.Block) {
	for _, r := range rows {
		if a, ok := b.Attribute(r.Name); ok {
			r.put(target, a.Value)
		}
	}
}

var StateSettings = []setting[environment.State]{
	required("bucket", func(s *environment.State) *string { return &s.Bucket },
		"S3 bucket of the state.", rule.IsBucketName),
	derived("region", func(s *environment.State) *string { return &s.Region }, "the environment's",
		"Region of the bucket.", rule.IsRegion),
	derived("key_prefix", func(s *environment.State) *string { return &s.KeyPrefix }, "`<app>/<environment>`",
		"Folder of the state files in the bucket.", rule.IsKeyPrefix),
	derived("key_arn", func(s *environment.State) *string { return &s.KeyARN }, "S3's own key",
		"KMS key, of the bucket's region, that encrypts the states. Whoever plans needs it, and the states are lost with it.", rule.IsKeyARN),
}

// BucketSettings: see environment.BucketSettings.
var BucketSettings = []setting[environment.BucketSettings]{
	derived("cors_origins", func(b *environment.BucketSettings) *[]string { return &b.CORSOrigins }, "none",
		"Origins of web pages whose scripts upload and download by signed URLs, or read a public bucket, such as `https://app.example.com`; `*` for every origin.", rule.AreOrigins),
}

var ExistingBucketSettings = []setting[environment.ExistingBucket]{
	required("name", func(b *environment.ExistingBucket) *string { return &b.Name },
		"Name of the bucket in S3.", rule.IsExistingBucketName),
	derived("key_arn", func(b *environment.ExistingBucket) *string { return &b.KeyARN }, "none",
		"KMS key that encrypts the bucket, when S3's own does not.", rule.IsKeyARN),
	derived("key_prefix", func(b *environment.ExistingBucket) *string { return &b.KeyPrefix }, "none",
		"Folder of the bucket that is the application's, with a slash at the end. Its processes have no rights outside it.", rule.IsObjectPrefix),
	derived("public_base_url", func(b *environment.ExistingBucket) *string { return &b.PublicBaseURL }, "none",
		"Where everybody sees the objects; needed when the application declares the bucket public. The name of an object follows, without `key_prefix`.", rule.IsBaseURL),
}

// bucketBlock is the block about one bucket of the application.
func bucketBlock() *settings.Grammar {
	return &settings.Grammar{Type: "bucket", Label: "name", Settings: plain(BucketSettings), Meaning: "Settings of one bucket of the application.",
		Blocks: existingBlock(ExistingBucketSettings, "In a block named after a bucket of the application: a bucket that exists, in the environment's account\nand region. Only rights are given to the processes; the bucket, its policy and what is in it stay its owner's.")}
}
