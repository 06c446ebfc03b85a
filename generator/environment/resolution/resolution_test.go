package resolution

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/environment/table"
)

// shop has three services, one of them private, two databases, and no auth handler.
func shop() *app.App {
	endpoint := func(access string) []app.Endpoint { return []app.Endpoint{{Name: "Get", Access: access}} }
	return &app.App{
		Name: "shop", Runtime: app.EncoreGo,
		Services: []app.Service{
			{Name: "billing", Endpoints: endpoint("private")},
			{Name: "orders", Endpoints: endpoint("public")},
			{Name: "users", Endpoints: endpoint("auth")},
		},
		Resources: []app.Resource{{Kind: "database", Name: "orders"}, {Kind: "database", Name: "users"}},
	}
}

// typescript is shop with an auth handler, as a TypeScript application.
func typescript() *app.App {
	application := shop()
	application.Runtime = app.EncoreTypeScript
	application.Auth = &app.AuthHandler{Name: "auth", Service: "users"}
	return application
}

// authenticated is shop with an auth handler.
func authenticated() *app.App {
	application := typescript()
	application.Runtime = app.EncoreGo
	return application
}

// behind is an application without an endpoint that the gateway routes to.
func behind(application *app.App) *app.App {
	application.Services = hidden().Services
	return application
}

// hidden is shop with no endpoint that the gateway routes to.
func hidden() *app.App {
	application := shop()
	for i := range application.Services {
		application.Services[i].Endpoints = []app.Endpoint{{Name: "Get", Access: "private"}}
	}
	return application
}

// production wraps settings in an environment block; its first line is line 2.
func production(settings string) string {
	return "environment \"production\" {\n" + settings + "\n}\n"
}

func load(t *testing.T, text string, application *app.App) []environment.Environment {
	t.Helper()
	list, diags := tryLoad(text, application)
	if len(diags) > 0 {
		t.Fatalf("unexpected diagnostics:\n%s", messagesOf(diags))
	}
	return list
}

// withCache adds a cache cluster to an application.
func withCache(application *app.App, name string) *app.App {
	application.Resources = append([]app.Resource{{Kind: "cache", Name: name}}, application.Resources...)
	return application
}

func tryLoad(text string, application *app.App) ([]environment.Environment, hcl.Diagnostics) {
	file, diags := table.Parse(environment.Filename, []byte(text))
	if diags.HasErrors() {
		return nil, diags
	}
	return Resolve(file, application)
}

// messagesOf prints one line per diagnostic, `line:column severity: summary: detail`.
func messagesOf(diags hcl.Diagnostics) string {
	var out strings.Builder
	for _, d := range diags {
		severity, at := "error", "-"
		if d.Severity == hcl.DiagWarning {
			severity = "warning"
		}
		if d.Subject != nil {
			at = fmt.Sprintf("%d:%d", d.Subject.Start.Line, d.Subject.Start.Column)
		}
		fmt.Fprintf(&out, "%s %s: %s: %s\n", at, severity, d.Summary, strings.ReplaceAll(diagnostic.Text(d), "\n", " "))
	}
	return out.String()
}

// TestDefault says what an application without groundplan.hcl gets.
func TestDefault(t *testing.T) {
	list, diags := Resolve(table.Default(), shop())
	if len(diags) > 0 {
		t.Fatal(messagesOf(diags))
	}
	task := environment.Task{CPU: 512, Memory: 1024, Architecture: "X86_64", DrainSeconds: 20, StopTimeoutSeconds: 45, HealthCheckGraceSeconds: 60,
		Scale: environment.Scale{Min: 2, Max: 10, CPUPercent: 60, MemoryPercent: 75}, WritablePaths: []string{"/tmp"}}
	want := []environment.Environment{{
		App: "shop", Name: "production", Type: "production", Profile: "balanced", Region: "us-east-1", Internal: true, IdleTimeoutSeconds: 55, Compute: "fargate",
		Zones: []string{"a", "b"}, NAT: "per_zone", OutboundPorts: []int{443}, IAMPath: "/", DeletionProtection: true,
		ContainerInsights: true, HelperImage: rule.DefaultHelperImage, LogRetentionDays: 365, FlowLogRetentionDays: 365,
		AccessLogRetentionDays: 90, KeyDeletionDays: 30, SecretRecoveryDays: 30, KeepImages: 50,
		ProcessAllocation: "one_per_service",
		Processes: []environment.Process{
			{Name: "billing", Services: []string{"billing"}, Task: task},
			{Name: "gateway", Gateway: true, Task: task},
			{Name: "orders", Services: []string{"orders"}, Task: task},
			{Name: "users", Services: []string{"users"}, Task: task},
		},
		DatabaseServers: []environment.DatabaseServer{{
			Name: "main", Engine: "postgres", EngineVersion: "18", InstanceClass: "db.m5.large", StorageGB: 100,
			MaxStorageGB: 1000, MultiAZ: true, MinCapacity: 0.5, MaxCapacity: 16, Instances: 2, BackupRetentionDays: 7,
			DeletionProtection: true, FinalSnapshot: true, Databases: []string{"orders", "users"},
		}},
		Metrics: environment.Metrics{Destination: "cloudwatch", Namespace: "shop/production", Site: "datadoghq.com", IntervalSeconds: 60},
	}}
	if !reflect.DeepEqual(list, want) {
		t.Errorf("got  %+v\nwant %+v", list, want)
	}
}

