package app

import (
	"strings"
	"testing"
)

// TestI2_Routes lists pairs of paths and whether Encore's TypeScript parser takes them together.
func TestI2_Routes(t *testing.T) {
	for _, test := range []struct {
		first, second string
		conflict      bool
	}{
		{"GET /a", "GET /a", true},
		{"GET /a", "POST /a", false},
		{"* /a", "POST /a", true},
		{"POST /a", "* /a", true},
		{"* /a", "CONNECT /a", false},
		{"GET /a/:id", "GET /a/new", false},
		{"GET /a/:id", "GET /a/:id", true},
		{"GET /a/:id", "GET /a/:name", true},
		{"GET /a/:id", "GET /a/:name/details", false},
		{"GET /a/:id/list", "GET /a/:id/details", false},
		{"GET /a/:id/list", "GET /a/*rest", true},
		{"GET /a/*rest", "GET /a/:id", true},
		{"GET /a/*rest", "GET /a/*other", true},
		{"GET /a/*rest", "GET /a/b/c", false},
		{"GET /a/*rest", "GET /a", false},
		{"GET /!rest", "GET /:id", false},
		{"GET /!rest", "GET /!other", false},
		{"GET /", "GET /", true},
	} {
		var routes Routes
		add := func(route, owner string) string {
			method, path, _ := strings.Cut(route, " ")
			return routes.Add(method, path, owner)
		}
		if other := add(test.first, "first"); other != "" {
			t.Errorf("%s conflicts with itself: %s", test.first, other)
		}
		if other := add(test.second, "second"); (other == "first") != test.conflict {
			t.Errorf("%s and %s: conflict %q, want one: %v", test.first, test.second, other, test.conflict)
		}
	}
}
