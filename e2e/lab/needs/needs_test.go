package needs

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"
)

var fixtures = filepath.Join("..", "..", "..", "fixtures")

func TestFixturesHaveNeeds(t *testing.T) {
	entries, err := os.ReadDir(fixtures)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 12 {
		t.Fatalf("only %d fixtures are there", len(entries))
	}
	for _, entry := range entries {
		read, diags := Read(filepath.Join(fixtures, entry.Name(), Filename))
		if diags.HasErrors() {
			t.Errorf("%s: %v", entry.Name(), diags)
			continue
		}
		for _, service := range read.Services {
			used := map[string]bool{}
			mark := func(does []string) {
				for _, need := range service.Select(does) {
					used[need.String()] = true
				}
			}
			for _, endpoint := range service.Endpoints {
				mark(endpoint.Does)
			}
			for _, subscription := range service.Subscriptions {
				mark(subscription.Does)
			}
			if read.Auth != nil && read.Auth.Service == service.Name {
				mark(read.Auth.Does)
			}
			for _, need := range service.Select(service.Attributed) {
				if used[need.String()] {
					t.Errorf("%s: service %s has %q attributed, and does it", entry.Name(), service.Name, need)
				}
			}
			mark(service.Attributed)
			for _, database := range service.Databases {
				if database.AtLoad {
					mark([]string{"database " + database.Name})
				}
			}
			for _, secret := range service.Secrets {
				if secret.AtLoad {
					mark([]string{"secret " + secret.Name})
				}
			}
			for _, need := range service.All() {
				// A container's endpoints are no business of the laboratory, apart from those that jobs call.
				if read.Language != Container && !used[need.String()] {
					t.Errorf("%s: nothing in service %s does %q", entry.Name(), service.Name, need)
				}
			}
		}
	}
}

// One application in three spellings needs one thing.
func TestSpellingsNeedTheSame(t *testing.T) {
	shop, err := os.ReadFile(filepath.Join(fixtures, "shop", Filename))
	if err != nil {
		t.Fatal(err)
	}
	for _, spelling := range []string{"shop-manifest", "shop-metadata"} {
		other, err := os.ReadFile(filepath.Join(fixtures, spelling, Filename))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(shop, other) {
			t.Errorf("%s needs something else than shop:\n%s", spelling, cmp.Diff(string(shop), string(other)))
		}
	}
}

