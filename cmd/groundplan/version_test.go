package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/groundplan/groundplan/modules"
)

func TestVersionIsWhatTheBuildKnows(t *testing.T) {
	noted := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}, {Key: "vcs.time", Value: "2026-11-28T03:00:00Z"}, {Key: "vcs.modified", Value: "true"},
	}}
	b := buildOf(noted)
	b.Go, b.Platform, b.Modules = "go1.26.8", "linux/arm64", "abc"
	want := "groundplan v1.2.3\ncommit    0123456789abcdef0123456789abcdef01234567, and files that differ from it\ndate      2026-11-28T03:00:00Z\nmodules   abc\ngo        go1.26.8\nplatform  linux/arm64\n"
	if got := b.text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if b := buildOf(nil); b.Version != "unknown" || b.Commit != "" {
		t.Errorf("a build without notes is %+v", b)
	}
	releaseVersion, releaseCommit, releaseDate = "v2.0.0", "fedcba", "2027-01-01T00:00:00Z"
	defer func() { releaseVersion, releaseCommit, releaseDate = "", "", "" }()
	if b := buildOf(noted); b.Version != "v2.0.0" || b.Commit != "fedcba" || b.Date != "2027-01-01T00:00:00Z" || b.Modified {
		t.Errorf("a release is %+v", b)
	}
}

func TestVersionSaysTheSameInBothWays(t *testing.T) {
	printed := func(args ...string) string {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), args, &stdout, &stderr); code != 0 || stderr.Len() > 0 {
			t.Fatalf("%v: exit code %d, %s", args, code, &stderr)
		}
		return stdout.String()
	}
	if d := cmp.Diff(printed("version"), printed("--version")); d != "" {
		t.Error(d)
	}
	decoder := json.NewDecoder(strings.NewReader(printed("version", "--format", "json")))
	decoder.DisallowUnknownFields()
	var b buildFacts
	if err := decoder.Decode(&b); err != nil {
		t.Fatal(err)
	}
	if b.text() != printed("version") {
		t.Errorf("as JSON: %+v", b)
	}
	if b.Modules != modules.Sum() || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(b.Modules) {
		t.Errorf("hash of the modules: %q", b.Modules)
	}
}

// untoldSteps lists the versions of a changelog to which a table has no row: "| v0.1.0 | v0.2.0 | none |".
func untoldSteps(changelog, page string) []string {
	var untold []string
	for _, found := range regexp.MustCompile(`(?m)^## v?([0-9]+\.[0-9]+\.[0-9]+\S*)`).FindAllStringSubmatch(changelog, -1) {
		if !regexp.MustCompile(`(?m)^\| [^|]+ \| v` + regexp.QuoteMeta(found[1]) + ` \|`).MatchString(page) {
			untold = append(untold, found[1])
		}
	}
	return untold
}

// TestReleasesPage holds docs/releases.md to the JSON that is printed, and to the versions that there are.
func TestReleasesPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/releases.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(page), "$ groundplan version --format json\n")
	example, _, closed := strings.Cut(example, "```")
	if !found || !closed {
		t.Fatal("there is no example of the JSON")
	}
	decoder := json.NewDecoder(strings.NewReader(example))
	decoder.DisallowUnknownFields()
	var b buildFacts
	if err := decoder.Decode(&b); err != nil {
		t.Fatal(err)
	}
	if b.Version == "" || b.Commit == "" || b.Date == "" || b.Modules == "" || b.Go == "" || b.Platform == "" || b.Modified {
		t.Errorf("the example lacks a field: %+v", b)
	}
	changelog, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range untoldSteps(string(changelog), string(page)) {
		t.Errorf("docs/releases.md does not say how to come to %s", version)
	}
	if got := untoldSteps("# Changelog\n\n## Unreleased\n\n## 0.2.0 (2027-01-01)\n\n## v0.1.0\n", "| a commit | v0.1.0 | none |\n"); len(got) != 1 || got[0] != "0.2.0" {
		t.Errorf("untold: %q", got)
	}
}
