package generator_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/objects"
)

// TestE3_NamesOfOneAndOfSeveralEnvironments has one case for every message about names that only the application's
// declarations show, and names that fit beside each.
func TestE3_NamesOfOneAndOfSeveralEnvironments(t *testing.T) {
	const domain = "region = \"eu-west-1\"\ndomain = \"shop.example.com\"\nhosted_zone_id = \"Z0123456789\"\n"
	admin := func(paths ...string) *app.App {
		application := containers(map[string][]string{"admin": nil, "web": paths})
		application.Services[0].Container.Subdomain = "admin"
		return application
	}
	pictures := complete()
	pictures.Resource("bucket", "", "files").Spec.(*objects.Bucket).Public = true
	aliases := func(count int, body string) string {
		var text strings.Builder
		for i := range count {
			text.WriteString("alias \"" + strings.Repeat("n", i+1) + ".example.com\" {\n" + body + "\n}\n")
		}
		return text.String()
	}
	other := "}\nenvironment \"staging\" {\nregion = \"eu-west-1\"\nhosted_zone_id = \"Z0123456789\"\n"
	for _, test := range []struct {
		name        string
		application *app.App
		text, want  string
	}{
		{"alias of a service", admin(), domain + `alias "admin.shop.example.com" {}`, `groundplan.hcl:5:7: Domain used twice; Under admin.shop.example.com is the service "admin" already.`},
		{"alias of a bucket", pictures, domain + `alias "files.shop.example.com" {}`, `groundplan.hcl:5:7: Domain used twice; Under files.shop.example.com is the public bucket "files" already.`},
		{"ten names", admin(), domain + aliases(8, "redirect = true"), ""},
		{"eleven names", admin(), domain + aliases(9, "redirect = true"), `groundplan.hcl:1:1: Too many names; Environment "production" answers to 11 names`},
		{"five values", admin("/a", "/b", "/c"), domain + aliases(1, ""), ""},
		{"six values", admin("/a", "/b", "/c", "/d"), domain + aliases(1, ""), `groundplan.app.hcl:1:1: Too many names and paths; The service "web" answers to 2 names in environment "production" and has 4 paths, and a rule of the load balancer has room for 5 together.`},
		{"domain that is a service of another environment", admin(), domain + other + `domain = "admin.shop.example.com"`, `groundplan.hcl:6:1: Domain used twice; Under admin.shop.example.com is the service "admin" of environment "production", and the domain of environment "staging".`},
		{"bucket that is an alias of another environment", pictures, domain + other + "domain = \"s.example.com\"\nalias \"files.shop.example.com\" {}", `groundplan.hcl:6:1: Domain used twice; Under files.shop.example.com is the public bucket "files" of environment "production", and an alias of environment "staging".`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diags := tryLower(t, test.application, test.text)
			var got []string
			for _, d := range onlyErrors(diags) {
				got = append(got, diagnostic.Place(*d.Subject)+": "+d.Summary+"; "+diagnostic.Text(d))
				if !strings.Contains(diagnostic.Text(d), "\nhint: ") {
					t.Errorf("no hint: %s", diagnostic.Text(d))
				}
			}
			if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], test.want)) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n"), test.want)
			}
		})
	}
}

// TestF5_AliasesReachPublicServices: a service without a subdomain answers to every name that is not sent on, one with a
// subdomain to its own.
func TestF5_AliasesReachPublicServices(t *testing.T) {
	application := containers(map[string][]string{"admin": nil, "web": {"/a"}})
	application.Services[0].Container.Subdomain = "admin"
	output := lower(t, application, "region = \"eu-west-1\"\ndomain = \"shop.example.com\"\nhosted_zone_id = \"Z0123456789\"\nalias \"shop.example.net\" {\n hosted_zone_id = \"Z9876543210\"\n}\nalias \"www.example.com\" {\n redirect = true\n}")
	if _, hosts, _ := route(t, output, "web"); !slices.Equal(hosts, []string{"shop.example.com", "shop.example.net"}) {
		t.Errorf("web answers to %v", hosts)
	}
	if _, hosts, _ := route(t, output, "admin"); !slices.Equal(hosts, []string{"admin.shop.example.com"}) {
		t.Errorf("admin answers to %v", hosts)
	}
	balancer := argumentsOf(t, output, "production/platform/load_balancer.tf", "load_balancer")
	for argument, want := range map[string]string{
		"alternative_domains": `[ "admin.shop.example.com", "shop.example.net", "www.example.com", ]`, "redirected_domains": `["www.example.com"]`,
		"hosted_zone_ids": `{ "shop.example.net" = "Z9876543210" }`,
	} {
		if got := strings.Join(strings.Fields(balancer[argument]), " "); got != want {
			t.Errorf("%s is %s, want %s", argument, got, want)
		}
	}
}

// TestE4_EveryNameWithoutAZoneIsNamed: whoever keeps the DNS of an environment learns of each name that needs a record, those of
// services and of public buckets included, and of none that has one.
func TestE4_EveryNameWithoutAZoneIsNamed(t *testing.T) {
	application := containers(map[string][]string{"admin": nil, "web": nil})
	application.Services[0].Container.Subdomain = "admin"
	at := hcl.Range{Filename: "groundplan.app.hcl", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
	application.Resources = append(application.Resources, app.Resource{Kind: "bucket", Name: "files", Service: "web", Spec: &objects.Bucket{Public: true}, At: at})
	const brought = "domain = \"shop.example.com\"\n" +
		"certificate_arn = \"arn:aws:acm:us-east-1:123456789012:certificate/lb\"\ncdn_certificate_arn = \"arn:aws:acm:us-east-1:123456789012:certificate/cdn\"\n"
	for _, test := range []struct {
		name, settings string
		want           []string
		not            string
	}{
		{"kept elsewhere", brought, []string{
			"point `shop.example.com`, `admin.shop.example.com` to the name that `terraform", "Point `files.shop.example.com` to the name of its distribution",
		}, "Point `admin"},
		{"in a zone", brought + "hosted_zone_id = \"Z1\"\n", nil, "kept elsewhere"},
		{"one of them elsewhere", brought + "hosted_zone_id = \"Z1\"\nalias \"www.example.net\" {\n}\n", []string{"point `www.example.net` to the name that"}, "`admin.shop.example.com` to"},
	} {
		t.Run(test.name, func(t *testing.T) {
			output := lower(t, application, test.settings)
			readme := string(output.Files["README.md"])
			for _, want := range test.want {
				if !strings.Contains(readme, want) {
					t.Errorf("it does not say %q", want)
				}
			}
			if strings.Contains(readme, test.not) {
				t.Errorf("it says %q", test.not)
			}
			if exported := strings.Contains(string(output.Files["production/platform/outputs.tf"]), "module.load_balancer.dns_name"); exported != (len(test.want) > 0) {
				t.Errorf("the name of the load balancer is an output: %t", exported)
			}
		})
	}
}
