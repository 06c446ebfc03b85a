//go:build unix

package engine

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writeProgram writes a shell script that stands in for an engine.
func writeProgram(t *testing.T, folder, name, script string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// only makes PATH hold these programs, and a shell's own.
func only(t *testing.T, programs map[string]string) {
	t.Helper()
	folder := t.TempDir()
	for name, version := range programs {
		writeProgram(t, folder, name, "echo '"+version+"'\n")
	}
	t.Setenv("PATH", folder)
}

func TestFind(t *testing.T) {
	hashicorp, opentofu, both := t.TempDir(), t.TempDir(), t.TempDir()
	for folder, text := range map[string]string{
		hashicorp: "provider \"registry.terraform.io/hashicorp/aws\" {\n}\n",
		opentofu:  "provider \"registry.opentofu.org/hashicorp/aws\" {\n}\n",
		both:      "provider \"registry.opentofu.org/hashicorp/aws\" {\n}\nprovider \"registry.terraform.io/hashicorp/aws\" {\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, LockFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	terraform, tofu := "Terraform v1.11.4", "OpenTofu v1.12.6"
	for _, test := range []struct {
		name          string
		programs      map[string]string
		asked         string
		folders       []string
		found, wanted string // "name version", or what the error says
	}{
		{"one", map[string]string{"terraform": terraform}, "", nil, "terraform 1.11.4", ""},
		{"the other", map[string]string{"tofu": tofu}, "", []string{hashicorp}, "tofu 1.12.6", ""},
		{"both", map[string]string{"terraform": terraform, "tofu": tofu}, "", []string{t.TempDir(), both}, "terraform 1.11.4", ""},
		{"providers of OpenTofu", map[string]string{"terraform": terraform, "tofu": tofu}, "", []string{both, opentofu}, "tofu 1.12.6", ""},
		{"providers of HashiCorp", map[string]string{"terraform": terraform, "tofu": tofu}, "", []string{hashicorp, opentofu}, "terraform 1.11.4", ""},
		{"asked", map[string]string{"terraform": terraform, "tofu": tofu}, "tofu", []string{hashicorp}, "tofu 1.12.6", ""},
		{"a link", map[string]string{"terraform": tofu}, "", nil, "tofu 1.12.6", ""},
		{"none", nil, "", nil, "", "there is neither terraform nor tofu on PATH"},
		{"not there", map[string]string{"terraform": terraform}, "tofu", nil, "", "there is no tofu on PATH"},
		{"no file", nil, "/nowhere/terraform", nil, "", "/nowhere/terraform cannot be run: stat /nowhere/terraform: no such file or directory"},
		{"old", map[string]string{"terraform": "Terraform v1.10.5"}, "", nil, "", "terraform is Terraform 1.10.5, and the generated code needs 1.11 or newer"},
		{"very old", map[string]string{"tofu": "OpenTofu v0.99.0"}, "", nil, "", "tofu is OpenTofu 0.99.0, and the generated code needs 1.11 or newer"},
		{"a preview", map[string]string{"tofu": "OpenTofu v1.13.0-alpha1"}, "", nil, "tofu 1.13.0-alpha1", ""},
		{"another program", map[string]string{"terraform": "GNU bash"}, "", nil, "", "terraform is neither terraform nor tofu: it says no version that either has"},
	} {
		t.Run(test.name, func(t *testing.T) {
			only(t, test.programs)
			var talk bytes.Buffer
			e, err := Find(t.Context(), test.asked, test.folders, &talk)
			var mistake *MissingError
			switch {
			case test.wanted != "":
				if !errors.As(err, &mistake) || mistake.Message != test.wanted || len(mistake.Hints) == 0 {
					t.Errorf("%#v", err)
				}
			case err != nil:
				t.Error(err)
			case e.Name+" "+e.Version != test.found || talk.String() != "groundplan: "+e.Path+" version\n":
				t.Errorf("%+v, %s", e, &talk)
			}
		})
	}
}

// stand is a folder with an engine that does what a script says, and what is printed of it.
func stand(t *testing.T, script string) (*Workspace, *bytes.Buffer) {
	t.Helper()
	folder := t.TempDir()
	var talk bytes.Buffer
	e := &Engine{Name: Terraform, Path: writeProgram(t, folder, "terraform", script), Version: "1.11.4", talk: &talk}
	return e.In(folder), &talk
}

func TestPlanInitializesWhereThatIsNeeded(t *testing.T) {
	const initialized = `case "$2" in
init) mkdir -p ${1#-chdir=}/.terraform; touch ${1#-chdir=}/.terraform/done;;
plan) if [ ! -f ${1#-chdir=}/.terraform/done ]; then
	echo '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Module not installed","detail":"Run \"terraform init\"."}}'; exit 1; fi
	echo 'Warning: something that is no message'
	echo '{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"Old"}}'
	echo '{"type":"change_summary","changes":{"add":2,"change":1,"remove":0}}'; exit 2;;
esac`
	for name, prepare := range map[string]func(string){
		"never":       func(string) {},
		"not anymore": func(folder string) { _ = os.Mkdir(filepath.Join(folder, ".terraform"), 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			w, talk := stand(t, initialized)
			prepare(w.Folder)
			var events []Event
			out := filepath.Join(w.Folder, "saved")
			changes, warnings, err := w.Plan(t.Context(), Planning{Out: out, Variables: map[string]string{"tag": "a b"}, Events: func(e Event) { events = append(events, e) }})
			if err != nil || !changes || len(warnings) != 1 {
				t.Fatalf("%v, %v, %v\n%s", changes, warnings, err, talk)
			}
			if last := events[len(events)-1]; last.Kind != Summary || last.Add != 2 || last.Change != 1 {
				t.Errorf("%+v", events)
			}
			if !strings.Contains(talk.String(), " init -input=false -json\n") || !strings.Contains(talk.String(), " '-var=tag=a b'\n") {
				t.Error(talk)
			}
			if again := strings.Contains(talk.String(), "has to be initialized again: module not installed"); again != (name == "not anymore") {
				t.Error(talk)
			}
			if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info, err)
			}
		})
	}
}

