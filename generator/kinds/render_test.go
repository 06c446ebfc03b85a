package kinds

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/service"
	"github.com/groundplan/groundplan/generator/value"
)

// told is a deployment of one service, bound, with what that is told.
func renderedFor(t *testing.T, runtime app.Runtime, all []kind.Kind, resource app.Resource) (deploy.Rendered, *deploy.Workload, hcl.Diagnostics) {
	t.Helper()
	service := app.Service{Name: "orders"}
	if runtime == app.Containers {
		service.Container = &app.Container{Port: 8080, Environment: []app.Variable{{Name: "LEVEL", Value: "info", At: hcl.Range{Filename: "groundplan.app.hcl"}}}}
	}
	application := &app.App{Name: "shop", Runtime: runtime, Services: []app.Service{service}, Resources: []app.Resource{resource},
		Edges: []app.Edge{{Service: "orders", Kind: resource.Kind, Parent: resource.Parent, Resource: resource.Name, Operation: objects.WriteObject, At: hcl.Range{Filename: "orders.go"}}}}
	env := &environment.Environment{App: "shop", Name: "production", Region: "eu-west-1", Processes: []environment.Process{{Name: "orders", Services: []string{"orders"}}}}
	w := deploy.New(application, env).Workloads[0]
	for _, kind := range all {
		if kind.Bind != nil && kind.Name == resource.Kind {
			kind.Bind(w)
		}
	}
	rendered, diags := render(w, all)
	return rendered, w, diags
}

// TestTellIsPure: what a workload is told follows from what it has, and asking changes nothing.
func TestTellIsPure(t *testing.T) {
	for _, runtime := range []app.Runtime{app.EncoreGo, app.EncoreTypeScript, app.Containers} {
		first, w, diags := renderedFor(t, runtime, bindable(), app.Resource{Kind: "bucket", Name: "files", Spec: &objects.Bucket{}})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		variables, secrets, bindings := slices.Clone(w.Variables), slices.Clone(w.Secrets), slices.Clone(w.Bindings)
		second, _ := render(w, bindable())
		if d := cmp.Diff(first, second); d != "" {
			t.Errorf("%s is told something else the second time:\n%s", runtime, d)
		}
		if d := cmp.Diff([]any{variables, secrets, bindings}, []any{w.Variables, w.Secrets, w.Bindings}); d != "" {
			t.Errorf("%s: telling changes what the workload has:\n%s", runtime, d)
		}
		config, named := len(first.Config.Fields) > 0, slices.ContainsFunc(first.Variables, func(v deploy.Variable) bool { return v.Name == "FILES_BUCKET_NAME" })
		if config == (runtime == app.Containers) || named != (runtime == app.Containers) {
			t.Errorf("%s: told by an infra config %v, by variables %v", runtime, config, named)
		}
	}
}

// TestBindingsAreTold: a kind that binds and has no rendering for the runtime is an error at its resource.
func TestBindingsAreTold(t *testing.T) {
	queue := kind.Kind{Name: "queue", Noun: "queue", Bind: func(w *deploy.Workload) {
		for name, uses := range w.Uses("queue") {
			id := app.ID{Kind: "queue", Name: name}
			w.Bind(deploy.Binding{Of: id, Attributes: map[string]value.Value{"url": value.Of(id, "url")}, Why: kind.About(id, uses)})
		}
	}}
	resource := app.Resource{Kind: "queue", Name: "mails", At: hcl.Range{Filename: "mails.go"}}
	for runtime, means := range map[app.Runtime]string{app.EncoreGo: "infra config", app.Containers: "environment variables"} {
		_, _, diags := renderedFor(t, runtime, []kind.Kind{queue}, resource)
		if len(diags) != 1 || !diags.HasErrors() || diags[0].Subject.Filename != "mails.go" || !strings.Contains(diagnostic.Text(diags[0]), means) {
			t.Errorf("%s: %v", runtime, diags)
		}
	}
	queue.Env = []kind.Variable{{Pattern: "<NAME>_QUEUE_URL", Attribute: "url", Meaning: "URL."}}
	queue.Config = func(_ *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
		return []value.Field{value.Arg("queues", value.Object(value.Arg(bound[0].Of.Name, bound[0].Attributes["url"])))}, nil
	}
	got, _, diags := renderedFor(t, app.Containers, []kind.Kind{queue}, resource)
	if names := []string{got.Variables[0].Name, got.Variables[1].Name}; len(diags) > 0 || !slices.Equal(names, []string{"LEVEL", "MAILS_QUEUE_URL"}) {
		t.Errorf("variables %v, diagnostics %v", got.Variables, diags)
	}
	if got, _, diags = renderedFor(t, app.EncoreGo, []kind.Kind{queue}, resource); len(diags) > 0 || !slices.Contains(got.Config.Names(), "queues") {
		t.Errorf("sections %v, diagnostics %v", got.Config.Names(), diags)
	}
}

// TestEveryKindIsTold: whatever binds anything has a rendering for every runtime that has a part in it.
func TestEveryKindIsTold(t *testing.T) {
	for _, kind := range bindable() {
		if kind.Bind == nil {
			continue
		}
		if kind.Config == nil && kind.Name != service.Surroundings.Name {
			t.Errorf("Encore's runtimes are told nothing of a %s", kind.Noun)
		}
		if len(kind.Env) == 0 && !kind.OfRuntime {
			t.Errorf("a container is told nothing of a %s", kind.Noun)
		}
	}
}
