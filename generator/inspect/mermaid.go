package inspect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/kinds"
)

// Mermaid draws an application as a Mermaid flowchart: who calls whom, who uses what. Dotted arrows are uses that
// Encore's metadata does not show. How each kind is drawn is a field of it.
func Mermaid(a *app.App) string {
	var out strings.Builder
	fmt.Fprintln(&out, "flowchart LR")
	node := func(kind, name, shape, label string) {
		fmt.Fprintf(&out, "  %s%s\n", nodeID(kind, name), strings.ReplaceAll(shape, "<name>", label))
	}
	if a.Exposed() {
		node("gateway", app.GatewayName, `{{"<name>"}}`, app.GatewayName)
	}
	if slices.ContainsFunc(a.Services, app.Service.FacesOutside) {
		node("load_balancer", "", `(["<name>"])`, "load balancer")
	}
	for _, s := range a.Services {
		node(app.ServiceKind, s.Name, `["<name>"]`, escape(s.Name))
	}
	for _, r := range a.Resources {
		if of, _ := kinds.Named(r.Kind); of.Inspection.Node != "" {
			node(r.Kind, r.Name, of.Inspection.Node, escape(r.Name))
		}
	}
	together := drawnTogether(a)
	for _, s := range a.Services {
		for _, group := range together[s.Name] {
			escaped := make([]string, len(group.names))
			for i, name := range group.names {
				escaped[i] = escape(name)
			}
			node(group.title, s.Name, `[["<name>"]]`, group.title+"<br>"+strings.Join(escaped, "<br>"))
		}
	}
	for _, line := range arrows(a, together) {
		fmt.Fprintf(&out, "  %s\n", line)
	}
	return out.String()
}

// drawnGroup is what one service uses of a kind, drawn as one node.
type drawnGroup struct {
	title string
	names []string
}

// drawnTogether are the groups of each service, in the order of kinds.
func drawnTogether(a *app.App) map[string][]drawnGroup {
	groups := map[string][]drawnGroup{}
	for _, of := range kinds.All {
		if of.Inspection.Together == "" {
			continue
		}
		names := map[string][]string{}
		for _, e := range a.Edges {
			if e.Kind == of.Name {
				names[e.Service] = add(names[e.Service], e.Resource)
			}
		}
		for service, list := range names {
			groups[service] = append(groups[service], drawnGroup{of.Inspection.Together, list})
		}
	}
	return groups
}

// arrows are the lines between nodes, each pair and label once.
func arrows(a *app.App, together map[string][]drawnGroup) []string {
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
			arrow(nodeID("gateway", app.GatewayName), nodeID(app.ServiceKind, s.Name), "", false)
		}
		if s.FacesOutside() {
			arrow(nodeID("load_balancer", ""), nodeID(app.ServiceKind, s.Name), strings.Join(s.Container.Paths, ", "), false)
		}
		for _, group := range together[s.Name] {
			arrow(nodeID(app.ServiceKind, s.Name), nodeID(group.title, s.Name), "", false)
		}
	}
	for i := range a.Resources {
		r := &a.Resources[i]
		if of, _ := kinds.Named(r.Kind); of.Inspection.Starts != nil {
			service, when := of.Inspection.Starts(r)
			arrow(nodeID(r.Kind, r.Name), nodeID(app.ServiceKind, service), when, false)
		}
	}
	var uses []app.Edge
	edges := app.Plain(a.Edges)
	for i, e := range edges {
		uses = append(uses, e)
		if i+1 < len(edges) && e.Service == edges[i+1].Service && e.To() == edges[i+1].To() && e.Hidden() == edges[i+1].Hidden() {
			continue
		}
		service := nodeID(app.ServiceKind, e.Service)
		switch of, known := kinds.Named(e.Kind); {
		case e.Kind == app.ServiceKind:
			if called := distinctCalls(uses); len(called) > 0 {
				arrow(service, nodeID(app.ServiceKind, e.Resource), "calls", false)
			}
		case of.Inspection.Under != "":
			arrow(nodeID(of.Inspection.Under, e.Parent), service, e.Resource, false)
		case known && of.Inspection.Together == "":
			arrow(service, nodeID(e.Kind, e.Resource), verbs(of, uses), e.Hidden())
		}
		uses = nil
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
