package generator_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/reading"
)

// broughtBlocks is what an environment in eu-west-1 can bring, by what it replaces. Each has ids of its own.
var broughtBlocks = map[string]string{
	"network": `network {
  vpc_id             = "vpc-0a1b2c3d"
  public_subnet_ids  = ["subnet-0a1b2c31", "subnet-0a1b2c32"]
  compute_subnet_ids = ["subnet-0a1b2c33", "subnet-0a1b2c34"]
  storage_subnet_ids = ["subnet-0a1b2c35", "subnet-0a1b2c36"]
}`,
	"encryption-key": `key_arn = "arn:aws:kms:eu-west-1:123456789012:key/env"`,
	"bucket": `bucket "files" {
  existing { name = "company-files" }
}`,
	"topic": `topic "paid" {
  existing { arn = "arn:aws:sns:eu-west-1:123456789012:company-paid" }
}`,
	"database-server": `database_server "main" {
  existing {
    address           = "db.example.com"
    port              = 5433
    security_group_id = "sg-0a1b2c3d"
  }
}`,
}

// complete is an application with one resource of every kind that an environment can bring, and of those that use its
// network and key.
func complete() *app.App {
	application := bringable()
	at := hcl.Range{Filename: "orders/orders.go", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
	application.Resources = append(application.Resources,
		app.Resource{Kind: "cache", Name: "sessions", Service: "orders", Spec: &cache.Spec{EvictionPolicy: "allkeys-lru"}, At: at},
		app.Resource{Kind: "keyspace", Parent: "sessions", Name: "session/:id", Service: "orders", Spec: &cache.Keyspace{}, At: at},
		app.Resource{Kind: "cron", Name: "nightly", Service: "orders", Spec: &cron.Spec{EveryMinutes: 60, Service: "orders", Endpoint: "Nightly"}, At: at})
	application.Edges = append(application.Edges, app.Edge{Service: "orders", Kind: "cache", Resource: "sessions", Origin: app.Used, At: at})
	return application
}

// bringable is an application with one resource of every kind that an environment can bring.
func bringable() *app.App {
	application := plain("orders")
	uses(application, "orders", "orders")
	declares(application, "orders", "StripeKey")
	at := hcl.Range{Filename: "orders/orders.go", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
	application.Services[0].Endpoints = append(application.Services[0].Endpoints, app.Endpoint{Name: "Nightly", Access: "private", Methods: []string{"POST"}, Path: "/nightly"})
	add := func(kind, parent, name string, spec any, operations ...string) {
		application.Resources = append(application.Resources, app.Resource{Kind: kind, Parent: parent, Name: name, Service: "orders", Spec: spec, At: at})
		for _, operation := range operations {
			application.Edges = append(application.Edges, app.Edge{Service: "orders", Kind: kind, Parent: parent, Resource: name, Operation: operation, Origin: app.Used, At: at})
		}
	}
	add("bucket", "", "files", &objects.Bucket{}, objects.ReadObjectContents, objects.WriteObject)
	add("topic", "", "paid", &topic.Spec{}, "publish")
	add("subscription", "paid", "ship", &topic.Subscription{}, "")
	return application
}

// bring lowers the application with what the named things are replaced by.
func bring(t *testing.T, names ...string) *generator.Output {
	t.Helper()
	settings := "region = \"eu-west-1\"\nmetrics {\n  destination = \"prometheus\"\n}\n" // which needs a secret
	for _, name := range names {
		settings += broughtBlocks[name] + "\n"
	}
	return lower(t, complete(), settings)
}

// moduleCalls are the modules that the stacks of an output call.
func moduleCalls(t *testing.T, output *generator.Output) []string {
	t.Helper()
	found := map[string]bool{}
	for path, content := range output.Files {
		for line := range strings.Lines(string(content)) {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), `source = "../../modules/`); ok && strings.HasSuffix(path, ".tf") {
				found[strings.TrimSuffix(name, `"`)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// TestE4_WhatIsBroughtIsNotMade brings each thing by itself, as far as it can be, and all of them at once: the module that
// would make it is neither called nor copied, everything else still is, and nothing refers to what is not there.
func TestE4_WhatIsBroughtIsNotMade(t *testing.T) {
	all := moduleCalls(t, bring(t))
	for _, names := range [][]string{{"network"}, {"encryption-key"}, {"bucket"}, {"topic"}, {"network", "database-server"}, slices.Sorted(maps.Keys(broughtBlocks))} {
		output := bring(t, names...)
		want := slices.DeleteFunc(slices.Clone(all), func(module string) bool { return slices.Contains(names, module) })
		if d := cmp.Diff(want, moduleCalls(t, output)); d != "" {
			t.Errorf("%v: %s", names, d)
		}
		for _, name := range names {
			if _, vendored := output.Files["modules/"+name+"/main.tf"]; vendored {
				t.Errorf("%v: the module %s is copied", names, name)
			}
			for id, address := range output.Lock.Addresses["production/platform"] {
				if strings.HasPrefix(id, strings.ReplaceAll(name, "-", " ")) && name != "encryption-key" {
					t.Errorf("%v: the lock has %s at %s", names, id, address)
				}
			}
		}
	}
}

// keyStatements are the statements of a process that are about keys, with the comment above one that has one.
var keyStatements = regexp.MustCompile(`(?s)(?: {4}# [^\n]*\n)? {4}key_\w+ = \{\n.*?\n {4}\}\n`)

// TestE4_ServicesSeeNoDifference: what is brought reaches the services stack by the outputs that what is made has.
func TestE4_ServicesSeeNoDifference(t *testing.T) {
	made, all := bring(t), bring(t, slices.Sorted(maps.Keys(broughtBlocks))...)
	for path, content := range made.Files {
		if !strings.HasPrefix(path, "production/services/") {
			continue
		}
		// What belongs to no key of the environment's needs no right to it, and a server of somebody else's has other pools.
		ignore := func(text string) string {
			var kept []string
			for line := range strings.Lines(text) {
				if !strings.Contains(line, "max_connections") && !strings.Contains(line, "connections on the server") {
					kept = append(kept, line)
				}
			}
			return keyStatements.ReplaceAllString(strings.Join(kept, ""), "")
		}
		if d := cmp.Diff(ignore(string(content)), ignore(string(all.Files[path]))); d != "" {
			t.Errorf("%s: %s", path, d)
		}
	}
}

// TestE4_GrantsGoToWhatIsBrought: rights are to the resource that exists, and to the key its owner encrypts it with, when
// there is one.
func TestE4_GrantsGoToWhatIsBrought(t *testing.T) {
	const messages, objects, env = "arn:aws:kms:eu-west-1:123456789012:key/messages", "arn:aws:kms:eu-west-1:123456789012:key/objects", "arn:aws:kms:eu-west-1:123456789012:key/env"
	always := []string{
		"cloudwatch:PutMetricData on *", "s3:AbortMultipartUpload on <bucket_files.arn>/*", "s3:GetObject on <bucket_files.arn>/*", "s3:ListBucket on <bucket_files.arn>", "s3:PutObject on <bucket_files.arn>/*",
		"sns:GetTopicAttributes on <topic_paid.arn>", "sns:Publish on <topic_paid.arn>",
		"sqs:ChangeMessageVisibility on <subscription_paid_ship.queue_arn>", "sqs:DeleteMessage on <subscription_paid_ship.queue_arn>", "sqs:ReceiveMessage on <subscription_paid_ship.queue_arn>",
		"kms:Decrypt on <key.arn>", // the queue is the environment's own
	}
	for _, test := range []struct {
		name, topicKey, bucketKey string
		want                      []string
	}{
		{"no keys", "", "", nil},
		{"key of the topic", messages, "", []string{"kms:Decrypt on <topic_paid.key_arn>", "kms:GenerateDataKey on <topic_paid.key_arn>"}},
		{"key of the bucket", "", objects, []string{"kms:Decrypt on <bucket_files.key_arn>", "kms:GenerateDataKey on <bucket_files.key_arn>"}},
		{"keys of both", messages, objects, []string{
			"kms:Decrypt on <topic_paid.key_arn>", "kms:GenerateDataKey on <topic_paid.key_arn>", "kms:Decrypt on <bucket_files.key_arn>", "kms:GenerateDataKey on <bucket_files.key_arn>"}},
		{"one key for both", messages, messages, []string{ // by way of SNS and of S3
			"kms:Decrypt on <topic_paid.key_arn>", "kms:GenerateDataKey on <topic_paid.key_arn>", "kms:Decrypt on <bucket_files.key_arn>", "kms:GenerateDataKey on <bucket_files.key_arn>"}},
		{"the environment's", env, env, []string{"kms:GenerateDataKey on <key.arn>"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			with := func(text, key string) string {
				if key == "" {
					return text
				}
				return strings.NewReplacer("existing { ", "existing {\n", " }", "\nkey_arn = \""+key+"\"\n}").Replace(text)
			}
			settings := "region = \"eu-west-1\"\n" + broughtBlocks["encryption-key"] + "\n" + with(broughtBlocks["topic"], test.topicKey) + "\n" + with(broughtBlocks["bucket"], test.bucketKey)
			call := callArguments(t, lower(t, bringable(), settings), "production/services/orders.tf")
			want := slices.Sorted(slices.Values(append(test.want, always...)))
			if d := cmp.Diff(want, rights(call)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestE4_RightsStayInTheFolder: a bucket that others use too is the application's below its prefix alone.
func TestE4_RightsStayInTheFolder(t *testing.T) {
	for _, test := range []struct{ operation, right, want string }{
		{objects.ListObjects, "s3:PutObject", "StringLike"}, // beside one that writes
		{objects.GetObjectMetadata, "s3:GetObject", "StringLikeIfExists"},
		{objects.ReadObjectContents, "s3:GetObject", "StringLikeIfExists"},
		{objects.SignedDownloadURL, "s3:GetObject", "StringLikeIfExists"},
	} {
		application := bringable()
		for i := range application.Edges {
			if e := &application.Edges[i]; e.Kind == "bucket" && e.Operation == objects.ReadObjectContents {
				e.Operation = test.operation
			}
		}
		settings := "region = \"eu-west-1\"\n" + strings.NewReplacer("{ name", "{\nname", "files\" }", "files\"\nkey_prefix = \"shop/\"\n}").Replace(broughtBlocks["bucket"])
		call := callArguments(t, lower(t, application, settings), "production/services/orders.tf")
		if got := rights(call); !slices.Contains(got, test.right+" on <bucket_files.arn>/shop/*") || slices.Contains(got, test.right+" on <bucket_files.arn>/*") {
			t.Errorf("%s: rights %v", test.operation, got)
		}
		condition := call["permissions"].GetAttr("bucket_files").GetAttr("conditions").AsValueSlice()[0]
		if condition.GetAttr("test").AsString() != test.want || condition.GetAttr("variable").AsString() != "s3:prefix" || condition.GetAttr("values").AsValueSlice()[0].AsString() != "shop/*" {
			t.Errorf("%s: condition %#v", test.operation, condition)
		}
		if text := call["infra_config"].AsString(); !strings.Contains(text, `"key_prefix":"shop/"`) {
			t.Errorf("the runtime is not told: %s", text)
		}
	}
}

// TestE4_ServerThatExists: its address, port and security group, the region's root certificate beside the code, and pools
// that share what the owner leaves.
func TestE4_ServerThatExists(t *testing.T) {
	output := lower(t, bringable(), "region = \"eu-west-1\"\n"+broughtBlocks["network"]+"\n"+broughtBlocks["database-server"])
	outputs := string(output.Files["production/platform/databases.tf"])
	for _, line := range []string{`address           = "db.example.com"`, `port              = 5433`, `security_group_id = "sg-0a1b2c3d"`, `ca_certificate    = file("${path.module}/database_server_main.pem")`} {
		if !strings.Contains(outputs, line) {
			t.Errorf("databases.tf lacks %s", line)
		}
	}
	if strings.Contains(outputs, "master_secret_arn") {
		t.Error("a secret that was not named")
	}
	certificate := string(output.Files["production/platform/database_server_main.pem"])
	if strings.Count(certificate, "BEGIN CERTIFICATE") != 1 {
		t.Errorf("certificate %q", certificate)
	}
	if output.Lock.Files["production/platform/database_server_main.pem"] == "" {
		t.Error("nobody owns the certificate")
	}
	// 100 connections but 10 that others need, for twice 10 tasks.
	call := callArguments(t, output, "production/services/orders.tf")
	if got := configOf(t, call).SQLServers[0].Databases["orders"].MaxConnections; got != 4 {
		t.Errorf("%d connections", got)
	}
	readme := string(output.Files["README.md"])
	if strings.Contains(readme, "master_secret_arn") || !strings.Contains(readme, "--port 5433") || !strings.Contains(readme, "TCP 5433 out to the database server \"main\"") {
		t.Error("the README has a secret that was not named, or another port")
	}
}

// TestE4_ReadmeSaysWhatTheOwnersDo: every id that is brought stands in infra/README.md, with what it needs; and nothing
// of the kind for an environment that brings nothing.
func TestE4_ReadmeSaysWhatTheOwnersDo(t *testing.T) {
	settings := "region = \"eu-west-1\"\ndomain = \"shop.example.com\"\ncertificate_arn = \"arn:aws:acm:eu-west-1:123456789012:certificate/a\"\n"
	for _, name := range slices.Sorted(maps.Keys(broughtBlocks)) {
		settings += broughtBlocks[name] + "\n"
	}
	output := lower(t, complete(), settings)
	readme := string(output.Files["README.md"])
	for _, want := range []string{
		"vpc-0a1b2c3d", "subnet-0a1b2c31", "subnet-0a1b2c33", "subnet-0a1b2c35", "TCP 80 and 443 in from everywhere", "TCP 8080 in from the public and the compute subnets", "TCP 6379 in from the compute subnets", "and out to the compute subnets", "TCP 6379 out to the storage subnets",
		"`ecr.api`, `ecr.dkr`, `logs`, `monitoring`, `secretsmanager`, `sns`, `sqs`",
		"certificate/a", "output -json load_balancer | jq -r .dns_name", "key/env", "company-files", "company-paid", "db.example.com:5433", "sg-0a1b2c3d",
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("the README lacks %q", want)
		}
	}
	if strings.Contains(readme, "TCP 5432 in") {
		t.Error("the storage subnets are to let in who looks for a database that is elsewhere")
	}
	_, text, _ := strings.Cut(readme, "```json\n")
	text, _, _ = strings.Cut(text, "```")
	var statements []struct{ Sid string }
	if err := json.Unmarshal([]byte(text), &statements); err != nil || len(statements) != 3 {
		t.Errorf("statements of the key: %v in %q", err, text)
	}
	if !strings.Contains(string(output.Files["production/platform/outputs.tf"]), "module.load_balancer.dns_name") {
		t.Error("nobody learns where to point the domain")
	}
	if page := string(bring(t).Files["README.md"]); strings.Contains(page, "exists already") || !strings.Contains(page, "| network, registry") {
		t.Error("an environment that brings nothing has owners to ask")
	}
}

// asked are the settings that name something which exists, with a value and what infra/README.md asks of its owner.
var asked = map[string]struct{ settings, want string }{
	"hosted_zone_id":       {"hosted_zone_id = \"Z0PUBLIC\"", "Zone `Z0PUBLIC`. It is public"},
	"private_zone_id":      {"internal = true\nprivate_zone_id = \"Z0PRIVATE\"", "Private zone `Z0PRIVATE`"},
	"certificate_arn":      {"certificate_arn = \"arn:aws:acm:eu-west-1:123456789012:certificate/lb\"", "Certificate `arn:aws:acm:eu-west-1:123456789012:certificate/lb`. It is issued"},
	"cdn_certificate_arn":  {"cdn_certificate_arn = \"arn:aws:acm:us-east-1:123456789012:certificate/cdn\"", "Certificate `arn:aws:acm:us-east-1:123456789012:certificate/cdn` for CloudFront"},
	"web_acl_arn":          {"web_acl_arn = \"arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/1\"", "Web ACL `arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/1`"},
	"cdn_web_acl_arn":      {"cdn_web_acl_arn = \"arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1\"", "Web ACL `arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1` for CloudFront"},
	"key_arn":              {broughtBlocks["encryption-key"], "`kms:*`"},
	"permissions_boundary": {"permissions_boundary = \"arn:aws:iam::123456789012:policy/bound\"", "Policy `arn:aws:iam::123456789012:policy/bound` bounds every role"},
	"deploy_role_arns":     {"deploy_role_arns = [\"arn:aws:iam::123456789012:role/deploy\"]", "Roles `arn:aws:iam::123456789012:role/deploy`"},
	"pull_role_arns":       {"pull_role_arns = [\"arn:aws:iam::210987654321:role/scan\"]", "Roles `arn:aws:iam::210987654321:role/scan`"},
	"alarm_topic_arns":     {"alarm_topic_arns = [\"arn:aws:sns:eu-west-1:210987654321:on-call\"]", "Topics for alarms `arn:aws:sns:eu-west-1:210987654321:on-call`"},
	"helper_image":         {"helper_image = \"210987654321.dkr.ecr.eu-west-1.amazonaws.com/mirror/busybox@sha256:" + strings.Repeat("a", 64) + "\"", "Image `210987654321.dkr.ecr.eu-west-1.amazonaws.com/mirror/busybox@"},
	"security_group_ids":   {"task {\nsecurity_group_ids = [\"sg-0a1b2c3d\"]\n}", "Security groups `sg-0a1b2c3d`"},
	"vpc_id":               {broughtBlocks["network"], "Network `vpc-0a1b2c3d`"},
	"public_subnet_ids":    {broughtBlocks["network"], "Public subnets `subnet-0a1b2c31`"},
	"compute_subnet_ids":   {broughtBlocks["network"], "Compute subnets `subnet-0a1b2c33`"},
	"storage_subnet_ids":   {broughtBlocks["network"], "Storage subnets `subnet-0a1b2c35`"},
	"arn":                  {broughtBlocks["topic"], "the dimension `TopicName` `company-paid`"},
	"security_group_id":    {broughtBlocks["network"] + "\n" + broughtBlocks["database-server"], "its security group `sg-0a1b2c3d`"},
	"master_secret_arn":    {broughtBlocks["network"] + "\n" + strings.Replace(broughtBlocks["database-server"], "port ", "master_secret_arn = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds\"\nport ", 1), "jq -r .master_secret_arn"},
	"name":                 {broughtBlocks["bucket"], "Bucket `company-files`"},
	"address":              {broughtBlocks["network"] + "\n" + broughtBlocks["database-server"], "Database server `db.example.com`"},
}

// namesWhatExists are the names of settings by which they could name what exists.
var namesWhatExists = regexp.MustCompile("^[|] `((?:[a-z_]+_)?(?:arns?|ids?|image|boundary))` [|]")

// TestE4_EverySettingThatNamesWhatExistsIsAsked: of its owner, in infra/README.md; and a setting that is new is not forgotten.
func TestE4_EverySettingThatNamesWhatExistsIsAsked(t *testing.T) {
	page, err := os.ReadFile("../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(page)) {
		name := namesWhatExists.FindStringSubmatch(line)
		if name == nil || name[1] == "account_id" { // which is no resource of anybody's
			continue
		}
		seen++
		if _, known := asked[name[1]]; !known {
			t.Errorf("nobody is asked for what %s names", name[1])
		}
	}
	if seen < 18 {
		t.Errorf("docs/settings.md lists %d settings that name something", seen)
	}
	application := complete()
	at := hcl.Range{Filename: "orders/orders.go", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
	application.Resources = append(application.Resources, app.Resource{Kind: "bucket", Name: "pictures", Service: "orders", Spec: &objects.Bucket{Public: true}, At: at})
	const domain = "domain = \"shop.example.com\"\n"
	for name, setting := range asked {
		settings := "region = \"eu-west-1\"\n" + domain + setting.settings + "\n"
		if name != "certificate_arn" && name != "hosted_zone_id" {
			settings += asked["certificate_arn"].settings + "\n"
		}
		if name == "cdn_web_acl_arn" {
			settings += "hosted_zone_id = \"Z0PUBLIC\"\n"
		}
		output := lower(t, application, settings)
		if readme := string(output.Files["README.md"]); !strings.Contains(readme, setting.want) && !strings.Contains(strings.ReplaceAll(readme, `"kms:*"`, "`kms:*`"), setting.want) {
			t.Errorf("%s: the README lacks %q", name, setting.want)
		}
	}
}

// TestE4_TopicsNobodySubscribesToNeedNoAlarms, as nothing is delivered from them.
func TestE4_TopicsNobodySubscribesToNeedNoAlarms(t *testing.T) {
	application := bringable()
	application.Resources = slices.DeleteFunc(application.Resources, func(r app.Resource) bool { return r.Kind == "subscription" })
	application.Edges = slices.DeleteFunc(application.Edges, func(e app.Edge) bool { return e.Kind == "subscription" })
	if readme := string(lower(t, application, "region = \"eu-west-1\"\n"+broughtBlocks["topic"]).Files["README.md"]); strings.Contains(readme, "NumberOfNotificationsFailed") || !strings.Contains(readme, "company-paid") {
		t.Error("the owner of a topic is asked for alarms that never go off")
	}
}

// usedService is the service of an action of IAM, where generated code or a module names one.
var usedService = regexp.MustCompile(`"([a-z0-9-]+):[A-Z][A-Za-z*]+"`)

// TestE4_BoundaryHasRoomForEveryRole: the services that infra/README.md lists are those of which the policies of roles name
// an action, in the code of every fixture and in the modules it calls that make roles.
func TestE4_BoundaryHasRoomForEveryRole(t *testing.T) {
	jobs, diags, err := reading.FromSource(filepath.Join(fixtures, "parcels"))
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	for _, test := range []struct {
		name        string
		application *app.App
		settings    string
		want        []string
	}{
		{"with jobs", jobs, "domain = \"parcels.example.com\"\n" + asked["certificate_arn"].settings + "\n", []string{"cloudwatch", "ecr", "ecs", "iam", "kms", "logs", "s3", "secretsmanager", "sns", "sqs"}},
		{"with everything", complete(), "", []string{"cloudwatch", "ec2", "ecr", "kms", "lambda", "logs", "s3", "secretsmanager", "sns", "sqs"}},
		{"with sessions", plain("orders"), "metrics {\n destination = \"none\"\n}\noverride \"process\" \"orders\" {\n exec = true\n}\n", []string{"ecr", "kms", "logs", "secretsmanager", "ssmmessages"}},
		{"with nothing", plain("orders"), "metrics {\n destination = \"none\"\n}\n", []string{"ecr", "kms", "logs", "secretsmanager"}},
	} {
		output := lower(t, test.application, "region = \"eu-west-1\"\npermissions_boundary = \"arn:aws:iam::123456789012:policy/bound\"\n"+test.settings)
		_, line, _ := strings.Cut(string(output.Files["README.md"]), "policy/bound` bounds every role")
		line, _, _ = strings.Cut(line, "\n")
		if d := cmp.Diff("`"+strings.Join(test.want, "`, `")+"`", strings.TrimSuffix(regexp.MustCompile("`.*`").FindString(line), "")); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
		used := map[string]bool{}
		for path, content := range output.Files {
			module, _, _ := strings.Cut(strings.TrimPrefix(path, "modules/"), "/")
			if _, makesRoles := output.Files["modules/"+module+"/variables.tf"]; strings.HasSuffix(path, ".tf") && !strings.Contains(path, "/tests/") &&
				(strings.HasPrefix(path, "production/services/") || makesRoles && strings.Contains(string(output.Files["modules/"+module+"/variables.tf"]), `permissions_boundary_arn`)) {
				for _, match := range usedService.FindAllStringSubmatch(string(content), -1) {
					used[match[1]] = true
				}
			}
		}
		for service := range used {
			// Conditions, trust policies, and what only some processes of a module have.
			if !slices.Contains(test.want, service) && !slices.Contains([]string{"aws", "sts", "cloudwatch", "s3", "ssmmessages"}, service) {
				t.Errorf("%s: a role uses %s", test.name, service)
			}
		}
		if len(used) < len(test.want) {
			t.Errorf("%s: only %v are used", test.name, slices.Sorted(maps.Keys(used)))
		}
	}
}

// TestE4_CertificatesReachTheirModules: the load balancer's and CloudFront's, which takes one of us-east-1 alone and keeps
// its own name when there is neither a certificate nor a zone to prove one in.
func TestE4_CertificatesReachTheirModules(t *testing.T) {
	application := plain("orders")
	at := hcl.Range{Filename: "orders/orders.go", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
	application.Resources = append(application.Resources, app.Resource{Kind: "bucket", Name: "files", Service: "orders", Spec: &objects.Bucket{Public: true}, At: at})
	const domain, certificate, cdn, zone = "domain = \"a.example.com\"\n", "certificate_arn = \"arn:aws:acm:us-east-1:123456789012:certificate/lb\"\n", "cdn_certificate_arn = \"arn:aws:acm:us-east-1:123456789012:certificate/cdn\"\n", "hosted_zone_id = \"Z1\"\n"
	for _, test := range []struct {
		settings       string
		balancer, shop []string // of certificate_arn, domain and hosted_zone_id those that are set
	}{
		{"", nil, nil},
		{domain + zone, []string{"domain", "hosted_zone_id"}, []string{"domain", "hosted_zone_id"}},
		{domain + certificate, []string{"certificate_arn", "domain"}, nil},
		{domain + certificate + zone, []string{"certificate_arn", "domain", "hosted_zone_id"}, []string{"domain", "hosted_zone_id"}},
		{domain + certificate + cdn, []string{"certificate_arn", "domain"}, []string{"certificate_arn", "domain"}},
		{domain + zone + cdn, []string{"domain", "hosted_zone_id"}, []string{"certificate_arn", "domain", "hosted_zone_id"}},
	} {
		output := lower(t, application, test.settings)
		comment := "under a name of the environment's domain"
		switch {
		case test.settings == "":
			comment = "under CloudFront's name until the environment has a domain"
		case test.shop == nil:
			comment = "under CloudFront's name until the environment has cdn_certificate_arn or hosted_zone_id"
		}
		if !strings.Contains(string(output.Files["production/platform/buckets.tf"]), comment+"\n") {
			t.Errorf("%q: the comment does not say %q", test.settings, comment)
		}
		for call, want := range map[string][]string{"load_balancer.tf load_balancer": test.balancer, "buckets.tf cdn_files": test.shop} {
			file, label, _ := strings.Cut(call, " ")
			var got []string
			for name := range argumentsOf(t, output, "production/platform/"+file, label) {
				if slices.Contains([]string{"certificate_arn", "domain", "hosted_zone_id"}, name) {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%q: %s: %s", test.settings, label, d)
			}
		}
	}
}

// argumentsOf are the arguments of a module call as they are written.
func argumentsOf(t *testing.T, output *generator.Output, file, label string) map[string]string {
	t.Helper()
	parsed, diags := hclsyntax.ParseConfig(output.Files[file], file, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	arguments := map[string]string{}
	for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
		if block.Type != "module" || block.Labels[0] != label {
			continue
		}
		for name, attribute := range block.Body.Attributes {
			arguments[name] = string(attribute.Expr.Range().SliceBytes(output.Files[file]))
		}
	}
	return arguments
}

// TestE4_WhatDoesNotFitTheApplication has the messages about what is brought that only the application's declarations
// show.
func TestE4_WhatDoesNotFitTheApplication(t *testing.T) {
	ordered, public := complete(), complete()
	ordered.Resource("topic", "", "paid").Spec.(*topic.Spec).OrderingAttribute = "order"
	public.Resource("bucket", "", "files").Spec.(*objects.Bucket).Public = true
	for _, test := range []struct {
		name        string
		application *app.App
		text, want  string
	}{
		{"standard topic for an order", ordered, broughtBlocks["topic"], `groundplan.hcl:4:20: Topic of another kind; Topic "paid", declared at orders/orders.go:1:1, asks for an order or for exactly-once delivery, and this is a standard topic.`},
		{"FIFO topic for no order", complete(), strings.Replace(broughtBlocks["topic"], "company-paid", "company-paid.fifo", 1), `groundplan.hcl:4:20: Topic of another kind; Topic "paid", declared at orders/orders.go:1:1, asks for neither an order nor exactly-once delivery, and this is a FIFO topic.`},
		{"public bucket", public, broughtBlocks["bucket"], `groundplan.hcl:4:3: Public bucket without an address; Bucket "files" is public, declared at orders/orders.go:1:1, and nothing that makes it so is done to a bucket that exists.`},
		{"private bucket with an address", complete(), "bucket \"files\" {\n  existing {\n    name            = \"company-files\"\n    public_base_url = \"https://a.example.com\"\n  }\n}", `groundplan.hcl:4:3: Address of a private bucket; `},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diags := tryLower(t, test.application, "region = \"eu-west-1\"\n"+test.text)
			if len(diags.Errs()) != 1 {
				t.Fatalf("%v", diags)
			}
			d := onlyErrors(diags)[0]
			got := diagnostic.Place(*d.Subject) + ": " + d.Summary + "; " + diagnostic.Text(d)
			if !strings.HasPrefix(got, test.want) || !strings.Contains(diagnostic.Text(d), "\nhint: ") {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestE4_GoldenOwnsNothingBrought walks the golden stacks of the application that brings nearly everything: no id of
// what is brought stands in the call of a module that could change it.
func TestE4_GoldenOwnsNothingBrought(t *testing.T) {
	root := filepath.Join(fixtures, "existing")
	output, environments, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	env := environments[0]
	ids := append([]string{env.Network.VPCID, env.KeyARN, env.ExistingBuckets[0].Name, env.ExistingTopics[0].ARN, env.DatabaseServers[0].Existing.Address}, env.Network.ComputeSubnetIDs...)
	for _, id := range ids {
		found := 0
		for path, content := range output.Files {
			if !strings.HasSuffix(path, ".tf") {
				continue
			}
			found += strings.Count(string(content), `"`+id+`"`)
		}
		if found != 1 {
			t.Errorf("%s is written %d times, want once, in a local value", id, found)
		}
	}
	if len(moduleCalls(t, output)) < 8 {
		t.Error("the fixture makes too little beside what it brings")
	}
}
