//go:build validate

package container

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// busybox is made once for all tests of a run, in a folder that the last one removes.
var busybox string

func TestMain(m *testing.M) {
	code := m.Run()
	if err := os.RemoveAll(busybox); err != nil {
		code = 1
	}
	os.Exit(code)
}

func imageFolder(t *testing.T) string {
	t.Helper()
	if busybox == "" {
		folder, err := os.MkdirTemp("", "container-")
		if err != nil {
			t.Fatal(err)
		}
		busybox = folder
		if err := Busybox(folder); err != nil {
			t.Fatal(err)
		}
	}
	return busybox
}

// shell is a container definition that runs a script, without the definition's time to stop.
func shell(t *testing.T, script string) Spec {
	t.Helper()
	return Spec{
		Image: imageFolder(t), Command: []string{"sh", "-c", script}, Env: []string{"PATH=/bin", "GREETING=hello"}, Init: true,
		Keep: DefaultCapabilities(), Log: filepath.Join(t.TempDir(), "log"), Files: map[string]string{"/etc/resolv.conf": "nameserver 10.0.0.2\n"},
	}
}

// end waits for a container and returns its exit code and what it wrote.
func end(t *testing.T, spec Spec, c *Container) (int, string) {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(20 * time.Second):
		c.Kill()
		t.Fatal("the container does not end")
	}
	written, err := os.ReadFile(spec.Log)
	if err != nil {
		t.Fatal(err)
	}
	return c.ExitCode(), string(written)
}

func run(t *testing.T, spec Spec) (int, string) {
	t.Helper()
	c, err := Start(spec)
	if err != nil {
		t.Fatal(err)
	}
	return end(t, spec, c)
}

func TestInside(t *testing.T) {
	volume := t.TempDir()
	if err := os.Chmod(volume, 0o755); err != nil {
		t.Fatal(err)
	}
	mount := []Mount{{Source: volume, Target: "/shared"}}
	for name, test := range map[string]struct {
		script string
		change func(*Spec)
		code   int
		want   string
	}{
		"environment and files":            {script: `echo $GREETING $(cat /etc/resolv.conf)`, want: "hello nameserver 10.0.0.2\n"},
		"wget takes a timeout":             {script: `wget -q -T 6 -O /dev/null http://127.0.0.1:1/ || echo $?`, want: "wget: can't connect to remote host (127.0.0.1): Connection refused\n1\n"},
		"a timeout is kept":                {script: `sleep 9 | nc -l -p 18099 >/dev/null & sleep 0.3; wget -q -T 1 -O /dev/null http://127.0.0.1:18099/ >/dev/null 2>&1 || echo $?`, want: "143\n"},
		"exit code":                        {script: `exit 7`, code: 7},
		"nothing of the machine is seen":   {script: `ls / | tr '\n' ' '; ls /tmp; ps | wc -l`, want: "bin dev etc image.json proc sys tmp 5\n"},
		"output of both kinds":             {script: `echo out; echo err >&2`, want: "out\nerr\n"},
		"the root can be written to":       {script: `echo x > /file && cat /file`, want: "x\n"},
		"a read-only root cannot":          {script: `echo x > /file`, change: func(s *Spec) { s.ReadOnly = true }, code: 1, want: "sh: can't create /file: Read-only file system\n"},
		"but its volume can":               {script: `echo x > /shared/a && cat /shared/a`, change: func(s *Spec) { s.ReadOnly, s.Mounts = true, mount }, want: "x\n"},
		"a volume that is read-only":       {script: `echo x > /shared/b`, change: func(s *Spec) { s.Mounts = []Mount{{Source: volume, Target: "/shared", ReadOnly: true}} }, code: 1, want: "sh: can't create /shared/b: Read-only file system\n"},
		"root without capabilities writes": {script: `echo x > /shared/c && cat /shared/c`, change: func(s *Spec) { s.Mounts, s.Keep = mount, nil }, want: "x\n"},
		"another user does not":            {script: `id -u; echo x > /shared/d`, change: func(s *Spec) { s.Mounts, s.User = mount, "65534:65534" }, code: 1, want: "65534\nsh: can't create /shared/d: Permission denied\n"},
		"a user by name":                   {script: `id -u; id -g`, change: func(s *Spec) { s.User = "nobody" }, want: "65534\n65534\n"},
		"dropped capabilities":             {script: `chown 5 /etc/passwd`, change: func(s *Spec) { s.Keep = nil }, code: 1, want: "chown: /etc/passwd: Operation not permitted\n"},
		"kept capabilities":                {script: `chown 5 /etc/passwd && echo yes`, want: "yes\n"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := shell(t, test.script)
			if test.change != nil {
				test.change(&spec)
			}
			if code, written := run(t, spec); code != test.code || written != test.want {
				t.Errorf("got code %d and %q, want %d and %q", code, written, test.code, test.want)
			}
		})
	}
}

