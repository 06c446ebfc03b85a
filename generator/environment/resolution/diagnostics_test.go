package resolution

import (
	"os"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/table"
)

// TestI6_WrongFiles has one case for every message: where it points, and what it says.
func TestI6_WrongFiles(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string // the beginning of a diagnostic each, in order
	}{
		{"syntax", "environment \"production\" {", []string{`1:26 error: Unclosed block: `}},
		{"unknown block", "environmentt \"production\" {}\nenvironment \"staging\" {}", []string{`1:1 error: Unknown block: There is no block "environmentt" here. hint: did you mean "environment"?`}},
		{"unknown attribute", production(`regoin = "eu-west-1"`), []string{`2:1 error: Unknown setting: There is no setting "regoin" here. hint: did you mean "region"?`}},
		{"unknown block in an environment", production(`servise "orders" {}`), []string{`2:1 error: Unknown block: There is no block "servise" here. hint: did you mean "service"?`}},
		{"label missing", "environment {}", []string{`1:1 error: Missing block name: This environment block has no name. hint: write environment "name" { ... }`}},
		{"label too many", production(`gateway "x" {}`), []string{`2:9 error: Extraneous block name: A gateway block has no name. hint: remove it`}},
		{"attribute twice", production("region = \"eu-west-1\"\nregion = \"eu-west-2\""), []string{`3:1 error: Duplicate setting: It is already set at groundplan.hcl:2:1. hint: keep one of them`}},
		{"no environment", `app "shop" {}`, []string{`1:1 error: No environment: `}},
		{"environment twice", "environment \"a\" {}\nenvironment \"a\" {}", []string{`2:1 error: Duplicate environment block: The environment "a" is already described at groundplan.hcl:1:1. hint: merge the two blocks`}},
		{"service twice", production("service \"orders\" {}\nservice \"orders\" {}"), []string{`3:1 error: Duplicate service block: The service "orders" is already described at groundplan.hcl:2:1.`}},
		{"gateway twice", production("gateway {}\ngateway {}"), []string{`3:1 error: Duplicate gateway block: The gateway block is already described at groundplan.hcl:2:1. hint: merge the two blocks`}},
		{"app twice", "app \"a\" {}\napp \"b\" {}\nenvironment \"c\" {}", []string{`2:1 error: Duplicate app block: The app "a" is already described at groundplan.hcl:1:1. hint: merge the two blocks`}},
		{"app name", "app \"My_Shop\" {}\nenvironment \"c\" {}", []string{`1:5 error: Invalid application name: "My_Shop" cannot name an application`}},
		{"environment name", "environment \"eu-west-1-production-blue\" {}", []string{`1:13 error: Invalid environment name: "eu-west-1-production-blue" cannot name an environment: it becomes part of names in AWS, and has 25 characters where 24 are allowed. hint: shorten it, as in "eu-west-1-production-blu"`}},
		{"environment name of a folder", "environment \"modules\" {}", []string{`1:13 error: Invalid environment name: "modules" cannot name an environment: the folder`}},

		{"two mistakes in the syntax", "environment \"a\" {\n  région = 1\n  region \"eu-west-1\"\n  profile = \"dev\n  zones = [\"a\"]\n}", []string{
			`3:3 error: Missing equals sign: An = is missing between the setting "region" and its value. hint: write region = "eu-west-1"`,
			`4:13 error: Unclosed quote: The string has no closing quote on its line. hint: write "dev"`}},
		{"colon", production(`region: "eu-west-1" # near`), []string{`2:1 error: Missing equals sign: Between the setting "region" and its value stands : instead of =. hint: write region = "eu-west-1"`}},
		{"two equals signs", production(`keep_images == 3`), []string{`2:1 error: Missing equals sign: Between the setting "keep_images" and its value stands == instead of =. hint: write keep_images = 3`}},
		{"list without equals sign", production(`zones ["a", "b"]`), []string{`2:1 error: Missing equals sign: An = is missing between the setting "zones" and its value. hint: write zones = ["a", "b"]`}},
		{"unknown word without equals sign", production(`regoin "eu-west-1"`), []string{`2:19 error: Invalid block: This is neither a setting nor the beginning of a block. hint: write a setting as name = value and a block as name { ... }`}},
		{"two settings on a line", production(`region = "eu-west-1" nat = "single"`), []string{`2:22 error: Several settings on a line: The setting has ended before this. hint: begin a new line here`}},
		{"settings separated by a comma", production(`region = "eu-west-1",`), []string{`2:21 error: Unexpected comma: Settings end with their line. hint: remove the comma`}},
		{"block on a line", production(`task { cpu = 256, memory = 512 }`), []string{`2:17 error: Several settings on a line: A block on one line has one setting.`}},
		{"single quotes", production(`region = 'eu-west-1'`), []string{`2:10 error: Invalid character: Strings do not stand in single quotes. hint: use double quotes`}},
		{"list not closed", production(`zones = ["a", "b"`), []string{`3:1 error: Unclosed list: The list above is not closed. hint: close it with ]`}},
		{"no value", production(`region =`), []string{`2:9 error: Missing value: A value is expected here. hint: write one, or remove the line`}},
		{"brace on the next line", "environment \"a\"\n{\n}", []string{`1:16 error: Invalid block: The brace of a block stands on the line of its name. hint: write the { at the end of this line`}},
		{"brace too many", production("}"), []string{`3:1 error: Unexpected text: This brace closes nothing. hint: remove it`}},
		{"block with an equals sign", production(`service "orders" = 3`), []string{`2:18 error: Invalid block: A block has no equals sign. hint: write it as name { ... }`}},
		{"not UTF-8", "environment \"a\" {\n  region = \"\xff\"\n}", []string{`2:13 error: Invalid character encoding: The file is not UTF-8. hint: save it as UTF-8`}},
		{"block as a setting", production("task = {\n cpu = 256\n}"), []string{`2:1 error: Block written as a setting: "task" is a block, not a setting. hint: write task { ... }`}},
		{"environment as a setting", `environment = "production"`, []string{`1:1 error: Block written as a setting: "environment" is a block, not a setting. hint: write environment "name" { ... }`}},
		{"setting as a block", production("zones {}"), []string{`2:1 error: Setting written as a block: "zones" is a setting, not a block. hint: write it with an equals sign: zones = ...`}},
		{"setting of another block as a block", production("scale { min = 2 }"), []string{`2:1 error: Setting written as a block: "scale" is a setting, not a block. hint: write it with an equals sign: scale = ..., in a block of type task, service, gateway or process`}},
		{"setting of another block", production("memory = 512"), []string{`2:1 error: Unknown setting: There is no setting "memory" here. hint: it belongs in a block of type task, service, gateway, job or process`}},
		{"setting far off", production("colour = 512"), []string{`2:1 error: Unknown setting: There is no setting "colour" here. hint: remove it; docs/settings.md lists the settings`}},
		{"block outside", "service \"orders\" {}", []string{`1:1 error: Unknown block: There is no block "service" here. hint: it belongs in a block of type environment`}},
		{"block far off", production("autoscaler {}"), []string{`2:1 error: Unknown block: There is no block "autoscaler" here. hint: use "alias", "task", "service", "gateway", "job", "process", "database_server", "network", "bucket", "topic", "cache", "metrics", "state" or "override"`}},

		{"bare word", production(`region = eu-west-1`), []string{`2:10 error: Not a literal value: The value of "region" must be written out: nothing is computed here. hint: write "eu-west-1"`}},
		{"bare word that does not fit", production(`nat = maybe`), []string{`2:7 error: Not a literal value: The value of "nat" must be written out: nothing is computed here. hint: use "none", "single" or "per_zone"`}},
		{"variable among choices", production(`nat = var.nat`), []string{`2:7 error: Not a literal value: The value of "nat" must be written out: nothing is computed here. hint: use "none", "single" or "per_zone"`}},
		{"number with a zero in front", production(`account_id = 012345678901`), []string{`2:14 error: Wrong type: "account_id" must be a string, not 012345678901. hint: write "012345678901"`}},
		{"number for a short account id", production(`account_id = 12345`), []string{`2:14 error: Wrong type: "account_id" must be a string, not 12345. hint: write the 12 digits in quotes, as aws sts get-caller-identity prints them`}},
		{"switch in quotes", production(`container_insights = "true"`), []string{`2:22 error: Wrong type: "container_insights" must be true or false, not "true". hint: write true`}},
		{"one port", production(`outbound_ports = 443`), []string{`2:18 error: Wrong type: "outbound_ports" must be a list of integers, not 443. hint: write [443]`}},
		{"one role", production(`deploy_role_arns = "arn:aws:iam::123456789012:role/deploy"`), []string{`2:20 error: Wrong type: "deploy_role_arns" must be a list of strings, not "arn:aws:iam::123456789012:role/deploy". hint: write ["arn:aws:iam::123456789012:role/deploy"]`}},
		{"one zone as a string", production(`zones = "a"`), []string{`2:9 error: Wrong type: "zones" must be a list of strings, not "a". hint: write the letters only, as in ["a", "b"]`}},

		{"environment of a service", production("service \"orders\" {\n  environment = { A = \"b\" }\n}"), []string{`3:3 error: Unknown setting: There is no setting "environment" here. hint: environment variables are called variables, as in variables = { LOG_LEVEL = "debug" }`}},
		{"variable", production("region = var.region"), []string{`2:10 error: Not a literal value: The value of "region" must be written out`}},
		{"arithmetic", production(`keep_images = 1e999999999 % 3`), []string{`2:15 error: Not a literal value: `}},
		{"template", production("region = \"eu-${1}\""), []string{`2:10 error: Not a literal value: `}},
		{"computed list", production(`zones = [for z in ["a"] : z]`), []string{`2:9 error: Not a literal value: `}},
		{"negative", production(`keep_images = -1`), []string{`2:15 error: Invalid value for "keep_images": -1 is out of range.`}},
		{"computed member", production("task {\n  scale = { (1) = 3 }\n}"), []string{`3:13 error: Invalid key: A key of "scale" is a name. hint: write it as a word or in quotes`}},
		{"function", production(`region = lower("EU")`), []string{`2:10 error: Not a literal value: `}},
		{"number without need", production(`account_id = 123456789012`), []string{`2:14 error: Wrong type: "account_id" must be a string, not 123456789012. hint: write "123456789012"`}},
		{"string for a number", production(`keep_images = "12"`), []string{`2:15 error: Wrong type: "keep_images" must be an integer, not "12". hint: write 12`}},
		{"fraction", production(`keep_images = 1.5`), []string{`2:15 error: Wrong type: `}},
		{"huge", production(`keep_images = 1e300`), []string{`2:15 error: Wrong type: `}},
		{"null", production(`region = null`), []string{`2:10 error: Wrong type: "region" must be a string, not null.`}},
		{"string for a list", production(`zones = "a"`), []string{`2:9 error: Wrong type: `}},
		{"mixed list", production(`zones = ["a", 1]`), []string{`2:15 error: Wrong type: "zones[1]" must be a string, not 1. hint: write "1"`}},
		{"string for a switch", production(`container_insights = "yes"`), []string{`2:22 error: Wrong type: "container_insights" must be true or false, not "yes". hint: write true or false`}},
		{"scale as a number", production("task {\n  scale = 3\n}"), []string{`3:11 error: Wrong type: "scale" must be an object, not 3. hint: write an object, as in { name = value }`}},
		{"scale with another member", production("task {\n  scale = { minimum = 3, mx = 4 }\n}"), []string{`3:13 error: Unknown setting: There is no setting "scale.minimum" here. hint: use "min", "max", "cpu_percent", "memory_percent", "messages_per_task", "spot_percent" or "on_demand"`, `3:26 error: Unknown setting: There is no setting "scale.mx" here. hint: did you mean "max"?`}},
		{"scale member twice", production("task {\n  scale = { min = 3, min = 4 }\n}"), []string{`3:22 error: Duplicate key: "scale.min" is already set at groundplan.hcl:3:13. hint: keep one of them`}},
		{"scale member of another type", production("task {\n  scale = { min = \"3\" }\n}"), []string{`3:19 error: Wrong type: "scale.min" must be an integer, not "3". hint: write 3`}},

		{"account id", production(`account_id = "12345"`), []string{`2:14 error: Invalid value for "account_id": "12345" is no AWS account id. hint: write the 12 digits`}},
		{"region", production(`region = "eu-west1"`), []string{`2:10 error: Invalid value for "region": "eu-west1" is no region that groundplan knows. Those are af-south-1, `}},
		{"profile", production(`profile = "balancd"`), []string{`2:11 error: Invalid value for "profile": "balancd" is not known here. hint: did you mean "balanced"?`}},
		{"eks", production(`compute = "eks"`), []string{`2:11 error: Invalid value for "compute": "eks" is not available yet. hint: use "fargate"`}},
		{"domain", production(`domain = "https://example.com"`), []string{`2:10 error: Invalid value for "domain": `}},
		{"domain of two environments", "environment \"a\" {\n domain = \"x.example.com\"\n hosted_zone_id = \"Z1\"\n}\nenvironment \"b\" {\n domain = \"x.example.com\"\n hosted_zone_id = \"Z1\"\n}", []string{`6:11 error: Domain used twice: The environments "a" and "b" both answer to x.example.com.`}},
		{"zone missing", production(`domain = "api.shop.example.com"`), []string{`2:10 error: Hosted zone missing: The domain "api.shop.example.com" needs the Route 53 hosted zone that holds it. hint: set hosted_zone_id to the id that this prints: aws route53 list-hosted-zones-by-name --dns-name example.com --max-items 1`}},
		{"domain missing", production(`hosted_zone_id = "Z123"`), []string{`2:18 error: Domain missing: `}},
		{"domain with a scheme", production(`domain = "https://api.example.com/"`), []string{`2:10 error: Invalid value for "domain": "https://api.example.com/" is no domain name. hint: write "api.example.com"`}},
		{"hosted zone id with its path", production(`hosted_zone_id = "/hostedzone/Z123"`), []string{`2:18 error: Invalid value for "hosted_zone_id": "/hostedzone/Z123" is no hosted zone id. hint: write "Z123"`}},
		{"hosted zone id", production(`hosted_zone_id = "example.com"`), []string{`2:18 error: Invalid value for "hosted_zone_id": `}},
		{"cidr public", production(`cidr = "8.8.0.0/16"`), []string{`2:8 error: Invalid value for "cidr": "8.8.0.0/16" is not private address space.`}},
		{"cidr too small", production(`cidr = "10.0.0.0/24"`), []string{`2:8 error: Invalid value for "cidr": A range of /24 cannot be divided`}},
		{"cidr with host bits", production(`cidr = "10.0.1.0/16"`), []string{`2:8 error: Invalid value for "cidr": "10.0.1.0/16" has bits set behind its prefix. hint: write "10.0.0.0/16"`}},
		{"cidr not a range", production(`cidr = "fd00::/16"`), []string{`2:8 error: Invalid value for "cidr": "fd00::/16" is not an IPv4 address range.`}},
		{"zones with region", production(`zones = ["us-east-1a", "b"]`), []string{`2:9 error: Invalid value for "zones": "us-east-1a" is not the letter of a zone.`}},
		{"one zone", production(`zones = ["a"]`), []string{`2:9 error: Invalid value for "zones": A load balancer and a database need two zones`}},
		{"zone twice", production(`zones = ["a", "a"]`), []string{`2:9 error: Invalid value for "zones": "a" stands in the list twice.`}},
		{"zones not known", production(`region = "us-west-1"`), []string{`2:10 error: Zones not known: `}},
		{"a domain that nobody certifies", production("domain = \"shop.internal\"\nhosted_zone_id = \"Z1\""), []string{`2:10 error: Domain without a certificate: No public authority certifies "shop.internal"`}},
		{"a domain of AWS's", production("domain = \"shop.elb.amazonaws.com\"\nhosted_zone_id = \"Z1\""), []string{`2:10 error: Domain without a certificate: No certificate can be made for "shop.elb.amazonaws.com"`}},
		{"a wildcard", production("domain = \"*.example.com\"\nhosted_zone_id = \"Z1\""), []string{`2:10 error: Invalid value for "domain": "*.example.com" stands for many names`}},
		{"zones not known either", production(`region = "ap-northeast-1"`), []string{`2:10 error: Zones not known: `}},
		{"endpoint", production(`interface_endpoints = ["ecr.ap"]`), []string{`2:23 error: Invalid value for "interface_endpoints": "ecr.ap" is not an endpoint service that groundplan knows. hint: did you mean "ecr.api"?`}},
		{"endpoints missing without NAT", production("nat = \"none\"\nhelper_image = \"012345678901.dkr.ecr.us-east-1.amazonaws.com/b@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028\"\ninterface_endpoints = [\"logs\"]"), []string{`4:23 error: Interface endpoints missing: Without NAT processes reach AWS through interface endpoints only, and the list lacks "ecr.api", "ecr.dkr", "monitoring" and "secretsmanager". hint: add `}},
		{"helper image without NAT", production(`nat = "none"`), []string{`2:7 error: Helper image out of reach: `}},
		{"helper image of another region", production("nat = \"none\"\nhelper_image = \"012345678901.dkr.ecr.eu-west-1.amazonaws.com/b@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028\""), []string{`3:16 error: Helper image out of reach: `}},
		{"helper image by its tag", production(`helper_image = "public.ecr.aws/docker/library/busybox:1.37.0"`), []string{`2:16 error: Invalid value for "helper_image": "public.ecr.aws/docker/library/busybox:1.37.0" is no image by its digest. hint: name it as in "public.ecr.aws/docker/library/busybox@sha256:`}},
		{"images too few to go back", production(`keep_images = 2`), []string{`2:15 error: Invalid value for "keep_images": 2 is out of range. hint: use 3 to 10000 images, or 0 to keep every one`}},
		{"user", production("task {\n  user = \"node user\"\n}"), []string{`3:10 error: Invalid value for "user": "node user" is no user of a container. hint: write a user, or user and group, as in "1000:1000"`}},
		{"writable path", production("task {\n  writable_paths = [\"/tmp/\"]\n}"), []string{`3:20 error: Invalid value for "writable_paths": "/tmp/" is no path that can be a volume.`}},
		{"writable path of the task", production("task {\n  writable_paths = [\"/groundplan/x\"]\n}"), []string{`3:20 error: Invalid value for "writable_paths": "/groundplan/x" is where the task keeps its own files. hint: choose another path`}},
		{"capability", production("task {\n  keep_capabilities = [\"SYS_ADMIN\"]\n}"), []string{`3:23 error: Invalid value for "keep_capabilities": "SYS_ADMIN" is not a capability that a container has unless it is taken.`}},
		{"variable", production("task {\n  variables = { \"log-level\" = \"debug\" }\n}"), []string{`3:15 error: Invalid value for "variables": "log-level" is no name of an environment variable. hint: use letters`}},
		{"variable that is a number", production("task {\n  variables = { WORKERS = 4 }\n}"), []string{`3:27 error: Wrong type: "variables.WORKERS" must be a string, not 4. hint: write "4"`}},
		{"variables as a list", production("task {\n  variables = [\"A=b\"]\n}"), []string{`3:15 error: Wrong type: "variables" must be a map of strings, not ["A=b"]. hint: write a map of strings, as in { name = "value" }`}},
		{"helper image without tag", production(`helper_image = "busybox"`), []string{`2:16 error: Invalid value for "helper_image": `}},
		{"port", production(`outbound_ports = [443, 70000]`), []string{`2:18 error: Invalid value for "outbound_ports": 70000 is not a TCP port.`}},
		{"port twice", production(`outbound_ports = [443, 443]`), []string{`2:18 error: Invalid value for "outbound_ports": Port 443 stands in the list twice.`}},
		{"cache that is not there", production("cache \"sesions\" {}"), []string{`2:7 error: Unknown cache cluster: The application has no cache cluster "sesions", nor any other. hint: remove the block`}},
		{"node type", production("cache \"sessions\" {\n  node_type = \"m6g.large\"\n}"), []string{`3:15 error: Invalid value for "node_type": "m6g.large" is no node type. hint: write one as in "cache.m6g.large"`}},
		{"metrics destination", production("metrics {\n  destination = \"cloudwach\"\n}"), []string{`3:17 error: Invalid value for "destination": "cloudwach" is not known here. hint: did you mean "cloudwatch"?`}},
		{"metrics setting of another destination", production("metrics {\n  site = \"datadoghq.eu\"\n}"), []string{`3:10 error: Setting of another destination: "site" is a setting of the destination "datadog", and metrics go to "cloudwatch". hint: remove it`}},
		{"metrics namespace of AWS", production("metrics {\n  namespace = \"AWS/ECS\"\n}"), []string{`3:15 error: Invalid value for "namespace": The namespace "AWS/ECS" begins with AWS/, which AWS keeps for itself. hint: begin with a word of your own, as in "shop/production"`}},
		{"metrics out of reach", production("nat = \"none\"\nhelper_image = \"012345678901.dkr.ecr.us-east-1.amazonaws.com/b@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028\"\nmetrics {\n  destination = \"datadog\"\n}"), []string{`5:17 error: Metrics out of reach: Without NAT nothing outside AWS is reached, and metrics go to "datadog".`}},
		{"boundary", production(`permissions_boundary = "boundary"`), []string{`2:24 error: Invalid value for "permissions_boundary": `}},
		{"iam path", production(`iam_path = "apps"`), []string{`2:12 error: Invalid value for "iam_path": `}},
		{"alarm topic", production(`alarm_topic_arns = ["arn:aws:sqs:eu-west-1:123456789012:alarms"]`), []string{`2:20 error: Invalid value for "alarm_topic_arns": `}},
		{"deploy role", production(`deploy_role_arns = ["arn:aws:iam::123456789012:user/me"]`), []string{`2:20 error: Invalid value for "deploy_role_arns": `}},
		{"retention", production(`log_retention_days = 100`), []string{`2:22 error: Invalid value for "log_retention_days": CloudWatch Logs cannot keep logs for 100 days. It can for 1, 3, 5`}},
		{"retention beyond the last", production(`log_retention_days = 9999`), []string{`2:22 error: Invalid value for "log_retention_days": CloudWatch Logs cannot keep logs for 9999 days. It can for `}},
		{"key deletion", production(`key_deletion_days = 3`), []string{`2:21 error: Invalid value for "key_deletion_days": 3 is out of range. hint: use 7 to 30 days`}},
		{"secret recovery", production(`secret_recovery_days = 3`), []string{`2:24 error: Invalid value for "secret_recovery_days": `}},

		{"state without bucket", production("state {\n}"), []string{`2:1 error: Missing setting: The state block needs "bucket". hint: add bucket = ...`}},
		{"state bucket", production("state {\n  bucket = \"My.Bucket\"\n}"), []string{`3:12 error: Invalid value for "bucket": "My.Bucket" is no valid name of an S3 bucket.`}},
		{"state bucket of S3", production("state {\n  bucket = \"shop-s3alias\"\n}"), []string{`3:12 error: Invalid value for "bucket": `}},
		{"state prefix", production("state {\n  bucket = \"shop-state\"\n  key_prefix = \"/shop\"\n}"), []string{`4:16 error: Invalid value for "key_prefix": `}},
		{"state shared", "environment \"a\" {\n state {\n  bucket = \"shop-state\"\n  key_prefix = \"x\"\n }\n}\nenvironment \"b\" {\n state {\n  bucket = \"shop-state\"\n  key_prefix = \"x\"\n }\n}", []string{`10:16 error: State shared: The environments "a" and "b" keep their state in the same place, s3://shop-state/x`}},

		{"cpu", production("task {\n  cpu = 300\n}"), []string{`3:9 error: Invalid value for "cpu": Fargate has no tasks of 300 CPU units. hint: use 256, 512`}},
		{"memory for cpu", production("service \"orders\" {\n  memory = 8192\n}"), []string{`3:12 error: Task size not available: process "orders": Fargate has no task of 512 CPU units with 8192 MiB. hint: with 512 units use 1024 to 4096 in steps of 1024`}},
		{"memory between two steps", production("service \"orders\" {\n  cpu = 256\n memory = 1536\n}"), []string{`4:11 error: Task size not available: process "orders": Fargate has no task of 256 CPU units with 1536 MiB. hint: with 256 units use 512, 1024 or 2048`}},
		{"scale turned around", production("gateway {\n  scale = { min = 20 }\n}"), []string{`3:19 error: Scale turned around: process "gateway": at least 20 tasks and at most 10 cannot both hold.`}},
		{"no task at all", production("gateway {\n  scale = { min = 0 }\n}"), []string{`3:19 error: Invalid value for "scale.min": 0 is out of range. hint: use 1 to 1000 tasks`}},
		{"stop timeout", production("task {\n  stop_timeout_seconds = 300\n}"), []string{`3:26 error: Invalid value for "stop_timeout_seconds": `}},
		{"drain", production("task {\n  drain_seconds = 106\n}"), []string{`3:19 error: Invalid value for "drain_seconds": `}},
		{"stop of two halves", production("service \"orders\" {\n  stop_timeout_seconds = 96\n}"), []string{`3:26 error: Stop that takes too long: process "orders": drain_seconds and stop_timeout_seconds, one after the other, are 116 seconds.`}},
		{"architecture", production("task {\n  architecture = \"arm64\"\n}"), []string{`3:18 error: Invalid value for "architecture": "arm64" is not known here. hint: did you mean "ARM64"?`}},
		{"service unknown", production(`service "order" {}`), []string{`2:9 error: Unknown service: The application has no service "order". hint: did you mean "orders"?`}},
		{"service far off", production(`service "warehouse" {}`), []string{`2:9 error: Unknown service: The application has no service "warehouse". hint: the application has "billing", "orders" and "users"`}},
		{"service that shares a process", production("process_allocation = \"all_in_one\"\nservice \"orders\" {}"), []string{`3:1 error: Size without process: The service "orders" has no process of its own in the environment "production", so that these settings have no effect. hint: move them into a task block`}},
		{"service in a group", production("process \"app\" {\n services = [\"billing\", \"orders\", \"users\"]\n gateway = true\n}\nservice \"orders\" {}"), []string{`6:1 error: Size without process: The service "orders" has no process of its own in the environment "production", so that these settings have no effect. hint: move them into the process block`}},

		{"allocation twice", production("process_allocation = \"all_in_one\"\nprocess \"app\" {\n services = [\"billing\", \"orders\", \"users\"]\n gateway = true\n}"), []string{`2:22 error: Two process allocations: `}},
		{"process name", production("process \"My App\" {\n services = [\"billing\", \"orders\", \"users\"]\n gateway = true\n}"), []string{`2:9 error: Invalid process name: `}},
		{"process empty", production("process \"app\" {\n services = [\"billing\", \"orders\", \"users\"]\n gateway = true\n}\nprocess \"more\" {}"), []string{`6:1 error: Empty process: `}},
		{"process of an unknown service", production("process \"app\" {\n services = [\"billing\", \"orders\", \"users\", \"user\"]\n gateway = true\n}"), []string{`3:44 error: Unknown service: The application has no service "user". hint: did you mean "users"?`}},
		{"service in two processes", production("process \"a\" {\n services = [\"billing\", \"orders\", \"users\"]\n gateway = true\n}\nprocess \"b\" {\n services = [\"users\"]\n}"), []string{`7:14 error: Service in two processes: The service "users" is already in the process "a", at groundplan.hcl:2:1.`}},
		{"service in no process", production("process \"a\" {\n services = [\"billing\"]\n gateway = true\n}"), []string{`1:1 error: Services without process: The process blocks leave out "orders" and "users".`}},
		{"gateway in no process", production("process \"a\" {\n services = [\"billing\", \"orders\", \"users\"]\n}"), []string{`1:1 error: Gateway without process: `}},
		{"gateway in two processes", production("process \"a\" {\n services = [\"billing\", \"orders\", \"users\"]\n gateway = true\n}\nprocess \"b\" {\n gateway = true\n}"), []string{`7:12 error: Two gateways: The process "a" already hosts the gateway, at groundplan.hcl:2:1.`}},

		{"database unknown", production("database_server \"a\" {\n databases = [\"order\"]\n}"), []string{`3:15 error: Unknown database: The application has no database "order". hint: did you mean "orders"?`}},
		{"database on two servers", production("database_server \"a\" {\n databases = [\"orders\"]\n}\ndatabase_server \"b\" {\n databases = [\"orders\", \"users\"]\n}"), []string{`6:15 error: Database on two servers: The database "orders" is already on the server "a", at groundplan.hcl:2:1.`}},
		{"databases on no server", production("database_server \"main\" {\n databases = [\"orders\"]\n}"), []string{`3:14 error: Databases without server: No server has the databases "users".`}},
		{"two servers for the rest", production("database_server \"a\" {}\ndatabase_server \"b\" {}"), []string{`3:1 error: Two servers for the rest: `}},
		{"server name", production(`database_server "Main" {}`), []string{`2:17 error: Invalid server name: `}},
		{"engine", production("database_server \"a\" {\n engine = \"mysql\"\n}"), []string{`3:11 error: Invalid value for "engine": `}},
		{"engine version of another form", production("database_server \"a\" {\n engine_version = \"v17\"\n}"), []string{`3:19 error: Invalid value for "engine_version": `}},
		{"engine version Aurora lacks", production("database_server \"a\" {\n engine = \"aurora\"\n engine_version = \"18\"\n}"), []string{`4:19 error: Version not available: `}},
		{"full version Aurora lacks", production("database_server \"a\" {\n engine = \"aurora\"\n engine_version = \"18.1\"\n}"), []string{`4:19 error: Version not available: `}},
		{"setting of the other engine", production("database_server \"a\" {\n engine = \"aurora\"\n multi_az = true\n}"), []string{`4:13 error: Setting of another engine: "multi_az" is a setting of engine "postgres", and the server "a" has engine "aurora".`}},
		{"instance class", production("database_server \"a\" {\n instance_class = \"m5.large\"\n}"), []string{`3:19 error: Invalid value for "instance_class": `}},
		{"storage limit", production("database_server \"a\" {\n storage_gb = 1000\n}"), []string{`3:15 error: Storage cannot grow: A server of 1000 GiB needs a limit of 1100 GiB at least.`}},
		{"capacity steps", production("database_server \"a\" {\n engine = \"aurora\"\n min_capacity = 0.7\n}"), []string{`4:17 error: Invalid value for "min_capacity": `}},
		{"capacity turned around", production("database_server \"a\" {\n engine = \"aurora\"\n min_capacity = 32\n}"), []string{`4:17 error: Capacity turned around: `}},
		{"backups off", production("database_server \"a\" {\n backup_retention_days = 0\n}"), []string{`3:26 error: Invalid value for "backup_retention_days": `}},

		{"everything at once", production("region = \"mars\"\nzones = []\nkeep_images = 2"), []string{
			`4:15 error: Invalid value for "keep_images"`, `2:10 error: Invalid value for "region"`, `3:9 error: Invalid value for "zones"`}},
	} {
		t.Run(test.name, func(t *testing.T) { expect(t, test.text, shop(), test.want) })
	}
}

