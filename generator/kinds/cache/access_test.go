package cache

import (
	"regexp"
	"slices"
	"testing"
)

func TestC1_KeyGlobs(t *testing.T) {
	for _, test := range []struct {
		name     string
		patterns []string
		want     []string
	}{
		{"C1 one keyspace", []string{"user/:id"}, []string{"user/*"}},
		{"C1 sorted, each once", []string{"views/:key", "cart/:key", "views/:id"}, []string{"cart/*", "views/*"}},
		{"C1 parameters in the middle", []string{"user/:UserID/region/:Region"}, []string{"user/*/region/*"}},
		{"C1 no parameter", []string{"leaders"}, []string{"leaders"}},
		{"C1 a parameter alone opens all keys", []string{":key"}, []string{"*"}},
		{"C1 wildcards are no wildcards", []string{`a*b?[c]\d/:key`}, []string{"a?b??c??d/*"}},
		{"C1 no rule breaks out of its word", []string{"a +@all/:key"}, []string{"a???all/*"}},
		{"C1 letters outside ASCII, byte by byte", []string{"größe/:key"}, []string{"gr????e/*"}},
		{"C1 a colon inside a segment", []string{"app:users/:id"}, []string{"app:users/*"}},
		{"C1 no keyspace", nil, []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			given := slices.Clone(test.patterns)
			if got := KeyGlobs(given); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if !slices.Equal(given, test.patterns) {
				t.Errorf("the caller's patterns became %q", given)
			}
		})
	}
}

// The module cache validates key patterns by this expression.
func TestC1_KeyGlobsPassTheModule(t *testing.T) {
	spelling := regexp.MustCompile(`^[!-~]+$`)
	for _, pattern := range []string{":key", "user/:id", "a b/:key", "größe", "-@all/:x"} {
		if globs := KeyGlobs([]string{pattern}); !spelling.MatchString(globs[0]) {
			t.Errorf("%s: the module refuses %s", pattern, globs)
		}
	}
}

func TestC1_GlobsMeet(t *testing.T) {
	for _, test := range []struct {
		a, b string
		meet bool
	}{
		{"user/*", "user/*/friends", true},
		{"user/*", "cart/*", false},
		{"user/*", "users/*", false},
		{"*", "cart", true},
		{"a*c", "ab*", true},
		{"a*c", "*d", false},
		{"a?c", "abc", true},
		{"a?c", "ab", false},
		{"", "", true},
		{"", "*", true},
		{"*/region/*", "user/*", true},
		{"cart", "cart", true},
	} {
		if globsMeet(test.a, test.b) != test.meet || globsMeet(test.b, test.a) != test.meet {
			t.Errorf("%q and %q: want %v", test.a, test.b, test.meet)
		}
	}
}
