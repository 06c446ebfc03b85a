package generator_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/resolution"
	"github.com/groundplan/groundplan/generator/environment/table"
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
		{"first domain", "", named, `warning: Load balancer replaced: In the environment "production" the load balancer is internal, and becomes internet-facing`},
		{"unprotected", named + open, internal, "warning: Load balancer replaced: "},
		{"to the inside", named, internal, `error: Protected load balancer replaced: In the environment "production" the load balancer is internet-facing, and is to be internal`},
		{"to the outside", internal, named, "error: Protected load balancer replaced: "},
		{"without its domain", named, "", "error: Protected load balancer replaced: "},
		{"with its protection in one go", named, internal + open, "error: Protected load balancer replaced: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			lock := &output.Lock{}
			for _, settings := range []string{test.before, test.after} {
				application := plain("orders")
				file, diags := table.Parse(environment.Filename, []byte("environment \"production\" {\nregion = \"eu-west-1\"\n"+settings+"}\n"))
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				environments, diags := resolution.Resolve(file, application)
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
		file, diags := table.Parse(environment.Filename, []byte("environment \"production\" {\nregion = \"eu-west-1\"\n}\nenvironment \"staging\" {\nregion = \"eu-west-1\"\n"+settings+"}\n"))
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		environments, diags := resolution.Resolve(file, application)
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
	if production, staging := lock.Holdings["production"]["load balancer"], lock.Holdings["staging"]["load balancer"]; production["internal"] != "true" || staging["internal"] != "true" {
		t.Errorf("the lock says %v and %v", production, staging)
	}
}

// TestG2_OlderLocksKnowTheirLoadBalancers reads a lock that has its load balancers apart from what is held, as locks had them,
// and makes the change that their protection would stop half-way.
func TestG2_OlderLocksKnowTheirLoadBalancers(t *testing.T) {
	application, folder := plain("orders"), t.TempDir()
	run := func(settings string) hcl.Diagnostics {
		file, diags := table.Parse(environment.Filename, []byte("environment \"production\" {\nregion = \"eu-west-1\"\n"+settings+"}\n"))
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		environments, diags := resolution.Resolve(file, application)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		lock, err := output.ReadLock(folder)
		if err != nil {
			t.Fatal(err)
		}
		output, diags := generator.Generate(application, environments, lock, holdings.Consent{})
		if !diags.HasErrors() {
			if _, err := output.Write(folder, false, nil); err != nil {
				t.Fatal(err)
			}
		}
		return diags
	}
	const named = "domain = \"shop.example.com\"\nhosted_zone_id = \"Z0123456789\"\n"
	if diags := run(named); diags.HasErrors() {
		t.Fatal(diags)
	}
	path := filepath.Join(folder, output.LockName)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var old map[string]any
	if err := json.Unmarshal(content, &old); err != nil {
		t.Fatal(err)
	}
	first := readLock(t, folder)
	old["version"], old["addresses"] = 1, first.Addresses
	delete(old, "environments")
	facts := old["holdings"].(map[string]any)["production"].(map[string]any)["load balancer"].(map[string]any)
	delete(facts, "internal")
	delete(facts, "deletion_protection")
	old["load_balancers"] = map[string]any{"production": map[string]any{"internal": false, "protected": true}}
	if content, err = json.Marshal(old); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	lock, err := output.ReadLock(folder)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(lock.Holdings["production"]["load balancer"]); got != "map[deletion_protection:true internal:false name:shop-production]" {
		t.Errorf("read of an older lock: %s", got)
	}
	if diags := run(named + "internal = true\n"); !diags.HasErrors() || !strings.Contains(diags.Error(), "Protected load balancer replaced") {
		t.Errorf("to the inside: %v", diags)
	}
	if diags := run(named); len(diags) > 0 {
		t.Errorf("unchanged: %v", diags)
	}
	if content, err = os.ReadFile(path); err != nil || strings.Contains(string(content), "load_balancers") {
		t.Errorf("the lock still has both: %v %s", err, content)
	}
}
