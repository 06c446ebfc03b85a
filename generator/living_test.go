package generator_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/output"
	"github.com/groundplan/groundplan/modules"
)

func after(t *testing.T, application *app.App, settings string, previous *generator.Output, consent holdings.Consent) *generator.Output {
	t.Helper()
	result, diags := tryLowerAfter(t, application, settings, previous.Lock, consent)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return result
}

// TestF5_PrioritiesStay: brands and images ask for neighbouring places on the listener. When brands goes, images stays where
// it is, for AWS would refuse its rule in the place of one that is still there; and nobody else gets a place that was given
// away once.
func TestF5_PrioritiesStay(t *testing.T) {
	both := map[string][]string{"brands": {"/brands/*"}, "images": {"/images/*"}}
	first := lower(t, containers(both), "")
	brands, _, _ := route(t, first, "brands")
	images, _, _ := route(t, first, "images")
	if images != brands+1 {
		t.Fatalf("brands is at %d, images at %d: two other names have to be found that ask for one place", brands, images)
	}
	alone := map[string][]string{"images": both["images"]}
	second := after(t, containers(alone), "", first, holdings.Consent{})
	if stayed, _, _ := route(t, second, "images"); stayed != images {
		t.Errorf("images was at %d and is at %d once brands has gone", images, stayed)
	}
	third := after(t, containers(both), "", second, holdings.Consent{})
	if back, _, _ := route(t, third, "brands"); back != brands {
		t.Errorf("brands was at %d and comes back at %d", brands, back)
	}
	// A lock of an earlier groundplan knows who is there, and not where: whoever is new does not push them aside.
	old := *second.Lock
	old.Priorities = nil
	grown := after(t, containers(both), "", &generator.Output{Output: output.Output{Lock: &old}}, holdings.Consent{})
	if n, _, _ := route(t, grown, "images"); n != brands {
		t.Errorf("without recorded places images is at %d, the place its name asks for is %d", n, brands)
	}
}

// TestF5_NoPriorityMoves lets services come, go, and change how deep their paths are, as many as a listener has room for.
func TestF5_NoPriorityMoves(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	previous := &generator.Output{Output: output.Output{Lock: &output.Lock{}}}
	ever := map[int]string{}
	at := map[string]int{}
	for range 12 {
		paths := map[string][]string{}
		for i := range 90 {
			if name := fmt.Sprintf("service%d", i); random.IntN(3) > 0 {
				paths[name] = []string{"/" + name + strings.Repeat("/x", random.IntN(2)*random.IntN(2)) + "/*"}
			}
		}
		result := after(t, containers(paths), "", previous, holdings.Consent{})
		for name, pattern := range paths {
			priority, _, _ := route(t, result, name)
			key := name + " " + pattern[0]
			if before, known := at[key]; known && before != priority {
				t.Fatalf("%s was at %d and is at %d", key, before, priority)
			}
			if other := ever[priority]; other != "" && other != name {
				t.Fatalf("%s gets the place %d, which %s had", name, priority, other)
			}
			at[key], ever[priority] = priority, name
		}
		previous = result
	}
}

// store is an application with something of each kind that holds data.
func store(kept ...string) *app.App {
	application := containers(map[string][]string{"web": nil})
	at := hcl.Range{Filename: "groundplan.app.hcl", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 2}}
	for _, r := range []app.Resource{
		{Kind: "bucket", Name: "avatars", Spec: &objects.Bucket{Public: true}},
		{Kind: "cache", Name: "sessions", Spec: &cache.Spec{}},
		{Kind: "database", Name: "orders", Spec: &database.Spec{}},
		{Kind: "secret", Name: "ApiKey"},
		{Kind: "secret", Name: "api_key"},
		{Kind: "subscription", Parent: "placed", Name: "book", Service: "web", Spec: &topic.Subscription{}},
		{Kind: "topic", Name: "placed", Spec: &topic.Spec{}},
	} {
		if r.At = at; slices.Contains(kept, r.Name) {
			application.Resources = append(application.Resources, r)
		}
	}
	return application
}

