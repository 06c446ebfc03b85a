// Package attribution turns what a reader found, declarations, uses and calls, into an application whose edges say who uses what
// and why. It must not know how anything is made or printed.
package attribution

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/names"
	"github.com/groundplan/groundplan/generator/source"
)

// Resolve turns declarations and uses into resources and edges.
//
// files is the application's folder, folder its name. whole says that the source was read without errors; when it was
// not, what is missing would only mislead, so nothing but the settings of each declaration is checked.
func Resolve(read *source.Application, files fs.FS, folder string, whole bool) (*app.App, hcl.Diagnostics) {
	r := &resolver{
		read:      read,
		app:       newApp(read, folder),
		resources: map[app.ID]*app.Resource{},
		bound:     map[pair]bool{},
		used:      map[pair]bool{},
	}
	diags := r.declare(kind.Input{Application: read, Files: files})
	if !whole {
		return r.app, diags
	}
	diags = append(diags, app.Check(r.app)...)
	diags = append(diags, r.refer()...)
	diags = append(diags, r.use()...)
	r.bind()
	r.call()
	r.reach()
	r.load()
	slices.SortFunc(r.app.Edges, compareEdges)
	r.app.Edges = slices.Compact(r.app.Edges)
	diags = append(diags, kinds.CheckVariables(r.app)...)
	return r.app, append(diags, r.warn()...)
}

// pair is a service and a resource.
type pair struct {
	service string
	app.ID
}

type resolver struct {
	read      *source.Application
	app       *app.App
	resources map[app.ID]*app.Resource
	bound     map[pair]bool // declared or named in the service's tree
	used      map[pair]bool // used by an expression in the service's tree
}

func newApp(read *source.Application, folder string) *app.App {
	a := &app.App{
		ID: read.ID, NamedByFolder: read.ID == "", IDAt: read.IDAt, Name: names.OfApplication(cmp.Or(read.ID, folder)), Runtime: read.Runtime,
		Services: slices.Clone(read.Services), Auth: read.AuthHandler, Gateway: read.Gateway, Middleware: read.Middleware,
		CORS: read.CORS, ProcessPerService: read.ProcessPerService,
	}
	a.ID = cmp.Or(a.ID, a.Name)
	slices.SortFunc(a.Services, func(x, y app.Service) int { return cmp.Compare(x.Name, y.Name) })
	index := map[string]*app.Service{}
	for i := range a.Services {
		index[a.Services[i].Name] = &a.Services[i]
	}
	for _, e := range read.Endpoints {
		if s := index[e.Service]; s != nil {
			s.Endpoints = append(s.Endpoints, e)
		}
	}
	for i := range a.Services {
		slices.SortFunc(a.Services[i].Endpoints, func(x, y app.Endpoint) int { return cmp.Compare(x.Name, y.Name) })
	}
	return a
}

// declare reads every declaration into a resource.
func (r *resolver) declare(in kind.Input) hcl.Diagnostics {
	var diags hcl.Diagnostics
	first := map[app.ID]source.Decl{}
	patterns := map[app.ID]*app.Paths{} // of the parts of one resource
	for _, decl := range r.read.Decls {
		kind, ok := kinds.Named(decl.Kind)
		if !ok || decl.Reference {
			continue
		}
		spec, problems := kind.Read(decl, in)
		diags = append(diags, problems...)
		name := decl.Name
		if pattern := decl.Config.Field(kind.PartName); kind.PartOf != "" && !problems.HasErrors() {
			name = pattern.Text
			parent := app.ID{Kind: kind.PartOf, Name: decl.Parent}
			if patterns[parent] == nil {
				patterns[parent] = &app.Paths{}
			}
			if at, other := patterns[parent].Add("*", name, diagnostic.Place(pattern.At)); at != "" {
				problem := diagnostic.Error(pattern.At, "Conflicting "+kind.Noun+"s", "begin each pattern with a word of its own",
					"The pattern %q and the pattern %q of %q (at %s) can match the same key.", name, other, decl.Parent, at)
				if r.typeScript() { // where Encore does not compare them
					problem.Severity = hcl.DiagWarning
				}
				diags = append(diags, problem)
			}
		}
		k := app.ID{Kind: decl.Kind, Parent: decl.Parent, Name: name}
		if other, ok := first[k]; ok {
			if !kind.Repeatable && kind.PartOf == "" {
				diags = append(diags, duplicate(kind, r.read.Runtime, decl, other))
			}
			continue
		}
		first[k] = decl
		r.app.Resources = append(r.app.Resources, app.Resource{
			Kind: decl.Kind, Name: name, Parent: decl.Parent, Service: decl.Service, Spec: spec, At: decl.At,
		})
	}
	for _, decl := range r.read.Invalid {
		if kind, ok := kinds.Named(decl.Kind); ok {
			_, problems := kind.Read(decl, in)
			diags = append(diags, problems...)
		}
	}
	slices.SortFunc(r.app.Resources, func(x, y app.Resource) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Parent, y.Parent), cmp.Compare(x.Name, y.Name))
	})
	for i := range r.app.Resources {
		resource := &r.app.Resources[i]
		r.resources[resource.ID()] = resource
	}
	return diags
}

