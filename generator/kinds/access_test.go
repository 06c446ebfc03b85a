package kinds

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestC1_AccessString(t *testing.T) {
	commands := " -@all +" + strings.Join(cacheCommands, " +")
	for _, test := range []struct {
		name     string
		patterns []string
		want     string
	}{
		{"C1 one keyspace", []string{"user/:id"}, "on ~user/*" + commands},
		{"C1 sorted, each once", []string{"views/:key", "cart/:key", "views/:id"}, "on ~cart/* ~views/*" + commands},
		{"C1 parameters in the middle", []string{"user/:UserID/region/:Region"}, "on ~user/*/region/*" + commands},
		{"C1 no parameter", []string{"leaders"}, "on ~leaders" + commands},
		{"C1 a parameter alone opens all keys", []string{":key"}, "on ~*" + commands},
		{"C1 wildcards are no wildcards", []string{`a*b?[c]\d/:key`}, "on ~a?b??c??d/*" + commands},
		{"C1 no rule breaks out of its word", []string{"a +@all/:key"}, "on ~a???all/*" + commands},
		{"C1 letters outside ASCII, byte by byte", []string{"größe/:key"}, "on ~gr????e/*" + commands},
		{"C1 a colon inside a segment", []string{"app:users/:id"}, "on ~app:users/*" + commands},
		{"C1 no keyspace", nil, "off -@all"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := AccessString(test.patterns); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestC1_AccessStringDoesNotChangeItsArgument(t *testing.T) {
	patterns := []string{"b/:key", "a/:key"}
	AccessString(patterns)
	if !slices.Equal(patterns, []string{"b/:key", "a/:key"}) {
		t.Errorf("the caller's patterns became %v", patterns)
	}
}

// The module cache validates access strings by this expression.
func TestC1_AccessStringPassesTheModule(t *testing.T) {
	spelling := regexp.MustCompile(`^on( ~[^ ]+)+ -@all( [+-][^ ]+)+$`)
	for _, pattern := range []string{":key", "user/:id", "a b/:key", "größe", "-@all/:x"} {
		if access := AccessString([]string{pattern}); !spelling.MatchString(access) {
			t.Errorf("%s: the module refuses %s", pattern, access)
		}
	}
	if !slices.IsSorted(cacheCommands) || len(slices.Compact(slices.Clone(cacheCommands))) != len(cacheCommands) {
		t.Error("the commands are not sorted, each once")
	}
}
