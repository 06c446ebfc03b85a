package generator_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment/resolution"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/output"
)

// alike are names of which many have one plain label, and some look like a label with a hash behind it.
func alike() []names.Wanted {
	written := []string{
		"API_KEY", "ApiKey", "api-key", "api_key", "apiKey", "API-Key", "Api_Key", "a", "A", "a_b", "aB", "a-b", "a.b", "x",
	}
	for _, name := range slices.Clone(written) {
		labels := names.Assign([]names.Wanted{wantedLabels(name), wantedLabels(name + " "), {ID: "secret ?", Plain: names.Label(name)}}, nil)
		written = append(written, labels["secret "+name])
	}
	var all []names.Wanted
	slices.Sort(written)
	for _, name := range slices.Compact(written) {
		all = append(all, wantedLabels(name))
	}
	return all
}

func wantedLabels(name string) names.Wanted {
	return names.Wanted{ID: app.ID{Kind: "secret", Name: name}.String(), Plain: names.Label(name)}
}

// TestG1_LabelsDiffer_AndStay: whatever names there are, no two have one label, and no name that comes or goes moves
// another, however often.
func TestG1_LabelsDiffer_AndStay(t *testing.T) {
	identifier := regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
	pool, random := alike(), rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		held := map[string]string{}
		for range 6 {
			random.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
			some := pool[:random.IntN(len(pool)+1)]
			labels := names.Assign(some, held)
			owner := map[string]string{}
			for _, w := range some {
				label := labels[w.ID]
				if !identifier.MatchString("_" + label) {
					t.Fatalf("%s has the label %q", w.ID, label)
				}
				if other := owner[label]; other != "" {
					t.Fatalf("%s and %s are both %s", w.ID, other, label)
				}
				if was := held[w.ID]; was != "" && was != label {
					t.Fatalf("%s was %s and is %s", w.ID, was, label)
				}
				owner[label] = w.ID
			}
			if reversed := slices.Clone(some); true {
				slices.Reverse(reversed)
				if again := names.Assign(reversed, held); !maps.Equal(again, labels) {
					t.Fatalf("the order of names changes labels: %s", cmp.Diff(labels, again))
				}
			}
			held = labels
		}
	}
}

// alikeApplication has secrets, topics, subscriptions, buckets, caches, cron jobs and services of those names.
func alikeApplication(names ...string) *app.App {
	application := &app.App{Name: "shop", ID: "shop", Runtime: app.EncoreTypeScript}
	add := func(kind, parent, name, service string, spec any) {
		application.Resources = append(application.Resources, app.Resource{Kind: kind, Parent: parent, Name: name, Service: service, Spec: spec})
		application.Edges = append(application.Edges, app.Edge{Service: service, Kind: kind, Parent: parent, Resource: name})
	}
	for _, name := range names {
		application.Services = append(application.Services, app.Service{Name: name, Dir: name, Endpoints: []app.Endpoint{
			{Name: "run", Access: "private", Methods: []string{"POST"}, Path: "/" + name + ".run"}}})
		add("secret", "", name, name, nil)
		add("database", "", name, name, &database.Spec{})
		add("topic", "", name, name, &topic.Spec{})
		add("subscription", name, "s", name, &topic.Subscription{})
		add("bucket", "", name, name, &objects.Bucket{Public: true})
		add("cache", "", name, name, &cache.Spec{})
		add("keyspace", name, "k/:id", name, &cache.Keyspace{})
		add("cron", "", name, name, &cron.Spec{EveryMinutes: 60, Service: name, Endpoint: "run"})
	}
	return application
}

func generateAlike(t *testing.T, application *app.App, previous *output.Lock) *generator.Output {
	t.Helper()
	environments, diags := resolution.Resolve(table.Default(), application)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	// Names may go here: what that destroys is named.
	var consent holdings.Consent
	for id := range previous.Holdings["production"] {
		consent.Accept = append(consent.Accept, "production/"+id)
	}
	result, diags := generator.Generate(application, environments, previous, consent)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return result
}

