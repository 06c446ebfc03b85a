package generator_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/resolution"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/output"
	"github.com/groundplan/groundplan/generator/quota"
)

// This file lists what AWS refuses in the middle of an apply. Terraform's provider checks some of it when it plans, our
// modules more; what is left is refused when generating, or cannot happen because names are made to fit.

// declared adds a resource, and a use of it by its service where there is an operation.
func declared(application *app.App, r app.Resource, operation string) {
	r.At = hcl.Range{Filename: r.Service + "/" + r.Service + ".go", Start: hcl.Pos{Line: 3 + len(application.Resources), Column: 5}, End: hcl.Pos{Line: 3, Column: 6}}
	application.Resources = append(application.Resources, r)
	if operation != "" {
		application.Edges = append(application.Edges, app.Edge{Service: r.Service, Kind: r.Kind, Parent: r.Parent, Resource: r.Name, Operation: operation, Origin: app.Used, At: r.At})
	}
}

// withSettings is an application of one service that declares some resources.
func withSettings(resources ...app.Resource) *app.App {
	application := plain("orders")
	for _, r := range resources {
		r.Service = "orders"
		declared(application, r, "")
	}
	return application
}

func aTopic(name string) app.Resource {
	return app.Resource{Kind: "topic", Name: name, Spec: &topic.Spec{DeliveryGuarantee: topic.AtLeastOnce}}
}

func subscribed(parent, name string) app.Resource {
	return app.Resource{Kind: "subscription", Parent: parent, Name: name, Spec: &topic.Subscription{AckDeadline: time.Minute, MessageRetention: time.Hour}}
}

func hourly(name string) app.Resource {
	return app.Resource{Kind: "cron", Name: name, Spec: &cron.Spec{EveryMinutes: 60, Service: "orders", Endpoint: "Get"}}
}

func aDatabase(name string) app.Resource {
	return app.Resource{Kind: "database", Name: name, Spec: &database.Spec{}}
}

