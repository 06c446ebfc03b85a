//go:build linux

// Package container runs one container: a process with a root, a process tree and a user of its own, inside a network
// namespace that somebody else made. It is what the laboratory has instead of Docker: an image is a folder, and the
// program that holds this package is started a second time as the container's first process (see inside.go).
//
// Everything in a container dies with the program that started it: its first process is killed by the kernel when its
// parent goes, and takes the whole process namespace along.
package container

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Spec is what a container is made of.
type Spec struct {
	Image     string   // folder, see ReadImage
	Command   []string // the whole command line: entry point and arguments
	Env       []string // NAME=value
	Namespace string   // path of the network namespace to run in; empty for the caller's
	Hostname  string
	User      string // as in a task definition: "", "65534", "65534:65534" or a name of the image's /etc/passwd
	ReadOnly  bool   // whether the root can be written to
	Init      bool   // whether the program has an init process above it; without it is the first process itself
	Keep      []string
	Mounts    []Mount
	Files     map[string]string // written before the start: path to content, such as /etc/resolv.conf
	Log       string            // file that gets what the container writes to both outputs
}

// Mount is a folder outside that is seen at a path inside.
type Mount struct {
	Source, Target string
	ReadOnly       bool
}

// Container is a container that has been started.
type Container struct {
	command *exec.Cmd
	control *net.UnixConn
	encoder *json.Encoder

	lock    sync.Mutex
	waiting map[int]chan answer
	next    int

	done     chan struct{} // closed when it has ended
	exitCode int
}

// request is what the outside asks of the first process, answer what it says.
type request struct {
	ID      int
	Command []string
	Timeout time.Duration
}

type answer struct {
	ID     int // 0: about the program itself
	Code   int
	Output string
	Failed string // why the program could not be started
}

// environmentMark tells the second start of this program that it is a container's first process.
const environmentMark = "GROUNDPLAN_LAB_CONTAINER"

// starter is the thread that starts containers. A process whose parent's *thread* ends is killed like one whose parent
// ends, and threads end when a goroutine ends that locked one: so all containers are children of a thread that never does.
var starter = sync.OnceValue(func() chan func() {
	work := make(chan func())
	go serve(work)
	return work
})

// startLimit ends what hangs. A busy machine may take long to start many containers at once.
const startLimit = 2 * time.Minute

// Start starts a container and returns when its program runs, or could not be run.
func Start(spec Spec) (*Container, error) {
	log, err := os.OpenFile(spec.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	outside, inside, err := socketPair()
	if err != nil {
		return nil, err
	}
	command := exec.Command("/proc/self/exe")
	command.Args = []string{"lab-container"}
	command.Env = []string{environmentMark + "=1"}
	command.Stdout, command.Stderr = log, log
	command.ExtraFiles = []*os.File{inside}
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		Pdeathsig:  syscall.SIGKILL,
		Setsid:     true,
	}
	failed := make(chan error)
	starter() <- func() { failed <- inNamespace(spec.Namespace, command.Start) }
	err = <-failed
	inside.Close() // the first process has the only one, so that its end is the end of what is read
	if err != nil {
		return nil, errors.Join(fmt.Errorf("container: %w", err), outside.Close())
	}
	c := &Container{
		command: command, control: outside, encoder: json.NewEncoder(outside),
		waiting: map[int]chan answer{0: make(chan answer, 1)}, next: 1, done: make(chan struct{}),
	}
	started := c.waiting[0]
	go c.listen()
	go c.wait()
	if err := c.encoder.Encode(spec); err != nil {
		c.Kill()
		return nil, fmt.Errorf("container: %w", err)
	}
	select {
	case said := <-started:
		if said.Failed != "" {
			<-c.done
			return nil, &StartError{said.Failed}
		}
		return c, nil
	case <-time.After(startLimit):
		c.Kill()
		<-c.done
		return nil, &StartError{"the container is not ready after " + startLimit.String()}
	}
}

// StartError is a container whose program could not be run, by what it asked for.
type StartError struct{ Reason string }

func (e *StartError) Error() string { return e.Reason }

func socketPair() (*net.UnixConn, *os.File, error) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	file := os.NewFile(uintptr(pair[0]), "control")
	defer file.Close()
	connection, err := net.FileConn(file)
	if err != nil {
		return nil, nil, errors.Join(err, syscall.Close(pair[1]))
	}
	return connection.(*net.UnixConn), os.NewFile(uintptr(pair[1]), "control"), nil
}

