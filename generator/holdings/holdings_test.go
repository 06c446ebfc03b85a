package holdings_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds"
)

type facts = map[string]map[string]string

// living is what an environment with one of everything holds.
func living() facts {
	return facts{
		"environment":                       {"app": "shop", "region": "eu-west-1", "account_id": "123456789012", "iam_path": "/", "state": "local files", "nat_zones": "a, b"},
		"encryption key":                    {"is": kinds.Made},
		"network":                           {"is": kinds.Made, "cidr": "10.1.0.0/16", "zones": "a, b"},
		"registry":                          {"name": "shop-production"},
		"access logs":                       {"name": "shop-production-access-logs-<account>"},
		"bucket avatars":                    {"name": "shop-production-avatars-<account>"},
		"topic placed":                      {"name": "shop-production-placed", "fifo": "false"},
		"topic moved":                       {"name": "shop-production-moved", "fifo": "true"},
		"cache sessions":                    {"name": "shop-production", "engine_version": "8.0"},
		"secret Token":                      {"name": "shop/production/Token"},
		"metrics secret":                    {"name": "shop/production/metrics/datadog-api-key"},
		"load balancer":                     {"name": "shop-production", "internal": "true", "deletion_protection": "false"},
		"database orders":                   {"server": "main"},
		"subscription book of topic placed": {"name": "shop-production-placed-book", "fifo": "false"},
		"subscription stock of topic moved": {"name": "shop-production-moved-stock", "fifo": "true"},
		"database server main":              {"name": "shop-production-main", "engine": "postgres", "engine_version": "17.4"},
		"service auth key":                  {"name": "shop/production/service-auth/key"},
	}
}

func judge(before, after facts, consent holdings.Consent) (refused, warned []string, verdict holdings.Verdict) {
	at := hcl.Range{Filename: "groundplan.hcl", Start: hcl.Pos{Line: 1, Column: 1}}
	verdict = holdings.Judge(holdings.Record{"production": before}, []string{"production"},
		[]holdings.Environment{{Name: "production", At: at, Holdings: after}}, consent)
	for _, d := range verdict.Diagnostics {
		if d.Severity == hcl.DiagWarning {
			warned = append(warned, d.Summary)
			continue
		}
		refused = append(refused, d.Summary)
	}
	return refused, warned, verdict
}

