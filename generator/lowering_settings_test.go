package generator_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/modules"
)

// What is set in groundplan.hcl, and what the application needs, reaches the code that must carry it.

// TestE1_EverySizeReachesTheProcess sets each size of a process to a value of its own.
func TestE1_EverySizeReachesTheProcess(t *testing.T) {
	call := callArguments(t, lower(t, plain("orders"), `
  outbound_ports = [443, 5671]
  iam_path       = "/apps/"
  helper_image   = "registry.example.com/shell@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"
  task {
    architecture = "ARM64"
  }
  service "orders" {
    cpu          = 1024
    memory       = 3072
    scale        = { min = 4, max = 9, cpu_percent = 41, memory_percent = 42 }
    drain_seconds              = 33
    stop_timeout_seconds       = 77
    health_check_grace_seconds = 88
  }`), "production/services/orders.tf")
	number := func(value cty.Value) int {
		n, _ := value.AsBigFloat().Int64()
		return int(n)
	}
	got := map[string]any{
		"cpu": number(call["task.cpu"]), "memory": number(call["task.memory"]), "architecture": call["task.architecture"].AsString(),
		"drain": number(call["shutdown.drain_seconds"]), "stop": number(call["shutdown.stop_timeout_seconds"]), "grace": number(call["health.grace_seconds"]),
		"path": call["iam.path"].AsString(), "helper": call["helper_image"].AsString(), "ports": fmt.Sprint(number(call["firewall.outbound_ports"].Index(cty.NumberIntVal(1)))),
	}
	for name, value := range call["scale"].AsValueMap() {
		got["scale."+name] = number(value)
	}
	want := map[string]any{
		"cpu": 1024, "memory": 3072, "architecture": "ARM64", "drain": 33, "stop": 77, "grace": 88, "path": "/apps/", "helper": "registry.example.com/shell@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028", "ports": "5671",
		"scale.min": 4, "scale.max": 9, "scale.cpu_percent": 41, "scale.memory_percent": 42,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// The runtime gives up first, so that it is the runtime that says what did not end.
	if deadline := configOf(t, call).GracefulShutdown.Total; deadline < 77/2 || deadline > 77-5 {
		t.Errorf("the runtime has %d of 77 seconds", deadline)
	}
}

// TestE1_StateIsWhereTheSettingsSay reads back where each stack keeps its state, and where services looks for platform's.
func TestE1_StateIsWhereTheSettingsSay(t *testing.T) {
	output := lower(t, plain("orders"), `
  region     = "eu-west-1"
  account_id = "123456789012"
  state {
    bucket     = "states"
    region     = "eu-central-1"
    key_prefix = "a/b"
  }`)
	for path, lines := range map[string][]string{
		"production/platform/terraform.tf": {`backend "s3" {`, `bucket = "states"`, `key = "a/b/platform.tfstate"`, `region = "eu-central-1"`, `encrypt = true`, `use_lockfile = true`, `version = ">= 5.100, < 7.0"`, `required_version = ">= 1.11"`},
		"production/services/terraform.tf": {`backend "s3" {`, `bucket = "states"`, `key = "a/b/services.tfstate"`, `region = "eu-central-1"`, `encrypt = true`, `use_lockfile = true`, `version = ">= 5.100, < 7.0"`, `required_version = ">= 1.11"`},
		"production/services/platform.tf":  {`backend = "s3"`, `bucket = "states"`, `key = "a/b/platform.tfstate"`, `region = "eu-central-1"`},
		"production/platform/providers.tf": {`region = "eu-west-1"`, `allowed_account_ids = ["123456789012"]`, `application = "shop"`, `environment = "production"`, `managed-by = "groundplan"`, `stack = "platform"`},
		"production/services/providers.tf": {`region = "eu-west-1"`, `allowed_account_ids = ["123456789012"]`, `application = "shop"`, `environment = "production"`, `managed-by = "groundplan"`, `stack = "services"`},
	} {
		text := strings.Join(strings.Fields(string(output.Files[path])), " ")
		for _, line := range lines {
			if !strings.Contains(text, line) {
				t.Errorf("%s lacks %s", path, line)
			}
		}
	}
	if _, found := blocksOf(t, output, "production/platform")["data terraform_remote_state platform"]; found {
		t.Error("platform reads its own state")
	}
}

// TestE1_EverySettingReachesTheCode sets each value of an environment to one that no profile has, and looks for it in
// the call that must carry it.
func TestE1_EverySettingReachesTheCode(t *testing.T) {
	const environmentSettings = `
  region                    = "eu-west-3"
  account_id                = "210987654321"
  domain                    = "api.example.com"
  hosted_zone_id            = "Z0123"
  cidr                      = "10.77.0.0/18"
  zones                     = ["b", "c"]
  nat                       = "per_zone"
  interface_endpoints       = ["kms", "logs"]
  outbound_ports            = [444]
  permissions_boundary      = "arn:aws:iam::210987654321:policy/bound"
  iam_path                  = "/odd/"
  deploy_role_arns          = ["arn:aws:iam::210987654321:role/push"]
  pull_role_arns            = ["arn:aws:iam::210987654321:role/scan"]
  deletion_protection       = %[1]t
  container_insights        = %[1]t
  helper_image              = "registry.example.com/shell@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"
  log_retention_days        = 545
  flow_log_retention_days   = 731
  access_log_retention_days = 1234
  idle_timeout_seconds      = 321
  internal                  = %[1]t
  web_acl_arn               = "arn:aws:wafv2:eu-west-3:210987654321:regional/webacl/shop/1"
  tags                      = { "cost:center" = "17" }
  key_deletion_days         = 17
  secret_recovery_days      = 19
  keep_images               = 4321
  task {
    user              = "7:8"
    read_only_root    = true
    writable_paths    = ["/odd"]
    keep_capabilities = ["KILL"]
    variables         = { ODD = "one" }
  }
`
	const postgres = `
  database_server "main" {
    engine_version        = "16"
    instance_class        = "db.m6g.2xlarge"
    storage_gb            = 222
    max_storage_gb        = 3333
    multi_az              = %[1]t
    backup_retention_days = 23
    final_snapshot        = %[2]t
    deletion_protection   = %[1]t
  }`
	const aurora = `
  database_server "main" {
    engine                = "aurora"
    engine_version        = "16"
    min_capacity          = 1.5
    max_capacity          = 33
    instances             = 5
    backup_retention_days = 23
    final_snapshot        = %[2]t
    deletion_protection   = %[1]t
  }`
	for _, switches := range []bool{false, true} {
		application := plain("orders")
		uses(application, "orders", "main")
		declares(application, "orders", "StripeKey")
		want := map[string][]string{
			"platform/providers.tf":     {`"cost:center" = "17"`, `region = "eu-west-3"`, `allowed_account_ids = ["210987654321"]`},
			"services/providers.tf":     {`"cost:center" = "17"`, `region = "eu-west-3"`, `allowed_account_ids = ["210987654321"]`},
			"platform/network.tf":       {`cidr = "10.77.0.0/18"`, `zones = ["b", "c"]`, `nat = "per_zone"`, `interface_endpoints = ["kms", "logs"]`, `flow_log_retention_days = 731`, `permissions_boundary_arn = "arn:aws:iam::210987654321:policy/bound"`, `iam_path = "/odd/"`},
			"platform/encryption.tf":    {`deletion_window_days = 17`},
			"platform/registry.tf":      {`keep_images = 4321`, `push_role_arns = ["arn:aws:iam::210987654321:role/push"]`, `pull_role_arns = [ "arn:aws:iam::210987654321:role/odd/shop-production-*-execution", "arn:aws:iam::210987654321:role/scan"`},
			"platform/cluster.tf":       {`log_retention_days = 545`, `container_insights = %t`},
			"platform/load_balancer.tf": {`access_log_retention_days = 1234`, `idle_timeout_seconds = 321`, `internal = %t`, `web_acl_arn = "arn:aws:wafv2:eu-west-3:210987654321:regional/webacl/shop/1"`, `deletion_protection = %t`, `domain = "api.example.com"`, `hosted_zone_id = "Z0123"`, `subnet_ids = module.network.public_subnet_ids`},
			"platform/secrets.tf":       {`recovery_window_days = 19`},
			"platform/databases.tf": {`log_retention_days = 545`, `permissions_boundary_arn = "arn:aws:iam::210987654321:policy/bound"`, `iam_path = "/odd/"`, `engine_version = "16"`,
				`backup_retention_days = 23`, `final_snapshot = !%t`, `deletion_protection = %t`, `subnet_ids = module.network.storage_subnet_ids`},
			"services/orders.tf": {`firewall = { outbound_ports = [444] }`, `permissions_boundary_arn = "arn:aws:iam::210987654321:policy/bound"`, `path = "/odd/"`, `helper_image = "registry.example.com/shell@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"`,
				`log_retention_days = 545`, `network = local.platform.network`,
				`user = "7:8"`, `read_only_root = true`, `writable_paths = ["/odd"]`, `keep_capabilities = ["KILL"]`, `ODD = "one"`},
			"services/gateway.tf": {`hosts = ["api.example.com"]`},
		}
		for server, lines := range map[string][]string{
			postgres: {`source = "../../modules/database-server"`, `instance_class = "db.m6g.2xlarge"`, `storage_gb = 222`, `max_storage_gb = 3333`, `multi_az = %t`},
			aurora:   {`source = "../../modules/database-cluster"`, `min_capacity = 1.5`, `max_capacity = 33`, `instances = 5`},
		} {
			output := lower(t, application, fmt.Sprintf(environmentSettings+server, switches, !switches))
			want := maps.Clone(want)
			want["platform/databases.tf"] = append(lines, want["platform/databases.tf"]...)
			for path, lines := range want {
				text := strings.Join(strings.Fields(string(output.Files["production/"+path])), " ")
				if strings.HasPrefix(path, "services/") { // or where services say what they have in common
					text += " " + strings.Join(strings.Fields(string(output.Files["production/services/runtime.tf"])), " ")
				}
				for _, line := range lines {
					name, value, _ := strings.Cut(line, " = ")
					if strings.HasSuffix(value, "%t") {
						value = fmt.Sprint(switches == (value == "%t"))
						// What equals the module's default is left out.
						if !strings.Contains(text, " "+name+" = ") && moduleDefaultIs(t, text, name, value) {
							continue
						}
					}
					if !strings.Contains(text, " "+name+" = "+value) {
						t.Errorf("%s lacks %s = %s", path, name, value)
					}
				}
			}
		}
	}
}

// moduleDefaultIs says that the module a file calls gives a variable that value when nothing is said.
func moduleDefaultIs(t *testing.T, text, variable, value string) bool {
	t.Helper()
	_, rest, _ := strings.Cut(text, `source = "../../modules/`)
	module, _, _ := strings.Cut(rest, `"`)
	return modules.Default(module, variable) == value
}

// TestE1_ScaleKeepsToTheModulesDefaults: what the generator leaves out of scale is what the module takes.
func TestE1_ScaleKeepsToTheModulesDefaults(t *testing.T) {
	variables := strings.Join(strings.Fields(string(modules.Files()["fargate-service"]["variables.tf"])), " ")
	for _, percent := range []int{59, 60, 61, 74, 75, 76} {
		call := callArguments(t, lower(t, plain("orders"), fmt.Sprintf("task {\n scale = { cpu_percent = %[1]d, memory_percent = %[1]d }\n}", percent)), "production/services/orders.tf")
		scale := call["scale"].AsValueMap()
		for _, name := range []string{"cpu_percent", "memory_percent"} {
			value, written := scale[name]
			isDefault := strings.Contains(variables, fmt.Sprintf("%s = optional(number, %d)", name, percent))
			if written == isDefault || written && !value.RawEquals(cty.NumberIntVal(int64(percent))) {
				t.Errorf("%s = %d: written %v, the module's default %v", name, percent, written, isDefault)
			}
		}
	}
}

// TestN4_StorageSubnetsOnlyWithStorage reads the ports of the storage tier.
func TestN4_StorageSubnetsOnlyWithStorage(t *testing.T) {
	with := plain("orders")
	uses(with, "orders", "main")
	if text := string(lower(t, with, "").Files["production/platform/network.tf"]); !strings.Contains(text, "= [5432]\n") {
		t.Errorf("a database, but no port:\n%s", text)
	}
	if text := string(lower(t, plain("orders"), "").Files["production/platform/network.tf"]); strings.Contains(text, "storage_ports") {
		t.Errorf("no database, but a storage tier:\n%s", text)
	}
}
