package groundplan_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/groundplan/groundplan"

// mayImport is the direction of flow: what each package may import of ours. A package that is not listed may be
// imported by nobody and imports nothing, so a new one is a decision made here.
var mayImport = map[string][]string{
	"cmd/groundplan":                   {"aws", "blueprint", "database", "generator", "generator/diagnostic", "generator/environment", "generator/environment/rule", "generator/environment/table", "generator/holdings", "generator/inspect", "generator/output", "generator/pattern", "generator/quota", "generator/reading", "kubernetes", "modules", "terraform", "terraform/apply", "terraform/backend", "terraform/change", "terraform/engine", "terraform/guard", "terraform/saved"},
	"generator":                        {"blueprint", "generator/app", "generator/attribution", "generator/build", "generator/compute", "generator/deploy", "generator/diagnostic", "generator/environment", "generator/environment/resolution", "generator/guide", "generator/holdings", "generator/kinds", "generator/limits", "generator/memory", "generator/output", "generator/platform", "generator/quota", "generator/reading", "generator/stack", "generator/survey", "modules"},
	"generator/holdings":               {"generator/app", "generator/diagnostic", "generator/kinds", "generator/kinds/database", "generator/kinds/secret"},
	"generator/kinds":                  {"generator/app", "generator/deploy", "generator/diagnostic", "generator/environment", "generator/kinds/cache", "generator/kinds/cron", "generator/kinds/database", "generator/kinds/kind", "generator/kinds/metric", "generator/kinds/objects", "generator/kinds/secret", "generator/kinds/service", "generator/kinds/topic", "generator/names", "generator/source", "generator/stack", "generator/value"},
	"generator/environment":            {"generator/app", "generator/diagnostic"},
	"generator/environment/table":      {"generator/diagnostic", "generator/environment", "generator/environment/rule", "generator/settings"},
	"generator/environment/rule":       {"generator/diagnostic", "generator/names", "generator/pattern"},
	"generator/environment/allocation": {"generator/app", "generator/diagnostic", "generator/environment", "generator/environment/rule", "generator/environment/table", "generator/settings"},
	"generator/environment/resolution": {"generator/app", "generator/diagnostic", "generator/environment", "generator/environment/allocation", "generator/environment/rule", "generator/environment/table", "generator/pattern", "generator/settings"},
	"generator/quota":                  {"generator/deploy", "generator/diagnostic", "generator/environment", "generator/kinds/cache", "generator/kinds/database", "generator/kinds/objects", "generator/kinds/secret", "generator/kinds/topic"},
	"generator/deploy":                 {"generator/app", "generator/environment", "generator/names", "generator/pattern", "generator/value"},
	"generator/compute":                {"generator/app", "generator/deploy", "generator/emit", "generator/environment", "generator/names", "generator/quota", "generator/stack", "generator/value"},
	"generator/attribution":            {"generator/app", "generator/diagnostic", "generator/environment", "generator/kinds", "generator/kinds/kind", "generator/kinds/secret", "generator/names", "generator/source"},
	"generator/inspect":                {"generator/app", "generator/holdings", "generator/kinds", "generator/kinds/kind"},
	"generator/output":                 {"blueprint", "generator/holdings", "generator/parallel", "generator/source"},
	"generator/survey":                 {"blueprint", "generator/app", "generator/compute", "generator/deploy", "generator/environment", "generator/environment/rule", "generator/kinds", "generator/kinds/cache", "generator/kinds/cron", "generator/kinds/database", "generator/kinds/metric", "generator/kinds/objects", "generator/kinds/secret", "generator/kinds/topic", "generator/names", "generator/quota", "generator/stack"},
	"generator/guide":                  {"blueprint", "templates"},
	"generator/memory":                 {"blueprint", "generator/app", "generator/deploy", "generator/diagnostic", "generator/emit", "generator/environment", "generator/holdings", "generator/kinds", "generator/kinds/database", "generator/names", "generator/output", "generator/stack", "generator/value"},
	"generator/limits":                 {"blueprint", "generator/app", "generator/deploy", "generator/diagnostic", "generator/environment", "generator/kinds", "generator/kinds/cron", "generator/kinds/secret", "generator/sizes", "modules"},
	"generator/sizes":                  {"generator/parallel"},
	"generator/build":                  {"blueprint", "generator/app", "generator/compute", "generator/deploy", "generator/emit", "generator/kinds", "generator/platform", "generator/stack", "generator/value"},
	"generator/reading":                {"generator/app", "generator/attribution", "generator/diagnostic", "generator/environment", "generator/environment/table", "generator/kinds", "generator/limits", "generator/pattern", "generator/source", "generator/source/encoreapp", "generator/source/encoremeta", "generator/source/golang", "generator/source/manifest", "generator/source/typescript"},
	"generator/platform":               {"generator/app", "generator/deploy", "generator/diagnostic", "generator/environment", "generator/kinds", "generator/kinds/kind", "generator/names", "generator/stack", "generator/value"},
	"generator/stack":                  {"generator/app", "generator/diagnostic", "generator/emit", "generator/environment", "generator/parallel", "generator/value", "modules"},
	"generator/app":                    {"generator/diagnostic"},
	"generator/emit":                   {"generator/value"},
	"generator/value":                  {"generator/app"},
	"generator/names":                  {"generator/pattern"},
	"generator/parallel":               {},
	"generator/pattern":                {},
	"generator/diagnostic":             {},
	"generator/settings":               {"generator/diagnostic", "generator/pattern"},

	// A kind knows what a kind is, and no other but as it stands here: who makes a secret asks for it, schedules sign with the key of
	// services, and queues of subscriptions and of cron jobs must not meet in a name.
	"generator/kinds/kind":     {"generator/app", "generator/deploy", "generator/environment", "generator/sizes", "generator/source", "generator/stack", "generator/value"},
	"generator/kinds/service":  {"generator/app", "generator/deploy", "generator/kinds/kind", "generator/kinds/secret", "generator/stack", "generator/value"},
	"generator/kinds/secret":   {"generator/app", "generator/deploy", "generator/environment", "generator/kinds/kind", "generator/names", "generator/pattern", "generator/settings", "generator/source", "generator/stack", "generator/value"},
	"generator/kinds/database": {"generator/app", "generator/deploy", "generator/diagnostic", "generator/environment", "generator/kinds/kind", "generator/kinds/secret", "generator/names", "generator/pattern", "generator/settings", "generator/source", "generator/stack", "generator/value", "modules"},
	"generator/kinds/topic":    {"generator/app", "generator/deploy", "generator/diagnostic", "generator/environment", "generator/kinds/cron", "generator/kinds/kind", "generator/names", "generator/settings", "generator/source", "generator/stack", "generator/value"},
	"generator/kinds/objects":  {"generator/app", "generator/deploy", "generator/diagnostic", "generator/environment", "generator/environment/rule", "generator/kinds/kind", "generator/names", "generator/settings", "generator/source", "generator/stack", "generator/value"},
	"generator/kinds/cache":    {"generator/app", "generator/deploy", "generator/diagnostic", "generator/environment", "generator/kinds/kind", "generator/kinds/secret", "generator/names", "generator/settings", "generator/source", "generator/stack", "generator/value"},
	"generator/kinds/cron":     {"generator/app", "generator/deploy", "generator/diagnostic", "generator/kinds/kind", "generator/kinds/service", "generator/pattern", "generator/settings", "generator/source", "generator/value"},
	"generator/kinds/metric":   {"generator/app", "generator/deploy", "generator/diagnostic", "generator/environment", "generator/kinds/kind", "generator/kinds/secret", "generator/source", "generator/stack", "generator/value"},

	// A reader knows what all of them return, the file encore.app and no other reader; what they have in common in tests knows none.
	"generator/source":                       {"generator/app", "generator/diagnostic", "generator/pattern", "generator/settings"},
	"generator/source/encoreapp":             {"generator/app", "generator/diagnostic", "generator/pattern", "generator/source"},
	"generator/source/encoremeta":            {"generator/app", "generator/diagnostic", "generator/source", "generator/source/encoreapp"},
	"generator/source/golang":                {"generator/app", "generator/diagnostic", "generator/source", "generator/source/encoreapp", "generator/source/golang/facts", "generator/source/golang/folder", "generator/source/golang/link", "generator/source/golang/vocabulary"},
	"generator/source/golang/directive":      {"generator/app", "generator/diagnostic", "generator/source", "generator/source/golang/expression", "generator/source/golang/facts"},
	"generator/source/golang/expression":     {"generator/source", "generator/source/golang/facts", "generator/source/golang/vocabulary"},
	"generator/source/golang/facts":          {"generator/app", "generator/diagnostic", "generator/source", "generator/source/golang/vocabulary"},
	"generator/source/golang/folder":         {"generator/parallel", "generator/source", "generator/source/encoreapp", "generator/source/golang/directive", "generator/source/golang/expression", "generator/source/golang/facts", "generator/source/golang/vocabulary", "generator/source/golang/walk"},
	"generator/source/golang/graph":          {"generator/app", "generator/source", "generator/source/golang/facts", "generator/source/golang/vocabulary"},
	"generator/source/golang/link":           {"generator/app", "generator/diagnostic", "generator/parallel", "generator/source", "generator/source/golang/facts", "generator/source/golang/graph", "generator/source/golang/vocabulary"},
	"generator/source/golang/vocabulary":     {"generator/source"},
	"generator/source/golang/walk":           {"generator/diagnostic", "generator/source", "generator/source/golang/expression", "generator/source/golang/facts", "generator/source/golang/vocabulary"},
	"generator/source/manifest":              {"generator/app", "generator/diagnostic", "generator/pattern", "generator/settings", "generator/source", "generator/source/encoreapp"},
	"generator/source/typescript":            {"generator/app", "generator/diagnostic", "generator/parallel", "generator/source", "generator/source/encoreapp", "generator/source/typescript/extraction", "generator/source/typescript/facts", "generator/source/typescript/linking", "generator/source/typescript/loading", "generator/source/typescript/outside", "generator/source/typescript/resolution", "generator/source/typescript/scope", "generator/source/typescript/vocabulary"},
	"generator/source/typescript/syntax":     {},
	"generator/source/sourcetest":            {"generator/diagnostic", "generator/source"},
	"generator/source/typescript/extraction": {"generator/app", "generator/diagnostic", "generator/pattern", "generator/source", "generator/source/typescript/facts", "generator/source/typescript/resolution", "generator/source/typescript/scope", "generator/source/typescript/syntax", "generator/source/typescript/vocabulary"},
	"generator/source/typescript/facts":      {"generator/app", "generator/diagnostic", "generator/source"},
	"generator/source/typescript/linking":    {"generator/app", "generator/diagnostic", "generator/parallel", "generator/source", "generator/source/typescript/facts", "generator/source/typescript/loading", "generator/source/typescript/trail", "generator/source/typescript/vocabulary"},
	"generator/source/typescript/loading":    {"generator/app", "generator/source/typescript/facts", "generator/source/typescript/resolution", "generator/source/typescript/scope", "generator/source/typescript/syntax", "generator/source/typescript/trail", "generator/source/typescript/vocabulary"},
	"generator/source/typescript/outside":    {"generator/source", "generator/source/typescript/extraction", "generator/source/typescript/facts", "generator/source/typescript/resolution", "generator/source/typescript/vocabulary"},
	"generator/source/typescript/resolution": {"generator/source", "generator/source/encoreapp"},
	"generator/source/typescript/scope":      {"generator/diagnostic", "generator/source", "generator/source/typescript/facts", "generator/source/typescript/resolution", "generator/source/typescript/syntax", "generator/source/typescript/vocabulary"},
	"generator/source/typescript/trail":      {"generator/source/typescript/facts", "generator/source/typescript/vocabulary"},
	"generator/source/typescript/vocabulary": {"generator/source"},

	// What stands in the output, for whoever drives it: drivers import this and nothing of the generator.
	"blueprint": {},

	"modules":             {},
	"modules/modulestest": {"modules"},
	"templates":           {},
	"terraform":           {"blueprint", "terraform/change", "terraform/engine", "terraform/guard", "terraform/saved"},
	"kubernetes":          {"aws", "blueprint"},
	"database":            {"aws", "blueprint"},
	"aws":                 {},
	"tools/promises":      {},
	"terraform/apply":     {"aws", "blueprint", "terraform", "terraform/change", "terraform/engine", "terraform/guard", "terraform/saved"},
	"terraform/backend":   {"aws"},
	"terraform/change":    {"blueprint"},
	"terraform/engine":    {},
	"terraform/guard":     {"blueprint", "terraform/change"},
	"terraform/saved":     {},

	"e2e/lab/container":     {},
	"e2e/lab/ecs":           {"e2e/emulator", "e2e/lab/container"},
	"e2e/lab/laboratory":    {"e2e/emulator", "e2e/lab/awscli", "e2e/lab/container", "e2e/lab/ecs", "e2e/lab/environment", "e2e/lab/events", "e2e/lab/exercise", "e2e/lab/image", "e2e/lab/needs", "e2e/lab/state", "e2e/lab/vpc", "e2e/lab/vpc/balancer", "e2e/lab/vpc/functions", "e2e/lab/vpc/servers"},
	"e2e/lab":               {"e2e/lab/laboratory"},
	"e2e/emulator":          {},
	"e2e/earlier":           {},
	"e2e/provider":          {"e2e/emulator"},
	"e2e/provider/record":   {"e2e/emulator", "e2e/provider"},
	"e2e/plans":             {"e2e/emulator", "e2e/lab/environment", "generator", "modules"},
	"e2e/lab/environment":   {"e2e/earlier", "e2e/emulator", "generator", "generator/app", "generator/environment", "generator/reading"},
	"e2e/lab/state":         {},
	"e2e/lab/vpc":           {"e2e/lab/state"},
	"e2e/lab/vpc/balancer":  {"e2e/lab/grpchealth", "e2e/lab/state", "e2e/lab/vpc"},
	"e2e/lab/vpc/functions": {"e2e/emulator", "e2e/lab/state", "e2e/lab/vpc"},
	"e2e/lab/vpc/servers":   {"e2e/emulator", "e2e/lab/state", "e2e/lab/vpc"},
	"e2e/lab/needs":         {},
	"e2e/lab/grpchealth":    {},
	"e2e/lab/events":        {},
	"e2e/lab/awscli":        {},
	"e2e/lab/exercise":      {"e2e/lab/needs"},
	"e2e/lab/image":         {"e2e/lab/needs"},
	"e2e/lab/encoreauth":    {},
	"e2e/lab/state/sample":  {"e2e/lab/state"},

	// The stand-in for Encore's runtime: it knows the configuration and what the code needs, and nothing that wrote either.
	"e2e/lab/runtime":           {"e2e/lab/exercise", "e2e/lab/grpchealth", "e2e/lab/needs", "e2e/lab/runtime/api", "e2e/lab/runtime/infra", "e2e/lab/runtime/lifecycle", "e2e/lab/runtime/resource"},
	"e2e/lab/runtime/infra":     {"e2e/lab/encoreauth", "e2e/lab/needs", "modules"},
	"e2e/lab/runtime/resource":  {"e2e/lab/exercise", "e2e/lab/needs", "e2e/lab/runtime/infra"},
	"e2e/lab/runtime/attempt":   {"e2e/lab/encoreauth", "e2e/lab/exercise", "e2e/lab/runtime/infra", "e2e/lab/runtime/resource"},
	"e2e/lab/runtime/lifecycle": {"e2e/lab/needs", "e2e/lab/runtime/infra"},
	"e2e/lab/runtime/api":       {"e2e/lab/encoreauth", "e2e/lab/exercise", "e2e/lab/grpchealth", "e2e/lab/needs", "e2e/lab/runtime/attempt", "e2e/lab/runtime/infra", "e2e/lab/runtime/resource"},
}