func TestFailureHoldsDiagnosticsAndLock(t *testing.T) {
	w, _ := stand(t, `[ "$2" = init ] && exit 0
cat <<'END'
{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Error acquiring the state lock","detail":"Error message: 412\nLock Info:\n  ID:        52d6\n  Path:      bucket/key\n  Operation: OperationTypeApply\n  Who:       ann@host\n  Version:   1.11.4\n  Created:   2026-01-01 10:00:00 UTC\n  Info:      \n"}}
END
echo trouble >&2; exit 1`)
	_, _, err := w.Plan(t.Context(), Planning{Out: filepath.Join(w.Folder, "saved")})
	var failed *FailedError
	if !errors.As(err, &failed) || failed.Code != 1 || failed.Said != "trouble\n" || err.Error() != "Error acquiring the state lock" {
		t.Fatalf("%#v", err)
	}
	if lock := failed.Lock(); lock == nil || *lock != (Lock{"52d6", "bucket/key", "OperationTypeApply", "ann@host", "1.11.4", "2026-01-01 10:00:00 UTC"}) {
		t.Errorf("%+v", lock)
	}
}

// interruptedApply is an apply whose context ends as soon as it works on a resource, and the signals that it got.
func interruptedApply(t *testing.T, script string) (talk, signals string, err error) {
	t.Helper()
	w, said := stand(t, script)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err = w.Apply(ctx, filepath.Join(w.Folder, "saved"), func(e Event) {
		if e.Kind == Started {
			cancel()
		}
	})
	text, readErr := os.ReadFile(filepath.Join(w.Folder, "signals"))
	if readErr != nil && !os.IsNotExist(readErr) {
		t.Fatal(readErr)
	}
	return said.String(), string(text), err
}

// started is an engine that has begun something; working is one that goes on with it, half a minute at most.
const (
	started = `
echo '{"type":"apply_start","hook":{"resource":{"addr":"module.a.x.y"},"action":"create"}}'
`
	working = started + `for i in $(seq 600); do sleep 0.05; done; echo 'no signal came' >&2; exit 1`
)

// TestInterruptIsPassedOnOnce and the command is waited for.
func TestInterruptIsPassedOnOnce(t *testing.T) {
	talk, signals, err := interruptedApply(t, `trap 'echo INT >> ${1#-chdir=}/signals; sleep 0.2; exit 1' INT`+working)
	var stopped *InterruptedError
	if !errors.As(err, &stopped) || stopped.Killed || !stopped.Locks || signals != "INT\n" {
		t.Errorf("%#v, %q", err, signals)
	}
	for _, line := range []string{
		"groundplan: interrupted; waiting for terraform apply to stop and to release the lock of the state. A second interrupt kills it\n",
		"groundplan:   it first finishes module.a.x.y (create, 0s)\n",
	} {
		if !strings.Contains(talk, line) {
			t.Errorf("%s\nlacks %s", talk, line)
		}
	}
}

