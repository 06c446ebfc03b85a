//go:build validate

package release_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hook is an entry of .pre-commit-hooks.yaml.
type hook struct {
	ID            string `yaml:"id"`
	Name          string `yaml:"name"`
	Description   string `yaml:"description"`
	Entry         string `yaml:"entry"`
	Language      string `yaml:"language"`
	Files         string `yaml:"files"`
	PassFilenames *bool  `yaml:"pass_filenames"`
}

// commit commits what is staged in a repository, with a hook as pre-commit runs it: where files that it is for are staged, its entry
// in the repository's root.
func commit(t *testing.T, repository string, h hook) (string, error) {
	t.Helper()
	git := func(arguments ...string) (string, error) {
		command := exec.Command("git", append([]string{"-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false"}, arguments...)...)
		command.Dir = repository
		command.Env = append(os.Environ(), "PATH="+filepath.Join(filepath.Dir(repository), "bin")+":"+os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		output, err := command.CombinedOutput()
		return string(output), err
	}
	if _, err := os.Stat(filepath.Join(repository, ".git")); err != nil {
		if output, err := git("init", "--quiet"); err != nil {
			t.Fatal(output, err)
		}
	}
	if output, err := git("add", "--all"); err != nil {
		t.Fatal(output, err)
	}
	staged, err := git("diff", "--cached", "--name-only")
	if err != nil {
		t.Fatal(staged, err)
	}
	script := "#!/bin/sh\nexit 0\n"
	for name := range strings.Lines(staged) {
		// pre-commit searches with Python's expressions, of which this is one.
		if regexp.MustCompile(h.Files).MatchString(strings.TrimSpace(name)) {
			script = "#!/bin/sh\nexec " + h.Entry + "\n"
		}
	}
	if err := os.WriteFile(filepath.Join(repository, ".git/hooks/pre-commit"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return git("commit", "--quiet", "--message", "change")
}

// TestHooksRefuseStaleCode commits to a repository with each hook.
func TestHooksRefuseStaleCode(t *testing.T) {
	var hooks []hook
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 2 || hooks[0].Language != "golang" || hooks[1].Language != "system" {
		t.Fatalf("hooks %+v", hooks)
	}
	for _, h := range hooks {
		t.Run(h.ID, func(t *testing.T) {
			if h.PassFilenames == nil || *h.PassFilenames {
				t.Error("names of files would be arguments")
			}
			folder := t.TempDir()
			repository := filepath.Join(folder, "shop")
			if err := os.CopyFS(repository, os.DirFS("../../fixtures/hello")); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(folder, "bin"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "bin", "groundplan"), releasedProgram(), 0o755); err != nil {
				t.Fatal(err)
			}
			if output, err := commit(t, repository, h); err == nil || !strings.Contains(output, "is stale") {
				t.Errorf("source without generated code: %v\n%s", err, output)
			}
			generate := exec.Command(filepath.Join(folder, "bin", "groundplan"), "generate")
			generate.Dir = repository
			if output, err := generate.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			if output, err := commit(t, repository, h); err != nil {
				t.Errorf("generated code: %v\n%s", err, output)
			}
			write := func(name, text string) {
				file, err := os.OpenFile(filepath.Join(repository, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
				if err != nil {
					t.Fatal(err)
				}
				defer file.Close()
				if _, err := file.WriteString(text); err != nil {
					t.Fatal(err)
				}
			}
			write("notes.txt", "nothing of groundplan's\n")
			if output, err := commit(t, repository, h); err != nil || strings.Contains(output, "groundplan") {
				t.Errorf("another file: %v\n%s", err, output)
			}
			write("infra/production/platform/terraform.tf", "# by hand\n")
			if output, err := commit(t, repository, h); err == nil || !strings.Contains(output, "edited by hand") {
				t.Errorf("an edit by hand: %v\n%s", err, output)
			}
		})
	}
}
