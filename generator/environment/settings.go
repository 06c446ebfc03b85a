package environment

// The settings of groundplan.hcl, each with its type, its default in every profile, its meaning and its check. This
// table is the only place a default stands: parse.go reads the file by it, resolve.go makes the values, document.go the
// page docs/settings.md. Order is the order of the page.

import (
	"fmt"
	"maps"
	"slices"

	"github.com/groundplan/groundplan/generator/settings"
)

// The profiles, in the order in which perProfile takes values.
var profiles = []string{"dev", "balanced", "ha"}

const defaultProfile = "balanced"

// setting is one row: a setting of a block that lands in a field of T.
type setting[T any] struct {
	settings.Setting
	// values holds the default of each profile, nil when the default is derived.
	values []any
	put    func(*T, any)
}

func row[T, V any](name string, field func(*T) *V, values [3]V, meaning string, check func(V) fault) setting[T] {
	s := derived(name, field, "", meaning, check)
	s.values = []any{values[0], values[1], values[2]}
	s.Default = printedDefault(s.values)
	return s
}

// required makes a row without a default.
func required[T, V any](name string, field func(*T) *V, meaning string, check func(V) fault) setting[T] {
	s := derived(name, field, "", meaning, check)
	s.Required = true
	return s
}

// derived makes a row whose default another value decides; description says which.
func derived[T, V any](name string, field func(*T) *V, description, meaning string, check func(V) fault) setting[T] {
	var zero V
	s := setting[T]{
		Setting: settings.Setting{Name: name, Type: typeOf(zero), Default: description, Meaning: meaning},
		put:     func(target *T, value any) { *field(target) = joined(any(*field(target)), cloned(value)).(V) },
	}
	if check != nil {
		s.Check = func(value any) (detail, hint string) {
			bad := check(value.(V))
			return bad.detail, bad.hint
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

func same[V any](value V) [3]V                   { return [3]V{value, value, value} }
func perProfile[V any](dev, balanced, ha V) [3]V { return [3]V{dev, balanced, ha} }

// DefaultHelperImage is busybox 1.37.0, the index of its images for all architectures, as Docker's official images are
// mirrored in ECR Public.
const DefaultHelperImage = "public.ecr.aws/docker/library/busybox@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"

// App is what the application's environments share.
type App struct {
	Tags map[string]string
}

var appSettings = []setting[App]{
	row("tags", func(a *App) *map[string]string { return &a.Tags }, same(map[string]string(nil)),
		"Tags of everything that is made in any environment, beside `application`, `environment`, `managed-by` and `stack`, which are groundplan's.", nil),
}

var environmentSettings = []setting[Environment]{
	row("profile", func(e *Environment) *string { return &e.Profile }, same(defaultProfile),
		"Sets every default below at once: `dev` is small and cheap, and the loss of a zone may end it until AWS has the zone back; `balanced` survives the loss of a zone, by two tasks of each process, a standby of each server and a NAT gateway in each zone; `ha` keeps more in reserve.",
		oneOf(profiles...)),
	row("type", func(e *Environment) *string { return &e.Type }, perProfile("development", "production", "production"),
		"What the application sees as its environment type: `production`, `development`, `ephemeral` or `test`.",
		oneOf("production", "development", "ephemeral", "test")),
	row("region", func(e *Environment) *string { return &e.Region }, same("us-east-1"),
		"AWS region.", isRegion),
	row("account_id", func(e *Environment) *string { return &e.AccountID }, same(""),
		"The AWS account, 12 digits in quotes. When set, terraform refuses to plan and apply against another account; without it a plan refuses another account than that of the first apply, and only destroying does not.", isAccountID),
	row("tags", func(e *Environment) *map[string]string { return &e.Tags }, same(map[string]string(nil)),
		"Tags of everything that is made in the environment, beside those of the `app` block; of two with one key this one counts.", nil),
	row("domain", func(e *Environment) *string { return &e.Domain }, same(""),
		"Name under which the gateway, or a public container, is reached: from the internet, unless `internal` is set. Without it the load balancer is internal and speaks HTTP. Further names have an `alias` block each.", isDomain),
	row("hosted_zone_id", func(e *Environment) *string { return &e.HostedZoneID }, same(""),
		"Route 53 hosted zone that holds `domain`; needed with it, unless `certificate_arn` is set and DNS is kept elsewhere. A public zone: certificates are proven there.", isHostedZoneID),
	derived("internal", func(e *Environment) *bool { return &e.Internal }, "`true` without `domain`, else `false`",
		"Whether the load balancer has private addresses alone. With `domain` it speaks HTTPS all the same.", nil),
	row("private_zone_id", func(e *Environment) *string { return &e.PrivateZoneID }, same(""),
		"Private Route 53 zone that exists and resolves `domain` in place of `hosted_zone_id`, when the load balancer is internal. ACM proves names in public DNS alone: without `hosted_zone_id` beside it, `certificate_arn` is needed.", isHostedZoneID),
	row("certificate_arn", func(e *Environment) *string { return &e.CertificateARN }, same(""),
		"An ACM certificate that exists and covers `domain` and the names beside it. Without it one is made and renewed.", isCertificateARN),
	row("cdn_certificate_arn", func(e *Environment) *string { return &e.CDNCertificateARN }, same(""),
		"An ACM certificate in us-east-1 that exists and covers `*.<domain>`, for the public buckets. Without it one is made for each.", isCDNCertificateARN),
	row("web_acl_arn", func(e *Environment) *string { return &e.WebACLARN }, same(""),
		"A WAFv2 web ACL of the region that exists and filters the requests to the load balancer. None is made: its rules have to fit the application, and it has a price.", isWebACLARN),
	row("cdn_web_acl_arn", func(e *Environment) *string { return &e.CDNWebACLARN }, same(""),
		"A WAFv2 web ACL of the scope CLOUDFRONT that exists and filters the requests to the public buckets.", isCDNWebACLARN),
	row("idle_timeout_seconds", func(e *Environment) *int { return &e.IdleTimeoutSeconds }, same(55),
		"Seconds after which the load balancer closes a connection on which nothing happens. The application has to keep its connections open for longer, or some requests are answered 502: Encore's TypeScript runtime closes them after 60 seconds, Node.js by itself after 5.", within(1, 4000, "seconds")),
	row("key_arn", func(e *Environment) *string { return &e.KeyARN }, same(""),
		"A KMS key that exists and encrypts logs, images, secrets, queues, databases, caches and the buckets that are not public; the README in the output says what its policy has to admit. Without it one is made.", isKeyARN),
	row("compute", func(e *Environment) *string { return &e.Compute }, same("fargate"),
		"Where processes run: `fargate`.", isCompute),
	row("process_allocation", func(e *Environment) *string { return &e.ProcessAllocation },
		perProfile("all_in_one", "one_per_service", "one_per_service"),
		"How services are spread over processes: `one_per_service`, `all_in_one`, or your own groups by `process` blocks.",
		oneOf("one_per_service", "all_in_one")),
	derived("cidr", func(e *Environment) *string { return &e.CIDR }, "granted once, kept in the lock file",
		"Private address range of the VPC, `/16` to `/19`.", isVPCRange),
	derived("zones", func(e *Environment) *[]string { return &e.Zones }, "`[\"a\", \"b\"]`; required in ap-northeast-1 and us-west-1",
		"Letters of the availability zones, two at least. Adding one changes no existing subnet. A plan refuses a zone that the account does not have, or that lacks what an environment needs, and names the letters that work.", areZones),
	row("nat", func(e *Environment) *string { return &e.NAT }, perProfile("single", "per_zone", "per_zone"),
		"NAT gateways for outgoing traffic: `none`, `single` or `per_zone`. With `single` everything outside, AWS's own services and the registry included, is lost to all zones with the first of `zones`: no task starts then. Each further gateway costs about 32 USD a month.", oneOf("none", "single", "per_zone")),
	derived("interface_endpoints", func(e *Environment) *[]string { return &e.InterfaceEndpoints }, "none; with `nat = \"none\"` "+quotedList(neededEndpoints),
		"AWS services reached inside the VPC instead of through NAT.", areEndpoints),
	row("outbound_ports", func(e *Environment) *[]int { return &e.OutboundPorts }, same([]int{443}),
		"TCP ports that processes may reach outside the VPC.", arePorts),
	row("permissions_boundary", func(e *Environment) *string { return &e.PermissionsBoundary }, same(""),
		"ARN of a policy that bounds every role that is made.", isPolicyARN),
	row("iam_path", func(e *Environment) *string { return &e.IAMPath }, same("/"),
		"Path of every role that is made.", isIAMPath),
	row("deploy_role_arns", func(e *Environment) *[]string { return &e.DeployRoleARNs }, same([]string(nil)),
		"Roles that may push images; when set, nobody else may.", areRoleARNs),
	row("pull_role_arns", func(e *Environment) *[]string { return &e.PullRoleARNs }, same([]string(nil)),
		"Roles that may pull images besides those of the environment's processes and `deploy_role_arns`: a scanner's, or those of another environment that runs the same images. Nobody else may.", areRoleARNs),
	row("strict_access", func(e *Environment) *bool { return &e.StrictAccess }, same(false),
		"Whether a service gets only what its own code uses. Without it, a service gets as well what code of others uses and calls that its own code leads to, as `inspect` lists under `reach`: a shared database module, for example. A secret that modules of a TypeScript application call while they load is needed by every process to start: with it, processes of other services get a placeholder in place of the value.", nil),
	row("alarm_topic_arns", func(e *Environment) *[]string { return &e.AlarmTopicARNs }, same([]string(nil)),
		"SNS topics that are told when something needs a person, such as messages nobody could handle.", areTopicARNs),
	row("deletion_protection", func(e *Environment) *bool { return &e.DeletionProtection }, perProfile(false, true, true),
		"Whether AWS refuses to delete the database servers, the load balancer once it has a domain, and a registry or buckets that are not empty. Without it, destroying buckets deletes the objects in them.", nil),
	row("container_insights", func(e *Environment) *bool { return &e.ContainerInsights }, perProfile(false, true, true),
		"CloudWatch Container Insights on the cluster.", nil),
	row("helper_image", func(e *Environment) *string { return &e.HelperImage }, same(DefaultHelperImage),
		"Image with a shell that writes the configuration file and probes the process: busybox 1.37.0, or a copy of it, by its digest. With `nat = \"none\"` it must be in a private ECR registry of the region; the README in the output shows how to copy it there.", isDigest),
	row("log_retention_days", func(e *Environment) *int { return &e.LogRetentionDays }, perProfile(14, 365, 365),
		"Days that logs of processes, cron jobs, cluster, databases and caches are kept.", isRetention),
	row("flow_log_retention_days", func(e *Environment) *int { return &e.FlowLogRetentionDays }, perProfile(14, 365, 365),
		"Days that the flow logs of the VPC are kept.", isRetention),
	row("access_logs", func(e *Environment) *bool { return &e.AccessLogs }, perProfile(false, false, true),
		"Whether requests to the buckets that are made, and to public ones through CloudFront, are logged, in one of their own. Requests to the load balancer always are.", nil),
	row("access_log_retention_days", func(e *Environment) *int { return &e.AccessLogRetentionDays }, perProfile(30, 90, 365),
		"Days that access logs are kept: of the load balancer, and of buckets and CloudFront where `access_logs` is set.", within(1, 3653, "days")),
	row("key_deletion_days", func(e *Environment) *int { return &e.KeyDeletionDays }, perProfile(7, 30, 30),
		"Days between deleting the encryption key and its loss.", within(7, 30, "days")),
	row("secret_recovery_days", func(e *Environment) *int { return &e.SecretRecoveryDays }, perProfile(7, 30, 30),
		"Days in which a deleted secret can be restored; 0 deletes at once.", isRecoveryWindow),
	row("keep_images", func(e *Environment) *int { return &e.KeepImages }, perProfile(20, 50, 100),
		"Images the registry keeps of each `tag_prefix`, and of all without one, the newest by when they were first pushed; 3 at least: the one that runs, the one that replaces it and the one to go back to. 0 keeps every image.", isImageCount),
}

// aliasSettings: see Alias.
var aliasSettings = []setting[Alias]{
	derived("hosted_zone_id", func(a *Alias) *string { return &a.HostedZoneID }, "the environment's, for a name that ends in the same two labels as `domain`",
		"Public Route 53 zone that holds the name. Without one, `certificate_arn` has to cover the name, and its DNS is kept elsewhere.", isHostedZoneID),
	derived("private_zone_id", func(a *Alias) *string { return &a.PrivateZoneID }, "the environment's, for a name that ends in the same two labels as `domain`",
		"Private Route 53 zone that resolves the name, when the load balancer is internal.", isHostedZoneID),
	row("redirect", func(a *Alias) *bool { return &a.Redirect }, same(false),
		"Whether requests are sent on to `domain`, with their path and query, by a permanent redirect; browsers and most clients turn a POST into a GET then. Otherwise the application answers them.", nil),
}

// minStopTimeout is the shortest time between signal and kill, maxStopSeconds the longest a task may take to stop: a Spot
// task has two minutes, and five seconds of them are for ECS.
const (
	minStopTimeout = 10
	maxStopSeconds = 115
)

var taskSettings = []setting[Task]{
	row("cpu", func(t *Task) *int { return &t.CPU }, perProfile(256, 512, 1024),
		"CPU units of one task, 1024 for one virtual CPU.", isCPU),
	row("memory", func(t *Task) *int { return &t.Memory }, perProfile(512, 1024, 2048),
		"Memory of one task in MiB; Fargate allows certain sizes for each `cpu`.", within(512, 122880, "MiB")),
	row("architecture", func(t *Task) *string { return &t.Architecture }, same("X86_64"),
		"`X86_64` or `ARM64`; images must be built for it.", oneOf("X86_64", "ARM64")),
	row("scale.min", func(t *Task) *int { return &t.Scale.Min }, perProfile(1, 2, 3),
		"Tasks that always run.", within(1, 1000, "tasks")),
	row("scale.max", func(t *Task) *int { return &t.Scale.Max }, perProfile(2, 10, 30),
		"Tasks that run at most.", within(1, 1000, "tasks")),
	row("scale.cpu_percent", func(t *Task) *int { return &t.Scale.CPUPercent }, same(60),
		"Average CPU use that autoscaling aims at.", within(10, 95, "percent")),
	row("scale.memory_percent", func(t *Task) *int { return &t.Scale.MemoryPercent }, same(75),
		"Average memory use that autoscaling aims at.", within(10, 95, "percent")),
	row("scale.messages_per_task", func(t *Task) *int { return &t.Scale.MessagesPerTask }, same(0),
		"Messages waiting for each task that autoscaling aims at, in every queue of a subscription that the process reads; 0 for none. There are as many tasks as CPU, memory or one of the queues asks for, whichever is most. An Encore service works on `max_concurrency` messages at once in each task, so that a few times that many are some rounds of work. More tasks than a FIFO topic has message groups find nothing to do.",
		within(0, 1_000_000, "messages")),
	row("scale.spot_percent", func(t *Task) *int { return &t.Scale.SpotPercent }, same(0),
		"Share of Fargate Spot among the tasks beyond `scale.on_demand`: cheaper, and taken away with two minutes' notice. When AWS has no Spot capacity these tasks do not start. What a load balancer sends requests to, the gateway or a public service, runs on Spot only if a block of its own says so (or everything is in one process): docs/deployments.md says what an interruption means there.",
		within(0, 100, "percent")),
	derived("scale.on_demand", func(t *Task) *int { return &t.Scale.OnDemand }, "`scale.min`; 0 with `spot_percent = 100`",
		"Tasks that run on demand before any runs on Spot.", within(0, 1000, "tasks")),
	derived("security_group_ids", func(t *Task) *[]string { return &t.SecurityGroupIDs }, "none",
		"Further security groups of the tasks, at most 4, in the VPC they run in. What their rules allow is allowed as well: their owner sees to it.", areSecurityGroups),
	row("drain_seconds", func(t *Task) *int { return &t.DrainSeconds }, same(20),
		"Time a task that stops goes on serving before it gets its signal, and callers learn that it is gone (docs/deployments.md).", within(0, maxStopSeconds-minStopTimeout, "seconds")),
	row("stop_timeout_seconds", func(t *Task) *int { return &t.StopTimeoutSeconds }, same(45),
		"Time a task has to finish its work, from its signal on, before it is killed. The runtime's own shutdown takes 5 seconds less. With `drain_seconds` at most 115.",
		within(minStopTimeout, maxStopSeconds, "seconds")),
	row("health_check_grace_seconds", func(t *Task) *int { return &t.HealthCheckGraceSeconds }, same(60),
		"Time a starting task may fail its health check.", within(0, 300, "seconds")),
	row("user", func(t *Task) *string { return &t.User }, same(""),
		"User that the image runs as, and group behind a colon, as in `1000:1000`: numbers, or names the image knows. Without it the image's own, which for Encore's images is root, without any of root's capabilities.", isUser),
	row("read_only_root", func(t *Task) *bool { return &t.ReadOnlyRoot }, same(false),
		"Whether the image's files are read only, as AWS's control ECS.5 asks. What the application writes goes to `writable_paths` then, and anything else it writes fails.", nil),
	row("writable_paths", func(t *Task) *[]string { return &t.WritablePaths }, same([]string{"/tmp"}),
		"Paths that can be written to with `read_only_root`: volumes of the task, empty when it starts and gone with it.", areWritable),
	row("keep_capabilities", func(t *Task) *[]string { return &t.KeepCapabilities }, same([]string(nil)),
		"Capabilities of the kernel that are not taken from the container, out of those that containers usually have: `CHOWN`, `SETGID` and `SETUID` for an image that begins as root and goes on as another user.", areCapabilities),
	row("variables", func(t *Task) *map[string]string { return &t.Variables }, same(map[string]string(nil)),
		"Environment variables, with values that are no secrets. Those of the block of a process join those of `task`, and both win over the manifest's `environment`.", areVariables),
}

// jobSettings are those of a container that runs to its end: nothing scales it, and nobody calls it.
var jobSettings = append(slices.DeleteFunc(slices.Clone(taskSettings), func(s setting[Task]) bool {
	return !slices.Contains([]string{
		"cpu", "memory", "architecture", "security_group_ids", "stop_timeout_seconds", "user", "read_only_root", "writable_paths", "keep_capabilities", "variables",
	}, s.Name)
}),
	row("spot", func(t *Task) *bool { return &t.Spot }, same(false),
		"Whether it runs on Fargate Spot: cheaper, and a run may be ended with two minutes' notice, which counts as failed.", nil))

var databaseServerSettings = []setting[DatabaseServer]{
	derived("databases", func(d *DatabaseServer) *[]string { return &d.Databases }, "every database no other server names",
		"Databases on this server.", areDistinct),
	row("engine", func(d *DatabaseServer) *string { return &d.Engine }, same("postgres"),
		"`postgres` (RDS for PostgreSQL) or `aurora` (Aurora Serverless v2).", oneOf("postgres", "aurora")),
	derived("engine_version", func(d *DatabaseServer) *string { return &d.EngineVersion }, "`\"18\"`; `\"17\"` with aurora",
		"Major version of PostgreSQL; AWS then chooses the minor version and keeps it current. With a minor version, as in `\"17.9\"`, nothing changes by itself. It is also the way to a higher major version where AWS refuses its own choice: modules/database-server/README.md, Upgrades.", isPostgresVersion),
	row("instance_class", func(d *DatabaseServer) *string { return &d.InstanceClass }, perProfile("db.t4g.medium", "db.m5.large", "db.m5.xlarge"),
		"Instance class. `postgres` only.", isInstanceClass),
	row("storage_gb", func(d *DatabaseServer) *int { return &d.StorageGB }, perProfile(20, 100, 100),
		"Storage to start with, in GiB. `postgres` only.", within(20, 65536, "GiB")),
	row("max_storage_gb", func(d *DatabaseServer) *int { return &d.MaxStorageGB }, perProfile(100, 1000, 2000),
		"Storage the server grows to by itself, in GiB. `postgres` only.", within(22, 65536, "GiB")),
	row("multi_az", func(d *DatabaseServer) *bool { return &d.MultiAZ }, perProfile(false, true, true),
		"A standby in a second zone that takes over. `postgres` only.", nil),
	row("min_capacity", func(d *DatabaseServer) *float64 { return &d.MinCapacity }, perProfile(0.5, 0.5, 2.0),
		"Capacity units that are always there, in steps of 0.5; 0 pauses an idle server. `aurora` only.", isCapacity(0)),
	row("max_capacity", func(d *DatabaseServer) *float64 { return &d.MaxCapacity }, perProfile(4.0, 16.0, 64.0),
		"Capacity units at most. `aurora` only.", isCapacity(1)),
	row("instances", func(d *DatabaseServer) *int { return &d.Instances }, perProfile(1, 2, 3),
		"Instances: one writer, the rest readers that take over. `aurora` only.", within(1, 16, "instances")),
	row("backup_retention_days", func(d *DatabaseServer) *int { return &d.BackupRetentionDays }, perProfile(7, 7, 14),
		"Days that daily backups are kept.", within(1, 35, "days")),
	derived("deletion_protection", func(d *DatabaseServer) *bool { return &d.DeletionProtection }, "the environment's",
		"Whether AWS refuses to delete the server.", nil),
	row("final_snapshot", func(d *DatabaseServer) *bool { return &d.FinalSnapshot }, perProfile(false, true, true),
		"A last snapshot when the server is deleted.", nil),
}

// networkSettings: see ExistingNetwork.
var networkSettings = []setting[ExistingNetwork]{
	required("vpc_id", func(n *ExistingNetwork) *string { return &n.VPCID },
		"The VPC.", isVPCID),
	derived("public_subnet_ids", func(n *ExistingNetwork) *[]string { return &n.PublicSubnetIDs }, "none",
		"Subnets of the load balancer, two or more, each in a zone of its own. Needed when the application has endpoints that are called from outside, unless the load balancer is internal: without them it stands in the compute subnets then, of which it needs two.", areSubnets(2)),
	required("compute_subnet_ids", func(n *ExistingNetwork) *[]string { return &n.ComputeSubnetIDs },
		"Subnets of the processes.", areSubnets(1)),
	derived("storage_subnet_ids", func(n *ExistingNetwork) *[]string { return &n.StorageSubnetIDs }, "none",
		"Subnets of database servers and caches, two or more, each in a zone of its own. Needed when one is made.", areSubnets(2)),
}

var existingTopicSettings = []setting[ExistingTopic]{
	required("arn", func(t *ExistingTopic) *string { return &t.ARN },
		"ARN of the topic. It ends in `.fifo` exactly when the application asks for an order or for exactly-once delivery.", isExistingTopicARN),
	derived("key_arn", func(t *ExistingTopic) *string { return &t.KeyARN }, "none",
		"KMS key that encrypts the messages.", isKeyARN),
}

var existingServerSettings = []setting[ExistingServer]{
	required("address", func(s *ExistingServer) *string { return &s.Address },
		"Host name of the server.", isHost),
	row("port", func(s *ExistingServer) *int { return &s.Port }, same(5432),
		"Port it listens on.", within(1, 65535, "as a TCP port")),
	required("security_group_id", func(s *ExistingServer) *string { return &s.SecurityGroupID },
		"Security group of the server. Each process that uses a database there gets a rule in it.", isSecurityGroupID),
	derived("ca_certificate", func(s *ExistingServer) *string { return &s.CACertificate }, "the root certificate of RDS in the region",
		"Root certificate of the server, one block of PEM.", isCACertificate),
	derived("master_secret_arn", func(s *ExistingServer) *string { return &s.MasterSecretARN }, "none",
		"Secret with the master user's name and password, for the commands in the README. No process reads it.", isSecretARN),
	row("max_connections", func(s *ExistingServer) *int { return &s.MaxConnections }, same(100),
		"Connections the application may open, all processes together; `SHOW max_connections` says how many the server has.", within(20, 262143, "connections")),
}

var cacheSettings = []setting[Cache]{
	row("node_type", func(c *Cache) *string { return &c.NodeType }, perProfile("cache.t4g.small", "cache.m6g.large", "cache.m6g.large"),
		"Size of a node.", isNodeType),
	row("replicas", func(c *Cache) *int { return &c.Replicas }, perProfile(0, 1, 2),
		"Copies of the primary that serve readers and take over when it fails, 0 to 5.", within(0, 5, "replicas")),
	row("multi_az", func(c *Cache) *bool { return &c.MultiAZ }, perProfile(false, true, true),
		"Whether the replicas stand in other zones than the primary.", nil),
	row("snapshot_retention_days", func(c *Cache) *int { return &c.SnapshotRetentionDays }, perProfile(0, 1, 7),
		"Days that daily snapshots are kept; 0 for none.", within(0, 35, "days")),
	row("final_snapshot", func(c *Cache) *bool { return &c.FinalSnapshot }, perProfile(false, true, true),
		"A last snapshot when the cluster is deleted.", nil),
}

// metricsDestinations are where Encore's runtimes can send what they measure.
var metricsDestinations = []string{"cloudwatch", "prometheus", "datadog", "none"}

var metricsSettings = []setting[Metrics]{
	row("destination", func(m *Metrics) *string { return &m.Destination }, same("cloudwatch"),
		"Where measurements go: `cloudwatch`, `prometheus` (remote write, to the URL in the secret `<app>/<environment>/metrics/remote-write-url`), `datadog` (with the key in the secret `<app>/<environment>/metrics/datadog-api-key`) or `none`.",
		oneOf(metricsDestinations...)),
	derived("namespace", func(m *Metrics) *string { return &m.Namespace }, "`<app>/<environment>`",
		"Namespace in CloudWatch; no process may write to another. `cloudwatch` only.", isMetricNamespace),
	row("site", func(m *Metrics) *string { return &m.Site }, same("datadoghq.com"),
		"Datadog's site. `datadog` only.", isDomain),
	row("interval_seconds", func(m *Metrics) *int { return &m.IntervalSeconds }, same(60),
		"Time between two measurements.", within(1, 3600, "seconds")),
}

// metricsOnlyFor names the destination a setting works with; absent: all.
var metricsOnlyFor = map[string]string{"namespace": "cloudwatch", "site": "datadog"}

// processSettings are what a `process` block has besides the settings of its task.
var processSettings = []setting[Process]{
	derived("services", func(p *Process) *[]string { return &p.Services }, "none",
		"Services the process serves. Every service stands in exactly one `process` block.", areDistinct),
	derived("gateway", func(p *Process) *bool { return &p.Gateway }, "`false`",
		"Whether the process hosts the API gateway; exactly one does.", nil),
}

// onlyFor names the engine a setting of a database server works with; absent: both.
var onlyFor = map[string]string{
	"instance_class": "postgres", "storage_gb": "postgres", "max_storage_gb": "postgres", "multi_az": "postgres",
	"min_capacity": "aurora", "max_capacity": "aurora", "instances": "aurora",
}
