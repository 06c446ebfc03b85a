//go:build validate

package release_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBashCompletes has bash complete lines in a folder with generated code. What stands in a line is never run.
func TestBashCompletes(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, mode os.FileMode, content []byte) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, mode); err != nil {
			t.Fatal(err)
		}
	}
	write("bin/groundplan", 0o755, releasedProgram())
	if err := os.CopyFS(filepath.Join(folder, "shop"), os.DirFS("../../fixtures/shop")); err != nil {
		t.Fatal(err)
	}
	shell := func(script string) string {
		command := exec.Command("bash", "--noprofile", "--norc", "-u", "-c", script)
		command.Dir = filepath.Join(folder, "shop")
		command.Env = append(os.Environ(), "PATH="+filepath.Join(folder, "bin")+":"+os.Getenv("PATH"))
		output, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		return string(output)
	}
	shell("groundplan generate --env production --out infra")
	for _, test := range []struct{ words, want string }{
		{`groundplan gen`, "generate"},
		{`groundplan generate --ch`, "--check"},
		{`groundplan generate --env ''`, "production"},
		{`groundplan generate --env = pr`, "production"},
		{`groundplan inspect --format m`, "mermaid"},
		{`groundplan completion z`, "zsh"},
		{`groundplan generate --accept-replacement production/topic`, `production/topic\ order-placed`},
		{`groundplan generate --app cat`, "catalog"},
		{`groundplan generate --limits encore`, "encore.app"},
		{`groundplan generate --out '$(touch evaluated)' --env ''`, ""},
		{`groundplan gone ''`, ""},
	} {
		got := shell("source <(groundplan completion bash)\nCOMP_WORDS=(" + test.words + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_groundplan\nprintf '%s\\n' ${COMPREPLY[@]+\"${COMPREPLY[@]}\"}")
		if strings.TrimSpace(got) != test.want {
			t.Errorf("%s: got %q, want %q", test.words, got, test.want)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "shop", "evaluated")); err == nil {
		t.Error("what stands in the line was run")
	}
	if got := shell("source <(groundplan completion bash); complete -p groundplan"); got != "complete -F _groundplan groundplan\n" {
		t.Errorf("what bash knows: %q", got)
	}
}

// TestManualIsPrinted: groff has nothing to say against docs/groundplan.1, and would say it.
func TestManualIsPrinted(t *testing.T) {
	page, err := os.ReadFile("../../docs/groundplan.1")
	if err != nil {
		t.Fatal(err)
	}
	print := func(text string) (string, string) {
		command := exec.Command("groff", "-man", "-Tutf8", "-ww", "-P-cbou")
		command.Stdin = strings.NewReader(text)
		var complaints strings.Builder
		command.Stderr = &complaints
		output, err := command.Output()
		if err != nil {
			t.Fatalf("groff: %v\n%s", err, complaints.String())
		}
		return string(output), complaints.String()
	}
	printed, complaints := print(string(page))
	if complaints != "" {
		t.Error(complaints)
	}
	for _, want := range []string{"GROUNDPLAN GENERATE", "--accept-replacement ID", "EXIT STATUS"} {
		if !strings.Contains(printed, want) {
			t.Errorf("the page does not print %q", want)
		}
	}
	for line := range strings.Lines(printed) {
		if strings.Contains(line, `\-`) {
			t.Errorf("roff shows through: %s", line)
		}
	}
	if _, complaints := print(string(page) + ".gone\n"); complaints == "" {
		t.Error("groff says nothing against a macro that there is not")
	}
}
