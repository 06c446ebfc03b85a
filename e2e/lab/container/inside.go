//go:build linux

package container

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A program that imports this package becomes a container's first process when it is started as one, before its main and
// before a test's flags: any program, tests included, can thus start containers without a second binary.
func init() {
	if os.Getenv(environmentMark) == "" || os.Getpid() != 1 {
		return
	}
	runInside(os.NewFile(3, "control"))
}

// firstProcess is the first process of a container: it starts the program, passes signals on, buries whatever loses its parent,
// and runs the commands of health checks.
type firstProcess struct {
	encoder *json.Encoder
	user    *syscall.Credential
	env     []string
	init    bool
	forks   chan func() // what starts a program does so on the thread whose capabilities were limited

	lock     sync.Mutex
	children map[int]chan syscall.WaitStatus
}

// runInside never returns. It runs on the program's first thread, as all initialisation does.
func runInside(control *os.File) {
	unix.CloseOnExec(3)
	decoder := json.NewDecoder(control)
	f := &firstProcess{encoder: json.NewEncoder(control), forks: make(chan func()), children: map[int]chan syscall.WaitStatus{}}
	var spec Spec
	if err := decoder.Decode(&spec); err != nil {
		os.Exit(1)
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)
	if err := f.prepare(spec); err != nil {
		f.refuse("CannotStartContainerError: " + err.Error())
	}
	pid, ended, err := f.start(spec.Command, nil)
	if err != nil {
		f.refuse("CannotStartContainerError: " + err.Error())
	}
	f.say(answer{})
	go f.bury()
	go f.serve(decoder)
	for {
		select {
		case fork := <-f.forks:
			fork()
		case received := <-signals:
			_ = syscall.Kill(pid, received.(syscall.Signal)) // it may have ended meanwhile
		case status := <-ended:
			// Whatever else runs in here goes with this process.
			os.Exit(codeOfStatus(status))
		}
	}
}

func (f *firstProcess) refuse(reason string) {
	f.say(answer{Failed: reason})
	os.Exit(127)
}

// say tells the outside something. Where nobody listens any more this process is about to end, too.
func (f *firstProcess) say(said answer) { _ = f.encoder.Encode(said) }

func codeOfStatus(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

func (f *firstProcess) prepare(spec Spec) error {
	if spec.Hostname != "" {
		if err := syscall.Sethostname([]byte(spec.Hostname)); err != nil {
			return err
		}
	}
	if err := makeRoot(spec); err != nil {
		return err
	}
	var err error
	if f.user, err = findUser(spec.User); err != nil {
		return err
	}
	if err := limit(spec.Keep); err != nil {
		return err
	}
	f.env, f.init = spec.Env, spec.Init
	os.Clearenv()
	for _, variable := range spec.Env {
		for i := range variable {
			if variable[i] == '=' {
				if err := os.Setenv(variable[:i], variable[i+1:]); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// start starts a program inside. Its output goes where the container's goes, or to output.
func (f *firstProcess) start(command []string, output *os.File) (int, <-chan syscall.WaitStatus, error) {
	if len(command) == 0 {
		return 0, nil, fmt.Errorf("no command specified")
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		return 0, nil, err // names the command
	}
	null, err := os.Open("/dev/null")
	if err != nil {
		return 0, nil, err
	}
	defer null.Close()
	files := []uintptr{null.Fd(), 1, 2}
	attributes := &syscall.SysProcAttr{Credential: f.user, Setsid: true}
	if output != nil {
		files[1], files[2] = output.Fd(), output.Fd()
	} else if !f.init {
		// Signals that the first process of a namespace does not handle are lost, as they are in a container without init.
		attributes.Cloneflags = syscall.CLONE_NEWPID
	}
	ended := make(chan syscall.WaitStatus, 1)
	f.lock.Lock()
	defer f.lock.Unlock()
	pid, err := syscall.ForkExec(path, command, &syscall.ProcAttr{Dir: "/", Env: f.env, Files: files, Sys: attributes})
	if err != nil {
		return 0, nil, fmt.Errorf("exec: %q: %w", command[0], err)
	}
	f.children[pid] = ended
	return pid, ended, nil
}

// bury waits for every process that has this one as its parent, by birth or by the death of its own.
func (f *firstProcess) bury() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			time.Sleep(50 * time.Millisecond) // nobody to wait for until the next command
			continue
		}
		f.lock.Lock()
		if ended, known := f.children[pid]; known {
			delete(f.children, pid)
			ended <- status
		}
		f.lock.Unlock()
	}
}

// serve runs the commands that the outside asks for, until it goes.
func (f *firstProcess) serve(decoder *json.Decoder) {
	var answers sync.Mutex
	for {
		var asked request
		if err := decoder.Decode(&asked); err != nil {
			return
		}
		go func() {
			said := f.run(asked)
			answers.Lock()
			defer answers.Unlock()
			f.say(said)
		}()
	}
}

func (f *firstProcess) run(asked request) answer {
	reader, writer, err := os.Pipe()
	if err != nil {
		return answer{ID: asked.ID, Failed: err.Error()}
	}
	defer reader.Close()
	var pid int
	var ended <-chan syscall.WaitStatus
	forked := make(chan struct{})
	f.forks <- func() { pid, ended, err = f.start(asked.Command, writer); close(forked) }
	<-forked
	writer.Close()
	if err != nil {
		// What cannot be run is an answer of the check, as with Docker: the command has failed.
		return answer{ID: asked.ID, Code: 126, Output: err.Error()}
	}
	var output bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = output.ReadFrom(reader) // what could be read is what the command has said
	}()
	said := answer{ID: asked.ID}
	select {
	case status := <-ended:
		said.Code = codeOfStatus(status)
	case <-time.After(asked.Timeout):
		_ = syscall.Kill(-pid, syscall.SIGKILL) // it may have ended meanwhile
		<-ended
		said.Code = 124
	}
	select {
	case <-read:
		said.Output = output.String()
	case <-time.After(time.Second): // a child of the command holds the pipe
	}
	return said
}
