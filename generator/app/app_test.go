package app

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

func at(line int) hcl.Range {
	return hcl.Range{Filename: "a/a.go", Start: hcl.Pos{Line: line, Column: 1}, End: hcl.Pos{Line: line, Column: 9}}
}

func TestPathsConflict(t *testing.T) {
	for _, test := range []struct {
		name     string
		method   string
		path     string
		against  string
		as       string
		conflict bool
	}{
		{"same literal", "GET", "/users", "/users", "GET", true},
		{"other literal", "GET", "/users", "/orders", "GET", false},
		{"longer literal", "GET", "/users/all", "/users", "GET", false},
		{"same path of another method", "GET", "/users", "/users", "POST", false},
		{"same path of every method", "*", "/users", "/users", "POST", true},
		{"every method against one", "POST", "/users", "/users", "*", true},
		{"parameters of other names", "GET", "/users/:id", "/users/:name", "GET", true},
		{"parameters, then other literals", "GET", "/users/:id/a", "/users/:name/b", "GET", false},
		{"literal beside a parameter", "GET", "/users/me", "/users/:id", "GET", true},
		{"parameter beside a literal", "GET", "/users/:id", "/users/me/x", "GET", true},
		{"wildcard beside a literal", "GET", "/files/*rest", "/files/a", "GET", true},
		{"literal beside a wildcard", "GET", "/files/a", "/files/*rest", "GET", true},
		{"two wildcards", "GET", "/files/*a", "/files/*b", "GET", true},
		{"fallback beside a literal", "GET", "/!rest", "/files", "GET", false},
		{"literal beside a fallback", "GET", "/files", "/!rest", "GET", false},
		{"two fallbacks", "GET", "/!a", "/!b", "GET", true},
		{"root beside a parameter", "GET", "/", "/:id", "GET", false},
		{"two roots", "GET", "/", "/", "GET", true},
	} {
		t.Run("I6 "+test.name, func(t *testing.T) {
			var paths Paths
			if other, _ := paths.Add(test.as, test.against, "first"); other != "" {
				t.Fatalf("the empty set conflicts with %s", test.against)
			}
			other, path := paths.Add(test.method, test.path, "second")
			if (other != "") != test.conflict {
				t.Errorf("%s %s against %s %s: conflict %v, want %v", test.method, test.path, test.as, test.against, other != "", test.conflict)
			}
			if test.conflict && (other != "first" || path != test.against) {
				t.Errorf("conflicts with %s %s, want first %s", other, path, test.against)
			}
		})
	}
}

func TestI6_Check(t *testing.T) {
	service := func(name string, endpoints ...Endpoint) Service { return Service{Name: name, Endpoints: endpoints} }
	get := func(name, path string, line int) Endpoint {
		return Endpoint{Name: name, Access: "public", Methods: []string{"GET"}, Path: path, At: at(line)}
	}
	secured := get("Get", "/a", 3)
	secured.Access = "auth"
	for _, test := range []struct {
		name string
		app  App
		want string // "line: summary" of each diagnostic, joined
	}{
		{"auth without handler", App{Services: []Service{service("a", secured)}}, "3: Missing auth handler"},
		{"auth with handler", App{Services: []Service{service("a", secured)}, Auth: &AuthHandler{}}, ""},
		{"paths of two Go services", App{Runtime: EncoreGo, Services: []Service{service("a", get("A", "/x", 3)), service("b", get("B", "/x", 7))}}, "7: Conflicting paths"},
		{"paths of two TypeScript services", App{Runtime: EncoreTypeScript, Services: []Service{service("a", get("A", "/x", 3)), service("b", get("B", "/x", 7))}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, d := range Check(&test.app) {
				got = append(got, strings.TrimPrefix(diagnostic.Place(*d.Subject), "a/a.go:")+" "+d.Summary)
				if !strings.Contains(diagnostic.Text(d), "\nhint: ") {
					t.Errorf("no remedy in %q", diagnostic.Text(d))
				}
			}
			if want := strings.ReplaceAll(test.want, ": ", ":1 "); strings.Join(got, "; ") != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestI6ConflictingPaths reads whole messages: which endpoint is flagged, and what both answer.
func TestI6_ConflictingPaths(t *testing.T) {
	endpoint := func(name string, line int, methods ...string) Endpoint {
		return Endpoint{Name: name, Methods: methods, Path: "/users/:id", At: at(line)}
	}
	for _, test := range []struct {
		name      string
		endpoints []Endpoint // as the application has them, by name
		want      string
	}{
		{"the later one is flagged", []Endpoint{endpoint("A", 9, "GET"), endpoint("Z", 3, "GET")},
			"a/a.go:9:1 Endpoints s.A (/users/:id) and s.Z (/users/:id, at a/a.go:3:1) both answer GET."},
		{"every method and some", []Endpoint{endpoint("A", 3, "GET", "POST"), endpoint("B", 9, "*")},
			"a/a.go:9:1 Endpoints s.B (/users/:id) and s.A (/users/:id, at a/a.go:3:1) both answer GET and POST."},
		{"every method and every method", []Endpoint{endpoint("A", 3, "*"), endpoint("B", 9, "*")},
			"a/a.go:9:1 Endpoints s.B (/users/:id) and s.A (/users/:id, at a/a.go:3:1) both answer every method."},
		{"some of each", []Endpoint{endpoint("A", 3, "DELETE", "GET", "PATCH", "POST"), endpoint("B", 9, "DELETE", "PATCH", "POST", "PUT")},
			"a/a.go:9:1 Endpoints s.B (/users/:id) and s.A (/users/:id, at a/a.go:3:1) both answer DELETE, PATCH and POST."},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, d := range checkPaths(&App{Runtime: EncoreGo, Services: []Service{{Name: "s", Endpoints: test.endpoints}}}) {
				detail, _, _ := strings.Cut(diagnostic.Text(d), "\n")
				got = append(got, diagnostic.Place(*d.Subject)+" "+detail)
			}
			if len(got) != 1 || got[0] != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestMiddlewareRunsIn(t *testing.T) {
	slow := Service{Name: "slow", Endpoints: []Endpoint{{Tags: []string{"slow"}}}}
	idle := Service{Name: "idle"}
	for _, test := range []struct {
		name       string
		middleware Middleware
		slow, idle bool
	}{
		{"its own service", Middleware{Service: "idle", Targets: []string{"all"}}, false, true},
		{"global for all", Middleware{Global: true, Targets: []string{"all"}}, true, false},
		{"global for a tag", Middleware{Global: true, Targets: []string{"tag:slow"}}, true, false},
		{"global for another tag", Middleware{Global: true, Targets: []string{"tag:fast"}}, false, false},
	} {
		if got := test.middleware.RunsIn(slow); got != test.slow {
			t.Errorf("%s: runs in slow: %v", test.name, got)
		}
		if got := test.middleware.RunsIn(idle); got != test.idle {
			t.Errorf("%s: runs in idle: %v", test.name, got)
		}
	}
}
