package app

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Check reports what is wrong with services and endpoints taken together: paths that cannot be told apart, and
// authentication nobody performs. What is wrong with a resource is for its kind to say.
func Check(a *App) hcl.Diagnostics {
	return append(checkAuth(a), checkPaths(a)...)
}

func checkAuth(a *App) hcl.Diagnostics {
	if a.Auth != nil || a.Runtime == EncoreTypeScript { // Encore's TypeScript runtime then answers that nobody is logged in
		return nil
	}
	var diags hcl.Diagnostics
	for _, s := range a.Services {
		for _, e := range s.Endpoints {
			if e.Access == "auth" {
				diags = append(diags, diagnostic.Error(e.At, "Missing auth handler", "declare an auth handler, or make the endpoint public or private",
					"Endpoint %s.%s requires authentication, but the application has no auth handler to perform it.", s.Name, e.Name))
			}
		}
	}
	return diags
}