func TestWhatCannotStart(t *testing.T) {
	spec := shell(t, "")
	spec.Command = []string{"nothing"}
	if _, err := Start(spec); err == nil || !strings.HasPrefix(err.Error(), `CannotStartContainerError: exec: "nothing"`) {
		t.Errorf("got %v", err)
	}
	spec.Command, spec.User = []string{"sh"}, "somebody"
	if _, err := Start(spec); err == nil || !strings.Contains(err.Error(), "unable to find user somebody") {
		t.Errorf("got %v", err)
	}
}

func TestSignals(t *testing.T) {
	const careful = `trap 'echo asked; exit 3' TERM; echo up; while :; do sleep 60 & wait $!; done`
	const deaf = `trap '' TERM; echo up; while :; do sleep 60 & wait $!; done`
	for name, test := range map[string]struct {
		script string
		init   bool
		code   int // after SIGTERM; 137 where it takes SIGKILL
	}{
		"a program that listens":                        {careful, true, 3},
		"one that ends by the signal":                   {"echo up; sleep 60", true, 143},
		"one that does not care":                        {deaf, true, 137},
		"one that listens, as the first process":        {careful, false, 3},
		"the first process is not ended by the default": {"echo up; sleep 60; true", false, 137},
	} {
		t.Run(name, func(t *testing.T) {
			spec := shell(t, test.script)
			spec.Init = test.init
			c, err := Start(spec)
			if err != nil {
				t.Fatal(err)
			}
			waitFor(t, "up", func() bool { text, _ := os.ReadFile(spec.Log); return strings.Contains(string(text), "up\n") })
			c.Terminate()
			select {
			case <-c.Done():
				if test.code == 137 {
					t.Error("it ended by SIGTERM")
				}
			case <-time.After(500 * time.Millisecond):
				if test.code != 137 {
					t.Error("it did not end by SIGTERM")
				}
				c.Kill()
			}
			if code, _ := end(t, spec, c); code != test.code {
				t.Errorf("got code %d, want %d", code, test.code)
			}
		})
	}
}

func waitFor(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for range 200 {
		if reached() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("waited ten seconds for: %s", what)
}

func TestCommandsInside(t *testing.T) {
	spec := shell(t, `echo secret > /tmp/file; while :; do sleep 1; done`)
	spec.User = "65534"
	c, err := Start(spec)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the file", func() bool { code, _, _ := c.Run([]string{"test", "-s", "/tmp/file"}, time.Second); return code == 0 })
	for _, test := range []struct {
		command []string
		code    int
		output  string
	}{
		{[]string{"sh", "-c", "cat /tmp/file; id -u"}, 0, "secret\n65534\n"},
		{[]string{"false"}, 1, ""},
		{[]string{"sleep", "10"}, 124, ""},
		{[]string{"nothing"}, 126, "exec: \"nothing\": executable file not found in $PATH"},
	} {
		code, output, err := c.Run(test.command, 300*time.Millisecond)
		if code != test.code || output != test.output || err != nil {
			t.Errorf("%v: got %d, %q, %v", test.command, code, output, err)
		}
	}
	c.Kill()
	<-c.Done()
	if _, _, err := c.Run([]string{"true"}, time.Second); err == nil {
		t.Error("a command ran in a container that has ended")
	}
}

// TestNothingIsLeft kills a program that runs a container, and looks for the container's processes.
func TestNothingIsLeft(t *testing.T) {
	if os.Getenv("CONTAINER_VICTIM") != "" {
		busybox = os.Getenv("CONTAINER_IMAGE")
		spec := shell(t, "echo up; sleep 4242 & sleep 4242")
		spec.Log = os.Getenv("CONTAINER_VICTIM")
		if _, err := Start(spec); err != nil {
			t.Fatal(err)
		}
		select {}
	}
	log := filepath.Join(t.TempDir(), "log")
	victim := exec.Command(os.Args[0], "-test.run", "^TestNothingIsLeft$")
	victim.Env = append(os.Environ(), "CONTAINER_VICTIM="+log, "CONTAINER_IMAGE="+imageFolder(t))
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the container", func() bool { text, _ := os.ReadFile(log); return string(text) == "up\n" })
	before := descendants(t, victim.Process.Pid)
	if len(before) < 3 {
		t.Errorf("the victim has the processes %v, want the container's first one and two sleeping ones", before)
	}
	victim.Process.Kill()
	victim.Wait()
	waitFor(t, "the end of all of it", func() bool {
		return !slices.ContainsFunc(before, func(pid int) bool { _, err := os.Stat("/proc/" + strconv.Itoa(pid)); return err == nil })
	})
}

// descendants are the processes below one.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	var found []int
	lists, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for _, child := range strings.Fields(string(text)) {
			number, _ := strconv.Atoi(child)
			found = append(found, number)
			found = append(found, descendants(t, number)...)
		}
	}
	return found
}
