package inspect

import (
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/metric"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
)

// TestInspectShowsEveryKind fails when a kind is added and not shown: it must at least be counted somewhere.
func TestInspectShowsEveryKind(t *testing.T) {
	specs := map[string]any{
		"database": &database.Spec{}, "topic": &topic.Spec{}, "subscription": &topic.Subscription{}, "bucket": &objects.Bucket{},
		"cache": &cache.Spec{}, "keyspace": &cache.Keyspace{}, "secret": nil, "cron": &cron.Spec{}, "metric": &metric.Spec{},
	}
	for _, kind := range kinds.All {
		spec, ok := specs[kind.Name]
		if !ok {
			t.Errorf("no sample of %s", kind.Name)
			continue
		}
		a := &app.App{Services: []app.Service{{Name: "s"}}, Resources: []app.Resource{{Kind: kind.Name, Name: "needle", Parent: "p", Service: "s", Spec: spec}}}
		if kind.PartOf != "" {
			a.Resources = append(a.Resources, app.Resource{Kind: kind.PartOf, Name: "p", Spec: specs[kind.PartOf]})
		}
		if kind.Bound {
			a.Edges = append(a.Edges, app.Edge{Service: "s", Kind: kind.Name, Parent: "p", Resource: "needle", Operation: kind.Operation, Origin: app.Declared})
		}
		text, err := JSON(a, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "needle") {
			t.Errorf("the JSON does not show a %s", kind.Noun)
		}
		if kind.PartOf == "" && !strings.Contains(Text(a, nil, false), "needle") {
			t.Errorf("the text does not show a %s", kind.Noun)
		}
	}
}

func TestInspectTextColors(t *testing.T) {
	a := &app.App{
		Name: "x", Runtime: app.EncoreGo, Services: []app.Service{{Name: "s"}},
		Resources: []app.Resource{{Kind: "database", Name: "d", Spec: &database.Spec{}}},
		Edges:     []app.Edge{{Service: "s", Kind: "database", Resource: "d", Origin: app.Across, Through: "o.D"}},
	}
	if text := Text(a, nil, false); strings.Contains(text, "\x1b") {
		t.Errorf("colours without a terminal: %q", text)
	}
	if text := Text(a, nil, true); !strings.Contains(text, "\x1b[1ms\x1b[0m") || !strings.Contains(text, "\x1b[33m  database  d  uses through o.D") {
		t.Errorf("no bold service or no mark on what Encore hides: %q", text)
	}
}

func TestMermaidEscapes(t *testing.T) {
	a := &app.App{Services: []app.Service{{Name: `a"b<c>#d`}, {Name: "a-b"}, {Name: "a_b"}}}
	text := Mermaid(a)
	for _, want := range []string{`["a#quot;b#lt;c#gt;#35;d"]`, `service_a_2d_b["a-b"]`, `service_a_5f_b["a_b"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}