// TestE3_WhatAWSWouldRefuse has an input for each constraint that would trip an apply, and the message it gives when
// generating.
func TestE3_WhatAWSWouldRefuse(t *testing.T) {
	long := strings.Repeat("a", 60)
	zone := "hosted_zone_id = \"Z0123456789ABCDEFGHIJ\"\n"
	for _, test := range []struct {
		constraint  string
		application *app.App
		settings    string
		want        string // "Summary: part of the detail", after the place
	}{
		// Names of one account.
		{"sqs CreateQueue: a queue exists with other settings", withSettings(aTopic("paid"), subscribed("paid", "ship"), subscribed("paid", "ship-dead-letters")), "",
			`orders/orders.go:5:5 Two queues of one name: The queue of subscription "ship-dead-letters" of topic "paid", and The queue of dead letters of subscription "ship"`},
		{"sqs CreateQueue: the same by a cron job", withSettings(aTopic("paid"), subscribed("paid", "ship"), hourly("paid-ship")), "",
			`orders/orders.go:5:5 Two queues of one name: The queue of dead letters of cron job "paid-ship"`},
		{"rds: databases a server comes with", withSettings(aDatabase("rdsadmin")), "", `orders/orders.go:3:5 Database name taken: Every PostgreSQL server of RDS has a database "rdsadmin"`},
		{"postgresql: the database of administrators", withSettings(aDatabase("postgres")), "", "Database name taken"},
		{"postgresql: templates", withSettings(aDatabase("template1")), "", "Database name taken"},

		{"s3 CreateBucket: the bucket of the load balancer's logs", withSettings(app.Resource{Kind: "bucket", Name: "lb-logs", Spec: &objects.Bucket{}}), "",
			`orders/orders.go:3:5 Bucket name taken: The load balancer of environment "production" keeps its access logs`},

		// Domains.
		{"acm RequestCertificate: 64 characters of a common name", plain("orders"), "domain = \"" + long + ".example.com\"\n" + zone,
			"groundplan.hcl:2:10 Domain too long: The domain has 72 characters, and ACM certifies names of at most 64."},
		{"acm RequestCertificate: the name of a public bucket", withSettings(app.Resource{Kind: "bucket", Name: strings.Repeat("b", 50), Spec: &objects.Bucket{Public: true}}), "domain = \"shop.example.com\"\n" + zone,
			"orders/orders.go:3:5 Domain of a bucket too long"},
		{"elasticloadbalancing CreateRule: 128 characters of a host name", plain("orders"),
			"domain = \"" + long + "." + long + ".example.com\"\ncertificate_arn = \"arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012\"\n",
			"Domain too long: The domain has 133 characters, and a rule of a load balancer matches names of at most 128."},
		{"route53: a label of 63 characters", plain("orders"), "domain = \"" + strings.Repeat("a", 64) + ".com\"\n" + zone, `Invalid value for "domain"`},

		// Numbers.
		{"cloudwatch PutMetricAlarm: five actions", plain("orders"), "alarm_topic_arns = [" + strings.Repeat(`"arn:aws:sns:us-east-1:123456789012:a", `, 6) + "]", `Invalid value for "alarm_topic_arns"`},
		{"cloudwatch PutMetricAlarm: no FIFO topic", plain("orders"), `alarm_topic_arns = ["arn:aws:sns:us-east-1:123456789012:a.fifo"]`, `Invalid value for "alarm_topic_arns"`},
		{"logs PutRetentionPolicy: some numbers of days", plain("orders"), "log_retention_days = 8", `Invalid value for "log_retention_days"`},
		{"kms ScheduleKeyDeletion: 7 to 30 days", plain("orders"), "key_deletion_days = 6", `Invalid value for "key_deletion_days"`},
		{"secretsmanager DeleteSecret: 7 to 30 days, or none", plain("orders"), "secret_recovery_days = 5", `Invalid value for "secret_recovery_days"`},
		{"ecs RegisterTaskDefinition: sizes of Fargate", plain("orders"), "task {\n cpu = 256\n memory = 8192\n}", "Task size not available"},
		{"ecs RegisterTaskDefinition: 120 seconds to stop", plain("orders"), "task {\n stop_timeout_seconds = 121\n}", `Invalid value for "stop_timeout_seconds"`},
		{"applicationautoscaling: the least above the most", plain("orders"), "task {\n scale = { min = 3, max = 2 }\n}", "Scale turned around"},
		{"rds CreateDBInstance: backups of 35 days", withSettings(aDatabase("main")), "database_server \"main\" {\n backup_retention_days = 36\n}", `Invalid value for "backup_retention_days"`},
		{"rds CreateDBInstance: storage that can grow", withSettings(aDatabase("main")), "database_server \"main\" {\n storage_gb = 100\n max_storage_gb = 50\n}", "Storage"},
		{"rds CreateDBInstance: identifiers without two hyphens", withSettings(aDatabase("main")), "database_server \"a--b\" {}", "Invalid server name"},
		{"rds CreateDBInstance: identifiers that do not end in a hyphen", withSettings(aDatabase("main")), "database_server \"a-\" {}", "Invalid server name"},
		{"rds CreateDBInstance: identifiers that begin with a letter", withSettings(aDatabase("main")), "database_server \"1a\" {}", "Invalid server name"},
		{"rds CreateDBCluster: steps of half a unit", withSettings(aDatabase("main")), "database_server \"main\" {\n engine = \"aurora\"\n min_capacity = 0.7\n}", `Invalid value for "min_capacity"`},
		{"cloudwatch PutMetricData: namespaces of AWS", plain("orders"), "metrics {\n namespace = \"AWS/Mine\"\n}", `Invalid value for "namespace"`},
		{"s3 CreateBucket: names of the state", plain("orders"), "state {\n bucket = \"xn--shop\"\n}", `Invalid value for "bucket"`},
		{"s3 CreateBucket: names that S3 keeps", plain("orders"), "state {\n bucket = \"shop-s3alias\"\n}", `Invalid value for "bucket"`},
		{"s3 CreateBucket: names of access points", plain("orders"), "state {\n bucket = \"shop.mrap\"\n}", `Invalid value for "bucket"`},
		{"iam CreateRole: paths", plain("orders"), `iam_path = "apps"`, `Invalid value for "iam_path"`},

		// Networks.
		{"ec2 CreateVpc: /16 to /28, and room for six subnets", plain("orders"), `cidr = "10.0.0.0/8"`, `Invalid value for "cidr"`},
		{"ec2 CreateVpc: private ranges", plain("orders"), `cidr = "8.8.0.0/16"`, `Invalid value for "cidr"`},
		{"elasticloadbalancing CreateLoadBalancer: two zones", plain("orders"), `zones = ["a"]`, `Invalid value for "zones"`},
		{"ec2 AllocateAddress: five addresses", plain("orders"), "zones = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]\nnat = \"per_zone\"", "Quota too small: EC2-VPC Elastic IPs: In us-east-1, environment \"production\" needs 6: each NAT gateway has an address. Of \"EC2-VPC Elastic IPs\" (L-0263D0A3) an account starts with 5.\nhint: set nat = \"single\""},
		{"ec2 AuthorizeSecurityGroupEgress: 60 rules", manyOf(70), "", "Quota too small: Inbound or outbound rules per security group: In us-east-1, environment \"production\" needs 71: process gateway has 71 rules for outgoing connections."},
		{"sns, sqs and others: addresses without NAT", withSettings(aTopic("paid")), "nat = \"none\"\ninterface_endpoints = [\"logs\"]", "Interface endpoints missing"},

		// Existing resources: the form of what is brought.
		{"sns Subscribe: a FIFO queue on a standard topic", withSettings(aTopic("paid")), "account_id = \"123456789012\"\ntopic \"paid\" {\n existing {\n  arn = \"arn:aws:sns:us-east-1:123456789012:paid.fifo\"\n }\n}", "Topic of another kind"},
	} {
		t.Run(test.constraint, func(t *testing.T) {
			got := refusal(test.application, "environment \"production\" {\n"+test.settings+"\n}\n", nil)
			if !strings.Contains(got, test.want) {
				t.Errorf("got:\n%s\nwant: %s", got, test.want)
			}
		})
	}
}

