package generator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/diagnostic"
)

// TestI6_TheSupervisorIsWarnedOf: where encore.app asks for it, once for the application, and for each process that it
// would not start, whatever describes the application beside encore.app.
func TestI6_TheSupervisorIsWarnedOf(t *testing.T) {
	const stop = "encore.app:3:46 Image that does not stop"
	start := func(process, env string, services int) string {
		return fmt.Sprintf("encore.app:3:46 Image that does not start: The process %q of environment %q hosts %d services and no gateway", process, env, services)
	}
	for _, test := range []struct {
		name, asked, settings string
		want                  []string
	}{
		{"not asked for", "false", "", nil},
		{"a service each", "true", "", []string{stop}},
		{"everything with the gateway", "true", "process_allocation = \"all_in_one\"", []string{stop}},
		{"several without gateway", "true", "process \"edge\" {\n gateway = true\n}\nprocess \"inner\" {\n services = [\"catalog\", \"orders\", \"reports\", \"shipping\", \"users\"]\n}",
			[]string{stop, start("inner", "production", 5)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "shop")
			if err := os.CopyFS(root, os.DirFS(filepath.Join(fixtures, "shop"))); err != nil {
				t.Fatal(err)
			}
			encore := "{\n\t\"id\": \"shop\",\n\t\"build\": {\"docker\": {\"process_per_service\": " + test.asked + "}},\n}\n"
			settings := "environment \"production\" {\n" + test.settings + "\n}\nenvironment \"staging\" {\n profile = \"dev\"\n}\n"
			for name, text := range map[string]string{"encore.app": encore, "groundplan.hcl": settings} {
				if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			_, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: t.TempDir()})
			if err != nil || diags.HasErrors() {
				t.Fatal(err, diags)
			}
			var got []string
			for _, d := range diags {
				if strings.Contains(diagnostic.Text(d), "process_per_service") {
					got = append(got, fmt.Sprintf("%s:%d:%d %s: %s", d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column, d.Summary, diagnostic.Text(d)))
				}
				if strings.Contains(diagnostic.Text(d), "process_per_service") && (d.Severity != hcl.DiagWarning || !strings.Contains(diagnostic.Text(d), "\nhint: ")) {
					t.Errorf("%s is no warning with a remedy", diagnostic.Text(d))
				}
			}
			if len(got) != len(test.want) {
				t.Fatalf("%d warnings, want %d: %q", len(got), len(test.want), got)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got  %s\nwant %s", got[i], want)
				}
			}
		})
	}
}
