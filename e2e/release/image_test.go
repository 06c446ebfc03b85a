//go:build validate

package release_test

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// imageStage is the last stage of a Dockerfile, with what the stage before it leaves below /system.
type imageStage struct {
	certificates, temporary  bool
	program, workdir, user   string
	from, entrypoint, copied string
}

func readImage(t *testing.T) imageStage {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	return imageOf(string(text))
}

func imageOf(text string) imageStage {
	var i imageStage
	before, last, _ := strings.Cut(strings.ReplaceAll(text, "\\\n", " "), "\nFROM scratch\n")
	i.certificates = regexp.MustCompile(`cp /etc/ssl/certs/ca-certificates\.crt /system/etc/ssl/certs/`).MatchString(before)
	i.temporary = strings.Contains(before, "mkdir -m 1777 /system/tmp")
	if last != "" {
		i.from = "scratch"
	}
	for line := range strings.Lines(last) {
		words := strings.Fields(line)
		switch {
		case len(words) == 3 && words[0] == "COPY":
			i.copied, i.program = words[1], words[2]
		case len(words) == 4 && words[0] == "COPY" && words[1] == "--from=system" && words[2] == "/system/" && words[3] == "/":
		case len(words) == 2 && words[0] == "WORKDIR":
			i.workdir = words[1]
		case len(words) == 2 && words[0] == "USER":
			i.user = words[1]
		case len(words) == 2 && words[0] == "ENTRYPOINT":
			i.entrypoint = strings.Trim(words[1], `["]`)
		}
	}
	return i
}

// run generates the shop with nothing on the disk but what the image holds, as the image's user.
func (i imageStage) run(t *testing.T) (string, error) {
	t.Helper()
	root := t.TempDir()
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, path.Dir(i.program)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, i.program), releasedProgram(), 0o755); err != nil {
		t.Fatal(err)
	}
	if i.temporary {
		if err := os.Mkdir(filepath.Join(root, "tmp"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(root, "tmp"), os.ModeSticky|0o777); err != nil {
			t.Fatal(err)
		}
	}
	work := filepath.Join(root, i.workdir)
	if err := os.CopyFS(work, os.DirFS("../../fixtures/hello")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(work, 0o777); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(i.entrypoint, "generate")
	command.Dir, command.Env = i.workdir, []string{}
	// Without privileges there is one user in a namespace of its own, which is as good.
	command.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	if os.Geteuid() != 0 {
		command.SysProcAttr = &syscall.SysProcAttr{
			Chroot: root, Cloneflags: syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 65532, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 65532, HostID: os.Getgid(), Size: 1}},
		}
	}
	output, err := command.CombinedOutput()
	return string(output), err
}

func TestImageHoldsWhatTheProgramNeeds(t *testing.T) {
	i := readImage(t)
	if i.from != "scratch" || !i.certificates || i.user != "65532:65532" || i.entrypoint != i.program || i.copied != "$TARGETPLATFORM/groundplan" {
		t.Errorf("image %+v", i)
	}
	if output, err := i.run(t); err != nil || !strings.Contains(output, "groundplan: wrote ") {
		t.Errorf("%v\n%s", err, output)
	}
	i.temporary = false
	if output, err := i.run(t); err == nil {
		t.Errorf("without a temporary folder it works as well\n%s", output)
	}
	if spoiled := imageOf("FROM alpine\nRUN true\n\nFROM alpine\nCOPY groundplan /usr/bin/groundplan\n"); spoiled.from == "scratch" || spoiled.certificates || spoiled.temporary {
		t.Errorf("an image of another kind: %+v", spoiled)
	}
}
