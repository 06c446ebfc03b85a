package build

import (
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/modules"
)

// TestE1_WhatCannotBeSetExists: a module or argument that is gone leaves no reason behind, and each reason reads as one.
func TestE1_WhatCannotBeSetExists(t *testing.T) {
	settled := stackSettings(deploy.New(&app.App{Name: "shop"}, &environment.Environment{App: "shop", Name: "production", Compute: "fargate"})).Settled
	if len(settled) < 15 {
		t.Errorf("only %d modules have settled arguments: those of kinds are missing", len(settled))
	}
	for module, arguments := range settled {
		for argument, reason := range arguments {
			if module != "" && !declared(module, argument) {
				t.Errorf("there is no argument %s of %s", argument, module)
			}
			if reason.Why == "" || reason.Instead == "" || strings.HasSuffix(reason.Why, ".") || strings.HasSuffix(reason.Instead, ".") {
				t.Errorf("%s of %s: %q", argument, module, reason)
			}
		}
	}
	for argument := range settled[""] {
		have := slices.DeleteFunc(modules.Names(), func(module string) bool { return !slices.Contains(modules.Variables(module), argument) })
		if len(have) < 3 {
			t.Errorf("%s is settled for all modules, and only %v have it", argument, have)
		}
	}
}

// declared reports whether a module has an argument, or a member of one as in "scale.min".
func declared(module, argument string) bool {
	name, member, inside := strings.Cut(argument, ".")
	constraint, known := modules.Type(module, name)
	return known && (!inside || constraint.IsMapType() || constraint.IsObjectType() && constraint.HasAttribute(member))
}
