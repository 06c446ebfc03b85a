//go:build validate

package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/modules"
)

// scanned is one module or one stack, and the tree that holds it together with whatever it calls.
type scanned struct {
	folder string
	tree   string
}

// scanners are what looks at the code without running it.
var scanners = []struct {
	name string
	scan func(t *testing.T, folders []scanned) []finding
}{
	{"checkov", checkov},
	{"tfsec", tfsec},
	{"tflint", tflint},
}

// TestScan hands the modules and the golden stacks to each scanner. A finding that waivers.hcl does not explain fails,
// and so does an explanation of something no longer found.
func TestScan(t *testing.T) {
	waivers, err := readWaivers("waivers.hcl")
	if err != nil {
		t.Fatal(err)
	}
	folders := scannedFolders(t)
	for _, scanner := range scanners {
		t.Run(scanner.name, func(t *testing.T) {
			start := time.Now()
			findings := scanner.scan(t, folders)
			unexplained, stale := compareFindings(scanner.name, findings, waivers)
			for _, found := range unexplained {
				t.Errorf("new finding: %s\nhint: mend it, or explain it in e2e/waivers.hcl", found)
			}
			for _, expected := range stale {
				t.Errorf("e2e/waivers.hcl explains what is no longer found: %s", expected)
			}
			t.Logf("%d folders, %d findings, %.1f s", len(folders), len(findings), time.Since(start).Seconds())
		})
	}
}

// TestScanFires plants a bad resource and wants each scanner to report it, through the same path as the modules.
func TestScanFires(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "findings")
	copyFolder(t, filepath.Join("testdata", "findings"), folder)
	for _, scanner := range scanners {
		t.Run(scanner.name, func(t *testing.T) {
			unexplained, _ := compareFindings(scanner.name, scanner.scan(t, []scanned{{folder, folder}}), nil)
			if len(unexplained) == 0 {
				t.Error("nothing found in testdata/findings")
			}
			t.Log(unexplained)
		})
	}
}

// scannedFolders copies every module and every golden stack to a place where nothing else is. A module is scanned by
// itself, with its defaults, and inside each stack that calls it, with what is passed there.
func scannedFolders(t *testing.T) []scanned {
	t.Helper()
	tree := filepath.Join(t.TempDir(), "modules")
	writeModules(t, tree)
	var folders []scanned
	for _, name := range modules.Names() {
		folders = append(folders, scanned{filepath.Join(tree, name), tree})
	}
	infra := map[string]string{}
	for _, stack := range goldenStacks(t) {
		if infra[stack.fixture] == "" {
			infra[stack.fixture] = assembleInfra(t, stack.fixture)
		}
		folders = append(folders, scanned{filepath.Join(infra[stack.fixture], stack.environment, stack.name), infra[stack.fixture]})
	}
	return folders
}

// scannerOutput runs a scanner in a folder, which by convention exits 1 or 2 when it finds something, and returns its output.
func scannerOutput(t *testing.T, folder, binary string, arguments ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, binary, arguments...)
	command.Dir = folder
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LOG_LEVEL=ERROR", "PYTHONDONTWRITEBYTECODE=1"}
	var failed *exec.ExitError
	output, err := command.Output()
	if err != nil && (!errors.As(err, &failed) || failed.ExitCode() < 0 || failed.ExitCode() > 2) {
		t.Fatalf("%s: %v", binary, err)
	}
	if len(output) == 0 {
		t.Fatalf("%s said nothing: %v\n%s", binary, err, failed.Stderr)
	}
	return output
}

// checkovAddress takes an address as checkov prints it apart: the calls in front, "module.a.module.b.", with or without
// an instance key, the resource, and its instance key.
var checkovAddress = regexp.MustCompile(`^(?:module\.[A-Za-z0-9_-]+(?:\[[^\]]*\])?\.)*([^\[]+)(?:\[[^\]]*\])?$`)

// foundIn names the resource of a finding by the folder its file is in and without instance keys, so that it has one
// name whichever stack calls the module, and however often.
func foundIn(scanner, rule, file, address string) finding {
	return finding{scanner, rule, filepath.Base(filepath.Dir(file)) + ": " + checkovAddress.ReplaceAllString(address, "$1")}
}

// checkov follows calls of local modules, so it is given whole trees; one at a time, because given several it loses
// what the later ones pass to the modules.
func checkov(t *testing.T, folders []scanned) []finding {
	var findings []finding
	done := map[string]bool{}
	for _, scanned := range folders {
		if done[scanned.tree] {
			continue
		}
		done[scanned.tree] = true
		output := scannerOutput(t, scanned.tree, tool(t, "python", "bin", "checkov"), "--directory", ".",
			"--framework", "terraform", "--compact", "--quiet", "--skip-download", "--output", "json")
		var report struct {
			Results struct {
				Failed []struct {
					ID       string `json:"check_id"`
					File     string `json:"file_abs_path"`
					Resource string `json:"resource"`
				} `json:"failed_checks"`
				Errors []string `json:"parsing_errors"`
			}
			Summary struct {
				Passed        int
				ParsingErrors int `json:"parsing_errors"`
			}
		}
		if err := json.Unmarshal(output, &report); err != nil {
			t.Fatalf("checkov: %v\n%s", err, output)
		}
		if report.Summary.ParsingErrors > 0 {
			t.Errorf("checkov cannot read %v", report.Results.Errors)
		}
		if report.Summary.Passed+len(report.Results.Failed) == 0 {
			t.Errorf("checkov looked at nothing: %s", output)
		}
		for _, failed := range report.Results.Failed {
			findings = append(findings, foundIn("checkov", failed.ID, failed.File, failed.Resource))
		}
	}
	return findings
}

