package cache

import (
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
)

// TestC1_KeysBesideTheGateway: services of one process share its user of the cache, but the gateway's user, which the code
// of one of them runs under, still reaches the keys of the other.
func TestC1_KeysBesideTheGateway(t *testing.T) {
	space := func(service, pattern string) app.Resource {
		return app.Resource{Kind: "keyspace", Parent: "main", Name: pattern, Service: service, Spec: &Keyspace{}}
	}
	application := &app.App{Name: "shop", Services: []app.Service{{Name: "users"}, {Name: "web"}}, Resources: []app.Resource{space("users", ":key"), space("web", "web/:key")}}
	for auth, want := range map[string]int{"": 0, "users": 1} {
		env := &environment.Environment{App: "shop", Name: "production", Processes: []environment.Process{
			{Name: "gateway", Gateway: true, AuthService: auth}, {Name: "inner", Services: []string{"users", "web"}},
		}}
		if found := checkCaches(deploy.New(application, env)); len(found) != want {
			t.Errorf("auth handler %q: %d warnings, want %d: %v", auth, len(found), want, found)
		}
	}
}
