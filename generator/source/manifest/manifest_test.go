package manifest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// testSpellings is a table as the kinds make it, with one kind of each shape.
var testSpellings = []source.ManifestSpelling{
	{
		Kind: "store", Noun: "store", Block: "store", Grammar: source.Snake, List: "stores", Migrations: "migrations",
		Settings: []settings.Setting{{Name: "migrations", Type: settings.String}},
	},
	{
		Kind: "channel", Noun: "channel", Block: "channel", Grammar: source.Kebab, List: "sends", Operation: "send",
	},
	{
		Kind: "listener", Noun: "listener", Block: "listener", Grammar: source.Kebab, InService: true, Parent: "channel", ParentKind: "channel",
		Settings: []settings.Setting{
			{Name: "channel", Type: settings.String, Required: true},
			{Name: "wait", Type: settings.Duration},
			{Name: "retry.times", Type: settings.Integer, Words: map[string]int{"never": -2}},
			{Name: "retry.pause", Type: settings.Duration, Only: source.ForEncore},
		},
	},
	{Kind: "shelf", Noun: "shelf", Block: "shelf", Operations: map[string]string{"read": "READ", "write": "WRITE"}},
	{Kind: "memory", Noun: "memory", Block: "memory", Parts: "patterns", PartKind: "slot", PartField: "pattern"},
	{
		Kind: "secret", Noun: "secret", Block: "secret", Identifier: true, List: "secrets", Everywhere: "every_service",
		Settings: []settings.Setting{{Name: "every_service", Type: settings.Bool}},
	},
	{
		Kind: "timer", Noun: "timer", Block: "timer", Endpoint: "endpoint",
		Settings: []settings.Setting{{Name: "endpoint", Type: settings.String, Required: true}, {Name: "every", Type: settings.Duration}},
	},
	{Kind: "meter", Noun: "meter", Block: "meter", InService: true, Only: source.ForEncore, Constructor: "NewMeter"},
}

