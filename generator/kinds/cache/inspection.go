package cache

import (
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds/kind"
)

// inspected is a cache cluster in what inspect prints as JSON, with the keyspaces of all services.
type inspected struct {
	Name       string              `json:"name"`
	Eviction   string              `json:"eviction"`
	Keyspaces  []inspectedKeyspace `json:"keyspaces"`
	DeclaredIn string              `json:"declared_in,omitempty"`
	At         string              `json:"at"`
}

// inspectedKeyspace is one of them.
type inspectedKeyspace struct {
	Service string `json:"service"`
	Path    string `json:"path"`
	At      string `json:"at"`
}

func inspect(a *app.App, r app.Resource) any {
	cluster := inspected{r.Name, r.Spec.(*Spec).EvictionPolicy, []inspectedKeyspace{}, r.Service, kind.FileLine(r.At)}
	for _, k := range a.Of("keyspace") {
		if k.Parent == r.Name {
			cluster.Keyspaces = append(cluster.Keyspaces, inspectedKeyspace{k.Service, k.Name, kind.FileLine(k.At)})
		}
	}
	return cluster
}