// changes are what a run may find, what it is refused for, and the id that accepts it.
var changes = []struct {
	change          string
	do              func(facts)
	refused, warned string
	id              string
}{
	{"nothing", func(facts) {}, "", "", ""},
	{"more of everything", func(f facts) {
		f["bucket more"], f["secret More"] = map[string]string{"name": "x"}, map[string]string{"name": "y"}
		f["network"]["zones"] = "a, b, c"
	}, "", "", ""},
	{"application", func(f facts) { f["environment"]["app"] = "store"; f["registry"]["name"] = "store-production" }, "Application renamed", "", "production"},
	{"region", func(f facts) { f["environment"]["region"] = "us-east-1" }, "Environment moved to another region", "", "production"},
	{"account", func(f facts) { f["environment"]["account_id"] = "210987654321" }, "Environment moved to another account", "", "production"},
	{"any account", func(f facts) { delete(f["environment"], "account_id") }, "", "", ""},
	{"path", func(f facts) { f["environment"]["iam_path"] = "/shop/" }, "", "Roles that are replaced", ""},
	{"state", func(f facts) { f["environment"]["state"] = "s3://x/y" }, "", "State that moves", ""},
	{"one NAT gateway less", func(f facts) { f["environment"]["nat_zones"] = "a" }, "", "Outgoing address that is given back", ""},
	{"one NAT gateway more", func(f facts) { f["environment"]["nat_zones"] = "c, a, b" }, "", "", ""},
	{"key", func(f facts) { f["encryption key"]["is"] = "arn:aws:kms:eu-west-1:123456789012:key/1" }, "Another encryption key", "", "production/encryption key"},
	{"network", func(f facts) { f["network"] = map[string]string{"is": "vpc-1"} }, "Another network", "", "production/network"},
	{"range", func(f facts) { f["network"]["cidr"] = "10.2.0.0/16" }, "Another address range", "", "production/network"},
	{"zone", func(f facts) { f["network"]["zones"] = "a, c" }, "Zone that is left", "", "production/network"},
	{"range and zone", func(f facts) { f["network"]["zones"], f["network"]["cidr"] = "b", "10.2.0.0/16" }, "Another address range, Zone that is left", "", "production/network"},
	{"registry", func(f facts) { f["registry"]["name"] = "other" }, "Registry made anew", "", "production/registry"},
	{"access logs", func(f facts) { delete(f, "access logs") }, "Access logs that end", "", "production/access logs"},
	{"bucket", func(f facts) { delete(f, "bucket avatars") }, "Bucket that leaves the code", "", "production/bucket avatars"},
	{"bucket's name", func(f facts) { f["bucket avatars"]["name"] = "other" }, "Bucket made anew", "", "production/bucket avatars"},
	{"topic and subscription", func(f facts) {
		f["topic placed"]["fifo"], f["subscription book of topic placed"]["fifo"] = "true", "true"
	}, "Topic made anew", "", "production/topic placed"},
	{"no longer in order", func(f facts) {
		f["topic moved"]["fifo"], f["subscription stock of topic moved"]["fifo"] = "false", "false"
	}, "Topic made anew", "", "production/topic moved"},
	{"subscription alone, of a topic that exists", func(f facts) { f["subscription book of topic placed"]["fifo"] = "true" }, "Subscription made anew", "", "production/subscription book of topic placed"},
	{"subscription", func(f facts) { delete(f, "subscription stock of topic moved") }, "Subscription that leaves the code", "", "production/subscription stock of topic moved"},
	{"cache", func(f facts) { delete(f, "cache sessions") }, "Cache that leaves the code", "", "production/cache sessions"},
	{"older cache", func(f facts) { f["cache sessions"]["engine_version"] = "7.2" }, "Cache made anew", "", "production/cache sessions"},
	{"newer cache", func(f facts) { f["cache sessions"]["engine_version"] = "8.1" }, "", "", ""},
	{"secret", func(f facts) { delete(f, "secret Token") }, "Secret that leaves the code", "", "production/secret Token"},
	{"destination of metrics", func(f facts) { f["metrics secret"]["name"] = "shop/production/metrics/remote-write-url" }, "Metrics secret made anew", "", "production/metrics secret"},
	{"no metrics", func(f facts) { delete(f, "metrics secret") }, "Metrics secret that leaves the code", "", "production/metrics secret"},
	{"nothing public", func(f facts) { delete(f, "load balancer") }, "Load balancer that leaves the code", "", "production/load balancer"},
	{"side of the load balancer", func(f facts) { f["load balancer"]["internal"] = "false" }, "", "Load balancer replaced", ""},
	{"protection of the load balancer", func(f facts) { f["load balancer"]["deletion_protection"] = "true" }, "", "", ""},
	{"service auth key", func(f facts) { delete(f, "service auth key") }, "Service auth key that leaves the code", "", "production/service auth key"},
	{"engine", func(f facts) {
		f["database server main"]["engine"], f["database server main"]["engine_version"] = "aurora", "16"
	}, "Database server made anew", "", "production/database server main"},
	{"server", func(f facts) { delete(f, "database server main"); delete(f, "database orders") }, "Database server that leaves the code", "", "production/database server main"},
	{"older server", func(f facts) { f["database server main"]["engine_version"] = "16" }, "Version that is lower", "", "production/database server main"},
	{"older minor version", func(f facts) { f["database server main"]["engine_version"] = "17.2" }, "Version that is lower", "", "production/database server main"},
	{"minor version of AWS's choice", func(f facts) { f["database server main"]["engine_version"] = "17" }, "", "", ""},
	{"major version", func(f facts) { f["database server main"]["engine_version"] = "18" }, "", "Major version that is raised", ""},
	{"database to another server", func(f facts) { f["database orders"]["server"] = "second" }, "Database moved to another server", "", "production/database orders"},
	{"database", func(f facts) { delete(f, "database orders") }, "", "Database that is left", ""},
}

