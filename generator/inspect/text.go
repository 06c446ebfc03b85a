package inspect

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/holdings"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/kind"
)

// row is one line about a service or the application.
type row struct {
	kind, name, what, at string
	// hidden says that Encore's metadata does not show it.
	hidden bool
}

// block is a heading and the rows below it.
type block struct {
	title, note string
	rows        []row
}

// Text describes an application for somebody at a terminal: per service its endpoints, what it uses, how, and
// where; then what belongs to no service. Columns are aligned over all of that; what holds data follows, if anything does.
func Text(a *app.App, held []holdings.Held, color bool) string {
	from, resources := edgesByService(a), resourcesByID(a)
	var blocks []block
	for _, s := range a.Services {
		blocks = append(blocks, block{title: s.Name, note: endpointNote(s), rows: serviceRows(resources, from[s.Name])})
	}
	if rows := sharedRows(a); len(rows) > 0 {
		blocks = append(blocks, block{title: "application", rows: rows})
	}

	var out strings.Builder
	fmt.Fprintf(&out, "%s  %s\n", bolden(a.Name, color), headline(a))
	titleWidth, widths := columns(blocks)
	for _, b := range blocks {
		fmt.Fprintln(&out)
		line := pad(b.title, titleWidth)
		fmt.Fprintf(&out, "%s%s\n", bolden(b.title, color), strings.TrimRight(line[len(b.title):]+"  "+b.note, " "))
		for _, r := range b.rows {
			text := fmt.Sprintf("  %s  %s  %s", pad(r.kind, widths[0]), pad(r.name, widths[1]), pad(r.what, widths[2]))
			fmt.Fprintln(&out, paintRow(text, r, color))
		}
	}
	writeHeld(&out, held, color)
	return out.String()
}

// writeHeld lists what holds data with the ids that --accept-replacement and --forget take, quoted for a shell.
func writeHeld(out *strings.Builder, held []holdings.Held, color bool) {
	if len(held) == 0 {
		return
	}
	width := 0
	for _, h := range held {
		width = max(width, utf8.RuneCountInString(h.ID)+2)
	}
	fmt.Fprintf(out, "\n%s  ids for --accept-replacement; with * for --forget as well, once it has left the code\n", bolden("holds data", color))
	for _, h := range held {
		mark := ' '
		if h.Forgettable {
			mark = '*'
		}
		fmt.Fprintf(out, "%c %s  %s\n", mark, pad(fmt.Sprintf("%q", h.ID), width), h.Name)
	}
}

