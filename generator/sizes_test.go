package generator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/resolution"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/output"
)

// generateApplication is what the application becomes with a groundplan.hcl of that text.
func generateApplication(t *testing.T, application *app.App, settings string) (*generator.Output, string) {
	t.Helper()
	file, diags := table.Parse(environment.Filename, []byte(settings))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	environments, diags := resolution.Resolve(file, application)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	result, diags := generator.Generate(application, environments, &output.Lock{}, holdings.Consent{})
	var lines []string
	for _, d := range diags {
		lines = append(lines, d.Summary+": "+diagnostic.Text(d))
	}
	return result, strings.Join(lines, "\n")
}

// withSecrets is an application of one service that reads n secrets with names of a usual length for generated ones.
func withSecrets(n int) *app.App {
	application := manyOf(1)
	for i := range n {
		name := fmt.Sprintf("PartnerApiCredentialOfTheThirdGenerationForRegion%03d", i)
		application.Resources = append(application.Resources, app.Resource{Kind: "secret", Name: name, Service: "service000"})
		application.Edges = append(application.Edges, app.Edge{Service: "service000", Kind: "secret", Resource: name, Origin: app.Used})
	}
	return application
}

// TestE3_PoliciesFitTheirRoles: IAM refuses a role whose policies have more than 10,240 characters, and Terraform would
// learn the ARNs, and with them the length, after half of the apply.
func TestE3_PoliciesFitTheirRoles(t *testing.T) {
	for secrets, want := range map[int]bool{60: false, 68: false, 76: true} {
		_, diags := generateApplication(t, withSecrets(secrets), "environment \"production\" {}\n")
		if got := strings.Contains(diags, "Too many secrets for a role"); got != want {
			t.Errorf("%d secrets: %s", secrets, diags)
		}
	}
	application := manyOf(1)
	for i := range 60 {
		name := fmt.Sprintf("order-has-been-placed-by-a-returning-customer-%03d", i)
		application.Resources = append(application.Resources, app.Resource{Kind: "topic", Name: name, Spec: &topic.Spec{}})
		application.Edges = append(application.Edges, app.Edge{Service: "service000", Kind: "topic", Resource: name, Operation: topic.Publish, Origin: app.Used})
	}
	if _, diags := generateApplication(t, application, "environment \"production\" {}\n"); !strings.Contains(diags, "Too many permissions for a role") {
		t.Errorf("60 topics: %s", diags)
	}
}

// TestE3_TaskDefinitionsFit: ECS takes 64 KiB, and refuses what is longer when the platform already stands.
func TestE3_TaskDefinitionsFit(t *testing.T) {
	for length, want := range map[int]bool{50_000: false, 66_000: true} {
		application := &app.App{Name: "shop", ID: "shop", Runtime: app.Containers}
		application.Services = []app.Service{{Name: "web", Dir: "web", Container: &app.Container{Port: 8080, HealthPath: "/",
			Environment: []app.Variable{{Name: "WORDS", Value: strings.Repeat("x", length)}}}}}
		_, diags := generateApplication(t, application, "environment \"production\" {}\n")
		if got := strings.Contains(diags, "Task definition too large"); got != want {
			t.Errorf("%d characters: %s", length, diags)
		}
	}
}

// TestE3_JobsAreMeasured as services are: their policies and their task definitions have the same limits.
func TestE3_JobsAreMeasured(t *testing.T) {
	job := func() *app.App {
		application := &app.App{Name: "shop", ID: "shop", Runtime: app.Containers}
		application.Services = []app.Service{{Name: "report", Dir: "report", Container: &app.Container{Job: true}}}
		return application
	}
	for length, want := range map[int]bool{50_000: false, 66_000: true} {
		application := job()
		application.Services[0].Container.Environment = []app.Variable{{Name: "WORDS", Value: strings.Repeat("x", length)}}
		_, diags := generateApplication(t, application, "environment \"production\" {}\n")
		if got := strings.Contains(diags, `What process "report" is told makes a task definition`); got != want {
			t.Errorf("%d characters: %s", length, diags)
		}
		application.Services[0].Container.Environment, application.Services[0].Container.Command = nil, []string{strings.Repeat("x", length)}
		if _, diags := generateApplication(t, application, "environment \"production\" {}\n"); strings.Contains(diags, "Task definition too large") != want {
			t.Errorf("a command of %d characters: %s", length, diags)
		}
	}
	for secrets, want := range map[int]bool{68: false, 76: true} {
		application := job()
		for i := range secrets {
			name := fmt.Sprintf("PartnerApiCredentialOfTheThirdGenerationForRegion%03d", i)
			application.Resources = append(application.Resources, app.Resource{Kind: "secret", Name: name, Service: "report"})
			application.Edges = append(application.Edges, app.Edge{Service: "report", Kind: "secret", Resource: name, Origin: app.Used})
		}
		if _, diags := generateApplication(t, application, "environment \"production\" {}\n"); strings.Contains(diags, "Too many secrets for a role") != want {
			t.Errorf("%d secrets: %s", secrets, diags)
		}
	}
	application := job()
	for i := range 60 {
		name := fmt.Sprintf("order-has-been-placed-by-a-returning-customer-%03d", i)
		application.Resources = append(application.Resources, app.Resource{Kind: "topic", Name: name, Spec: &topic.Spec{}})
		application.Edges = append(application.Edges, app.Edge{Service: "report", Kind: "topic", Resource: name, Operation: topic.Publish, Origin: app.Used})
	}
	if _, diags := generateApplication(t, application, "environment \"production\" {}\n"); !strings.Contains(diags, "Too many permissions for a role") {
		t.Errorf("60 topics: %s", diags)
	}
}

// TestE3_DomainsOfServices: a rule of a load balancer matches names of 128 characters at most, and the environment's domain
// alone may be within that.
func TestE3_DomainsOfServices(t *testing.T) {
	for length, want := range map[int]bool{63: false, 64: true} {
		application := &app.App{Name: "shop", ID: "shop", Runtime: app.Containers}
		application.Services = []app.Service{{Name: "web", Dir: "web", Container: &app.Container{Port: 8080, HealthPath: "/", Public: true, Subdomain: strings.Repeat("a", length)}}}
		domain := strings.Repeat("b", 60) + ".com" // 64, the most that ACM certifies
		_, diags := generateApplication(t, application, "environment \"production\" {\n domain = \""+domain+"\"\n hosted_zone_id = \"Z1\"\n}\n")
		if got := strings.Contains(diags, "Domain of a service too long"); got != want {
			t.Errorf("%d characters: %s", length, diags)
		}
	}
}
