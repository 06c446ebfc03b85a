package groundplan_test

import (
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// mentions lists the Go files of the program that have a word, tests left out.
func mentions(t *testing.T, tree fs.FS, word *regexp.Regexp) []string {
	t.Helper()
	var found []string
	for _, folder := range []string{"generator", "cmd"} {
		err := fs.WalkDir(tree, folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			content, err := fs.ReadFile(tree, path)
			if err == nil && word.Match(content) {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// whereFargateIs are the files that know it, with why. A compute target is a file of its own, what its settings may say, and what AWS
// limits of it: whatever else would have to know a new one shows here.
var whereFargateIs = map[string]string{
	"generator/compute/fargate.go":              "what it makes of workloads and schedules",
	"generator/compute/fargate_quotas.go":       "what it takes of what an account has",
	"generator/compute/compute.go":              "the list of targets",
	"generator/environment/rule/fargate.go":     "the sizes that its tasks come in",
	"generator/environment/table/settings.go":   "what the settings mean there, for docs/settings.md",
	"generator/environment/allocation/tasks.go": "how long it gives a task on Spot",
	"generator/quota/quota.go":                  "the command that asks for its quotas",
	"generator/sizes/sizes.go":                  "its modules, whose policies and task definitions are measured",
	"generator/sizes/outputs.go":                "its modules' outputs, which are measured",
	"generator/guide/existing.go":               "the zones that lack it",
}

// TestAComputeTargetIsOneFile: nobody else learns of Fargate unseen.
func TestAComputeTargetIsOneFile(t *testing.T) {
	found := mentions(t, os.DirFS("."), regexp.MustCompile(`(?i)fargate`))
	for _, path := range found {
		if whereFargateIs[path] == "" {
			t.Errorf("%s mentions Fargate: it belongs into generator/compute/fargate.go, or into whereFargateIs with its reason", path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(whereFargateIs)) {
		if !slices.Contains(found, path) {
			t.Errorf("%s no longer mentions Fargate: take it out of whereFargateIs", path)
		}
	}
}

// mostFilesOfAKind is in how many files a kind may be named, its own among them. Four have its settings: what is asked of them,
// the table, the rules of its values, and how they fit the application.
const mostFilesOfAKind = 9

// aboutStates are the files that name a bucket which is no application's: that of terraform's states.
var aboutStates = []string{"cmd/groundplan/bootstrap.go", "cmd/groundplan/main.go"}

// TestAKindIsNamedInFewFiles counts those of the kind that most code has to do with.
func TestAKindIsNamedInFewFiles(t *testing.T) {
	found := mentions(t, os.DirFS("."), regexp.MustCompile(`\bbucket\b`))
	for _, path := range aboutStates {
		if !slices.Contains(found, path) {
			t.Errorf("%s no longer names a bucket: take it out of aboutStates", path)
		}
	}
	if found = slices.DeleteFunc(found, func(path string) bool { return slices.Contains(aboutStates, path) }); len(found) > mostFilesOfAKind {
		t.Errorf("%d files name a bucket, %d may; what differs between kinds is a field of kind.Kind:\n%s", len(found), mostFilesOfAKind, strings.Join(found, "\n"))
	}
}

func TestMentionsAreFound(t *testing.T) {
	tree := fstest.MapFS{
		"generator/a.go":      {Data: []byte("// a bucket\n")},
		"generator/b/b.go":    {Data: []byte("var buckets, Bucket int\n")},
		"generator/a_test.go": {Data: []byte("// a bucket\n")},
		"generator/a.md":      {Data: []byte("a bucket\n")},
		"cmd/c/c.go":          {Data: []byte("s := \"bucket \"")},
		"e2e/d.go":            {Data: []byte("// a bucket\n")},
	}
	if got, want := mentions(t, tree, regexp.MustCompile(`\bbucket\b`)), []string{"generator/a.go", "cmd/c/c.go"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
