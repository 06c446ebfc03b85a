package generator_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/holdings"

	"github.com/groundplan/groundplan/generator"
)

// many is an application of n services, each with a public endpoint, so that the gateway reaches them all.
func many(n int) *app.App {
	application := &app.App{Name: "shop", ID: "shop", Language: "go"}
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
		application := many(services)
		environments, diags := environment.Resolve(environment.Default(), application)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		_, diags = generator.Generate(application, environments, &generator.Lock{}, holdings.Consent{})
		warned := slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool { return strings.Contains(d.Summary, "security group rules") })
		if warned != want || diags.HasErrors() {
			t.Errorf("%d services: %v", services, diags)
		}
	}
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