// TestX3_ForgottenStays: what is forgotten gets a removed block without destruction, in this run and the next ones, and what it
// stands in stays with it: the storage subnets, the key's users, the distribution that shows it, its label.
func TestX3_ForgottenStays(t *testing.T) {
	everything := lower(t, store("avatars", "sessions", "orders", "ApiKey", "placed", "book"), "")
	forget := holdings.Consent{Forget: []string{
		"production/bucket avatars", "production/cache sessions", "production/database server main", "production/secret ApiKey",
		"production/subscription book of topic placed", "production/topic placed",
	}}
	emptied := after(t, store(), "", everything, forget)
	again := after(t, store("api_key"), "", emptied, holdings.Consent{})
	for i, result := range []*generator.Output{emptied, again} {
		removed := string(result.Files["production/platform/removed.tf"])
		for _, address := range []string{"bucket_avatars", "cdn_avatars", "cache_sessions", "database_server_main", "secret_api_key", "subscription_placed_book", "topic_placed"} {
			block := regexp.MustCompile(`removed \{\n  from = module\.` + address + `\n\n  lifecycle \{\n    destroy = false\n  \}\n\}\n`)
			if !block.MatchString(removed) {
				t.Errorf("run %d does not forget %s:\n%s", i, address, removed)
			}
		}
		for _, file := range []string{"network.tf", "encryption.tf"} {
			if got, want := string(result.Files["production/platform/"+file]), string(everything.Files["production/platform/"+file]); got != want {
				t.Errorf("run %d: what the forgotten stand in changes in %s\n%s", i, file, got)
			}
		}
	}
	if address := again.Lock.Addresses["production/platform"]["secret api_key"]; address == "module.secret_api_key" {
		t.Error("another secret gets the address of one that is forgotten")
	}
	delete(again.Lock.Forgotten, "production/platform")
	if _, there := after(t, store("api_key"), "", again, holdings.Consent{}).Files["production/platform/removed.tf"]; there {
		t.Error("a line that was taken out of the lock comes back")
	}
}

// TestX3_MovedKeepsItsState: what has another address than an earlier run gave it is moved there, until nothing is there.
func TestX3_MovedKeepsItsState(t *testing.T) {
	first := lower(t, store("avatars", "orders"), "")
	first.Lock.Addresses["production/platform"]["bucket avatars"] = "module.avatars_of_old"
	first.Lock.Addresses["production/platform"]["database server main"] = "module.main_of_old"
	second := after(t, store("avatars", "orders"), "", first, holdings.Consent{})
	const want = "moved {\n  from = module.avatars_of_old\n  to   = module.bucket_avatars\n}\n\nmoved {\n  from = module.main_of_old\n  to   = module.database_server_main\n}\n"
	for i, result := range []*generator.Output{second, after(t, store("avatars", "orders"), "", second, holdings.Consent{})} {
		if got := string(result.Files["production/platform/moved.tf"]); !strings.HasSuffix(got, want) {
			t.Errorf("run %d:\n%s", i, got)
		}
	}
	third := after(t, store("orders"), "", second, holdings.Consent{Accept: []string{"production/bucket avatars"}})
	if got := string(third.Files["production/platform/moved.tf"]); strings.Contains(got, "avatars") || !strings.Contains(got, "main_of_old") {
		t.Errorf("once the bucket has gone:\n%s", got)
	}
}

