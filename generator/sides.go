package generator

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/output"
)

// sides are the load balancers of environments that have one, by environment.
func sides(environments []environment.Environment) map[string]output.Side {
	found := map[string]output.Side{}
	for _, env := range environments {
		if env.Exposed() {
			// The module protects none without a domain: its first one replaces it.
			found[env.Name] = output.Side{Internal: env.Internal, Protected: env.DeletionProtection && env.Domain != ""}
		}
	}
	return found
}

// checkSides finds load balancers that would face another way, which AWS does to none: terraform destroys the listeners,
// then the load balancer, and makes both anew. Protection stops it between the two.
func checkSides(environments []environment.Environment, previous map[string]output.Side) hcl.Diagnostics {
	words := map[bool]string{true: "internal", false: "internet-facing"}
	var diags hcl.Diagnostics
	now := sides(environments)
	for _, env := range environments {
		before, known := previous[env.Name]
		after, still := now[env.Name]
		if !known || !still || before.Internal == after.Internal {
			continue
		}
		if before.Protected {
			diags = append(diags, diagnostic.Error(env.At, "Protected load balancer replaced",
				fmt.Sprintf("set deletion_protection = false with all else in %s as it was, generate, and apply the platform; then make this change, apply platform and services, and switch the protection on again", environment.Filename),
				"The load balancer of environment %q is %s, and is to be %s: AWS changes none, so that it is replaced, which deletion protection stops half-way, with the listeners gone.",
				env.Name, words[before.Internal], words[after.Internal]))
			continue
		}
		diags = append(diags, diagnostic.Warning(env.At, "Load balancer replaced", "apply platform and services in a quiet hour, one after the other",
			"The load balancer of environment %q is %s, and becomes %s: AWS changes none, so that it is replaced, and nothing answers until the services are applied too.", env.Name, words[before.Internal], words[after.Internal]))
	}
	return diags
}
