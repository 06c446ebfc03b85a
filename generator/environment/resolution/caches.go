package resolution

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/table"
	"github.com/groundplan/groundplan/generator/settings"
)

// resolveCaches gives every cache cluster of the application its size.
func resolveCaches(e *environment.Environment, b *settings.Block, profile int, application *app.App) hcl.Diagnostics {
	var names []string
	for _, r := range application.Resources {
		if r.Kind == "cache" {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	blocks := map[string]*settings.Block{}
	var diags hcl.Diagnostics
	for _, inner := range b.All("cache") {
		blocks[inner.Label] = inner
		if !slices.Contains(names, inner.Label) {
			diags = append(diags, diagnostic.UnknownName(inner.LabelAt, "cache cluster", inner.Label, names, "remove the block"))
		}
	}
	for _, name := range names {
		cache, inner := environment.Cache{Name: name}, blocks[name]
		table.SetDefaults(&cache, table.CacheSettings, profile)
		table.Override(&cache, table.CacheSettings, inner)
		if cache.MultiAZ && cache.Replicas == 0 {
			// With neither written the profile's values agree; whoever says no replicas means no second zone either.
			if inner.Find("multi_az") != nil {
				diags = append(diags, diagnostic.Error(inner.Where("replicas", "multi_az"), "Nothing to take over", "set replicas = 1, or multi_az = false",
					"The cache cluster %q is to survive the loss of a zone, but has no replica.", name))
			}
			cache.MultiAZ = false
		}
		if cache.SnapshotRetentionDays > 0 && strings.HasPrefix(cache.NodeType, "cache.t1.") {
			diags = append(diags, diagnostic.Error(inner.Where("node_type", "snapshot_retention_days"), "Snapshots not available", "set snapshot_retention_days = 0, or another node_type",
				"Nodes of the type %s make no snapshots.", cache.NodeType))
		}
		e.Caches = append(e.Caches, cache)
	}
	return diags
}

// resolveMetrics says where measurements go.
func resolveMetrics(e *environment.Environment, b *settings.Block, profile int) hcl.Diagnostics {
	inner := b.First("metrics")
	e.Metrics.Namespace = e.App + "/" + e.Name
	table.SetDefaults(&e.Metrics, table.MetricsSettings, profile)
	table.Override(&e.Metrics, table.MetricsSettings, inner)
	var diags hcl.Diagnostics
	for _, r := range table.MetricsSettings {
		if destination := table.MetricsOnlyFor[r.Name]; destination != "" && destination != e.Metrics.Destination && inner.Find(r.Name) != nil {
			diags = append(diags, diagnostic.Error(*inner.Find(r.Name), "Setting of another destination", "remove it",
				"%q is a setting of the destination %q, and metrics go to %q.", r.Name, destination, e.Metrics.Destination))
		}
	}
	if e.NAT == "none" && (e.Metrics.Destination == "prometheus" || e.Metrics.Destination == "datadog") {
		diags = append(diags, diagnostic.Error(inner.Where("destination"), "Metrics out of reach", `use "cloudwatch" or "none", or have a NAT gateway`,
			"Without NAT nothing outside AWS is reached, and metrics go to %q.", e.Metrics.Destination))
	}
	return diags
}