// dependencies are the modules linked into the program, with what each direct one replaces; "" marks those that come
// along with another. A new dependency is a line here and in review.
var dependencies = map[string]string{
	"github.com/agext/levenshtein":                        "the distance behind \"did you mean\", the one hcl itself uses",
	"github.com/hashicorp/hcl/v2":                         "positions, diagnostics, reading groundplan.hcl, quoting what is written",
	"github.com/rogpeppe/go-internal":                     "unified diffs and the lock between two runs over one folder",
	"github.com/tailscale/hujson":                         "encore.app, which is JSON with comments",
	"github.com/urfave/cli/v2":                            "flags and subcommands",
	"filippo.io/age":                                      "plan files that only the holder of a key opens",
	"github.com/hashicorp/go-version":                     "",
	"github.com/hashicorp/terraform-json":                 "plans and states as terraform prints them",
	"filippo.io/hpke":                                     "",
	"golang.org/x/crypto":                                 "",
	"github.com/aws/aws-sdk-go-v2":                        "calls of AWS",
	"github.com/aws/aws-sdk-go-v2/config":                 "credentials and regions as terraform finds them",
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs": "the last lines of what does not start",
	"github.com/aws/aws-sdk-go-v2/service/ecr":            "whether images are there",
	"github.com/aws/aws-sdk-go-v2/service/ecs":            "what serves, and why what should does not",
	"github.com/aws/aws-sdk-go-v2/service/elasticache":    "passwords of the users of caches",
	"github.com/aws/aws-sdk-go-v2/service/kms":            "whether a key can encrypt states",
	"github.com/aws/aws-sdk-go-v2/service/s3":             "the bucket of states",
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager": "values of secrets",
	"github.com/aws/aws-sdk-go-v2/service/sts":            "who calls",
	"github.com/aws/smithy-go":                            "errors of AWS by their code",
	"github.com/zclconf/go-cty":                           "values on their way into HCL",
	"golang.org/x/mod":                                    "the module path in go.mod",
	"golang.org/x/term":                                   "values typed without an echo",
	"github.com/apparentlymart/go-textseg/v15":            "columns counted in characters as people see them, the way hcl counts",

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream":         "",
	"github.com/aws/aws-sdk-go-v2/credentials":                      "",
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds":                 "",
	"github.com/aws/aws-sdk-go-v2/internal/configsources":           "",
	"github.com/aws/aws-sdk-go-v2/internal/endpoints/v2":            "",
	"github.com/aws/aws-sdk-go-v2/internal/v4a":                     "",
	"github.com/aws/aws-sdk-go-v2/service/internal/accept-encoding": "",
	"github.com/aws/aws-sdk-go-v2/service/internal/checksum":        "",
	"github.com/aws/aws-sdk-go-v2/service/internal/presigned-url":   "",
	"github.com/aws/aws-sdk-go-v2/service/internal/s3shared":        "",
	"github.com/aws/aws-sdk-go-v2/service/signin":                   "",
	"github.com/aws/aws-sdk-go-v2/service/sso":                      "",
	"github.com/aws/aws-sdk-go-v2/service/ssooidc":                  "",

	"github.com/google/go-cmp":           "",
	"github.com/cpuguy83/go-md2man/v2":   "",
	"github.com/mitchellh/go-wordwrap":   "",
	"github.com/russross/blackfriday/v2": "",
	"github.com/xrash/smetrics":          "",
	"golang.org/x/sys":                   "",
	"golang.org/x/text":                  "",
}

