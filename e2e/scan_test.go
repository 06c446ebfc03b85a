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
	"runtime"
	"slices"
	"strings"
	"sync"
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
	scan func(t *testing.T, folders []scanned) ([]finding, error)
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
			findings, err := scanner.scan(t, folders)
			if err != nil {
				t.Error(err)
			}
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
			findings, err := scanner.scan(t, []scanned{{folder, folder}})
			if err != nil {
				t.Error(err)
			}
			unexplained, _ := compareFindings(scanner.name, findings, nil)
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

// eachScanned scans folders, on every core one: scanners use one alone. It returns the findings in the order of the folders.
func eachScanned(folders []scanned, scan func(folder scanned) ([]finding, error)) ([]finding, error) {
	found, failed := make([][]finding, len(folders)), make([]error, len(folders))
	next := make(chan int)
	var group sync.WaitGroup
	for range runtime.NumCPU() {
		group.Go(func() {
			for i := range next {
				found[i], failed[i] = scan(folders[i])
			}
		})
	}
	for i := range folders {
		next <- i
	}
	close(next)
	group.Wait()
	for i, err := range failed {
		if err != nil {
			failed[i] = fmt.Errorf("%s: %w", folders[i].folder, err)
		}
	}
	return slices.Concat(found...), errors.Join(failed...)
}

// scannerOutput runs a scanner in a folder, which by convention exits 1 or 2 when it finds something, and reads its output, JSON.
func scannerOutput(folder string, report any, binary string, arguments ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	home, err := os.MkdirTemp("", "scanner-")
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, binary, arguments...)
	command.Dir = folder
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LOG_LEVEL=ERROR", "PYTHONDONTWRITEBYTECODE=1"}
	var said strings.Builder
	command.Stderr = &said
	output, err := command.Output()
	if cleared := os.RemoveAll(home); cleared != nil {
		return cleared
	}
	var failed *exec.ExitError
	if err != nil && (!errors.As(err, &failed) || failed.ExitCode() < 0 || failed.ExitCode() > 2) {
		return fmt.Errorf("%s: %w", filepath.Base(binary), err)
	}
	if len(output) == 0 {
		return fmt.Errorf("%s found nothing to report and exited with %d\n%s", filepath.Base(binary), command.ProcessState.ExitCode(), said.String())
	}
	if err := json.Unmarshal(output, report); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(binary), err, output)
	}
	return nil
}

// checkovAddress takes an address as checkov prints it apart: the calls in front, "module.a.module.b.", with or without
// an instance key, the resource, and its instance key.
var checkovAddress = regexp.MustCompile(`^(?:module\.[A-Za-z0-9_-]+(?:\[[^\]]*\])?\.)*([^\[]+)(?:\[[^\]]*\])?$`)

// foundIn names the resource of a finding by the folder its file is in and without instance keys, so that it has one
// name whichever stack calls the module, and however often.
func foundIn(scanner, rule, file, address string) finding {
	return finding{scanner, rule, filepath.Base(filepath.Dir(file)) + ": " + checkovAddress.ReplaceAllString(address, "$1")}
}

// checkov follows calls of local modules, so it is given whole trees; each by itself, because given several it loses what the
// later ones pass to the modules.
func checkov(t *testing.T, folders []scanned) ([]finding, error) {
	binary := tool(t, "python", "bin", "checkov")
	var trees []scanned
	for _, folder := range folders {
		if tree := (scanned{folder.tree, folder.tree}); !slices.Contains(trees, tree) {
			trees = append(trees, tree)
		}
	}
	return eachScanned(trees, func(tree scanned) ([]finding, error) {
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
		if err := scannerOutput(tree.folder, &report, binary, "--directory", ".",
			"--framework", "terraform", "--compact", "--quiet", "--skip-download", "--output", "json"); err != nil {
			return nil, err
		}
		if report.Summary.ParsingErrors > 0 {
			return nil, fmt.Errorf("checkov cannot read %v", report.Results.Errors)
		}
		if report.Summary.Passed+len(report.Results.Failed) == 0 {
			return nil, fmt.Errorf("checkov looked at nothing: %+v", report)
		}
		var findings []finding
		for _, failed := range report.Results.Failed {
			findings = append(findings, foundIn("checkov", failed.ID, failed.File, failed.Resource))
		}
		return findings, nil
	})
}

