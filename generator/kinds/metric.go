package kinds

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// Metric is a metric the application records itself.
type Metric struct {
	// Type is "counter" or "gauge".
	Type string
}

// Record is the one operation a service performs on a metric. It needs no right; Encore's TypeScript runtime wants to know
// of it.
const Record = "record"

// Metrics is the kind of custom metrics.
var Metrics = Kind{
	Name: "metric",
	Noun: "metric",
	Go: []source.GoSpelling{
		metricSpelling("CounterConfig", "NewCounter", "NewCounterGroup"),
		metricSpelling("GaugeConfig", "NewGauge", "NewGaugeGroup"),
	},
	TypeScript: []source.TypeScriptSpelling{metricTypeScript},
	Manifest:   metricManifest,
	Metadata:   metricMetadata,
	Read:       readMetric,
	Verbs:      map[string]string{Record: "records"},
	OfRuntime:  true,
	Platform:   lowerMetrics,
	Bind:       bindMetrics,
	Config:     configMetrics,
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

func readMetric(decl source.Decl, _ Input) (any, hcl.Diagnostics) {
	metric := &Metric{Type: "counter"}
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

// metricTypeScript is how TypeScript code declares and uses one.
var metricTypeScript = source.TypeScriptSpelling{
	Module: "encore.dev/metrics", Constructors: []string{"Counter", "CounterGroup", "Gauge", "GaugeGroup"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1,
	Grammar: source.Snake,
	Methods: map[string][]string{"increment": {Record}, "set": {Record}, "with": {Record}, "ref": {Record}},
	Outside: source.OutsideNone, Registered: true,
}

// metricManifest is how a manifest declares and uses one.
var metricManifest = []source.ManifestSpelling{
	{Block: "counter", Grammar: source.Snake, InService: true, Only: source.ForEncore, Constructor: "NewCounter", Operation: Record, Meaning: "A metric that counts."},
	{Block: "gauge", Grammar: source.Snake, InService: true, Only: source.ForEncore, Constructor: "NewGauge", Operation: Record, Meaning: "A metric that goes up and down."},
}

// metricMetadata is how Encore's metadata lists one.
var metricMetadata = source.MetadataSpelling{
	List: []string{"metrics"}, Name: "name", Service: "service_name",
	Constructor: source.MetadataSetting{Field: "kind", Words: []source.MetadataWordValue{
		{Word: "COUNTER", Value: source.Value{Kind: source.String, Text: "NewCounter"}},
		{Word: "GAUGE", Value: source.Value{Kind: source.String, Text: "NewGauge"}},
		{Word: "HISTOGRAM", Value: source.Value{Kind: source.String, Text: "NewHistogram"}},
	}},
	UsedIn: "metrics", Operation: Record,
}
