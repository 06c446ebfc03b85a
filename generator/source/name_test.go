package source

import (
	"strings"
	"testing"
)

// TestI6_NameGrammar has Encore's rules for names: the last length that passes, every character in every place, and the
// name that is offered instead.
func TestI6_NameGrammar(t *testing.T) {
	letters := func(n int) string { return strings.Repeat("a", n) }
	for _, test := range []struct {
		grammar     Grammar
		name        string
		fits        bool
		respelled   string
		problemSays string
	}{
		{Kebab, "a", true, "", ""}, {Kebab, "a-b1", true, "", ""}, {Kebab, "a--b", true, "", ""}, {Kebab, letters(63), true, "", ""},
		{Kebab, letters(64), false, "", "64 characters"}, {Kebab, "", false, "", "empty"},
		{Kebab, "1a", false, "a", "kebab-case"}, {Kebab, "-a", false, "a", "kebab-case"}, {Kebab, "a-", false, "a", "kebab-case"}, {Kebab, "a1-", false, "a1", "kebab-case"},
		{Kebab, "a_b", false, "a-b", "kebab-case"}, {Kebab, "aB", false, "a-b", "kebab-case"}, {Kebab, "HTTPServer", false, "httpserver", "kebab-case"},
		{Kebab, "a b!!c", false, "a-b-c", "kebab-case"}, {Kebab, "9", false, "", "kebab-case"}, {Kebab, "ä", false, "", "kebab-case"}, {Kebab, "a.", false, "a", "kebab-case"},
		{Snake, "a_b1", true, "", ""}, {Snake, "a-b", false, "a_b", "snake_case"}, {Snake, "userName", false, "user_name", "snake_case"}, {Snake, "a_", false, "a", "snake_case"}, {Snake, letters(63), true, "", ""},
		{AnyName, "Any thing", true, "", ""}, {AnyName, letters(64), true, "", ""}, {AnyName, "", false, "", "empty"},
	} {
		problem, _ := CheckName(test.grammar, test.name)
		if (problem == "") != test.fits || !strings.Contains(problem, test.problemSays) {
			t.Errorf("%q: %q", test.name, problem)
		}
		if test.fits || test.name == "" || test.problemSays == "64 characters" {
			continue
		}
		separator := byte('-')
		if test.grammar == Snake {
			separator = '_'
		}
		respelled := respell(test.name, separator)
		if respelled != test.respelled {
			t.Errorf("%q is offered %q, want %q", test.name, respelled, test.respelled)
		}
		if again, _ := CheckName(test.grammar, respelled); respelled != "" && again != "" {
			t.Errorf("%q is offered %q, which is refused: %s", test.name, respelled, again)
		}
	}
}