// writtenIn writes a manifest and other files into a folder.
func writtenIn(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const wholeManifest = `app "shop" {
  runtime = "encore-go"
  auth_handler "Check" { service = "users" }
  cors { allow_headers = ["X-Session"] }
}

store "orders" { migrations = "orders/migrations" }
channel "placed" {}
shelf "files" {}
memory "fast" {}
secret "Key" {}
secret "Everybody" { every_service = true }

service "orders" {
  uses {
    stores  = ["orders"]
    sends   = ["placed"]
    secrets = ["Key"]
    calls   = ["users", "users.Get"]
    shelf "files" { operations = ["write", "read"] }
    memory "fast" { patterns = ["a/:b"] }
  }
  endpoint "Clean" {}
}

service "users" {
  dir        = "people"
  cue_config = true
  uses { secrets = ["Key"] }
  endpoint "Get" {
    access = "auth"
    path   = "/users/:id"
  }
  endpoint "Hook" {
    access = "public"
    raw    = true
  }
  listener "greet" {
    channel = "placed"
    wait    = "1 min"
    retry   = { times = "never", pause = "2s" }
  }
  meter "load" {}
}

timer "nightly" {
  every    = "24h"
  endpoint = "orders.Clean"
}
`

// rangeEnd matches a range as descriptions print it; where it begins is what matters here.
var rangeEnd = regexp.MustCompile(`@(\S+:\d+:\d+)-[\d:]+`)

const wholeDescription = `service orders in orders groundplan.app.hcl:14:1
service users in people config groundplan.app.hcl:26:1
endpoint orders.Clean private GET,POST /orders.Clean groundplan.app.hcl:23:3
endpoint users.Get auth GET,POST /users/:id request groundplan.app.hcl:30:3
endpoint users.Hook public * /users.Hook raw groundplan.app.hcl:34:3
auth users.Check groundplan.app.hcl:3:3
package orders service=orders
package people service=users
decl channel placed in groundplan.app.hcl:8:1
decl channel placed service=orders in orders reference groundplan.app.hcl:17:16
decl listener greet parent=placed service=users in people groundplan.app.hcl:38:3
  wait = "1 min"
  retry = {times=the number -2 pause="2s"}
decl memory fast in groundplan.app.hcl:10:1
decl meter load service=users in people groundplan.app.hcl:43:3
decl secret Everybody in groundplan.app.hcl:12:1
decl secret Key service=orders in orders groundplan.app.hcl:11:1
decl secret Key service=orders in orders reference groundplan.app.hcl:18:16
decl secret Key service=users in people reference groundplan.app.hcl:29:21
decl shelf files in groundplan.app.hcl:9:1
decl slot parent=fast service=orders in orders groundplan.app.hcl:21:33
  pattern = "a/:b"
decl store orders in migrations=orders/migrations count=1 groundplan.app.hcl:7:1
  migrations = "orders/migrations"
decl store orders service=orders in orders reference groundplan.app.hcl:16:16
decl timer nightly service=orders in orders groundplan.app.hcl:46:1
  every = "24h"
  endpoint = reference orders.Clean
use channel placed send by orders in orders groundplan.app.hcl:17:16
use secret Key by orders in orders groundplan.app.hcl:18:16
use secret Key by users in people groundplan.app.hcl:29:21
use shelf files WRITE by orders in orders groundplan.app.hcl:20:35
use shelf files READ by orders in orders groundplan.app.hcl:20:44
use store orders by orders in orders groundplan.app.hcl:16:16
call users. by orders in orders groundplan.app.hcl:19:16
call users.Get by orders in orders groundplan.app.hcl:19:25
call orders.Clean by orders in orders reference groundplan.app.hcl:48:14
`

// TestI4_ManifestSaysWhatSourceWouldSay reads a manifest with everything, and compares every declaration and use with its
// place.
func TestI4_ManifestSaysWhatSourceWouldSay(t *testing.T) {
	root := writtenIn(t, map[string]string{Filename: wholeManifest, "orders/migrations/1_x.up.sql": ""})
	application, diags, err := Read(root, testSpellings)
	if err != nil || len(diags) > 0 {
		t.Fatal(err, sourcetest.Diagnostics(diags))
	}
	for range 5 {
		if d := cmp.Diff(wholeDescription, rangeEnd.ReplaceAllString(sourcetest.Describe(application), "$1")); d != "" {
			t.Fatal(d)
		}
		application, _, _ = Read(root, testSpellings)
	}
	if application.ID != "shop" || application.Runtime != app.EncoreGo || application.Origin != source.FromManifest || !slices.Equal(application.CORS.AllowHeaders, []string{"X-Session"}) {
		t.Errorf("application %q in %s, %+v", application.ID, application.Runtime, application.CORS)
	}
	if meter := application.Decls[slices.IndexFunc(application.Decls, func(d source.Decl) bool { return d.Kind == "meter" })]; meter.Constructor != "NewMeter" {
		t.Errorf("the meter is made by %q", meter.Constructor)
	}
}

// TestI4_ManifestContainer reads the settings of containers and their defaults.
func TestI4_ManifestContainer(t *testing.T) {
	root := writtenIn(t, map[string]string{Filename: `app "shop" { port = 3000 }
service "a" {}
service "b" {
  tag_prefix  = "b-"
  command     = ["serve", "-v"]
  health_path = "/up"
  public      = true
  subdomain   = "admin"
  paths       = ["/x", "/y/*"]
  environment = { ZED = "1", "ALPHA" = "two words" }
}
service "c" {
  writable_paths = []
}
`})
	application, diags, err := Read(root, testSpellings)
	if err != nil || len(diags) > 0 {
		t.Fatal(err, sourcetest.Diagnostics(diags))
	}
	if application.Runtime != app.Containers {
		t.Errorf("runtime %s", application.Runtime)
	}
	// An empty list is said, and so it wins over what the environment says of all processes.
	if paths := application.Services[2].Container.WritablePaths; paths == nil || len(paths) > 0 {
		t.Errorf("writable paths %#v", paths)
	}
	names := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".At" }, cmp.Ignore())
	want := []*app.Container{
		{Port: 3000, HealthPath: "/"},
		{
			TagPrefix: "b-", Command: []string{"serve", "-v"}, Port: 3000, HealthPath: "/up", Public: true, Subdomain: "admin", Paths: []string{"/x", "/y/*"},
			Environment: []app.Variable{{Name: "ALPHA", Value: "two words"}, {Name: "ZED", Value: "1"}},
		},
	}
	if d := cmp.Diff(want, []*app.Container{application.Services[0].Container, application.Services[1].Container}, names); d != "" {
		t.Error(d)
	}
}

