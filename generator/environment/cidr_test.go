package environment

import (
	"fmt"
	"maps"
	"net/netip"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/environment/rule"
)

func namedEnvironments(count int) []Environment {
	list := make([]Environment, count)
	for i := range list {
		list[i] = Environment{App: "shop", Name: fmt.Sprintf("e%03d", i)}
	}
	return list
}

func TestE2_AddressRanges(t *testing.T) {
	t.Run("two environments never share a range", func(t *testing.T) {
		list := namedEnvironments(255)
		granted, err := GrantCIDRs(list, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if bad := rule.IsVPCRange(list[i].CIDR); bad != rule.Fine || granted[list[i].Name] != list[i].CIDR {
				t.Fatalf("%s: %s %s", list[i].Name, list[i].CIDR, bad.Detail)
			}
			for j := range list[:i] {
				if netip.MustParsePrefix(list[i].CIDR).Overlaps(netip.MustParsePrefix(list[j].CIDR)) {
					t.Fatalf("%s and %s overlap", list[i].Name, list[j].Name)
				}
			}
		}
		if _, err := GrantCIDRs(namedEnvironments(256), nil); err == nil || !strings.Contains(diagnostic.Text(err), "hint: set its cidr") {
			t.Errorf("256 environments: %v", err)
		}
	})
	t.Run("a range once granted stays, whoever comes later", func(t *testing.T) {
		list := namedEnvironments(200)
		first, err := GrantCIDRs(list[100:], nil)
		if err != nil {
			t.Fatal(err)
		}
		second, err := GrantCIDRs(namedEnvironments(200), first)
		if err != nil {
			t.Fatal(err)
		}
		for name, cidr := range first {
			if second[name] != cidr {
				t.Errorf("%s moved from %s to %s", name, cidr, second[name])
			}
		}
		third, err := GrantCIDRs(namedEnvironments(200), second)
		if err != nil || !maps.Equal(second, third) {
			t.Errorf("a second run differs: %v", err)
		}
	})
	t.Run("the same names lead to the same range", func(t *testing.T) {
		granted, err := GrantCIDRs([]Environment{{App: "shop", Name: "production"}}, nil)
		if err != nil || granted["production"] != "10.85.0.0/16" {
			t.Errorf("got %v, %v", granted, err)
		}
	})
	t.Run("ranges from the file and of environments that left the file stay free", func(t *testing.T) {
		all, err := GrantCIDRs([]Environment{{App: "shop", Name: "production"}}, map[string]string{"old": "10.0.0.0/9"})
		if err != nil {
			t.Fatal(err)
		}
		if all["old"] != "10.0.0.0/9" {
			t.Errorf("the grant of an environment that left is lost: %v", all)
		}
		if prefix := netip.MustParsePrefix(all["production"]); netip.MustParsePrefix("10.0.0.0/9").Overlaps(prefix) {
			t.Errorf("%s is taken", prefix)
		}
		list := []Environment{{App: "shop", Name: "production"}, {App: "shop", Name: "staging", CIDR: "10.85.0.0/17"}}
		all, err = GrantCIDRs(list, map[string]string{"staging": "10.99.0.0/16"})
		if err != nil || all["staging"] != "10.85.0.0/17" || all["production"] == "10.85.0.0/16" {
			t.Errorf("got %v, %v", all, err)
		}
	})
	t.Run("a lock file that cannot be read is an error", func(t *testing.T) {
		if _, err := GrantCIDRs(nil, map[string]string{"old": "nonsense"}); err == nil || !strings.Contains(diagnostic.Text(err), "environment old") {
			t.Errorf("got %v", err)
		}
	})
}
