//go:build validate

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	labenvironment "github.com/groundplan/groundplan/e2e/lab/environment"
	"github.com/groundplan/groundplan/generator"
)

func TestExpX3(t *testing.T) {
	type c struct{ name, fixture, base, settings string; edit [][2]string }
	env := func(inner string) string { return "environment \"trial\" {\n  profile            = \"dev\"\n  process_allocation = \"one_per_service\"\n" + inner + "}\n" }
	cases := []c{
		{"nothing", "webshop", labenvironment.Trial, env(""), nil},
		{"key", "webshop", labenvironment.Trial, env("key_arn = \"arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c-0000-4000-8000-000000000000\"\n"), nil},
		{"app", "webshop", labenvironment.Trial, "app \"other\" {}\n" + env(""), nil},
		{"iam_path", "webshop", labenvironment.Trial, env("iam_path = \"/x/\"\n"), nil},
		{"zones", "webshop", labenvironment.Trial, env("zones = [\"a\", \"c\"]\n"), nil},
		{"cidr", "webshop", labenvironment.Trial, env("cidr = \"10.77.0.0/16\"\n"), nil},
		{"aurora", "webshop", labenvironment.Trial, env("database_server \"main\" {\n engine = \"aurora\"\n}\n"), nil},
		{"major", "webshop", labenvironment.Trial, env("database_server \"main\" {\n engine_version = \"17\"\n}\noverride \"cache\" \"sessions\" {\n engine_version = \"7.2\"\n}\n"), nil},
		{"domain", "webshop", labenvironment.Trial, env("domain = \"shop.example.com\"\nhosted_zone_id = \"Z0123456789ABCDEFGHIJ\"\n"), nil},
		{"ha", "webshop", labenvironment.Trial, "environment \"trial\" {\n  profile            = \"ha\"\n zones = [\"a\", \"b\", \"c\"]\n}\n", nil},
		{"fifo+private", "webshop", labenvironment.Trial, env(""), [][2]string{{"topic \"order-placed\" {}", "topic \"order-placed\" {\n delivery_guarantee = \"exactly-once\"\n}"}, {"public = true\n}\n\ncache", "}\n\ncache"}, {"versioned = true\n", ""}, {"volatile-lru", "allkeys-lru"}, {"image       = \"ghcr.io/webshop/storefront:2.4.0\"\n  command     = [\"storefront\", \"--pages\", \"/srv/pages\"]", "image=\"x/y:1\""}, {"operations = [\"public_url\"]", "operations = [\"read\"]"}, {"\"sign_upload\", \"public_url\"","\"sign_upload\""}}},
		{"ledger", "ledger", twoServers, twoServers, nil},
		{"ledgerkey", "ledger", twoServers, strings.Replace(twoServers, "profile ", "iam_path = \"/x/\"\nkey_arn = \"arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c-0000-4000-8000-000000000000\"\n profile ", 1), nil},
		{"ledgername", "ledger", twoServers, "app \"other\" {}\n" + twoServers, nil},
		{"ledgermove", "ledger", twoServers, strings.Replace(twoServers, "    engine    = \"aurora\"\n    instances = 2\n", "", 1), nil},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			prepared, err := labenvironment.Prepare(t.Context(), labenvironment.Options{Fixture: k.fixture, Settings: k.base, Progress: t.Output()})
			if err != nil { t.Fatal(err) }
			defer prepared.Close()
			os.WriteFile(filepath.Join(prepared.Source, "groundplan.hcl"), []byte(k.settings), 0o644)
			if k.edit != nil {
				f := filepath.Join(prepared.Source, "groundplan.app.hcl")
				b, _ := os.ReadFile(f)
				s := string(b)
				for _, e := range k.edit {
					if !strings.Contains(s, e[0]) { t.Errorf("no %q", e[0]) }
					s = strings.Replace(s, e[0], e[1], 1)
				}
				os.WriteFile(f, []byte(s), 0o644)
			}
			out := filepath.Dir(prepared.Folder)
			os.RemoveAll(filepath.Join(out, "groundplan.lock.json"))
			output, _, diags, err := generator.FromSource(generator.Options{Root: prepared.Source, Out: out})
			if err != nil || diags.HasErrors() { t.Fatal(err, diags) }
			for _, st := range []string{"platform", "services"} {
				fs, _ := filepath.Glob(filepath.Join(prepared.Folder, st, "*.tf"))
				for _, f := range fs { os.Remove(f) }
			}
			for n, b := range output.Files {
				os.MkdirAll(filepath.Dir(filepath.Join(out, n)), 0o755)
				os.WriteFile(filepath.Join(out, n), b, 0o644)
			}
			tf, err := prepared.Terraform("platform")
			if err != nil { t.Fatal(err) }
			if _, err := tf.Run(t.Context(), "init", "-input=false", "-no-color"); err != nil { t.Fatal(err) }
			plan, _, err := tf.Plan(t.Context(), "-refresh=false")
			if err != nil { t.Fatal(err) }
			var lines []string
			for _, rc := range plan.ResourceChanges {
				a := rc.Change.Actions
				if a.NoOp() || a.Read() { continue }
				lines = append(lines, fmt.Sprintf("%v %s %v", a, rc.Address, rc.Change.ReplacePaths))
			}
			os.WriteFile("/tmp/xp/"+k.name, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
		})
	}
}