// expect fails unless the diagnostics begin with the wanted texts and no environment comes back. Order does not count.
func expect(t *testing.T, text string, application *app.App, want []string) {
	t.Helper()
	list, diags := tryLoad(text, application)
	if list != nil {
		t.Error("an environment came back")
	}
	if len(diags) != len(want) {
		t.Fatalf("%d diagnostics, want %d:\n%s", len(diags), len(want), messagesOf(diags))
	}
	got := messagesOf(diags)
	for _, beginning := range want {
		if !strings.Contains("\n"+got, "\n"+beginning) {
			t.Errorf("got:\n%swant: %s", got, beginning)
		}
	}
	for _, d := range diags {
		if d.Subject == nil || d.Subject.Filename != environment.Filename {
			t.Errorf("no range: %s", d.Summary)
		}
		if len(diagnostic.Hints(d)) != 1 || !strings.HasSuffix(d.Detail, ".") {
			t.Errorf("not a sentence and one hint: %q", diagnostic.Text(d))
		}
	}
}

func TestI6_WrongForTheApplication(t *testing.T) {
	twins := shop()
	twins.Services = append(twins.Services, app.Service{Name: "gateway"}, app.Service{Name: "api-gateway"})
	twins.Services[4].At.Start.Line, twins.Services[4].At.Filename = 7, environment.Filename
	topics := shop()
	topics.Resources = append(topics.Resources, app.Resource{Kind: "topic", Name: "signups"})
	for _, test := range []struct {
		name        string
		application *app.App
		text        string
		want        string
	}{
		{"no name left for the gateway", twins, production(``), `7:0 error: No name left for the gateway: `},
		{"sizes of a gateway that is not there", hidden(), production(`gateway {}`), `2:1 error: Nothing to expose: `},
		{"a group with a gateway that is not needed", hidden(), production("process \"a\" {\n services = [\"billing\", \"orders\", \"users\"]\n gateway = true\n}"), `4:12 error: Nothing to expose: `},
		{"TypeScript services beside the gateway", typescript(), production("process \"a\" {\n services = [\"orders\"]\n gateway = true\n}\nprocess \"b\" {\n services = [\"billing\", \"users\"]\n}"), `3:13 error: Services beside the gateway: `},
		{"topics without NAT", topics, production("nat = \"none\"\nhelper_image = \"012345678901.dkr.ecr.us-east-1.amazonaws.com/b@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028\"\ninterface_endpoints = [\"logs\", \"ecr.api\", \"ecr.dkr\", \"secretsmanager\"]"), `4:23 error: Interface endpoints missing: Without NAT processes reach AWS through interface endpoints only, and the list lacks "monitoring", "sns" and "sqs". hint: `},
		{"a service when there is none", &app.App{Name: "shop"}, production(`service "orders" {}`), `2:9 error: Unknown service: The application has no service "orders", nor any other. hint: remove the block`},
	} {
		t.Run(test.name, func(t *testing.T) { expect(t, test.text, test.application, []string{test.want}) })
	}
}

