package groundplan_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// What is written for people names files, targets, tests and names in the code. These tests keep the names true; what a
// sentence says beyond them is for whoever reads it.

// pages are the texts that are held to it: slash separated, from the root on.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "modules/*/README.md", "templates/*.md"} {
		names, err := fs.Glob(os.DirFS("."), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			found[name] = visibleText(t, name)
		}
	}
	delete(found, "CHANGELOG.md") // tells what was
	return found
}

func visibleText(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// repository is what pages may name.
type repository struct {
	files   fs.FS
	names   map[string]bool   // of files, wherever they are
	targets []string          // of the Makefile
	tests   map[string]bool   // functions
	code    map[string]string // of packages of ours, by the last part of their path
}

func readRepository(t *testing.T) repository {
	t.Helper()
	r := repository{files: os.DirFS("."), names: map[string]bool{}, tests: map[string]bool{}, code: map[string]string{}}
	function := regexp.MustCompile(`(?m)^func (Test\w+|Benchmark\w+|Fuzz\w+)\(`)
	err := fs.WalkDir(r.files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == ".git" || name == ".tools" || name == "bin"):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		r.names[entry.Name()] = true
		if path.Ext(name) != ".go" {
			return nil
		}
		content, err := fs.ReadFile(r.files, name)
		if strings.HasSuffix(name, "_test.go") {
			for _, found := range function.FindAllStringSubmatch(string(content), -1) {
				r.tests[found[1]] = true
			}
		} else if strings.HasPrefix(name, "generator/") || strings.HasPrefix(name, "modules/") {
			r.code[path.Base(path.Dir(name))] += string(content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`(?m)^([a-z]+):`).FindAllStringSubmatch(visibleText(t, "Makefile"), -1) {
		r.targets = append(r.targets, found[1])
	}
	return r
}

var (
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	ownPage     = regexp.MustCompile(`^https://github\.com/groundplan/groundplan/(?:blob|tree)/main/`)
	quoted      = regexp.MustCompile("`([^`\n]+)`")
	placeholder = regexp.MustCompile(`<[^>]*>`)
	inTree      = regexp.MustCompile(`(?:^|[\s(])\x60?((?:\.ci|cmd|docs|e2e|fixtures|generator|golden|modules|templates|tools)/[\w.*<>/-]*[\w*>/])`)
	bareFile    = regexp.MustCompile(`^[\w*-]+\.(?:go|py)$`)
	makeCall    = regexp.MustCompile(`(?m)(?:\x60|^\s*)make((?: [a-z]+)*)(?:\x60| [A-Z]|\s\s|$)`)
	testName    = regexp.MustCompile(`\bTest[A-Z]\w*[A-Za-z0-9]\b`)
	symbol      = regexp.MustCompile(`^([a-z]+)\.([A-Z]\w*)$`)
)

// untrue lists what a page names and nobody has, sorted. What holds the word invented is about a thing that could be.
func (r repository) untrue(page, content, invented string) []string {
	var wrong []string
	miss := func(what, name string) {
		if invented == "" || !strings.Contains(name, invented) {
			wrong = append(wrong, fmt.Sprintf("%s: there is no %s %s", page, what, name))
		}
	}
	exists := func(name string) bool {
		found, err := fs.Glob(r.files, path.Clean(placeholder.ReplaceAllString(name, "*")))
		return err == nil && len(found) > 0
	}
	for _, found := range link.FindAllStringSubmatch(content, -1) {
		target, _, _ := strings.Cut(found[1], "#")
		switch {
		case ownPage.MatchString(target):
			target = ownPage.ReplaceAllString(target, "")
		case target == "" || strings.Contains(target, "://") || strings.Contains(target, "{{") || strings.HasPrefix(page, "templates/"):
			continue // elsewhere, on this page, or from a folder that is generated
		default:
			target = path.Join(path.Dir(page), target)
		}
		if !exists(target) {
			miss("file", target)
		}
	}
	for _, found := range inTree.FindAllStringSubmatch(content, -1) {
		if !exists(found[1]) {
			miss("file", found[1])
		}
	}
	for _, found := range quoted.FindAllStringSubmatch(content, -1) {
		if bareFile.MatchString(found[1]) && !r.anywhere(found[1]) {
			miss("file", found[1])
		}
		if parts := symbol.FindStringSubmatch(found[1]); parts != nil && r.code[parts[1]] != "" && !declares(r.code[parts[1]], parts[2]) {
			miss("name", found[1])
		}
	}
	for _, found := range makeCall.FindAllStringSubmatch(content, -1) {
		for _, target := range strings.Fields(found[1]) {
			if !slices.Contains(r.targets, target) {
				miss("target", target)
			}
		}
	}
	for _, name := range testName.FindAllString(content, -1) {
		if !r.tests[name] {
			miss("test", name)
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

// anywhere reports whether some file has a name, in which a star stands for any letters.
func (r repository) anywhere(pattern string) bool {
	for name := range r.names {
		if matched, _ := path.Match(pattern, name); matched {
			return true
		}
	}
	return false
}

// declares reports whether the code of a package declares a name.
func declares(code, name string) bool {
	return regexp.MustCompile(`(?m)^(?:func (?:\([^)]*\) )?|type |var |const |\t)` + name + `\b`).MatchString(code)
}

func TestPagesNameWhatThereIs(t *testing.T) {
	r := readRepository(t)
	for name, content := range pages(t) {
		invented := ""
		if name == "docs/adding-a-kind.md" {
			invented = "queue"
		}
		for _, wrong := range r.untrue(name, content, invented) {
			t.Error(wrong)
		}
	}
}

func TestPagesThatLieAreFound(t *testing.T) {
	r := repository{
		files: os.DirFS("."), names: map[string]bool{"repairs_storage.py": true}, targets: []string{"test"},
		tests: map[string]bool{"TestG4_Apply": true}, code: map[string]string{"kinds": "var All = []Kind{}\n"},
	}
	const page = "[here](nowhere.md) [there](docs/lab.md#top) [out](https://example.com/x.md) [ours](https://github.com/groundplan/groundplan/blob/main/docs/gone.md)\n" +
		"see `e2e/gone.go`, `fixtures/<name>/needs.hcl`, `tools/none` and generator/none.go; `repairs*.py`, `echo.py`\n" +
		"`make test`, `make tea`, `make nothing SECONDS=1`\n\n    make milk      pours it\n\n`kinds.All` `kinds.None` TestG4_Apply TestG4_Gone queue/`modules/queue/`\n"
	want := []string{
		"a.md: there is no file docs/gone.md", "a.md: there is no file e2e/gone.go", "a.md: there is no file echo.py", "a.md: there is no file generator/none.go",
		"a.md: there is no file nowhere.md", "a.md: there is no file tools/none", "a.md: there is no name kinds.None", "a.md: there is no target milk",
		"a.md: there is no target nothing", "a.md: there is no target tea", "a.md: there is no test TestG4_Gone",
	}
	if got := r.untrue("a.md", page, "queue"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestArchitectureNamesEveryPackage holds the table of docs/architecture.md against mayImport and the tree.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	for _, wrong := range wrongPackages(visibleText(t, "docs/architecture.md"), mayImport, func(name string) bool {
		info, err := os.Stat(filepath.FromSlash(name))
		return err == nil && info.IsDir()
	}) {
		t.Error(wrong)
	}
}

// wrongPackages lists the packages that a table of them lacks, and its rows that are none. What stands inside another package is
// that one's own affair, and has a row by choice; tools and tests stand in the text.
func wrongPackages(page string, allowed map[string][]string, there func(name string) bool) []string {
	var wrong []string
	rows := map[string]bool{}
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		name := strings.Trim(strings.TrimSpace(cells[0]), "`")
		if _, known := allowed[name]; len(cells) >= 2 && (known || inTree.MatchString(name)) {
			rows[name] = true
		}
	}
	for name := range allowed {
		inside := strings.Count(name, "/") > 1
		if !rows[name] && !inside && there(name) && !strings.HasPrefix(name, "e2e/") && !strings.HasPrefix(name, "tools/") {
			wrong = append(wrong, name+" has no row")
		}
	}
	for name := range rows {
		if _, known := allowed[name]; !known || !there(name) {
			wrong = append(wrong, name+" is no package")
		}
	}
	slices.Sort(wrong)
	return wrong
}

func TestWrongPackages(t *testing.T) {
	const page = "| package | turns | into |\n| --- | --- | --- |\n| `generator/app` | is | |\n| `generator/source/manifest` | reads | |\n| `generator/gone` | was | |\n"
	allowed := map[string][]string{"generator/app": {}, "generator/source/manifest": {}, "generator/source/golang": {}, "generator/emit": {}, "later": {}, "e2e/lab": {}}
	want := []string{"generator/emit has no row", "generator/gone is no package"}
	if got := wrongPackages(page, allowed, func(name string) bool { return name != "later" }); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestLowestRunsWhatTheNewestDoes: `make lowest` names in a pattern the environments that OpenTofu plans in every run.
func TestLowestRunsWhatTheNewestDoes(t *testing.T) {
	list := regexp.MustCompile(`(?s)var byOpenTofu = \[\]string\{(.*?)\}`).FindStringSubmatch(visibleText(t, "e2e/validate_test.go"))
	pattern := regexp.MustCompile(`OPENTOFU_LOWEST=1 .*\|(\^TestValidate\S*)'`).FindStringSubmatch(visibleText(t, "Makefile"))
	if list == nil || pattern == nil {
		t.Fatal("neither the list nor the pattern is where it was")
	}
	parts := strings.Split(strings.ReplaceAll(pattern[1], "$$", "$"), "/")
	for _, found := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(list[1], -1) {
		for i, element := range strings.Split("TestValidate/"+found[1], "/") {
			if matched, err := regexp.MatchString(parts[i], element); err != nil || !matched {
				t.Errorf("make lowest leaves out %s", found[1])
			}
		}
	}
}

// Commands of infra/README.md read outputs of the stacks, name their secrets and resources.
var (
	readsOutput = regexp.MustCompile(`-chdir=(\$?[\w-]+)/(\w+) output (?:-json|-raw) (\w+)(?: \| jq -r '?\.(\w+)?)?`)
	namesSecret = regexp.MustCompile(`--secret-id (\w[^\s"]*)|; -- (\S+/\S+)`)
	builds      = regexp.MustCompile(`docker build [^\n]* (\S+) && docker push`)
	namesFolder = regexp.MustCompile(`-chdir=([a-z][\w-]*/\w+)`)
)

// unkept lists what the commands of infra/README.md name and the code beside it does not have, sorted.
func unkept(readme string, infra fs.FS) []string {
	var wrong []string
	stack := func(folder string) string {
		var code strings.Builder
		files, err := fs.Glob(infra, folder+"/*.tf")
		for _, name := range files {
			var content []byte
			if content, err = fs.ReadFile(infra, name); err == nil {
				code.Write(content)
			}
		}
		if err != nil || len(files) == 0 {
			wrong = append(wrong, "no stack "+folder)
		}
		return code.String()
	}
	for _, found := range namesFolder.FindAllStringSubmatch(readme, -1) {
		stack(found[1])
	}
	for _, found := range readsOutput.FindAllStringSubmatch(readme, -1) {
		folders := []string{found[1] + "/" + found[2]}
		if found[1] == "$ENVIRONMENT" {
			folders, _ = fs.Glob(infra, "*/"+found[2])
		}
		for _, folder := range folders {
			block := regexp.MustCompile(`(?s)output "` + found[3] + `" \{\n(.*?)\n\}`).FindString(stack(folder))
			if block == "" || found[4] != "" && !regexp.MustCompile(`[{\n] *`+found[4]+` +=`).MatchString(block) {
				wrong = append(wrong, strings.Trim(fmt.Sprintf("no output %s of %s: %s", found[3], folder, found[4]), ": "))
			}
		}
	}
	for _, found := range builds.FindAllStringSubmatch(readme, -1) {
		if !strings.HasPrefix(found[1], `"$APPLICATION`) {
			wrong = append(wrong, "code is not in this folder: "+found[1])
		}
	}
	environment := ""
	for line := range strings.Lines(readme) {
		if title, is := strings.CutPrefix(line, "## "); is {
			environment = strings.TrimSpace(title)
		}
		for _, found := range namesSecret.FindAllStringSubmatch(line, -1) {
			if name := found[1] + found[2]; name != "NAME" && !strings.Contains(stack(environment+"/platform"), `"`+name+`"`) {
				wrong = append(wrong, "no secret "+name)
			}
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

func TestCommandsOfTheGeneratedREADME(t *testing.T) {
	readmes, err := filepath.Glob("golden/*/infra/README.md")
	if err != nil || len(readmes) == 0 {
		t.Fatal(readmes, err)
	}
	for _, name := range readmes {
		for _, wrong := range unkept(visibleText(t, name), os.DirFS(filepath.Dir(name))) {
			t.Errorf("%s: %s", name, wrong)
		}
	}
}

func TestUnkeptCommandsAreFound(t *testing.T) {
	const readme = "## production\n\nterraform -chdir=production/platform output -json network | jq -r .vpc_id\nterraform -chdir=production/platform output -json network | jq -r .cidr\n" +
		"terraform -chdir=production/platform output -json gone\nterraform -chdir=staging/services init\naws secretsmanager put-secret-value --secret-id shop/production/gone --secret-string x\n" +
		"CREATE ROLE x; -- shop/production/kept\nterraform -chdir=$ENVIRONMENT/platform output -raw lost\n" +
		"terraform -chdir=production/platform output -json key | jq -r .arn\nterraform -chdir=production/platform output -json key | jq -r .id\n" +
		"docker build --tag x:y orders && docker push x:y\ndocker build --tag x:y \"$APPLICATION/users\" && docker push x:y\n"
	infra := fstest.MapFS{"production/platform/outputs.tf": {Data: []byte("output \"network\" {\n  value = {\n    vpc_id = 1\n  }\n}\n\noutput \"key\" {\n  value = { arn = 1 }\n}\n\nmodule \"secret\" {\n  name = \"shop/production/kept\"\n}\n")}}
	want := []string{"code is not in this folder: orders", "no output gone of production/platform", "no output key of production/platform: id", "no output lost of production/platform", "no output network of production/platform: cidr", "no secret shop/production/gone", "no stack staging/services"}
	if got := unkept(readme, infra); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestComparisonNamesEveryPromise: docs/encore-cloud.md proves its rows by promises that there are, says of what is not promised
// yet that it is not there, and leaves out nothing that is promised of AWS.
func TestComparisonNamesEveryPromise(t *testing.T) {
	for _, wrong := range wrongRows(visibleText(t, "docs/encore-cloud.md"), visibleText(t, "tools/promises/promises.txt")) {
		t.Error(wrong)
	}
}

// wrongRows lists where a table whose last column are ids of promises goes against the list of them, sorted.
func wrongRows(page, promises string) []string {
	var wrong []string
	later, named := map[string]bool{}, map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^(later )?([A-Z]\d)  `).FindAllStringSubmatch(promises, -1) {
		later[found[2]] = found[1] != ""
	}
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 {
			continue
		}
		for _, id := range regexp.MustCompile(`\b[A-Z]\d\b`).FindAllString(cells[2], -1) {
			unmade, known := later[id]
			named[id] = true
			switch {
			case !known:
				wrong = append(wrong, "there is no promise "+id)
			case unmade != strings.Contains(cells[1], "**not yet**"):
				wrong = append(wrong, fmt.Sprintf("%s is promised for later: %t, the row says otherwise: %s", id, unmade, strings.TrimSpace(cells[0])))
			}
		}
	}
	for id := range later {
		if strings.Contains("NRSFKDPOCJ", id[:1]) && !named[id] {
			wrong = append(wrong, "no row names "+id)
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

func TestWrongRows(t *testing.T) {
	const page = "| there | here | proven by |\n| a | **not yet** | N1 |\n| b | the same | K1, Z9 |\n| c | the same | I1 |\n"
	want := []string{"K1 is promised for later: true, the row says otherwise: b", "N1 is promised for later: false, the row says otherwise: a", "no row names N2", "there is no promise Z9"}
	if got := wrongRows(page, "I1  x\nN1  x\nN2  x\nlater K1  x\n"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