// ephemeralBlock finds what tfsec 1.26 cannot parse: it is older than ephemeral resources.
var ephemeralBlock = regexp.MustCompile(`(?m)^ephemeral( ")|\bephemeral(\.)`)

// tfsec scans folder by folder. In the copies it is given, ephemeral resources are spelled as data sources, which it
// knows; otherwise it would give up on every stack that generates a secret.
func tfsec(t *testing.T, folders []scanned) ([]finding, error) {
	binary := tool(t, "bin", "tfsec")
	trees := map[string]string{} // tree -> its copy
	for _, folder := range folders {
		if trees[folder.tree] == "" {
			trees[folder.tree] = tfsecCopy(t, folder.tree)
		}
	}
	return eachScanned(folders, func(folder scanned) ([]finding, error) {
		relative, err := filepath.Rel(folder.tree, folder.folder)
		if err != nil {
			return nil, err
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
		copied := filepath.Join(trees[folder.tree], relative)
		if err := scannerOutput(copied, &report, binary, ".", "--format", "json", "--no-color", "--no-module-downloads"); err != nil {
			return nil, err
		}
		var findings []finding
		for _, result := range report.Results {
			// Inside a called module tfsec names the call and not the resource, but it points at the right line.
			address, err := blockAt(result.Location.Filename, result.Location.Line)
			if err != nil {
				return nil, err
			}
			findings = append(findings, foundIn("tfsec", result.Rule, result.Location.Filename, address))
		}
		return findings, nil
	})
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
func tflint(t *testing.T, folders []scanned) ([]finding, error) {
	settings := filepath.Join(t.TempDir(), "tflint.hcl")
	if err := os.WriteFile(settings, []byte("plugin \"terraform\" {\n  enabled = true\n  preset  = \"all\"\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	binary := tool(t, "bin", "tflint")
	return eachScanned(folders, func(folder scanned) ([]finding, error) {
		var report struct {
			Issues []struct {
				Rule    struct{ Name string }
				Message string
				Range   struct{ Filename string }
			}
			Errors []struct{ Message string }
		}
		if err := scannerOutput(folder.folder, &report, binary, "--config="+settings, "--format=json", "--call-module-type=none"); err != nil {
			return nil, err
		}
		var failed error
		for _, failure := range report.Errors {
			failed = errors.Join(failed, errors.New("tflint: "+failure.Message))
		}
		var findings []finding
		for _, issue := range report.Issues {
			findings = append(findings, finding{"tflint", issue.Rule.Name, filepath.Base(folder.folder) + ": " + strings.TrimSpace(issue.Message)})
		}
		return findings, failed
	})
}

// TestScanEach shows that what fails in one folder is an error, and that findings keep the order of the folders.
func TestScanEach(t *testing.T) {
	var folders []scanned
	var want []finding
	for i := range 20 {
		folders = append(folders, scanned{folder: fmt.Sprint(i)})
		want = append(want, finding{Resource: fmt.Sprint(i)})
	}
	found, err := eachScanned(folders, func(folder scanned) ([]finding, error) {
		if folder.folder == "7" || folder.folder == "12" {
			return []finding{{Resource: folder.folder}}, errors.New("broken")
		}
		return []finding{{Resource: folder.folder}}, nil
	})
	if !slices.Equal(found, want) {
		t.Errorf("got %v", found)
	}
	if err == nil || err.Error() != "7: broken\n12: broken" {
		t.Errorf("got %v of two folders that fail", err)
	}
	for _, script := range []string{"exit 0", "echo no json", "echo '{}'; exit 3"} {
		if err := scannerOutput(t.TempDir(), &struct{}{}, "/bin/sh", "-c", script); err == nil {
			t.Errorf("%s passes for a scanner", script)
		}
	}
	if err := scannerOutput(t.TempDir(), &struct{}{}, "/bin/sh", "-c", "echo '{}'; exit 1"); err != nil {
		t.Error(err)
	}
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