func FuzzParse(f *testing.F) {
	f.Add(string(table.Init("shop")))
	f.Add(production("task {\n  scale = { min = 3, \"max\" = 4 }\n}\nzones = [\"a\", \"b\"]"))
	f.Add(production("process \"a\" {\n services = ([\"users\"])\n}"))
	f.Add(production("scale = { (1) = 2, a.b = 3, null = 4 }\ntask {\n scale = { (null) = 1, 1 = 2 }\n}"))
	f.Add(production(ownVPC + ownServer + "bucket \"a\" {\n existing {\n name = \"abc\"\n }\n}\nkey_arn = \"arn:aws:kms:us-east-1:123456789012:key/a\""))
	f.Add(production("override \"a\" b {\n c = { d = [1, true, \"e\"], \"f\" = <<EOT\ng\nEOT\n }\n}"))
	starter, err := os.ReadFile("../table/starter.hcl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(starter))
	f.Fuzz(func(t *testing.T, text string) {
		list, diags := tryLoad(text, shop())
		if (list == nil) != diags.HasErrors() {
			t.Fatalf("%d environments, and:\n%s", len(list), messagesOf(diags))
		}
		for _, e := range list {
			served := map[string]int{}
			for _, p := range e.Processes {
				for _, service := range p.Services {
					served[service]++
				}
			}
			for _, service := range shop().Services {
				if served[service.Name] != 1 {
					t.Fatalf("service %s is in %d processes", service.Name, served[service.Name])
				}
			}
		}
	})
}