func headline(a *app.App) string {
	runtime := map[app.Runtime]string{app.EncoreGo: "Encore Go", app.EncoreTypeScript: "Encore TypeScript", app.Containers: "plain containers"}[a.Runtime]
	endpoints := 0
	for _, s := range a.Services {
		endpoints += len(s.Endpoints)
	}
	parts := []string{runtime, count(len(a.Services), "service"), count(endpoints, "endpoint")}
	if a.Exposed() {
		parts = append(parts, "gateway "+app.GatewayName)
	}
	if a.Auth != nil {
		parts = append(parts, fmt.Sprintf("auth by %s.%s", a.Auth.Service, a.Auth.Name))
	}
	return strings.Join(parts, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func endpointNote(s app.Service) string {
	if s.Container != nil {
		return containerNote(s.Container)
	}
	byAccess := map[string]int{}
	for _, e := range s.Endpoints {
		byAccess[e.Access]++
	}
	var parts []string
	for _, access := range []string{"public", "auth", "private"} {
		if byAccess[access] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", access, byAccess[access]))
		}
	}
	if len(parts) == 0 {
		return "no endpoints"
	}
	return strings.Join(parts, "  ")
}

// containerNote says who reaches a container.
func containerNote(c *app.Container) string {
	switch {
	case c.Job:
		return "job"
	case c.Worker:
		return "worker"
	case !c.Public:
		return "internal"
	}
	note := "public"
	if c.Subdomain != "" {
		note += " as " + c.Subdomain
	}
	if len(c.Paths) > 0 {
		note += " for " + strings.Join(c.Paths, ", ")
	}
	return note
}

// serviceRows says what one service uses: a row per resource and way to it, in the order of kinds, then calls.
func serviceRows(resources map[app.ID]*app.Resource, edges []app.Edge) []row {
	var rows []row
	edges = app.Plain(edges)
	for _, kind := range kinds.All {
		var group []app.Edge
		for i, e := range edges {
			if e.Kind != kind.Name || e.Origin == app.Demanded {
				continue
			}
			group = append(group, e)
			if i+1 == len(edges) || e.To() != edges[i+1].To() {
				rows = append(rows, targetRows(resources, kind, group)...)
				group = nil
			}
		}
	}
	for _, call := range distinctCalls(edges) {
		name := call.Resource
		if call.Operation != "" {
			name += "." + call.Operation
		}
		r := row{kind: "calls", name: name, at: kind.FileLine(call.At), hidden: call.Hidden()}
		if r.hidden {
			r.what = "through " + call.Through
		}
		rows = append(rows, r)
	}
	return rows
}

// targetRows describes the edges of one service to one resource: its own uses in one row, and one more for each
// roundabout way.
func targetRows(resources map[app.ID]*app.Resource, of kind.Kind, edges []app.Edge) []row {
	resource := resources[app.ID{Kind: of.Name, Parent: edges[0].Parent, Name: edges[0].Resource}]
	var ways []string
	byWay := map[string][]app.Edge{}
	for _, e := range edges {
		way := e.Through
		if e.Origin == app.ThroughMiddleware {
			way = "middleware " + way
		}
		if e.Origin == app.Reached && path.Ext(way) == "" {
			way = "package " + way
		}
		if !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
		byWay[way] = append(byWay[way], e)
	}
	slices.Sort(ways)
	var rows []row
	for _, way := range ways {
		group := byWay[way]
		first := group[0]
		r := row{kind: of.Name, name: first.Resource, what: verbs(of, group), at: kind.FileLine(first.At)}
		if way != "" {
			r.what += " through " + way
			r.hidden = first.Origin != app.ThroughMiddleware && !of.Everywhere // Encore attributes those to whoever might read them
		} else if of.Bound && resource != nil && resource.Service == first.Service && of.Operation == "" && !of.Repeatable {
			r.what, r.at = "owns", kind.FileLine(resource.At)
		}
		if shown := of.Inspection; shown.Under != "" && resource != nil {
			r.kind, r.name = shown.Under, first.Parent
			r.what += " " + shown.AsPart(resource)
		}
		rows = append(rows, r)
	}
	return rows
}

// verbs joins what the operations do, each once.
func verbs(kind kind.Kind, edges []app.Edge) string {
	var words []string
	for _, e := range edges {
		if verb := kind.Verbs[e.Operation]; verb != "" {
			words = add(words, verb)
		}
	}
	return strings.Join(words, ", ")
}

// distinctCalls are the endpoints of other services that a service calls, each once, at its first call.
func distinctCalls(edges []app.Edge) []app.Edge {
	var found []app.Edge
	for _, e := range edges {
		if e.Kind != app.ServiceKind || e.ReferenceOnly || e.Resource == e.Service {
			continue
		}
		if n := len(found); n > 0 && found[n-1].To() == e.To() && found[n-1].Operation == e.Operation {
			continue
		}
		found = append(found, e)
	}
	return found
}

// sharedRows are what belongs to the application as a whole: cron jobs, metrics, secrets every service is given, and
// resources nobody uses.
func sharedRows(a *app.App) []row {
	var rows []row
	used := map[app.ID]bool{}
	demanded := map[app.ID]bool{}
	for _, r := range a.Resources {
		if of, _ := kinds.Named(r.Kind); of.Inspection.Under != "" { // a topic is used by its subscriptions
			used[app.ID{Kind: of.Inspection.Under, Name: r.Parent}] = true
		}
	}
	for _, e := range a.Edges {
		k := e.To()
		used[k] = used[k] || e.Origin != app.Demanded
		demanded[k] = demanded[k] || e.Origin == app.Demanded
	}
	for _, e := range a.Loads {
		what := "used by every process while " + a.LoadedUnits() + " load"
		rows = append(rows, row{kind: e.Kind, name: e.Resource, what: what, at: kind.FileLine(e.At), hidden: true})
		used[e.To()] = true
	}
	for _, of := range kinds.All {
		for _, r := range a.Of(of.Name) {
			line := row{kind: of.Name, name: r.Name, at: kind.FileLine(r.At)}
			switch {
			case of.Inspection.Own != nil:
				line.what = of.Inspection.Own(&r)
			case demanded[r.ID()]:
				line.what = "given to every service"
			case of.PartOf != "" || used[r.ID()]:
				continue
			default:
				line.what = "used by no service"
			}
			rows = append(rows, line)
		}
	}
	return rows
}

// columns measures the titles and the first three columns of the rows, in characters. A few long rows do not push
// everything to the right: past a limit they overflow.
func columns(blocks []block) (title int, widths [3]int) {
	limits := [3]int{12, 32, 60}
	for _, b := range blocks {
		title = max(title, utf8.RuneCountInString(b.title))
		for _, r := range b.rows {
			for i, text := range []string{r.kind, r.name, r.what} {
				widths[i] = max(widths[i], min(limits[i], utf8.RuneCountInString(text)))
			}
		}
	}
	return title, widths
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

func bolden(text string, color bool) string {
	if !color {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

// paintRow adds the position, dimmed, and marks what Encore's metadata hides.
func paintRow(text string, r row, color bool) string {
	if !color {
		return text + "  " + r.at
	}
	if r.hidden {
		text = "\x1b[33m" + text + "\x1b[0m"
	}
	return text + "  \x1b[2m" + r.at + "\x1b[0m"
}