// TestI4_RouteDepth: a rule is as wide as its widest path, and a path that is narrower has a larger depth.
func TestI4_RouteDepth(t *testing.T) {
	order := []string{"/*", "/", "/a/*", "/a", "/a/b/*", "/a/b", "/a/b/c/*"}
	for i, narrow := range order[1:] {
		for _, wide := range order[:i+1] {
			if within(narrow, wide) && app.RouteDepth([]string{narrow}) <= app.RouteDepth([]string{wide}) {
				t.Errorf("%s lies within %s, depths %d and %d", narrow, wide, app.RouteDepth([]string{narrow}), app.RouteDepth([]string{wide}))
			}
		}
	}
	if app.RouteDepth(nil) != 0 || app.RouteDepth([]string{"/a/b", "/c/*"}) != 1 {
		t.Errorf("depths %d and %d", app.RouteDepth(nil), app.RouteDepth([]string{"/a/b", "/c/*"}))
	}
}

// TestI4_SeveralProblemsAtOnce: one mistake does not hide another, in whatever block.
func TestI4_SeveralProblemsAtOnce(t *testing.T) {
	root := writtenIn(t, map[string]string{Filename: `app "shop" {}
channel "placed" { colour = "red" }
service "a" {
  listener "x" { channel = "plced" }
  uses { sends = ["placed", "other"] }
}
timer "j" { endpoint = "a.Run" }
`})
	_, diags, err := Read(root, testSpellings)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range diags {
		got = append(got, strings.ToLower(d.Summary))
	}
	if d := cmp.Diff([]string{"unknown setting", "unknown channel", "unknown channel", "unknown endpoint"}, got); d != "" {
		t.Error(d)
	}
}

// FuzzManifest: whatever stands in the file, the reader does not panic, its positions lie in the file, and an application
// without errors has a name for everything.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(wholeManifest))
	f.Add([]byte("app \"a\" {}\nservice \"b\" {\n  public = true\n  paths = [\"/x\", \"/y/*\"]\n  environment = { A = \"b\", \"c\" = 1.5e9 }\n}\n"))
	f.Add([]byte("app {}\nservice \"a\" \"b\" { uses = {} }\nstore \"ü\" {}\nsecret \"a\" { every_service = null }\n"))
	f.Add([]byte("app \"a\" { runtime = \"encore-${x}\" }\nservice \"a\" { uses { calls = [\".\", \"a.\", \"\"] } }\njob \"j\" { endpoint = <<EOT\na.b\nEOT\n}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		application, diags := parseManifest(text, testSpellings)
		sourcetest.Describe(application)
		for _, d := range diags {
			if d.Subject == nil || d.Subject.Filename != Filename || d.Subject.Start.Byte < 0 || d.Subject.Start.Byte > len(text) || d.Subject.Start.Line < 1 || d.Subject.Start.Column < 1 {
				t.Errorf("position outside the file: %s", sourcetest.Diagnostics(diags))
			}
		}
		if diags.HasErrors() || application == nil {
			return
		}
		for _, decl := range application.Decls {
			if decl.Kind == "" || decl.Name == "" && decl.Parent == "" || decl.At == (hcl.Range{}) {
				t.Errorf("declaration %+v", decl)
			}
		}
	})
}
