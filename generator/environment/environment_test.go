package environment

import (
	"fmt"
	"testing"
)

func TestHostedServices(t *testing.T) {
	p := Process{Services: []string{"billing", "web"}, AuthService: "users"}
	if got := fmt.Sprint(p.HostedServices()); got != "[billing users web]" {
		t.Errorf("got %s", got)
	}
	if got := fmt.Sprint(p.Services); got != "[billing web]" {
		t.Errorf("services became %s", got)
	}
}