func TestE1_ProfilesAndSingleValues(t *testing.T) {
	t.Run("a profile sets everything at once", func(t *testing.T) {
		dev := load(t, production(`profile = "dev"`), shop())[0]
		if dev.Type != "development" || dev.NAT != "single" || dev.DeletionProtection || dev.SecretRecoveryDays != 7 {
			t.Errorf("dev: %+v", dev)
		}
		if len(dev.Processes) != 1 || dev.Processes[0].Name != "app" || !dev.Processes[0].Gateway || dev.Processes[0].CPU != 256 {
			t.Errorf("dev: processes %+v", dev.Processes)
		}
		if server := dev.DatabaseServers[0]; server.MultiAZ || server.InstanceClass != "db.t4g.medium" || server.FinalSnapshot || server.DeletionProtection {
			t.Errorf("dev: server %+v", server)
		}
		ha := load(t, production(`profile = "ha"`), shop())[0]
		if ha.NAT != "per_zone" || ha.Processes[0].Scale.Min != 3 || !ha.DatabaseServers[0].MultiAZ {
			t.Errorf("ha: %+v", ha)
		}
	})
	t.Run("every setting of every block can be set by itself", func(t *testing.T) {
		e := load(t, production(`
  profile                   = "ha"
  type                      = "test"
  region                    = "eu-west-1"
  account_id                = "012345678901"
  domain                    = "api.shop.example.com"
  hosted_zone_id            = "Z0123456789ABCDEFGHIJ"
  compute                   = "fargate"
  process_allocation        = "one_per_service"
  cidr                      = "10.20.0.0/18"
  zones                     = ["c", "a"]
  nat                       = "single"
  interface_endpoints       = ["sqs", "logs"]
  outbound_ports            = [443, 587]
  permissions_boundary      = "arn:aws:iam::012345678901:policy/boundary"
  iam_path                  = "/apps/"
  deploy_role_arns          = ["arn:aws:iam::012345678901:role/deploy"]
  pull_role_arns            = ["arn:aws:iam::012345678901:role/scanner"]
  alarm_topic_arns          = ["arn:aws:sns:eu-west-1:012345678901:alarms"]
  deletion_protection       = false
  container_insights        = false
  helper_image              = "012345678901.dkr.ecr.eu-west-1.amazonaws.com/busybox@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"
  log_retention_days        = 30
  flow_log_retention_days   = 7
  access_log_retention_days = 45
  key_deletion_days         = 8
  secret_recovery_days      = 0
  keep_images               = 5

  state {
    bucket     = "shop-state"
    region     = "us-west-2"
    key_prefix = "teams/shop"
  }
  task {
    architecture = "ARM64"
    variables    = { LOG_LEVEL = "warn", REGION_NAME = "Ireland" }
  }
  service "orders" {
    user                       = "1000:1000"
    read_only_root             = true
    writable_paths             = ["/tmp", "/var/cache"]
    keep_capabilities          = ["SETUID"]
    variables                  = { LOG_LEVEL = "debug" }
    cpu                        = 1024
    memory                     = 4096
    scale                      = { min = 4, max = 8, cpu_percent = 50, memory_percent = 80 }
    drain_seconds              = 30
    stop_timeout_seconds       = 60
    health_check_grace_seconds = 90
  }
  gateway {
    scale = { max = 99 }
  }
  database_server "main" {
    engine_version        = "17"
    instance_class        = "db.r6g.large"
    storage_gb            = 50
    max_storage_gb        = 60
    multi_az              = false
    backup_retention_days = 35
    deletion_protection   = true
    final_snapshot        = false
  }
  database_server "users" {
    engine       = "aurora"
    min_capacity = 1.5
    max_capacity = 3
    instances    = 1
    databases    = ["users"]
  }
  cache "sessions" {
    node_type               = "cache.r7g.xlarge"
    replicas                = 3
    multi_az                = false
    snapshot_retention_days = 0
    final_snapshot          = false
  }
  metrics {
    destination      = "datadog"
    site             = "datadoghq.eu"
    interval_seconds = 15
  }`), withCache(shop(), "sessions"))[0]
		e.At, e.AppAt, e.Places = hcl.Range{}, hcl.Range{}, nil
		for i := range e.DatabaseServers {
			e.DatabaseServers[i].At = hcl.Range{}
		}
		for i := range e.Processes {
			if place := e.Processes[i].VariablesAt["LOG_LEVEL"]; (place.Start.Line == 45) != (e.Processes[i].Name == "orders") {
				t.Errorf("%s: LOG_LEVEL is said to be set at %s", e.Processes[i].Name, place)
			}
			e.Processes[i].VariablesAt = nil
		}
		task := environment.Task{CPU: 1024, Memory: 2048, Architecture: "ARM64", DrainSeconds: 20, StopTimeoutSeconds: 45, HealthCheckGraceSeconds: 60, Scale: environment.Scale{Min: 3, Max: 30, CPUPercent: 60, MemoryPercent: 75},
			WritablePaths: []string{"/tmp"}, Variables: map[string]string{"LOG_LEVEL": "warn", "REGION_NAME": "Ireland"}}
		gateway := task
		gateway.Scale.Max = 99
		orders := environment.Task{CPU: 1024, Memory: 4096, Architecture: "ARM64", DrainSeconds: 30, StopTimeoutSeconds: 60, HealthCheckGraceSeconds: 90, Scale: environment.Scale{Min: 4, Max: 8, CPUPercent: 50, MemoryPercent: 80},
			User: "1000:1000", ReadOnlyRoot: true, WritablePaths: []string{"/tmp", "/var/cache"}, KeepCapabilities: []string{"SETUID"},
			Variables: map[string]string{"LOG_LEVEL": "debug", "REGION_NAME": "Ireland"}}
		want := environment.Environment{
			App: "shop", Name: "production", Type: "test", Profile: "ha", Region: "eu-west-1", AccountID: "012345678901",
			Domain: "api.shop.example.com", HostedZoneID: "Z0123456789ABCDEFGHIJ", IdleTimeoutSeconds: 55, Compute: "fargate", CIDR: "10.20.0.0/18",
			Zones: []string{"c", "a"}, NAT: "single", InterfaceEndpoints: []string{"logs", "sqs"}, OutboundPorts: []int{443, 587},
			PermissionsBoundary: "arn:aws:iam::012345678901:policy/boundary", IAMPath: "/apps/",
			DeployRoleARNs: []string{"arn:aws:iam::012345678901:role/deploy"}, PullRoleARNs: []string{"arn:aws:iam::012345678901:role/scanner"},
			AlarmTopicARNs: []string{"arn:aws:sns:eu-west-1:012345678901:alarms"},
			HelperImage:    "012345678901.dkr.ecr.eu-west-1.amazonaws.com/busybox@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028", LogRetentionDays: 30, FlowLogRetentionDays: 7,
			AccessLogRetentionDays: 45, AccessLogs: true, KeyDeletionDays: 8, KeepImages: 5, ProcessAllocation: "one_per_service",
			State: &environment.State{Bucket: "shop-state", Region: "us-west-2", KeyPrefix: "teams/shop"},
			Processes: []environment.Process{
				{Name: "billing", Services: []string{"billing"}, Task: task},
				{Name: "gateway", Gateway: true, Task: gateway},
				{Name: "orders", Services: []string{"orders"}, Task: orders},
				{Name: "users", Services: []string{"users"}, Task: task},
			},
			DatabaseServers: []environment.DatabaseServer{
				{Name: "main", Engine: "postgres", EngineVersion: "17", InstanceClass: "db.r6g.large", StorageGB: 50, MaxStorageGB: 60,
					BackupRetentionDays: 35, DeletionProtection: true, MinCapacity: 2, MaxCapacity: 64, Instances: 3, Databases: []string{"orders"}},
				{Name: "users", Engine: "aurora", EngineVersion: "17", InstanceClass: "db.m5.xlarge", StorageGB: 100, MaxStorageGB: 2000,
					MultiAZ: true, BackupRetentionDays: 14, FinalSnapshot: true, MinCapacity: 1.5, MaxCapacity: 3, Instances: 1, Databases: []string{"users"}},
			},
			Caches:  []environment.Cache{{Name: "sessions", NodeType: "cache.r7g.xlarge", Replicas: 3}},
			Metrics: environment.Metrics{Destination: "datadog", Namespace: "shop/production", Site: "datadoghq.eu", IntervalSeconds: 15},
		}
		if !reflect.DeepEqual(e, want) {
			t.Errorf("got  %+v\nwant %+v", e, want)
		}
	})
	t.Run("the defaults of every profile pass every check", func(t *testing.T) {
		for _, profile := range table.Profiles {
			for _, engine := range []string{"postgres", "aurora"} {
				load(t, production(fmt.Sprintf("profile = %q\ndatabase_server \"main\" { engine = %q }", profile, engine)), shop())
			}
		}
	})
	t.Run("changing one environment leaves the defaults of another alone", func(t *testing.T) {
		list := load(t, "environment \"a\" {}\nenvironment \"b\" {}", shop())
		list[0].OutboundPorts[0] = 1
		if again := load(t, "environment \"a\" {}", shop()); list[1].OutboundPorts[0] != 443 || again[0].OutboundPorts[0] != 443 {
			t.Error("environments share a list of ports")
		}
	})
}

