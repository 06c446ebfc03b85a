//go:build validate

package e2e_test

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/e2e/emulator"
	labenvironment "github.com/groundplan/groundplan/e2e/lab/environment"
)

// byOpenTofu are the environments that OpenTofu plans instead of Terraform: of every fixture that has a second environment, the
// one that is not production. What they share with production, which is most, Terraform plans there, and it applies every fixture.
var byOpenTofu = []string{
	"files/staging", "gauges/staging", "reach-typescript/strict", "sessions/staging", "shop-typescript/staging", "shop/staging", "webshop/staging",
}

// TestValidate hands every golden stack, unchanged, to an engine with the real AWS provider: init, validate and plan
// against the emulator, and checks what would be made against planRules. A services stack reads outputs of its platform
// as they would be after an apply. Accepted here means accepted by the provider and by moto, not by AWS.
func TestValidate(t *testing.T) {
	stacks := map[string][]testStack{} // by environment
	for _, stack := range goldenStacks(t) {
		environment := stack.fixture + "/" + stack.environment
		stacks[environment] = append(stacks[environment], stack)
	}
	for _, name := range byOpenTofu {
		if stacks[name] == nil {
			t.Errorf("%s, which OpenTofu is to plan, does not exist", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(stacks)) {
		engine := emulator.TerraformEngine
		if slices.Contains(byOpenTofu, name) || everythingByOpenTofu() {
			engine = emulator.OpenTofuEngine
		}
		t.Run(name, func(t *testing.T) {
			planEnvironment(t, engine, stacks[name])
		})
	}
}

// planEnvironment plans the stacks of one environment.
func planEnvironment(t *testing.T, engine emulator.Engine, stacks []testStack) {
	environment := filepath.Join(assembleInfra(t, stacks[0].fixture), stacks[0].environment)
	cloud := startEmulator(t, allowedAccount(t, environment))
	prepareBackends(t, cloud, environment)
	addZones(t, cloud, filepath.Join(environment, "platform"))
	for _, stack := range stacks {
		t.Run(stack.name, func(t *testing.T) {
			planStack(t, cloud, engine, filepath.Join(environment, stack.name))
		})
	}
}

// planStack is what one stack must pass.
func planStack(t *testing.T, cloud *emulator.Cloud, engine emulator.Engine, folder string) {
	tf := newEngine(t, engine, folder, cloud.Environment())
	t.Cleanup(func() {
		if t.Failed() && cloud.Messages() != "" {
			t.Logf("the emulator said:\n%s", cloud.Messages())
		}
	})
	if _, err := tf.try("fmt", "-check", "-diff", "-recursive"); err != nil {
		t.Errorf("G1: terraform fmt would change it: %v", err)
	}
	tf.run(t, "init", "-input=false", "-no-color")
	tf.run(t, "validate", "-no-color")
	variables, err := labenvironment.Variables(folder)
	if err != nil {
		t.Fatal(err)
	}
	plan, _ := tf.plan(t, variables...)
	if len(plan.ResourceChanges) == 0 {
		t.Error("the plan makes nothing")
	}
	for _, rule := range planRules {
		t.Run(rule.promise, func(t *testing.T) {
			for _, broken := range rule.broken(plan) {
				t.Error(broken)
			}
		})
	}
	lock, err := os.ReadFile(filepath.Join(folder, ".terraform.lock.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	if providers := strings.Count(string(lock), "\nprovider "); providers != 1 {
		t.Errorf("G3: init locked %d providers, want the AWS provider alone", providers)
	}
	t.Logf("%d resources and reads planned", len(plan.ResourceChanges))
}

// allowedAccount is the account an environment may touch: the one its provider names, or moto's own.
func allowedAccount(t *testing.T, environment string) string {
	t.Helper()
	for _, block := range blocks(t, filepath.Join(environment, "platform")) {
		if allowed := block.Body.Attributes["allowed_account_ids"]; block.Type == "provider" && allowed != nil {
			ids, diagnostics := allowed.Expr.Value(nil)
			if diagnostics.HasErrors() || ids.LengthInt() != 1 {
				t.Fatalf("%s: want one account, got %v %v", allowed.Range(), ids, diagnostics)
			}
			return ids.AsValueSlice()[0].AsString()
		}
	}
	return account
}

// prepareBackends gives the stacks of an environment the world they expect: the bucket of an S3 backend, and where
// services look for it the state of an applied platform.
func prepareBackends(t *testing.T, cloud *emulator.Cloud, environment string) {
	t.Helper()
	for _, name := range []string{"platform", "services"} {
		for _, block := range blocks(t, filepath.Join(environment, name)) {
			switch {
			case block.Type == "terraform":
				for _, backend := range block.Body.Blocks {
					if backend.Type == "backend" && backend.Labels[0] == "s3" {
						putObject(t, cloud, readText(t, backend.Body.Attributes["bucket"]), "", nil)
					}
				}
			case block.Type == "data" && block.Labels[0] == "terraform_remote_state":
				state, err := stubbedState(filepath.Join(environment, "platform"))
				if err != nil {
					t.Fatal(err)
				}
				folder, err := filepath.Abs(filepath.Join(environment, name))
				if err != nil {
					t.Fatal(err)
				}
				settings, diagnostics := block.Body.Attributes["config"].Expr.Value(&hcl.EvalContext{Variables: map[string]cty.Value{
					"path": cty.ObjectVal(map[string]cty.Value{"module": cty.StringVal(folder)}),
				}})
				if diagnostics.HasErrors() {
					t.Fatal(diagnostics)
				}
				read := settings.AsValueMap()
				switch backend := readText(t, block.Body.Attributes["backend"]); backend {
				case "local":
					if err := os.WriteFile(read["path"].AsString(), state, 0o600); err != nil {
						t.Fatal(err)
					}
				case "s3":
					putObject(t, cloud, read["bucket"].AsString(), read["key"].AsString(), state)
				default:
					t.Fatalf("%s: remote state of a backend %q is not known here", block.DefRange(), backend)
				}
			}
		}
	}
}

// putObject makes a bucket, and an object in it when it has a key.
func putObject(t *testing.T, cloud *emulator.Cloud, bucket, key string, content []byte) {
	t.Helper()
	if _, err := cloud.Send(t.Context(), http.MethodPut, "/"+bucket, nil, ""); err != nil && !strings.Contains(err.Error(), "BucketAlready") {
		t.Fatal(err)
	}
	if key == "" {
		return
	}
	if _, err := cloud.Send(t.Context(), http.MethodPut, "/"+bucket+"/"+key, nil, string(content)); err != nil {
		t.Fatal(err)
	}
}

// blocks are the top-level blocks of a folder's configuration.
func blocks(t *testing.T, folder string) []*hclsyntax.Block {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	parser := hclparse.NewParser()
	var found []*hclsyntax.Block
	for _, name := range files {
		file, diagnostics := parser.ParseHCLFile(name)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		found = append(found, file.Body.(*hclsyntax.Body).Blocks...)
	}
	return found
}

func readText(t *testing.T, attribute *hclsyntax.Attribute) string {
	t.Helper()
	if attribute == nil {
		t.Fatal("a backend lacks an argument")
	}
	value, diagnostics := attribute.Expr.Value(nil)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	return value.AsString()
}

// TestPlanStackFires plans a stack that breaks the rules, through the same path as the golden stacks.
func TestPlanStackFires(t *testing.T) {
	cloud := startEmulator(t, account)
	folder := t.TempDir()
	copyFolder(t, filepath.Join("testdata", "exposed"), folder)
	tf := newTerraform(t, folder, cloud.Environment())
	tf.run(t, "init", "-input=false", "-no-color")
	plan, _ := tf.plan(t)
	for _, rule := range planRules {
		if rule.promise[:2] == "G3" {
			continue // no other provider can be had offline; TestPlanRules shows it firing
		}
		broken := rule.broken(plan)
		if len(broken) == 0 {
			t.Errorf("%s: nothing found in testdata/exposed", rule.promise)
		}
		t.Logf("%s: %v", rule.promise, broken)
	}

	if err := os.WriteFile(filepath.Join(folder, "wrong.tf"), []byte("resource \"aws_sqs_queue\" \"this\" {\n  label = \"x\"\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := tf.try("validate", "-no-color"); err == nil || !strings.Contains(err.Error(), "Unsupported argument") {
		t.Errorf("terraform validate must refuse an argument that does not exist, got %v", err)
	}
}