func TestParse(t *testing.T) {
	read, diags := Parse([]byte(`
language = "typescript"

auth {
  service = "users"
  handler = "authenticate"
  does    = ["cache"]
}

service "users" {
  endpoint "get" {}
  endpoint "page" {
    access = "public"
    raw    = true
    path   = "/page/*rest"
  }
  cache "sessions" {
    pattern = "session/:key"
    kind    = "string"
  }
  bucket "labels" {
    operations = ["upload", "exists"]
  }
  bucket "labels-old" {
    operations = ["upload"]
  }
  topic "signups" {
    publishes = true
  }
  subscription "signups" "welcome" {
    max_receives = 0
    ack_deadline = "90s"
  }
  subscription "signups" "count" {}
  secret "Key" {
    at_load = true
  }
}
`), "needs.hcl")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	users := read.Service("users")
	get, page := users.Endpoints[0], users.Endpoints[1]
	if get.Access != Private || get.Path != "/users.get" || !slices.Equal(get.Methods, []string{"POST"}) || !slices.Equal(page.Methods, []string{"*"}) {
		t.Errorf("defaults of endpoints: %+v", users.Endpoints)
	}
	welcome, count := users.Subscriptions[0], users.Subscriptions[1]
	if *welcome.MaxReceives != 0 || *count.MaxReceives != 101 || welcome.AckDeadline != "90s" || count.AckDeadline != "30s" || count.MinBackoff != "10s" || count.MaxBackoff != "10m" {
		t.Errorf("defaults of subscriptions: %+v", users.Subscriptions)
	}
	want := []Need{{"topic", "signups", ""}, {"bucket", "labels", "upload"}, {"bucket", "labels", "exists"}, {"bucket", "labels-old", "upload"},
		{"cache", "sessions", "session/:key"}, {"secret", "Key", ""}}
	if difference := cmp.Diff(want, users.All()); difference != "" {
		t.Error(difference)
	}
	if difference := cmp.Diff([]Need{want[1], want[2], want[5]}, users.Select([]string{"bucket labels", "secret Key", "bucket label"})); difference != "" {
		t.Error(difference)
	}
	path := filepath.Join(t.TempDir(), "needs.json")
	if err := read.Write(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(read, loaded, cmpopts.IgnoreTypes(hcl.Range{})); difference != "" {
		t.Errorf("an image holds other needs (-want +got)\n%s", difference)
	}
}

func TestWrongFiles(t *testing.T) {
	const golang = "language = \"go\"\n"
	for _, test := range []struct{ name, text, want string }{
		{"syntax", golang + "service \"a\" {", "2:13: Unclosed configuration block"},
		{"no language", "service \"a\" {}", "1:1: Missing required argument"},
		{"language", `language = "java"`, `1:1: Unknown language: There is no runtime for "java". hint: write go, typescript or container`},
		{"setting", golang + "service \"a\" {\n  path = \"/\"\n}", "3:3: Unsupported argument"},
		{"service twice", golang + "service \"a\" {}\nservice \"a\" {}", "3:1: Duplicate block: The service a is already described at needs.hcl:2,1-12"},
		{"auth service", golang + "auth {\n  service = \"x\"\n  handler = \"A\"\n}", "2:1: Unknown service"},
		{"auth in a container", "language = \"container\"\nauth {\n  service = \"a\"\n  handler = \"A\"\n}\nservice \"a\" {}", "2:1: Unexpected block"},
		{"access", onlyService(`endpoint "E" { access = "secret" }`), `3:1: Unknown access: There is no access "secret". hint: write one of public, auth, private`},
		{"auth without handler", onlyService(`endpoint "E" { access = "auth" }`), "3:1: Missing auth handler"},
		{"method", onlyService(`endpoint "E" { methods = ["FETCH"] }`), "3:1: Unknown method"},
		{"path", onlyService(`endpoint "E" { path = "orders" }`), "3:1: Invalid path"},
		{"route twice", onlyService("endpoint \"E\" { path = \"/x\" }\nendpoint \"F\" { path = \"/x\" }"), "4:1: Duplicate block: The route GET /x"},
		{"does", onlyService(`endpoint "E" { does = ["database orders"] }`), `3:1: Unknown need: The service "a" has no need "database orders"`},
		{"topic unused", golang + "topic \"t\" {}\nservice \"a\" {}", "2:1: Unused topic"},
		{"topic without use", onlyService(`topic "t" { publishes = false }`), "3:1: Topic without use"},
		{"subscription of nothing", onlyService(`subscription "t" "s" {}`), "3:1: Unknown topic"},
		{"receives", onlyService("topic \"t\" { publishes = true }\nsubscription \"t\" \"s\" { max_receives = -1 }"), "4:1: Invalid number"},
		{"deadline", onlyService("topic \"t\" { publishes = true }\nsubscription \"t\" \"s\" { ack_deadline = \"7 days\" }"), "4:1: Invalid duration"},
		{"operation", onlyService(`bucket "b" { operations = ["write"] }`), "3:1: Unknown operation"},
		{"keyspace", onlyService("cache \"c\" {\n  pattern = \"a\"\n  kind = \"map\"\n}"), "3:1: Unknown kind of keyspace"},
		{"database twice", onlyService("database \"d\" {}\ndatabase \"d\" {}"), "4:1: Duplicate block"},
		{"attributed", onlyService(`attributed = ["database orders"]`), `2:1: Unknown need: The service "a" has no need "database orders"`},
		{"at load in a container", "language = \"container\"\nservice \"a\" {\n  database \"d\" { at_load = true }\n}", "3:3: Unexpected setting"},
		{"at load in Go", onlyService(`secret "S" { at_load = true }`), "3:1: Unexpected setting"},
		{"call", onlyService(`calls = ["b.Get"]`), "2:1: Unknown endpoint"},
		{"name", onlyService(`names = ["b"]`), "2:1: Unknown service"},
		{"name of its own", onlyService(`names = ["a"]`), "2:1: Unknown service"},
		{"call of a service", golang + "service \"a\" {\n  calls = [\"b\"]\n}\nservice \"b\" {}", "2:1: Unknown endpoint"},
		{"call of a raw endpoint", onlyService("endpoint \"E\" { raw = true }\ncalls = [\"a.E\"]"), "2:1: Call of a raw endpoint"},
		{"circle", onlyService("endpoint \"E\" { does = [\"call a.F\"] }\nendpoint \"F\" { does = [\"call a.E\"] }\ncalls = [\"a.E\", \"a.F\"]"), "3:1: Circular call: The endpoint a.E calls itself"},
		{"cron", golang + "cron \"c\" {\n  endpoint = \"a.E\"\n}", "2:1: Unknown endpoint"},
		{"program in Go", onlyService("program {}"), "3:1: Unexpected block"},
		{"way to listen", container(`program { listens = "udp" }`), "3:1: Unknown way to listen"},
		{"job that listens", container("program {\n  job = true\n  listens = \"http\"\n}"), "3:1: Unexpected setting"},
		{"image of nobody", container("program {\n  image = \"b\"\n  command = [\"/b\"]\n}"), "3:1: Unknown image"},
		{"image of its own", container("program {\n  image = \"a\"\n  command = [\"/b\"]\n}"), "3:1: Unknown image"},
		{"command in no image", container(`program { command = ["/b"] }`), "3:1: Missing setting"},
		{"metrics of a container", "language = \"container\"\nservice \"a\" {\n  metrics = [\"m\"]\n}", "2:1: Unexpected setting"},
		{"health path in Go", onlyService(`health_path = "/"`), "2:1: Unexpected setting"},
	} {
		t.Run(test.name, func(t *testing.T) {
			read, diags := Parse([]byte(test.text), "needs.hcl")
			if read != nil || !diags.HasErrors() {
				t.Fatalf("the file was read: %+v", read)
			}
			first := diags[0]
			at := ""
			if first.Subject != nil {
				at = strings.TrimPrefix(first.Subject.String(), "needs.hcl:")
				at, _, _ = strings.Cut(at, "-")
				at = strings.ReplaceAll(at, ",", ":")
			}
			if got := at + ": " + first.Summary + ": " + strings.ReplaceAll(first.Detail, "\n", " "); !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func container(body string) string {
	return "language = \"container\"\nservice \"a\" {\n" + body + "\n}"
}

func TestPrograms(t *testing.T) {
	read, diags := Read(filepath.Join(fixtures, "parcels", Filename))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for name, want := range map[string]string{"tracking": GRPC, "desk": HTTP, "notifier": Nowhere, "statements": Nowhere, "repair": Nowhere} {
		if service := read.Service(name); service.Listens() != want || service.Job() != (name == "statements" || name == "repair") {
			t.Errorf("%s listens %s, job %t", name, service.Listens(), service.Job())
		}
	}
	for _, test := range []struct{ image, command, want string }{
		{"tracking", "/bin/tracking", "tracking"}, {"tracking", "/bin/tracking statements", "statements"}, {"repair", "/app", "repair"}, {"desk", "/bin/tracking statements", "desk"},
	} {
		if runs := read.Runs(test.image, strings.Fields(test.command)); runs == nil || runs.Name != test.want {
			t.Errorf("%s in the image of %s runs %+v", test.command, test.image, runs)
		}
	}
}

func onlyService(body string) string {
	return "language = \"go\"\nservice \"a\" {\n" + body + "\n}"
}