// TestX3_Judge: each change that loses something is refused with its own words, says what accepts it and a way around it, and
// is let through when it is accepted; what loses nothing is let through.
func TestX3_Judge(t *testing.T) {
	for _, test := range changes {
		t.Run(test.change, func(t *testing.T) {
			before, after := living(), living()
			test.do(after)
			refused, warned, verdict := judge(before, after, holdings.Consent{})
			if strings.Join(refused, ", ") != test.refused || strings.Join(warned, ", ") != test.warned {
				t.Fatalf("refused %q, warned of %q, want %q and %q", refused, warned, test.refused, test.warned)
			}
			for _, d := range verdict.Diagnostics {
				if d.Subject == nil || d.Subject.Filename == "" || !strings.Contains(diagnostic.Text(d), `In the environment "production" `) {
					t.Errorf("%s: at %v, %s", d.Summary, d.Subject, diagnostic.Text(d))
				}
				if d.Severity == hcl.DiagError && (strings.Count(diagnostic.Text(d), "\nhint: ") < 2 || !strings.Contains(diagnostic.Text(d), fmt.Sprintf("--accept-replacement %q", test.id))) {
					t.Errorf("%s: no way out in\n%s", d.Summary, diagnostic.Text(d))
				}
			}
			if test.id == "" {
				return
			}
			refused, _, _ = judge(before, after, holdings.Consent{Accept: []string{test.id}})
			if len(refused) > 0 {
				t.Errorf("accepted, and still refused: %q", refused)
			}
			if again, warned, _ := judge(after, after, holdings.Consent{}); len(again)+len(warned) > 0 {
				t.Errorf("the next run says %q, %q", again, warned)
			}
		})
	}
}

// TestX3_EveryHoldingIsGuarded: nothing that holds data leaves the code, and no value of it changes, without a word.
func TestX3_EveryHoldingIsGuarded(t *testing.T) {
	for id := range living() {
		kind := app.ParseID(id).Kind
		if id == holdings.EnvironmentID || kind == "database" {
			continue
		}
		after := living()
		delete(after, id)
		if refused, _, _ := judge(living(), after, holdings.Consent{}); len(refused) != 1 {
			t.Errorf("%s leaves the code, and refused is %q", id, refused)
		}
		for fact := range living()[id] {
			after := living()
			after[id][fact] = "1" // another, and a lower version
			refused, warned, _ := judge(living(), after, holdings.Consent{})
			switch fact {
			case kinds.ProtectedFact: // replaces nothing, and is remembered for what else would change
				continue
			case kinds.InternalFact: // replaces what holds nothing
				refused = append(refused, warned...)
			}
			if len(refused) == 0 {
				t.Errorf("%s: %s changes without a word", id, fact)
			}
		}
	}
}

// TestX3_Consent: what is named and unknown is an error that says what was meant; what is named without need is a warning.
func TestX3_Consent(t *testing.T) {
	for _, test := range []struct {
		consent         holdings.Consent
		refused, warned string
		hint            string
	}{
		{holdings.Consent{Accept: []string{"production/bucket avatar"}}, "Unknown id", "", `did you mean "production/bucket avatars"?`},
		{holdings.Consent{Accept: []string{"bucket avatars"}}, "Unknown id", "", "write the id as the message shows it"},
		{holdings.Consent{Accept: []string{"production/bucket avatars"}}, "", "Nothing to accept", "leave the flag out"},
		{holdings.Consent{Accept: []string{"production/environment"}}, "", "Nothing to accept", "leave the flag out"},
		{holdings.Consent{Forget: []string{"production/bucket avatars"}}, "Nothing to forget", "", "leave the flag out"},
		{holdings.Consent{Forget: []string{"production/bucket"}}, "Unknown id", "", ""},
	} {
		refused, warned, verdict := judge(living(), living(), test.consent)
		if strings.Join(refused, ", ") != test.refused || strings.Join(warned, ", ") != test.warned || !strings.Contains(diagnostic.Text(verdict.Diagnostics[0]), test.hint) {
			t.Errorf("%v: %v", test.consent, verdict.Diagnostics)
		}
	}
}

