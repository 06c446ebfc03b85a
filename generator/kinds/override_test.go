package kinds

import (
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/modules"
)

// TestE1_WhatCannotBeSetExists: a module or argument that is gone leaves no reason behind, and each reason reads as one.
func TestE1_WhatCannotBeSetExists(t *testing.T) {
	for module, arguments := range settled {
		for argument, reason := range arguments {
			if module != "" && !declared(module, argument) {
				t.Errorf("there is no argument %s of %s", argument, module)
			}
			if reason[0] == "" || reason[1] == "" || strings.HasSuffix(reason[0], ".") || strings.HasSuffix(reason[1], ".") {
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

// TestE1_MovedArgumentsAreWhereTheyAreSaidToBe: none of them exists by its old name, and each by its new one.
func TestE1_MovedArgumentsAreWhereTheyAreSaidToBe(t *testing.T) {
	for module, arguments := range moved {
		for old, place := range arguments {
			if declared(module, old) || !strings.Contains(place, ".") || !declared(module, place) {
				t.Errorf("%s of %s: there is %s as well, or no %s", old, module, old, place)
			}
		}
	}
}
