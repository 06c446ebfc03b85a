package modules_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/groundplan/groundplan/modules"
)

// TestChangelogs wants of each module a CHANGELOG.md in the form of Keep a Changelog, which its README names.
func TestChangelogs(t *testing.T) {
	for _, name := range modules.Names() {
		for _, problem := range changelogProblems(name, os.DirFS(name)) {
			t.Errorf("modules/%s/%s", name, problem)
		}
	}
}

var (
	// versionHeading is "[Unreleased]", or a version with the day of its tag.
	versionHeading = regexp.MustCompile(`^\[(Unreleased|[0-9]+\.[0-9]+\.[0-9]+\] - [0-9]{4}-[0-9]{2}-[0-9]{2})\]?$`)
	changeKinds    = []string{"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
)

func changelogProblems(name string, module fs.FS) []string {
	text, err := fs.ReadFile(module, "CHANGELOG.md")
	if err != nil {
		return []string{"CHANGELOG.md: missing"}
	}
	var problems []string
	add := func(format string, parts ...any) {
		problems = append(problems, fmt.Sprintf("CHANGELOG.md: "+format, parts...))
	}
	if want := "# Changelog of the module " + name + "\n"; !strings.HasPrefix(string(text), want) {
		add("does not begin with %q", want)
	}
	versions, kind, entries := 0, "", 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "## "):
			versions, kind = versions+1, ""
			if !versionHeading.MatchString(line[3:]) {
				add("%q is neither [Unreleased] nor a version with its day", line)
			}
		case strings.HasPrefix(line, "### "):
			if kind = line[4:]; !slices.Contains(changeKinds, kind) {
				add("%q is none of %s", kind, strings.Join(changeKinds, ", "))
			}
		case strings.HasPrefix(line, "- "):
			entries++
			if kind == "" {
				add("%q stands under no kind of change", line)
			}
		}
	}
	if versions == 0 || entries == 0 {
		add("has %d versions and %d entries", versions, entries)
	}
	if readme, _ := fs.ReadFile(module, "README.md"); !strings.Contains(string(readme), "`CHANGELOG.md`") {
		problems = append(problems, "README.md: does not name CHANGELOG.md")
	}
	return problems
}

func TestChangelogProblems(t *testing.T) {
	const good = "# Changelog of the module topic\n\n## [Unreleased]\n\n### Added\n\n- A topic.\n\n## [1.0.0] - 2030-01-31\n\n### Fixed\n\n- Its name.\n"
	check := func(changelog, readme string) []string {
		return changelogProblems("topic", fstest.MapFS{"CHANGELOG.md": {Data: []byte(changelog)}, "README.md": {Data: []byte(readme)}})
	}
	const named = "See `CHANGELOG.md`.\n"
	if problems := check(good, named); len(problems) > 0 {
		t.Fatalf("a changelog in order has problems: %v", problems)
	}
	for want, text := range map[string]string{
		"does not begin with":            strings.Replace(good, "topic", "bucket", 1),
		"is neither [Unreleased] nor":    strings.Replace(good, " - 2030-01-31", "", 1),
		`"New" is none of`:               strings.Replace(good, "Added", "New", 1),
		"stands under no kind of change": strings.Replace(good, "### Added\n", "", 1),
		"has 0 versions and 0 entries":   "# Changelog of the module topic\n",
	} {
		if problems := check(text, named); !strings.Contains(strings.Join(problems, "\n"), want) {
			t.Errorf("want a problem with %q, got %q", want, problems)
		}
	}
	if problems := check(good, ""); len(problems) != 1 {
		t.Errorf("a README that does not name it passes: %q", problems)
	}
	if problems := changelogProblems("topic", fstest.MapFS{}); len(problems) != 1 {
		t.Errorf("a module without one passes: %q", problems)
	}
}
