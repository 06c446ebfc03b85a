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
		{"fargate-service", "scale", "object({cpu_percent=number,max=number,memory_percent=number,min=number,on_demand=number,queues=map(object({messages_per_task=number,queue_arn=string})),spot_percent=number})"},
	} {
		constraint, _ := Type(test[0], test[1])
		if got := typeexpr.TypeString(constraint); got != test[2] {
			t.Errorf("%s of %s is %s, want %s", test[1], test[0], got, test[2])
		}
	}
	for _, test := range [][4]string{
		{"fargate-service", "scale", "cpu_percent", "60"},
		{"fargate-service", "scale", "min", ""},
		{"fargate-service", "health", "path", `"/"`},
		{"fargate-service", "firewall", "outbound_ports", "[443]"},
		{"fargate-service", "scale", "queue_arn", ""}, // a member of a member
		{"fargate-service", "nothing", "min", ""},
	} {
		if got := MemberDefault(test[0], test[1], test[2]); got != test[3] {
			t.Errorf("the default of %s.%s of %s is %q, want %q", test[1], test[2], test[0], got, test[3])
		}
	}
	if _, known := Type("bucket", "nothing"); known {
		t.Error("a variable that does not exist has a type")
	}
	if _, known := Type("nothing", "name"); known {
		t.Error("a module that does not exist has types")
	}
}