// TestX3_Forget: what may stay without code is forgotten, and nothing else is; a key is not.
func TestX3_Forget(t *testing.T) {
	for _, id := range slices.Sorted(maps.Keys(living())) {
		kind := app.ParseID(id).Kind
		if id == holdings.EnvironmentID || kind == "database" {
			continue
		}
		after := living()
		delete(after, id)
		refused, _, verdict := judge(living(), after, holdings.Consent{Forget: []string{"production/" + id}})
		stays := slices.Contains([]string{"encryption key", "network", "registry", "load balancer", "service auth key"}, kind)
		if stays != (len(refused) > 0) || stays == slices.Equal(verdict.Forgotten["production"], []string{id}) {
			t.Errorf("%s: refused %q, forgotten %q", id, refused, verdict.Forgotten)
		}
	}
}

// TestX3_List: each id is one that consent takes, and what may be forgotten is what Judge lets go.
func TestX3_List(t *testing.T) {
	list := holdings.List(holdings.Record{"production": living(), "staging": living()})
	if len(list) != 2*len(living()) || list[0].ID != "production" || list[0].Name != "eu-west-1" || list[len(living())].ID != "staging" {
		t.Fatalf("%d of %d, the first is %+v", len(list), 2*len(living()), list[0])
	}
	for _, held := range list[:len(living())] {
		_, _, verdict := judge(living(), living(), holdings.Consent{Accept: []string{held.ID}})
		if held.Name == "" || held.Kind == "" || len(verdict.Diagnostics) != 1 || verdict.Diagnostics[0].Summary != "Nothing to accept" {
			t.Errorf("%+v: %v", held, verdict.Diagnostics)
		}
		after := living()
		delete(after, strings.TrimPrefix(held.ID, "production/"))
		if held.ID == "production" || held.Kind == "database" {
			continue
		}
		if refused, _, _ := judge(living(), after, holdings.Consent{Forget: []string{held.ID}}); held.Forgettable != (len(refused) == 0) {
			t.Errorf("%+v: refused %q", held, refused)
		}
	}
}

// TestX3_Environments: one that takes the place of another is refused, with words for both; one more or less is not. A run for
// one environment is about that one.
func TestX3_Environments(t *testing.T) {
	named := func(names ...string) (list []holdings.Environment) {
		for _, name := range names {
			list = append(list, holdings.Environment{Name: name, Holdings: living()})
		}
		return list
	}
	record := holdings.Record{"production": living(), "staging": living(), "departed": living()}
	earlier := []string{"production", "staging"}
	for _, test := range []struct {
		current []holdings.Environment
		consent holdings.Consent
		refused int
	}{
		{named("production", "staging"), holdings.Consent{}, 0},
		{named("production", "staging", "more"), holdings.Consent{}, 0},
		{named("production"), holdings.Consent{}, 0},
		{named("production", "stage"), holdings.Consent{}, 1},
		{named("production", "stage"), holdings.Consent{Accept: []string{"staging"}}, 0},
		{named("production", "stage"), holdings.Consent{Only: "stage"}, 0}, // the other keeps its code
		{named("production", "staging", "departed"), holdings.Consent{}, 0},
	} {
		if diags := holdings.Judge(record, earlier, test.current, test.consent).Diagnostics; len(diags) != test.refused {
			t.Errorf("%v: %v", test.current, diags)
		}
	}
	both := named("production", "staging")
	for _, e := range both {
		delete(e.Holdings, "bucket avatars")
	}
	diags := holdings.Judge(record, earlier, both, holdings.Consent{}).Diagnostics
	if len(diags) != 1 || !strings.Contains(diagnostic.Text(diags[0]), `In the environments "production" and "staging" the bucket "avatars"`) {
		t.Errorf("said twice: %v", diags)
	}
	if diags := holdings.Judge(record, earlier, both, holdings.Consent{Only: "staging", Accept: []string{"staging/bucket avatars"}}).Diagnostics; len(diags) > 0 {
		t.Errorf("about another environment: %v", diags)
	}
	if diags := holdings.Judge(nil, nil, both, holdings.Consent{}).Diagnostics; len(diags) > 0 {
		t.Errorf("a lock without holdings: %v", diags)
	}
}