// ephemeralBlock finds what tfsec 1.26 cannot parse: it is older than ephemeral resources.
var ephemeralBlock = regexp.MustCompile(`(?m)^ephemeral( ")|\bephemeral(\.)`)

// tfsec scans folder by folder. In the copies it is given, ephemeral resources are spelled as data sources, which it
// knows; otherwise it would give up on every stack that generates a secret.
func tfsec(t *testing.T, folders []scanned) []finding {
	trees := map[string]string{} // tree -> its copy
	var findings []finding
	for _, scanned := range folders {
		if trees[scanned.tree] == "" {
			trees[scanned.tree] = tfsecCopy(t, scanned.tree)
		}
		relative, err := filepath.Rel(scanned.tree, scanned.folder)
		if err != nil {
			t.Fatal(err)
		}
		var report struct {
			Results []struct {
				Rule     string `json:"long_id"`
				Location struct {
					Filename string
					Line     int `json:"start_line"`
				}
			}
		}
		folder := filepath.Join(trees[scanned.tree], relative)
		output := scannerOutput(t, folder, tool(t, "bin", "tfsec"), ".", "--format", "json", "--no-color", "--no-module-downloads")
		if err := json.Unmarshal(output, &report); err != nil {
			t.Fatalf("tfsec %s: %v\n%s", relative, err, output)
		}
		for _, result := range report.Results {
			// Inside a called module tfsec names the call and not the resource, but it points at the right line.
			address, err := blockAt(result.Location.Filename, result.Location.Line)
			if err != nil {
				t.Fatal(err)
			}
			findings = append(findings, foundIn("tfsec", result.Rule, result.Location.Filename, address))
		}
	}
	return findings
}

func tfsecCopy(t *testing.T, tree string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), filepath.Base(tree))
	copyFolder(t, tree, copied)
	err := filepath.WalkDir(copied, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".tf" {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(file, ephemeralBlock.ReplaceAll(content, []byte("data$1$2")), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return copied
}

// blockAt is the address of the top-level block a line of a file belongs to.
func blockAt(name string, line int) (string, error) {
	file, diagnostics := hclparse.NewParser().ParseHCLFile(name)
	if diagnostics.HasErrors() {
		return "", diagnostics
	}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if block.TypeRange.Start.Line <= line && line <= block.CloseBraceRange.End.Line {
			address := strings.Join(block.Labels, ".")
			if block.Type != "resource" {
				address = block.Type + "." + address
			}
			return address, nil
		}
	}
	return "", fmt.Errorf("%s:%d: no block here", name, line)
}

// tflint runs the rules it brings along, all of them; its AWS rules are a plugin of their own.
func tflint(t *testing.T, folders []scanned) []finding {
	settings := filepath.Join(t.TempDir(), "tflint.hcl")
	if err := os.WriteFile(settings, []byte("plugin \"terraform\" {\n  enabled = true\n  preset  = \"all\"\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var findings []finding
	for _, scanned := range folders {
		folder := scanned.folder
		var report struct {
			Issues []struct {
				Rule    struct{ Name string }
				Message string
				Range   struct{ Filename string }
			}
			Errors []struct{ Message string }
		}
		output := scannerOutput(t, folder, tool(t, "bin", "tflint"), "--config="+settings, "--format=json", "--call-module-type=none")
		if err := json.Unmarshal(output, &report); err != nil {
			t.Fatalf("tflint %s: %v\n%s", folder, err, output)
		}
		for _, failure := range report.Errors {
			t.Errorf("tflint %s: %s", folder, failure.Message)
		}
		for _, issue := range report.Issues {
			findings = append(findings, finding{"tflint", issue.Rule.Name, filepath.Base(folder) + ": " + strings.TrimSpace(issue.Message)})
		}
	}
	return findings
}

// TestScanNames shows what scanners say brought to one spelling, and nothing but ephemeral resources spelled anew.
func TestScanNames(t *testing.T) {
	got := ephemeralBlock.ReplaceAllString("ephemeral \"a\" \"b\" {}\nx = ephemeral.a.b.c\n# not ephemeral at all\n", "data$1$2")
	if want := "data \"a\" \"b\" {}\nx = data.a.b.c\n# not ephemeral at all\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for address, want := range map[string]string{
		"aws_vpc.this":                       "network: aws_vpc.this",
		"module.network.aws_vpc.this":        "network: aws_vpc.this",
		`module.a["b"].aws_subnet.this["a"]`: "network: aws_subnet.this",
	} {
		if got := foundIn("x", "y", "/modules/network/main.tf", address); got.Resource != want {
			t.Errorf("%s: got %v, want %s", address, got, want)
		}
	}
}
