package generator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/quota"
)

// manyOf is an application of n services, each with a public endpoint, so that the gateway reaches them all.
func manyOf(n int) *app.App {
	application := &app.App{Name: "shop", ID: "shop", Runtime: app.EncoreGo}
	for i := range n {
		application.Services = append(application.Services, app.Service{
			Name: fmt.Sprintf("service%03d", i), Dir: "x",
			Endpoints: []app.Endpoint{{Name: "Get", Access: "public", Methods: []string{"GET"}, Path: fmt.Sprintf("/%d", i)}},
		})
	}
	return application
}

// TestE3_SecurityGroupRules: an account starts with 60 rules for a group and direction, and terraform would find out in
// the middle of an apply. One outbound port and 59 services fit.
func TestE3_SecurityGroupRules(t *testing.T) {
	for services, want := range map[int]bool{59: false, 60: true} {
		output, diags := generateApplication(t, manyOf(services), "environment \"production\" {}\n")
		warned := strings.Contains(shortages(quota.Check(output.Needs, nil)), "rules per security group")
		if warned != want {
			t.Errorf("%d services: %v, %s", services, warned, diags)
		}
	}
}

// counted are resources of which an account has only so many, by the quota's name.
var counted = map[string]string{
	"Roles per account":                         "aws_iam_role",
	"General purpose buckets":                   "aws_s3_bucket",
	"Schedule groups":                           "aws_scheduler_schedule_group",
	"Number of rules":                           "aws_cloudwatch_event_rule",
	"Web distributions per AWS account":         "aws_cloudfront_distribution",
	"Topics per Account":                        "aws_sns_topic",
	"VPCs per Region":                           "aws_vpc",
	"Application Load Balancers per Region":     "aws_lb",
	"DB clusters":                               "aws_rds_cluster",
	"Namespaces per Region":                     "aws_service_discovery_private_dns_namespace",
	"Origin access controls per AWS account":    "aws_cloudfront_origin_access_control",
	"Response headers policies per AWS account": "aws_cloudfront_response_headers_policy",
}

// TestE3_QuotasCountWhatModulesMake compares what each environment of the fixtures is said to need with what the modules that
// it calls make.
func TestE3_QuotasCountWhatModulesMake(t *testing.T) {
	resource := regexp.MustCompile(`(?m)^resource "(\w+)" "\w+" \{\n(  count = length\(var\.schedules\))?`)
	call := regexp.MustCompile(`(?ms)^module "\w+" \{\n.*?^\}`)
	source := regexp.MustCompile(`source = "\.\./\.\./modules/([a-z-]+)"`)
	seen := map[string]bool{}
	for _, fixture := range fixtureNames(t) {
		output := generate(t, fixture)
		for _, environment := range output.Needs {
			made := map[string]int{}
			for path, content := range output.Files {
				if !strings.HasPrefix(path, environment.Name+"/") || !strings.HasSuffix(path, ".tf") {
					continue
				}
				for _, block := range call.FindAllString(string(content), -1) {
					module := source.FindStringSubmatch(block)[1]
					for name, text := range output.Files {
						if strings.HasPrefix(name, "modules/"+module+"/") && strings.HasSuffix(name, ".tf") && !strings.Contains(name, "/tests") {
							for _, match := range resource.FindAllStringSubmatch(string(text), -1) {
								if match[2] == "" || strings.Contains(block, "\n  schedules = ") {
									made[match[1]]++
								}
							}
						}
					}
				}
			}
			needed := map[string]int{}
			for _, need := range environment.Needs {
				needed[need.Name] = int(need.Value)
			}
			for name, kind := range counted {
				if needed[name] != made[kind] {
					t.Errorf("%s, %s: %d of %q are needed, and %d of %s made", fixture, environment.Name, needed[name], name, made[kind], kind)
				}
				seen[name] = seen[name] || made[kind] > 0
			}
		}
	}
	if len(seen) != len(counted) || slices.Contains(slices.Collect(maps.Values(seen)), false) {
		t.Errorf("no fixture has one of each: %v", seen)
	}
}

// TestE3_LoadBalancerQuotas: a public service costs the load balancer a rule in its security group, a rule of its listener
// and a target group. It has 60, 100, one of them the module's own, and 100; the last is a limit that AWS does not raise.
func TestE3_LoadBalancerQuotas(t *testing.T) {
	for services, want := range map[int]string{
		60:  "",
		61:  "warning: Inbound or outbound rules per security group",
		100: "warning: Inbound or outbound rules per security group, warning: Rules per Application Load Balancer",
		101: "warning: Inbound or outbound rules per security group, warning: Rules per Application Load Balancer, error: Target Groups per Application Load Balancer",
	} {
		application := &app.App{Name: "shop", ID: "shop", Runtime: app.Containers}
		for i := range services {
			application.Services = append(application.Services, app.Service{Name: fmt.Sprintf("web%03d", i), Dir: "x",
				Container: &app.Container{Port: 8080, HealthPath: "/", Public: true, Paths: []string{fmt.Sprintf("/%d", i)}}})
		}
		output, _ := generateApplication(t, application, "environment \"production\" {\n task {\n  scale = { min = 1, max = 2 }\n }\n}\n")
		if got := shortages(quota.Check(output.Needs, nil)); got != want {
			t.Errorf("%d public services: %s", services, got)
		}
	}
}

// shortages are the quotas that diagnostics are about, with their severity.
func shortages(diags hcl.Diagnostics) string {
	var list []string
	for _, d := range diags {
		severity := "warning: "
		if d.Severity == hcl.DiagError {
			severity = "error: "
		}
		_, name, _ := strings.Cut(d.Summary, ": ")
		list = append(list, severity+name)
	}
	return strings.Join(list, ", ")
}

// TestF2_BuildConfig: Encore computes CUE configuration when it builds the image, and refuses a config without an entry
// for anything the application declares.
func TestF2_BuildConfig(t *testing.T) {
	for fixture, want := range map[string]bool{"ledger": true, "hello": false} {
		text, has := generate(t, fixture).Files["production/build.infra.json"]
		if has != want {
			t.Fatalf("%s: %v", fixture, has)
		}
		if !has {
			continue
		}
		var lines []string
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "//") {
				lines = append(lines, line)
			}
		}
		var config infraConfig
		if err := json.Unmarshal([]byte(strings.Join(lines, "")), &config); err != nil {
			t.Fatal(err)
		}
		if config.Metadata.EnvName != "production" || config.Metadata.BaseURL != "https://ledger.example.com" {
			t.Errorf("metadata %+v", config.Metadata)
		}
		if len(config.SQLServers) != 1 || len(config.SQLServers[0].Databases) != 2 || len(config.Secrets) != 1 {
			t.Errorf("it lacks something the application declares: %s", text)
		}
	}
}
