//go:build linux

package servers

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGuide reads the READMEs that are recorded: all SQL in them is found, for a module that the environment has.
func TestGuide(t *testing.T) {
	files, err := filepath.Glob("../../../../golden/*/infra/README.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no READMEs: %v", err)
	}
	servers := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		environments, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*", "platform"))
		if err != nil {
			t.Fatal(err)
		}
		for _, platform := range environments {
			guide, err := readGuide(string(text), filepath.Base(filepath.Dir(platform)))
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			found += len(guide)
			for module, sql := range guide {
				if !strings.Contains(sql, "CREATE DATABASE ") || !strings.HasPrefix(module, "module.database_") {
					t.Errorf("%s: %s: %s", file, module, sql)
				}
				filled, err := withPasswords(sql, func(name string) (string, error) { return "it's " + name, nil })
				if err != nil || strings.Contains(filled, "...") || strings.Count(filled, "PASSWORD 'it''s ") != strings.Count(sql, "CREATE ROLE") {
					t.Errorf("%s: %v: %s", file, err, filled)
				}
			}
		}
		if want := strings.Count(string(text), "\n```sql\n"); found != want {
			t.Errorf("%s has SQL for %d servers, of which %d were found", file, want, found)
		}
		servers += found
	}
	if servers < 8 {
		t.Errorf("only %d servers in all READMEs", servers)
	}
}

func TestGuideRefuses(t *testing.T) {
	if _, err := readGuide("## production\n", "staging"); err == nil {
		t.Error("an environment without a section is found")
	}
	if _, err := readGuide("## production\n\n```sql\nSELECT 1;\n```\n", "production"); err == nil {
		t.Error("SQL without a server is found")
	}
	if _, err := withPasswords("ALTER ROLE x PASSWORD '...';\n", nil); err == nil {
		t.Error("an open place that nothing fills is left")
	}
	missing := errors.New("no such secret")
	if _, err := withPasswords("CREATE ROLE x LOGIN PASSWORD '...'; -- a/b\n", func(string) (string, error) { return "", missing }); !errors.Is(err, missing) {
		t.Errorf("a secret that is not there: %v", err)
	}
}

func TestConnections(t *testing.T) {
	for class, want := range map[string]int{
		"db.t4g.micro": 112, "db.t4g.small": 225, "db.t4g.medium": 450, "db.m6g.large": 901, "db.r6g.large": 1802, "db.r6g.xlarge": 3604, "db.r6g.2xlarge": 5000,
	} {
		if got := connectionsOf(memory(class)); got != want {
			t.Errorf("%s: %d connections, want %d", class, got, want)
		}
	}
}
