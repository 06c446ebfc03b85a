//go:build validate

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// addZones makes the zones in which the modules that a stack calls prove names: they were there before.
func addZones(t *testing.T, cloud *emulator.Cloud, folder string) {
	t.Helper()
	for _, block := range blocks(t, folder) {
		zones := map[string]string{} // id -> a name in it
		if domain, zone := block.Body.Attributes["domain"], block.Body.Attributes["hosted_zone_id"]; block.Type == "module" && domain != nil && zone != nil {
			zones[readText(t, zone)] = readText(t, domain)
		}
		if others := block.Body.Attributes["hosted_zone_ids"]; block.Type == "module" && others != nil {
			byName, diags := others.Expr.Value(nil)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			for name, id := range byName.AsValueMap() {
				if id != cty.StringVal("") {
					zones[id.AsString()] = name
				}
			}
		}
		for id, name := range zones {
			if err := cloud.AddZone(t.Context(), id, name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestPrivateZonesProveNothing plans names that would be proven in zones that answer nobody outside, which ACM would look for in vain,
// and the same names in public zones.
func TestPrivateZonesProveNothing(t *testing.T) {
	cloud := startEmulator(t, account)
	modules, err := filepath.Abs("../modules")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	code := strings.ReplaceAll(`
provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

module "load_balancer" {
  source = "MODULES/load-balancer"

  name                = "shop-production"
  vpc_id              = "vpc-0123456789abcdef0"
  subnet_ids          = ["subnet-0a", "subnet-0b"]
  domain              = "api.example.com"
  alternative_domains = ["api.example.net"]
  hosted_zone_id      = "Z0COM"
  hosted_zone_ids     = { "api.example.net" = "Z0NET" }
}

module "cdn" {
  source = "MODULES/cdn"

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  name                        = "shop-production-avatars"
  bucket_regional_domain_name = "shop-production-avatars-0a1b2c3d.s3.eu-west-1.amazonaws.com"
  price_class                 = "PriceClass_100"
  domain                      = "avatars.example.com"
  hosted_zone_id              = "Z0COM"
}
`, "MODULES", modules)
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	tf := newTerraform(t, folder, cloud.Environment())
	tf.run(t, "init", "-input=false", "-no-color")
	add := func(id, name string, private bool) {
		make := cloud.AddZone
		if private {
			make = cloud.AddPrivateZone
		}
		if err := make(t.Context(), id, name); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name     string
		com, net bool // whether the zone is private
		want     []string
	}{
		{"public", false, false, nil},
		{"another name's", false, true, []string{"Z0NET (example.net) is private, and ACM could not prove api.example.net there"}},
		{"the domain's", true, false, []string{"Z0COM (example.com) is private, and ACM could not prove api.example.com there", "Z0COM (example.com) is private, and ACM could not prove avatars.example.com there"}},
	} {
		add("Z0COM", "example.com", test.com)
		add("Z0NET", "example.net", test.net)
		_, err := tf.try("plan", "-input=false", "-no-color", "-lock=false")
		if (err != nil) != (len(test.want) > 0) {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		for _, want := range test.want {
			if got := strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "│", "")), " "); !strings.Contains(got, want) {
				t.Errorf("%s: no %q in %s", test.name, want, got)
			}
		}
	}
}
