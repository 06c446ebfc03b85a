package diagnostic

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

func TestHints(t *testing.T) {
	at := hcl.Range{Filename: "a.go", Start: hcl.Pos{Line: 3, Column: 7}}
	d := WithHint(WithHint(Error(at, "Duplicate bucket", "rename it", "The bucket %q stands at %s.", "a", Place(at)), ""), "remove it")
	if got := Text(d); got != "The bucket \"a\" stands at a.go:3:7.\nhint: rename it\nhint: remove it" {
		t.Errorf("got %q", got)
	}
	if d.Severity != hcl.DiagError || *d.Subject != at || strings.Contains(d.Detail, "hint") {
		t.Errorf("got %+v", d)
	}
	nowhere := Warning(hcl.Range{}, "Image", "", "100%% of it.")
	if nowhere.Subject != nil || nowhere.Severity != hcl.DiagWarning || Text(nowhere) != "100% of it." || Hints(nowhere) != nil {
		t.Errorf("got %+v", nowhere)
	}
	if strange := (&hcl.Diagnostic{Detail: "Of hcl.", Extra: 1}); Text(strange) != "Of hcl." {
		t.Errorf("got %q", Text(strange))
	}
}

// A diagnostic keeps its own hints when another one is made from the same list.
func TestHintsAreNotShared(t *testing.T) {
	d := Error(hcl.Range{}, "", "a", "")
	d = WithHint(WithHint(d, "b"), "c")
	copied := *d
	d = WithHint(d, "d")
	other := WithHint(&copied, "x")
	if got := Hints(d); !slices.Equal(got, []string{"a", "b", "c", "d"}) || Hints(other)[3] != "x" {
		t.Errorf("got %q", got)
	}
}

func TestClosest(t *testing.T) {
	for name, want := range map[string]string{
		"costumers": "customers", "order": "orders", "ORDERS": "orders", "warehouse": "", "": "", "oxxers": "orders", "oxxxrs": "",
		"bel": "bill", "bxx": "", "bix": "bill", "b": "", "custommersss": "",
	} {
		if got := Closest(name, []string{"customers", "orders", "bill"}); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := Closest("ab", []string{"ac", "ad"}); got != "ac" {
		t.Errorf("of two that are as close: %q", got)
	}
	if got := DidYouMean("order", []string{"orders"}) + DidYouMean("x", nil); got != `did you mean "orders"?` {
		t.Errorf("got %q", got)
	}
}

func TestLists(t *testing.T) {
	for want, words := range map[string][]string{"": nil, `"a"`: {"a"}, `"a" and "b"`: {"a", "b"}, `"a", "b" and "c"`: {"a", "b", "c"}} {
		if got := And(Quoted(words)); got != want {
			t.Errorf("%v: %s, want %s", words, got, want)
		}
	}
	if got := Or([]string{"a", "b", "c"}); got != "a, b or c" {
		t.Errorf("got %q", got)
	}
}

// TestI6_DiagnosticsAreSorted: what concerns no place comes first, the rest by file, line and column.
func TestI6_DiagnosticsAreSorted(t *testing.T) {
	at := func(file string, line, column int) *hcl.Range {
		return &hcl.Range{Filename: file, Start: hcl.Pos{Line: line, Column: column}}
	}
	diags := hcl.Diagnostics{
		{Summary: "5", Subject: at("b", 1, 1)}, {Summary: "1"}, {Summary: "4", Subject: at("a", 10, 1)}, {Summary: "3", Subject: at("a", 9, 20)},
		{Summary: "2", Subject: at("a", 9, 3)}, {Summary: "1"},
	}
	for seed := range uint64(20) {
		rand.New(rand.NewPCG(seed, 3)).Shuffle(len(diags), func(i, j int) { diags[i], diags[j] = diags[j], diags[i] })
		Sort(diags)
		got := ""
		for _, d := range diags {
			got += d.Summary
		}
		if got != "112345" {
			t.Fatalf("seed %d: %s", seed, got)
		}
	}
}