// TestG1_AlikeNamesAreToldApart: everything that has a name of its own in the code has one that nothing else has, though two
// logical names have one plain label.
func TestG1_AlikeNamesAreToldApart(t *testing.T) {
	result := generateAlike(t, alikeApplication("ApiKey", "api_key"), &output.Lock{})
	for stack, addresses := range result.Lock.Addresses {
		seen := map[string]string{}
		for id, address := range addresses {
			if other := seen[address]; other != "" && !strings.HasPrefix(id, "database ") {
				t.Errorf("%s: %s and %s are both %s", stack, id, other, address)
			}
			if !strings.HasPrefix(id, "database ") {
				seen[address] = id
			}
		}
	}
	block := regexp.MustCompile(`(?m)^(module|output|locals|resource|data)( "[^"]+")+`)
	name := regexp.MustCompile(`(?m)^  name +=.*"(.*)"$`)
	for path, content := range result.Files {
		if !strings.HasSuffix(path, ".tf") || strings.HasPrefix(path, "modules/") {
			continue
		}
		seen := map[string]bool{}
		for _, found := range append(block.FindAllString(string(content), -1), name.FindAllString(string(content), -1)...) {
			if seen[found] {
				t.Errorf("%s: %s twice", path, found)
			}
			seen[found] = true
		}
	}
	for _, file := range []string{"platform/secrets.tf", "platform/topics.tf", "platform/buckets.tf", "platform/caches.tf", "services/schedules.tf"} {
		if n := strings.Count(string(result.Files["production/"+file]), "_api_key"); n < 2 {
			t.Errorf("%s names %d labels", file, n)
		}
	}
}

// TestG1_ANameThatComesMovesNoOther: what the lock holds stays where it is.
func TestG1_ANameThatComesMovesNoOther(t *testing.T) {
	first := generateAlike(t, alikeApplication("ApiKey"), &output.Lock{})
	second := generateAlike(t, alikeApplication("ApiKey", "api_key"), first.Lock)
	third := generateAlike(t, alikeApplication("api_key"), second.Lock)
	back := generateAlike(t, alikeApplication("ApiKey", "api_key"), third.Lock)
	for i, step := range []struct{ before, after *generator.Output }{{first, second}, {second, third}, {third, back}} {
		for stack, addresses := range step.before.Lock.Addresses {
			for id, address := range addresses {
				if later, stays := step.after.Lock.Addresses[stack][id]; stays && later != address {
					t.Errorf("step %d, %s: %s was %s and is %s", i, stack, id, address, later)
				}
			}
		}
	}
	if got := second.Lock.Addresses["production/platform"]["secret ApiKey"]; got != "module.secret_api_key" {
		t.Errorf("who was first is %s", got)
	}
	if got := third.Lock.Addresses["production/platform"]["secret api_key"]; got == "module.secret_api_key" {
		t.Errorf("who came second is %s once the first is gone", got)
	}
	if d := cmp.Diff(second.Lock.Addresses, back.Lock.Addresses); d != "" {
		t.Errorf("a name that went and came back: %s", d)
	}
}

// TestG1_QueuesOfAlikeSubscriptions: topic a-b with subscription c, and topic a with subscription b-c.
func TestG1_QueuesOfAlikeSubscriptions(t *testing.T) {
	application := alikeApplication("svc")
	for _, pair := range [][2]string{{"a-b", "c"}, {"a", "b-c"}} {
		application.Resources = append(application.Resources,
			app.Resource{Kind: "topic", Name: pair[0], Service: "svc", Spec: &topic.Spec{}},
			app.Resource{Kind: "subscription", Parent: pair[0], Name: pair[1], Service: "svc", Spec: &topic.Subscription{}})
	}
	slices.SortFunc(application.Resources, func(x, y app.Resource) int {
		return strings.Compare(fmt.Sprint(x.Kind, x.Parent, x.Name), fmt.Sprint(y.Kind, y.Parent, y.Name))
	})
	result := generateAlike(t, application, &output.Lock{})
	queue := regexp.MustCompile(`(?m)^  name += +"(shop-production-a-b-c.*)"$`)
	found := queue.FindAllStringSubmatch(string(result.Files["production/platform/topics.tf"]), -1)
	if len(found) != 2 || found[0][1] == found[1][1] {
		t.Errorf("queues: %q", found)
	}
}