// TestE1_ZonesFollowTheRegion: where letters cannot be known none are guessed, and those written are taken as they are; in
// every other region there are two, and Terraform compares their ids when it plans.
func TestE1_ZonesFollowTheRegion(t *testing.T) {
	for _, region := range rule.Regions {
		zones := rule.DefaultZones(region)
		if unknown := region == "ap-northeast-1" || region == "us-west-1"; unknown != (zones == nil) {
			t.Errorf("%s: %v", region, zones)
		}
	}
	module, err := os.ReadFile("../../../modules/network/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	var unusable []string
	for _, region := range rule.Regions {
		if zone := rule.UnusableZone(region); zone != "" {
			unusable = append(unusable, strconv.Quote(zone))
		}
	}
	if slices.Sort(unusable); !strings.Contains(string(module), "unusable_zone_ids = ["+strings.Join(unusable, ", ")+"]") {
		t.Errorf("the network module refuses other zones than %v", unusable)
	}
	if zones := load(t, production("region = \"us-west-1\"\nzones = [\"b\", \"c\"]"), shop())[0].Zones; !slices.Equal(zones, []string{"b", "c"}) {
		t.Errorf("us-west-1: %v", zones)
	}
}

func TestN6_AllInterfaceEndpointsWithoutNAT(t *testing.T) {
	e := load(t, production("nat = \"none\"\nhelper_image = \"012345678901.dkr.ecr.us-east-1.amazonaws.com/busybox@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028\""), shop())[0]
	if !slices.Equal(e.InterfaceEndpoints, []string{"ecr.api", "ecr.dkr", "logs", "monitoring", "secretsmanager", "sns", "sqs"}) {
		t.Errorf("got %v", e.InterfaceEndpoints)
	}
	if e := load(t, production(""), shop())[0]; len(e.InterfaceEndpoints) != 0 {
		t.Errorf("with NAT: %v", e.InterfaceEndpoints)
	}
}

func TestState(t *testing.T) {
	e := load(t, production("region = \"eu-west-1\"\nstate { bucket = \"shop-state\" }"), shop())[0]
	if want := (environment.State{Bucket: "shop-state", Region: "eu-west-1", KeyPrefix: "shop/production"}); *e.State != want {
		t.Errorf("got %+v", *e.State)
	}
}

func TestAppBlockNamesTheApplication(t *testing.T) {
	application := shop()
	application.Name = "Not A Name"
	if e := load(t, "app \"store\" {}\n"+production(""), application)[0]; e.App != "store" {
		t.Errorf("got %q", e.App)
	}
	if _, diags := Resolve(table.Default(), application); !strings.Contains(messagesOf(diags), `hint: give it another name in groundplan.hcl: app "not-a-name" {}`) {
		t.Errorf("got %s", messagesOf(diags))
	}
}

func TestEnvironmentsAreSorted(t *testing.T) {
	list := load(t, "environment \"staging\" {}\nenvironment \"production\" {}", shop())
	if list[0].Name != "production" || list[1].Name != "staging" {
		t.Errorf("got %s, %s", list[0].Name, list[1].Name)
	}
	if list[1].At.Start.Line != 1 {
		t.Errorf("staging is at %v", list[1].At)
	}
}

func TestE1_InitParses(t *testing.T) {
	for name, want := range map[string]string{
		"shop": "shop", "The Shop": "the-shop", "not a ${name}": "not-a-name", "": "x-25kxb5nb",
		"an-application-with-a-name-that-goes-on-and-on":  "an-application-with-a-name-that-2dxdazll",
		"an-application-with-a-name-that-goes-on-and-off": "an-application-with-a-name-that-5fcrnuii",
	} {
		text := table.Init(name)
		list := load(t, string(text), shop())
		if len(list) != 1 || list[0].Name != "production" || list[0].App != want {
			t.Errorf("%q: the application is called %q, want %q", name, list[0].App, want)
		}
		list[0].At, list[0].App, list[0].Metrics.Namespace = hcl.Range{}, "shop", "shop/production"
		list[0].AppAt, list[0].Places = hcl.Range{}, nil
		byDefault, _ := Resolve(table.Default(), shop())
		if !reflect.DeepEqual(list, byDefault) {
			t.Errorf("%q: the starter file is not the default", name)
		}
		// What is commented out must work as well, once the hash is taken away.
		var uncommented strings.Builder
		for line := range strings.Lines(string(text)) {
			code, ok := strings.CutPrefix(strings.TrimSpace(line), "# ")
			if isCode := strings.ContainsAny(code, "={}") || code == "}"; ok && isCode {
				line = code + "\n"
			}
			uncommented.WriteString(line)
		}
		if both := load(t, uncommented.String(), shop()); len(both) != 2 || both[0].Domain == "" || both[0].State == nil || both[0].Processes[2].CPU != 1024 {
			t.Errorf("%q: uncommented: %+v", name, both)
		}
	}
}

// TestE1_RegionsWithoutCertificates: only a database server is refused where the modules carry no certificate.
func TestE1_RegionsWithoutCertificates(t *testing.T) {
	certificate, err := os.ReadFile("../../../modules/database-server/certificates/eu-west-1.pem")
	if err != nil {
		t.Fatal(err)
	}
	const network = "network {\n vpc_id = \"vpc-0a1b2c3d\"\n public_subnet_ids = [\"subnet-0a1b2c31\", \"subnet-0a1b2c32\"]\n compute_subnet_ids = [\"subnet-0a1b2c33\", \"subnet-0a1b2c34\"]\n}\n"
	for _, test := range []struct {
		name, settings string
		databases      bool
		want           string
	}{
		{"without a database", "", false, ""},
		{"with one", "", true, "Region without database certificates"},
		{"on a server that exists, with its certificate", network + "database_server \"main\" {\n existing {\n address = \"db.example.com\"\n port = 5432\n security_group_id = \"sg-0a1b2c3d\"\n ca_certificate = <<EOF\n" + string(certificate) + "EOF\n }\n}\n", true, ""},
		{"on a server that exists, without", network + "database_server \"main\" {\n existing {\n address = \"db.example.com\"\n port = 5432\n security_group_id = \"sg-0a1b2c3d\"\n }\n}\n", true, "Region without database certificates"},
	} {
		application := &app.App{Name: "shop", Runtime: app.EncoreGo, Services: []app.Service{{Name: "orders", Dir: "orders"}}}
		if test.databases {
			application.Resources = []app.Resource{{Kind: "database", Name: "orders", Service: "orders"}}
		}
		file, diags := table.Parse(environment.Filename, []byte("environment \"production\" {\n  region = \"il-central-1\"\n"+test.settings+"}\n"))
		_, more := Resolve(file, application)
		got := ""
		for _, d := range append(diags, more...) {
			got += d.Summary
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