func duplicate(kind kind.Kind, runtime app.Runtime, decl, first source.Decl) *hcl.Diagnostic {
	of := ""
	if decl.Parent != "" {
		of = fmt.Sprintf(" of %q", decl.Parent)
	}
	hint := "rename one of them"
	if call := spelledByName(kind, runtime, decl.Name); call != "" {
		hint = "rename one of them, or refer to the other one by name: " + call
	}
	return diagnostic.Error(nameAt(decl), "Duplicate "+kind.Noun+" name", hint,
		"The %s %q%s is declared here and at %s.", kind.Noun, decl.Name, of, diagnostic.Place(nameAt(first)))
}

// refer checks references by name.
func (r *resolver) refer() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, decl := range r.read.Decls {
		kind, ok := kinds.Named(decl.Kind)
		if !ok || !decl.Reference || r.resources[app.ID{Kind: decl.Kind, Parent: decl.Parent, Name: decl.Name}] != nil {
			continue
		}
		var known []string
		for _, resource := range r.app.Of(decl.Kind) {
			known = append(known, resource.Name)
		}
		hint := fmt.Sprintf("declare the %s, or correct the name", kind.Noun)
		if near := diagnostic.DidYouMean(decl.Name, known); near != "" {
			hint = near
		} else if len(known) > 0 {
			hint = "the application declares " + strings.Join(known, ", ")
		}
		diags = append(diags, diagnostic.Error(nameAt(decl), "Unknown "+kind.Noun, hint,
			"No %s named %q is declared in the application.", kind.Noun, decl.Name))
	}
	return diags
}

// target is the resource a use of, or a declaration of, this kind is an edge to: the resource itself, or the whole it
// is a part of.
func target(kind kind.Kind, parent, name string) app.ID {
	if kind.PartOf != "" {
		return app.ID{Kind: kind.PartOf, Name: parent}
	}
	return app.ID{Kind: kind.Name, Parent: parent, Name: name}
}

func (r *resolver) edge(service string, to app.ID, operation string, origin app.Origin, through string, at hcl.Range) {
	r.app.Edges = append(r.app.Edges, app.Edge{
		Service: service, Kind: to.Kind, Parent: to.Parent, Resource: to.Name,
		Operation: operation, Origin: origin, Through: through, At: at,
	})
}

// call turns calls of endpoints into edges.
func (r *resolver) call() {
	for _, c := range r.read.Calls {
		if c.Service != "" {
			r.app.Edges = append(r.app.Edges, app.Edge{
				Service: c.Service, Kind: app.ServiceKind, Resource: c.TargetService, Operation: c.Endpoint,
				Origin: app.Used, ReferenceOnly: c.ReferenceOnly, At: c.At,
			})
		}
	}
}

func compareEdges(x, y app.Edge) int {
	return cmp.Or(
		cmp.Compare(x.Service, y.Service), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Parent, y.Parent),
		cmp.Compare(x.Resource, y.Resource), cmp.Compare(x.Operation, y.Operation), diagnostic.ComparePlaces(x.At, y.At),
		cmp.Compare(x.Origin, y.Origin), cmp.Compare(x.Through, y.Through),
	)
}

// nameAt is where a declaration says its name, or the declaration itself when it says none.
func nameAt(decl source.Decl) hcl.Range {
	if decl.NameAt.Filename == "" {
		return decl.At
	}
	return decl.NameAt
}

// spelledByName spells how a resource is referred to by name, as in sqldb.Named("users"); "" when that cannot be done.
func spelledByName(kind kind.Kind, runtime app.Runtime, name string) string {
	if runtime == app.EncoreTypeScript {
		if len(kind.TypeScript) == 0 || kind.TypeScript[0].Named == "" {
			return ""
		}
		return fmt.Sprintf("%s.%s(%q)", kind.TypeScript[0].Constructors[0], kind.TypeScript[0].Named, name)
	}
	if kind.Go[0].Named == "" {
		return ""
	}
	return fmt.Sprintf("%s.%s(%q)", path.Base(kind.Go[0].Package), kind.Go[0].Named, name)
}
