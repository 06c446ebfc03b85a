package generator_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
)

// registryList is the argument of that name of the registry's module call; nil when it is left out.
func registryList(t *testing.T, output *generator.Output, argument string) []string {
	t.Helper()
	const file = "production/platform/registry.tf"
	parsed, diags := hclsyntax.ParseConfig(output.Files[file], file, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	written := parsed.Body.(*hclsyntax.Body).Blocks[0].Body.Attributes[argument]
	if written == nil {
		return nil
	}
	value, diags := written.Expr.Value(nil)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var list []string
	for _, element := range value.AsValueSlice() {
		list = append(list, element.AsString())
	}
	return list
}

// TestR1_EveryExecutionRoleMayPull: the platform's patterns admit the role of every process, also of one whose name had to
// be shortened, and no other role of the account.
func TestR1_EveryExecutionRoleMayPull(t *testing.T) {
	long := strings.Repeat("long", 15)
	for name, application := range map[string]*app.App{
		"plain": plain("orders", "users"), "long": plain(long+"a", long+"b", "orders"), "odd": {Name: "shop-of-three-brothers-and-an-old-aunt", ID: "x", Runtime: app.EncoreGo, Services: plain("orders", "users").Services},
	} {
		output := lower(t, application, `iam_path = "/apps/"`)
		patterns := registryList(t, output, "pull_role_arns")
		if len(patterns) == 0 || len(patterns) > 2 {
			t.Errorf("%s: the patterns are %v", name, patterns)
		}
		admitted := func(role string) bool {
			return slices.ContainsFunc(patterns, func(pattern string) bool {
				return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString("arn:aws:iam::123456789012:role" + role)
			})
		}
		for path := range output.Files {
			service := strings.TrimPrefix(path, "production/services/")
			if service == path || slices.Contains([]string{"outputs.tf", "platform.tf", "providers.tf", "runtime.tf", "terraform.tf", "variables.tf"}, service) {
				continue
			}
			unit := callArguments(t, output, path)["name"].AsString()
			if !admitted("/apps/" + unit + "-execution") {
				t.Errorf("%s: the execution role of %s may not pull: %v", name, unit, patterns)
			}
			if admitted("/apps/"+unit+"-task") || admitted("/"+unit+"-execution") {
				t.Errorf("%s: a role that runs no task of the environment may pull: %v", name, patterns)
			}
		}
		if admitted("/apps/other-production-orders-execution") {
			t.Errorf("%s: another application may pull: %v", name, patterns)
		}
	}
}

// prefixed makes an application of services that each have an image under a prefix of their own.
func prefixed(services int) *app.App {
	application := &app.App{Name: "shop", ID: "shop", Runtime: app.Containers}
	for i := range services {
		name := fmt.Sprintf("service%02d", i)
		application.Services = append(application.Services, app.Service{
			Name: name, Dir: name, At: hcl.Range{Filename: "groundplan.app.hcl", Start: hcl.Pos{Line: i + 1, Column: 1}},
			Container: &app.Container{Port: 8080, HealthPath: "/", TagPrefix: name + "-"},
		})
	}
	return application
}

// TestR1_EachImageCountsByItself: a deployment of several services pushes several images, and the registry counts each
// under its own prefix, an image of the registry that the manifest fixes included.
func TestR1_EachImageCountsByItself(t *testing.T) {
	application := prefixed(4)
	application.Services[1].Container.TagPrefix = application.Services[0].Container.TagPrefix
	application.Services[2].Container.TagPrefix, application.Services[2].Container.Image = "", "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop-production:base-1.4"
	application.Services[3].Container.TagPrefix = ""
	if got, want := registryList(t, lower(t, application, ""), "tag_prefixes"), []string{"base-1.4", "service00-"}; !slices.Equal(got, want) {
		t.Errorf("the registry counts %v by themselves, want %v", got, want)
	}
	// The registry of another account or application knows nothing of ours.
	for _, image := range []string{"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop-staging:base-1.4", "ghcr.io/shop-production:base-1.4", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-production:base-1.4"} {
		application.Services[2].Container.Image = image
		if got, want := registryList(t, lower(t, application, ""), "tag_prefixes"), []string{"service00-"}; !slices.Equal(got, want) {
			t.Errorf("%s: the registry counts %v by themselves, want %v", image, got, want)
		}
	}
	if got := registryList(t, lower(t, plain("orders"), ""), "tag_prefixes"); got != nil {
		t.Errorf("one image holds every service, and the registry counts %v by themselves", got)
	}
}

// TestR1_ImagesThatWouldExpire are said before anything is written.
func TestR1_ImagesThatWouldExpire(t *testing.T) {
	digest := "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop-production@sha256:" + strings.Repeat("a", 64)
	fixed := prefixed(1)
	fixed.Services[0].Container.TagPrefix, fixed.Services[0].Container.Image = "", digest
	for name, test := range map[string]struct {
		application    *app.App
		settings, want string
	}{
		"as many as there are rules": {prefixed(48), "", ""},
		"more than there are rules":  {prefixed(49), "", "Too many images for one registry"},
		"nothing expires":            {prefixed(49), "keep_images = 0", ""},
		"a digest":                   {fixed, "", "Image that would expire"},
		"a digest that is kept":      {fixed, "keep_images = 0", ""},
		"the helper image":           {prefixed(1), `helper_image = "` + digest + `"`, "Image that would expire"},
	} {
		_, diags := tryLower(t, test.application, test.settings)
		if got := firstError(diags); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// firstError is what the first error of several diagnostics is about; "" when there is none.
func firstError(diags hcl.Diagnostics) string {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			return d.Summary
		}
	}
	return ""
}
