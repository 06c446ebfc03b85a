package modules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

const (
	terraformTests = ".tftest.hcl"
	openTofuTests  = ".tofutest.hcl"
)

// TestBothEngines keeps the modules' tests readable for Terraform and OpenTofu. OpenTofu gives overrides their values in every
// plan and does not know override_during, without which Terraform leaves them unknown: where a file says it, a second one
// stands beside it that does not, which OpenTofu takes in place of the first and Terraform does not see.
func TestBothEngines(t *testing.T) {
	files, err := filepath.Glob("*/tests*/*.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 30 {
		t.Fatalf("only %d files of tests found", len(files))
	}
	for _, name := range files {
		base, forTerraform := strings.CutSuffix(name, terraformTests)
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !forTerraform {
			if _, err := os.Stat(strings.TrimSuffix(name, openTofuTests) + terraformTests); err != nil {
				t.Errorf("modules/%s stands beside no %s: OpenTofu alone would run it", name, terraformTests)
			}
			continue
		}
		for _, problem := range unreadable(t, name, content) {
			t.Errorf("modules/%s", problem)
		}
		if err := keepSecond(base+openTofuTests, forOpenTofu(t, name, content)); err != nil {
			t.Errorf("modules/%s: %v", name, err)
		}
	}
}

// keepSecond wants a file to hold some content, or with nil not to be there; with -update it makes it so.
func keepSecond(name string, want []byte) error {
	got, err := os.ReadFile(name)
	switch {
	case err != nil && !os.IsNotExist(err):
		return err
	case *update && want != nil:
		return os.WriteFile(name, want, 0o644)
	case *update && err == nil:
		return os.Remove(name)
	case want == nil && err == nil:
		return fmt.Errorf("OpenTofu reads it as it is, and %s is another text: `make update` removes it", name)
	case string(got) != string(want):
		return fmt.Errorf("%s is not the same tests without override_during: `make update` writes it", name)
	}
	return nil
}

// forOpenTofu is a file of tests without override_during, or nil for one that does not say it.
func forOpenTofu(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	file, diagnostics := hclwrite.ParseConfig(content, name, hcl.InitialPos)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	if !withoutOverrideDuring(file.Body()) {
		return nil
	}
	heading := "# Made from " + filepath.Base(name) + " by `make update`: the same without override_during, which OpenTofu does not know.\n"
	return append([]byte(heading), hclwrite.Format(file.Bytes())...)
}

// withoutOverrideDuring takes the argument out and reports whether there was one.
func withoutOverrideDuring(body *hclwrite.Body) bool {
	found := body.RemoveAttribute("override_during") != nil
	for _, block := range body.Blocks() {
		switch block.Type() {
		case "run", "mock_provider", "mock_resource", "mock_data", "override_resource", "override_data", "override_module":
			found = withoutOverrideDuring(block.Body()) || found
		}
	}
	return found
}

// unreadable lists the targets of overrides in a file that name one instance: OpenTofu takes whole resources.
func unreadable(t *testing.T, name string, content []byte) []string {
	t.Helper()
	file, diagnostics := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	var problems []string
	var search func(body *hclsyntax.Body)
	search = func(body *hclsyntax.Body) {
		for _, block := range body.Blocks {
			target := block.Body.Attributes["target"]
			if strings.HasPrefix(block.Type, "override_") && target != nil {
				traversal, _ := hcl.AbsTraversalForExpr(target.Expr)
				if slices.ContainsFunc(traversal, func(step hcl.Traverser) bool { _, keyed := step.(hcl.TraverseIndex); return keyed }) {
					problems = append(problems, fmt.Sprintf("%s:%d: the target names one instance, which OpenTofu refuses", name, target.SrcRange.Start.Line))
				}
			}
			search(block.Body)
		}
	}
	search(file.Body.(*hclsyntax.Body))
	return problems
}

func TestBothEnginesFires(t *testing.T) {
	both := []byte("override_resource {\n  target          = aws_a.this\n  override_during = plan\n  values = {\n    id = \"a\"\n  }\n}\n\nrun \"x\" {\n  override_resource {\n    target          = aws_b.this\n    override_during = plan\n  }\n}\n")
	want := "# Made from x.tftest.hcl by `make update`: the same without override_during, which OpenTofu does not know.\noverride_resource {\n  target = aws_a.this\n  values = {\n    id = \"a\"\n  }\n}\n\nrun \"x\" {\n  override_resource {\n    target = aws_b.this\n  }\n}\n"
	if got := string(forOpenTofu(t, "m/tests/x.tftest.hcl", both)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	plain := []byte("run \"x\" {\n  command = plan\n}\n")
	if got := forOpenTofu(t, "x", plain); got != nil {
		t.Errorf("got\n%s\nof a file that both read", got)
	}
	keyed := []byte("run \"x\" {\n  override_resource {\n    target = aws_b.this[\"a\"]\n  }\n  override_resource {\n    target = aws_b.this\n  }\n}\n")
	if got := unreadable(t, "x", keyed); len(got) != 1 || !strings.HasPrefix(got[0], "x:3: ") {
		t.Errorf("got %v, want line 3", got)
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "x"+openTofuTests)
	if err := keepSecond(file, nil); err != nil {
		t.Error(err)
	}
	if err := keepSecond(file, []byte(want)); err == nil && !*update {
		t.Error("a file that is missing is not missed")
	}
	if err := os.WriteFile(file, plain, 0o644); err != nil {
		t.Fatal(err)
	}
	if *update {
		return // it writes and removes what the rest looks for
	}
	if err := keepSecond(file, []byte(want)); err == nil {
		t.Error("another text is not seen")
	}
	if err := keepSecond(file, nil); err == nil {
		t.Error("a file that is not wanted is not seen")
	}
}