// listed is what `go list -json` says of a package, as far as these tests ask.
type listed struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
	Module     *struct{ Path string }
}

// asked are the answers of goList by its arguments; these tests run one after another.
var asked = map[string][]listed{}

func goList(t *testing.T, arguments ...string) []listed {
	t.Helper()
	question := strings.Join(arguments, " ")
	if known, is := asked[question]; is {
		return known
	}
	command := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,GoFiles,Module"}, arguments...)...)
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var found listed
		if err := decoder.Decode(&found); errors.Is(err, io.EOF) {
			asked[question] = packages
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, found)
	}
}

// wrongImports lists the imports among our packages that go against allowed, sorted.
func wrongImports(packages []listed, allowed map[string][]string) []string {
	var wrong []string
	for _, from := range packages {
		if len(from.GoFiles) == 0 {
			continue // tests alone
		}
		name := strings.TrimPrefix(from.ImportPath, module+"/")
		targets, known := allowed[name]
		if !known {
			wrong = append(wrong, name+" is not in mayImport")
		}
		for _, imported := range from.Imports {
			target, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.Contains(targets, target) {
				wrong = append(wrong, name+" imports "+target)
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

func TestImportDirection(t *testing.T) {
	for _, wrong := range wrongImports(goList(t, "./..."), mayImport) {
		t.Errorf("%s, see docs/architecture.md", wrong)
	}
}

func TestWrongImports(t *testing.T) {
	packages := []listed{
		{ImportPath: module + "/generator/emit", GoFiles: []string{"emit.go"}, Imports: []string{"fmt", module + "/generator/kinds"}},
		{ImportPath: module + "/helpers", GoFiles: []string{"helpers.go"}},
		{ImportPath: module + "/e2e"},
	}
	want := []string{"generator/emit imports generator/kinds", "helpers is not in mayImport"}
	if got := wrongImports(packages, mayImport); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDependencies(t *testing.T) {
	linked := map[string]bool{}
	for _, found := range goList(t, "-deps", "./cmd/...") {
		if found.Module != nil && found.Module.Path != module {
			linked[found.Module.Path] = true
		}
	}
	for _, path := range slices.Sorted(maps.Keys(linked)) {
		if _, known := dependencies[path]; !known {
			t.Errorf("the program now depends on %s: say in dependencies what it replaces", path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(dependencies)) {
		if !linked[path] {
			t.Errorf("the program no longer depends on %s: remove it from dependencies", path)
		}
	}
}

// onlyIn are the places of what is done in one way: what a line of code of the program looks like that does it, and the package
// that alone may have such lines.
var onlyIn = map[string]string{
	`\bhcl\.Diagnostic\{|\bhcl\.Diagnostics\{\{`: "generator/diagnostic",
	`\blevenshtein\.`: "generator/diagnostic",
	`^(?:var|\t)[^:]*=.*\bregexp\.(?:Must)?Compile`:                              "generator/pattern",
	`\bruntime\.GOMAXPROCS\b|\.Go\(func`:                                         "generator/parallel",
	`\bhclsyntax\.(?:LiteralValueExpr|TemplateExpr|TupleConsExpr|UnaryOpExpr)\b`: "generator/settings",
}

// doneTwice lists the lines of a file that do what is done elsewhere in one way.
func doneTwice(path string, content []byte, only map[string]string) []string {
	var found []string
	for expression, folder := range only {
		if strings.HasPrefix(path, folder+"/") {
			continue
		}
		if !regexp.MustCompile(expression).Match(content) {
			continue // most files, for a fifth of the time that their lines take
		}
		for _, line := range regexp.MustCompile(`(?m)^.*(?:`+expression+`).*$`).FindAllString(string(content), -1) {
			found = append(found, path+": "+strings.TrimSpace(line)+" belongs into "+folder)
		}
	}
	slices.Sort(found)
	return found
}

func TestOneWayOfEach(t *testing.T) {
	for _, found := range goList(t, "-deps", "./cmd/...") {
		if found.Module == nil || found.Module.Path != module {
			continue
		}
		folder := strings.TrimPrefix(found.ImportPath, module+"/")
		for _, file := range found.GoFiles {
			content, err := os.ReadFile(filepath.Join(folder, file))
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range doneTwice(folder+"/"+file, content, onlyIn) {
				t.Error(line)
			}
		}
	}
}

func TestOneWayOfEachFires(t *testing.T) {
	text := "return &hcl.Diagnostic{Severity: hcl.DiagError}\nvar diags hcl.Diagnostics\n\treturn hcl.Diagnostics{{\n\tcase *hclsyntax.LiteralValueExpr:\n"
	want := []string{"a/b.go: case *hclsyntax.LiteralValueExpr: belongs into generator/settings", "a/b.go: return &hcl.Diagnostic{Severity: hcl.DiagError} belongs into generator/diagnostic", "a/b.go: return hcl.Diagnostics{{ belongs into generator/diagnostic"}
	if got := doneTwice("a/b.go", []byte(text), onlyIn); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := doneTwice("generator/diagnostic/b.go", []byte(text), onlyIn); !slices.Equal(got, []string{strings.Replace(want[0], "a/b.go", "generator/diagnostic/b.go", 1)}) {
		t.Errorf("got %q where it belongs", got)
	}
}

// A test that may skip lets a build machine count green what never ran; a file name with such an ending is compiled on
// some systems only, whatever its author meant.
var (
	skipped = regexp.MustCompile(`\bt\.Skip|(?m)^\s*(?:\[[^\]]*\]\s*)?skip\b`)
	suffix  = regexp.MustCompile(`_(?:js|wasm|wasip1|linux|windows|darwin|freebsd|plan9|unix|amd64|arm64|arm|386)(?:_test)?\.go$`)
)

func TestRepositoryRules(t *testing.T) {
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || path == "fixtures" || path == "golden"):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		if suffix.MatchString(path) {
			t.Errorf("%s: go reads the ending of this name as a build constraint", path)
		}
		isTest := strings.HasSuffix(path, "_test.go") && path != "deps_test.go"
		isScript := filepath.Ext(path) == ".txtar" && strings.Contains(path, "testdata/script/")
		if !isTest && !isScript {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if skipped.Match(content) {
			t.Errorf("%s: a test that lacks something fails and says what, it does not skip", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRepositoryRulesFire(t *testing.T) {
	for _, text := range []string{"\tt.Skip(\"no terraform\")", "\tt.Skipf(\"x\")", "[!exec:terraform] skip 'no terraform'\n", "skip\n"} {
		if !skipped.MatchString(text) {
			t.Errorf("%q is not seen as skipping", text)
		}
	}
	for _, text := range []string{"// nothing to skip here", "fs.SkipDir"} {
		if skipped.MatchString(text) {
			t.Errorf("%q is seen as skipping", text)
		}
	}
	for name, want := range map[string]bool{"reader_js.go": true, "run_linux_test.go": true, "golang.go": false, "typescript_test.go": false} {
		if suffix.MatchString(name) != want {
			t.Errorf("%s: constraint seen %v, want %v", name, !want, want)
		}
	}
}
