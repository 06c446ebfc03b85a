package modules

import (
	"testing"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
)

func TestTypes(t *testing.T) {
	for _, module := range Names() {
		for _, variable := range Variables(module) {
			if _, known := Type(module, variable); !known {
				t.Errorf("%s: no type for %s", module, variable)
			}
		}
	}
	for _, test := range [][3]string{
		{"bucket", "cors_origins", "list(string)"},
		{"bucket", "versioned", "bool"},
		{"fargate-service", "scale", "object({cpu_percent=number,max=number,memory_percent=number,min=number,on_demand=number,spot_percent=number})"},
	} {
		constraint, _ := Type(test[0], test[1])
		if got := typeexpr.TypeString(constraint); got != test[2] {
			t.Errorf("%s of %s is %s, want %s", test[1], test[0], got, test[2])
		}
	}
	if _, known := Type("bucket", "nothing"); known {
		t.Error("a variable that does not exist has a type")
	}
	if _, known := Type("nothing", "name"); known {
		t.Error("a module that does not exist has types")
	}
}