// refusal is every diagnostic of settings for an application, one line each: place, summary, detail.
func refusal(application *app.App, settings string, granted map[string]string) string {
	file, diags := table.Parse(environment.Filename, []byte(settings))
	var environments []environment.Environment
	if !diags.HasErrors() {
		environments, diags = resolution.Resolve(file, application)
	}
	if !diags.HasErrors() {
		var result *generator.Output
		result, diags = generator.Generate(application, environments, &output.Lock{CIDRs: granted}, holdings.Consent{})
		if result != nil {
			diags = append(diags, quota.Check(result.Needs, nil)...)
		}
	}
	var lines []string
	for _, d := range diags {
		place := ""
		if d.Subject != nil {
			place = fmt.Sprintf("%s:%d:%d ", d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column)
		}
		line := place + d.Summary + ": " + diagnostic.Text(d)
		if d.Severity == hcl.DiagWarning {
			line += " (a warning)"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestE2_RangesThatOverlap: of two environments in the file, and of one with what another was granted before.
func TestE2_RangesThatOverlap(t *testing.T) {
	for _, test := range []struct {
		name, settings string
		granted        map[string]string
		want           string // "" when nothing is wrong
	}{
		{"the same", "environment \"a\" {\n  cidr = \"10.8.0.0/16\"\n}\nenvironment \"b\" {\n  cidr = \"10.8.0.0/16\"\n}\n", nil, "groundplan.hcl:5:10 Address ranges overlap: The environments \"a\" and \"b\" have the ranges 10.8.0.0/16 and 10.8.0.0/16"},
		{"one inside the other", "environment \"a\" {\n  cidr = \"10.8.32.0/19\"\n}\nenvironment \"b\" {\n  cidr = \"10.8.0.0/16\"\n}\n", nil, "Address ranges overlap"},
		{"beside each other", "environment \"a\" {\n  cidr = \"10.8.0.0/19\"\n}\nenvironment \"b\" {\n  cidr = \"10.8.32.0/19\"\n}\n", nil, ""},
		{"granted to one that has left", "environment \"a\" {\n  cidr = \"10.8.0.0/16\"\n}\n", map[string]string{"gone": "10.8.0.0/16"}, "groundplan.hcl:1:1 Address ranges overlap: Environment \"a\" has the range 10.8.0.0/16, and environment \"gone\" was granted 10.8.0.0/16"},
		{"granted to one that stays", "environment \"a\" {}\nenvironment \"b\" {\n  cidr = \"10.8.0.0/16\"\n}\n", map[string]string{"a": "10.8.0.0/16"}, "Address ranges overlap"},
		{"granted to itself", "environment \"a\" {\n  cidr = \"10.8.0.0/16\"\n}\n", map[string]string{"a": "10.8.0.0/16"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := refusal(plain("orders"), test.settings, test.granted)
			if !strings.Contains(got, test.want) || (test.want == "") == strings.Contains(got, "overlap") || strings.Count(got, "ranges overlap") > 1 ||
				strings.Contains(got, "(a warning)") != (test.granted["gone"] != "") {
				t.Errorf("got:\n%s\nwant: %s", got, test.want)
			}
		})
	}
}

// madeNames are the names that module calls hand to AWS, and what AWS takes: with what the module puts behind a name, the
// longest first. From the API references, not from the budgets.
var madeNames = []struct {
	module, argument, behind string
	form                     string
	least, most              int
	kept                     string // what the service keeps for itself
}{
	{"load-balancer", "name", "", `^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`, 1, 32, `^internal-`},
	{"fargate-service", "name", "-execution", `^[\w+=,.@-]+$`, 1, 64, `^$`},
	{"fargate-service", "name", strings.Repeat("0", 27), `^[A-Za-z0-9 ._:/()#,@+=&;{}!$*-]+$`, 1, 255, `^sg-`}, // security groups, by prefix
	{"fargate-job", "name", "-execution", `^[\w+=,.@-]+$`, 1, 64, `^$`},                                        // its rule and its queue, with "-failures", are as long
	{"fargate-service", "listen.discovery_name", "", `^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`, 1, 63, `^$`},
	{"network", "name", "-flow-logs", `^[\w+=,.@-]+$`, 1, 64, `^$`},
	{"registry", "name", "", `^[a-z0-9]+([._/-][a-z0-9]+)*$`, 2, 256, `^$`},
	{"fargate-cluster", "name", "", `^[A-Za-z0-9_-]+$`, 1, 255, `^$`},
	{"fargate-cluster", "namespace", "", `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`, 1, 253, `^$`},
	{"encryption-key", "name", "", `^[A-Za-z0-9/_-]+$`, 1, 250, `^aws/`},
	{"database-server", "name", "", `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, 1, 63, `^$`},
	{"database-cluster", "name", "-16", `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, 1, 63, `^$`},
	{"cache", "name", "", `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, 1, 40, `^$`},
	{"topic", "name", ".fifo", `^[A-Za-z0-9_-]+(\.fifo)?$`, 1, 256, `^$`},
	{"subscription", "name", ".fifo", `^[A-Za-z0-9_-]+(\.fifo)?$`, 1, 80, `^$`},
	{"bucket", "name", "", `^[a-z0-9][a-z0-9-]*[a-z0-9]$`, 3, 63, `^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$`},
	{"cdn", "name", "", `^[A-Za-z0-9_-]+$`, 1, 64, `^$`},
	{"secret", "name", "", `^[A-Za-z0-9/_+=.@-]+$`, 1, 512, `^$`},
	{"generated-secret", "name", "", `^[A-Za-z0-9/_+=.@-]+$`, 1, 512, `^$`},
	{"cron", "name", "-schedule", `^[A-Za-z0-9_-]+$`, 1, 64, `^$`},
}

// TestE3_NamesFitWhateverTheyAreMadeOf generates an application whose every name is as long, or as odd, as source and
// settings allow, and holds each name in the generated code to what AWS takes.
func TestE3_NamesFitWhateverTheyAreMadeOf(t *testing.T) {
	seen := map[string]bool{}
	for _, part := range []string{strings.Repeat("x", 63), "a", "aws-x", "internal", "sthree-a", "amzn-s3-demo", "a--b", "site.added", "OrderPlaced", "a_b", "x-s3alias"} {
		for _, name := range []string{"shop", strings.Repeat("a", 40), "internal", "aws", "sg"} {
			for application, settings := range map[*app.App]string{
				allRules(name, part): "",
				allRules(name, part): "database_server \"main\" {\n engine = \"aurora\"\n}", started(name, part): "",
			} {
				file, diags := table.Parse(environment.Filename, []byte("environment \""+strings.Repeat("e", 24)+"\" {\naccount_id = \"123456789012\"\n"+settings+"\n}\n"))
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				environments, diags := resolution.Resolve(file, application)
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				result, diags := generator.Generate(application, environments, &output.Lock{}, holdings.Consent{})
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				for _, problem := range wrongNames(t, result, environments[0].Name, seen) {
					t.Errorf("%s, %s: %s", name, part, problem)
				}
			}
		}
	}
	for _, made := range madeNames {
		if !seen[made.module+" "+made.argument] {
			t.Errorf("no call of %s with %s was made", made.module, made.argument)
		}
	}
}

// allRules is an application that declares one of each kind, all of one name.
func allRules(name, part string) *app.App {
	application := plain("orders")
	application.Name, application.ID = name, name
	for _, r := range []app.Resource{
		aDatabase(part), aTopic(part), subscribed(part, part), hourly(part),
		{Kind: "bucket", Name: part, Spec: &objects.Bucket{Public: true}},
		{Kind: "cache", Name: part, Spec: &cache.Spec{EvictionPolicy: "allkeys-lru"}},
		{Kind: "keyspace", Parent: part, Name: "k/:key", Spec: &cache.Keyspace{}},
		{Kind: "secret", Name: part},
	} {
		r.Service = "orders"
		operation := map[string]string{"topic": "publish", "bucket": "WRITE_OBJECT"}[r.Kind]
		declared(application, r, operation)
		if operation == "" && r.Kind != "cron" && r.Kind != "keyspace" {
			application.Edges = append(application.Edges, app.Edge{Service: "orders", Kind: r.Kind, Parent: r.Parent, Resource: r.Name, Origin: app.Used, At: application.Resources[len(application.Resources)-1].At})
		}
	}
	return application
}

// started is an application of plain containers that is one job, with a schedule of the same name.
func started(name, part string) *app.App {
	application := &app.App{Name: name, ID: name, Runtime: app.Containers}
	application.Services = []app.Service{{Name: part, Dir: ".", Container: &app.Container{Port: 8080, Job: true}}}
	application.Resources = []app.Resource{{Kind: "cron", Name: part, Service: part, Spec: &cron.Spec{EveryMinutes: 60, Service: part, StartsJob: true, TimeZone: "UTC"}}}
	return application
}

// wrongNames are the names of an environment's module calls that AWS would refuse.
func wrongNames(t *testing.T, result *generator.Output, env string, seen map[string]bool) []string {
	t.Helper()
	files := map[string]string{}
	for name, content := range result.Files {
		files[name] = string(content)
	}
	platform, err := readStack(files, env+"/platform", nil)
	if err != nil {
		t.Fatal(err)
	}
	services, err := readStack(files, env+"/services", platform)
	if err != nil {
		t.Fatal(err)
	}
	var problems []string
	for _, stack := range []*stackCode{platform, services} {
		for _, label := range slices.Sorted(maps.Keys(stack.calls)) {
			call := stack.calls[label]
			for _, made := range madeNames {
				value, written := stack.arg(call, made.argument).(string)
				if made.module != call.Source || !written {
					continue
				}
				seen[made.module+" "+made.argument] = true
				full := value + made.behind
				if len(full) < made.least || len(full) > made.most || !regexp.MustCompile(made.form).MatchString(full) || regexp.MustCompile(made.kept).MatchString(full) {
					problems = append(problems, fmt.Sprintf("%s of %s is %q", made.argument, label, full))
				}
			}
			secrets, _ := stack.arg(call, "secrets").(map[string]any)
			for variable := range secrets {
				if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(variable) {
					problems = append(problems, "no environment variable is called "+variable)
				}
			}
		}
	}
	return problems
}

// TestE3_WrongNamesAreSeen shows the check of names firing.
func TestE3_WrongNamesAreSeen(t *testing.T) {
	result := &generator.Output{Output: output.Output{Files: map[string][]byte{}}}
	for name, source := range map[string]string{"long": "load-balancer", "internal-x": "load-balancer", "a--b": "cache", "A": "bucket", "sg-x": "fargate-service"} {
		if name == "long" {
			name = strings.Repeat("a", 33)
		}
		result.Files["p/platform/"+name+".tf"] = []byte(fmt.Sprintf("module \"m%d\" {\n  source = \"../../modules/%s\"\n  name = %q\n}\n", len(result.Files), source, name))
	}
	result.Files["p/services/x.tf"] = []byte("module \"x\" {\n  source = \"../../modules/fargate-service\"\n  secrets = { \"SECRET_ß\" = \"x\" }\n}\n")
	if problems := wrongNames(t, result, "p", map[string]bool{}); len(problems) != 6 {
		t.Errorf("%d seen of 6: %v", len(problems), problems)
	}
}

// TestE3_ModulesRefuseWhenPlanning names the limits that follow from values terraform alone knows, or that a platform team
// could break by calling a module by hand: a run of the module's own tests shows each refused in the plan.
func TestE3_ModulesRefuseWhenPlanning(t *testing.T) {
	for limit, run := range map[string]string{
		"iam PutRolePolicy: 10,240 characters of a task role":                "fargate-service f4_refuses_a_task_policy_too_large",
		"iam PutRolePolicy: 10,240 characters of an execution role":          "fargate-service f4_refuses_an_execution_policy_too_large",
		"ecs RegisterTaskDefinition: 64 KiB":                                 "fargate-service f2_refuses_a_task_definition_too_large",
		"iam: two statements of one id":                                      "fargate-service refuses_f4_two_statements_of_one_name",
		"elasticache CreateUserGroup: 100 users":                             "cache refuses_too_many_users",
		"ec2 CreateNetworkAclEntry: 20 rules":                                "network n5_ten_storage_ports_stay_within_the_quota",
		"sns Subscribe: a FIFO queue at a standard topic":                    "subscription refuses_a_fifo_queue_at_a_standard_topic",
		"sns Subscribe: a standard queue at a FIFO topic":                    "subscription refuses_a_standard_queue_at_a_fifo_topic",
		"sqs CreateQueue: 80 characters, dead letters included":              "subscription the_longest_name",
		"sqs: ten attributes, which count for messages without an envelope":  "subscription p1_the_queue_receives_the_topic_in_its_envelope",
		"s3 CreateBucket: names of access points":                            "bucket refuses_name_of_an_access_point",
		"cloudfront: certificates of us-east-1":                              "cdn refuses_o2_certificate_of_another_region",
		"cloudfront: objects encrypted with a key it cannot use":             "bucket refuses_o2_key_that_cloudfront_cannot_use",
		"rds CreateDBInstance: a last snapshot needs a name of its own":      "database-server d1_last_snapshot_keeps_its_name",
		"elasticloadbalancing: 100 names of a certificate":                   "load-balancer refuses_more_names_than_a_certificate_holds",
		"elasticache CreateReplicationGroup: two zones need two nodes":       "cache refuses_c1_two_zones_with_one_node",
		"scheduler CreateSchedule: 64 characters, with the roles of the job": "cron the_longest_name",
		"scheduler CreateSchedule: 64 characters, with the number behind it": "fargate-job refuses_schedule_name",
	} {
		module, name, _ := strings.Cut(run, " ")
		files, err := filepath.Glob(filepath.Join("..", "modules", module, "tests", "*.tftest.hcl"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(content), "\nrun \""+name+"\" {")
		}
		if !found {
			t.Errorf("%s: module %s has no test %s", limit, module, name)
		}
	}
}

// TestE3_StatementsOfBucketsDoNotMeet: a bucket may be called like the objects of another, and both have statements.
func TestE3_StatementsOfBucketsDoNotMeet(t *testing.T) {
	application := plain("orders")
	declared(application, app.Resource{Kind: "bucket", Name: "files", Service: "orders", Spec: &objects.Bucket{Public: true}}, "WRITE_OBJECT")
	declared(application, app.Resource{Kind: "bucket", Name: "files-objects", Service: "orders", Spec: &objects.Bucket{Public: true}}, "LIST_OBJECTS")
	call := callArguments(t, lower(t, application, "metrics {\n destination = \"none\"\n}"), "production/services/orders.tf")
	want := []string{"s3:AbortMultipartUpload on <bucket_files.arn>/*", "s3:ListBucket on <bucket_files_objects.arn>", "s3:PutObject on <bucket_files.arn>/*"}
	if got := rights(call); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestP1_FIFOFollowsDeclarationAndLanguage: a FIFO topic and queue exactly where the runtime sends a message group, and a
// warning where a runtime does not do what is asked.
func TestP1_FIFOFollowsDeclarationAndLanguage(t *testing.T) {
	for _, test := range []struct {
		runtime    app.Runtime
		topic      topic.Spec
		fifo, warn bool
	}{
		{app.EncoreGo, topic.Spec{DeliveryGuarantee: topic.AtLeastOnce}, false, false},
		{app.EncoreGo, topic.Spec{DeliveryGuarantee: topic.ExactlyOnce}, true, false},
		{app.EncoreGo, topic.Spec{DeliveryGuarantee: topic.AtLeastOnce, OrderingAttribute: "user"}, true, false},
		{app.EncoreTypeScript, topic.Spec{DeliveryGuarantee: topic.AtLeastOnce}, false, false},
		{app.EncoreTypeScript, topic.Spec{DeliveryGuarantee: topic.ExactlyOnce}, false, true},
		{app.EncoreTypeScript, topic.Spec{DeliveryGuarantee: topic.AtLeastOnce, OrderingAttribute: "user"}, false, true},
	} {
		application := withSettings(app.Resource{Kind: "topic", Name: "paid", Spec: &test.topic}, subscribed("paid", "ship"))
		application.Runtime = test.runtime
		result, diags := tryLower(t, application, "")
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		stack, err := readStack(map[string]string{"production/platform/topics.tf": string(result.Files["production/platform/topics.tf"])}, "production/platform", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, label := range []string{"topic_paid", "subscription_paid_ship"} {
			if got := stack.arg(stack.calls[label], "fifo") == "true"; got != test.fifo {
				t.Errorf("%s %+v: fifo of %s is %v", test.runtime, test.topic, label, got)
			}
		}
		warned := slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
			return d.Summary == "Delivery that is not kept" && d.Severity == hcl.DiagWarning && d.Subject.Filename == "orders/orders.go"
		})
		if warned != test.warn {
			t.Errorf("%s %+v: warned %v: %v", test.runtime, test.topic, warned, diags)
		}
	}
}

// TestS1_VariablesOfSecretsAreASCII: source takes all letters in the name of a secret, and an environment variable does not.
func TestS1_VariablesOfSecretsAreASCII(t *testing.T) {
	application := plain("orders")
	for _, name := range []string{"Größe", "Grösse", "Ключ", "StripeKey"} {
		declares(application, "orders", name)
	}
	result, diags := tryLower(t, application, "")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if problems := wrongNames(t, result, "production", map[string]bool{}); len(problems) > 0 {
		t.Error(problems)
	}
	call := callArguments(t, result, "production/services/orders.tf")
	variables := map[any]bool{}
	for name, value := range configOf(t, call).Secrets {
		from := value.(map[string]any)["$env"]
		if arn := call["secrets"].GetAttr(from.(string)).AsString(); arn != "<secret_"+names.Label(name)+".arn>" {
			t.Errorf("%s is read from %v, which holds %s", name, from, arn)
		}
		variables[from] = true
	}
	if len(variables) != 4 || !variables["SECRET_StripeKey"] {
		t.Errorf("variables %v", variables)
	}
}
