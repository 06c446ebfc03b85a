package main

import (
	"bytes"
	"context"
	"encoding/json"
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
	var b build
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
