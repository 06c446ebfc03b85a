// Package metric is the kind of custom metrics, and says where all measurements of a workload go.
package metric

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/source"
)

// Spec is a metric the application records itself.
type Spec struct {
	// Type is "counter" or "gauge".
	Type string
}

// Record is the one operation a service performs on a metric. It needs no right; Encore's TypeScript runtime wants to know
// of it.
const Record = "record"

// Kind is the kind of custom metrics.
var Kind = kind.Kind{
	Name: "metric",
	Noun: "metric",
	Go: []source.GoSpelling{
		metricSpelling("CounterConfig", "NewCounter", "NewCounterGroup"),
		metricSpelling("GaugeConfig", "NewGauge", "NewGaugeGroup"),
	},
	TypeScript: []source.TypeScriptSpelling{typeScript},
	Manifest:   manifest,
	Metadata:   metadata,
	Read:       read,
	Verbs:      map[string]string{Record: "records"},
	OfRuntime:  true,
	Platform:   lower,
	Bind:       bind,
	Config:     configMetrics,
	Inspection: kind.Inspection{
		List: "metrics",
		Entry: func(_ *app.App, r app.Resource) any {
			return inspected{r.Name, r.Spec.(*Spec).Type, r.Service, kind.FileLine(r.At)}
		},
		Own: func(r *app.Resource) string { return r.Spec.(*Spec).Type },
	},
}

// inspected is a metric in what inspect prints as JSON.
type inspected struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"` // counter or gauge
	Service string `json:"service"`
	At      string `json:"at"`
}

func metricSpelling(config string, constructors ...string) source.GoSpelling {
	return source.GoSpelling{
		Package:      "encore.dev/metrics",
		TypeName:     "metrics." + strings.TrimPrefix(constructors[0], "New"),
		Constructors: constructors,
		ParentArg:    -1,
		NameArg:      0,
		ConfigArg:    1,
		ConfigType:   config,
		Grammar:      source.Snake,
		// Recording a metric needs no right.
		Methods:   map[string][]string{},
		InService: true,
	}
}

func read(decl source.Decl, _ kind.Input) (any, hcl.Diagnostics) {
	metric := &Spec{Type: "counter"}
	if strings.Contains(decl.Constructor, "Gauge") {
		metric.Type = "gauge"
	}
	diags := source.Decode(decl.Config, &struct{}{})
	if strings.HasPrefix(decl.Name, "e_") {
		diags = append(diags, diagnostic.Error(decl.NameAt, "Reserved metric name", "choose a name that does not begin with e_",
			"The metric name %q begins with e_, which Encore keeps for itself.", decl.Name))
	}
	return metric, diags
}

// typeScript is how TypeScript code declares and uses one.
var typeScript = source.TypeScriptSpelling{
	Module: "encore.dev/metrics", Constructors: []string{"Counter", "CounterGroup", "Gauge", "GaugeGroup"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1,
	Grammar: source.Snake,
	Methods: map[string][]string{"increment": {Record}, "set": {Record}, "with": {Record}, "ref": {Record}},
	Outside: source.OutsideNone, Registered: true,
}

// manifest is how a manifest declares and uses one.
var manifest = []source.ManifestSpelling{
	{Block: "counter", Grammar: source.Snake, InService: true, Only: source.ForEncore, Constructor: "NewCounter", Operation: Record, Meaning: "A metric that counts."},
	{Block: "gauge", Grammar: source.Snake, InService: true, Only: source.ForEncore, Constructor: "NewGauge", Operation: Record, Meaning: "A metric that goes up and down."},
}

// metadata is how Encore's metadata lists one.
var metadata = source.MetadataSpelling{
	List: []string{"metrics"}, Name: "name", Service: "service_name",
	Constructor: source.MetadataSetting{Field: "kind", Words: []source.MetadataWordValue{
		{Word: "COUNTER", Value: source.Value{Kind: source.String, Text: "NewCounter"}},
		{Word: "GAUGE", Value: source.Value{Kind: source.String, Text: "NewGauge"}},
		{Word: "HISTOGRAM", Value: source.Value{Kind: source.String, Text: "NewHistogram"}},
	}},
	UsedIn: "metrics", Operation: Record,
}