// TestSecondInterruptKills what does not heed the first, and tells what it was doing.
func TestSecondInterruptKills(t *testing.T) {
	// Whoever started the tests may ignore the loss of a terminal, as nohup does: it is heard here all the same.
	heard := make(chan os.Signal, 16)
	signal.Notify(heard, syscall.SIGHUP)
	defer signal.Stop(heard)
	for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		w, talk := stand(t, `trap '' INT`+working)
		send := func() {
			if err := syscall.Kill(os.Getpid(), sent); err != nil {
				t.Error(err)
			}
		}
		err := w.Apply(t.Context(), filepath.Join(w.Folder, "saved"), func(e Event) {
			if e.Kind != Started {
				return
			}
			send()
			go func() {
				time.Sleep(300 * time.Millisecond)
				send()
			}()
		})
		var stopped *InterruptedError
		if !errors.As(err, &stopped) || !stopped.Killed || !stopped.Locks || !slices.Equal(stopped.Running, []string{"module.a.x.y (create, 0s)"}) {
			t.Errorf("%s: %#v", sent, err)
		}
		if got := strings.Count(talk.String(), "groundplan: interrupted; waiting for terraform apply"); got != 1 {
			t.Errorf("%s: said %d times\n%s", sent, got, talk)
		}
	}
}

// TestEnvironmentIsTheCallers and what the engine logs is shown where somebody asks for it.
func TestEnvironmentIsTheCallers(t *testing.T) {
	for _, test := range []struct {
		set          map[string]string
		wanted, talk string
	}{
		{map[string]string{"TF_CLI_ARGS_plan": "-parallelism=3", "TF_WORKSPACE": "blue", "CHECKPOINT_DISABLE": ""}, "-parallelism=3,blue,,1,\n", ""},
		{map[string]string{"TF_IN_AUTOMATION": "", "TF_LOG": "debug", "CHECKPOINT_DISABLE": "1"}, ",,debug,,1\n", "logged\n"},
		{map[string]string{"TF_LOG": "debug", "TF_LOG_PATH": "/dev/null"}, ",,debug,1,\n", ""},
	} {
		t.Run(test.wanted, func(t *testing.T) {
			for _, name := range []string{"TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_LOG", "TF_LOG_PATH", "TF_LOG_CORE", "TF_LOG_PROVIDER", "TF_IN_AUTOMATION", "CHECKPOINT_DISABLE"} {
				t.Setenv(name, "")
				if value, set := test.set[name]; set {
					t.Setenv(name, value)
				} else if err := os.Unsetenv(name); err != nil {
					t.Fatal(err)
				}
			}
			w, talk := stand(t, `echo logged >&2; echo "$TF_CLI_ARGS_plan,$TF_WORKSPACE,$TF_LOG,$TF_IN_AUTOMATION,$CHECKPOINT_DISABLE" > ${1#-chdir=}/environment`)
			if _, _, err := w.Plan(t.Context(), Planning{Out: filepath.Join(w.Folder, "saved")}); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(w.Folder, "environment"))
			_, said, _ := strings.Cut(talk.String(), "/saved\n")
			if err != nil || string(got) != test.wanted || said != test.talk {
				t.Errorf("%q, said %q, %v", got, said, err)
			}
		})
	}
}

// TestAnEngineThatDies is killed by somebody else: it says as much as after a second interrupt.
func TestAnEngineThatDies(t *testing.T) {
	w, _ := stand(t, started+"kill -9 $$")
	err := w.Apply(t.Context(), filepath.Join(w.Folder, "saved"), nil)
	var stopped *InterruptedError
	if !errors.As(err, &stopped) || !stopped.Killed || !stopped.Locks || !slices.Equal(stopped.Running, []string{"module.a.x.y (create, 0s)"}) {
		t.Errorf("%#v", err)
	}
}

// TestInterruptThatComesTooLate: a command that gets to its end all the same has not failed.
func TestInterruptThatComesTooLate(t *testing.T) {
	if _, _, err := interruptedApply(t, `trap 'exit 0' INT`+working); err != nil {
		t.Error(err)
	}
}

func TestAbandonedFoldersGo(t *testing.T) {
	parent := t.TempDir()
	for _, name := range []string{"groundplan-999999999-a", "groundplan-1-b", "groundplan-999999999-young", "groundplan-x", "other-999999999-c"} {
		if err := os.Mkdir(filepath.Join(parent, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "young") {
			if err := os.Chtimes(filepath.Join(parent, name), time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
	}
	removeAbandoned(parent, time.Now())
	entries, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, entry := range entries {
		left = append(left, entry.Name())
	}
	if want := []string{"groundplan-1-b", "groundplan-999999999-young", "groundplan-x", "other-999999999-c"}; !slices.Equal(left, want) {
		t.Errorf("%q", left)
	}
}

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{"-out=/tmp/a": "-out=/tmp/a", "": "''", "it's": `'it'\''s'`, "a b": "'a b'", "$x": "'$x'"} {
		if got := quote(word); got != want {
			t.Errorf("%q is quoted as %s", word, got)
		}
	}
}
