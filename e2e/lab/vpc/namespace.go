//go:build linux

package vpc

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// folder is where ip(8) keeps the names of network namespaces, so that it and a reader see the laboratory's too.
const folder = "/run/netns"

// namespace is a network namespace with a name.
type namespace struct {
	name string

	lock sync.RWMutex // held while the file is used: its number may be another file's as soon as it is closed
	file *os.File     // nil when closed
}

func path(name string) string { return filepath.Join(folder, name) }

func makeNamespace(name string) (*namespace, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("no folder for namespaces: %w", err)
	}
	holder, err := os.OpenFile(path(name), os.O_CREATE|os.O_EXCL|os.O_RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("namespace %s: %w", name, err)
	}
	holder.Close()
	err = aside(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("namespace %s cannot be made: %w", name, err)
		}
		if err := unix.Mount("/proc/thread-self/ns/net", path(name), "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("namespace %s cannot be named: %w", name, err)
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, os.Remove(path(name)))
	}
	file, err := os.Open(path(name))
	if err != nil {
		return nil, errors.Join(err, removeNamespace(name))
	}
	return &namespace{name: name, file: file}, nil
}

func (n *namespace) close() error { return errors.Join(n.leave(), removeNamespace(n.name)) }

// leave lets nobody enter any more.
func (n *namespace) leave() error {
	n.lock.Lock()
	defer n.lock.Unlock()
	if n.file == nil {
		return nil
	}
	err := n.file.Close()
	n.file = nil
	return err
}

// enter takes the thread into the namespace.
func (n *namespace) enter() error {
	n.lock.RLock()
	defer n.lock.RUnlock()
	if n.file == nil {
		return fmt.Errorf("namespace %s: %w", n.name, net.ErrClosed)
	}
	if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("namespace %s: %w", n.name, err)
	}
	return nil
}

func removeNamespace(name string) error {
	if err := unix.Unmount(path(name), unix.MNT_DETACH); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	if err := os.Remove(path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// aside runs something that takes its thread to another namespace, and brings the thread back. A thread that cannot be
// brought back is not used again; ending it would also end the processes that were started from it.
func aside(work func() error) error {
	runtime.LockOSThread()
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer home.Close()
	failure := work()
	if err := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); err != nil {
		return errors.Join(failure, fmt.Errorf("the way back to the own namespace: %w", err))
	}
	runtime.UnlockOSThread()
	return failure
}

// do runs something in the namespace: sockets that it opens and processes that it starts belong there. What it starts
// as goroutines of its own does not.
func (n *namespace) do(work func() error) error {
	return aside(func() error {
		if err := n.enter(); err != nil {
			return err
		}
		return work()
	})
}

// feed runs a program of the system in the namespace with the text as its input.
func (n *namespace) feed(text, program string, arguments ...string) (string, error) {
	command := exec.Command(program, arguments...)
	command.Stdin = strings.NewReader(text)
	var said, failed bytes.Buffer
	command.Stdout, command.Stderr = &said, &failed
	if err := n.do(command.Start); err != nil {
		return "", fmt.Errorf("%s: %w", program, err)
	}
	if err := command.Wait(); err != nil {
		return "", fmt.Errorf("%s: %w: %s\n%s", program, err, failed.String(), text)
	}
	return said.String(), nil
}

func (n *namespace) ip(lines ...string) error {
	_, err := n.feed(strings.Join(lines, "\n")+"\n", "ip", "-batch", "-")
	return err
}

// await waits until the end of a wire works that was switched on first: the kernel drops what is sent there until it has
// heard of the other end, for up to a second, and the first packet of a connection would come a second late. The question
// itself makes newer kernels hear of it.
func (n *namespace) await(wire string) error {
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		said, err := n.feed("", "ip", "-o", "link", "show", "dev", wire)
		if err != nil || strings.Contains(said, " state UP ") {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s is not up after 5 seconds: %s", wire, said)
		}
	}
}

func (n *namespace) nft(text string) error {
	_, err := n.feed(text, "nft", "-f", "-")
	return err
}

// nameStem begins the names of all namespaces of this process.
func nameStem(process int) string { return fmt.Sprintf("lab%d-", process) }

var named = regexp.MustCompile(`^lab(\d+)-`)

// removeStale takes away what laboratories left behind whose process is no more.
func removeStale() error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	var stale []string
	for _, entry := range entries {
		parts := named.FindStringSubmatch(entry.Name())
		if parts == nil {
			continue
		}
		process, _ := strconv.Atoi(parts[1])
		if errors.Is(syscall.Kill(process, 0), syscall.ESRCH) {
			stale = append(stale, entry.Name())
		}
	}
	return removeAll(stale)
}

// removeAll ends all processes in the namespaces and takes the namespaces away.
func removeAll(names []string) error {
	if len(names) == 0 {
		return nil
	}
	inside := map[uint64]bool{}
	for _, name := range names {
		var found unix.Stat_t
		if err := unix.Stat(path(name), &found); err == nil {
			inside[found.Ino] = true
		}
	}
	var ended []int
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range processes {
		var found unix.Stat_t
		if err := unix.Stat(filepath.Join(process, "ns", "net"), &found); err == nil && inside[found.Ino] {
			if number, _ := strconv.Atoi(filepath.Base(process)); number != os.Getpid() {
				_ = syscall.Kill(number, syscall.SIGKILL) // gone is as good
				ended = append(ended, number)
			}
		}
	}
	// Their files may be removed next: that takes processes that write no more.
	for deadline := time.Now().Add(2 * time.Second); len(ended) > 0 && time.Now().Before(deadline); {
		if _, err := os.Stat(filepath.Join("/proc", strconv.Itoa(ended[0]), "exe")); err == nil {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		ended = ended[1:]
	}
	var failures []error
	for _, name := range names {
		failures = append(failures, removeNamespace(name))
	}
	return errors.Join(failures...)
}

// watch starts a shell that takes all namespaces of a stem away when this process ends without having done it: its
// standard input closes then. It has a session of its own, so that a key pressed in the terminal does not end it first.
func watch(stem string) (*os.File, *exec.Cmd, error) {
	script := `read -r _ || true
for file in ` + folder + `/"$1"*; do
  [ -e "$file" ] || continue
  name=${file##*/}
  for process in $(ip netns pids "$name" 2>/dev/null); do kill -9 "$process" 2>/dev/null; done
  ip netns del "$name" 2>/dev/null
done`
	input, output, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	command := exec.Command("sh", "-c", script, "sh", stem)
	command.Stdin = input
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = command.Start()
	input.Close()
	if err != nil {
		output.Close()
		return nil, nil, fmt.Errorf("no watch over the namespaces: %w", err)
	}
	return output, command, nil
}
