package generator_test

import (
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/output"
)

// TestF5_ALoadBalancerChangesSidesKnowingly generates one after the other, each with the lock of the one before. Nobody is
// told of a change that replaces nothing.
func TestF5_ALoadBalancerChangesSidesKnowingly(t *testing.T) {
	const (
		named    = "domain = \"shop.example.com\"\nhosted_zone_id = \"Z0123456789\"\n"
		internal = named + "internal = true\n"
		open     = "deletion_protection = false\n"
	)
	for _, test := range []struct{ name, before, after, want string }{
		{"another name", named, strings.Replace(named, "shop.", "api.", 1), ""},
		{"a name more", named, named + "alias \"www.example.com\" {}\n", ""},
		{"a name for an internal one", "", internal, ""},
		{"protection", named, named + open, ""},
		{"first domain", "", named, `warning: Load balancer replaced: The load balancer of environment "production" is internal, and becomes internet-facing`},
		{"unprotected", named + open, internal, "warning: Load balancer replaced: "},
		{"to the inside", named, internal, `error: Protected load balancer replaced: The load balancer of environment "production" is internet-facing, and is to be internal`},
		{"to the outside", internal, named, "error: Protected load balancer replaced: "},
		{"without its domain", named, "", "error: Protected load balancer replaced: "},
		{"with its protection in one go", named, internal + open, "error: Protected load balancer replaced: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			lock := &output.Lock{}
			for _, settings := range []string{test.before, test.after} {
				application := plain("orders")
				file, diags := environment.Parse(environment.Filename, []byte("environment \"production\" {\nregion = \"eu-west-1\"\n"+settings+"}\n"))
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				environments, diags := environment.Resolve(file, application)
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				result, diags := generator.Generate(application, environments, lock, holdings.Consent{})
				got := ""
				for _, d := range diags {
					severity := "warning"
					if d.Severity == 1 {
						severity = "error"
					}
					if strings.Contains(d.Summary, "oad balancer replaced") {
						got = severity + ": " + d.Summary + ": " + diagnostic.Text(d)
					}
				}
				if settings == test.after && settings != test.before {
					if got != test.want && (test.want == "" || !strings.HasPrefix(got, test.want)) {
						t.Errorf("got  %q\nwant %q", got, test.want)
					}
				} else if got != "" {
					t.Errorf("the first run says %q", got)
				}
				lock = result.Lock
			}
		})
	}
}

// TestE2_OtherLoadBalancersAreRememberedAsTheyWere writes one environment of two, whose load balancers both changed.
func TestE2_OtherLoadBalancersAreRememberedAsTheyWere(t *testing.T) {
	application, folder := plain("orders"), t.TempDir()
	write := func(settings, only string) *output.Lock {
		file, diags := environment.Parse(environment.Filename, []byte("environment \"production\" {\nregion = \"eu-west-1\"\n}\nenvironment \"staging\" {\nregion = \"eu-west-1\"\n"+settings+"}\n"))
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		environments, diags := environment.Resolve(file, application)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		lock, err := output.ReadLock(folder)
		if err != nil {
			t.Fatal(err)
		}
		result, diags := generator.Generate(application, environments, lock, holdings.Consent{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		if _, err := result.Write(folder, false, output.Within(only)); err != nil {
			t.Fatal(err)
		}
		if lock, err = output.ReadLock(folder); err != nil {
			t.Fatal(err)
		}
		return lock
	}
	write("", "staging")
	lock := write("domain = \"shop.example.com\"\nhosted_zone_id = \"Z0123456789\"\n", "production")
	if _, known := lock.LoadBalancers["production"]; !known || !lock.LoadBalancers["staging"].Internal {
		t.Errorf("the lock says %v", lock.LoadBalancers)
	}
}