// listen hands the first process's answers to whoever waits for them.
func (c *Container) listen() {
	defer func() { _ = c.control.Close() }()
	decoder := json.NewDecoder(c.control)
	for {
		var said answer
		err := decoder.Decode(&said)
		c.lock.Lock()
		if err != nil {
			for id, waiting := range c.waiting {
				waiting <- answer{ID: id, Code: -1, Failed: "the container ended"}
			}
			c.waiting = nil
			c.lock.Unlock()
			return
		}
		if waiting, asked := c.waiting[said.ID]; asked {
			delete(c.waiting, said.ID)
			waiting <- said
		}
		c.lock.Unlock()
	}
}

func (c *Container) wait() {
	err := c.command.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil:
		c.exitCode = 0
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled():
		c.exitCode = 128 + int(exit.Sys().(syscall.WaitStatus).Signal())
	case errors.As(err, &exit):
		c.exitCode = exit.ExitCode()
	default:
		c.exitCode = -1
	}
	close(c.done)
}

// Done is closed when the container has ended.
func (c *Container) Done() <-chan struct{} { return c.done }

// ExitCode is what the program ended with, 128 and the signal's number where a signal ended it. It stands when Done is closed.
func (c *Container) ExitCode() int { return c.exitCode }

// Run runs a command inside, as the container's user, and returns its exit code and what it wrote. A command that takes
// longer than timeout is killed, with code 124.
func (c *Container) Run(command []string, timeout time.Duration) (int, string, error) {
	result := make(chan answer, 1)
	c.lock.Lock()
	if c.waiting == nil {
		c.lock.Unlock()
		return 0, "", errors.New("the container ended")
	}
	id := c.next
	c.next++
	c.waiting[id] = result
	err := c.encoder.Encode(request{ID: id, Command: command, Timeout: timeout})
	c.lock.Unlock()
	if err != nil {
		return 0, "", fmt.Errorf("container: %w", err)
	}
	said := <-result
	if said.Failed != "" {
		return said.Code, "", errors.New(said.Failed)
	}
	return said.Code, said.Output, nil
}

// Terminate asks the program to end: it gets SIGTERM.
func (c *Container) Terminate() { c.signal(syscall.SIGTERM) }

// Kill ends everything in the container at once.
func (c *Container) Kill() { c.signal(syscall.SIGKILL) }

func (c *Container) signal(signal syscall.Signal) {
	select {
	case <-c.done:
	default:
		_ = c.command.Process.Signal(signal) // it may have ended meanwhile
	}
}

// Image is what image.json in an image's folder says.
type Image struct {
	EntryPoint []string          `json:"entrypoint"`
	Command    []string          `json:"command"`
	Env        map[string]string `json:"env"`
}

// ReadImage reads what the image in a folder runs.
func ReadImage(folder string) (Image, error) {
	var image Image
	content, err := os.ReadFile(filepath.Join(folder, "image.json"))
	if err == nil {
		err = json.Unmarshal(content, &image)
	}
	if err != nil {
		return image, fmt.Errorf("image %s: %w", folder, err)
	}
	return image, nil
}

// shellScript is /bin/sh in the image. Debian's busybox 1.35 crashes at wget -T, and its shell runs that wget rather than any
// other: a function comes before it.
const shellScript = `#!/bin/busybox sh
if [ "$1" != -c ]; then exec /bin/busybox sh "$@"; fi
shift
script=$1
shift
exec /bin/busybox sh -c 'wget() {
	local left=$# limit=900
	while [ $left -gt 0 ]; do
		if [ "$1" = -T ]; then limit=$2; shift 2; left=$((left - 2)); else set -- "$@" "$1"; shift; left=$((left - 1)); fi
	done
	/bin/busybox timeout "$limit" /bin/busybox wget "$@"
}
'"$script" "$@"
`

// Busybox makes an image with a shell and what belongs to it out of the machine's own busybox, which must be a static one.
func Busybox(folder string) error {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return fmt.Errorf("%w\nhint: the package busybox-static has it", err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	applets, err := exec.Command(path, "--list").Output()
	if err != nil {
		return fmt.Errorf("busybox --list: %w", err)
	}
	for _, name := range []string{"bin", "etc"} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o755); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"image.json": `{"entrypoint": ["sh"], "env": {}}`,
		"etc/passwd": "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
		"etc/group":  "root:x:0:\nnobody:x:65534:\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "bin", "busybox"), content, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "bin", "sh"), []byte(shellScript), 0o755); err != nil {
		return err
	}
	for _, applet := range strings.Fields(string(applets)) {
		if applet == "busybox" || applet == "sh" {
			continue
		}
		if err := os.Symlink("busybox", filepath.Join(folder, "bin", applet)); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}
