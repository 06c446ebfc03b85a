package inspect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
)

// Mermaid draws an application as a Mermaid flowchart: who calls whom, who uses what. Dotted arrows are uses that
// Encore's metadata does not show. Secrets are drawn as one node per service that reads any, metrics not at all.
func Mermaid(a *app.App) string {
	var out strings.Builder
	fmt.Fprintln(&out, "flowchart LR")
	node := func(kind, name, shape, label string) {
		before, after, _ := strings.Cut(shape, " ")
		fmt.Fprintf(&out, "  %s%s\"%s\"%s\n", nodeID(kind, name), before, label, after)
	}
	if a.Exposed() {
		node("gateway", app.GatewayName, "{{ }}", app.GatewayName)
	}
	if slices.ContainsFunc(a.Services, app.Service.FacesOutside) {
		node("load_balancer", "", "([ ])", "load balancer")
	}
	for _, s := range a.Services {
		node("service", s.Name, "[ ]", escape(s.Name))
	}
	for _, r := range a.Resources {
		switch r.Kind {
		case database.Kind.Name, cache.Kind.Name, objects.Kind.Name:
			node(r.Kind, r.Name, "[( )]", r.Kind+" "+escape(r.Name))
		case "topic":
			node(r.Kind, r.Name, "([ ])", r.Kind+" "+escape(r.Name))
		case "cron":
			node(r.Kind, r.Name, "(( ))", escape(r.Name))
		}
	}
	secrets := secretsByService(a)
	for _, s := range a.Services {
		if names := secrets[s.Name]; len(names) > 0 {
			escaped := make([]string, len(names))
			for i, name := range names {
				escaped[i] = escape(name)
			}
			node("secrets", s.Name, "[[ ]]", "secrets<br>"+strings.Join(escaped, "<br>"))
		}
	}
	for _, line := range arrows(a, secrets) {
		fmt.Fprintf(&out, "  %s\n", line)
	}
	return out.String()
}

func secretsByService(a *app.App) map[string][]string {
	secrets := map[string][]string{}
	for _, e := range a.Edges {
		if e.Kind == "secret" {
			secrets[e.Service] = add(secrets[e.Service], e.Resource)
		}
	}
	return secrets
}

// arrows are the lines between nodes, each pair and label once.
func arrows(a *app.App, secrets map[string][]string) []string {
	var lines []string
	drawn := map[string]bool{}
	arrow := func(from, to, label string, dotted bool) {
		body, open, shut := "-->", "--", "-->"
		if dotted {
			body, open, shut = "-.->", "-.", ".->"
		}
		line := fmt.Sprintf("%s %s %s", from, body, to)
		if label != "" {
			line = fmt.Sprintf("%s %s \"%s\" %s %s", from, open, escape(label), shut, to)
		}
		if !drawn[line] {
			drawn[line] = true
			lines = append(lines, line)
		}
	}
	for _, s := range a.Services {
		if slices.ContainsFunc(s.Endpoints, app.Endpoint.Exposed) {
			arrow(nodeID("gateway", app.GatewayName), nodeID("service", s.Name), "", false)
		}
		if s.FacesOutside() {
			arrow(nodeID("load_balancer", ""), nodeID("service", s.Name), strings.Join(s.Container.Paths, ", "), false)
		}
		if len(secrets[s.Name]) > 0 {
			arrow(nodeID("service", s.Name), nodeID("secrets", s.Name), "", false)
		}
	}
	for _, r := range a.Resources {
		if c, ok := r.Spec.(*cron.Spec); ok {
			arrow(nodeID("cron", r.Name), nodeID("service", c.Service), when(c), false)
		}
	}
	var group []app.Edge
	edges := app.Plain(a.Edges)
	for i, e := range edges {
		group = append(group, e)
		if i+1 < len(edges) && e.Service == edges[i+1].Service && e.To() == edges[i+1].To() && e.Hidden() == edges[i+1].Hidden() {
			continue
		}
		service := nodeID("service", e.Service)
		switch kind, known := kinds.Named(e.Kind); {
		case e.Kind == "service":
			if called := calls(group); len(called) > 0 {
				arrow(service, nodeID("service", e.Resource), "calls", false)
			}
		case e.Kind == "subscription":
			arrow(nodeID("topic", e.Parent), service, e.Resource, false)
		case known && e.Kind != "secret":
			arrow(service, nodeID(e.Kind, e.Resource), verbs(kind, group), e.Hidden())
		}
		group = nil
	}
	return lines
}

// nodeID is an identifier Mermaid accepts, different for different names.
func nodeID(kind, name string) string {
	var id strings.Builder
	id.WriteString(kind + "_")
	for _, c := range name {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			id.WriteRune(c)
		} else {
			fmt.Fprintf(&id, "_%x_", c)
		}
	}
	return id.String()
}

// escape makes text safe inside a quoted Mermaid label.
func escape(text string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "\n", " ").Replace(text)
}