// TestX3_MergedLock: a run for one environment leaves what another holds, was granted, moved and forgot as it is.
func TestX3_MergedLock(t *testing.T) {
	lock := func(value string) *output.Lock {
		facts := holdings.Record{}
		priorities, moved := map[string]map[int]string{}, map[string]map[string]string{}
		for _, env := range []string{"production", "staging"} {
			facts[env] = map[string]map[string]string{"bucket avatars": {"name": value}}
			priorities[env] = map[int]string{1000: value}
			moved[env+"/platform"] = map[string]string{"module.x": "module." + value}
		}
		return &output.Lock{Blueprint: blueprint.Blueprint{Version: blueprint.Version, Files: map[string]string{}}, Holdings: facts, Priorities: priorities, Moved: moved, Forgotten: moved}
	}
	dir := t.TempDir()
	for _, step := range []struct {
		value  string
		within func(string) bool
	}{{"old", nil}, {"new", output.Within("staging")}} {
		if _, err := (&output.Output{Files: map[string][]byte{}, Lock: lock(step.value)}).Write(dir, false, step.within); err != nil {
			t.Fatal(err)
		}
	}
	got, err := output.ReadLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	for env, want := range map[string]string{"production": "old", "staging": "new"} {
		if got.Holdings[env]["bucket avatars"]["name"] != want || got.Priorities[env][1000] != want ||
			got.Moved[env+"/platform"]["module.x"] != "module."+want || got.Forgotten[env+"/platform"]["module.x"] != "module."+want {
			t.Errorf("%s: %v %v %v %v", env, got.Holdings[env], got.Priorities[env], got.Moved, got.Forgotten)
		}
	}
}

// TestX3_AccountsName: a name ends in the account's id or in what terraform fills in; it is the same name.
func TestX3_AccountsName(t *testing.T) {
	without := lower(t, store("avatars"), "")
	with := after(t, store("avatars"), `account_id = "123456789012"`, without, holdings.Consent{})
	back := after(t, store("avatars"), "", with, holdings.Consent{})
	if got := back.Lock.Holdings["production"]["bucket avatars"]["name"]; got != "shop-production-avatars-<account>" {
		t.Errorf("the bucket is called %s", got)
	}
	if _, diags := tryLowerAfter(t, store("avatars"), `account_id = "210987654321"`, back.Lock, holdings.Consent{}); !diags.HasErrors() {
		t.Error("another account, after none was demanded for a while, is not refused")
	}
}

// holdsData are the types of resources that lose something when they are deleted.
var holdsData = []string{
	"aws_db_instance", "aws_ecr_repository", "aws_elasticache_replication_group", "aws_kms_key", "aws_rds_cluster", "aws_s3_bucket",
	"aws_secretsmanager_secret", "aws_sns_topic", "aws_sqs_queue", "aws_vpc",
}

// holdsNone are the others whose type may look like it, by module, with the reason.
var holdsNone = map[string]string{
	"cron":        "what its queue holds are runs that were given up: their time is over",
	"fargate-job": "what its queue holds are reports of runs that failed; the log has them as well",
}

// TestX3_ModulesAreGuarded: a module with a resource that holds data is in the table of what is fixed, and the table names
// arguments that there are.
func TestX3_ModulesAreGuarded(t *testing.T) {
	resource := regexp.MustCompile(`(?m)^resource "(\w+)"`)
	found := map[string]bool{}
	for module, files := range modules.Files() {
		_, guarded := kinds.Fixed()[module]
		holds := false
		for name, content := range files {
			if !strings.HasSuffix(name, ".tf") || strings.Contains(name, "/") {
				continue
			}
			for _, match := range resource.FindAllSubmatch(content, -1) {
				if slices.Contains(holdsData, string(match[1])) {
					holds, found[string(match[1])] = true, true
				}
			}
		}
		if holds != guarded && holdsNone[module] == "" {
			t.Errorf("module %s: holds data %t, guarded %t", module, holds, guarded)
		}
		for _, argument := range kinds.Fixed()[module] {
			if !slices.Contains(modules.Variables(module), argument) {
				t.Errorf("module %s has no argument %s", module, argument)
			}
		}
	}
	if missing := slices.DeleteFunc(slices.Clone(holdsData), func(typ string) bool { return found[typ] }); len(missing) > 0 {
		t.Errorf("no module has %s", missing)
	}
	if unknown := slices.DeleteFunc(slices.Collect(maps.Keys(kinds.Fixed())), func(module string) bool { return slices.Contains(modules.Names(), module) }); len(unknown) > 0 {
		t.Errorf("no modules: %s", unknown)
	}
}
